"""Words of a name or a question in one written form, whatever the language. Pure."""

from __future__ import annotations

import re
import unicodedata

# Letters whose marks carry no meaning for a search: Latin, Greek, Cyrillic. In Thai, Hindi and Arabic they are part of the word.
_PLAIN = re.compile("([\u0041-\u024f\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")
_LATIN_FORMS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_ARABIC_FORMS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
# Hindi is typed with and without the dot below, and with either sign of a nasal.
_HINDI_FORMS = str.maketrans({"\u093c": "", "\u0901": "\u0902"})
_BETWEEN = re.compile(r"(?:[^\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0e00-\u0e7f\u0590-\u06ff]|_)+")
_BETWEEN_ASCII = re.compile("[^a-z0-9]+")
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
# Scripts written without spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_LATIN_ENDINGS = (
    ("ies", "y", 1), ("oes", "ao", 1), ("aes", "ao", 1), ("ais", "al", 1), ("s", "", 1), ("es", "", 1), ("x", "", 1),
    ("n", "", 1), ("en", "", 1), ("e", "", 1), ("er", "", 2), ("em", "", 2), ("a", "", 2), ("o", "", 2), ("i", "", 2),
    ("as", "", 2), ("os", "", 2),
)  # fmt: skip
_OTHER_ENDINGS = {
    "DEVANAGARI": (
        2, ("ियों", "ियां", "ियाँ", "ाओं", "ाएं", "ओं", "एं", "ों", "ें", "ां", "ो", "े", "ी", "ा", "ि"),
    ),
    "ARABIC": (3, ("ات", "ون", "ين", "ان", "يه", "ه", "ي", "ا")),
    "HANGUL": (2, ("으로", "을", "를", "이", "가", "은", "는", "의", "용", "로", "와", "과", "도", "에", "색", "들")),
}  # fmt: skip
_ARABIC_BEGINNINGS = ("وال", "بال", "كال", "فال", "لل", "ال", "و")


def plain(text: str) -> str:
    """The text folded for comparison: width, case, accents and Arabic letter forms; words one space apart."""
    if text.isascii():
        return _BETWEEN_ASCII.sub(" ", text.lower()).strip()
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFC", _PLAIN.sub(r"\1", text)).translate(_LATIN_FORMS)
    return _finished(text)


def accented(text: str) -> str:
    """The text folded like `plain`, but with its accents: `thé` is not the English `the`."""
    return _finished(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()))


def _finished(text: str) -> str:
    text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_FORMS).translate(_HINDI_FORMS)
    return _BETWEEN.sub(" ", text).strip()


def without_possessive(text: str) -> str:
    """The text with `women's` as one word, `womens`."""
    return _POSSESSIVE.sub("s", text)


def unspaced(word: str) -> bool:
    """Whether a word is in a script that puts no spaces between words (Chinese, Japanese, Thai)."""
    return bool(_UNSPACED.search(word))


def script(word: str) -> str:
    """The script of a folded word by its first letter, `LATIN`, `HAN`, `KANA`, `THAI`, `HANGUL`, ...; empty for others."""
    first = word[:1]
    if "a" <= first <= "z" or "0" <= first <= "9":
        return "LATIN"
    for name, (least, most) in _RANGES.items():
        if least <= first <= most:
            return name
    return "LATIN" if first and unicodedata.name(first, "").startswith("LATIN") else ""


_RANGES = {
    "HAN": ("\u3400", "\u9fff"), "KANA": ("\u3040", "\u30ff"), "THAI": ("\u0e00", "\u0e7f"),
    "HANGUL": ("\uac00", "\ud7a3"), "ARABIC": ("\u0600", "\u06ff"), "DEVANAGARI": ("\u0900", "\u097f"),
}  # fmt: skip


def forms(word: str) -> dict[str, int]:
    """Stems that a folded word may have, with how far each is from it (0: the word itself).

    Two words are forms of one where they share a stem: `dress` and `dresses`, `rojo` and `rojas`, `घड़ी` and `घड़ियाँ`.
    """
    found = {word: 0}
    kind = script(word)
    if kind == "LATIN":
        for ending, instead, far in _LATIN_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
                found.setdefault(word[: -len(ending)] + instead, far)
        return found
    shortest, endings = _OTHER_ENDINGS.get(kind, (0, ()))
    if kind == "ARABIC":
        for beginning in _ARABIC_BEGINNINGS:
            if word.startswith(beginning) and len(word) - len(beginning) >= 3:
                found.setdefault(word[len(beginning) :], 1)
    for stem, far in list(found.items()):
        for ending in endings:
            if stem.endswith(ending) and len(stem) - len(ending) >= shortest:
                found.setdefault(stem[: -len(ending)], far + 1)
    return found


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
