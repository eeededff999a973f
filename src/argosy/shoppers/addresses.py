"""Keep an account's addresses. One of them is the default, as long as there is any."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.base.errors import NotFound, Refused
from argosy.markets.model import Address
from argosy.plumbing.database import Reader, Tx
from argosy.shoppers import store
from argosy.shoppers.model import AddressRow, KeptAddress
from argosy.shoppers.rules import MAX_ADDRESSES


async def addresses(reader: Reader, cell: int, account_id: UUID) -> list[KeptAddress]:
    """The addresses, the default one first, then the latest."""
    return [_kept(row) for row in await store.addresses_of(reader, cell, account_id)]


async def keep(
    tx: Tx, cell: int, account_id: UUID, address_id: UUID, address: Address, now: datetime, *, default: bool = False
) -> None:
    """Add a checked address, or replace the one with this id; an equal one that is kept already is not added again.

    Refuses (`too_many_addresses`) more than 20, and (`unknown_account`) an account that is not there.
    """
    if not await store.lock_account(tx, cell, account_id):
        raise NotFound("unknown_account", "There is no such account.", field="account_id")
    there = await addresses(tx, cell, account_id)
    same = next((one for one in there if one.address == address), None)
    if same is not None:
        address_id = same.address_id
    known = next((one for one in there if one.address_id == address_id), None)
    if known is None and len(there) >= MAX_ADDRESSES:
        raise Refused(
            "too_many_addresses", f"An account keeps {MAX_ADDRESSES} addresses.", remedy="Drop one of them first."
        )
    first = default or not there or (known is not None and known.is_default)
    await store.keep_address(tx, cell, account_id, address_id, address, first, now)
    if first:
        await store.choose_default(tx, cell, account_id, address_id)


async def choose_default(tx: Tx, cell: int, account_id: UUID, address_id: UUID) -> None:
    """Make an address the default one; refuses (`unknown_address`) one that the account does not keep."""
    await store.lock_account(tx, cell, account_id)
    if all(row.address_id != address_id for row in await store.addresses_of(tx, cell, account_id)):
        raise NotFound("unknown_address", "There is no such address.", field="address_id")
    await store.choose_default(tx, cell, account_id, address_id)


async def drop(tx: Tx, cell: int, account_id: UUID, address_id: UUID) -> None:
    """Drop an address, if it is there; the latest of the others becomes the default one if it was."""
    await store.lock_account(tx, cell, account_id)
    await store.drop_address(tx, cell, account_id, address_id)
    left = await store.addresses_of(tx, cell, account_id)
    if left and not left[0].is_default:
        await store.choose_default(tx, cell, account_id, left[0].address_id)


def _kept(row: AddressRow) -> KeptAddress:
    address = msgspec.convert(row.address, Address)
    return KeptAddress(address_id=row.address_id, address=address, is_default=row.is_default)
