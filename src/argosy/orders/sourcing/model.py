"""Which goods wait at other hubs than home, as it was a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from argosy.delivery.sourcing import Aim
from argosy.quotas.model import Take

ROOM_KEY, LOAD_KEY = "room/", "load/"
"""What counters of parcels and of grams on a departure begin with."""


class Seat(Take, frozen=True):
    """What one parcel of an order takes of a departure: a place, or its grams."""

    parcel: int = 0
    """Its number in the quote, from 1; 0 in orders of before it was kept."""


class PrePlaced(msgspec.Struct, frozen=True):
    """A variant that was brought to a hub before anybody ordered it."""

    variant_id: UUID
    hub: str


class Elsewhere:
    """What quotes know of stock beyond home: read without asking anybody, replaced as a whole when it is read anew.

    Goods that wait at home alone are not in it: nothing is looked at for them.
    """

    __slots__ = ("aim", "free", "home", "hubs")

    def __init__(self, home: str = "", aim: Aim = "earliest") -> None:
        self.home = home
        self.aim: Aim = aim
        self.free: Mapping[UUID, Mapping[str, int]] = {}
        """Free pieces by variant and hub, of home too; hubs as UN/LOCODE has them."""
        self.hubs: tuple[str, ...] = ()
        """All hubs beyond home that have some of it."""

    def renew(self, free: Mapping[UUID, Mapping[str, int]]) -> None:
        """Take this for what there is from now on; what is the same stays the same object, as choices are remembered by it."""
        free = {key: old if (old := self.free.get(key)) == held else held for key, held in free.items()}
        self.hubs = tuple(sorted({hub for held in free.values() for hub in held} - {self.home}))
        self.free = free

    def note(self, variant_id: UUID, hub: str, left: int) -> None:
        """A hub has so many left of a variant: an order was refused for it."""
        held = self.free.get(variant_id)
        if held is not None and hub in held:
            self.free = {**self.free, variant_id: {**held, hub: left}}

    def beyond(self, variant_id: UUID, country: str) -> int:
        """Pieces beyond home that can be sent to a country."""
        held = self.free.get(variant_id)
        if held is None:
            return 0
        return sum(max(left, 0) for hub, left in held.items() if hub != self.home and may_send(hub, country))


def may_send(hub: str, country: str) -> bool:
    """Whether goods that wait at a hub beyond home are sold to a country.

    To its own country they would be a domestic sale, or released from bond: for neither have we the law.
    """
    return hub[:2] != country


def network_code(hub: str) -> str:
    """A hub's code in the delivery network: CN-HGH for CNHGH."""
    return f"{hub[:2]}-{hub[2:]}"


def locode(code: str) -> str:
    """A hub of the delivery network as UN/LOCODE has it: CNHGH for CN-HGH."""
    return code.replace("-", "", 1)
