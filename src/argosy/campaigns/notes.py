"""What a shopper is told of an offer, as codes and figures: what was saved, what would save more, what was not used. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.campaigns.candidates import Candidate, Unreached
from argosy.campaigns.ground import Ground
from argosy.campaigns.model import Note, Wallet
from argosy.campaigns.plan import ORDER
from argosy.campaigns.search import Found, Step

MORE = 3
"""At most so many hints at what a larger basket would save."""


def notes_for(
    ground: Ground,
    found: Found,
    candidates: Sequence[Candidate],
    unreached: Sequence[Unreached],
    wallet: Wallet,
    list_minor: int,
    used: Sequence[str],
) -> tuple[Note, ...]:
    """The notes on an offer: `saved`, `took`, `add_more`, `not_used`, `approximate`, in this order."""
    notes = _took(ground, found)
    saved = list_minor - ground.whole + found.taken_minor
    if saved:
        notes.insert(0, Note("saved", {"minor": saved, "of_minor": list_minor}))
    if unreached:
        notes += _more(found.steps, unreached)
    if wallet.held:
        notes += _not_used(candidates, unreached, wallet, used)
    if found.at_most_minor:
        notes.append(Note("approximate", {"minor": found.at_most_minor}))
    return tuple(notes)


def _took(ground: Ground, found: Found) -> list[Note]:
    """What each promotion took, in the order of application."""
    cuts: dict[str, int] = {}
    for item in ground.items:
        for one in item.taken:
            cuts[one.promotion] = cuts.get(one.promotion, 0) + one.off_minor
    notes = [Note("took", {"promotion": code, "minor": minor}) for code, minor in sorted(cuts.items())]
    for step in found.steps:
        notes.append(Note("took", {"promotion": step.candidate.choice.code, "minor": step.minor}))
    return notes


def _more(steps: Sequence[Step], unreached: Sequence[Unreached]) -> list[Note]:
    """What to add to save more, the nearest first: less what the promotion would push aside."""
    used_bits = 0
    used_lines = [0] * len(ORDER)
    for step in steps:
        used_bits |= 1 << step.candidate.choice.bit
        used_lines[step.candidate.layer] |= step.candidate.mask
    hints = []
    for one in unreached:
        saves = one.saves_minor
        choice = one.choice
        if choice.bars & used_bits or (used_lines[choice.layer] & one.mask and not used_bits >> choice.bit & 1):
            saves -= _pushed_aside(one, steps)
        if saves > 0:
            hints.append((one.missing_minor, choice.code, saves))
    hints.sort()
    return [
        Note("add_more", {"promotion": code, "minor": missing, "saves_minor": saves})
        for missing, code, saves in hints[:MORE]
    ]


def _pushed_aside(one: Unreached, steps: Sequence[Step]) -> int:
    """What the promotions take that could not be used with this one."""
    bars, layer, mask = one.choice.bars, one.choice.layer, one.mask
    minor = 0
    for step in steps:
        other = step.candidate
        if other.choice is not one.choice and (
            bars >> other.choice.bit & 1 or (other.layer == layer and other.mask & mask)
        ):
            minor += step.minor
    return minor


def _not_used(
    candidates: Sequence[Candidate], unreached: Sequence[Unreached], wallet: Wallet, used: Sequence[str]
) -> list[Note]:
    """Why a coupon in the wallet stays there."""
    codes = {held.promotion for held in wallet.held if held.held_id in used} if used else ()
    idle = sorted({held.promotion for held in wallet.held if held.promotion not in codes})
    if not idle:
        return []
    possible = {one.choice.code for one in candidates}
    short = {one.choice.code for one in unreached}
    notes = []
    for code in idle:
        if code in possible:
            why = "others_are_better"
        elif code in short:
            why = "too_little"
        else:
            why = "not_for_these_goods"
        notes.append(Note("not_used", {"promotion": code, "why": why}))
    return notes
