"""Tables and parcels for the tests of landed cost."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from argosy.landed.bank import BankRates
from argosy.landed.load import load_tables
from argosy.landed.model import Consignment, LandedLine
from argosy.landed.tables import Tables
from argosy.plumbing.config import ROOT

DATA = ROOT / "data" / "landed"


@cache
def tables() -> Tables:
    """The shipped facts with the bank's rates."""
    return load_tables(DATA, BankRates())


def line(hs: str, goods: int, origin: str = "CN", name: str = "1", quantity: int = 1, **more: Any) -> LandedLine:
    """Goods worth `goods` minor units together."""
    return LandedLine(line=name, hs=hs, origin=origin, quantity=quantity, goods_minor=goods, **more)


def parcel(to: str, at: str, *lines: LandedLine, **more: Any) -> Consignment:
    """A parcel from China in euro without shipping, unless `more` says otherwise."""
    told = {"ship_from": "CN", "currency": "EUR", "shipping_minor": 0, **more}
    return Consignment(to=to, at=date.fromisoformat(at), lines=lines, **told)
