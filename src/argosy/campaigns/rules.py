"""The best lawful combination of promotions for a basket. Pure.

Layers: item, shop, shop coupon, platform threshold, platform coupon, red packet. Every piece has its lowest item price; of
the other layers the set is chosen that leaves the least to pay. Thresholds look at the price after the item layer. What
a promotion takes off is shared over its lines in proportion to what the layers before have left of them, in minor units by
largest remainder; no line goes below zero, and what a promotion could not take there is not taken elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from argosy.base.errors import Refused
from argosy.campaigns.candidates import choice_takes, find, in_hand
from argosy.campaigns.extras import extras_for
from argosy.campaigns.ground import Ground, stand
from argosy.campaigns.items import deposit_for, item_takes, price_line
from argosy.campaigns.live import NOTHING, Live, Option
from argosy.campaigns.model import Left, LineOffer, Offer, PricedLine, Taken, Wallet
from argosy.campaigns.notes import notes_for
from argosy.campaigns.plan import ORDER
from argosy.campaigns.search import Found, best_set

NOTHING_KNOWN: Left = MappingProxyType({})
_LAYERS = tuple(str(layer) for layer in ORDER)


def best_offer(
    live: Live, lines: Sequence[PricedLine], wallet: Wallet, now: datetime, left: Left = NOTHING_KNOWN
) -> Offer:
    """The lowest total that a basket may lawfully have at `now`, how it comes about and what it takes.

    Amounts are minor units of `live.currency`. Equal input gives an equal offer, whatever the order of lines and coupons.
    Quantities are above zero and prices not below; lines have names of their own. `left` tells what counters have left,
    so that what is sold out is not counted on; the order's takes decide. `Offer.exact` says whether the search ended.
    """
    assert live.since <= now < live.until, "what is live at another time"  # noqa: S101
    profiles = [live.profile(line) for line in lines]
    if profiles.count(NOTHING) == len(profiles):
        return _plain(live, lines)
    places = [place for _, _, place in sorted([(one.variant_id.int, one.line, i) for i, one in enumerate(lines)])]
    ordered = [lines[i] for i in places]
    sorted_profiles = [profiles[i] for i in places]
    items = [price_line(line, sorted_profiles[i], wallet, left, now) for i, line in enumerate(ordered)]
    ground = stand(live, ordered, sorted_profiles, items)
    held = in_hand(live, wallet, left, now) if wallet.held else {}
    candidates, unreached = find(ground, wallet, held, left)
    found = best_set(ground.minors, candidates)
    offers = _lines(ground, found)
    credit, paid = _deposits(live, ground, wallet, now) if wallet.deposits else (0, ())
    extras = extras_for(ground, wallet, held, left, found.bits())
    steps = [(step.candidate.choice, step.candidate.held) for step in found.steps]
    takes = [
        take
        for profile, item in zip(sorted_profiles, items, strict=True)
        if item.limited
        for take in item_takes(profile[3], item, wallet)
    ]
    takes += [take for choice, own in steps for take in choice_takes(choice, own, wallet.shopper)]
    used = [own.held_id for _, own in steps if own is not None]
    list_minor = sum([offer.list_minor for offer in offers])
    back = sorted(range(len(places)), key=places.__getitem__)
    return Offer(
        market=live.market,
        currency=live.currency,
        lines=tuple([offers[i] for i in back]),
        list_minor=list_minor,
        item_minor=ground.whole,
        payable_minor=ground.whole - found.taken_minor,
        deposit_minor=credit,
        gifts=extras.gifts,
        shipping=extras.shipping,
        used=(*used, *paid),
        takes=tuple(takes),
        notes=notes_for(ground, found, candidates, unreached, wallet, list_minor, used) + extras.notes,
        exact=not found.at_most_minor,
        at_most_minor=found.at_most_minor,
    )


def check_lines(lines: Sequence[PricedLine]) -> None:
    """Refuses lines that no offer can be made for: a name that stands twice, no pieces, a price below zero."""
    names: set[str] = set()
    for place, line in enumerate(lines):
        where = f"lines[{place}]"
        if line.line in names:
            raise Refused("bad_basket", "The name stands twice.", field=f"{where}.line", remedy="Number the lines.")
        if line.quantity < 1:
            raise Refused("bad_basket", "It is below 1.", field=f"{where}.quantity", remedy="Send 1 or more.")
        if line.unit_minor < 0:
            raise Refused("bad_basket", "It is below zero.", field=f"{where}.unit_minor", remedy="Send 0 or more.")
        names.add(line.line)


def _plain(live: Live, lines: Sequence[PricedLine]) -> Offer:
    """An ordinary day: nothing is live for these goods."""
    total = 0
    offers = []
    for line in lines:
        minor = line.unit_minor * line.quantity
        total += minor
        offers.append(LineOffer(line.line, line.quantity, minor, minor, minor, ()))
    return Offer(
        market=live.market,
        currency=live.currency,
        lines=tuple(offers),
        list_minor=total,
        item_minor=total,
        payable_minor=total,
    )


def _deposits(live: Live, ground: Ground, wallet: Wallet, now: datetime) -> tuple[int, tuple[str, ...]]:
    """What was paid ahead for goods of the basket whose balance can be paid now, and the deposits that it came from."""
    credit, used = 0, []
    for code in {deposit.promotion: None for deposit in wallet.deposits}:
        option = live.by_code.get(code)
        if isinstance(option, Option) and option.presale is not None and option.balance[0] <= now < option.balance[1]:
            for line in ground.lines:
                deposit = deposit_for(line, wallet, code)
                if deposit is not None:
                    credit += deposit.paid_minor
                    used.append(deposit.deposit_id)
    return credit, tuple(used)


def _lines(ground: Ground, found: Found) -> list[LineOffer]:
    """The lines with what each promotion took off them; a seller's part is summed up so that its rounding adds up too."""
    taken: list[list[Taken]] = [list(item.taken) for item in ground.items]
    for step in found.steps:
        candidate = step.candidate
        choice = candidate.choice
        code, layer, seller = choice.code, _LAYERS[choice.layer], choice.seller_per_mille
        if not seller or seller == 1000:
            for i, part in zip(candidate.lines, step.shares, strict=True):
                if part:
                    taken[i].append(Taken(code, layer, part, part if seller else 0))
            continue
        running = borne = 0
        for i, part in zip(candidate.lines, step.shares, strict=True):
            if part:
                running += part
                upto = running * seller // 1000
                taken[i].append(Taken(code, layer, part, upto - borne))
                borne = upto
    return [
        LineOffer(line.line, line.quantity, line.unit_minor * line.quantity, item.minor, payable, tuple(parts))
        for line, item, payable, parts in zip(ground.lines, ground.items, found.left, taken, strict=True)
    ]
