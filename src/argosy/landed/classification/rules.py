"""Suggest a tariff heading from a title and a category; decide what may be sold with prepaid duty. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from uuid import UUID

import msgspec

from argosy.landed.classification.model import SURE, Goods, GoodsFacts, Hint, Hints, Suggestion
from argosy.landed.classification.words import has_han, stems

MOST_SURE = 97
"""No suggestion is surer than this: a title is not the goods."""
MOST_CHARACTERS = 300
"""Of a title that are looked at."""
# What follows one of these in an English title tells more of the goods, not what they are.
_AFTER_HEAD = re.compile(r"\s(?:for|with|from|by|in)\s|\s[-–|]\s|[(,]", re.IGNORECASE)
_TOLD_MATERIAL = 18
"""How much surer a heading becomes that takes a material for granted when the title tells that material."""


class _Found(msgspec.Struct, frozen=True):
    """Goods named in a title: the hint that fits and how sure it is there."""

    hint: Hint
    confidence: int
    settled: bool
    """Whether nothing had to be taken for granted."""
    told: bool
    """Whether the title tells the material that the heading depends on."""


def suggest(hints: Hints, title: str, category: str, language: str = "en") -> tuple[Suggestion, ...]:
    """Headings that goods may have, the likeliest first; at most three, none where nothing is known.

    Titles in English and Chinese are read, also mixed; of one in another language only the category counts. `category`
    may be empty. The confidence is a judgement from the tables, lowered where title and category disagree.
    """
    title = title[:MOST_CHARACTERS]
    prior = hints.categories.get(category)
    named = _named(hints, title, hints.names.get(category, ""), language)
    found: dict[str, Suggestion] = {}
    for one in _ranked(named, prior):
        found.setdefault(one.hs6, one)
    return tuple(sorted(found.values(), key=lambda one: -one.confidence))[:3]


def is_sure(suggestion: Suggestion | None) -> bool:
    """Whether a heading may be used for a prepaid duty although no operator looked at it."""
    return suggestion is not None and suggestion.confidence >= SURE


def heading_for(hints: Hints, title: str, category: str, language: str = "en") -> str:
    """The heading to give goods that came without one; empty where the tables are not sure."""
    found = suggest(hints, title, category, language)
    return found[0].hs6 if found and is_sure(found[0]) else ""


def doubt(hints: Hints, goods: Goods) -> Suggestion | None:
    """What to ask an operator about goods: the best suggestion (no heading and 0 where there is none); None: nothing.

    A heading other than the category's usual one was declared by the seller or found in the title, and is not asked about.
    """
    prior = hints.categories.get(goods.category)
    if goods.hs6 and (prior is None or goods.hs6 != prior.hs6):
        return None
    found = suggest(hints, goods.title, goods.category, goods.language)
    if not found:
        return Suggestion("", 0, "Neither title nor category tells what it is.")
    if is_sure(found[0]) and goods.hs6 in ("", found[0].hs6):
        return None
    if any(is_sure(one) and one.hs6 == goods.hs6 for one in found):
        return None
    return found[0]


def may_prepay(variant_id: UUID, hs6: str, unsure: Collection[UUID]) -> bool:
    """Whether a variant may be sold with duty and taxes prepaid, as far as its heading goes: it has one, and it is sure."""
    return bool(hs6) and variant_id not in unsure


def _ranked(named: _Found | None, prior: GoodsFacts | None) -> Iterator[Suggestion]:
    if named is None:
        if prior is not None:
            yield Suggestion(prior.hs6, prior.confidence, prior.reason)
        return
    hint = named.hint
    if prior is None:
        yield Suggestion(hint.hs6, named.confidence, hint.reason)
    elif hint.hs6 == prior.hs6:
        # Two voices that take the same material for granted are one voice.
        either = max(named.confidence, prior.confidence)
        both = 100 - (100 - named.confidence) * (100 - prior.confidence) // 100
        yield Suggestion(hint.hs6, min(both if named.settled else either, MOST_SURE), hint.reason)
    else:
        yield from _disagreeing(named, prior)


def _disagreeing(named: _Found, prior: GoodsFacts) -> Iterator[Suggestion]:
    """The title's heading and the category's: what the title tells of the material settles it, else each weakens the other."""
    hint = named.hint
    if named.told and hint.hs6[:2] == prior.hs6[:2]:
        yield Suggestion(hint.hs6, named.confidence, hint.reason)
        yield Suggestion(prior.hs6, prior.confidence // 3, prior.reason)
        return
    yield Suggestion(hint.hs6, max(named.confidence - prior.confidence // 4, 5), hint.reason)
    yield Suggestion(prior.hs6, max(prior.confidence - named.confidence // 4, 5), prior.reason)


def _named(hints: Hints, title: str, category_name: str, language: str) -> _Found | None:
    chinese = has_han(title)
    if not chinese and language.partition("-")[0] not in ("", "en", "zh"):
        return None
    group = (_last_chinese(hints, title) if chinese else None) or _head_noun(hints, title)
    if group is None:
        return None
    facets = _facets(hints, title) | (_facets(hints, category_name) - hints.materials)
    if {"men", "women"} <= facets:
        facets -= {"men", "women"}
    fitting = [hint for hint in group if hint.needs <= facets]
    if not fitting:
        return None
    hint = max(fitting, key=lambda one: (len(one.needs), one.confidence))
    return _weighed(hint, facets & hints.materials)


def _weighed(hint: Hint, told: frozenset[str]) -> _Found:
    """How sure a hint is, given the materials that the title tells."""
    if hint.needs & told:
        return _Found(hint, hint.confidence, settled=True, told=True)
    if not hint.assumes:
        return _Found(hint, hint.confidence, settled=True, told=False)
    if hint.assumes in told:
        return _Found(hint, min(hint.confidence + _TOLD_MATERIAL, MOST_SURE), settled=True, told=True)
    if told:
        return _Found(hint, hint.confidence // 2, settled=False, told=False)
    return _Found(hint, hint.confidence, settled=False, told=False)


def _head_noun(hints: Hints, title: str) -> tuple[Hint, ...] | None:
    """The goods that an English title names: the last term before `for`, `with` or a comma, else the last of all."""
    head = _AFTER_HEAD.split(title, maxsplit=1)[0]
    for text in (head, title):
        words = stems(text)
        matches = [
            (at + len(term), len(term), place)
            for at, word in enumerate(words)
            for term, place in hints.english.get(word, ())
            if words[at : at + len(term)] == term
        ]
        if matches:
            return hints.groups[max(matches)[2]]
    return None


def _last_chinese(hints: Hints, title: str) -> tuple[Hint, ...] | None:
    """The goods that a Chinese title names: the term that ends last, of those the longest."""
    matches = [
        (at + len(word), len(word), place)
        for at, character in enumerate(title)
        for word, place in hints.chinese.get(character, ())
        if title.startswith(word, at) and (len(word) > 1 or not has_han(title[at + 1 : at + 2]))
    ]
    return hints.groups[max(matches)[2]] if matches else None


def _facets(hints: Hints, text: str) -> frozenset[str]:
    """Who it is for, of what and how made, as far as a text tells; the longest words first, each part read once."""
    found = set()
    words, at = stems(text), 0
    while at < len(words):
        terms = [term for term in hints.facets.get(words[at], ()) if words[at : at + len(term[0])] == term[0]]
        longest = max(terms, key=lambda term: len(term[0]), default=None)
        if longest is not None:
            found.add(longest[1])
        at += len(longest[0]) if longest is not None else 1
    if has_han(text):
        for word, facet in hints.chinese_facets:
            if word in text:
                found.add(facet)
                text = text.replace(word, " ")
    return frozenset(found)
