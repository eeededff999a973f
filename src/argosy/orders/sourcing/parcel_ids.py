"""Which id an order's parcel has."""

from __future__ import annotations

from uuid import UUID

from argosy.plumbing.ids import derived_id


def parcel_id_of(order_id: UUID, number: int) -> UUID:
    """The id of an order's parcel by its number in the quote, from 1: the same whenever and however often it is announced."""
    return derived_id("parcel", str(order_id), str(number))
