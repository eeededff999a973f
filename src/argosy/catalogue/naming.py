"""The phrases that a category is asked for by: its name, the parts of it, and those without whom it is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from argosy.catalogue.words import accented, plain, script, without_possessive

# Between the parts of "Shirts & blouses", "女裝毛衣、衛衣", "قمصان وبلوزات".
_BETWEEN_PARTS = re.compile(
    r"\s*[,،、，・·&/]\s*|และ|\s+(?:and|or|und|oder|et|ou|y|e|dan|và|और|및|와|과)\s+|\s+و(?=\S{3})", re.IGNORECASE
)
_SHORT = 3
_JOINING = ("HAN", "KANA", "THAI", "HANGUL")


def key(text: str) -> str:
    """A phrase as the vocabulary keeps it: folded, but a short word with its accents, which alone tell `thé` from `the`."""
    text = without_possessive(text)
    folded = plain(text)
    if len(folded) <= _SHORT and script(folded) == "LATIN":
        return accented(text)
    return folded


def parts(name: str) -> list[str]:
    """The parts of a compound name; of "Hart-, Scheiben- & Reibekäse" only the last, which stands by itself."""
    found = [part.strip() for part in _BETWEEN_PARTS.split(name)]
    return [part for part in found if part and not part.endswith("-")]


def trimmed(phrase: str, particles: Collection[str]) -> str:
    """A folded phrase without particles at either end."""
    tokens = phrase.split()
    while tokens and tokens[0] in particles:
        tokens.pop(0)
    while tokens and tokens[-1] in particles:
        tokens.pop()
    return " ".join(tokens)


class Audiences:
    """The words that say for whom something is, in all languages: `women`, `Damen`, `女裝`."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        self._whose = {key(word): code for word, code in words}
        # Words that are written together with what they belong to: "Damenjacken", "女裝上衣", "เสื้อยืดผู้หญิง".
        self._before = {w for w in self._whose if script(w) in _JOINING or (script(w) == "LATIN" and len(w) >= 5)}
        self._behind = {w for w in self._whose if script(w) in _JOINING}
        self._longest = max(map(len, self._whose), default=0)

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._whose

    def split(self, phrase: str, particles: Collection[str]) -> tuple[str, set[str]]:
        """A folded phrase without its audience, and the codes of those taken away."""
        rest, taken = phrase, set()
        while rest and (cut := self._spaced(rest) or self._joined(rest)):
            word, shorter = cut
            taken.add(self._whose[word])
            rest = trimmed(shorter, particles)
        return rest, taken

    def _spaced(self, phrase: str) -> tuple[str, str] | None:
        tokens = phrase.split()
        for length in range(min(3, len(tokens)), 0, -1):
            for word, rest in ((tokens[:length], tokens[length:]), (tokens[-length:], tokens[:-length])):
                if " ".join(word) in self._whose:
                    return " ".join(word), " ".join(rest)
        return None

    def _joined(self, phrase: str) -> tuple[str, str] | None:
        for length in range(min(self._longest, len(phrase) - 2), 0, -1):
            if phrase[:length] in self._before:
                return phrase[:length], phrase[length:]
            if phrase[-length:] in self._behind:
                return phrase[-length:], phrase[:-length]
        return None


def phrases(name: str, audiences: Audiences, particles: Collection[str]) -> Iterator[tuple[str, set[str]]]:
    """Every phrase that stands for a name, folded, each with the audiences that were taken out of it."""
    whole = key(name)
    yield whole, set()
    for part in parts(name):
        phrase = trimmed(key(part), particles)
        if phrase and phrase not in audiences:
            if phrase != whole:
                yield phrase, set()
            rest, taken = audiences.split(phrase, particles)
            if taken and rest:
                yield rest, taken
