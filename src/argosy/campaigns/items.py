"""The item layer: each piece at the lowest price there is for it. No choice is made, so nothing is declined. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.campaigns.live import Option, Profile
from argosy.campaigns.model import Deposit, Left, PricedLine, Taken, Wallet
from argosy.campaigns.worth import Pieces
from argosy.quotas.model import Take


class Cut(msgspec.Struct, frozen=True, gc=False):
    """What an option took off so many pieces of a line."""

    option: Option
    count: int
    off_minor: int


_ITEM = "item"
_KEPT = 10_000
"""Lines of one shape of goods that are remembered after the item layer."""


class Item(msgspec.Struct, frozen=True, gc=False):
    """A line after the item layer."""

    minor: int
    pieces: Pieces
    cuts: tuple[Cut, ...] = ()
    bits: int = 0
    """Places of the promotions that set its price."""
    limited: bool = False
    """One of them has counters."""
    taken: tuple[Taken, ...] = ()
    """What each of them took, with what the seller bears."""


def flash_key(code: str, variant: str, shopper: str = "") -> str:
    """The counter of a flash sale's pieces of a variant, or of what one shopper had of them."""
    return f"flash/{code}/{variant}/{shopper}" if shopper else f"flash/{code}/{variant}"


def price_line(line: PricedLine, profile: Profile, wallet: Wallet, left: Left, now: datetime) -> Item:
    """A line at the lowest item prices: pieces that a limited price does not reach have the next lowest one.

    Of equal prices the promotion whose code comes first is taken.
    """
    shape = profile[4]
    if shape.own or (left and shape.limited):
        return _at_lowest(line, profile, wallet, left, now)
    key = (line.unit_minor, line.quantity, wallet.levels)
    kept: Item | None = shape.items.get(key)
    if kept is None:
        if len(shape.items) >= _KEPT:
            shape.items.clear()
        kept = shape.items[key] = _at_lowest(line, profile, wallet, left, now)
    return kept


def _at_lowest(line: PricedLine, profile: Profile, wallet: Wallet, left: Left, now: datetime) -> Item:
    unit, wanted = line.unit_minor, line.quantity
    options = profile[0]
    if not options:
        return Item(unit * wanted, ((unit, wanted),))
    prices = []
    for option in options:
        if option.levels and option.levels.isdisjoint(wallet.levels):
            continue
        price = option.price(unit)
        if price < unit:
            prices.append((price, option.code, option))
    if len(prices) > 1:
        prices.sort()
    pieces: list[tuple[int, int]] = []
    cuts: list[Cut] = []
    bits = minor = 0
    for price, _, option in prices:
        count = _room(option, line, profile[3], wallet, left, now, wanted) if option.limited else wanted
        if count <= 0:
            continue
        pieces.append((price, count))
        cuts.append(Cut(option, count, (unit - price) * count))
        bits |= 1 << option.bit
        minor += price * count
        wanted -= count
        if not wanted:
            break
    if wanted:
        pieces.append((unit, wanted))
        minor += unit * wanted
    taken = [
        Taken(cut.option.code, _ITEM, cut.off_minor, cut.off_minor * cut.option.seller_per_mille // 1000)
        for cut in cuts
    ]
    limited = any(cut.option.flash for cut in cuts)
    return Item(minor, tuple(pieces), tuple(cuts), bits, limited, tuple(taken))


def _room(
    option: Option, line: PricedLine, variant: str, wallet: Wallet, left: Left, now: datetime, wanted: int
) -> int:
    """How many of the wanted pieces a limited option is good for."""
    flash = option.flash
    if flash is not None:
        count = wanted if wanted < flash.units else flash.units
        if left:
            count = min(count, left.get(flash_key(option.code, variant), count))
        if flash.per_shopper is not None:
            count = min(count, flash.per_shopper)
            if left:
                count = min(count, left.get(flash_key(option.code, variant, wallet.shopper), count))
        return count
    deposit = deposit_for(line, wallet, option.code)
    if deposit is None or not option.balance[0] <= now < option.balance[1]:
        return 0
    return min(wanted, deposit.quantity)


def deposit_for(line: PricedLine, wallet: Wallet, code: str) -> Deposit | None:
    """The deposit that was paid for the goods of a line under a pre-sale; all its pieces have to be in the line."""
    for deposit in wallet.deposits:
        if deposit.promotion == code and deposit.variant_id == line.variant_id and deposit.quantity <= line.quantity:
            return deposit
    return None


def item_takes(variant: str, item: Item, wallet: Wallet) -> list[Take]:
    """The counters that the item prices of a variant's line take from."""
    takes = []
    for cut in item.cuts:
        flash = cut.option.flash
        if flash is not None:
            takes.append(Take(flash_key(cut.option.code, variant), cut.count, flash.units))
            if flash.per_shopper is not None:
                key = flash_key(cut.option.code, variant, wallet.shopper)
                takes.append(Take(key, cut.count, flash.per_shopper))
    return takes
