"""The lawful set of candidates that leaves the least to pay: branch and bound on whole minor units. Pure.

Candidates are gone through in the order of their layers. One is taken without looking at its alternative where the
alternative provably cannot be better; else both ways are followed, the second only while it may still win.

Why a candidate may be taken without looking: in fractions, taking an amount off a basket never raises what later layers
leave to pay, and lowers it at least by that amount times what later percentages leave of it; the candidates that it
excludes are worth at most what they could come to. Sharing in whole minor units moves a later total by less than half a
unit a line and two units a step, both ways together (`doubts`), so the difference has to be larger than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import Any

import msgspec

from argosy.campaigns.candidates import Candidate
from argosy.campaigns.plan import ORDER

EXACT_CHOICES = 14
"""Up to so many candidates the search always runs to its end."""
STEPS = 5_000
"""Beyond them it ends after so many steps and says how far it may be from the lowest total."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """A candidate that is used, and what it takes off each of its lines."""

    candidate: Candidate
    minor: int
    shares: list[int]


_Fork = tuple[int, list[int], int, int, tuple[Any, ...], int, int]
"""A candidate that was used; what was left of each line, barred and taken before, and the steps; its worth and its rivals."""


_Group = tuple[list[tuple[int, int, int]], int, int]
"""Members as `(bit, most, lines)`, lines as bits; the members' bits, their layer."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """The set that was found, in the order of application."""

    steps: Sequence[Step]
    taken_minor: int
    at_most_minor: int
    """How much more another set could take off; 0: none can."""
    left: list[int]
    """What is left to pay of each line."""

    def bits(self) -> int:
        """The places, among all that are live, of the promotions used."""
        bits = 0
        for step in self.steps:
            bits |= 1 << step.candidate.choice.bit
        return bits


class Search:
    """One search; `steps_left` bounds it."""

    def __init__(self, items: Sequence[int], candidates: Sequence[Candidate]) -> None:
        self.items = list(items)
        self.candidates = candidates
        self.count = count = len(candidates)
        self.steps_left = 2 << count if count <= EXACT_CHOICES else STEPS
        self.best = -1
        self.best_trail: tuple[Any, ...] = ()
        self.best_left: list[int] = self.items
        self.waiting: list[_Fork] = []
        possible = sum([one.most for one in candidates])
        self.plain = True
        """Nothing that is used changes what anything else is worth."""
        later, rest = 0, [0] * (count + 1)
        for place in range(count - 1, -1, -1):
            one = candidates[place]
            rest[place] = later = later | one.bit
            if one.per_mille or one.base - possible + one.most < one.fixed:
                self.plain = False
        self.rest = rest
        """The bits of the candidates from each place on."""
        self.groups: list[_Group] = []
        self.survives: list[tuple[int, int]] = []
        self.doubts: list[int] = []

    def run(self) -> Found:
        """The best set."""
        self._follow(0, self.items, 0, 0, ())
        missed = 0
        if self.waiting:
            self.groups = _groups(self.candidates)
            plain = self.plain
            certainty = _plain_certainty if plain else _certainty
            self.survives, self.doubts = certainty(self.items, self.candidates, self.groups)
            if self.best < self._most_of(self.rest[0]):
                missed = self._try_others()
        steps: Sequence[Step] = _in_order(self.best_trail)
        if not self.plain:
            steps = self._without_idle(steps)
        return Found(steps, self.best, max(missed - self.best, 0), self.best_left)

    def _follow(self, first: int, left: list[int], barred: int, taken: int, trail: tuple[Any, ...]) -> None:
        """Use all that is lawful from `first` on, remember where the way forked, and note the set if it is the best so far."""
        candidates, plain, rest, width = self.candidates, self.plain, self.rest, len(left)
        for place in range(first, self.count):
            one = candidates[place]
            if barred & one.bit:
                continue
            lines = one.lines
            weights = left if len(lines) == width else [left[i] for i in lines]
            base = sum(weights)
            if one.per_mille:
                worth = base * one.per_mille // 1000
                if worth > one.cap:
                    worth = one.cap
            else:
                worth = one.fixed if one.fixed < base else base
            if worth > 0:
                rivals = one.bars & ~barred & rest[place]
                if rivals or not plain:
                    self.waiting.append((place, left, barred, taken, trail, worth, rivals))
                step, left = _apply(one, left, worth, weights, base)
                trail = (trail, step)
                barred |= one.bars
                taken += worth
        if taken > self.best:
            self.best, self.best_trail, self.best_left = taken, trail, left

    def _try_others(self) -> int:
        """Follow the other ways while one may win; returns the most that a way that was not followed may take."""
        missed = 0
        waiting, survives, doubts, rest = self.waiting, self.survives, self.doubts, self.rest
        while waiting:
            place, left, barred, taken, trail, worth, rivals = waiting.pop()
            # Whether the best of the sets from here on has this candidate in it.
            over, under = survives[place]
            if worth * over > ((self._most_of(rivals) if rivals else 0) + doubts[place]) * under:
                continue
            possible = taken + self._most_of(rest[place + 1] & ~barred)
            if possible <= self.best:
                continue
            if self.steps_left <= 0:
                missed = max(missed, possible)
                continue
            self.steps_left -= 1
            self._follow(place + 1, left, barred, taken, trail)
        return missed

    def _most_of(self, among: int) -> int:
        """No lawful set of these candidates takes more than this."""
        worth = 0
        for group, mask, _ in self.groups:
            if among & mask:
                for bit, most, _ in group:
                    if among & bit:
                        worth += most
                        break
        return worth

    def _without_idle(self, steps: Sequence[Step]) -> Sequence[Step]:
        """The same total without what is not needed for it, the last layers first: a coupon is not used up for nothing."""
        places = {one.bit: place for place, one in enumerate(self.candidates)}
        for step in reversed(steps):
            over, under = self.survives[places[step.candidate.bit]]
            # What others take instead of this step, should it go, is less than it takes for certain.
            if step.minor * over > self.doubts[places[step.candidate.bit]] * under:
                continue
            fewer = [other.candidate for other in steps if other.candidate is not step.candidate]
            tried, left = _applied(self.items, fewer)
            if sum([other.minor for other in tried]) == self.best:
                steps, self.best_left = tried, left
        return steps


def best_set(items: Sequence[int], candidates: Sequence[Candidate]) -> Found:
    """The lawful set that takes the most off lines that cost `items`; of equal sets the first in the order of candidates."""
    if not candidates:
        return Found((), 0, 0, list(items))
    if len(candidates) == 1:
        step, left = _apply(one := candidates[0], list(items), one.most, _weights(one, items), one.base)
        return Found((step,), one.most, 0, left)
    return Search(items, candidates).run()


def _worth(one: Candidate, base: int) -> int:
    """What a candidate takes off lines of which so much is left."""
    if one.per_mille:
        worth = base * one.per_mille // 1000
        return worth if worth < one.cap else one.cap
    return one.fixed if one.fixed < base else base


def _weights(one: Candidate, left: Sequence[int]) -> list[int]:
    """What is left of a candidate's lines."""
    return [left[i] for i in one.lines]


def _apply(one: Candidate, left: list[int], worth: int, weights: list[int], base: int) -> tuple[Step, list[int]]:
    """The step that takes `worth` off the lines, of which `weights` are left and `base` in all, and what is left after it."""
    lines = one.lines
    if len(lines) == 1:
        after = left.copy()
        after[lines[0]] -= worth
        return Step(one, worth, [worth]), after
    shares = _shares(worth, weights, base)
    if len(lines) == len(left):
        return Step(one, worth, shares), list(map(sub, left, shares))
    after = left.copy()
    for i, part in zip(lines, shares):  # noqa: B905 - of one length, and checking takes time
        after[i] -= part
    return Step(one, worth, shares), after


def _shares(minor: int, weights: list[int], whole: int) -> list[int]:
    """As `base.money.share`, for weights that add up to `whole` above 0; most of a search's time is spent here."""
    if minor == whole:
        return weights.copy()
    if len(weights) == 2:
        first, rest = divmod(minor * weights[0], whole)
        # The two rests are nothing, or add up to one whole: the larger one gets the unit, of equal ones the first.
        first += 2 * rest >= whole
        return [first, minor - first]
    products = [minor * weight for weight in weights]
    shares = [product // whole for product in products]
    lack = minor - sum(shares)
    if lack:
        rests = [product % whole for product in products]
        if lack == 1:
            shares[rests.index(max(rests))] += 1
        else:
            for i in sorted(range(len(rests)), key=rests.__getitem__, reverse=True)[:lack]:
                shares[i] += 1
    return shares


def _in_order(trail: tuple[Any, ...]) -> list[Step]:
    """A chain of `(all before, step)` as the steps from the first on."""
    steps: list[Step] = []
    while trail:
        trail, step = trail
        steps.append(step)
    steps.reverse()
    return steps


def _applied(items: Sequence[int], candidates: Sequence[Candidate]) -> tuple[tuple[Step, ...], list[int]]:
    left = list(items)
    steps = []
    for one in candidates:
        weights = _weights(one, left)
        base = sum(weights)
        worth = _worth(one, base)
        if worth > 0:
            step, left = _apply(one, left, worth, weights, base)
            steps.append(step)
    return tuple(steps), left


def _groups(candidates: Sequence[Candidate]) -> list[_Group]:
    """The candidates in groups, each of one layer, of which one member can be used at most, the most valuable first."""
    groups: list[_Group] = []
    layer, first = -1, 0
    for one in candidates:
        if one.layer != layer:
            layer, first = one.layer, len(groups)
        bars, bit = ~one.bars, one.bit
        for number in range(first, len(groups)):
            members, mask, _ = groups[number]
            if not mask & bars:
                # The candidates of a layer come in the order of their worth, so the members do.
                members.append((bit, one.most, one.mask))
                groups[number] = (members, mask | bit, layer)
                break
        else:
            groups.append(([(bit, one.most, one.mask)], bit, layer))
    return groups


def _lowest(items: Sequence[int], candidates: Sequence[Candidate], groups: Sequence[_Group]) -> tuple[list[int], int]:
    """For each candidate the least that its lines can cost when its turn comes, and as bits those that may not fit then."""
    earlier = [0] * (len(ORDER) + 1)
    for members, _, layer in groups:
        earlier[layer + 1] += members[0][1]
    for layer in range(1, len(earlier)):
        earlier[layer] += earlier[layer - 1]
    lowest = [one.base - earlier[one.layer] for one in candidates]
    for place, one in enumerate(candidates):
        if lowest[place] < one.fixed:
            lowest[place] = low = one.base - _most_before(one, groups)
            if low < one.fixed:
                return _lowest_by_line(items, candidates)
    return lowest, 0


def _most_before(one: Candidate, groups: Sequence[_Group]) -> int:
    """No lawful set of earlier layers takes more than this off a candidate's lines."""
    worth, own, lines = 0, one.layer, one.mask
    for members, _, layer in groups:
        if layer >= own:
            break
        for _, most, mask in members:
            if mask & lines:
                worth += most
                break
    return worth


def _lowest_by_line(items: Sequence[int], candidates: Sequence[Candidate]) -> tuple[list[int], int]:
    """As `_lowest`, with each line's own least: a share is largest where all else is least, and a unit for rounding."""
    low = list(items)
    lowest: list[int] = []
    tight = place = 0
    for layer in range(len(ORDER)):
        after = low.copy()
        while place < len(candidates) and candidates[place].layer == layer:
            one = candidates[place]
            base = sum([low[i] for i in one.lines])
            lowest.append(base)
            worth = min(base * one.per_mille // 1000 + 1 if one.per_mille else one.fixed, base)
            if not one.per_mille and base < one.fixed:
                tight |= 1 << place
            for i in one.lines:
                after[i] = min(after[i], max(low[i] * (base - worth) // base - 1, 0) if base > 0 else 0)
            place += 1
        low = after
    return lowest, tight


def _plain_certainty(
    _items: Sequence[int], candidates: Sequence[Candidate], _groups: Sequence[_Group]
) -> tuple[list[tuple[int, int]], list[int]]:
    """As `_certainty`, where no worth depends on what else is used."""
    return [(1, 1)] * len(candidates), [0] * len(candidates)


def _certainty(
    items: Sequence[int], candidates: Sequence[Candidate], groups: Sequence[_Group]
) -> tuple[list[tuple[int, int]], list[int]]:
    """For each candidate the part of its worth that later layers leave, as a fraction, and what rounding may move."""
    lowest, tight = _lowest(items, candidates, groups)
    doubts = [0] * len(candidates)
    survives = [(1, 1)] * len(candidates)
    # Those whose worth depends on what else is used; by them alone rounding in earlier layers changes a total.
    dependent = tight
    for place, one in enumerate(candidates):
        if one.per_mille and lowest[place] * one.per_mille // 1000 <= one.cap:
            dependent |= 1 << place
    last = candidates[dependent.bit_length() - 1].layer if dependent else 0
    if not last:
        return survives, doubts
    # From the last layer back: what a layer's percentages leave of what an earlier layer took.
    over, under, doubt, strongest = 1, 1, 0, 0
    layer = last
    for place in range(len(candidates) - 1, -1, -1):
        one = candidates[place]
        if one.layer != layer:
            if one.layer > last:
                continue
            over, under, strongest = over * (1000 - strongest), under * 1000, 0
            layer = one.layer
        doubt += (len(one.lines) + 1) // 2 + 2
        if layer < last:
            doubts[place] = doubt
            survives[place] = (over, under)
        if dependent >> place & 1:
            strongest = max(strongest, one.per_mille or 1000)
    return survives, doubts
