"""Rooms, tickets and passes. Instants inside are whole microseconds since 1970, UTC (`_us`)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import msgspec

SECOND_US = 1_000_000
UNIT = 1_000_000
"""One admission in the unit in which a room counts what it may admit: rate per second times microseconds."""
SLOT_US = 500_000
"""Arrivals are counted by slots of half a second, so two processes agree on their order to within that."""
SETTLE_US = 500_000
"""So long after its end a slot is taken for counted by all processes: twice the time between two exchanges."""
DRAW_BEFORE_US = 3 * SECOND_US
"""Lots are closed so long before the opening, that the draw is held when it comes."""
EARLY = -1
"""The slot of all who come before lots are closed."""
TURN_US = 600 * SECOND_US
"""So long a shopper whose turn has come may stay away before the place is lost."""
LONGEST_STAY_US = 4 * 3600 * SECOND_US
"""A pass is renewed while it is used, but never beyond this after the admission."""
MOST_PER_SECOND = 100_000


class RoomWish(msgspec.Struct, frozen=True, kw_only=True):
    """A room as an operator wants it; `rules.check_wish` says what is wrong with one."""

    name: str
    paths: tuple[str, ...]
    """What it guards: `/` all pages, `/festival` those under it in every market and language, `/v1/quotes` that call."""
    opens_at: datetime
    per_second: int
    """Admissions a second; 0 lets nobody in until it is raised."""
    stay_minutes: int = 30
    """How long a pass is good after it was last used."""


class RoomRow(msgspec.Struct, frozen=True):
    """A room as it is kept."""

    room: str
    made_at: datetime
    paths: list[str]
    opens_at: datetime
    stay_minutes: int
    drawn_at: datetime | None
    """When lots were closed and counted; None until then."""


class RateRow(msgspec.Struct, frozen=True):
    """Admissions a second from an instant on."""

    room: str
    from_at: datetime
    per_second: int


class ArrivalRow(msgspec.Struct, frozen=True):
    """How many came in a slot through one process."""

    room: str
    slot: int
    lane: int
    arrived: int


class Rate(msgspec.Struct, frozen=True):
    """Admissions a second from an instant on, and what the room was allowed until then, in `UNIT`."""

    from_us: int
    per_second: int
    allowed: int


class Room(msgspec.Struct, frozen=True):
    """A room as rules see it."""

    name: str
    key: bytes
    """Eight bytes that tell this room from others and from earlier ones of its name."""
    paths: tuple[str, ...]
    opens_us: int
    stay_us: int
    drawn: bool
    rates: tuple[Rate, ...]

    @property
    def draw_us(self) -> int:
        """When lots are closed."""
        return self.opens_us - DRAW_BEFORE_US


class Ticket(msgspec.Struct, frozen=True):
    """Where somebody stands: the `ordinal`-th (from 0) who came through process `lane` in `slot`."""

    room_key: bytes
    holder: bytes
    slot: int
    lane: int
    ordinal: int


class Pass(msgspec.Struct, frozen=True):
    """Somebody who was admitted, and when the pass was last written."""

    room_key: bytes
    holder: bytes
    admitted_us: int
    written_us: int


class Phase(Enum):
    """What somebody with a ticket is told."""

    EARLY = "early"
    """The room is not open; lots will be drawn."""
    WAITING = "waiting"
    TURN = "turn"
    """May go in."""
    LAPSED = "lapsed"
    """The turn came and was not taken."""


class Standing(msgspec.Struct, frozen=True):
    """How it stands with a ticket."""

    phase: Phase
    before: int
    """Shoppers who go in earlier; of `EARLY`, all who came so far."""
    due_us: int | None
    """When the turn comes, or came, at the rate of now; None while nobody is let in."""
    since_us: int
    """From when the wait counts: the arrival, or the opening for those who drew lots."""
