"""What stands at the till beside a basket: its bill, and what changes because its goods are ordered together."""

from __future__ import annotations

from typing import Any

from argosy.storefront.bill.bills import quote_bill
from argosy.storefront.bill.together import NO_CHANGES, together
from argosy.storefront.buying.basket_lines import Contents
from argosy.storefront.buying.sendings import sendings
from argosy.storefront.festival.gifts import gifts_of
from argosy.storefront.festival.wording import savings
from argosy.storefront.visit import Visit


def till(visit: Visit, basket: Contents) -> dict[str, Any]:
    """The values of the till's part of a page; there is no bill where nothing can be had."""
    if basket.quote is None:
        return {"bill": None, "sendings": (), "changes": NO_CHANGES, "saved": None, "gifts": []}
    doors = {line.variant_id: line.door for line in basket.lines}
    plans = visit.front.desk.charts.campaigns.plans
    alone = [(doors.get(line.variant_id), line.quantity) for line in basket.quote.lines]
    given = any(line.gift for line in basket.quote.lines)
    return {
        "promise": basket.quote.promise,
        "sendings": sendings(visit, basket.quote),
        "bill": quote_bill(visit.edition, basket.quote),
        # A gift's duty and tax are in the parcel's figures, but not paid: they are no news about the goods.
        "changes": NO_CHANGES if given else together(visit.edition, basket.quote, alone),
        "gifts": gifts_of(visit, basket.quote),
        "saved": savings(visit.edition, plans, basket.quote.notes, basket.quote.currency),
    }
