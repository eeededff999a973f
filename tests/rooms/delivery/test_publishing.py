"""One process makes the boards of all hubs, all others read them; news reach every reader; whoever dies is followed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import NotFound, Refused
from argosy.delivery.board import AHEAD, PromiseBoard
from argosy.delivery.model import City, Closure, Network, News, Spread
from argosy.delivery.networks.opening import network_stamp
from argosy.delivery.news.look import in_force
from argosy.delivery.news.model import NewsRow, Told
from argosy.delivery.news.rules import check, news_of, until
from argosy.delivery.news.tell import tell
from argosy.delivery.news.withdraw import withdraw
from argosy.delivery.published import BOARDS, PublishedPromises
from argosy.delivery.publishing.keeping import FOLDER, Keeping
from argosy.delivery.publishing.post import Post
from argosy.delivery.publishing.publisher import Publisher, named
from argosy.delivery.tables import Planner
from argosy.plumbing.clock import HeldClock
from argosy.plumbing.config import ROOT, Config
from argosy.plumbing.database import open_database
from rooms.delivery.ground import area, border, city, hub, lane, leaving, network, no_holidays

MONDAY = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, 31) + timedelta(days=ahead) for ahead in range(3))
KEY = "S>B/2026-03-30T20:00"
WAVES = tuple(range(0, 1440, 120))
TODAY = MONDAY.date()
CITIES = (city(0, "BB"), city(1, "AA"))
FULL = AHEAD + BOARDS - 1


def two_hubs() -> Network:
    """Stock at S and at N, each with a flight to B abroad, where a city is; N flies in the morning."""
    stocked = {"waves": WAVES, "handling": Spread(60, 90), "clears": False, "delivers": False}
    return network(
        (hub("S", "AA", **stocked), hub("N", "AA", **stocked), hub("B", "BB", sorting=Spread(30, 60))),
        (lane("S", "B", 120), lane("N", "B", 120)),
        (*leaving("S>B", "20:00"), *leaving("N>B", "09:00")),
        (border("BB", clearance=Spread(60, 120)),),
        (area("AA"), area("BB")),
    )


def planner(cities: Sequence[City] = CITIES) -> Planner:
    return Planner(two_hubs(), list(cities), days_off=no_holidays)


class World:
    """A publisher and a reader of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.publisher = Publisher(folder, planner, "one")
        self.reader = PublishedPromises(folder, "one")

    def catch_up(self, now: datetime, news: News | None = None, hubs: Sequence[str] = ("S", "N")) -> int:
        """Work until nothing lacks; how many tables that took."""
        made = 0
        while self.publisher.work(hubs, news or News(), now):
            made += 1
            assert made < 100, "it never ends"
        self.reader.reread()
        return made

    def day(self, now: datetime, code: str = "S") -> date | None:
        told = self.reader.lookup(code, 0, 0.95, now)
        return None if told is None else told.day


def test_the_first_work_is_seen_at_once_and_the_home_hub_goes_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.publisher.work(("S", "N"), News(), MONDAY) == 1
    world.reader.reread()
    assert (world.day(MONDAY), world.reader.hubs) == (TUESDAY, ("S",))
    assert world.publisher.work(("S", "N"), News(), MONDAY) == 1
    world.reader.reread()
    assert world.reader.hubs == ("N", "S")
    assert world.catch_up(MONDAY) == 2 * FULL - 2
    assert world.publisher.work(("S", "N"), News(), MONDAY) == 0


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_what_is_read_is_what_one_process_alone_would_say(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    """As time goes by in steps of up to four waves, after the publisher has caught up."""
    world, alone, now = World(tmp_path_factory.mktemp("boards")), PromiseBoard(planner(), ("S", "N")), MONDAY
    for minutes in steps:
        world.catch_up(now)
        for code in ("S", "N"):
            alone.refresh(code, now)
            for place in (0, 1):
                told, same = world.reader.lookup(code, place, 0.95, now), alone.lookup(code, place, 0.95, now)
                assert told == same
                assert world.reader.departures(code, place, 0.95, now) == alone.departures(code, place, 0.95, now)
        now += timedelta(minutes=minutes)


def test_readers_turn_to_the_next_wave_by_themselves(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.catch_up(MONDAY)
    assert world.day(MONDAY + timedelta(minutes=1)) == TUESDAY
    assert world.day(MONDAY + timedelta(minutes=120)) == TUESDAY
    assert world.day(MONDAY + timedelta(minutes=121)) is None, "nobody has made that board yet"
    world.catch_up(MONDAY + timedelta(minutes=121))
    assert world.day(MONDAY + timedelta(minutes=121)) == TUESDAY


def test_boards_stay_ahead_of_a_clock_that_runs_fast(tmp_path: Path) -> None:
    """At 144 times, work comes round every 2.4 minutes of business: one table each time keeps two hubs ahead for two days."""
    world, now = World(tmp_path), MONDAY
    world.catch_up(now)
    for _ in range(1200):
        now += timedelta(minutes=2.4)
        assert world.day(now) is not None
        assert world.day(now, "N") is not None
        world.publisher.work(("S", "N"), News(), now)
        world.reader.reread()


@pytest.mark.parametrize(
    ("told", "day"),
    [
        pytest.param(Told(kind="cancelled", subject="departure", code=KEY), WEDNESDAY, id="cancelled"),
        pytest.param(Told(kind="full", subject="departure", code=KEY), WEDNESDAY, id="full"),
        pytest.param(Told(kind="late", subject="departure", code=KEY, minutes=720), WEDNESDAY, id="late flight"),
        pytest.param(Told(kind="closed", subject="hub", code="B", first=TODAY, last=TODAY), WEDNESDAY, id="airport"),
        pytest.param(Told(kind="closed", subject="lane", code="S>B", last=MONDAY.date()), WEDNESDAY, id="lane"),
        pytest.param(Told(kind="closed", subject="country", code="BB", first=TUESDAY, last=TUESDAY), WEDNESDAY, id="strike day"),
        pytest.param(Told(kind="closed", subject="hub", code="B"), None, id="airport for good"),
        pytest.param(Told(kind="cancelled", subject="departure", code="S>B/2026-03-20T20:00"), TUESDAY, id="of the past"),
    ],
)  # fmt: skip
def test_the_next_quote_of_every_process_knows_the_news(dsn: str, tmp_path: Path, told: Told, day: date | None) -> None:
    """Told to the database by one process, published by another, read by a third; taken back, all is as before."""
    (tmp_path / "network").mkdir()
    clock = HeldClock(MONDAY)

    async def home() -> list[str]:
        return ["S"]

    async def scene() -> None:
        database = await open_database(dsn, size=3)
        made = [Keeping(database, clock, tmp_path, tmp_path, open_planner=planner, hubs=home) for _ in range(3)]

        async def rounds() -> list[date | None]:
            for _ in range(2 * FULL):
                for one in made:
                    await one.round()
            found = [one.boards.lookup("S", 0, 0.95, MONDAY) for one in made]
            return [None if promised is None else promised.day for promised in found]

        try:
            assert await rounds() == [TUESDAY] * 3
            assert [one.post.held for one in made] == [True, False, False]
            key = uuid4()
            async with database.transaction() as tx:
                await tell(tx, two_hubs(), told, news_id=key, who="duty officer", now=MONDAY)
            assert await rounds() == [day] * 3
            async with database.transaction() as tx:
                await withdraw(tx, key, MONDAY)
                assert await in_force(tx, MONDAY) == []
            assert await rounds() == [TUESDAY] * 3
        finally:
            for one in made:
                one.stop()
            await database.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        (Told(kind="closed", subject="hub", code="X"), "unknown_place", "code"),
        (Told(kind="closed", subject="country", code="ZZ"), "unknown_place", "code"),
        (Told(kind="closed", subject="hub", code="B", first=TUESDAY, last=MONDAY.date()), "bad_dates", "until"),
        (Told(kind="cancelled", subject="departure", code="S>B/2026-03-30T20:01"), "unknown_departure", "code"),
        (Told(kind="cancelled", subject="departure", code="S>X/2026-03-30T20:00"), "unknown_departure", "code"),
        (Told(kind="cancelled", subject="departure", code="S>B"), "bad_departure", "code"),
        (Told(kind="late", subject="departure", code=KEY, minutes=0), "bad_minutes", "minutes"),
    ],
)
def test_what_does_not_fit_the_network_is_refused(told: Told, code: str, field: str) -> None:
    with pytest.raises((Refused, NotFound)) as wrong:
        check(two_hubs(), told)
    assert (wrong.value.code, wrong.value.field) == (code, field)
    assert wrong.value.remedy


def row(told: Told) -> NewsRow:
    values = msgspec.structs.asdict(told)
    return NewsRow(news_id=uuid4(), told_by="x", told_at=MONDAY, until=until(told), **values)


def test_what_news_come_to() -> None:
    rows = [
        row(Told(kind="late", subject="departure", code=KEY, minutes=30)),
        row(Told(kind="late", subject="departure", code=KEY, minutes=90)),
        row(Told(kind="full", subject="departure", code="N>B/2026-03-30T09:00")),
        row(Told(kind="closed", subject="country", code="BB", first=TUESDAY, reason="strike")),
    ]
    found = news_of(rows, frozenset({"S>B/2026-03-31T20:00"}))
    assert found == News(
        late=((KEY, 90),),
        full=frozenset({"N>B/2026-03-30T09:00", "S>B/2026-03-31T20:00"}),
        closures=(Closure(kind="country", code="BB", first=TUESDAY, last=None, reason="strike"),),
    )
    assert [one.until for one in rows] == [datetime(2026, 4, 2, tzinfo=UTC)] * 3 + [None]
    assert named(found) == named(news_of(rows[1:], frozenset({"S>B/2026-03-31T20:00"})))
    assert named(found) != named(news_of(rows))


def test_boards_on_disk_serve_until_better_ones_are_there(tmp_path: Path) -> None:
    """After a restart a file of the same network and news is used at once and not replaced by a poorer one."""
    World(tmp_path).catch_up(MONDAY)
    again = World(tmp_path)
    assert again.day(MONDAY) == TUESDAY, "before anybody has read the network"
    before = (tmp_path / "S.board").stat().st_mtime_ns
    assert again.publisher.work(("S", "N"), News(), MONDAY) == 1
    assert (tmp_path / "S.board").stat().st_mtime_ns == before
    again.catch_up(MONDAY)
    assert (tmp_path / "S.board").stat().st_mtime_ns != before

    news = World(tmp_path)
    news.publisher.work(("S", "N"), News(cancelled=frozenset({KEY})), MONDAY)
    news.reader.reread()
    assert news.day(MONDAY) == WEDNESDAY, "made of other news it is replaced by the first table"


def test_boards_of_another_network_are_not_shown(tmp_path: Path) -> None:
    World(tmp_path).catch_up(MONDAY)
    other = PublishedPromises(tmp_path, "another")
    assert (other.hubs, other.lookup("S", 0, 0.95, MONDAY)) == ((), None)
    publisher = Publisher(tmp_path, planner, "another")
    publisher.work(("S",), News(), MONDAY)
    other.reread()
    assert other.hubs == ("S",), "and those of hubs that are served no longer are taken away"
    assert not (tmp_path / "N.board").exists()
    (tmp_path / "S.board").write_bytes(b"no board")
    assert PublishedPromises(tmp_path, "another").hubs == ()


def test_hubs_come_and_go(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.catch_up(MONDAY, hubs=("S", "nowhere"))
    assert world.reader.hubs == ("S",)
    assert world.catch_up(MONDAY, hubs=("S", "N")) == FULL
    assert world.reader.hubs == ("N", "S")
    world.catch_up(MONDAY, hubs=("N",))
    assert world.reader.hubs == ("N",)


HOLDER = """
import sys, time
from pathlib import Path
from argosy.delivery.publishing.post import Post
assert Post(Path(sys.argv[1])).take()
print("held", flush=True)
time.sleep(60)
"""


def test_when_the_holder_of_the_post_is_killed_another_takes_over(tmp_path: Path) -> None:
    place = tmp_path / FOLDER / "publisher.lock"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", HOLDER, str(place)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        mine = Post(place)
        assert not mine.take()
        assert not mine.held
        child.kill()
        child.wait(10)
        assert mine.take()
        assert mine.take(), "it is held already"
        assert not Post(place).take()
        mine.leave()
        assert Post(place).take()
    finally:
        child.kill()


def test_a_networks_stamp_follows_its_files(tmp_path: Path) -> None:
    config = Config()
    demo = network_stamp(tmp_path, config.data)
    assert demo == network_stamp(tmp_path, config.data)
    installed = tmp_path / "network"
    installed.mkdir()
    (installed / "hubs.csv").write_text("code\n")
    first = network_stamp(tmp_path, config.data)
    (installed / "hubs.csv").write_text("code\nX\n")
    assert len({demo, first, network_stamp(tmp_path, config.data)}) == 3
