"""Take in the operator's tariff rows: in one transaction, no two for the same goods on one day, the same file twice as once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice

import msgspec

from argosy.landed import store
from argosy.landed.store import TariffCount
from argosy.landed.tariff_rows import RefusedTariff, TariffRow, judge
from argosy.plumbing.database import Reader, Tx

_CHUNK = 2_000


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a file."""

    rows: int
    added: int
    ended: int
    """Rows that stood without an end and got one."""
    unchanged: int
    refused: int
    countries: tuple[str, ...]
    """Countries of the rows that were added or ended."""


async def take_in(
    tx: Tx,
    rows: Iterable[tuple[int, TariffRow] | RefusedTariff],
    now: datetime,
    *,
    on_refused: Callable[[RefusedTariff], None] = lambda _: None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Add rows in the order of the file, some thousands at a time; rows that cannot be are told and passed over.

    A row overlaps another where both have the same kind, country, region, hs, origin and applies_to and hold on a common
    day; it is refused, whether the other stands in the database or above it in the file.
    Imports wait for each other.
    """
    await store.one_import(tx)
    count = added = ended = unchanged = refused = 0
    countries: set[str] = set()
    for chunk in _chunks(rows):
        good = [row for row in chunk if not isinstance(row, RefusedTariff)]
        standing = await store.rows_about(tx, [row for _, row in good]) if good else []
        judged = judge(good, standing)
        if judged.added:
            await store.add_rows(tx, judged.added, now)
        if judged.ended:
            found = await store.end_rows(tx, judged.ended)
            assert found == len(judged.ended), "a row that was to end is gone"  # noqa: S101
        bad = [row for row in chunk if isinstance(row, RefusedTariff)] + list(judged.refused)
        for row in sorted(bad, key=lambda one: one.line):
            on_refused(row)
        countries.update(row.country for row in (*judged.added, *judged.ended))
        count, refused = count + len(chunk), refused + len(bad)
        added, ended, unchanged = added + len(judged.added), ended + len(judged.ended), unchanged + judged.unchanged
        on_progress(count)
    return Imported(
        rows=count, added=added, ended=ended, unchanged=unchanged, refused=refused, countries=tuple(sorted(countries))
    )


async def operator_rows(reader: Reader) -> list[TariffRow]:
    """All rows that operators brought, of all times."""
    return await store.tariff_rows(reader)


async def counts(reader: Reader, day: date) -> list[TariffCount]:
    """How many rows there are by country and kind, and how many of them hold on a day."""
    return await store.tariff_counts(reader, day)


def _chunks(
    rows: Iterable[tuple[int, TariffRow] | RefusedTariff],
) -> Iterator[list[tuple[int, TariffRow] | RefusedTariff]]:
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
