"""Words of a name or a question in one written form, whatever the language. Pure."""

from __future__ import annotations

import re
import unicodedata

# Letters whose marks carry no meaning for a search: Latin, Greek, Cyrillic. In Thai, Hindi and Arabic they are part of the word.
_PLAIN = re.compile("([\u0041-\u024f\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_ARABIC_FORMS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
_BETWEEN = re.compile(r"[^\w\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f\u0590-\u06ff]+|_+")
# Scripts written without spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def plain(text: str) -> str:
    """The text folded for comparison: width, case, accents and Arabic letter forms; words one space apart."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFC", _PLAIN.sub(r"\1", text))
    text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_FORMS)
    return _BETWEEN.sub(" ", text).strip()


def unspaced(word: str) -> bool:
    """Whether a word is in a script that puts no spaces between words (Chinese, Japanese, Thai)."""
    return bool(_UNSPACED.search(word))


def shortened(word: str) -> set[str]:
    """All forms of a word with one letter left out: two words one slip apart share one of them, or one is the other's."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def one_slip(a: str, b: str) -> bool:
    """Whether two words differ by at most one letter changed, missing, added, or two neighbours swapped."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (len(rest_a) > 1 and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )
