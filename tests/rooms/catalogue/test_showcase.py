"""The showcase: prices, stock and counts as a market sees them, kept for a few seconds and never waited for twice."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from argosy.base.errors import Refused
from argosy.catalogue.search_sql import Filter
from argosy.catalogue.take_in import product_id
from argosy.loading import load
from argosy.markets.model import Market
from argosy.orders.model import Destination, Promise
from argosy.orders.showing import showcase as kept_by
from argosy.plumbing.config import Config
from argosy.plumbing.database import Database
from argosy.pricing.load_rates import load_rates
from argosy.shop import Shop
from conftest import named, opened, run_sql
from rooms.catalogue.ground import bag, on, taken
from rooms.catalogue.test_loading import SHOP

Made = TypeVar("Made")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
GOODS = [
    bag("b-1", colour="red", price_minor=10_000, stock=5),
    bag("b-2", colour="teal", price_minor=9_000, stock=0),
    bag("a-1", group="a", name="Flat bag", category="clutches", price_minor=30_000, popularity=9),
    bag(
        "c-1", group="c", name="Plain tea", category="black-green-tea", brand="", colour="", price_minor=2_000, stock=0
    ),
]


@pytest.fixture(scope="module")
def few_goods(server: str, migrated: str) -> str:
    """The name of a template database with rates and a few goods."""
    asyncio.run(run_sql(server, f"CREATE DATABASE few_goods TEMPLATE {migrated}"))

    async def fill(database: Database) -> None:
        async with database.transaction() as tx:
            await load_rates(tx, Config().data / "exchange_rates.csv", datetime.now(UTC))
        await load(database, SHOP, GOODS, datetime.now(UTC), source="test")

    on(named(server, "few_goods"), fill)
    return "few_goods"


@pytest.fixture
def dsn(server: str, few_goods: str) -> Iterator[str]:
    """The address of a database with a few goods of this test's own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {few_goods}"))
    yield named(server, name)
    asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


def inside(dsn: str, home: Path, work: Callable[[Shop], Awaitable[Made]]) -> Made:
    """Do something in an open shop that sells a few goods."""

    async def whole() -> Made:
        async with opened(dsn, home) as shop:
            return await work(shop)

    return asyncio.run(whole())


def market(shop: Shop, code: str = "CN") -> Market:
    """A market of the shop."""
    return shop.desk.charts.markets[code]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Return when something has come true; fail after ten seconds."""
    async with asyncio.timeout(10):
        while not await true():
            await asyncio.sleep(0.02)


def test_a_card_shows_the_cheapest_variant_that_can_be_had(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> Any:
        ids = [product_id("atelier", group) for group in ("b", "c", "a")]
        return await shop.showcase.cards(market(shop), ids)

    bag_card, tea, clutch = inside(dsn, home, work)
    assert [card.product.name for card in (bag_card, tea, clutch)] == ["Round bag", "Plain tea", "Flat bag"]
    assert (bag_card.offer.variant.sku, bag_card.offer.free, bag_card.offer.buyable) == ("b-1", 5, True)
    assert bag_card.one_price is False
    assert (tea.offer.free, tea.offer.buyable, tea.one_price) == (0, False, True)
    assert clutch.offer.share_left == 1.0


@pytest.mark.parametrize(("code", "currency"), [("CN", "CNY"), ("FR", "EUR"), ("JP", "JPY"), ("US", "USD")])
def test_a_product_has_the_prices_of_the_market(dsn: str, home: Path, code: str, currency: str) -> None:
    async def work(shop: Shop) -> Any:
        return await shop.showcase.product(market(shop, code), product_id("atelier", "b"))

    product, offers = inside(dsn, home, work)
    assert product.name == "Round bag"
    assert [offer.variant.sku for offer in offers] == ["b-1", "b-2"]
    assert {offer.price.currency for offer in offers} == {currency}
    assert [offer.price.seller_minor for offer in offers] == [10_000, 9_000]
    assert offers[0].price.minor > offers[1].price.minor > 0


def test_a_product_without_variants_is_shown_nowhere(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> Any:
        gone = product_id("atelier", "c")
        await taken(shop.desk.database, [bag("c-1", group="elsewhere")])
        return await shop.showcase.product(market(shop), gone), await shop.showcase.cards(market(shop), [gone])

    assert inside(dsn, home, work) == (None, [])


def test_a_list_has_its_page_and_its_counts(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> Any:
        at = market(shop)
        first = await shop.showcase.listing(at, Filter(category="bags"), "popular", 1, 1)
        second = await shop.showcase.listing(at, Filter(category="bags"), "popular", 2, 1)
        beyond = await shop.showcase.listing(at, Filter(category="bags"), "popular", 3, 1)
        return first, second, beyond, await shop.showcase.category_counts(), await shop.showcase.brands()

    first, second, beyond, categories, brands = inside(dsn, home, work)
    assert [[card.product.name for card in one.cards] for one in (first, second, beyond)] == [
        ["Flat bag"],
        ["Round bag"],
        [],
    ]
    assert first.counts == second.counts
    assert (first.counts.total, first.counts.capped) == (2, False)
    assert first.counts.brands == {"lumen": 2}
    assert first.counts.colours == {"red": 2, "teal": 1}
    assert first.counts.categories == {"bags": 2, "handbags": 1, "clutches": 1}
    assert sum(first.counts.price_steps.values()) == 2
    assert (categories["bags"], categories["drinks"]) == (2, 1)
    assert [(brand.name, brand.products) for brand in brands] == [("Lumen", 2)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("popular", ["Flat bag", "Round bag"]),
        ("price", ["Round bag", "Flat bag"]),
        ("-price", ["Flat bag", "Round bag"]),
    ],
)
@pytest.mark.parametrize("wanted", [Filter(category="bags"), Filter(brands=("lumen",))], ids=["category", "brand"])
def test_lists_are_sorted(dsn: str, home: Path, sort: str, expected: list[str], wanted: Filter) -> None:
    async def work(shop: Shop) -> list[str]:
        return [card.product.name for card in (await shop.showcase.listing(market(shop), wanted, sort, 1, 9)).cards]

    assert inside(dsn, home, work) == expected


def test_sold_stock_is_shown_after_a_moment(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> list[bool]:
        async def free() -> int | None:
            found = await shop.showcase.product(market(shop), product_id("atelier", "b"))
            assert found is not None
            return found[1][0].free

        before = await free()
        await run_sql(dsn, "UPDATE quotas SET held = 2, sold = 1 WHERE received = 5")

        async def shown() -> bool:
            return await free() == 2

        await until(shown)
        return [before == 5]

    assert inside(dsn, home, work) == [True]


def test_one_question_is_asked_once_for_all_who_wait(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> Any:
        asked = await asyncio.gather(*(shop.showcase.counts(Filter(category="bags")) for _ in range(20)))
        return asked

    first, *others = inside(dsn, home, work)
    assert all(one is first for one in others)


@pytest.mark.parametrize("lasts", [120.0, -1.0], ids=["still good", "old"])
def test_an_old_answer_is_given_while_it_is_made_anew(
    dsn: str, home: Path, monkeypatch: pytest.MonkeyPatch, lasts: float
) -> None:
    monkeypatch.setattr(kept_by, "_COUNT_SECONDS", lasts)

    async def work(shop: Shop) -> Any:
        wanted = Filter(brands=("lumen",))  # Whole categories are counted by a round of their own.
        first = await shop.showcase.counts(wanted)
        await taken(shop.desk.database, [bag("a-2", group="a2")])
        again = await shop.showcase.counts(wanted)

        async def renewed() -> bool:
            return (await shop.showcase.counts(wanted)).total == 3

        if lasts < 0:
            await until(renewed)
        return first, again, await shop.showcase.counts(wanted)

    first, again, last = inside(dsn, home, work)
    assert again is first
    assert (first.total, last.total) == (2, 2 if lasts > 0 else 3)


def test_a_refusal_is_told_to_each_who_asks_and_not_kept(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> list[str]:
        told = []
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                await shop.showcase.listing(market(shop), Filter(), "sideways", 1, 24)
            told.append(refused.value.code)
        return told

    assert inside(dsn, home, work) == ["unknown_sort"] * 2


def test_answers_kept_are_bounded(dsn: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_by, "_KEPT", 3)

    async def work(shop: Shop) -> Any:
        first = await shop.showcase.counts(Filter(category="bags"))
        for code in ("handbags", "clutches", "drinks"):
            await shop.showcase.counts(Filter(category=code))
        return first, await shop.showcase.counts(Filter(category="bags"))

    first, again = inside(dsn, home, work)
    assert again == first
    assert again is not first


def test_offers_stand_while_nothing_changed_and_follow_a_new_price(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> Any:
        async def bags() -> Any:
            return (await shop.showcase.cards(market(shop), [product_id("atelier", "b")]))[0]

        first, second = await bags(), await bags()
        dearer = bag("b-1", colour="red", price_minor=12_000, stock=5)
        await load(shop.desk.database, SHOP, [dearer], datetime.now(UTC), source="test")

        async def shown() -> bool:
            return bool((await bags()).offer.price.minor > first.offer.price.minor)

        await until(shown)
        return first is second

    assert inside(dsn, home, work) is True


def test_offers_follow_the_hub_that_has_the_goods_and_its_date(dsn: str, home: Path) -> None:
    async def work(shop: Shop) -> None:
        at, desk = market(shop, "FR"), shop.desk
        dates: dict[str, Any] = {"HKHKG": None}

        async def seen() -> tuple[str, bool, int | None, Any]:
            found = await shop.showcase.product(at, product_id("atelier", "b"))
            assert found is not None
            card = (await shop.showcase.cards(at, [found[0].product_id]))[0]
            assert card.offer in found[1], "a card shows what the page shows"
            one = found[1][0]
            return one.hub, one.elsewhere, one.free, one.promise

        assert await seen() == (desk.charts.hub, False, 5, None)
        found = await shop.showcase.product(at, product_id("atelier", "b"))
        assert found is not None
        bag_id = found[0].variants[0].variant_id
        desk.charts.elsewhere.renew({bag_id: {desk.charts.hub: 0, "HKHKG": 7}})
        assert await seen() == ("HKHKG", True, 12, None)
        told = Promise(
            hub="HK-HKG", city="Paris", country="FR", time_zone="Europe/Paris", day=date(2030, 1, 2), by=LATER, order_by=LATER,
            leaves_at=LATER, mode="air", confidence=0.95, within_72h=False,
        )  # fmt: skip
        dates["HKHKG"] = told

        class Dated:
            """Dates of that hub alone."""

            def to(
                self, market: Market, destination: Destination, now: datetime, hub: str | None = None, **_: Any
            ) -> Any:
                return dates["HKHKG"] if hub == "HK-HKG" else None

        desk.promises = Dated()  # type: ignore[assignment]
        assert await seen() == ("HKHKG", True, 12, told), (
            "a new date is shown though goods, facts and stock are the same"
        )
        desk.charts.elsewhere.renew({bag_id: {desk.charts.hub: 0, "HKHKG": 6}})
        assert (await seen())[2] == 11
        desk.charts.elsewhere.renew({})
        assert await seen() == (desk.charts.hub, False, 5, None)

    inside(dsn, home, work)


@pytest.mark.parametrize("sort", ["price", "-price"])
@pytest.mark.parametrize("size", [2, 3, 7])
def test_a_list_by_price_is_in_the_order_of_what_its_cards_show(
    dsn: str, home: Path, sort: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the United States duty goes by origin and kind and comes on top: the seller's order is another one."""
    kinds = [("handbags", "CN"), ("handbags", "IT"), ("black-green-tea", "CN"), ("clutches", "FR")]
    goods = [
        bag(f"p-{n}", group=f"p-{n}", category=kind, origin=origin, price_minor=10_000 + 100 * n, stock=1, brand="Ort")
        for n, (kind, origin) in enumerate(kinds * 4)
    ]

    async def work(shop: Shop) -> Any:
        await load(shop.desk.database, SHOP, goods, datetime.now(UTC), source="test")
        wanted = Filter(brands=("ort",))
        cards: list[Any] = []

        async def ordered() -> bool:
            pages = [await shop.showcase.goods(market(shop, "US"), wanted, sort, page, size) for page in range(1, 10)]
            cards[:] = [card for page in pages for card in page]
            shown = [card.offer.price.minor for card in cards]
            return shown == sorted(shown, reverse=sort == "-price")

        # Promotions that ran out are seen two seconds after opening: the order follows.
        await until(ordered)
        return cards

    monkeypatch.setattr(kept_by, "_LIST_SECONDS", 0.5)
    cards = inside(dsn, home, work)
    assert len({card.product.product_id for card in cards}) == len(cards) == len(goods)
    asked = [card.offer.price.seller_minor for card in cards]
    assert asked != sorted(asked, reverse=sort == "-price"), "the goods tell the two orders apart"


@pytest.mark.parametrize("sort", ["best", "popular"])
def test_what_can_be_had_comes_first_where_much_cannot(
    dsn: str, home: Path, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    for name, size in (("WINDOW", 4), ("_STEP", 3), ("_HEAD", 2)):
        monkeypatch.setattr(kept_by, name, size)
    gone = {0, 1, 2, 5, 10}
    goods = [
        bag(f"w-{n}", group=f"w-{n}", popularity=2 ** (20 - n), stock=0 if n in gone else 5, brand="Lang")
        for n in range(11)
    ]

    async def work(shop: Shop) -> Any:
        await load(shop.desk.database, SHOP, goods, datetime.now(UTC), source="test")
        pages = [
            await shop.showcase.goods(market(shop), Filter(brands=("lang",)), sort, page, 3) for page in range(1, 6)
        ]
        return [[card.product.product_id for card in page] for page in pages]

    pages = inside(dsn, home, work)
    assert [len(page) for page in pages] == [3, 3, 3, 2, 0]
    # The last window begins with what can be had, so it stays as it is: nobody's place changes for one sold out.
    expected = [3, 0, 1, 2, 4, 6, 7, 5, 8, 9, 10]
    names = {product_id("atelier", f"w-{n}"): n for n in range(11)}
    assert [names[one] for page in pages for one in page] == expected


def test_windows_of_a_long_list_follow_each_other_by_the_sellers_price(
    dsn: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_by, "WINDOW", 4)
    monkeypatch.setattr(kept_by, "_STEP", 3)
    goods = [bag(f"w-{n}", group=f"w-{n}", price_minor=10_000 + n, brand="Lang") for n in range(11)]

    async def work(shop: Shop) -> Any:
        await load(shop.desk.database, SHOP, goods, datetime.now(UTC), source="test")
        pages = [
            await shop.showcase.goods(market(shop), Filter(brands=("lang",)), "price", page, 3) for page in range(1, 6)
        ]
        return [[card.product.product_id for card in page] for page in pages]

    pages = inside(dsn, home, work)
    assert [len(page) for page in pages] == [3, 3, 3, 2, 0]
    assert [one for page in pages for one in page] == [product_id("atelier", f"w-{n}") for n in range(11)]
