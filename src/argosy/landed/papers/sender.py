"""Who sends the parcels, from a file of the operator's."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from argosy.base.errors import Misconfigured
from argosy.landed.papers.model import Party
from argosy.landed.tariff_rows import EUROPEAN_UNION


class Sender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sender and the numbers under which he collects taxes."""

    name: str
    company: str = ""
    address: tuple[str, ...]
    country: str
    phone: str = ""
    email: str = ""
    reference: str = ""
    registrations: dict[str, str] = {}
    """What to print by destination; `EU` for the 27."""

    def party(self) -> Party:
        """As printed on a form."""
        return Party(
            name=self.name,
            company=self.company,
            address=self.address,
            country=self.country,
            phone=self.phone,
            email=self.email,
            reference=self.reference,
        )

    def registration(self, destination: str) -> str:
        """The number to print for a destination; empty where there is none."""
        return self.registrations.get(destination) or (
            self.registrations.get("EU", "") if destination in EUROPEAN_UNION else ""
        )


def load_sender(path: Path) -> Sender:
    """The sender of a TOML file; raises `Misconfigured` with the file and what is wrong with it."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Sender)
    except FileNotFoundError:
        raise Misconfigured(f"There is no file {path}: copy data/landed/sender.toml and fill it in.") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as wrong:
        raise Misconfigured(f"{path}: {wrong}. See data/landed/sender.toml.") from None
