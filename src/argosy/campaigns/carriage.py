"""What promotions leave of a charge for shipping. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from argosy.base.money import share
from argosy.campaigns.model import Offer, Taken
from argosy.quotas.model import Take


class Carriage(NamedTuple):
    """A charge for shipping after promotions, and what they took."""

    fee_minor: int
    taken: tuple[Taken, ...]
    used: tuple[str, ...] = ()
    """Coupons that it uses up, by their id in the wallet."""
    takes: tuple[Take, ...] = ()
    """What it takes of counters."""


def shipping_after(offer: Offer | None, fee_minor: int, lines: Collection[str] | None = None) -> Carriage:
    """What is left to pay of the charge for delivering some lines of an offer, all of them where none are named.

    The charge is shared over its lines in proportion to their goods, by largest remainder; a promotion lets the part of
    the lines that it is for cost at most its limit. What lowers nothing takes no counter and uses up no coupon.
    """
    if offer is None or not offer.shipping or fee_minor <= 0:
        return Carriage(fee_minor, ())
    carried = [line for line in offer.lines if lines is None or line.line in lines]
    weights = [line.item_minor for line in carried]
    parts = share(fee_minor, weights if any(weights) else [1] * len(carried))
    part_of = {line.line: part for line, part in zip(carried, parts, strict=True)}
    taken: list[Taken] = []
    used: list[str] = []
    takes: list[Take] = []
    for one in offer.shipping:
        off = sum([part_of.get(line, 0) for line in one.lines]) - one.at_most_minor
        if off > 0:
            taken.append(Taken(one.promotion, "shipping", off, off * one.seller_per_mille // 1000))
            takes += one.takes
            if one.held_id:
                used.append(one.held_id)
    return Carriage(fee_minor - sum([one.off_minor for one in taken]), tuple(taken), tuple(used), tuple(takes))
