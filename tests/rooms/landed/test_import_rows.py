"""Rows in the database: no two for the same goods on one day, the same file twice as once, what held is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.landed.importing import Imported, counts, operator_rows, take_in
from argosy.landed.tariff_rows import RefusedTariff, TariffRow, judge
from argosy.plumbing.database import Database, open_database

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = date(2026, 1, 1)


def row(begins: int = 0, ends: int | None = None, **wishes: Any) -> TariffRow:
    """A row that holds from one day of the year to another."""
    told: dict[str, Any] = {"kind": "duty", "country": "IN", "hs": "610910", "rate_ppm": 200_000, "source": "a gazette"}
    told |= {"as_of": DAY, "confidence": "seen", "valid_from": DAY + timedelta(begins)}
    told |= {"valid_to": None if ends is None else DAY + timedelta(ends)}
    return TariffRow(**{**told, **wishes})


def lines(*rows: TariffRow) -> list[tuple[int, TariffRow] | RefusedTariff]:
    """The rows with their lines, as a file brings them."""
    return list(enumerate(rows, start=2))


def run(dsn: str, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do some work on the database."""

    async def inside() -> None:
        database = await open_database(dsn, size=3)
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(inside())


async def brought(database: Database, *rows: TariffRow) -> tuple[Imported, list[RefusedTariff]]:
    """Take rows in, in one transaction."""
    refused: list[RefusedTariff] = []
    async with database.transaction() as tx:
        return await take_in(tx, lines(*rows), NOW, on_refused=refused.append), refused


def test_the_same_file_again_changes_nothing(dsn: str) -> None:
    file = (
        row(0, 9), row(10), row(hs="61"), row(origin="CN"),
        row(country="JP", specific_micro=7, unit="kg", combine="sum", currency="JPY"),
        row(kind="tax", hs="*"), row(kind="tax", hs="*", region="KA"),
        row(kind="threshold", hs="*", rate_ppm=None, applies_to="tax", limit_minor=0, basis="goods", currency="INR"),
    )  # fmt: skip

    async def work(database: Database) -> None:
        first, refused = await brought(database, *file)
        assert (first.added, first.unchanged, refused) == (8, 0, [])
        assert first.countries == ("IN", "JP")
        again, refused = await brought(database, *file)
        assert (again.added, again.ended, again.unchanged, refused) == (0, 0, 8, [])
        async with database.read() as reader:
            kept = await operator_rows(reader)
            told = await counts(reader, DAY + timedelta(5))
        assert sorted(kept, key=repr) == sorted(file, key=repr)
        assert [(one.country, one.kind, one.rows, one.in_force) for one in told] == [
            ("IN", "duty", 4, 3), ("IN", "tax", 2, 2), ("IN", "threshold", 1, 1), ("JP", "duty", 1, 1)
        ]  # fmt: skip

    run(dsn, work)


@pytest.mark.parametrize(
    ("standing", "new", "outcome"),
    [
        (row(10, 20), row(21), "added"),
        (row(10, 20), row(0, 9), "added"),
        (row(10, 20), row(20), "refused"),
        (row(10, 20), row(0, 10), "refused"),
        (row(10, 20), row(12, 13), "refused"),
        (row(10, 20), row(0, 30), "refused"),
        (row(10), row(30), "refused"),
        (row(10), row(10, rate_ppm=1), "refused"),
        (row(10), row(10, 30), "ended"),
        (row(10), row(10, 30, rate_ppm=1), "refused"),
        (row(10, 20), row(10, 30), "refused"),
        (row(10, 20), row(10), "refused"),
        (row(10), row(10), "unchanged"),
        (row(10), row(30, hs="6109"), "added"),
        (row(10), row(30, origin="CN"), "added"),
        (row(10), row(30, country="JP"), "added"),
        (row(10, kind="tax"), row(30), "added"),
    ],
)
def test_periods_of_one_key_never_overlap(standing: TariffRow, new: TariffRow, outcome: str) -> None:
    from_the_database = judge(lines(new), [standing])  # type: ignore[arg-type]
    got = {
        "added": len(from_the_database.added),
        "ended": len(from_the_database.ended),
        "unchanged": from_the_database.unchanged,
        "refused": len(from_the_database.refused),
    }
    assert got == {**dict.fromkeys(got, 0), outcome: 1}
    within_the_file = judge(lines(standing, new), [])  # type: ignore[arg-type]
    assert bool(within_the_file.refused) == (outcome == "refused")
    if within_the_file.refused:
        assert within_the_file.refused[0].line == 3
        assert within_the_file.refused[0].field == "valid_from"
        assert standing.period in within_the_file.refused[0].reason


def test_what_held_is_ended_and_not_rewritten(dsn: str) -> None:
    async def work(database: Database) -> None:
        await brought(database, row(0))
        result, refused = await brought(database, row(0, 89), row(90, rate_ppm=180_000))
        assert (result.added, result.ended, refused) == (1, 1, [])
        async with database.read() as reader:
            assert await operator_rows(reader) == [row(0, 89), row(90, rate_ppm=180_000)]
        again, refused = await brought(database, row(0, 89), row(90, rate_ppm=180_000))
        assert (again.added, again.ended, again.unchanged, refused) == (0, 0, 2, [])
        _, refused = await brought(database, row(0))
        assert len(refused) == 1, "an end is not taken back"

    run(dsn, work)


def test_a_row_added_and_ended_in_one_file_is_one_row(dsn: str) -> None:
    async def work(database: Database) -> None:
        result, refused = await brought(database, row(0), row(0, 9), row(10))
        assert (result.added, result.ended, refused) == (2, 0, [])
        async with database.read() as reader:
            assert await operator_rows(reader) == [row(0, 9), row(10)]

    run(dsn, work)


def test_good_rows_are_taken_beside_refused_ones_or_none_at_all(dsn: str) -> None:
    async def work(database: Database) -> None:
        told: list[RefusedTariff] = []
        bad = RefusedTariff(3, "kind", "is bad")
        async with database.transaction() as tx:
            result = await take_in(tx, [(2, row(0)), bad, (4, row(5))], NOW, on_refused=told.append)
        assert (result.rows, result.added, result.refused) == (3, 1, 2)
        assert [one.line for one in told] == [3, 4]
        with pytest.raises(RuntimeError):
            async with database.transaction() as tx:
                await take_in(tx, lines(row(hs="62")), NOW)
                raise RuntimeError
        async with database.read() as reader:
            assert await operator_rows(reader) == [row(0)]

    run(dsn, work)


def test_imports_at_once_wait_for_each_other(dsn: str) -> None:
    async def work(database: Database) -> None:
        one, other = await asyncio.gather(brought(database, row(0)), brought(database, row(5, rate_ppm=1)))
        assert sorted([one[0].added, other[0].added]) == [0, 1]
        assert sorted([one[0].refused, other[0].refused]) == [0, 1]

    run(dsn, work)


def test_a_long_file_is_taken_in_pieces(dsn: str) -> None:
    seen: list[int] = []

    async def work(database: Database) -> None:
        many = [(at, row(at, at, rate_ppm=at)) for at in range(5_000)]
        async with database.transaction() as tx:
            result = await take_in(tx, iter(many), NOW, on_progress=seen.append)
        assert result.added == 5_000
        _, refused = await brought(database, row(4_999, 5_001))
        assert len(refused) == 1

    run(dsn, work)
    assert seen == [2_000, 4_000, 5_000]


PERIODS = st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20))).map(
    lambda told: row(told[0], None if told[1] is None else told[0] + told[1])
)


@given(st.lists(st.tuples(PERIODS, st.sampled_from(["61", "62"]), st.integers(0, 1)), max_size=12), st.integers(0, 12))
def test_whatever_comes_no_day_has_two_rows(told: list[tuple[TariffRow, str, int]], cut: int) -> None:
    rows = [msgspec.structs.replace(one, hs=hs, rate_ppm=rate) for one, hs, rate in told]
    kept: dict[Any, TariffRow] = {}
    for part in (rows[:cut], rows[cut:]):
        judged = judge(lines(*part), list(kept.values()))  # type: ignore[arg-type]
        assert len(part) >= len(judged.added) + judged.unchanged + len(judged.refused)
        for one in (*judged.added, *judged.ended):
            kept[one.key, one.valid_from] = one
    for hs in ("61", "62"):
        for day in range(45):
            at = DAY + timedelta(day)
            holding = [
                one for one in kept.values()
                if one.hs == hs and one.valid_from <= at and (one.valid_to is None or at <= one.valid_to)
            ]  # fmt: skip
            assert len(holding) <= 1
