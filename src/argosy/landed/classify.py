"""The operator's queue: goods whose tariff heading nobody is sure of, and what was decided for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.base.errors import NotFound, Refused
from argosy.landed import store
from argosy.landed.classification.model import Goods, Hints
from argosy.landed.classification.rules import doubt
from argosy.landed.store import OpenProduct, Question
from argosy.plumbing.database import Reader, Tx

MOST_UNSURE = 1_000_000
"""Open variants that are told at once."""
MOST_LISTED = 200
FIRST = UUID(int=0)


class Asked(msgspec.Struct, frozen=True):
    """What became of goods that were looked at."""

    looked_at: int
    unsure: int
    """Put to the operator, unless he has decided already."""
    withdrawn: int
    """Taken out of the queue because they are sure by now."""


async def ask(
    tx: Tx, cell: int, hints: Hints, goods: Sequence[Goods], now: datetime, *, declared: frozenset[UUID] = frozenset()
) -> Asked:
    """Put the unsure ones of these variants (at most 10,000) into the queue and take the sure ones out of it.

    `declared` are variants whose heading the seller told. What an operator decided stays decided; asking again changes nothing.
    """
    assert len(goods) <= 10_000, "too many goods at once"  # noqa: S101
    questions, sure = [], []
    for one in goods:
        told = None if one.variant_id in declared and one.hs6 else doubt(hints, one)
        if told is None:
            sure.append(one.variant_id)
            continue
        questions.append(
            Question(one.variant_id, one.product_id, one.title, one.category, told.hs6, told.confidence, told.reason)
        )
    withdrawn = await store.withdraw(tx, cell, sure) if sure else 0
    if questions:
        await store.ask(tx, cell, questions, now)
    return Asked(len(goods), len(questions), withdrawn)


async def look_through(
    tx: Tx, cell: int, hints: Hints, now: datetime, on_progress: Callable[[int], None] = lambda _: None
) -> Asked:
    """Ask about the whole catalogue, some thousand variants at a time; `on_progress` is told the variants so far."""
    looked_at = unsure = withdrawn = 0
    after = FIRST
    while goods := await store.goods_after(tx, after, 5_000):
        asked = await ask(tx, cell, hints, goods, now)
        looked_at, unsure = looked_at + asked.looked_at, unsure + asked.unsure
        withdrawn += asked.withdrawn
        after = goods[-1].variant_id
        on_progress(looked_at)
    return Asked(looked_at, unsure, withdrawn)


async def goods_after(reader: Reader, after: UUID, limit: int = 5_000) -> list[Goods]:
    """Variants behind an id, in the order of their ids; begin with `FIRST`."""
    return await store.goods_after(reader, after, limit)


async def decide(
    tx: Tx, cell: int, subject: UUID, hs6: str, headings: Mapping[str, str], by: str, now: datetime
) -> int:
    """Decide for a variant, or for all variants of a product; the number of variants decided.

    `headings` are the codes of HS 2022. Raises `bad_heading` for a code that is not one of six digits there, and
    `not_in_queue` where nothing was asked about the subject. A decision may be changed by another.
    """
    if len(hs6) != 6 or hs6 not in headings:
        raise Refused(
            "bad_heading",
            f"{hs6!r} is not a heading of HS 2022.",
            field="hs",
            remedy="Give six digits, such as 610910.",
        )
    count = await store.decide(tx, cell, subject, hs6, now, by)
    if not count:
        raise NotFound(
            "not_in_queue",
            "Nothing was asked about this id.",
            field="id",
            remedy="`argosy classify --queue` lists what is open.",
        )
    return count


async def list_open(reader: Reader, cell: int, after: UUID = FIRST, limit: int = 50) -> list[OpenProduct]:
    """A page of the queue, at most 200 products in the order of their ids; the next page begins after the last one's id."""
    return await store.open_products(reader, cell, after, min(limit, MOST_LISTED))


async def count_open(reader: Reader, cell: int) -> int:
    """How many products wait."""
    return await store.count_open(reader, cell)


async def unsure(reader: Reader, cell: int) -> frozenset[UUID]:
    """Variants whose heading nobody decided: not to be sold with prepaid duty. At most a million; more raises `Refused`."""
    found = await store.unsure(reader, cell, MOST_UNSURE + 1)
    if len(found) > MOST_UNSURE:
        raise Refused(
            "queue_too_long",
            f"More than {MOST_UNSURE:,} variants wait for their heading.",
            remedy="Give the headings in the feed.",
        )
    return frozenset(found)


async def decided(reader: Reader, cell: int) -> dict[UUID, str]:
    """The heading that an operator chose, by variant; it goes before the one in the catalogue."""
    return {one.variant_id: one.hs6 for one in await store.decided(reader, cell)}
