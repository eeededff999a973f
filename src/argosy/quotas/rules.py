"""Who gets what, when several wish for the same: first come, first served, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from argosy.quotas.model import Move, Short, Take


def admit(free: Mapping[str, int], wishes: Sequence[Sequence[Take]]) -> list[tuple[Short, ...]]:
    """For each wish in order, what it lacks; an empty tuple means granted, and its units are gone for those after it.

    A wish takes from all its counters or from none. A counter that `free` does not know has nothing. The same key
    may stand several times in a wish; its counts add up.
    """
    left = dict(free)
    answers: list[tuple[Short, ...]] = []
    for wish in wishes:
        if len(wish) == 1:
            wanted = {wish[0].key: wish[0].count}
        else:
            wanted = {}
            for take in wish:
                wanted[take.key] = wanted.get(take.key, 0) + take.count
        lacking = tuple(
            Short(key, count, max(left.get(key, 0), 0)) for key, count in wanted.items() if left.get(key, 0) < count
        )
        if not lacking:
            for key, count in wanted.items():
                left[key] -= count
        answers.append(lacking)
    return answers


def merge(moves: Iterable[Move]) -> list[Move]:
    """One move a key, in key order, those without effect left out."""
    sums: dict[str, tuple[int, int, int]] = {}
    for move in moves:
        held, sold, received = sums.get(move.key, (0, 0, 0))
        sums[move.key] = (held + move.held, sold + move.sold, received + move.received)
    return [Move(key, *sums[key]) for key in sorted(sums) if any(sums[key])]
