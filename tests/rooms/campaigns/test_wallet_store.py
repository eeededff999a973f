"""Claims on a real database: at the same time, at the limits, handed over, used, forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from argosy.base.errors import NotFound
from argosy.campaigns.candidates import held_key
from argosy.campaigns.plan import Plan
from argosy.campaigns.wallet.claim import claim
from argosy.campaigns.wallet.forget import KEPT_FOR, forget
from argosy.campaigns.wallet.hand_over import hand_over
from argosy.campaigns.wallet.model import ClaimAnswer, Claimed, ClaimWish, OwnLimit, TooEarly, UsedUp
from argosy.campaigns.wallet.wallet import MOST, contents, wallet
from argosy.plumbing.database import Database, open_database
from argosy.plumbing.ids import maker
from argosy.quotas.lock import lock
from argosy.quotas.look import look, sums
from argosy.quotas.model import Move, Take
from argosy.quotas.move import move
from rooms.campaigns.trade import DAY, FESTIVAL, MARKETS, NOW, effect, promotion

CELL = 1
OFF = effect("every", over_minor={"SG": 100}, off_minor={"SG": 5})
PACKET = effect("red_packet", low_minor={"SG": 20}, high_minor={"SG": 100}, budget_minor={"SG": 1_000})
PLAN = Plan(
    festival=FESTIVAL,
    promotions=(
        promotion("five", "platform_coupon", OFF, claim={"uses": 20, "per_shopper": 1}),
        promotion("many", "platform_coupon", OFF, claim={"uses": 1_000, "per_shopper": 200}),
        promotion("packet", "red_packet", PACKET, claim={"uses": 1_000, "per_shopper": 3}),
    ),
)
NEW_ID = maker(CELL)


def on(dsn: str, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do something with a database."""

    async def run() -> None:
        database = await open_database(dsn, size=4)
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


def wish(shopper: UUID, code: str = "five", after: timedelta = timedelta()) -> ClaimWish:
    return ClaimWish(shopper_id=shopper, promotion=code, market="SG", now=NOW + after)


async def claimed(database: Database, *wishes: ClaimWish) -> list[ClaimAnswer]:
    async with database.transaction() as tx:
        return await claim(
            tx, CELL, wishes, plans=[PLAN], markets=MARKETS, seed_of=lambda code: code.encode(), new_id=NEW_ID
        )


def test_twenty_of_many_at_the_same_time_get_one_of_twenty(dsn: str) -> None:
    async def scene(database: Database) -> None:
        batches = [[wish(uuid4()) for _ in range(1 + n % 4)] for n in range(16)]
        answers = await asyncio.gather(*(claimed(database, *batch) for batch in batches))
        kinds = Tally(type(answer) for batch in answers for answer in batch)
        assert kinds == {Claimed: 20, UsedUp: sum(map(len, batches)) - 20}
        async with database.read() as reader:
            assert (await look(reader, CELL, ["claim/five"]))["claim/five"].sold == 20
            winners = [a.row.shopper_id for batch in answers for a in batch if isinstance(a, Claimed)]
            assert len(set(winners)) == 20
            for shopper in winners:
                assert len(await contents(reader, CELL, shopper, NOW)) == 1

    on(dsn, scene)


def test_one_shopper_in_many_windows_claims_once(dsn: str) -> None:
    async def scene(database: Database) -> None:
        ana = uuid4()
        answers = await asyncio.gather(*(claimed(database, wish(ana), wish(ana)) for _ in range(8)))
        assert Tally(type(one) for pair in answers for one in pair) == {Claimed: 1, OwnLimit: 15}
        async with database.read() as reader:
            assert len((await wallet(reader, CELL, ana, "SG", NOW)).held) == 1
            assert (await look(reader, CELL, ["claim/five"]))["claim/five"].sold == 1

    on(dsn, scene)


def test_packets_are_drawn_until_the_budget_is_spent(dsn: str) -> None:
    async def scene(database: Database) -> None:
        answers = await asyncio.gather(
            *(claimed(database, *(wish(uuid4(), "packet") for _ in range(25))) for _ in range(4))
        )
        rows = [one.row for batch in answers for one in batch if isinstance(one, Claimed)]
        minors = [row.minor or 0 for row in rows]
        assert all(20 <= minor <= 100 for minor in minors)
        assert 1_000 - 20 < sum(minors) <= 1_000
        assert len(set(minors)) > 5
        async with database.read() as reader:
            budget = (await look(reader, CELL, ["packets/packet/SG"]))["packets/packet/SG"]
        assert budget.sold == sum(minors)
        assert UsedUp() in [one for batch in answers for one in batch]

    on(dsn, scene)


def test_too_early_takes_nothing(dsn: str) -> None:
    async def scene(database: Database) -> None:
        assert await claimed(database, wish(uuid4(), after=-2 * DAY)) == [TooEarly(NOW - DAY)]
        with pytest.raises(NotFound):
            await claimed(database, wish(uuid4()), wish(uuid4(), "none"))
        async with database.read() as reader:
            assert (await sums(reader, CELL, "claim/")).counters == 0

    on(dsn, scene)


def test_what_an_order_has_is_no_longer_brought_along_and_comes_back(dsn: str) -> None:
    async def scene(database: Database) -> None:
        ana = uuid4()
        (answer,) = await claimed(database, wish(ana))
        assert isinstance(answer, Claimed)
        held = str(answer.row.held_id)

        async def brought(after: timedelta = timedelta(), market: str = "SG") -> list[str]:
            async with database.read() as reader:
                return [one.held_id for one in (await wallet(reader, CELL, ana, market, NOW + after)).held]

        assert await brought() == [held]
        assert await brought(market="JP") == [held]
        assert await brought(DAY - timedelta(microseconds=1)) == [held]
        assert await brought(DAY) == []
        async with database.transaction() as tx:
            await lock(tx, CELL, [Take(held_key(held), 1, 1)])
            await move(tx, CELL, [Move(held_key(held), held=1)])
        assert await brought() == []
        async with database.read() as reader:
            assert [one.used for one in await contents(reader, CELL, ana, NOW)] == [True]
        async with database.transaction() as tx:
            await lock(tx, CELL, [], [held_key(held)])
            await move(tx, CELL, [Move(held_key(held), held=-1)])
        assert await brought() == [held]

    on(dsn, scene)


def test_a_packet_is_good_in_its_own_market_only(dsn: str) -> None:
    async def scene(database: Database) -> None:
        ana = uuid4()
        await claimed(database, wish(ana, "packet"))
        async with database.read() as reader:
            assert len((await wallet(reader, CELL, ana, "SG", NOW)).held) == 1
            assert (await wallet(reader, CELL, ana, "JP", NOW)).held == ()

    on(dsn, scene)


def test_a_quote_looks_at_a_hundred(dsn: str) -> None:
    async def scene(database: Database) -> None:
        ana = uuid4()
        answers = await claimed(database, *(wish(ana, "many") for _ in range(MOST + 20)))
        assert all(isinstance(one, Claimed) for one in answers)
        async with database.read() as reader:
            assert len((await wallet(reader, CELL, ana, "SG", NOW)).held) == MOST
            assert len(await contents(reader, CELL, ana, NOW)) == MOST + 20

    on(dsn, scene)


def test_signing_in_brings_a_guests_coupons_within_the_accounts_limits(dsn: str) -> None:
    async def scene(database: Database) -> None:
        guest, other, account = uuid4(), uuid4(), uuid4()
        await claimed(database, wish(guest), wish(guest, "packet"), wish(other), wish(account, "packet"))

        async def join(one: UUID) -> int:
            async with database.transaction() as tx:
                return await hand_over(tx, CELL, one, account, plans=[PLAN], now=NOW)

        assert await join(guest) == 2
        assert await join(guest) == 0
        # A second guest with the same coupon: the account has its one already.
        assert await join(other) == 0
        assert await join(account) == 0
        async with database.read() as reader:
            held = (await wallet(reader, CELL, account, "SG", NOW)).held
            assert sorted(one.promotion for one in held) == ["five", "packet", "packet"]
            assert (await wallet(reader, CELL, guest, "SG", NOW)).held == ()
        answers = await claimed(database, wish(account), wish(account, "packet"), wish(account, "packet"))
        assert [type(answer) for answer in answers] == [OwnLimit, Claimed, OwnLimit]

    on(dsn, scene)


def test_what_ended_long_ago_is_forgotten(dsn: str) -> None:
    async def scene(database: Database) -> None:
        ana = uuid4()
        await claimed(database, wish(ana), wish(ana, "packet"))
        for after, gone in ((DAY + KEPT_FOR, 0), (DAY + KEPT_FOR + timedelta(seconds=1), 2)):
            async with database.transaction() as tx:
                assert await forget(tx, CELL, NOW + after) == gone
        async with database.read() as reader:
            assert await contents(reader, CELL, ana, NOW) == []

    on(dsn, scene)
