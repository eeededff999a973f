"""How the API tells what duty, tax and date were computed from."""

from __future__ import annotations

from argosy.landed.explain import explain
from argosy.landed.model import Landed
from argosy.orders.model import Promise, Quote
from argosy.platform.model import LandedAnswer, PromiseAnswer, ReasonAnswer, SendingAnswer


def landed_answer(made: Landed, explained: bool) -> LandedAnswer:
    """Duty, tax and fees as the API tells them."""
    reasons = [
        ReasonAnswer(told.code, int(told.line) if told.line else None, told.text, told.source, told.as_of)
        for told in (explain(made) if explained else ())
    ]
    return LandedAnswer(
        made.state,
        made.duty_minor,
        made.duty_low_minor,
        made.duty_high_minor,
        made.tax_minor,
        made.fees_minor,
        reasons if explained else None,
    )


def sendings_answer(made: Quote, explained: bool) -> list[SendingAnswer]:
    """A quote's parcels as the API tells them."""
    return [
        SendingAnswer(
            one.hub, list(one.lines), one.channel, landed_answer(one.landed, explained), promise_answer(one.promise)
        )
        for one in made.parcels
    ]


def promise_answer(made: Promise | None) -> PromiseAnswer | None:
    """A delivery date as the API tells it."""
    if made is None:
        return None
    return PromiseAnswer(
        made.city, made.day.isoformat(), made.by, made.order_by, made.mode, made.confidence, made.within_72h, made.full
    )
