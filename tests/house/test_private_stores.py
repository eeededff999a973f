"""A package's SQL is its own: its store, its queries, its tables; and only the edge opens a transaction."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from house.tree import SOURCE, calls, dotted_folder, imports, modules, parsed, place, ratchet

WITH_STORE = sorted(path.parent for path in SOURCE.rglob("store.py"))
WITH_QUERIES = sorted(path.parent for path in SOURCE.rglob("queries.sql"))
SQL = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH|MERGE|TRUNCATE|COPY)\s+\S+\s+\S")
# Faces are edges. So is what starts a process or runs by itself; each such file is named in the ratchet.
FACES = ("storefront", "console", "platform")
# Files that hold SQL without being a package's queries: the search's fixed pieces, the schema's own books.
MAY_HOLD_SQL = {
    "src/argosy/catalogue/search_sql.py": "a search has too many forms to name each; every form is prepared by a test",
    "src/argosy/plumbing/migrations.py": "runs before there is a schema",
    "src/argosy/measuring/benches.py": "looks at the books from outside, as an auditor would",
    "src/argosy/measuring/ground.py": "prepares a shop for measuring, from outside",
}


def outside(package: Path) -> list[Path]:
    """Modules that are not of a package."""
    return [path for path in modules() if package not in path.parents]


@pytest.mark.parametrize("package", WITH_STORE, ids=place)
def test_a_store_is_private(package: Path) -> None:
    store = f"{dotted_folder(package)}.store"
    strangers = [
        f"{place(path)}:{line}"
        for path in outside(package)
        for name, line in imports(path)
        if name == store or name.startswith(f"{store}.")
    ]
    assert strangers == [], f"ask a verb of {package.name} instead of its store"


@pytest.mark.parametrize("package", WITH_QUERIES, ids=place)
def test_queries_are_private(package: Path) -> None:
    name = dotted_folder(package)
    strangers = [
        f"{place(path)}:{call.lineno}"
        for path in outside(package)
        for called, call in calls(path)
        if called == "load_queries" and call.args and ast.literal_eval(call.args[0]) == name
    ]
    assert strangers == []


def test_every_store_loads_its_own_queries_only() -> None:
    loading = [
        (path.parent, ast.literal_eval(call.args[0]))
        for path in modules()
        for called, call in calls(path)
        if called == "load_queries"
    ]
    assert {dotted_folder(folder) for folder in WITH_QUERIES} == {name for _, name in loading}
    for folder, name in loading:
        assert name == dotted_folder(folder)


def test_sql_stands_in_queries() -> None:
    found = {}
    for path in modules():
        texts = [node.value for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant)]
        if any(isinstance(text, str) and SQL.match(text) for text in texts):
            found[place(path)] = path
    assert set(found) == set(MAY_HOLD_SQL), "SQL belongs into a package's queries.sql"


def test_only_the_edge_opens_transactions() -> None:
    opening: dict[str, int] = {}
    for path in modules():
        if path.relative_to(SOURCE).parts[0] not in FACES:
            count = sum(called == "transaction" for called, _ in calls(path))
            if count:
                opening[place(path)] = count
    assert opening == ratchet()["transactions"], "take `tx` as an argument, or lower the ratchet"


def test_pure_verbs_take_a_handle() -> None:
    """No verb of a domain package makes a connection of its own."""
    allowed = {"src/argosy/plumbing/database.py", "src/argosy/plumbing/migrations.py", "src/argosy/shop.py"}
    tools = ("demo", "measuring", "commands", "cli.py")
    for path in modules():
        if place(path) in allowed or path.relative_to(SOURCE).parts[0] in tools or "embedded" in path.parts:
            continue
        made = [
            f"{place(path)}:{call.lineno}" for name, call in calls(path) if name in {"create_pool", "open_database"}
        ]
        assert made == []
