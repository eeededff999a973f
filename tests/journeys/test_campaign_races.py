"""Many shoppers want what a festival has few of: through two intakes on one database, as two server processes would."""

from __future__ import annotations

import asyncio
import random
from collections import Counter as Tally
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.candidates import held_key
from argosy.campaigns.items import flash_key
from argosy.campaigns.model import Held, Wallet
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion
from argosy.orders.commands import Place, PlaceAnswer, Placed, Release
from argosy.orders.intake import Intake
from argosy.orders.model import Charts, Destination, NotForSale, Quote, ShelfItem
from argosy.orders.quoting.rules import quote_basket
from argosy.plumbing.database import BY_KEY, connect
from argosy.plumbing.ids import maker
from rooms.campaigns.trade import effect, promotion
from rooms.orders.ground import ADDRESS, CELL, HOLD, NOW, PLAIN, Bench, bench, goods, line, shelf

DAY = timedelta(days=1)
UNITS, EACH = 500, 2
SHOPPERS, TRIES = 5_000, 4
FESTIVAL = Festival(
    code="618",
    names={"en": "618"},
    markets=("FR",),
    phases=(Phase(kind=PhaseKind.MAIN, starts=NOW - DAY, ends=NOW + DAY),),
)
COUPON = promotion(
    "coupon",
    "platform_coupon",
    effect("every", over_minor={"FR": 100}, off_minor={"FR": 50}),
    claim={"uses": 9, "per_shopper": 1},
)
FLASH = promotion("flash", "item", effect("flash", unit_minor={"FR": 100}, units=UNITS, per_shopper=EACH))


def charts(*promotions: Promotion) -> Charts:
    """A shop whose festival has these."""
    return replace(PLAIN, campaigns=CampaignBoard([Plan(festival=FESTIVAL, promotions=promotions)]), singles={})


def quoted(facts: Charts, item: ShelfItem, count: int, wallet: Wallet, shopper: UUID) -> Quote:
    """A quote of so many pieces for a shopper with what she brings along."""
    made = quote_basket(
        facts,
        shelf(item),
        [line(item, count)],
        Destination(country="FR"),
        NOW,
        quote_id=uuid4(),
        shopper_id=shopper,
        language="fr",
        wallet=wallet,
    )
    assert not isinstance(made, NotForSale)
    return made


@asynccontextmanager
async def two_intakes(on: Bench) -> AsyncIterator[list[Intake]]:
    """The bench's intake and a second process's beside it."""
    second = Intake(lambda: connect(on.dsn, **BY_KEY), CELL, maker(CELL))
    second.start()
    try:
        yield [on.desk.intake, second]
    finally:
        await second.stop()


async def placed(intakes: list[Intake], quotes: list[Quote]) -> list[PlaceAnswer]:
    """The answers to all of them, sent in the same instant."""
    commands = [Place(quote, ADDRESS, "simulated", NOW, NOW + HOLD) for quote in quotes]
    return await asyncio.gather(*(intakes[n % len(intakes)].submit(one) for n, one in enumerate(commands)))


def test_one_coupon_in_sixty_four_orders_at_once_is_used_once(dsn: str) -> None:
    async def scene() -> None:
        item, ana = goods("bag"), uuid4()
        held = Held(str(uuid4()), "coupon", NOW + DAY)
        facts, wallet = charts(COUPON), Wallet(shopper=str(ana), held=(held,))
        quotes = [quoted(facts, item, 1, wallet, ana) for _ in range(64)]
        assert {quote.used for quote in quotes} == {(held.held_id,)}
        assert {quote.saved_minor for quote in quotes} == {50}
        async with bench(dsn) as on, two_intakes(on) as intakes:
            await on.receive((item, 1_000))
            answers = await placed(intakes, quotes)
            kinds = Tally(isinstance(answer, Placed) for answer in answers)
            assert kinds == {True: 1, False: 63}
            (winner,) = [answer for answer in answers if isinstance(answer, Placed)]
            key = held_key(held.held_id)
            row = await on.one("SELECT received, held, sold FROM quotas WHERE key = $1", key)
            assert tuple(row) == (1, 1, 0)
            assert await on.counters(item) == (999, 1, 0)
            # The order is given up: the coupon is good for another one.
            await on.desk.intake.submit(Release(winner.order_id, "cancelled", "shopper", NOW))
            again = await placed(intakes, [replace(quotes[0], quote_id=uuid4()), replace(quotes[1], quote_id=uuid4())])
            assert Tally(isinstance(answer, Placed) for answer in again) == {True: 1, False: 1}

    asyncio.run(scene())


def test_a_flash_sale_sells_its_units_and_no_shopper_has_too_many(dsn: str) -> None:
    async def scene() -> None:
        item, facts, chance = goods("watch"), charts(FLASH), random.Random(618)
        variant = str(item.variant.variant_id)
        shoppers = [UUID(int=chance.getrandbits(128)) for _ in range(SHOPPERS)]
        quotes = []
        for shopper in shoppers:
            wallet = Wallet(shopper=str(shopper))
            sizes = {count: quoted(facts, item, count, wallet, shopper) for count in (1, 2)}
            assert [take.count for take in sizes[2].offer_takes] == [2, 2]
            quotes += [replace(sizes[1 + n % 2], quote_id=uuid4()) for n in range(TRIES)]
        chance.shuffle(quotes)
        async with bench(dsn) as on, two_intakes(on) as intakes:
            await on.receive((item, UNITS * 10))
            answers: list[PlaceAnswer] = []
            for start in range(0, len(quotes), 4_000):
                answers += await placed(intakes, quotes[start : start + 4_000])
            had: Tally[UUID] = Tally()
            for quote, answer in zip(quotes, answers, strict=True):
                if isinstance(answer, Placed):
                    had[quote.shopper_id] += quote.lines[0].quantity
            assert len(answers) == SHOPPERS * TRIES
            assert sum(had.values()) == UNITS
            assert max(had.values()) == EACH
            row = await on.one("SELECT received, held, sold FROM quotas WHERE key = $1", flash_key("flash", variant))
            assert tuple(row) == (UNITS, UNITS, 0)
            own = await on.ask("SELECT held FROM quotas WHERE key LIKE $1", flash_key("flash", variant) + "/%")
            assert sum(row["held"] for row in own) == UNITS
            assert max(row["held"] for row in own) == EACH
            assert (await on.counters(item))[1] == UNITS

    asyncio.run(scene())
