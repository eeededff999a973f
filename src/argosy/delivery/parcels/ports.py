"""What parcels need of the outside: a network that foresees a new day. Carriers themselves come in through `note`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from argosy.delivery.parcels.model import Parcel
from argosy.delivery.parcels.rules import Standing


class Foresight(Protocol):
    """Somebody who knows the network."""

    def foresee(self, parcel: Parcel, standing: Standing, now: datetime) -> date | None:
        """The local day by which a parcel will be at the door from where it is; None where it cannot be told."""
        ...
