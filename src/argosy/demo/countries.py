"""Countries as Open Food Facts contributors write them: in any of their languages, by code, or with a language prefix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

_LANGUAGES = ("en", "fr", "it", "de", "es", "da", "hu", "bg", "ro", "pt", "nl")
_OTHERS = {"scotland": "GB", "england": "GB", "uk": "GB", "stati uniti d'america": "US", "cote d ivoire": "CI"}


@cache
def _by_name() -> Mapping[str, str]:
    names = dict(_OTHERS)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ"):
                names.setdefault(name.lower(), code)
                names.setdefault(code.lower(), code)
    return names


def country(text: str) -> str:
    """ISO 3166-1 alpha-2 of the first country in a comma-separated list, or empty: `en:united-states` is US."""
    for part in text.split(","):
        name = part.strip().lower()
        if ":" in name:
            name = name.partition(":")[2]
        found = _by_name().get(name) or _by_name().get(name.replace("-", " "))
        if found:
            return found
    return ""
