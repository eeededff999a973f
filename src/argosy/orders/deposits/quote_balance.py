"""Ask for the balance of a deposit."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from msgspec.structs import replace

from argosy.base.errors import NotFound, Refused
from argosy.campaigns.model import Wallet
from argosy.orders.deposits import store
from argosy.orders.deposits.model import DepositRow, Standing
from argosy.orders.deposits.offers import basket_of, bringing, credited
from argosy.orders.deposits.rules import deposit_key, standing
from argosy.orders.desk import Desk
from argosy.orders.model import Destination, NotForSale, Quote
from argosy.orders.quote import with_what_is_left
from argosy.orders.quoting.offers import NOBODY, gifts_in
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.sourcing.model import Elsewhere
from argosy.orders.tokens import write_token
from argosy.quotas.look import look


async def quote_balance(
    desk: Desk,
    deposit_id: UUID,
    destination: Destination,
    *,
    shopper_id: UUID | None,
    language: str,
    wallet: Wallet = NOBODY,
) -> tuple[Quote, str] | NotForSale:
    """What is still due for a deposit's pieces at today's price with today's promotions, as a signed quote. Writes nothing.

    It is landed for the whole price. Who orders it before the window's end may pay within the order's hold. Refuses
    (`unknown_deposit`) one that is not this shopper's (None: whoever may see the order), (`deposit_elsewhere`) another
    market, and (`deposit_not_due`) one whose window is not open, or that has ended or waits for another order's payment.
    """
    # A deposit holds goods at home: they come from there, whatever waits elsewhere.
    now, charts = desk.clock.now(), replace(desk.charts, elsewhere=Elsewhere())
    async with desk.database.read() as reader:
        row = (await store.read_deposits(reader, desk.cell, [deposit_id])).get(deposit_id)
        if row is None or (shopper_id is not None and row.shopper_id != shopper_id):
            raise NotFound("unknown_deposit", "There is no such deposit.", field="balance_of")
        counters = await look(reader, desk.cell, [deposit_key(deposit_id)])
    found = standing(row, {key: one.held for key, one in counters.items()}, now)
    if found is not Standing.DUE:
        raise _not_due(row, found)
    if destination.country != row.market:
        raise Refused(
            "deposit_elsewhere",
            f"The deposit was paid in {row.market}.",
            field="destination.country",
            remedy=f"Have it delivered in {row.market}.",
            status=409,
        )
    shelf = await desk.shelf.items([row.variant_id, *gifts_in(charts, row.market, now)])
    make = partial(
        quote_basket,
        shelf=shelf,
        basket=basket_of(row),
        destination=destination,
        now=now,
        quote_id=desk.new_id(),
        shopper_id=row.shopper_id,
        language=language,
        promise=desk.promise(destination, now),
        wallet=bringing(row, wallet),
    )
    made = await with_what_is_left(desk, make, charts, row.shopper_id)
    if isinstance(made, NotForSale):
        return made
    made = credited(made, row)
    return made, write_token(made, desk.signer)


def _not_due(row: DepositRow, found: Standing) -> Refused:
    remedies = {
        Standing.COMING: f"Ask again from {_told(row.balance_from)} on.",
        Standing.IN_USE: "Pay the order that uses it, or cancel that order.",
    }
    return Refused(
        "deposit_not_due",
        f"The balance of this deposit cannot be paid: it is {str(found).replace('_', ' ')}.",
        field="balance_of",
        remedy=remedies.get(found, f"Its window ended at {_told(row.balance_until)}."),
        status=409,
    )


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
