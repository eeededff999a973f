"""Where the demo keeps its best-selling goods beside home: made up, and the same on every run."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from argosy.catalogue import find
from argosy.catalogue.model import Variant
from argosy.catalogue.search import search
from argosy.catalogue.search_sql import Filter
from argosy.orders.sourcing.model import locode
from argosy.orders.sourcing.pre_place import pre_place
from argosy.plumbing.database import Reader, Tx
from argosy.shop import HUB

DEPARTMENTS = {"fashion": 80, "electronics": 40}
"""So many of the most popular products of a department wait abroad too; groceries do not."""
VARIANTS = 3
HUBS_EACH = 3
_LEAST, _MOST = 4, 40
_PAGE = 40


def stock_hubs(data: Path) -> tuple[str, ...]:
    """The hubs beyond home where the demo keeps stock, as UN/LOCODE has them."""
    with (data / "network" / "stock_hubs.csv").open(encoding="utf-8", newline="") as file:
        codes = [locode(row["code"]) for row in csv.DictReader(file)]
    return tuple(code for code in codes if code != HUB)


def places(variants: Sequence[Variant], hubs: Sequence[str]) -> dict[tuple[UUID, str], int]:
    """Pieces of each variant at hubs, drawn from its article number: the same for ever."""
    found: dict[tuple[UUID, str], int] = {}
    for variant in variants:
        ranked = sorted(hubs, key=lambda hub, sku=variant.sku: _draw(sku, hub))  # type: ignore[misc]
        for hub in ranked[:HUBS_EACH]:
            found[variant.variant_id, hub] = _LEAST + _draw(variant.sku, hub) % (_MOST - _LEAST + 1)
    return found


def _draw(sku: str, hub: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{sku}@{hub}".encode()).digest()[:6], "big")


async def best_sellers(reader: Reader) -> list[Variant]:
    """Some variants of the most popular products."""
    found: list[Variant] = []
    for department, most in DEPARTMENTS.items():
        for start in range(0, most, _PAGE):
            ids = await search(reader, Filter(category=department), "popular", min(_PAGE, most - start), start)
            known = await find.products(reader, ids)
            found += [variant for one in ids if one in known for variant in known[one].variants[:VARIANTS]]
    return found


async def place_demo(tx: Tx, cell: int, variants: Sequence[Variant], data: Path) -> int:
    """Keep goods at the demo's hubs abroad; how many kinds at how many hubs. What is there already stays as it is."""
    wanted = places(variants, stock_hubs(data))
    await pre_place(tx, cell, wanted, again=False)
    return len(wanted)
