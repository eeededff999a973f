"""Where exchange rates come from: the European Central Bank's own file, and the operator's table."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from argosy.base.errors import Misconfigured
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.pricing.load_rates import ECB, cross_dollar, ecb_rates, load_rates, operator_rates, rates_of, read_rates
from argosy.pricing.model import RateRow

HEAD = "currency,day,per,rate,source,as_of\n"
GOOD = "AED,2025-01-01,USD,3.6725,fixed since 1997,2026-01-01\n"


def test_the_bank_told_these_rates() -> None:
    # From the bank's own archive: the first day of the euro.
    rates = rates_of(list(ecb_rates(date(1999, 1, 1))))
    first = rates.on("EUR", "USD", date(1999, 1, 4))
    assert first is not None
    assert (first.ratio, first.source) == (Fraction("1.1789"), ECB)
    yen = rates.on("EUR", "JPY", date(1999, 1, 4))
    assert yen is not None
    assert yen.ratio == Fraction("133.73")


def test_the_bank_has_no_weekends_and_no_rate_without_a_number() -> None:
    since = date(2026, 1, 1)
    rows = list(ecb_rates(since))
    assert len(rows) > 1_000
    for row in rows:
        assert row.day >= since
        assert row.day.weekday() < 5
        assert row.per_euro_numerator > 0
        assert row.per_euro_denominator > 0
        assert len(row.currency) == 3


def write(folder: Path, text: str) -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_of_the_operator(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + GOOD + "XPF,2026-02-03,EUR,119.33,peg,2026-02-04\n")
    assert list(operator_rates(path)) == [
        RateRow("AED/USD", date(2025, 1, 1), 1469, 400, "fixed since 1997", date(2026, 1, 1)),
        RateRow("XPF", date(2026, 2, 3), 11933, 100, "peg", date(2026, 2, 4)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("AED,2025-01-01,USD,,x,2026-01-01", id="no-rate"),
        pytest.param("AED,2025-01-01,USD,0,x,2026-01-01", id="zero"),
        pytest.param("AED,2025-01-01,USD,-3.6,x,2026-01-01", id="negative"),
        pytest.param("AED,2025-01-01,USD,three,x,2026-01-01", id="no-number"),
        pytest.param("AED,2025-01-01,USD,1/0,x,2026-01-01", id="divided-by-zero"),
        pytest.param("AED,2025-01-01,USD,nan,x,2026-01-01", id="not-a-number"),
        pytest.param("AED,2025-01-01,USD,inf,x,2026-01-01", id="infinite"),
        pytest.param("AED,2025-01-01,GBP,3.6,x,2026-01-01", id="per-another-currency"),
        pytest.param("AED,01.01.2025,USD,3.6,x,2026-01-01", id="another-calendar"),
        pytest.param("AED,2025-01-01,USD,3.6,x,", id="no-as-of"),
        pytest.param("AED,2025-01-01,USD,3.6,,2026-01-01", id="no-source"),
        pytest.param("dirham,2025-01-01,USD,3.6,x,2026-01-01", id="no-code"),
        pytest.param("AED,2025-01-01", id="cut-off"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(Misconfigured, match=r"rates\.csv, line 3"):
        list(operator_rates(write(tmp_path, HEAD + GOOD + line + "\n")))


DAY = date(2026, 6, 18)
BANK = rates_of([RateRow("USD", DAY, 5, 4, ECB, DAY)])


def test_a_dollar_rate_is_crossed_with_that_of_the_bank() -> None:
    own = [RateRow("AED/USD", DAY, 1469, 400, "peg", DAY), RateRow("XPF", DAY, 11933, 100, "peg", DAY)]
    crossed = cross_dollar(own, BANK)
    assert [(row.currency, Fraction(row.per_euro_numerator, row.per_euro_denominator)) for row in crossed] == [
        ("AED", Fraction("3.6725") * Fraction(5, 4)),
        ("XPF", Fraction("119.33")),
    ]


def test_without_a_dollar_rate_nothing_is_crossed() -> None:
    with pytest.raises(Misconfigured, match="AED"):
        cross_dollar([RateRow("AED/USD", DAY - timedelta(days=1), 4, 1, "peg", DAY)], BANK)


def test_stored_rates_serve_every_market_and_loading_again_is_safe(dsn: str) -> None:
    config = Config()
    now = datetime.now(UTC)

    async def scene() -> None:
        database = await open_database(dsn, size=2)
        async with database.transaction() as tx:
            first = await load_rates(tx, config.data / "exchange_rates.csv", now)
        async with database.transaction() as tx:
            again = await load_rates(tx, config.data / "exchange_rates.csv", now)
            stored = await tx.connection.fetchval("SELECT count(*) FROM exchange_rates")
        assert first == again == stored > 1_000
        async with database.read() as reader:
            rates = await read_rates(reader, now)
        for market in load_markets(config.data / "markets").values():
            assert rates.on("CNY", market.currency, now.date()) is not None, market.code
        await database.close()

    asyncio.run(scene())


def test_a_shop_without_a_table_has_the_rates_of_the_bank(dsn: str, tmp_path: Path) -> None:
    async def scene() -> None:
        database = await open_database(dsn, size=2)
        now = datetime.now(UTC)
        async with database.transaction() as tx:
            await load_rates(tx, tmp_path / "none.csv", now)
        async with database.read() as reader:
            rates = await read_rates(reader, now)
        assert rates.on("CNY", "USD", now.date()) is not None
        assert rates.on("CNY", "AED", now.date()) is None
        await database.close()

    asyncio.run(scene())
