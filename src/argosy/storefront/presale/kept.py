"""Handler of the deposits that a shopper paid."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from argosy.orders.deposits.look import deposits
from argosy.orders.deposits.model import Standing
from argosy.storefront.page import render
from argosy.storefront.presale.terms import presale_name
from argosy.storefront.visit import Visit, visit_of

_ORDER = (Standing.DUE, Standing.IN_USE, Standing.COMING)


@get("/{market:str}/{language:str}/account/deposits", include_in_schema=False)
async def deposits_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the reader paid ahead: what can be paid now first, then what comes, then what has ended."""
    visit = visit_of(request)
    desk = visit.front.desk
    found = await deposits(desk, visit.shopper_id) if visit.shopper_id else []
    places = {standing: place for place, standing in enumerate(_ORDER)}
    found.sort(key=lambda one: (places.get(one.standing, len(places)), one.row.balance_until))
    shelf = await desk.shelf.items([one.row.variant_id for one in found])
    names = {one.row.promotion: presale_name(visit, one.row.promotion) for one in found}
    return render(visit, "account/deposits.html", kept=False, deposits=found, shelf=shelf, names=names)


async def due_now(visit: Visit) -> int:
    """How many deposits of the reader can be paid the balance of now."""
    if visit.shopper_id is None or not visit.front.desk.charts.presales.plans:
        return 0
    return sum(one.standing is Standing.DUE for one in await deposits(visit.front.desk, visit.shopper_id))
