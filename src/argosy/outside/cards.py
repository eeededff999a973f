"""The simulated provider's test cards: which number brings about what. `docs/reference/test-cards.md` lists them."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType

import msgspec

from argosy.orders.ports import ChargeState


class Outcome(IntEnum):
    """What the provider decided. The numbers are part of a charge's reference: never give one a new meaning."""

    APPROVED = 1
    DECLINED = 2
    INSUFFICIENT_FUNDS = 3
    EXPIRED = 4
    STEP = 5
    LATE = 6
    LATE_DECLINE = 7
    TWICE = 8
    EARLY = 9
    SILENT = 10
    REFUND_FAILS = 11
    STEP_REFUSED = 12


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How a charge with one outcome goes."""

    answer: ChargeState
    """What `charge` answers."""
    end: ChargeState
    """What it comes to after the late span; the same as `answer` if that is final."""
    reason: str | None = None
    """Why it was declined, if it ends so."""
    webhooks: int = 0
    """How many times its webhook is sent."""


_TAKEN = Course(answer=ChargeState.CAPTURED, end=ChargeState.CAPTURED)


def _refused(reason: str) -> Course:
    return Course(answer=ChargeState.DECLINED, end=ChargeState.DECLINED, reason=reason)


def _undecided(end: ChargeState, webhooks: int, reason: str | None = None) -> Course:
    return Course(answer=ChargeState.PENDING, end=end, reason=reason, webhooks=webhooks)


COURSES = MappingProxyType(
    {
        Outcome.APPROVED: _TAKEN,
        Outcome.DECLINED: _refused("card_declined"),
        Outcome.INSUFFICIENT_FUNDS: _refused("insufficient_funds"),
        Outcome.EXPIRED: _refused("expired_card"),
        Outcome.STEP: Course(answer=ChargeState.NEEDS_ACTION, end=ChargeState.NEEDS_ACTION),
        Outcome.LATE: _undecided(ChargeState.CAPTURED, 1),
        Outcome.LATE_DECLINE: _undecided(ChargeState.DECLINED, 1, "card_declined"),
        Outcome.TWICE: _undecided(ChargeState.CAPTURED, 2),
        Outcome.EARLY: Course(answer=ChargeState.CAPTURED, end=ChargeState.CAPTURED, webhooks=1),
        Outcome.SILENT: _undecided(ChargeState.CAPTURED, 0),
        Outcome.REFUND_FAILS: _TAKEN,
        Outcome.STEP_REFUSED: _refused("authentication_failed"),
    }
)

CARDS = MappingProxyType(
    {
        "4242424242424242": Outcome.APPROVED,
        "5555555555554444": Outcome.APPROVED,
        "378282246310005": Outcome.APPROVED,
        "6200000000000005": Outcome.APPROVED,
        "3566002020360505": Outcome.APPROVED,
        "4000000000000002": Outcome.DECLINED,
        "4000000000009995": Outcome.INSUFFICIENT_FUNDS,
        "4000000000000069": Outcome.EXPIRED,
        "4000002500003155": Outcome.STEP,
        "4000000000004087": Outcome.LATE,
        "4000000000005043": Outcome.LATE_DECLINE,
        "4000000000002222": Outcome.TWICE,
        "4000000000001026": Outcome.EARLY,
        "4000000000004046": Outcome.SILENT,
        "4000000000005126": Outcome.REFUND_FAILS,
    }
)


def outcome_of(card_number: str) -> Outcome | None:
    """What a test card brings about; None for any other number. Spaces and hyphens do not count."""
    return CARDS.get(card_number) or CARDS.get(card_number.replace(" ", "").replace("-", ""))
