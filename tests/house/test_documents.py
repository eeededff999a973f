"""What is documented is there, and what is there is documented: settings, errors, docstrings, links, licences."""

from __future__ import annotations

import ast
import re
import tomllib
import typing
from pathlib import Path

import msgspec
import pytest

from argosy.orders.model import MAX_LINES, MAX_QUANTITY
from argosy.plumbing.config import ROOT as HOME
from argosy.plumbing.config import Config, variable
from house.tree import ROOT, SOURCE, calls, modules, parsed, place, texts

DOCS = ROOT / "docs" / "reference"
MARKDOWN = sorted(path for path in texts() if path.suffix == ".md")
# Who names a problem: the first argument, or the second after the status.
MAKERS = {"Refused": 0, "NotFound": 0, "problem": 1, "_refuse": 1}
# Where a refusal is made of another one's code, to tell it once more.
RETELLING = (
    "src/argosy/storefront/",
    "src/argosy/platform/express.py",
    "src/argosy/platform/idempotency.py",
    "src/argosy/platform/problems.py",
)


def table(name: str) -> dict[str, list[str]]:
    """Rows of a page's tables whose first cell is a name in code, by that name."""
    found: dict[str, list[str]] = {}
    for line in (DOCS / name).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| `") else []
        if cells:
            key = cells[0].strip("`")
            assert key not in found, f"{name}: {key} stands twice"
            found[key] = cells[1:]
    return found


def shown(value: object) -> str:
    """A default as the page shows it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path):
        return f"`{value.relative_to(HOME)}`"
    return f"`{value}`" if value != "" else ""


def test_every_setting_is_documented() -> None:
    rows = table("settings.md")
    defaults = {field.name: field.default for field in msgspec.structs.fields(Config)}
    assert list(rows) == [variable(name) for name in defaults]
    for name, default in defaults.items():
        told, values, meaning = rows[variable(name)]
        assert told == shown(default), name
        assert values
        assert re.fullmatch(r"[A-Z].{15,}[.]", meaning), name


def test_ranges_of_settings_are_documented() -> None:
    rows = table("settings.md")
    ranges = 0
    for name, kind in typing.get_type_hints(Config, include_extras=True).items():
        for meta in typing.get_args(kind)[1:] if typing.get_origin(kind) is typing.Annotated else ():
            assert rows[variable(name)][1] == f"{meta.ge} to {meta.le}"
            ranges += 1
    assert ranges >= 5


def status_of(name: str, call: ast.Call) -> str:
    """The HTTP status that a problem is told with."""
    if name in ("problem", "_refuse"):
        return str(ast.literal_eval(call.args[0]))
    given = [keyword.value for keyword in call.keywords if keyword.arg == "status"]
    return "404" if name == "NotFound" else str(ast.literal_eval(given[0])) if given else "400"


def raised() -> dict[str, set[str]]:
    """Every code in the source with the statuses it is told with."""
    found: dict[str, set[str]] = {"http_error": {"other"}}
    for path in modules():
        for name, call in calls(path):
            if name not in MAKERS or len(call.args) <= MAKERS[name]:
                continue
            code = call.args[MAKERS[name]]
            if isinstance(code, ast.Constant):
                found.setdefault(str(code.value), set()).add(status_of(name, call))
            else:
                assert place(path).startswith(RETELLING), f"{place(path)}:{call.lineno}: the code is not a constant"
    return found | {code: {status} | found.get(code, set()) for code, status in protocol_codes().items()}


def protocol_codes() -> dict[str, str]:
    """Codes for errors of HTTP itself: a table from status to code in the API's handler."""
    for node in ast.walk(parsed(SOURCE / "platform" / "problems.py")):
        if isinstance(node, ast.FunctionDef) and node.name == "http_error":
            tables = [part for part in ast.walk(node) if isinstance(part, ast.Dict)]
            return {code: str(status) for status, code in ast.literal_eval(tables[0]).items()}
    raise AssertionError("http_error has gone")


def test_every_error_is_documented() -> None:
    rows = table("errors.md")
    codes = raised()
    assert len(codes) > 40
    assert set(rows) == set(codes)
    for code, statuses in codes.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
        told, when, remedy = rows[code]
        assert set(told.split(", ")) == statuses, code
        assert re.fullmatch(r"[A-Z`].{15,}[.]", when), code
        assert re.fullmatch(r"[A-Z`].{3,}[.]", remedy), code


def test_numbers_in_the_documents_are_the_codes() -> None:
    rows = table("errors.md")
    assert f"More than {MAX_LINES} lines" in rows["too_many_lines"][1]
    assert f"holds {MAX_LINES} different" in rows["basket_full"][1]
    assert f"1 to {MAX_QUANTITY}" in rows["quantity_out_of_range"][1]


def public(node: ast.AST) -> list[ast.AST]:
    """The public classes and functions of a module or class, methods included."""
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            if any("overload" in ast.unparse(one) for one in child.decorator_list):
                continue
            found.append(child)
            found += public(child) if isinstance(child, ast.ClassDef) else []
    return found


def test_everything_public_has_a_docstring() -> None:
    lacking = []
    for path in modules():
        tree = parsed(path)
        if path.name != "__main__.py" and not ast.get_docstring(tree):
            lacking.append(place(path))
        for node in public(tree):
            told = ast.get_docstring(node) or ""  # type: ignore[arg-type]
            if not re.match(r"[A-Z0-9`'].*[.?`]$", told.split("\n\n")[0], re.DOTALL):
                lacking.append(f"{place(path)}: {node.name}")  # type: ignore[attr-defined]
    assert lacking == []


def anchors(text: str) -> set[str]:
    """The addresses of a page's headings."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", MARKDOWN, ids=place)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", texts()[page]):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path.read_text(encoding="utf-8")), target


def test_documents_named_in_texts_are_there() -> None:
    missing = {
        f"{place(path)}: {name}"
        for path, text in texts().items()
        for name in re.findall(r"\bdocs/[\w./-]+\.md\b", text)
        if not (ROOT / name).exists()
    }
    assert missing == set()


def test_decisions_are_numbered() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:5] for name in names] == [f"{number:04}-" for number in range(1, len(names) + 1)]


def test_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence


def test_data_tells_its_sources() -> None:
    told = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for path in sorted(texts().keys() | set((ROOT / "data").rglob("*.gz"))):
        if (ROOT / "data") in path.parents and path.name != "README.md":
            inside = path.relative_to(ROOT / "data")
            assert inside.name in told or f"{inside.parts[0]}/" in told, f"data/README.md says nothing of {inside}"
