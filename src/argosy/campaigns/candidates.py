"""Which live promotions a basket could use, on which lines, worth how much, and which of them exclude one another. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from argosy.campaigns.items import Item
from argosy.campaigns.live import Choice, Live, Profile
from argosy.campaigns.model import Held, Left, PricedLine, Wallet
from argosy.campaigns.worth import Worth
from argosy.quotas.model import Take


class Candidate(msgspec.Struct, gc=False):
    """A promotion that the basket may use."""

    choice: Choice
    held: Held | None
    lines: list[int]
    mask: int
    """The lines as bits."""
    base: int
    """Their price after the item layer."""
    fixed: int
    per_mille: int
    """Of what is left on its lines, up to `cap`; only where `fixed` is 0."""
    cap: int
    most: int
    """What it can come to at most, whatever else is used."""
    layer: int
    place: int = 0
    bars: int = 0
    """Places of the candidates that cannot be used with it, as bits."""


class Ground(msgspec.Struct, gc=False):
    """A basket after the item layer, in an order that does not depend on the caller's."""

    lines: Sequence[PricedLine]
    items: Sequence[Item]
    minors: Sequence[int]
    """What each line costs after the item layer."""
    whole: int
    """What they cost together."""
    profiles: Sequence[Profile]


class Unreached(msgspec.Struct, gc=False):
    """A promotion that a larger basket could use, or use more of."""

    choice: Choice
    mask: int
    missing_minor: int
    saves_minor: int


def held_key(held_id: str) -> str:
    """The counter of one coupon or red packet in one wallet; there is one unit of it."""
    return f"held/{held_id}"


def uses_key(code: str, shopper: str = "") -> str:
    """The counter of orders that had a promotion, in all or of one shopper."""
    return f"promotion/{code}/{shopper}" if shopper else f"promotion/{code}"


def choice_takes(choice: Choice, held: Held | None, shopper: str) -> list[Take]:
    """The counters that using a promotion takes from."""
    takes = [Take(held_key(held.held_id), 1, 1)] if held is not None else []
    if choice.limited:
        promotion = choice.promotion
        if promotion.uses is not None:
            takes.append(Take(uses_key(choice.code), 1, promotion.uses))
        if promotion.per_shopper is not None:
            takes.append(Take(uses_key(choice.code, shopper), 1, promotion.per_shopper))
    return takes


def in_hand(live: Live, wallet: Wallet, left: Left, now: datetime) -> dict[str, Held]:
    """By promotion the coupon to use: the dearest red packet, else the one that expires first, then by its id."""
    found: dict[str, Held] = {}
    for held in wallet.held:
        if held.promotion not in live.by_code or held.expires_at <= now:
            continue
        if left and left.get(held_key(held.held_id)) == 0:
            continue
        other = found.get(held.promotion)
        if other is None or _rank(held) < _rank(other):
            found[held.promotion] = held
    return found


def _rank(held: Held) -> tuple[int, datetime, str]:
    return -(held.minor or 0), held.expires_at, held.held_id


def find(
    ground: Ground, wallet: Wallet, held: Mapping[str, Held], left: Left
) -> tuple[list[Candidate], list[Unreached]]:
    """The candidates in the order of their layers, the more valuable first, and what is out of reach yet."""
    ranked: list[tuple[int, int, int, Candidate]] = []
    unreached: list[Unreached] = []
    for choice, lines in _by_choice(ground).items():
        own = None
        if choice.held:
            own = held.get(choice.code)
            if own is None:
                continue
        if choice.guarded and not _may_use(choice, wallet, left):
            continue
        one = _consider(ground, choice, own, lines, unreached)
        if one is not None:
            ranked.append((choice.layer, -one.most, choice.bit, one))
    ranked.sort()
    candidates = [one for _, _, _, one in ranked]
    _exclude(candidates)
    return candidates, unreached


def _by_choice(ground: Ground) -> dict[Choice, list[int]]:
    """The lines that each promotion is for."""
    by_choice: defaultdict[Choice, list[int]] = defaultdict(list)
    for place, profile in enumerate(ground.profiles):
        bits = ground.items[place].bits
        if bits:
            for choice in profile[1]:
                if not bits & choice.bars:
                    by_choice[choice].append(place)
        else:
            for choice in profile[1]:
                by_choice[choice].append(place)
    return by_choice


def _may_use(choice: Choice, wallet: Wallet, left: Left) -> bool:
    """Whether the shopper has the level for it, and as far as is known there is some left."""
    if choice.levels and choice.levels.isdisjoint(wallet.levels):
        return False
    keys = (uses_key(choice.code), uses_key(choice.code, wallet.shopper))
    return all(left.get(key, 1) > 0 for key in keys)


def _consider(
    ground: Ground, choice: Choice, held: Held | None, lines: list[int], unreached: list[Unreached]
) -> Candidate | None:
    minors = ground.minors
    if len(lines) == len(minors):
        base, mask = ground.whole, (1 << len(lines)) - 1
    else:
        base = sum([minors[i] for i in lines])
        mask = sum([1 << i for i in lines])
    terms = choice.terms
    if terms is None:
        worth = _worth_of_pieces(ground, choice, lines)
    else:
        worth, missing = terms.reach(base)
        if missing is not None:
            unreached.append(Unreached(choice, mask, missing[0], missing[1]))
    if worth is None:
        return None
    fixed, per_mille, cap = worth
    if held is not None and held.minor is not None:
        fixed = held.minor
    most = fixed
    if per_mille:
        most = base * per_mille // 1000
        if most > cap:
            most = cap
    elif most > base:
        most = base
    if most <= 0:
        return None
    return Candidate(choice, held, lines, mask, base, fixed, per_mille, cap, most, choice.layer)


def _worth_of_pieces(ground: Ground, choice: Choice, lines: list[int]) -> Worth | None:
    assert choice.piece_terms is not None  # noqa: S101
    parts = [[place for place, i in enumerate(lines) if goods.fits(ground.lines[i])] for goods in choice.parts]
    return choice.piece_terms.worth([ground.items[i].pieces for i in lines], parts)


def _exclude(candidates: list[Candidate]) -> None:
    """Two candidates exclude each other that would take part in the same layer on the same line, or that say so."""
    present = 0
    place_of: dict[int, int] = {}
    for place, one in enumerate(candidates):
        one.place = place
        bit = 1 << one.choice.bit
        present |= bit
        place_of[bit] = place
    count = len(candidates)
    for place, one in enumerate(candidates):
        layer, mask = one.layer, one.mask
        for later in range(place + 1, count):
            other = candidates[later]
            if other.layer != layer:
                break
            if mask & other.mask:
                one.bars |= 1 << later
                other.bars |= 1 << place
        barred = one.choice.bars & present
        while barred:
            bit = barred & -barred
            one.bars |= 1 << place_of[bit]
            barred ^= bit
