"""An order whose price counted on what has run out: it is told which offer, and the next quote does without it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from argosy.campaigns.items import flash_key
from argosy.orders.batch import refusal
from argosy.orders.commands import Lack, LimitReached, OfferGone, Placed, SoldOut
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.place import place
from argosy.orders.quote import quote
from argosy.orders.rules import limit_key, stock_key
from argosy.quotas.model import Short, Take
from rooms.orders.ground import ADDRESS, HUB, goods, quoted
from rooms.orders.test_limits import festive, pieces_at_flash_price, sell

ANA = UUID(int=7)


def test_goods_go_before_allowances_and_those_before_offers() -> None:
    item = goods("bag", limit=5)
    variant = item.variant.variant_id
    made = quoted((item, 2), shopper=ANA)
    flash, own = flash_key("sale", str(variant)), flash_key("sale", str(variant), str(ANA))
    takes = (Take(flash, 2, 9), Take(own, 2, 2), Take("held/x", 1, 1), Take("promotion/p", 1, 1))
    made = Quote(**{name: getattr(made, name) for name in made.__struct_fields__} | {"offer_takes": takes})
    stock, limit = stock_key(variant, HUB), limit_key(variant, ANA)

    def told(*keys: str) -> object:
        return refusal(made, [Short(key, 2, 1 if key == flash else 0) for key in keys])

    assert told(stock, limit, flash) == SoldOut((Lack(variant, 2, 0),))
    assert told(limit, flash, "held/x") == LimitReached((Lack(variant, 2, 0),))
    assert told(flash) == OfferGone((Lack(variant, 2, 1),), ("sale",))
    assert told(flash, own) == OfferGone((Lack(variant, 2, 0),), ("sale",))
    assert told("held/x") == OfferGone((), ())
    assert told("promotion/p", "held/x") == OfferGone((), ("p",))


@pytest.mark.parametrize("everybody", [True, False])
def test_the_next_quote_does_without_what_ran_out(
    stocked_dsn: str, home: Path, tmp_path: Path, everybody: bool
) -> None:
    async def scene() -> None:
        async with festive(stocked_dsn, home, tmp_path) as (shop, variant):
            desk, ana = shop.desk, uuid4()
            key = flash_key("watches-now", str(variant), "" if everybody else str(ana))

            async def asked() -> Quote:
                found = await quote(
                    desk, [BasketLine(variant, 2)], Destination(country="FR"), shopper_id=ana, language="fr"
                )
                assert not isinstance(found, NotForSale)
                return found[0]

            first = await asked()
            assert pieces_at_flash_price(first) == 2
            await sell(shop, key, 3 if everybody else 2, 3 if everybody else 2)
            refused = await place(desk, first, ADDRESS)
            assert refused == OfferGone((Lack(variant, 2, 0),), ("watches-now",))
            second = await asked()
            assert pieces_at_flash_price(second) == 0
            assert second.total_minor > first.total_minor
            assert isinstance(await place(desk, second, ADDRESS), Placed)

    asyncio.run(scene())
