"""Names say what a thing does, and texts speak of the project only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from house.tree import ROOT, modules, parsed, place, python_files, texts

HERE = Path(__file__)
# Names that say nothing about what is inside.
EMPTY = r"(util|utils|utilities|helper|helpers|manager|managers|service|services|common|misc|stuff|tools)"
PROSE = frozenset({".md", ".py", ".sql", ".toml", ".html", ".ts", ".mjs", ".css", ".po", ".pot", ""})
# What has no place in a text of the project, by why.
STRAY = {
    "who wrote it, and with what": r"(?i)\b(sub-?agents?|large language models?|chat ?gpt|copilot|anthropic|openai|claude)\b",
    "how the work was shared out": r"(?i)\b(this workplace|the brief says|the ceo|(an?|the) (earlier|previous|later) session)\b",
    "numbers of issues": r"(?i)\b(issue|ticket|PR|pull request) ?#?\d+\b|\b(see|fix|fixes|fixed in|closes?|for|by|in) #\d+\b",
    "paths of one machine": r"(?<![\w.~-])/(work|root|Users|home/\w+)/\w",
    "hosts of package registries": r"\b(registry\.\w+\.\w+|\w+\.pythonhosted\.org|pypi\.org|deb\.debian\.org|crates\.io)\b",
    "work put off": r"\b(TODO|FIXME)\b",
}


def strays(text: str) -> list[str]:
    """What a text says that has no place in it."""
    return [f"{found[0]!r} ({why})" for why, pattern in STRAY.items() for found in re.finditer(pattern, text)]


@pytest.mark.parametrize("path", sorted({path.parent for path in texts()}), ids=lambda path: place(path) or ".")
def test_texts_speak_of_the_project(path: Path) -> None:
    wrong = [
        f"{place(file)}: {stray}"
        for file, text in texts().items()
        if file.parent == path and file != HERE and file.suffix in PROSE | {".json", ".lock", ".txt", ".csv"}
        for stray in strays(text)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("see issue 12", True),
        ("fixed in #412.", True),
        ("kept under /root/x", True),
        ("resolved https://registry.npmjs.org/vite", True),
        ("as Claude wrote", True),
        ("TODO: later", True),
        ("a colour of #123456 or &#0;", False),
        ("settings of its session", False),
        ("/storefront/static and /v1/orders/123", False),
        ("the working tree, the root of the project", False),
    ],
)
def test_strays_are_noticed(text: str, stray: bool) -> None:
    assert bool(strays(text)) is stray


def test_files_have_names_of_their_subject() -> None:
    stems = {part for path in python_files() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert [stem for stem in stems if re.search(rf"(^|_){EMPTY}$", stem)] == []


def test_definitions_have_names_of_their_subject() -> None:
    wrong = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower()
                if re.search(rf"(^|_){EMPTY}$", words):
                    wrong.append(f"{place(path)}: {node.name}")
    assert wrong == []


def structs(path: Path) -> list[ast.ClassDef]:
    """The public structs of a module."""
    classes = [
        node for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return [node for node in classes if any("Struct" in ast.unparse(base) for base in node.bases)]


def test_money_in_structs_says_its_unit() -> None:
    """A field that holds an amount is `*_minor`; a duration and a weight carry their unit too. A provider's shapes are its own."""
    bare = re.compile(r"^(amount|price|cost|fee|duty|tax|weight|duration|timeout|delay|transit)$")
    wrong = [
        f"{place(path)}: {struct.name}.{field.target.id}"
        for path in modules()
        if not path.name.endswith("_shapes.py")
        for struct in structs(path)
        for field in struct.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and bare.match(field.target.id)
        if re.fullmatch(r"(int|float)( \| None)?", ast.unparse(field.annotation))
    ]
    assert wrong == []


def test_no_float_touches_money() -> None:
    wrong = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            name = None
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
            elif isinstance(node, ast.arg) and node.annotation is not None:
                name = node.arg
            if (
                name
                and re.search(r"(^|_)(minor|amount|price|total)$", name)
                and "float" in ast.unparse(node.annotation)
            ):  # type: ignore[attr-defined]
                wrong.append(f"{place(path)}:{node.lineno}: {name}")  # type: ignore[attr-defined]
    assert wrong == []
