"""A festival's phases on a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.campaigns.plan import Festival, Phase, PhaseKind
from argosy.console.timeline import by_day, by_market, standing
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config

MARKETS = load_markets(Config().data / "markets")
FESTIVAL = Festival(
    code="one",
    names={"en": "One"},
    markets=("CN", "FR", "US"),
    phases=(
        Phase(kind=PhaseKind.TEASER, starts=datetime(2026, 3, 20), ends=datetime(2026, 3, 27)),  # noqa: DTZ001
        Phase(
            kind=PhaseKind.OPENING,
            starts=datetime(2026, 3, 28, 12, tzinfo=UTC),
            ends=datetime(2026, 3, 28, 13, tzinfo=UTC),
        ),
        Phase(kind=PhaseKind.MAIN, starts=datetime(2026, 3, 28), ends=datetime(2026, 3, 30)),  # noqa: DTZ001
    ),
)


@pytest.mark.parametrize(
    ("now", "state", "kind"),
    [
        ("2026-03-01T00:00+00:00", "next", PhaseKind.TEASER),
        ("2026-03-19T23:00+00:00", "now", PhaseKind.TEASER),  # midnight in Paris
        ("2026-03-27T12:00+00:00", "next", PhaseKind.MAIN),
        ("2026-03-28T12:30+00:00", "now", PhaseKind.OPENING),
        ("2026-03-29T21:59+00:00", "now", PhaseKind.MAIN),
        ("2026-03-29T22:00+00:00", "past", None),  # summer time began
    ],
)
def test_what_runs_or_comes_next(now: str, state: str, kind: PhaseKind | None) -> None:
    told = standing(FESTIVAL, MARKETS["FR"], datetime.fromisoformat(now))
    assert (told.state, told.phase.kind if told.phase else None) == (state, kind)


def test_days_are_those_of_the_market() -> None:
    paris = by_day(FESTIVAL, MARKETS["FR"], datetime(2026, 3, 25, tzinfo=UTC))
    assert paris.columns == 10
    assert [(bar.name, bar.column, bar.span, bar.state) for bar in paris.bars] == [
        ("Preview", 2, 7, "now"),
        ("Main days", 10, 2, "next"),
        ("Opening hour", 10, 1, "next"),
    ]
    shanghai = by_day(FESTIVAL, MARKETS["CN"], datetime(2026, 3, 25, tzinfo=UTC))
    assert next(bar.starts.hour for bar in shanghai.bars if bar.name == "Opening hour") == 20


def test_a_phase_without_an_offset_opens_market_by_market() -> None:
    markets, now = [MARKETS[one] for one in FESTIVAL.markets], datetime(2026, 3, 28, 12, tzinfo=UTC)
    hours = by_market(FESTIVAL, FESTIVAL.phases[2], markets, MARKETS["CN"], now)
    starts = {bar.name: bar.column for bar in hours.bars}
    assert starts["CN"] < starts["FR"] < starts["US"]
    one_clock = by_market(FESTIVAL, FESTIVAL.phases[1], markets, MARKETS["CN"], now)
    assert len({(bar.column, bar.span) for bar in one_clock.bars}) == 1


@given(st.integers(-60, 60), st.integers(1, 4000), st.sampled_from(["CN", "FR", "US", "BR"]))
def test_bars_stay_on_the_calendar(hours: int, minutes: int, code: str) -> None:
    begin = datetime(2026, 3, 28) + timedelta(hours=hours)  # noqa: DTZ001
    phase = Phase(kind=PhaseKind.MAIN, starts=begin, ends=begin + timedelta(minutes=minutes))
    festival = Festival(code="one", names={"en": "One"}, markets=("CN", "FR"), phases=(FESTIVAL.phases[0], phase))
    now = datetime(2026, 3, 28, tzinfo=UTC)
    every = [MARKETS["CN"], MARKETS[code]]
    for calendar in (by_day(festival, MARKETS[code], now), by_market(festival, phase, every, MARKETS["CN"], now)):
        assert all(bar.column >= 2 and bar.span >= 1 for bar in calendar.bars)
        assert all(bar.after <= calendar.columns + 2 for bar in calendar.bars)
        assert calendar.columns <= 60
