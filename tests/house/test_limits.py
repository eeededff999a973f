"""Limits of size and complexity. What exceeds one today stands in the ratchet, which may only shrink."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections import Counter

import pytest

from house.tree import RATCHET, ROOT, SOURCE, modules, parsed, place, python_files, ratchet

LIMITS = {"function": 60, "file": 400, "package": 3_000}
COMPLEXITY = 10


def lengths_of_functions() -> dict[str, int]:
    """Lines of each function, its decorators not counted."""
    found: dict[str, int] = {}
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{place(path)}::{node.name}"
                found[name] = max(found.get(name, 0), (node.end_lineno or node.lineno) - node.lineno + 1)
    return found


def lengths_of_files() -> dict[str, int]:
    """Lines of each file."""
    return {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}


def lengths_of_packages() -> dict[str, int]:
    """Lines of Python of each package, those of packages within it not counted: they have their own limit."""
    found: Counter[str] = Counter()
    for path in modules():
        if path.parent != SOURCE:
            found[place(path.parent)] += len(path.read_text(encoding="utf-8").splitlines())
    return dict(found)


MEASURES = {"function": lengths_of_functions, "file": lengths_of_files, "package": lengths_of_packages}


def judge(limit: int, measured: dict[str, int], excepted: dict[str, int]) -> list[str]:
    """What is wrong with sizes, given the exceptions that stand."""
    wrong = [
        f"{name} has {size} lines; the limit is {excepted.get(name, limit)}"
        for name, size in measured.items()
        if size > excepted.get(name, limit)
    ]
    return wrong + [
        f"{name} needs no exception any more: take it out of {place(RATCHET)}"
        for name in excepted
        if measured.get(name, 0) <= limit
    ]


@pytest.mark.parametrize("kind", LIMITS)
def test_size(kind: str) -> None:
    assert judge(LIMITS[kind], MEASURES[kind](), ratchet()[kind]) == []


def test_complexity_is_limited() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "C901" in settings["select"]
    assert "C901" not in settings.get("ignore", [])
    assert settings["mccabe"]["max-complexity"] <= COMPLEXITY
    assert not any("C901" in codes for codes in settings["per-file-ignores"].values())
    assert not any("noqa: C901" in path.read_text(encoding="utf-8") for path in modules())


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "mypy"])
def test_tools_have_nothing_to_say(command: str) -> None:
    ran = subprocess.run([sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_types_are_strict() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    for override in settings.get("overrides", []):
        assert set(override) == {"module", "ignore_missing_imports"}
        assert not any(module.startswith("argosy") for module in override["module"])


def test_the_ratchet_notices() -> None:
    assert judge(60, {"a": 60}, {}) == []
    assert judge(60, {"a": 61}, {}) != []
    assert judge(60, {"a": 70}, {"a": 70}) == []
    assert judge(60, {"a": 69}, {"a": 70}) == []
    assert judge(60, {"a": 71}, {"a": 70}) != []
    assert judge(60, {"a": 60}, {"a": 70}) != []
    assert judge(60, {}, {"a": 70}) != []


def test_the_ratchet_is_in_order() -> None:
    kept = ratchet()
    assert set(kept) == {*LIMITS, "transactions"}
    assert RATCHET.read_text(encoding="utf-8") == json.dumps(kept, indent=2, sort_keys=True) + "\n"
