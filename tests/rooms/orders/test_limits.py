"""What is left of limited promotions reaches prices on pages and quotes, on a stocked database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from argosy.campaigns.items import flash_key
from argosy.campaigns.live import Option
from argosy.orders.limits import Limits, goods_of, is_served, knowing, run_out
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.quoting.offers import priced, single
from argosy.orders.quoting.rules import quote_basket
from argosy.plumbing.clock import SystemClock
from argosy.quotas.lock import lock
from argosy.quotas.model import Move, Take
from argosy.quotas.move import move
from argosy.shop import Shop, open_shop
from conftest import config_for
from faces.festival_plan import festival_data


@asynccontextmanager
async def festive(dsn: str, home: Path, folder: Path) -> AsyncIterator[tuple[Shop, UUID]]:
    """A shop with the festival, and a variant of its flash sale that has its price."""
    config = replace(config_for(dsn, home), data=festival_data(folder / "data"))
    async with open_shop(config, dsn, SystemClock()) as shop:
        # The shop's own duties would renew its facts in the middle of a scene.
        await shop.rounds.stop()
        option = flash_option(shop)
        items = await goods_of(shop.desk, option, 50)
        assert items
        assert all(option.goods.fits(priced(shop.desk.charts, "1", item, 1, 0)) for item in items)
        for item in items:
            variant = item.variant.variant_id
            made = quoted(shop, variant, 1)
            if isinstance(made, Quote) and any(take.key.startswith("flash/") for take in made.offer_takes):
                yield shop, variant
                return
        raise AssertionError("nothing is cheaper in the flash sale")


def flash_option(shop: Shop) -> Option:
    """The flash sale as it is live in France."""
    desk = shop.desk
    option = desk.charts.campaigns.live(desk.charts.markets["FR"], desk.clock.now()).by_code["watches-now"]
    assert isinstance(option, Option)
    return option


def quoted(shop: Shop, variant: UUID, count: int, shopper: UUID | None = None, **left: int) -> Quote | NotForSale:
    """A quote of so many pieces, knowing what is left of some counters."""
    desk = shop.desk
    item = desk.shelf.item(variant)
    assert item is not None
    return quote_basket(
        knowing(desk.charts, left) if left else desk.charts,
        {variant: item},
        [BasketLine(variant, count)],
        Destination(country="FR"),
        desk.clock.now(),
        quote_id=desk.new_id(),
        shopper_id=shopper or uuid4(),
        language="fr",
    )


async def sell(shop: Shop, key: str, count: int, units: int) -> None:
    """Units of a counter go to somebody; a negative number comes back."""
    async with shop.desk.database.transaction() as tx:
        await lock(tx, shop.desk.cell, [Take(key, 1, units)])
        await move(tx, shop.desk.cell, [Move(key, sold=count)])


def pieces_at_flash_price(made: Quote | NotForSale) -> int:
    assert isinstance(made, Quote)
    return max((take.count for take in made.offer_takes if take.key.startswith("flash/")), default=0)


def test_what_is_sold_out_is_no_longer_shown_and_comes_back(stocked_dsn: str, home: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        async with festive(stocked_dsn, home, tmp_path) as (shop, variant):
            desk, limits = shop.desk, Limits(shop.desk)
            board, item = desk.charts.campaigns, desk.shelf.item(variant)
            assert item is not None
            key = flash_key("watches-now", str(variant))
            await limits.renew()
            untouched = board.left
            assert untouched == {}
            now, market = desk.clock.now(), desk.charts.markets["FR"]
            cheap = single(desk.charts, market, item, 20_000, now)
            await sell(shop, key, 2, 3)
            await limits.renew()
            assert board.left is untouched
            assert pieces_at_flash_price(quoted(shop, variant, 2)) == 2
            await sell(shop, key, 1, 3)
            await limits.renew()
            assert board.left == {key: 0}
            assert single(desk.charts, market, item, 20_000, now) > cheap
            assert pieces_at_flash_price(quoted(shop, variant, 2)) == 0
            known = board.left
            await limits.renew()
            assert board.left is known
            await sell(shop, key, -1, 3)
            await limits.renew()
            assert board.left == {}
            assert single(desk.charts, market, item, 20_000, now) == cheap

    asyncio.run(scene())


def test_a_quote_learns_what_has_run_out(stocked_dsn: str, home: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        async with festive(stocked_dsn, home, tmp_path) as (shop, variant):
            desk, ana = shop.desk, uuid4()
            board = desk.charts.campaigns
            every, own = (flash_key("watches-now", str(variant), who) for who in ("", str(ana)))
            made = quoted(shop, variant, 2, ana)
            assert isinstance(made, Quote)
            assert [take.key for take in made.offer_takes][:2] == [every, own]
            assert await run_out(desk, made.offer_takes, ana) == {}
            # She has had one of her two: that is hers alone to know.
            await sell(shop, own, 1, 2)
            short = await run_out(desk, made.offer_takes, ana)
            assert short == {own: 1}
            assert board.left == {}
            assert pieces_at_flash_price(quoted(shop, variant, 2, ana, **short)) == 1
            await sell(shop, every, 3, 3)
            short = await run_out(desk, made.offer_takes, ana)
            assert short == {every: 0, own: 1}
            assert board.left == {every: 0}
            assert pieces_at_flash_price(quoted(shop, variant, 2, ana, **short)) == 0
            # What a quote ran into is watched from then on.
            await sell(shop, every, -2, 3)
            await Limits(desk).renew()
            assert board.left == {}

    asyncio.run(scene())


def test_what_orders_do_not_give_is_not_shown(tmp_path: Path, stocked_dsn: str, home: Path) -> None:
    async def scene() -> None:
        async with festive(stocked_dsn, home, tmp_path) as (shop, _):
            live = {one.code: one for plan in shop.desk.charts.campaigns.plans for one in plan.promotions}
            assert "tote" in live
            assert "early" not in live
            assert all(is_served(one) for one in live.values())

    asyncio.run(scene())


@pytest.mark.parametrize("left", [0, 1, 2, 5])
def test_knowing_changes_one_quote_and_nobody_elses(stocked_dsn: str, home: Path, tmp_path: Path, left: int) -> None:
    async def scene() -> None:
        async with festive(stocked_dsn, home, tmp_path) as (shop, variant):
            key = flash_key("watches-now", str(variant))
            assert pieces_at_flash_price(quoted(shop, variant, 2, **{key: left})) == min(left, 2)
            assert shop.desk.charts.campaigns.left == {}
            assert pieces_at_flash_price(quoted(shop, variant, 2)) == 2

    asyncio.run(scene())
