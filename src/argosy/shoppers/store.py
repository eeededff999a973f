"""Runs the SQL of accounts, addresses and follows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.markets.model import Address
from argosy.plumbing.database import Reader, Tx, load_queries
from argosy.shoppers.model import AccountRow, AddressRow, FailureRow, FollowRow

_sql = load_queries("argosy.shoppers")


async def add_account(tx: Tx, cell: int, row: AccountRow) -> bool:
    """Whether the account was added; not if its e-mail address has one."""
    return bool(
        await tx.do(
            _sql["add_account"], cell, row.account_id, row.email, row.password_hash, row.name, row.market, row.language,
            row.created_at,
        )
    )  # fmt: skip


async def account_by_email(reader: Reader, cell: int, email: str) -> AccountRow | None:
    """The account of an e-mail address."""
    return await reader.row(AccountRow, _sql["account_by_email"], cell, email)


async def account_by_id(reader: Reader, cell: int, account_id: UUID) -> AccountRow | None:
    """One account."""
    return await reader.row(AccountRow, _sql["account_by_id"], cell, account_id)


async def level_of(reader: Reader, cell: int, account_id: UUID) -> str:
    """A level of membership; empty without one."""
    return str(await reader.value(_sql["level_of"], cell, account_id) or "")


async def give_level(tx: Tx, cell: int, account_id: UUID, level: str) -> None:
    """Another level of membership."""
    await tx.do(_sql["give_level"], cell, account_id, level)


async def change_hash(tx: Tx, cell: int, account_id: UUID, password_hash: str) -> None:
    """Another password."""
    await tx.do(_sql["change_hash"], cell, account_id, password_hash)


async def change_place(tx: Tx, cell: int, account_id: UUID, market: str, language: str) -> None:
    """Where she was last."""
    await tx.do(_sql["change_place"], cell, account_id, market, language)


async def lock_email(tx: Tx, cell: int, email: str) -> None:
    """One try at a time."""
    await tx.value(_sql["lock_email"], email, cell)


async def failures_of(reader: Reader, cell: int, email: str) -> FailureRow | None:
    """Failed tries."""
    return await reader.row(FailureRow, _sql["failures_of"], cell, email)


async def note_failure(tx: Tx, cell: int, email: str, failures: int, at: datetime) -> None:
    """Failed tries, set."""
    await tx.do(_sql["note_failure"], cell, email, failures, at)


async def forgive(tx: Tx, cell: int, email: str) -> None:
    """No failed tries any more."""
    await tx.do(_sql["forgive"], cell, email)


async def forget_failures(tx: Tx, cell: int, before: datetime) -> int:
    """The number of e-mail addresses whose failed tries were forgotten."""
    return await tx.do(_sql["forget_failures"], cell, before)


async def addresses_of(reader: Reader, cell: int, account_id: UUID) -> list[AddressRow]:
    """An account's addresses."""
    return await reader.rows(AddressRow, _sql["addresses_of"], cell, account_id)


async def lock_account(tx: Tx, cell: int, account_id: UUID) -> bool:
    """Whether there is such an account; it is locked then."""
    return await tx.value(_sql["lock_account"], cell, account_id) is not None


async def keep_address(
    tx: Tx, cell: int, account_id: UUID, address_id: UUID, address: Address, default: bool, at: datetime
) -> None:
    """An address, set."""
    await tx.do(_sql["keep_address"], cell, account_id, address_id, address, default, at)


async def choose_default(tx: Tx, cell: int, account_id: UUID, address_id: UUID) -> None:
    """One default address."""
    await tx.do(_sql["choose_default"], cell, account_id, address_id)


async def drop_address(tx: Tx, cell: int, account_id: UUID, address_id: UUID) -> int:
    """An address less."""
    return await tx.do(_sql["drop_address"], cell, account_id, address_id)


async def follow(tx: Tx, cell: int, shopper_id: UUID, brand_slug: str, at: datetime) -> None:
    """A brand more."""
    await tx.do(_sql["follow"], cell, shopper_id, brand_slug, at)


async def unfollow(tx: Tx, cell: int, shopper_id: UUID, brand_slug: str) -> None:
    """A brand less."""
    await tx.do(_sql["unfollow"], cell, shopper_id, brand_slug)


async def follows_of(reader: Reader, cell: int, shopper_id: UUID) -> list[FollowRow]:
    """Followed brands."""
    return await reader.rows(FollowRow, _sql["follows_of"], cell, shopper_id)


async def is_followed(reader: Reader, cell: int, shopper_id: UUID, brand_slug: str) -> bool:
    """Whether a brand is followed."""
    return bool(await reader.value(_sql["is_followed"], cell, shopper_id, brand_slug))


async def followers(reader: Reader, cell: int, brand_slug: str) -> int:
    """A brand's followers."""
    return int(await reader.value(_sql["followers"], cell, brand_slug))


async def hand_follows_over(tx: Tx, cell: int, visit: UUID, account_id: UUID) -> None:
    """A visit's follows for an account."""
    await tx.do(_sql["hand_follows_over"], cell, visit, account_id)
    await tx.do(_sql["drop_follows"], cell, visit)
