"""Words of titles, reduced so that `Women's T-Shirts` and `women t-shirt` are the same. Pure."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_STAYS = frozenset({"this", "glass", "dress", "cosmetics", "jeans", "briefs", "lens", "gas", "plus", "bus", "canvas"})


def stems(text: str) -> tuple[str, ...]:
    """The words of an English text in lower case, without accents, possessive and plural endings."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode().lower()
    return tuple(_stem(word) for word in _WORD.findall(plain))


def has_han(text: str) -> bool:
    """Whether there are Chinese characters in a text."""
    return _HAN.search(text) is not None


def _stem(word: str) -> str:
    word = word.partition("'")[0]
    if len(word) < 4 or word in _STAYS or word.endswith("ss"):
        return word
    if word.endswith(("ies", "ie")):
        return word[: word.rindex("ie")] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("us") else word
