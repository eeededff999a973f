"""Cut a word that is several words written together into those that are known: 黑色手提包, Lederhandtasche, 여성운동화. Pure."""

from __future__ import annotations

from collections.abc import Callable

from argosy.catalogue.words import script

_LONGEST = 16
_MOST_LETTERS = 24
_LONGEST_SLIPPED = 10
# The fewest letters of a known piece, and of one with a slip in it.
_PIECE = {"HAN": 1, "KANA": 2, "THAI": 2, "HANGUL": 1}
_SLIPPED_PIECE = {"HAN": 3, "KANA": 4, "THAI": 6, "HANGUL": 3}
_UNKNOWN_LETTER = 3.0
_LINKS = ("", "s", "n", "en", "es", "er")


def cut(word: str, known: Callable[[str], bool], near: Callable[[str], bool] | None = None) -> list[tuple[str, bool]]:
    """The pieces of a word of Chinese, Japanese, Thai or Korean, each with whether it is known; the fewest unknown letters.

    `near` is asked for pieces with a slip in them, where it is given.
    """
    word = word[:_MOST_LETTERS]
    costs, steps = [0.0], [0]
    for end in range(1, len(word) + 1):
        best, length = costs[end - 1] + _UNKNOWN_LETTER, 0
        for size in range(1, min(end, _LONGEST) + 1):
            piece = word[end - size : end]
            cost = _cost(piece, known, near)
            if cost and costs[end - size] + cost < best:
                best, length = costs[end - size] + cost, size
        costs.append(best)
        steps.append(length)
    return _joined(_walk(word, steps))


def _cost(piece: str, known: Callable[[str], bool], near: Callable[[str], bool] | None) -> float:
    kind = script(piece)
    if len(piece) >= _PIECE.get(kind, 3) and known(piece):
        return 2.0 if len(piece) == 1 else 1.0
    if near and _SLIPPED_PIECE.get(kind, 99) <= len(piece) <= _LONGEST_SLIPPED and near(piece):
        return 1.6
    return 0.0


def _walk(word: str, steps: list[int]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    end = len(word)
    while end:
        size = steps[end] or 1
        pieces.append((word[end - size : end], bool(steps[end])))
        end -= size
    return pieces[::-1]


def _joined(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Unknown letters side by side as one piece, with known single letters among them: 水 in an unknown 水晶 is no water."""
    known_at = [known and len(piece) > 1 for piece, known in pieces]
    found: list[tuple[str, bool]] = []
    for at, (piece, known) in enumerate(pieces):
        beside = (at and not pieces[at - 1][1]) or (at + 1 < len(pieces) and not pieces[at + 1][1])
        sure = known and (known_at[at] or not beside)
        if found and not sure and not found[-1][1]:
            found[-1] = (found[-1][0] + piece, False)
        else:
            found.append((piece, sure))
    return found


def compound(word: str, known: Callable[[str], bool]) -> tuple[str, str] | None:
    """The two parts of a compound in Latin letters, where its last part is known; None where it is none.

    The first part is known as well, or has four letters and more, as the last one.
    """
    unsure = None
    if len(word) > 2 * _MOST_LETTERS:
        return None
    for at in range(3, len(word) - 2):
        head, tail = word[:at], word[at:]
        if not known(tail):
            continue
        for link in _LINKS:
            if head.endswith(link) and len(head) - len(link) >= 3 and known(head[: len(head) - len(link)]):
                return head[: len(head) - len(link)], tail
        if unsure is None and len(head) >= 4 and len(tail) >= 4:
            unsure = head, tail
    return unsure
