"""Accounts, kept addresses, followed brands, and the answers they get."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from argosy.markets.model import Address, FieldError


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A shopper who can sign in, as she sees herself."""

    account_id: UUID
    email: str
    name: str
    market: str
    language: str
    created_at: datetime
    level: str = ""
    """Of membership; empty: none."""


class AccountRow(msgspec.Struct, frozen=True):
    """An account as stored."""

    account_id: UUID
    email: str
    password_hash: str
    name: str
    market: str
    language: str
    created_at: datetime
    level: str = ""

    def seen(self) -> Account:
        """The account without its secret."""
        return Account(
            account_id=self.account_id, email=self.email, name=self.name, market=self.market, language=self.language,
            created_at=self.created_at, level=self.level,
        )  # fmt: skip


class FailureRow(msgspec.Struct, frozen=True):
    """Tries to sign in with an e-mail address since the last one that went well."""

    failures: int
    last_at: datetime


class AddressRow(msgspec.Struct, frozen=True):
    """A kept address as stored."""

    address_id: UUID
    address: dict[str, Any]
    is_default: bool


class KeptAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address that an account keeps; the default one stands first in lists and is filled into the next order."""

    address_id: UUID
    address: Address
    is_default: bool


class FollowRow(msgspec.Struct, frozen=True):
    """A brand that a shopper follows."""

    brand_slug: str
    at: datetime


# Answers -----------------------------------------------------------------------------------------------------------


class Registered(msgspec.Struct, frozen=True, tag=True):
    """The account stands."""

    account: Account


class Faulty(msgspec.Struct, frozen=True, tag=True):
    """Nothing was written: fields of the form are wrong."""

    faults: tuple[FieldError, ...]


class EmailTaken(msgspec.Struct, frozen=True, tag=True):
    """Nothing was written: there is an account with this e-mail address."""

    email: str


RegisterAnswer = Registered | Faulty | EmailTaken


class SignedIn(msgspec.Struct, frozen=True, tag=True):
    """E-mail address and password belong together."""

    account: Account


class WrongPassword(msgspec.Struct, frozen=True, tag=True):
    """They do not, or there is no such account; the two are answered alike and in the same time."""


class TooManyTries(msgspec.Struct, frozen=True, tag=True):
    """So many tries failed that the next one is heard only from `until` on."""

    until: datetime


SignInAnswer = SignedIn | WrongPassword | TooManyTries


class PasswordChanged(msgspec.Struct, frozen=True, tag=True):
    """The new password holds from now on."""


PasswordAnswer = PasswordChanged | Faulty | WrongPassword | TooManyTries
