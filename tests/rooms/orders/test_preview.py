"""The operator's preview of a basket is the quote that its shopper would get."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.campaigns.model import Wallet
from argosy.orders.desk import Desk
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.oversight.preview import preview
from argosy.orders.quote import quote
from rooms.orders.ground import HUB, MARKETS, NOW, Bench, on
from rooms.orders.presale_ground import Goods
from rooms.orders.test_gifts import BAG, PLAN, TOTE, charts_of, left_out
from rooms.orders.test_sourced_quotes import LIEGE, charts, promise

TO = Destination(country="FR")
BASKET = [BasketLine(BAG.variant.variant_id, 2)]


async def both(desk: Desk) -> tuple[Quote, Quote]:
    """A basket quoted and previewed."""
    asked = await quote(desk, BASKET, TO, shopper_id=uuid4(), language="en")
    seen = await preview(desk, BASKET, TO, at=None, language="en", wallet=Wallet(shopper=""))
    assert not isinstance(asked, NotForSale)
    assert not isinstance(seen, NotForSale)
    return asked[0], seen


def told(made: Quote) -> list[object]:
    """What a bill says."""
    lines = [(one.sku, one.quantity, one.total_minor, one.gift) for one in made.lines]
    return [lines, made.total_minor, made.duty_minor, made.tax_minor, made.hub, made.promise, left_out(made)]


@pytest.mark.parametrize(("totes", "why"), [(10, []), (1, ["gone"])])
def test_gifts_are_given_while_there_are_some(dsn: str, tmp_path: Path, totes: int, why: list[str]) -> None:
    (tmp_path / "spring.toml").write_text(PLAN, encoding="utf-8")
    plans = CampaignBoard(load_plans(tmp_path, MARKETS))

    async def scene(made: Bench) -> None:
        made.desk.charts = charts_of(plans)
        made.desk.shelf = Goods(BAG, TOTE)  # type: ignore[assignment]
        await made.receive((BAG, 10), (TOTE, totes))
        asked, seen = await both(made.desk)
        assert told(seen) == told(asked)
        assert left_out(seen) == why
        assert [one.sku for one in seen.lines] == (["bag"] if why else ["bag", "tote"])
        # A day later it is still given, by what is there now.
        later = await preview(
            made.desk, BASKET, TO, at=NOW + timedelta(days=1), language="en", wallet=Wallet(shopper="")
        )
        assert not isinstance(later, NotForSale)
        assert left_out(later) == why

    on(dsn, scene)


def test_goods_come_from_the_same_hub(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    days = {HUB: 6, LIEGE: 2}
    monkeypatch.setattr(Desk, "promise", lambda _desk, _to, _now, hub=None: promise(hub or HUB, days))
    monkeypatch.setattr(Desk, "dates", lambda _desk, _to, _now: lambda hub: promise(hub, days))

    async def scene(made: Bench) -> None:
        made.desk.charts = charts({"bag": {HUB: 5, LIEGE: 5}})
        made.desk.shelf = Goods(BAG)  # type: ignore[assignment]
        asked, seen = await both(made.desk)
        assert told(seen) == told(asked)
        assert seen.hub == LIEGE

    on(dsn, scene)
