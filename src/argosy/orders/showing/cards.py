"""A product as lists and pages show it: what its variants cost in a market, how many there are, and in which order they come."""

from __future__ import annotations

import msgspec

from argosy.catalogue.model import Product, Variant
from argosy.orders.model import Promise
from argosy.orders.quoting.landing import Doorstep
from argosy.pricing.model import Price

BY_PRICE = ("price", "-price")
"""Sorts of lists by what cards show, which the index does not know."""
_POOR = 4
"""A list that has one in so many goods at its head that cannot be had is put in order by what can."""


class Offer(msgspec.Struct, frozen=True):
    """A variant in a market: its price, and how many there are."""

    variant: Variant
    price: Price | None
    """What one piece costs at the door, its earlier price in the same terms."""
    free: int | None
    """Pieces at all hubs that send it there; None where no stock ever came in."""
    share_left: float
    """Free pieces as a share of those received, 0 to 1: for words about scarcity, not for sums."""
    door: Doorstep | None = None
    """How that price is made; None where there is none."""
    goods: Price | None = None
    """The market's price that it is made from: in same-gross markets what is paid in all, else before duty and tax."""
    hub: str = ""
    """UN/LOCODE of the hub that one piece would come from."""
    elsewhere: bool = False
    """Whether that is another hub than home: then `promise` is its date, None where none can be promised."""
    promise: Promise | None = None

    @property
    def buyable(self) -> bool:
        """Whether it can be put into a basket here and now."""
        return self.price is not None and bool(self.free) and not self.banned

    @property
    def banned(self) -> bool:
        """Whether the law forbids to sell it there; `door` says why."""
        return self.door is not None and self.door.banned

    @property
    def all_in(self) -> bool:
        """Whether nothing more will be asked for at the door."""
        return self.door is not None and self.door.all_in and not self.banned


class Card(msgspec.Struct, frozen=True):
    """A product as a list shows it, by the variant that can be had, the cheapest first."""

    product: Product
    offer: Offer
    one_price: bool
    """All variants cost the same."""


def told(card: Card) -> int | None:
    """The price that a card shows; None where it shows none."""
    return card.offer.price.minor if card.offer.price and not card.offer.banned else None


def in_order(cards: list[Card], sort: str) -> list[Card]:
    """Cards by the price that they show, those without one last; in a list that is not by price those to be had come first."""
    if sort not in BY_PRICE:
        return sorted(cards, key=lambda card: not card.offer.buyable)
    sign = -1 if sort == "-price" else 1

    def rank(card: Card) -> tuple[bool, int]:
        minor = told(card)
        return minor is None, sign * (minor or 0)

    return sorted(cards, key=rank)


def card_of(product: Product, offers: list[Offer], colours: frozenset[str]) -> Card:
    """The card of a product: by a variant that can be had, of one of these colours where there is one, the cheapest first."""
    prices = {offer.price.minor for offer in offers if offer.price}

    def rank(offer: Offer) -> tuple[bool, bool, int]:
        other_colour = bool(colours) and offer.variant.colour not in colours
        return not offer.buyable, other_colour, offer.price.minor if offer.price else 1 << 62

    return Card(product, min(offers, key=rank), len(prices) <= 1)


def is_poor(cards: list[Card]) -> bool:
    """Whether so many of these goods cannot be had in the market that those which can should come first."""
    return sum(not card.offer.buyable for card in cards) * _POOR > len(cards)
