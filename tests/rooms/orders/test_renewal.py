"""Facts that are read again: what was computed from equal ones is kept, what was computed from others is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.delivery.stores.model import Stores
from argosy.markets.load import load_markets
from argosy.markets.model import Markets
from argosy.orders.model import Charts
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.renewal import renewed
from argosy.orders.sourcing.model import Elsewhere
from argosy.plumbing.config import Config
from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import RateRow
from rooms.orders.ground import CHARTS, NOW, TABLES


def rates(yen: int = 160) -> Any:
    """Rates of exchange of one day."""
    day = NOW.date()
    told = (("CNY", 8), ("JPY", yen))
    return rates_of([RateRow(currency, day, rate, 1, "bank", day) for currency, rate in told])


def read(yen: int = 160, **changes: Any) -> Charts:
    """The facts as they are read: equal ones, but none the same."""
    made = rates(yen)
    fresh = replace(
        CHARTS,
        markets=load_markets(Config().data / "markets"),
        rates=made,
        tables=TABLES.with_rates(Exchange(made)),
        campaigns=CampaignBoard(),
        singles={},
        doorsteps={},
        presales=CampaignBoard(),
        stores=Stores(),
        at_hubs={},
        elsewhere=Elsewhere(CHARTS.hub),
    )
    return replace(fresh, **changes)


@pytest.fixture
def old() -> Charts:
    """Facts that something was computed from."""
    return read(singles={"a": 1}, doorsteps={"b": 2})


def test_facts_that_did_not_change_stay_the_same_object(old: Charts) -> None:
    assert renewed(old, read()) is old


@pytest.mark.parametrize(
    ("new", "singles", "doorsteps"),
    [
        (read(yen=161), True, False),
        (read(unsure=frozenset([UUID(int=1)])), True, False),
        (read(headings={UUID(int=1): "610910"}), True, False),
        (read(by_weight=True), True, False),
        (read(paths={"bags": ("bags",)}), False, True),
        (read(quote_for=timedelta(minutes=5)), True, True),
        (read(stores=Stores(closed={"hk": frozenset([NOW.date()])})), True, True),
        (read(presales=CampaignBoard(load_plans(Config().data / "campaigns", CHARTS.markets))), True, True),
        (
            read(
                markets=Markets(
                    replace(one, terms="DAP") if one.code == "FR" else one for one in CHARTS.markets.values()
                )
            ),
            False,
            False,
        ),
    ],
    ids=[
        "rate",
        "unsure goods",
        "a decision",
        "duty by weight",
        "category tree",
        "nothing of prices",
        "a store",
        "pre-sales",
        "a market",
    ],
)
def test_only_what_follows_from_changed_facts_is_forgotten(
    old: Charts, new: Charts, singles: bool, doorsteps: bool
) -> None:
    found = renewed(old, new)
    assert found is not old
    assert (found.singles == {"a": 1}, found.doorsteps == {"b": 2}) == (singles, doorsteps)
    for name in ("unsure", "headings", "by_weight", "paths", "quote_for", "markets", "stores"):
        assert getattr(found, name) == getattr(new, name)
    assert found.rates.same_as(new.rates)
    assert found.tables.same_as(new.tables)
    assert found.presales.plans == new.presales.plans


def test_what_is_left_of_promotions_goes_over(old: Charts) -> None:
    old.campaigns.left = {"uses/a": 0}
    assert renewed(old, read(paths={"bags": ("bags",)})).campaigns.left == {"uses/a": 0}


def test_what_waits_elsewhere_goes_over(old: Charts) -> None:
    old.elsewhere.renew({UUID(int=1): {"HKHKG": 3}})
    assert renewed(old, read()) is old
    assert renewed(old, read(yen=161)).elsewhere is old.elsewhere


def test_facts_at_other_hubs_follow_the_new_ones(old: Charts) -> None:
    before = old.at("HKHKG")
    assert renewed(old, read()) is old
    found = renewed(old, read(yen=161))
    assert found.at("HKHKG") is not before
    assert found.at("HKHKG").rates is found.rates
