"""Find a font for a text: the PDF's own for Western Europe, else one of this machine that has every letter of it."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from fontTools.ttLib import TTCollection, TTFont, TTLibError  # type: ignore[import-untyped]

SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
# Files in the order to try, of the families that most systems have; a folder of the operator's own is taken as it is.
_NAMES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.ttf",
    "NotoSansJP-Regular.ttf",
    "NotoSansKR-Regular.ttf",
    "DroidSansFallbackFull.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
)
# Noto's collection holds one font a country's way of writing; the first is Japan's.
_FACES = {"JP": "JP", "KR": "KR", "CN": "SC", "SG": "SC", "MY": "SC", "TW": "TC", "HK": "HK", "MO": "HK"}
# Scripts whose letters join or move: without a shaping engine they would be printed wrong.
_JOINED = ("ARABIC", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "KHMER", "MYANMAR", "HEBREW", "THAI", "LAO", "SINHALA")


class Face(msgspec.Struct, frozen=True):
    """A font in a file."""

    path: Path
    number: int = 0
    """Its place in a collection."""


def can_shape() -> bool:
    """Whether the engine is installed that joins letters."""
    return importlib.util.find_spec("uharfbuzz") is not None


def is_western(text: str) -> bool:
    """Whether the fonts that every PDF reader has can print a text."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def is_latin(text: str) -> bool:
    """Whether all letters of a text are Latin ones, with whatever accents."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha())


def without_accents(text: str) -> str:
    """Latin letters reduced to those that every reader can print: the usual spelling abroad, `Đà Nẵng` as `Da Nang`; signs go."""
    replaced = text.translate(
        {ord("đ"): "d", ord("Đ"): "D", ord("ł"): "l", ord("Ł"): "L", ord("ı"): "i", ord("œ"): "oe"}
    )
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", replaced) if not unicodedata.combining(letter))
    return plain.encode("latin-1", "ignore").decode("latin-1")


def needs_shaping(text: str) -> bool:
    """Whether letters of a text join or move."""
    return any(unicodedata.name(letter, "").startswith(_JOINED) for letter in text)


def faces_for(text: str, country: str, folders: Sequence[Path]) -> tuple[Face, ...]:
    """The font that has every letter of a text, or one for its script and one for the rest of it.

    Empty where there is none, or where letters that join could not be joined rightly.
    """
    if needs_shaping(text) and not can_shape():
        return ()
    letters = {ord(letter) for letter in text if not letter.isspace()}
    one = _first(letters, country, folders)
    if one is not None:
        return (one,)
    western = {letter for letter in letters if letter < 256}
    script, rest = _first(letters - western, country, folders), _first(western, country, folders)
    return (script, rest) if script is not None and rest is not None else ()


def _first(letters: set[int], country: str, folders: Sequence[Path]) -> Face | None:
    for path in _files(tuple(folders)):
        number = _number(path, _FACES.get(country, "SC"))
        if letters <= _letters(path, number):
            return Face(path, number)
    return None


@lru_cache(maxsize=8)
def _files(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(_found(folders))


def _found(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted(folder.glob("*")) if path.suffix.lower() in (".ttf", ".otf", ".ttc"))
    there: dict[str, Path] = {}
    for folder in SYSTEM:
        if folder.is_dir():
            for path in folder.rglob("*.[to]t[fc]"):
                there.setdefault(path.name, path)
    yield from (there[name] for name in _NAMES if name in there)


@lru_cache(maxsize=64)
def _number(path: Path, way: str) -> int:
    if path.suffix.lower() != ".ttc":
        return 0
    with TTCollection(str(path), lazy=True) as collection:
        for number, font in enumerate(collection.fonts):
            if str(font["name"].getDebugName(1)).endswith(f" {way}"):
                return number
    return 0


@lru_cache(maxsize=64)
def _letters(path: Path, number: int) -> frozenset[int]:
    try:
        with TTFont(str(path), fontNumber=number, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):
        return frozenset()
