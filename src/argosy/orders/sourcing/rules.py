"""Which hub sends which line of a basket. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import ge, itemgetter

import msgspec
import numpy as np

from argosy.delivery.sourcing import UNKNOWN, Aim, Sourced, source
from argosy.markets.model import Market
from argosy.orders.model import Charts, Promise, ShelfItem
from argosy.orders.quoting.landing import Doorstep, doorstep
from argosy.orders.sourcing.model import may_send
from argosy.pricing.rules import price_in

Dates = Callable[[str], Promise | None]
"""By when goods that leave a hub (UN/LOCODE) are at the destination in question; None: no date can be promised."""

_PLENTY = 1 << 30
"""Pieces at home of goods that wait nowhere else: nobody counts them for a quote, the order does."""
_NO_DATE = 1 << 40
"""Later than any date."""


class Wish(msgspec.Struct, frozen=True):
    """So many of a thing at a price before promotions."""

    item: ShelfItem
    quantity: int
    minor: int


class Where(msgspec.Struct, frozen=True):
    """A destination on a day, with the dates that can be promised there; `dates` None: the shop promises none at all."""

    charts: Charts
    market: Market
    region: str
    at: date
    dates: Dates | None


def allot(where: Where, wishes: Sequence[Wish]) -> list[tuple[int, int, str]]:
    """All pieces of all wishes as (wish, pieces, hub), in the wishes' order: the hubs that fulfil a basket as the shop aims to.

    What waits at home alone comes from home, without anything being looked at. A hub is left out for goods that may not be
    sent from there, and, while others have them, for those that would have no price with everything in it. A wish that no
    hub has whole is split; what all together have not is left to the hub that has most, whose order is refused with what
    there is.
    """
    charts, elsewhere = where.charts, where.charts.elsewhere
    free = elsewhere.free
    if not free or charts.hub != elsewhere.home or not any(w.item.variant.variant_id in free for w in wishes):
        return [(number, wish.quantity, charts.hub) for number, wish in enumerate(wishes)]
    return _allotted(where, wishes)


def sent_from(where: Where, item: ShelfItem, now: datetime) -> Charts:
    """The facts as the hub sees them that sends one piece ordered alone: pages then show what such an order costs."""
    charts = where.charts
    if item.variant.variant_id not in charts.elsewhere.free:
        return charts
    price = price_in(where.market, item.prices, charts.rates, now)
    return charts if price is None else at_hub(charts, allot(where, (Wish(item, 1, price.minor),))[0][2])


@lru_cache(maxsize=1_000)
def _served(hubs: tuple[str, ...], country: str) -> tuple[str, ...]:
    return tuple(hub for hub in hubs if may_send(hub, country))


def at_hub(charts: Charts, hub: str) -> Charts:
    """The same facts for goods that leave another hub."""
    return charts if hub == charts.hub else msgspec.structs.replace(charts, hub=hub)


class _Choice(msgspec.Struct, frozen=True):
    """The hubs that may send a basket's wishes, by row; `stock` and `cost` have a column a wish."""

    hubs: tuple[str, ...]
    by: tuple[int, ...]
    wanted: tuple[int, ...]
    stock: list[list[int]]
    cost: list[list[int]]
    """Duty, tax and fees of each wish."""

    def find(self, aim: Aim, latest: int | None = None, *, all_in: list[list[bool]] | None = None) -> Sourced | None:
        """The hubs that serve the aim best; `all_in` narrows down who may send what."""
        stock = np.array(self.stock, dtype=np.int64)
        if all_in is not None:
            stock *= np.array(all_in, dtype=np.int64)
        cost = np.array(self.cost, dtype=np.int64) if aim == "cheapest" else None
        wanted, by = np.array(self.wanted, dtype=np.int64), np.array(self.by, dtype=np.int64)
        return source(wanted, stock, by, aim, cost=cost, latest=latest)

    def most(self) -> list[tuple[int, int, str]]:
        """Each wish from the hub that has most of it."""
        every = range(len(self.hubs))
        best = [max(every, key=lambda hub, n=n: self.stock[hub][n]) for n in range(len(self.wanted))]  # type: ignore[misc]
        return [(n, pieces, self.hubs[hub]) for (n, pieces), hub in zip(enumerate(self.wanted), best, strict=True)]


def _allotted(where: Where, wishes: Sequence[Wish]) -> list[tuple[int, int, str]]:
    aim = where.charts.elsewhere.aim
    choice, all_in = _choice(where, wishes)
    latest = None
    if aim == "cheapest" and choice.by[0] < _NO_DATE and all(map(ge, choice.stock[0], choice.wanted)):
        # The least cost within the date that home alone could keep.
        latest = choice.by[0]
    # Where a cost is not known, or a price with everything in it is not to be had, the goods still are.
    found = choice.find(aim, latest, all_in=all_in) or choice.find("earliest", all_in=all_in) or choice.find("earliest")
    if found is None:
        return choice.most()
    sent = ((line, pieces, choice.hubs[parcel.hub]) for parcel in found.parcels for line, pieces in parcel.lines)
    return sorted(sent, key=itemgetter(0))


def _choice(where: Where, wishes: Sequence[Wish]) -> tuple[_Choice, list[list[bool]]]:
    """What there is to choose from, and from which hub which wish keeps a price with everything in it as from home."""
    charts, elsewhere = where.charts, where.charts.elsewhere
    held = [elsewhere.free.get(wish.item.variant.variant_id) for wish in wishes]
    some = {hub for one in held if one for hub, left in one.items() if left > 0}
    hubs = (charts.hub, *(hub for hub in _served(elsewhere.hubs, where.market.code) if hub in some))
    stock = [[_PLENTY if one is None else max(one.get(charts.hub, 0), 0) for one in held]]
    stock += [[max(one.get(hub, 0), 0) if one else 0 for one in held] for hub in hubs[1:]]
    all_in, cost = [], []
    for hub, row in zip(hubs, stock, strict=True):
        facts = at_hub(charts, hub)
        doors = [
            doorstep(facts, where.market, where.region, wish.item, wish.minor, where.at) if left else None
            for wish, left in zip(wishes, row, strict=True)
        ]
        for number, door in enumerate(doors):
            if door is not None and door.banned and hub != charts.hub:
                row[number] = 0
        all_in.append(
            [hub == charts.hub or door is None or door.all_in or where.market.terms == "DAP" for door in doors]
        )
        cost.append([_charges(door) * wish.quantity for door, wish in zip(doors, wishes, strict=True)])
    by = tuple(_day(where, hub) for hub in hubs)
    return _Choice(hubs, by, tuple(wish.quantity for wish in wishes), stock, cost), all_in


def _charges(door: Doorstep | None) -> int:
    """Duty, tax and fees of a piece, whoever pays them."""
    whole = None if door is None else door.landed.total_minor
    return int(UNKNOWN) if door is None or whole is None else whole - door.unit_minor


def _day(where: Where, hub: str) -> int:
    """The day that a hub's goods are there by, as a number; all the same in a shop that names no days."""
    if where.dates is None:
        return 0
    told = where.dates(hub)
    return _NO_DATE if told is None else told.day.toordinal()
