"""What a room may admit, who is next, and how often to ask.

A room at `r` a second is a server that takes 1/r seconds for each shopper and never saves up what it did not use: the place
of somebody is `max(end of those before, what was allowed when they came) + 1`, and the turn has come when as much is
allowed. So who is in follows from counted arrivals alone, and nothing need be written when somebody goes in.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from argosy.base.errors import Refused
from argosy.base.instants import utc
from argosy.campaigns.waiting.model import (
    DRAW_BEFORE_US,
    MOST_PER_SECOND,
    SECOND_US,
    UNIT,
    Phase,
    Rate,
    RateRow,
    Room,
    RoomRow,
    RoomWish,
    Standing,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")
# Who pays, has paid, or must do something about it is never made to wait; nor are programs that serve the shop itself.
_NEVER = frozenset({"static", "healthz", "schema", "place", "pay", "orders", "help"})
_NEVER_CALLED = frozenset({"operator", "webhooks", "orders"})
_ROUNDS = 6
SOONEST, LATEST = 2, 30
"""Seconds between two looks of a waiting page, at least and at most."""


def to_us(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (utc(instant) - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The instant of microseconds since 1970, UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def check_wish(wish: RoomWish) -> None:
    """Refuses (`bad_waiting_room`) a room that could not be kept, with the field and what to send instead."""
    if not _NAME.fullmatch(wish.name):
        raise _bad("The name is not one.", "name", "1 to 32 lower-case letters, digits and hyphens, a letter first.")
    if not 1 <= len(wish.paths) <= 50:
        raise _bad("There are no paths, or more than 50.", "paths", "Name what it guards: / is all pages.")
    for path in wish.paths:
        if not _PATH.fullmatch(path):
            raise _bad(f"{path} is not a path.", "paths", "Begin with /, without market and language: /festival.")
        if never_guarded(path):
            raise _bad(f"{path} is never made to wait for.", "paths", "Leave it out.")
    check_rate(wish.per_second)
    if not 1 <= wish.stay_minutes <= 240:
        raise _bad("The stay is out of range.", "stay_minutes", "Send 1 to 240 minutes.")


def check_rate(per_second: int) -> None:
    """Refuses (`bad_waiting_room`) a rate that is none."""
    if not 0 <= per_second <= MOST_PER_SECOND:
        raise _bad(
            "The rate is out of range.", "per_second", f"Send 0 to {MOST_PER_SECOND} a second; 0 lets nobody in."
        )


def _bad(message: str, field: str, remedy: str) -> Refused:
    return Refused("bad_waiting_room", message, field=field, remedy=remedy)


def never_guarded(path: str) -> bool:
    """Whether a path (without market and language) is open whatever rooms there are."""
    steps = path.split("/", 3)
    return steps[1] in _NEVER or (steps[1] == "v1" and len(steps) > 2 and steps[2] in _NEVER_CALLED)


def guards(prefix: str, path: str) -> bool:
    """Whether a room's path covers a path, at the borders of its steps; `/` covers pages, not the API."""
    if prefix == "/":
        return not path.startswith("/v1/")
    return path == prefix or path.startswith(f"{prefix}/")


def rates_of(opens_us: int, rows: Iterable[RateRow]) -> tuple[Rate, ...]:
    """The rates from the opening on; those that were replaced before it are left out."""
    rates: list[Rate] = []
    for row in sorted(rows, key=lambda one: one.from_at):
        begins = max(to_us(row.from_at), opens_us)
        if rates and rates[-1].from_us == begins:
            rates.pop()
        allowed = rates[-1].allowed + (begins - rates[-1].from_us) * rates[-1].per_second if rates else 0
        rates.append(Rate(begins, row.per_second, allowed))
    return tuple(rates)


def room_of(row: RoomRow, rates: Iterable[RateRow]) -> Room:
    """A kept room with its rates, as rules see it."""
    made = to_us(row.made_at)
    opens = to_us(row.opens_at)
    key = hashlib.blake2b(f"{row.room}\0{made}".encode(), digest_size=8).digest()
    stay = row.stay_minutes * 60 * SECOND_US
    return Room(row.room, key, tuple(row.paths), opens, stay, row.drawn_at is not None, rates_of(opens, rates))


def allowed(rates: Sequence[Rate], at_us: int) -> int:
    """What a room could have admitted until an instant, in `UNIT`; 0 before its opening."""
    for rate in reversed(rates):
        if at_us >= rate.from_us:
            return rate.allowed + (at_us - rate.from_us) * rate.per_second
    return 0


def reached(rates: Sequence[Rate], place: int) -> int | None:
    """When so much is allowed, if the last rate stays; None where it never would be."""
    for here, after in zip(rates, [*rates[1:], None], strict=True):
        if (after is None or place <= after.allowed) and here.per_second:
            return here.from_us + max(0, math.ceil((place - here.allowed) / here.per_second))
    return None


def index_in_slot(lanes: Mapping[int, int], lane: int, ordinal: int) -> int:
    """The place within a slot: first the firsts of all processes, then their seconds, and so on."""
    return sum(min(arrived, ordinal + (other < lane)) for other, arrived in lanes.items() if other != lane) + ordinal


def lot(key: bytes, count: int, number: int) -> int:
    """The lot of number `number` among `count`, both from 0: a permutation that only whoever has the key can foresee.

    A Feistel network over the square that holds `count`, walked until it lands inside; round values are keyed BLAKE2b.
    """
    side = math.isqrt(max(count - 1, 0)) + 1
    while True:
        left, right = divmod(number, side)
        for turn in range(_ROUNDS):
            digest = hashlib.blake2b(b"%d:%d:%d" % (count, turn, right), key=key, digest_size=8).digest()
            left, right = right, (left + int.from_bytes(digest, "big")) % side
        number = left * side + right
        if number < count:
            return number


def pause(standing: Standing, now_us: int, salt: int) -> int:
    """Seconds until a waiting page asks again: half of what is left, at most `LATEST`, spread by `salt`.

    Those who drew lots learn their place when lots are closed, five thousand a second, and not all at the opening.
    """
    if standing.phase is Phase.TURN:
        return 1
    if standing.due_us is None:
        return LATEST // 2 + salt % 5
    until = standing.due_us
    if standing.phase is Phase.EARLY:
        until += SECOND_US - DRAW_BEFORE_US
    left = max(0, math.ceil((until - now_us) / SECOND_US))
    if left > 2 * SOONEST:
        half = min(LATEST * 4 // 5, left // 2)
        return half + salt % (half // 4 + 1)
    return max(1, left) + (salt % (1 + standing.before // 5_000) if standing.phase is Phase.EARLY else 0)


def places_before(place: int, admitted: int) -> int:
    """Shoppers between what is allowed and a place."""
    return max(0, -((admitted - place) // UNIT) - 1)
