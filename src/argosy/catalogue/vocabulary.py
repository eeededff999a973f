"""What the words of a question mean: categories, colours and brands in every language, one slip of the finger allowed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from argosy.catalogue.model import BrandName, Category, Colour
from argosy.catalogue.words import one_slip, plain, shortened, unspaced

MAX_GROUPS = 6
"""Groups of words that a question is read into; the rest of a longer one is ignored."""
_LONGEST = 5
_FUZZY_FROM = 4
_FUZZY_FROM_UNSPACED = 3


class Meaning(msgspec.Struct, frozen=True):
    """What one group of words may stand for; any of these fits."""

    word: str
    categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    guessed: str = ""
    """The word of the vocabulary that was meant, where the one typed has a slip."""

    @property
    def known(self) -> bool:
        """Whether the vocabulary has it."""
        return bool(self.categories or self.colours or self.brands)


class Vocabulary:
    """Names of categories, colours and brands by their folded form."""

    def __init__(self, categories: Iterable[Category], colours: Iterable[Colour], brands: Iterable[BrandName]) -> None:
        self._entries: dict[str, list[tuple[str, str]]] = {}
        self._shortened: dict[str, list[str]] = {}
        for category in categories:
            for name in category.names.values():
                self._add(name, "category", category.code)
        for colour in colours:
            for name in colour.names.values():
                self._add(name, "colour", colour.code)
        for brand in brands:
            self._add(brand.name, "brand", brand.brand_slug)
        self._longest_unspaced = max((len(word) for word in self._entries if unspaced(word)), default=0)

    def _add(self, name: str, kind: str, code: str) -> None:
        word = plain(name)
        if not word:
            return
        found = self._entries.setdefault(word, [])
        if not found and len(word) >= (_FUZZY_FROM_UNSPACED if unspaced(word) else _FUZZY_FROM):
            for form in {word, *shortened(word)}:
                self._shortened.setdefault(form, []).append(word)
        if (kind, code) not in found:
            found.append((kind, code))

    def read(self, question: str) -> tuple[Meaning, ...]:
        """The question as groups of words with what each may stand for, at most `MAX_GROUPS`."""
        tokens = plain(question[:200]).split()[:20]
        groups: list[Meaning] = []
        start = 0
        while start < len(tokens) and len(groups) < MAX_GROUPS:
            taken, meanings = self._spaced(tokens, start)
            groups.extend(meanings)
            start += taken
        if any(group.known for group in groups):
            # A lone letter or particle beside words that are understood is no reason to find nothing.
            groups = [group for group in groups if group.known or len(group.word) > 1]
        return tuple(groups[:MAX_GROUPS])

    def _spaced(self, tokens: list[str], start: int) -> tuple[int, list[Meaning]]:
        for length in range(min(_LONGEST, len(tokens) - start), 0, -1):
            phrase = " ".join(tokens[start : start + length])
            meaning = self._exact(phrase) or (self._plural(phrase) if length == 1 else None)
            if meaning:
                return length, [meaning]
        token = tokens[start]
        if unspaced(token):
            return 1, self._segmented(token)
        for length in range(min(_LONGEST, len(tokens) - start), 0, -1):
            phrase = " ".join(tokens[start : start + length])
            if len(phrase) >= _FUZZY_FROM and (meaning := self._near(phrase)):
                return length, [meaning]
        return 1, [Meaning(token)]

    def _segmented(self, token: str) -> list[Meaning]:
        groups: list[Meaning] = []
        unknown = ""
        at = 0
        while at < len(token):
            found = self._longest(token, at)
            if found is None:
                unknown += token[at]
                at += 1
                continue
            if unknown:
                groups.append(Meaning(unknown))
                unknown = ""
            groups.append(found[1])
            at += found[0]
        return [*groups, Meaning(unknown)] if unknown else groups

    def _longest(self, token: str, at: int) -> tuple[int, Meaning] | None:
        longest = min(self._longest_unspaced, len(token) - at)
        for length in range(longest, 0, -1):
            meaning = self._exact(token[at : at + length])
            if meaning:
                return length, meaning
        for length in range(longest, _FUZZY_FROM_UNSPACED - 1, -1):
            meaning = self._near(token[at : at + length])
            if meaning:
                return length, meaning
        return None

    def _exact(self, word: str) -> Meaning | None:
        found = self._entries.get(word)
        return _meaning(word, found) if found else None

    def _plural(self, word: str) -> Meaning | None:
        for other in (word + "s", word.removesuffix("s"), word + "es"):
            if other != word and len(other) > 2 and other in self._entries:
                return _meaning(word, self._entries[other])
        return None

    def _near(self, word: str) -> Meaning | None:
        candidates = {
            entry
            for form in {word, *shortened(word)}
            for entry in self._shortened.get(form, ())
            if one_slip(word, entry)
        }
        if not candidates:
            return None
        found = [pair for entry in sorted(candidates) for pair in self._entries[entry]]
        return _meaning(word, found, guessed=min(candidates))


def _meaning(word: str, found: list[tuple[str, str]], guessed: str = "") -> Meaning:
    return Meaning(
        word,
        tuple(code for kind, code in found if kind == "category"),
        tuple(code for kind, code in found if kind == "colour"),
        tuple(code for kind, code in found if kind == "brand"),
        guessed,
    )
