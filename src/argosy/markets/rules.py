"""Decisions about a market: the good-looking price, the reader's language, the way it is written."""

from __future__ import annotations

import re

from argosy.markets.model import LANGUAGES, Market

# A browser sends a few hundred characters at most; what is longer is cut, not parsed.
_MAX_HEADER = 1000
_MAX_RANGES = 32
_RANGE = re.compile(r"^(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7})(?:;q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?$")

_BY_LOWER = {language.lower(): language for language in LANGUAGES}
# Subtags by which a Chinese without a script is known to be Traditional; any other is Simplified.
_TRADITIONAL = frozenset({"hant", "hk", "mo", "tw", "yue"})
# Codes that mean one of our languages (IANA registry: `in` was Indonesian until 1989).
_SAME_AS = {"in": "id", "cmn": "zh", "yue": "zh-yue"}


def charm(minor: int, market: Market) -> int:
    """The good-looking price nearest to a computed one, in minor units of the market's currency; half way goes up.

    The market's `rounding` lists which prices look good; the nearest one of a fixed list is monotone in the amount and
    leaves a price of the list as it is. Above the first step's limit a loaded market moves no price by more than a
    twentieth. A gift (0) stays a gift, anything above it stays above it; a negative amount is a ValueError.
    """
    if minor <= 0:
        if minor < 0:
            raise ValueError(f"a price of {minor}")
        return 0
    low, below = 0, 0
    for step in market.rounding:
        first = step.first_above(low)
        if minor < first:
            return below if below and minor - below < first - minor else first
        if step.up_to_minor is None or minor <= step.up_to_minor:
            below = step.last_up_to(minor)
            above = below + step.step_minor
            if step.up_to_minor is None or above <= step.up_to_minor:
                return below if minor - below < above - minor else above
        low = step.up_to_minor
        below = step.last_up_to(low)
    raise AssertionError("the last step of a rounding has no limit")


def interface_language(tag: str) -> str | None:
    """The language of the interface that a BCP 47 tag stands for, or None: `zh-HK` is `zh-Hant`, `pt-PT` is `pt`.

    Lookup of RFC 4647 section 3.4: the tag loses subtags from its end until one fits. A Chinese tag without a script is
    Traditional for Hong Kong, Macao, Taiwan and Cantonese, otherwise Simplified.
    """
    lower = tag.strip().lower().replace("_", "-")[:80]
    first, _, rest = lower.partition("-")
    lower = "-".join(filter(None, (_SAME_AS.get(first, first), rest)))
    subtags = lower.split("-")
    if subtags[0] == "zh":
        if "hans" in subtags[1:3]:
            return "zh-Hans"
        return "zh-Hant" if _TRADITIONAL.intersection(subtags[1:4]) else "zh-Hans"
    while subtags:
        if (language := _BY_LOWER.get("-".join(subtags))) is not None:
            return language
        subtags.pop()
    return None


def choose_language(market: Market, accept_language: str | None, asked: str | None = None) -> str:
    """The language to answer in: the one asked for, else the first accepted that we speak, else the market's default.

    `accept_language` is the header as it came (RFC 9110 section 12.5.4); what cannot be read in it is passed over,
    `q=0` is a refusal, `*` is the market's default. Any of our languages may be chosen in any market.
    """
    if asked and (language := interface_language(asked)) is not None:
        return language
    for tag in _accepted(accept_language or ""):
        if tag == "*":
            return market.language
        if (language := interface_language(tag)) is not None:
            return language
    return market.language


def _accepted(header: str) -> list[str]:
    weighed: list[tuple[int, int, str]] = []
    for place, part in enumerate(header[:_MAX_HEADER].lower().split(",")[:_MAX_RANGES]):
        found = _RANGE.match(re.sub(r"[ \t]", "", part))
        if found is None:
            continue
        thousandths = round(float(found[2] or 1) * 1000)
        if thousandths:
            weighed.append((-thousandths, place, found[1]))
    return [tag for _, _, tag in sorted(weighed)]


def direction(language: str) -> str:
    """`rtl` for Arabic, `ltr` for the others: the `dir` of a page."""
    return "rtl" if language.partition("-")[0] == "ar" else "ltr"


def page_tag(market: Market, language: str) -> str:
    """The `lang` of a page: `zh-Hant-HK`, `en-SG`; the locale that its amounts are written in."""
    return market.locale(language).replace("_", "-")


def hreflang(market: Market) -> tuple[tuple[str, str], ...]:
    """The search engines' tags of a market's own languages: (`zh-Hant-HK`, `zh-Hant`), ... in order."""
    return tuple(
        (f"{language}-{region}", language) for language in market.languages for region in market.hreflang_regions
    )
