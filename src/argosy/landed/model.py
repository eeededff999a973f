"""A parcel that crosses a border, what it costs there, and the facts that this was computed from."""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

import msgspec

PPM = 1_000_000
"""Rates are whole millionths: 16.5% is 165,000."""

FREE = (0, 0, 0)
"""The rates of a line without duty."""

State = Literal["known", "estimate", "unknown", "banned", "conditional"]
Channel = Literal["courier", "post", "freight"]
Mode = Literal["air_cargo", "air_passenger", "sea", "land"]
Base = Literal["border", "sale", "price"]
Battery = Literal["none", "alone", "packed_with", "in_equipment"]


class LandedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of one kind in a consignment."""

    line: str
    """Name of the line, unique in the consignment."""
    hs: str
    """Heading of HS 2022, 6 digits, or 8 of the destination's own; empty: not classified."""
    origin: str
    """Country of origin, ISO 3166-1 alpha-2: where it was made, not where it is sent from."""
    quantity: int
    goods_minor: int
    """Paid for the line after all discounts, without taxes of the destination."""
    customs_minor: int | None = None
    """Customs value of the line where nothing is paid (a gift); None: what was paid. Nothing paid and None: missing."""
    battery: Battery = "none"
    blade_mm: int | None = None
    weight_g: int | None = None
    """Net weight of the line; only a duty by weight asks for it."""


class Consignment(msgspec.Struct, frozen=True, kw_only=True):
    """What one parcel holds, where from and where to, on which day of the destination's calendar."""

    at: date
    to: str
    region: str = ""
    """US state or Canadian province."""
    ship_from: str
    channel: Channel = "courier"
    mode: Mode = "air_cargo"
    terms: Literal["DDP", "DAP"] = "DDP"
    """Who pays when; the figures are the same."""
    seller_collects: bool = True
    """Whether the seller or the platform is registered in every scheme of collection at the sale."""
    currency: str
    """Of every amount here and in the answer."""
    shipping_minor: int
    """International transport and insurance to the door."""
    lines: tuple[LandedLine, ...]


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing that was known, or known to be missing: a code of `landed.reasons`, its values, and who says so."""

    code: str
    values: tuple[str | int, ...] = ()
    source: str = ""
    as_of: str = ""


class LandedShare(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line's share of the amounts; shares add up to the totals where these are given."""

    line: str
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    state: State
    duty_low_minor: int | None
    duty_high_minor: int | None
    notes: tuple[int, ...]
    """Places in `Landed.facts`."""


class Landed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a consignment costs beyond goods and shipping, in minor units of `currency`, and all that it was computed from.

    None is unknown, never zero. It is kept with the order: `explain` and `recompute` need nothing else.
    """

    state: State
    currency: str
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int | None
    """Goods paid, shipping, duty, tax and fees."""
    duty_low_minor: int | None
    duty_high_minor: int | None
    shares: tuple[LandedShare, ...]
    facts: tuple[Fact, ...]
    """Those of lines, each once; then those of the whole consignment, which no line refers to."""


class ExchangeTable(Protocol):
    """Dated rates of exchange, brought by the caller."""

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        """Units of `target` for one of `source` as numerator and denominator, who published it, of which day; None: no rate."""


class Specific(msgspec.Struct, frozen=True):
    """A duty by piece or by kilogram, in minor units of the consignment's currency."""

    numerator: int
    denominator: int
    """Minor units for one `unit`, as a ratio."""
    unit: str
    """`piece` or `kg`."""
    combine: str
    """`sum`, `higher` or `lower` with the ad valorem part; empty: there is none."""


class LinePlan(msgspec.Struct, frozen=True):
    """How a line's duty and tax are computed, once all questions of law are answered."""

    duty: tuple[int, int, int] | None = None
    """Lowest, mean and highest ad valorem rate in millionths; None: unknown."""
    specific: Specific | None = None
    tax_ppm: int | None = None
    """Rate in millionths; None: unknown."""
    base: Base = "border"
    """What is taxed: customs value, shipping, duty and fees; price paid and shipping; or the price paid alone."""
    spread: bool = False
    """The national lines below the heading differ."""
    doubt: bool = False
    """Which rate of tax applies is not settled."""
    state: State = "known"
    """Of the line when all its amounts are known."""
    notes: tuple[int, ...] = ()
    """Numbers of facts in the regime."""


class ParcelPlan(msgspec.Struct, frozen=True):
    """What holds for the consignment as a whole."""

    customs_with_shipping: bool = True
    """CIF: duty is charged on goods and shipping; else on goods alone (FOB)."""
    less: tuple[int, int] = (0, 1)
    """Taken off the duty, minor units as a ratio."""
    tax_due_limit: tuple[int, int] | None = None
    """Tax not above this is not collected, minor units as a ratio."""
    fees: int | None = 0
    """Flat charges of the consignment; None: unknown."""
