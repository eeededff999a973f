"""What the papers of an order declare: the values that its quote was landed at, however they were paid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from argosy.base.errors import Refused
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.commands.customs_forms import _check_sent, _declared
from argosy.landed.model import LandedLine
from argosy.orders import look
from argosy.orders.commands import Placed
from argosy.orders.model import Quote
from argosy.orders.place import place
from argosy.orders.quoting import gifts, rules
from rooms.orders import presale_ground
from rooms.orders.ground import ADDRESS, CHARTS, MARKETS
from rooms.orders.presale_ground import OPENS, Stand
from rooms.orders.test_gifts import BAG, PLAN, TOTE, charts_of, quoted

FREE = f"""
[[promotions]]
code = "free"
names = {{ en = "For nothing" }}
layer = "item"
phases = ["main"]
scope = {{ variants = ["{TOTE.variant.variant_id}"] }}
effect = {{ kind = "percent", per_mille = 1000 }}
"""


class Landed:
    """The values of the consignment that was landed last."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.values: list[int] = []
        self._land = rules.land_basket
        for module in (rules, gifts):
            patch.setattr(module, "land_basket", self._noted)

    def _noted(self, charts: Any, market: Any, region: str, lines: Sequence[LandedLine], *rest: Any) -> Any:
        self.values = [one.goods_minor if one.customs_minor is None else one.customs_minor for one in lines]
        return self._land(charts, market, region, lines, *rest)


def declared(quote: Quote) -> list[int]:
    """As the order keeps it."""
    return [_declared(line) for line in msgspec.to_builtins(quote)["lines"]]


def test_a_gift_and_goods_that_became_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spring.toml").write_text(PLAN + FREE, encoding="utf-8")
    charts = charts_of(CampaignBoard(load_plans(tmp_path, MARKETS)), CHARTS)
    landed = Landed(monkeypatch)
    quote = quoted(charts, "FR", (BAG, 2), (TOTE, 1))
    bag, free, gift = quote.lines
    assert (free.total_minor - (free.duty_minor or 0) - (free.tax_minor or 0) - (free.fees_minor or 0)) == 0
    assert gift.gift is not None
    assert declared(quote) == landed.values == [bag.goods_minor, free.goods_minor, gift.gift.customs_minor]
    assert min(landed.values) > 0


def test_a_balance_is_declared_with_its_deposit(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit()
        with pytest.raises(Refused, match="is a deposit") as refused:
            _check_sent(await look.order(stand.desk, deposit, None))
        assert refused.value.code == "not_sent"
        stand.move_to(OPENS)
        landed = Landed(monkeypatch)
        balance = await stand.balance_quoted(deposit)
        (line,) = balance.lines
        assert line.credit_minor == 1_000
        assert declared(balance) == landed.values == [balance.total_minor + line.credit_minor]
        assert await place(stand.desk, balance, ADDRESS) == Placed(balance.quote_id, "placed")
        view = await look.order(stand.desk, balance.quote_id, None)
        _check_sent(view)
        assert [_declared(one) for one in view.order.quote["lines"]] == landed.values

    presale_ground.on(dsn, presale_ground.charts(tmp_path), scene)
