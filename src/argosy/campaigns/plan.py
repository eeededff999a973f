"""A festival's plan as its file has it: phases, promotions, what each may be combined with and who bears it. Pure.

Instants: one with an offset is the same everywhere; one without is the market's own wall clock, so that a day begins
at each market's midnight. Amounts are minor units of the currency of the market that they stand under.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from argosy.markets.model import CountryCode, Slug

Minor = Annotated[int, Meta(ge=0, le=10**15)]
Amounts = dict[CountryCode, Minor]
"""Minor units by market."""
PerMille = Annotated[int, Meta(ge=1, le=1000)]
Count = Annotated[int, Meta(ge=1, le=10**9)]


class Layer(StrEnum):
    """Where a promotion stands in the order of application; a basket's line takes part in one promotion of each."""

    ITEM = "item"
    SHOP = "shop"
    SHOP_COUPON = "shop_coupon"
    PLATFORM = "platform"
    PLATFORM_COUPON = "platform_coupon"
    RED_PACKET = "red_packet"
    GIFT = "gift"
    SHIPPING = "shipping"


ORDER = (Layer.SHOP, Layer.SHOP_COUPON, Layer.PLATFORM, Layer.PLATFORM_COUPON, Layer.RED_PACKET)
"""The layers among which the best combination is sought, first to last; the item layer comes before and is no choice."""
COUPONS = frozenset({Layer.SHOP_COUPON, Layer.PLATFORM_COUPON, Layer.RED_PACKET})
"""Layers whose promotions a shopper has to hold."""


class PhaseKind(StrEnum):
    """The parts of a festival, in the order in which they usually come."""

    TEASER = "teaser"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    OPENING = "opening"
    MAIN = "main"
    RETURN = "return"
    ENCORE = "encore"


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A struct of a plan: a field that is not known is a slip of the pen and refused."""


class Scope(Closed, frozen=True, kw_only=True):
    """Which goods: those that fit every list that is not empty, less the exceptions. All empty: everything."""

    variants: tuple[str, ...] = ()
    """Listings, by variant id."""
    products: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """With all categories below them."""
    except_variants: tuple[str, ...] = ()
    except_products: tuple[str, ...] = ()
    except_shops: tuple[str, ...] = ()
    except_brands: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()


class Price(Closed, frozen=True, kw_only=True, tag_field="kind", tag="price"):
    """A price for each piece; a listing's locked festival price, or with `levels` a member price."""

    unit_minor: Amounts


class Off(Closed, frozen=True, kw_only=True, tag_field="kind", tag="off"):
    """So much less for each piece."""

    off_minor: Amounts


class Percent(Closed, frozen=True, kw_only=True, tag_field="kind", tag="percent"):
    """A part of what is left after the layers before, fractions of a minor unit left with the seller.

    In the item layer it is taken of each piece and knows no threshold.
    """

    per_mille: PerMille
    over_minor: Amounts = {}
    """Price after the item layer from which on it counts."""
    at_most_minor: Amounts = {}


class Flash(Closed, frozen=True, kw_only=True, tag_field="kind", tag="flash"):
    """A price for so many pieces of each listing and so many of them for one shopper; its slot is its validity."""

    unit_minor: Amounts
    units: Count
    per_shopper: Count | None = None


class PreSale(Closed, frozen=True, kw_only=True, tag_field="kind", tag="presale"):
    """A deposit for each piece that counts for more when the balance is paid in its window."""

    deposit_minor: Amounts
    counts_minor: Amounts
    balance_from: datetime
    balance_until: datetime
    """First instant at which the deposit is forfeited."""
    units: Count


class Every(Closed, frozen=True, kw_only=True, tag_field="kind", tag="every"):
    """So much off from a threshold on, once, or for every multiple of it."""

    over_minor: Amounts
    off_minor: Amounts
    repeated: bool = False
    at_most_minor: Amounts = {}


class Tier(Closed, frozen=True, kw_only=True):
    """A step of a ladder: from a threshold on, so much or such a part off."""

    over_minor: Amounts
    off_minor: Amounts = {}
    per_mille: Annotated[int, Meta(ge=0, le=1000)] = 0


class Tiers(Closed, frozen=True, kw_only=True, tag_field="kind", tag="tiers"):
    """A ladder of thresholds of which the highest one reached counts."""

    tiers: Annotated[tuple[Tier, ...], Meta(min_length=1)]


class ForThePriceOf(Closed, frozen=True, kw_only=True, tag_field="kind", tag="n_for_m"):
    """Of every `take` pieces only `pay` are paid; the cheapest of the basket are free."""

    take: Annotated[int, Meta(ge=2, le=99)]
    pay: Annotated[int, Meta(ge=1, le=98)]


class Part(Closed, frozen=True, kw_only=True):
    """One part of a bundle."""

    scope: Scope
    quantity: Annotated[int, Meta(ge=1, le=99)] = 1


class Bundle(Closed, frozen=True, kw_only=True, tag_field="kind", tag="bundle"):
    """A price for a set of parts, as often as the set is complete; the parts' scopes must not overlap."""

    parts: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=10)]
    price_minor: Amounts


class RedPacket(Closed, frozen=True, kw_only=True, tag_field="kind", tag="red_packet"):
    """An amount drawn for each shopper between two limits, until the budget is used up."""

    low_minor: Amounts
    high_minor: Amounts
    budget_minor: Amounts
    over_minor: Amounts = {}


class Gift(Closed, frozen=True, kw_only=True, tag_field="kind", tag="gift"):
    """Goods that come for nothing from a threshold on, while there are some."""

    variant: str
    quantity: Count = 1
    units: Count
    over_minor: Amounts = {}


class Shipping(Closed, frozen=True, kw_only=True, tag_field="kind", tag="shipping"):
    """Shipping that costs at most so much, or nothing, from a threshold on."""

    over_minor: Amounts = {}
    at_most_minor: Amounts = {}
    """Empty: free."""


Effect = Price | Off | Percent | Flash | PreSale | Every | Tiers | ForThePriceOf | Bundle | RedPacket | Gift | Shipping


class Claim(Closed, frozen=True, kw_only=True):
    """A coupon is claimed before it is used, so often in all and by one shopper."""

    uses: Count
    per_shopper: Count = 1


class Promotion(Closed, frozen=True, kw_only=True):
    """One promotion: what it does to which goods, when, in which layer, and at whose cost."""

    code: Slug
    names: dict[str, str] = {}
    """By language of the interface."""
    layer: Layer
    effect: Effect
    shop: str = ""
    """The merchant whose promotion it is; the shop layers need one."""
    scope: Scope = Scope()
    markets: tuple[CountryCode, ...] = ()
    """Empty: all that the festival takes place in and that the effect has amounts for."""
    phases: tuple[PhaseKind, ...] = ()
    """It is live in these phases; without any it has `starts` and `ends`."""
    starts: datetime | None = None
    ends: datetime | None = None
    """First instant at which it is over."""
    levels: tuple[str, ...] = ()
    """Levels of membership that it is for; empty: everybody."""
    not_with: tuple[str, ...] = ()
    """Codes of promotions it is not combined with, or all of a layer or kind: `@red_packet`, `@flash`."""
    seller_per_mille: Annotated[int, Meta(ge=0, le=1000)] | None = None
    """Part of the cost that the sellers of the goods bear; without it all of it in the item and shop layers, else none."""
    claim: Claim | None = None
    uses: Count | None = None
    """Orders that may have it in all; for coupons see `claim`."""
    per_shopper: Count | None = None

    def seller_part(self) -> int:
        """Parts per thousand of the cost that the sellers bear; the platform bears the rest."""
        if self.seller_per_mille is not None:
            return self.seller_per_mille
        own = self.layer in (Layer.ITEM, Layer.SHOP, Layer.SHOP_COUPON) or bool(self.shop)
        return 1000 if own else 0


class Phase(Closed, frozen=True, kw_only=True):
    """A part of a festival."""

    kind: PhaseKind
    starts: datetime
    ends: datetime


class Festival(Closed, frozen=True, kw_only=True):
    """A festival: what it is called, where and when it takes place, and how it looks."""

    code: Slug
    names: dict[str, str]
    """By language of the interface; `en` is always there."""
    look: Slug = "sea"
    """Name of the pages' dress."""
    markets: Annotated[tuple[CountryCode, ...], Meta(min_length=1)]
    phases: Annotated[tuple[Phase, ...], Meta(min_length=1)]
    brands: tuple[str, ...] = ()
    """Brands that take part; empty: all."""
    level_names: dict[Slug, dict[str, str]] = {}
    """What levels of membership are called, by language of the interface; one without is called by its code."""
    protect_days: Annotated[int, Meta(ge=0, le=90)] = 0
    """Days after delivery within which a later drop of the price is paid back; 0: none."""
    source: str = ""
    """Where its dates come from."""


class Plan(Closed, frozen=True, kw_only=True):
    """A festival and its promotions."""

    festival: Festival
    promotions: tuple[Promotion, ...] = ()


def instant(written: datetime, zone: tzinfo) -> datetime:
    """What an instant of a plan means in a market of that time zone: aware."""
    return written if written.tzinfo is not None else written.replace(tzinfo=zone)


def windows(promotion: Promotion, festival: Festival, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """When a promotion is live in a market of that time zone: from the first instant up to, not including, the second."""
    if promotion.starts is not None and promotion.ends is not None:
        return [(instant(promotion.starts, zone), instant(promotion.ends, zone))]
    return [
        (instant(phase.starts, zone), instant(phase.ends, zone))
        for phase in festival.phases
        if phase.kind in promotion.phases
    ]


def phase_at(festival: Festival, zone: tzinfo, now: datetime) -> Phase | None:
    """The phase of a festival that a market is in; where several run, the one that began last. None before and after."""
    running = [phase for phase in festival.phases if instant(phase.starts, zone) <= now < instant(phase.ends, zone)]
    return max(running, key=lambda phase: instant(phase.starts, zone), default=None)
