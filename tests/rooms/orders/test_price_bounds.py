"""Lists narrowed by price: the price that the cards show decides, in short lists and in long ones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from argosy.base.errors import Refused
from argosy.catalogue.search import MAX_PAGE, leading
from argosy.catalogue.search_sql import Filter
from argosy.orders.showing import fitting as narrowed
from argosy.orders.showing.bounds import ANY, Bounds, Seen, by_price, ranks_of
from argosy.shop import Shop
from conftest import opened

MARKETS = ["FR", "US", "GB"]


@pytest.mark.parametrize(
    ("bounds", "within", "without"),
    [
        (ANY, [None, 0, 10**12], []),
        (Bounds(least=100), [100, 101, 10**12], [None, 0, 99]),
        (Bounds(most=100), [0, 99, 100], [None, 101]),
        (Bounds(100, 200), [100, 150, 200], [None, 99, 201]),
        (Bounds(200, 100), [], [None, 99, 100, 150, 200, 201]),
        (Bounds(0, 0), [0], [None, 1]),
    ],
)
def test_bounds_hold_what_is_within(bounds: Bounds, within: list[int | None], without: list[int | None]) -> None:
    assert [bounds.hold(minor) for minor in within] == [True] * len(within)
    assert [bounds.hold(minor) for minor in without] == [False] * len(without)


EVEN = [1 + n / 100 for n in range(101)]
"""Cards that show from once to twice the seller's price."""


@pytest.mark.parametrize(
    ("bounds", "ratios", "far", "near"),
    [
        (Bounds(1_000, 5_000), [], ANY, ANY),
        (Bounds(1_000, 5_000), [1.0], Bounds(250, 20_001), Bounds(1_000, 5_001)),
        (Bounds(1_000, 5_000), [2.0] * 9, Bounds(125, 10_001), Bounds(500, 2_501)),
        (Bounds(1_000, None), [0.5, 2.0], Bounds(125, None), Bounds(500, None)),
        (Bounds(None, 1_000), [0.5, 2.0], Bounds(None, 8_001), Bounds(None, 2_001)),
        (Bounds(1_950, 2_100), EVEN, Bounds(243, 8_401), Bounds(1_000, 2_001)),
        # One that differs from all others is passed over, though not far from.
        (Bounds(1_000, 1_000), [1.0] * 40 + [100.0], Bounds(2, 4_001), Bounds(1_000, 1_001)),
        (ANY, EVEN, ANY, ANY),
    ],
)
def test_where_goods_within_bounds_are_looked_for(
    bounds: Bounds, ratios: list[float], far: Bounds, near: Bounds
) -> None:
    assert ranks_of(bounds, ratios) == ranks_of(bounds, ratios[::-1]) == (far, near)


def test_goods_are_put_in_the_order_of_what_they_show() -> None:
    first, second, third = (Seen(uuid4(), minor) for minor in (20, 10, 20))
    assert by_price([first, second, third], dearest=False) == [second, first, third]
    assert by_price([first, second, third], dearest=True) == [first, third, second]


async def walked(shop: Shop, code: str, wanted: Filter) -> dict[UUID, int]:
    """What each card of a list shows, without bounds."""
    market = shop.desk.charts.markets[code]
    async with shop.desk.database.read() as reader:
        ids = await leading(reader, wanted, "popular", 5_000)
    cards = await shop.showcase.cards(market, ids)
    return {card.product.product_id: card.offer.price.minor for card in cards if card.offer.price}


async def pages(shop: Shop, code: str, wanted: Filter, sort: str, bounds: Bounds) -> tuple[list[Any], Any]:
    """All cards of a list within bounds, page by page, and the counts."""
    market, cards = shop.desk.charts.markets[code], []
    for page in range(1, 100):
        found = await shop.showcase.listing(market, wanted, sort, page, 9, "", bounds)
        cards += found.cards
        if len(found.cards) < 9:
            break
    return cards, found.counts


def middle(shown: dict[UUID, int]) -> Bounds:
    """Bounds that a third of the goods are within."""
    prices = sorted(shown.values())
    return Bounds(prices[len(prices) // 3], prices[2 * len(prices) // 3])


@pytest.mark.parametrize("look", [5_000, 30], ids=["short", "long"])
def test_no_card_is_out_of_bounds_and_counts_are_of_what_is_shown(
    module_dsn: str, home: Path, look: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowed, "LOOK", look)
    wanted = Filter(category="fashion")

    async def work() -> None:
        async with opened(module_dsn, home) as shop:
            # Promotions that ran out are seen two seconds after opening.
            await asyncio.sleep(3)
            for code in MARKETS:
                shown = await walked(shop, code, wanted)
                bounds = middle(shown)
                fits = {one for one, minor in shown.items() if bounds.hold(minor)}
                assert len(fits) > 30
                for sort in ("popular", "best", "price", "-price"):
                    cards, counts = await pages(shop, code, wanted, sort, bounds)
                    ids = [card.product.product_id for card in cards]
                    prices = [card.offer.price.minor for card in cards]
                    assert all(bounds.hold(minor) for minor in prices), (code, sort)
                    assert len(ids) == len(set(ids)) == counts.total > 0, (code, sort)
                    assert set(ids) <= fits
                    assert counts.capped == (look == 30)
                    assert sum(counts.price_steps.values()) == counts.total
                    assert counts.capped or set(ids) == fits, (code, sort)
                    if "price" in sort:
                        assert prices == sorted(prices, reverse=sort == "-price")

    asyncio.run(work())


def test_a_long_list_is_whole_where_few_can_fit(module_dsn: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowed, "LOOK", 150)
    wanted = Filter(category="fashion")

    async def work() -> None:
        async with opened(module_dsn, home) as shop:
            await asyncio.sleep(3)
            shown = await walked(shop, "FR", wanted)
            assert len(shown) > 150
            dearest = Bounds(least=sorted(shown.values())[-5])
            cards, counts = await pages(shop, "FR", wanted, "popular", dearest)
            assert {card.product.product_id for card in cards} == {
                one for one, minor in shown.items() if dearest.hold(minor)
            }
            assert not counts.capped
            monkeypatch.setattr(narrowed, "CAP", 150)
            more = Bounds(least=(dearest.least or 0) + 1)
            assert (await pages(shop, "FR", wanted, "popular", more))[1].capped, "a search does not come to all of them"
            none = (await pages(shop, "FR", wanted, "popular", Bounds(2, 1)))[1]
            assert (none.total, none.brands) == (0, {})

    asyncio.run(work())


def test_goods_forgotten_for_a_moment_are_looked_at_again(module_dsn: str, home: Path) -> None:
    async def work() -> None:
        async with opened(module_dsn, home) as shop:
            showcase, asked = shop.showcase, 0
            cards = showcase.cards

            async def forgetful(*given: Any) -> Any:
                nonlocal asked
                asked += 1
                found = await cards(*given)
                if asked > 1:
                    return found
                # What the shelf forgot while stock was read has no price on its card.
                empty = [type(one.offer)(one.offer.variant, None, None, 0.0) for one in found]
                return [type(one)(one.product, offer, True) for one, offer in zip(found, empty, strict=True)]

            showcase.cards = forgetful  # type: ignore[method-assign]
            wanted, bounds = Filter(category="handbags"), Bounds(least=1)
            found = await showcase.listing(shop.desk.charts.markets["FR"], wanted, "popular", 1, 24, "", bounds)
            assert found.counts.total == len(await walked(shop, "FR", wanted)) > 0

    asyncio.run(work())


@pytest.mark.parametrize(
    ("sort", "page", "code"), [("sideways", 1, "unknown_sort"), ("price", 1_000, "page_out_of_range")]
)
def test_what_a_list_without_bounds_refuses_one_with_bounds_refuses(
    module_dsn: str, home: Path, sort: str, page: int, code: str
) -> None:
    async def work() -> None:
        async with opened(module_dsn, home) as shop:
            at = shop.desk.charts.markets["FR"]
            with pytest.raises(Refused) as refused:
                await shop.showcase.listing(at, Filter(category="bags"), sort, page, MAX_PAGE, "", Bounds(least=1))
            assert refused.value.code == code

    asyncio.run(work())
