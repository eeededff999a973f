"""What a basket looks like to the promotions, and what they make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.quotas.model import Take


class PricedLine(msgspec.Struct, frozen=True):
    """So many pieces of a listing at its price before any promotion, in minor units of the market's currency."""

    line: str
    """The caller's name for it, unique in the basket."""
    product_id: UUID
    variant_id: UUID
    shop: str
    brand: str
    category: tuple[str, ...]
    """From the root of the tree down."""
    quantity: int
    unit_minor: int


class Held(msgspec.Struct, frozen=True):
    """A coupon or red packet in a shopper's wallet, good for one order."""

    held_id: str
    promotion: str
    expires_at: datetime
    minor: int | None = None
    """What a red packet is worth; None for a coupon."""


class Deposit(msgspec.Struct, frozen=True):
    """A pre-sale deposit that was paid and neither used nor forfeited."""

    deposit_id: str
    promotion: str
    variant_id: UUID
    quantity: int
    paid_minor: int
    """For all its pieces."""
    counts_minor: int = 0
    """What that counts for."""
    seller_per_mille: int = 1000
    """The sellers' part of the difference."""


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper brings along."""

    shopper: str
    held: tuple[Held, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    levels: frozenset[str] = frozenset()
    """Levels of membership that she has."""
    declined: frozenset[str] = frozenset()
    """Promotions whose gifts she does not want."""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What one promotion took off a line, and how much of that the seller bears; the platform bears the rest."""

    promotion: str
    layer: str
    off_minor: int
    seller_minor: int

    @property
    def platform_minor(self) -> int:
        """The platform's part."""
        return self.off_minor - self.seller_minor


class LineOffer(msgspec.Struct, frozen=True, gc=False):
    """One line of an offer. `list_minor` less all that was taken is `payable_minor`; none of them is negative."""

    line: str
    quantity: int
    list_minor: int
    item_minor: int
    """After the item layer."""
    payable_minor: int
    taken: tuple[Taken, ...]
    """In the order of application."""


class GiftOffer(msgspec.Struct, frozen=True, gc=False):
    """Goods that come along for nothing."""

    promotion: str
    variant: str
    quantity: int
    over_minor: int = 0
    """What its lines have to cost together after the item layer."""
    lines: tuple[str, ...] = ()
    """The goods that earn it."""
    seller_per_mille: int = 0
    takes: tuple[Take, ...] = ()
    """What it takes of the promotion's counters, if it is given."""


class ShippingOffer(msgspec.Struct, frozen=True, gc=False):
    """Shipping of these lines costs at most so much."""

    promotion: str
    lines: tuple[str, ...]
    at_most_minor: int
    seller_per_mille: int
    held_id: str = ""
    """The coupon that it comes from, if it does."""
    takes: tuple[Take, ...] = ()
    """What it takes of counters, if there is a charge for shipping that it lowers."""


class Note(msgspec.Struct, frozen=True, gc=False):
    """A sentence for the shopper as a code and what stands in it; `docs/reference/campaigns.md` lists the codes."""

    code: str
    params: dict[str, str | int]


class Offer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The best lawful combination for a basket, in minor units of the market's currency."""

    market: str
    currency: str
    lines: tuple[LineOffer, ...]
    """In the order of the basket."""
    list_minor: int
    item_minor: int
    payable_minor: int
    deposit_minor: int = 0
    """Paid already; what is still due is `payable_minor` less this."""
    gifts: tuple[GiftOffer, ...] = ()
    shipping: tuple[ShippingOffer, ...] = ()
    used: tuple[str, ...] = ()
    """Coupons, red packets and deposits that the order uses up, by their id in the wallet."""
    takes: tuple[Take, ...] = ()
    """Without those of gifts and shipping, which stand with them."""
    notes: tuple[Note, ...] = ()
    exact: bool = True
    at_most_minor: int = 0
    """How much lower the lowest total might be at most; 0 where the offer is exact."""

    @property
    def saved_minor(self) -> int:
        """All that was taken off."""
        return self.list_minor - self.payable_minor


Left = Mapping[str, int]
"""Units left of counters, by key, as far as the caller knows; a counter that is not named is taken to suffice."""
