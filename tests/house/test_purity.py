"""Rules and structs touch nothing but their arguments: no I/O, no clock, no randomness, nobody who has them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from house.tree import SOURCE, dotted, imports, parsed, place

PATTERNS = (
    "base/*.py",
    "*/model.py",
    "*/rules.py",
    "*/*/model.py",
    "*/*/rules.py",
    "orders/commands.py",
    "orders/rows.py",
    "storefront/bill/changes.py",
    "orders/gifts.py",
    "orders/quoting/gifts.py",
    "orders/quoting/landing.py",
    "orders/quoting/offers.py",
    "orders/quoting/stores.py",
    "orders/quoting/tags.py",
    "campaigns/[!l]*.py",
    "campaigns/live.py",
    "delivery/ledger.py",
    "delivery/sourcing.py",
    "orders/quoting/together.py",
    "orders/changes.py",
    "catalogue/words.py",
    "catalogue/naming.py",
    "catalogue/segments.py",
    "catalogue/vocabulary.py",
    "catalogue/search_sql.py",
    "markets/patterns.py",
    "landed/arithmetic.py",
    "landed/explain.py",
    "landed/law/*.py",
    "landed/reasons.py",
    "landed/returns.py",
    "landed/tables.py",
    "platform/shapes/refunds.py",
    "landed/tariff_rows.py",
    "landed/classification/words.py",
    "landed/papers/barcode.py",
    "platform/shapes/stores.py",
)
PURE = sorted({path for pattern in PATTERNS for path in SOURCE.glob(pattern)})
# All that a pure module may import from outside of the pure modules. Babel's tables and the time zones are files that ship.
MAY_IMPORT = frozenset({
    "__future__", "babel.core", "babel.numbers", "bisect", "collections", "collections.abc", "dataclasses", "datetime",
    "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "math", "msgspec", "msgspec.structs", "operator",
    "numpy", "numpy.typing", "re", "string", "types", "typing", "unicodedata", "uuid", "zoneinfo",
})  # fmt: skip
CLOCKS = frozenset({"now", "utcnow", "today"})
RANDOM_IDS = frozenset({"uuid1", "uuid4", "uuid6", "uuid7", "getnode"})
BUILTINS = frozenset({"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint"})


def asks(node: ast.Attribute, tree: ast.Module) -> bool:
    """Whether it is a clock that is asked, and not a field `now` that is read."""
    called = any(isinstance(call, ast.Call) and call.func is node for call in ast.walk(tree))
    return called or ast.unparse(node.value).rpartition(".")[2] in {"datetime", "date", "uuid"}


def impurities(path: Path, tree: ast.Module) -> list[str]:
    """What in a module is not pure."""
    found = []
    ours = {dotted(pure) for pure in PURE}
    for name, line in imports(path):
        module = name if name in MAY_IMPORT | ours else name.rpartition(".")[0]
        if module not in MAY_IMPORT | ours:
            found.append(f"{line}: imports {name}")
        if name in {f"uuid.{maker}" for maker in RANDOM_IDS}:
            found.append(f"{line}: imports {name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS | RANDOM_IDS and asks(node, tree):
            found.append(f"{node.lineno}: asks {ast.unparse(node)}")
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            found.append(f"{node.lineno}: calls {node.id}")
        elif isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global):
            found.append(f"{node.lineno}: {type(node).__name__}")
    return found


@pytest.mark.parametrize("path", PURE, ids=place)
def test_module_is_pure(path: Path) -> None:
    assert impurities(path, parsed(path)) == []


def test_the_modules_that_must_be_pure_are_there() -> None:
    for pattern in PATTERNS:
        assert list(SOURCE.glob(pattern)), pattern
    assert len(PURE) > 20


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "import os.path",
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import date\nx = date.today()",
        "from datetime import datetime\nx = list(map(datetime.now, ()))",
        "from uuid import uuid4",
        "import uuid\nx = uuid.uuid4()",
        "import random",
        "from pathlib import Path",
        "import asyncpg",
        "from argosy.orders import store",
        "from argosy.plumbing.database import Tx",
        "def f():\n    import secrets",
        "x = open('a')",
        "async def f(): ...",
    ],
)
def test_impurity_is_noticed(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.py"
    path.write_text(text)
    assert impurities(path, parsed(path))
