"""The source tree as the house tests see it: its modules, parsed once, and what each imports."""

from __future__ import annotations

import ast
import functools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "argosy"
RATCHET = Path(__file__).with_name("ratchet.json")
_LEFT_OUT = frozenset({".git", ".venv", ".argosy", "node_modules", "dist", "static", "__pycache__"})


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@functools.cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@functools.cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the project: the package, its tests and its benchmarks."""
    return tuple(sorted(path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")))


@functools.cache
def texts() -> dict[Path, str]:
    """Every text file of the project that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not _LEFT_OUT & set(path.relative_to(ROOT).parts)]
    found = {}
    for path in sorted(set(paths)):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if b"\0" not in data[:8192]:
                found[path] = data.decode("utf-8", errors="replace")
    return found


def place(path: Path) -> str:
    """A path as it is written in messages and in the ratchet: below the project, with slashes."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    """The import name of a module of the package."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted_folder(folder: Path) -> str:
    """The import name of a package."""
    return ".".join(folder.relative_to(SOURCE.parent).parts)


@functools.cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """What a file imports, wherever in it that stands, with the line; `from a import b` counts as `a.b`."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [(name.name, node.lineno) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path)}:{node.lineno}: a relative import"
            found += [(f"{node.module}.{name.name}", node.lineno) for name in node.names]
    return tuple(found)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a file with the last part of what is called."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def ratchet() -> dict[str, dict[str, int]]:
    """Exceptions from the limits that stand today: by limit, what exceeds it and by how much it may."""
    kept: dict[str, dict[str, int]] = json.loads(RATCHET.read_text(encoding="utf-8"))
    return kept
