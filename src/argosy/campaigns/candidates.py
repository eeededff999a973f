"""Which live promotions a basket could use, on which lines, worth how much, and which of them exclude one another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from argosy.campaigns.ground import Ground, Row
from argosy.campaigns.live import Choice, Live
from argosy.campaigns.model import Held, Left, Wallet
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
    bit: int
    bars: int
    """Bits of those that cannot be used with it, whether the basket could use them or not."""


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
    ranked: list[tuple[int, int, Candidate]] = []
    unreached: list[Unreached] = []
    sums = ground.sums
    for row in ground.layout.rows:
        choice = row.choice
        own = None
        if choice.held:
            own = held.get(row.code)
            if own is None:
                continue
        if choice.guarded and not _may_use(choice, wallet, left):
            continue
        base = sums[row.base]
        terms = choice.terms
        if terms is None:
            worth = _worth_of_pieces(ground, choice, row.lines)
        else:
            worth, missing = terms.reach(base)
            if missing is not None:
                unreached.append(Unreached(choice, row.mask, missing[0], missing[1]))
        if worth is not None:
            one = _candidate(row, own, base, worth)
            if one is not None:
                # Layers are few and amounts below 2 ** 60: the more valuable comes first within its layer.
                ranked.append(((row.layer << 60) - one.most, row.bit, one))
    ranked.sort()
    return [one for _, _, one in ranked], unreached


def _may_use(choice: Choice, wallet: Wallet, left: Left) -> bool:
    """Whether the shopper has the level for it, and as far as is known there is some left."""
    if choice.levels and choice.levels.isdisjoint(wallet.levels):
        return False
    keys = (uses_key(choice.code), uses_key(choice.code, wallet.shopper))
    return all(left.get(key, 1) > 0 for key in keys)


def _candidate(row: Row, held: Held | None, base: int, worth: Worth) -> Candidate | None:
    """The candidate of a row that is worth so much; None where that comes to nothing."""
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
    return Candidate(
        row.choice, held, row.lines, row.mask, base, fixed, per_mille, cap, most, row.layer, row.bit, row.bars
    )


def _worth_of_pieces(ground: Ground, choice: Choice, lines: list[int]) -> Worth | None:
    assert choice.piece_terms is not None  # noqa: S101
    parts = [[place for place, i in enumerate(lines) if goods.fits(ground.lines[i])] for goods in choice.parts]
    return choice.piece_terms.worth([ground.items[i].pieces for i in lines], parts)
