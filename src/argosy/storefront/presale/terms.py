"""What a pre-sale of a good is about, for its page."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from argosy.orders.deposits.offers import PreSaleOffer, presale_for
from argosy.orders.showing.cards import Offer
from argosy.storefront.festival.wording import name_in
from argosy.storefront.visit import Visit


def presale_of(visit: Visit, shown: Offer) -> PreSaleOffer | None:
    """The pre-sale that takes deposits for a variant now; None where none does or the variant cannot be bought."""
    desk = visit.front.desk
    item = desk.shelf.item(shown.variant.variant_id)
    if item is None or not shown.buyable:
        return None
    found = presale_for(desk.charts, visit.market, item, visit.front.now)
    return found if found is not None and found.open else None


def plans_of(visit: Visit) -> tuple[Any, ...]:
    """All plans whose promotions a bill may name."""
    charts = visit.front.desk.charts
    return (*charts.campaigns.plans, *charts.presales.plans)


def presale_name(visit: Visit, code: str) -> Markup:
    """What a pre-sale is called; its code where the shop no longer has it."""
    plans = visit.front.desk.charts.presales.plans
    names = next((one.names for plan in plans for one in plan.promotions if one.code == code), {})
    return name_in(visit.edition, names, code)
