"""What the words of a question mean: categories, colours and brands in every language, one slip of the finger allowed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from argosy.catalogue.model import BrandName, Category, Colour, SearchWords
from argosy.catalogue.naming import Audiences, key, phrases
from argosy.catalogue.segments import compound, cut
from argosy.catalogue.words import accented, forms, one_slip, plain, script, shortened, unspaced, without_possessive

MAX_GROUPS = 6
"""Groups of words that a question is read into; the rest of a longer one is ignored."""
_LONGEST = 5
_MOST_WORDS = 20
_SLIP_FROM = {"HAN": 3, "KANA": 3, "HANGUL": 3}
_SLIP = 10
"""Further from a word than any of its forms."""

_Thing = tuple[str, str]


class Meaning(msgspec.Struct, frozen=True):
    """What one group of words may stand for; any of these fits."""

    word: str
    categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    guessed: str = ""
    """The word of the vocabulary that was meant, where the one typed has a slip."""
    texts: tuple[str, ...] = ()
    """Words of names that mean the same: `leather` for `cuir`."""
    optional: bool = False
    """What has it comes first, but what has it not is found too."""

    @property
    def known(self) -> bool:
        """Whether the vocabulary has it."""
        return bool(self.categories or self.colours or self.brands or self.texts)


class _Node:
    """A word in the tree of all phrases: what the phrase up to here means, and the words that may follow."""

    __slots__ = ("means", "then")

    def __init__(self) -> None:
        self.means: list[_Thing] = []
        self.then: dict[str, _Node] = {}


class _Match(msgspec.Struct, frozen=True):
    """A phrase of the vocabulary that some words of a question stand for."""

    length: int
    far: int
    phrase: str
    means: tuple[_Thing, ...]


class _Word(msgspec.Struct):
    """A word of a question with the words of the vocabulary that it may be, and how far each is."""

    plain: str
    accented: str
    may_be: list[tuple[str, int]]
    slips: list[tuple[str, int]] | None = None
    """None: not looked for yet."""


class Vocabulary:
    """Names of categories, colours and brands, and further words for them, by their folded form."""

    def __init__(
        self,
        categories: Iterable[Category],
        colours: Iterable[Colour],
        brands: Iterable[BrandName],
        words: Iterable[SearchWords] = (),
    ) -> None:
        self._root = _Node()
        self._words: set[str] = set()
        self._stems: dict[str, list[str]] = {}
        self._shortened: dict[str, list[str]] = {}
        self._audience_categories: dict[str, list[str]] = {}
        words, colours = list(words), list(colours)
        self._marked: dict[str, list[_Thing]] = {}
        self._particles = {accented(word) for row in words if row.kind == "particle" for word in row.words}
        audiences = Audiences((word, row.code) for row in words if row.kind == "audience" for word in row.words)
        self._colour_stems = {stem for colour in colours for name in colour.names.values() for stem in forms(key(name))}
        for row in words:
            if row.kind != "particle":
                for word in (*row.words, *(row.code.split("|") if row.kind in ("text", "audience") else ())):
                    self._add_name(word, (row.kind, row.code))
        categories = list(categories)
        whole = {(language, key(name)) for one in categories for language, name in one.names.items()}
        for category in categories:
            self._add_category(category, audiences, whole)
        for colour in colours:
            for name in colour.names.values():
                self._add_name(name, ("colour", colour.code))
        for brand in brands:
            self._add_name(brand.name, ("brand", brand.brand_slug))

    def _add_category(self, category: Category, audiences: Audiences, whole: set[tuple[str, str]]) -> None:
        for language, name in category.names.items():
            self._add_name(name, ("category", category.code))
            for phrase, whom in phrases(name, audiences, self._particles):
                # A part that is another category's whole name means that one. The second part of "Thés noirs et verts"
                # is no thing that anybody asks for.
                if (language, phrase) not in whole and not self._colour_stems.intersection(forms(phrase)):
                    self._add(phrase, ("category", category.code))
                if language == "en":
                    for code in whom:
                        self._audience_categories.setdefault(code, []).append(category.code)

    def _add_name(self, name: str, thing: _Thing) -> None:
        folded = key(name)
        self._add(folded, thing)
        marked = folded if name.isascii() else accented(without_possessive(name))
        if marked != folded:
            things = self._marked.setdefault(marked, [])
            if thing not in things:
                things.append(thing)

    def _add(self, phrase: str, thing: _Thing) -> None:
        tokens = phrase.split()
        if not tokens or len(tokens) > _LONGEST:
            return
        node = self._root
        for token in tokens:
            if token not in self._words:
                self._note(token)
            node = node.then.setdefault(token, _Node())
        if thing not in node.means:
            node.means.append(thing)
        if len(tokens) in (2, 3) and len(phrase) >= 6 and script(phrase) == "LATIN":
            self._add("".join(tokens), thing)
        bare = " ".join(token for token in tokens if token not in self._particles)
        if bare != phrase and " " in bare:
            self._add(bare, thing)

    def _note(self, token: str) -> None:
        """Make a word findable by its stems and with a slip."""
        self._words.add(token)
        for stem in forms(token):
            self._stems.setdefault(stem, []).append(token)
        if len(token) >= _SLIP_FROM.get(script(token), 4):
            for form in {token, *shortened(token)}:
                self._shortened.setdefault(form, []).append(token)

    def read(self, question: str) -> tuple[Meaning, ...]:
        """The question as groups of words with what each may stand for, at most `MAX_GROUPS`."""
        words = self._question(question)
        groups: list[Meaning] = []
        skipped: list[str] = []
        start = 0
        while start < len(words) and len(groups) < MAX_GROUPS:
            taken, meanings = self._next(words, start)
            if not meanings:
                skipped.append(words[start].plain)
            groups.extend(meanings)
            start += taken
        if not groups:
            groups = [Meaning(word) for word in skipped]
        if any(group.known for group in groups):
            # A lone letter or digit beside words that are understood is no reason to find nothing.
            groups = [g if g.known or len(g.word) > 1 else Meaning(g.word, optional=True) for g in groups]
        return tuple(groups[:MAX_GROUPS])

    def _question(self, question: str) -> list[_Word]:
        text = without_possessive(question[:200])
        folded, marked = plain(text).split(), accented(text).split()
        if len(folded) != len(marked):
            marked = folded
        found = []
        for one, other in list(zip(folded, marked, strict=True))[:_MOST_WORDS]:
            found.append(_Word(one, other, self._may_be(one, other)))
        return found

    def _may_be(self, word: str, marked: str) -> list[tuple[str, int]]:
        found = {one: 0 for one in (word, marked) if one in self._words}
        for stem, far in forms(word).items():
            for other in self._stems.get(stem, ())[:8]:
                whole = far + forms(other).get(stem, 0)
                found[other] = min(found.get(other, whole), whole)
        return sorted(found.items(), key=lambda pair: pair[1])[:8]

    def _slips_of(self, word: str) -> list[tuple[str, int]]:
        # What is like a number is another number.
        if len(word) < _SLIP_FROM.get(script(word), 4) or any(letter.isdecimal() for letter in word):
            return []
        candidates = {
            other
            for form in {word, *shortened(word)}
            for other in self._shortened.get(form, ())
            if one_slip(word, other)
        }
        return [(other, _SLIP) for other in sorted(candidates)][:8]

    def _next(self, words: list[_Word], start: int) -> tuple[int, list[Meaning]]:
        """How many words the next group takes and what it is: none for a particle, several for a word that is a compound."""
        word = words[start]
        match = self._phrase(words, start)
        particle = word.accented in self._particles
        if particle and (match is None or match.length == 1) and len(words) > 1:
            return 1, []
        if match is None and not word.may_be and (pieces := self._pieces(word.plain, slips=False)):
            return 1, pieces
        slipped = self._slipped(words, start, match.length if match else 0)
        if slipped:
            return slipped.length, [self._meaning(self._typed(words, start, slipped), slipped, guessed=True)]
        if match:
            return match.length, [
                self._meaning(self._typed(words, start, match), self._with_accents(words, start, match))
            ]
        return 1, [] if particle else self._pieces(word.plain, slips=True) or [Meaning(word.plain)]

    def _phrase(self, words: Sequence[_Word], start: int) -> _Match | None:
        """The longest phrase that stands here, forms of its words allowed."""
        best = self._walk(words, start, slips=False)
        if start + 1 < len(words) and (best is None or best.length == 1):
            joined = words[start].plain + words[start + 1].plain
            node = self._root.then.get(joined)
            if node and node.means and len(joined) >= 6:
                return _Match(2, 0, joined, tuple(node.means))
        return best

    def _slipped(self, words: list[_Word], start: int, longer_than: int) -> _Match | None:
        """The longest phrase that stands here, if a word with a slip in it makes it longer than without."""
        some = False
        for word in words[start : start + _LONGEST]:
            if word.slips is None:
                word.slips = [] if word.may_be else self._slips_of(word.plain)
            some = some or bool(word.slips)
        if not some:
            return None
        match = self._walk(words, start, slips=True)
        return match if match and match.far >= _SLIP and match.length > longer_than else None

    def _walk(self, words: Sequence[_Word], start: int, *, slips: bool) -> _Match | None:
        found: list[_Match] = []
        paths: list[tuple[_Node, int, str]] = [(self._root, 0, "")]
        for length, word in enumerate(words[start : start + _LONGEST], start=1):
            longer = []
            for node, far, phrase in paths:
                for other, more in [*word.may_be, *(word.slips or ())] if slips else word.may_be:
                    then = node.then.get(other)
                    if then is not None:
                        longer.append((then, far + more, f"{phrase} {other}".strip()))
            if word.accented in self._particles:
                longer.extend(path for path in paths if path[0] is not self._root)
            paths = longer[:32]
            found.extend(_Match(length, far, phrase, tuple(node.means)) for node, far, phrase in paths if node.means)
        return _best(found)

    def _pieces(self, word: str, *, slips: bool) -> list[Meaning]:
        """A word as several that are written together; none where that explains less than it leaves."""
        kind = script(word)
        if kind == "LATIN" and not unspaced(word):
            return self._compound(word, slips)
        if kind not in ("HAN", "KANA", "THAI", "HANGUL") and not unspaced(word):
            return []
        pieces = cut(word, self._is_piece, (lambda piece: bool(self._nearest(piece))) if slips else None)
        if not any(known for _, known in pieces) or (not slips and not all(known for _, known in pieces)):
            return []
        return [meaning for piece, known in pieces for meaning in self._piece(piece, known)]

    def _is_piece(self, piece: str) -> bool:
        node = self._root.then.get(piece)
        return bool(node and node.means) or piece in self._particles

    def _nearest(self, piece: str) -> _Match | None:
        found = []
        for other, far in self._slips_of(piece):
            node = self._root.then.get(other)
            if node and node.means:
                found.append(_Match(1, far, other, tuple(node.means)))
        return _best(found)

    def _piece(self, piece: str, known: bool) -> list[Meaning]:
        if not known:
            return [Meaning(piece, optional=len(piece) == 1)]
        node = self._root.then.get(piece)
        if node and node.means:
            return [self._meaning(piece, _Match(1, 0, piece, tuple(node.means)))]
        if piece in self._particles:
            return []
        near = self._nearest(piece)
        return [self._meaning(piece, near, guessed=True)] if near else [Meaning(piece)]

    def _compound(self, word: str, unsure: bool) -> list[Meaning]:
        if len(word) < 7 or not word.isalpha():
            return []
        two = compound(word, lambda part: self._part(part) is not None)
        if two is None:
            return []
        head, tail = self._part(two[0]), self._part(two[1])
        if tail is None or (head is None and not unsure):
            return []
        first = self._meaning(two[0], head) if head else Meaning(two[0], optional=True)
        return [first, self._meaning(two[1], tail)]

    def _meaning(self, word: str, match: _Match, *, guessed: bool = False) -> Meaning:
        texts = [text for kind, code in match.means if kind in ("text", "audience") for text in code.split("|")]
        whose = [
            one for kind, code in match.means if kind == "audience" for one in self._audience_categories.get(code, ())
        ]
        return Meaning(
            word,
            tuple(dict.fromkeys((*_codes(match, "category"), *whose))),
            _codes(match, "colour"),
            _codes(match, "brand"),
            match.phrase if guessed else "",
            tuple(dict.fromkeys(texts)),
        )

    def _typed(self, words: Sequence[_Word], start: int, match: _Match) -> str:
        """The words of a match as they were typed, without particles behind them."""
        taken = list(words[start : start + match.length])
        while len(taken) > 1 and taken[-1].accented in self._particles and taken[-1].plain not in match.phrase.split():
            taken.pop()
        return " ".join(word.plain for word in taken)

    def _with_accents(self, words: Sequence[_Word], start: int, match: _Match) -> _Match:
        """What the words mean with just these accents, where the vocabulary has them so: `pâtes` are not `pâtés`."""
        means = self._marked.get(" ".join(word.accented for word in words[start : start + match.length]))
        return msgspec.structs.replace(match, means=tuple(means)) if means else match

    def _part(self, word: str) -> _Match | None:
        """What a part of a compound is; a plural at most away from it."""
        if len(word) < 3:
            return None
        match = self._walk([_Word(word, word, self._may_be(word, word))], 0, slips=False)
        return match if match and match.far <= 1 else None


def _best(found: Sequence[_Match]) -> _Match | None:
    """The longest, of those the nearest; what is as near as a plural is taken together."""
    if not found:
        return None
    length = max(match.length for match in found)
    longest = sorted((match for match in found if match.length == length), key=lambda match: (match.far, match.phrase))
    nearest = longest[0].far
    means = tuple(
        dict.fromkeys(
            thing
            for match in longest
            for thing in match.means
            if match.far == nearest or (match.far <= 1 and thing[0] != "brand")
        )
    )
    return _Match(length, nearest, longest[0].phrase, means)


def _codes(match: _Match, kind: str) -> tuple[str, ...]:
    return tuple(code for other, code in match.means if other == kind)
