"""An order as its shopper is told of it: what it is waiting for, and what happened, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_skeleton

from argosy.markets import formats
from argosy.orders.look import OrderView
from argosy.orders.pay import NeedsAction, PayAnswer, Pending
from argosy.storefront.visit import Visit
from argosy.storefront.wording import HAPPENINGS, decline_text

Standing = Literal[
    "unpaid", "refused", "confirm", "deciding", "paid", "part_refunded", "refunded", "cancelled", "expired"
]

# Parts of an audit trail that tell a shopper nothing new.
_UNTOLD = frozenset({"payment.needs_action", "payment.pending"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    at: datetime
    clock: str
    day: str
    title: str
    text: str
    bad: bool


def standing(view: OrderView, open_payment: PayAnswer | None) -> Standing:
    """What an order is waiting for, or how it ended."""
    order = view.order
    match order.state:
        case "placed":
            if isinstance(open_payment, NeedsAction):
                return "confirm"
            if isinstance(open_payment, Pending):
                return "deciding"
            return "refused" if _last_refusal(view) is not None else "unpaid"
        case "paid":
            return "part_refunded" if order.refunded_minor else "paid"
        case "refunded":
            return "refunded"
        case "expired":
            return "expired"
        case _:
            return "cancelled"


def refusal(visit: Visit, view: OrderView) -> str:
    """Why the last payment was refused; empty if none was."""
    reason = _last_refusal(view)
    return "" if reason is None else decline_text(visit.edition.speech, reason)


def _last_refusal(view: OrderView) -> str | None:
    for entry in reversed(view.history):
        if entry.what == "payment.declined":
            return str(entry.detail.get("reason", ""))
        if entry.what.startswith("payment."):
            return None
    return None


def story(visit: Visit, view: OrderView) -> list[Entry]:
    """What happened, oldest first, on the clock of the market."""
    told: list[Entry] = []
    for entry in view.history:
        what = f"{entry.what}/{entry.detail.get('why')}" if entry.what == "order.paid_back" else entry.what
        if what == "order.paid" and view.order.quote.get("deposit"):
            what = "order.paid/deposit"
        if what in HAPPENINGS and what not in _UNTOLD:
            title, text = HAPPENINGS[what]
            clock, day = clock_and_day(visit, entry.at)
            values = {}
            if "%(amount)s" in text:
                values["amount"] = visit.edition.price(int(entry.detail.get("amount_minor", 0)), view.order.currency)
            sentence = visit.gettext(text, **values)
            if entry.what == "payment.declined":
                sentence = f"{decline_text(visit.edition.speech, str(entry.detail.get('reason', '')))} {sentence}"
            bad = entry.what in ("payment.declined", "order.expired")
            told.append(
                Entry(at=entry.at, clock=clock, day=day, title=visit.gettext(title), text=sentence, bad=bad)
            )  # fmt: skip
    return told


def clock_and_day(visit: Visit, at: datetime) -> tuple[str, str]:
    """An instant on the market's wall, as time of day and date."""
    local = at.astimezone(ZoneInfo(visit.market.calendar.time_zone))
    clock = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=visit.locale)
    return clock, formats.day(local.date(), visit.locale)
