"""The shop's words in the reader's language: gettext catalogues read straight from `.po`, and their extraction.

English is the message itself. A message without a translation is shown in English.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from markupsafe import Markup, escape

from argosy.markets import formats
from argosy.markets.model import LANGUAGES

HERE = Path(__file__).resolve().parent
LOCALE = HERE / "locale"
TEMPLATE = LOCALE / "messages.pot"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_METHODS = [("static/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "noted": None, "ngettext": (1, 2)}

# Of the header: dates would make every run a change, the others are forms nobody filled in.
_LEFT_OUT = (b'"POT-Cre', b'"PO-Rev', b'"Report-', b'"Last-Tr', b'"Language-Team', b'"Generated', b'"Project-Id')


def noted(text: str) -> str:
    """Marks a text for translation where it stands, and gives it back unchanged."""
    return text


class Texts(msgspec.Struct, frozen=True):
    """One language: translations by message, plurals by singular, and which form a number takes."""

    language: str
    single: dict[str, str]
    plural: dict[str, tuple[str, ...]]
    form: Callable[[int], int]

    def say(self, text: str, values: dict[str, Any]) -> str:
        """A text with its `%(name)s` filled in; with values it is HTML in which they are escaped."""
        told = self.single.get(text, text)
        return Markup(escape(told)) % values if values else told  # noqa: S704

    def say_many(self, one: str, many: str, count: int, values: dict[str, Any]) -> str:
        """A text in the form that a number takes in this language."""
        forms = self.plural.get(one)
        told = forms[min(self.form(count), len(forms) - 1)] if forms else (one if count == 1 else many)
        return Markup(escape(told)) % values  # noqa: S704


class Speech:
    """The texts of a language with the numbers of a locale: what templates call `_` and `ngettext`."""

    def __init__(self, texts: Texts, locale: str) -> None:
        self._texts = texts
        self._locale = locale

    def gettext(self, text: str, **values: Any) -> str:
        """A text in the reader's language."""
        return self._texts.say(text, values)

    def ngettext(self, one: str, many: str, count: int, **values: Any) -> str:
        """A text for a number; `%(n)s` is the number itself unless another `n` is given."""
        values.setdefault("n", formats.number(count, self._locale))
        return self._texts.say_many(one, many, count, values)


@lru_cache(maxsize=32)
def texts_in(language: str) -> Texts:
    """The texts of one of our languages, read when first asked for."""
    path = catalogue_path(language)
    if language == "en" or not path.exists():
        return Texts(language, {}, {}, lambda count: int(count != 1))
    catalogue = _read(path, language)
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, (tuple, list)):
            if message.string and all(message.string):
                plural[message.id[0]] = tuple(message.string)
        elif message.string:
            single[message.id] = str(message.string)
    return Texts(language, single, plural, gettext.c2py(catalogue.plural_expr))


def catalogue_path(language: str) -> Path:
    """Where the translations of a language are kept."""
    return LOCALE / language / "messages.po"


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def extract() -> list[str]:
    """Write `messages.pot` anew and bring every language's catalogue up to it; a line for each file."""
    template = Catalog(project="Argosy", charset="utf-8", fuzzy=False)
    template.header_comment = "# Texts of Argosy's storefront. Made by `argosy dev texts`; edit the .po files only."
    for filename, _line, message, comments, context in sorted(_messages(), key=lambda found: (found[0], found[1])):
        template.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    LOCALE.mkdir(exist_ok=True)
    told = [_write(TEMPLATE, template)]
    for language in LANGUAGES:
        if language != "en":
            told.append(_update(language, template))
    return told


def _messages() -> Iterator[tuple[str, int, Any, list[str], str | None]]:
    options: dict[str, Any] = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    yield from extract_from_dir(HERE, _METHODS, options, _KEYWORDS, comment_tags=("Translators:",))


def _update(language: str, template: Catalog) -> str:
    path = catalogue_path(language)
    path.parent.mkdir(exist_ok=True)
    locale = language.replace("-", "_")
    catalogue = _read(path, language) if path.exists() else Catalog(locale=locale, project="Argosy", charset="utf-8")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return _write(path, catalogue)


def _write(path: Path, catalogue: Catalog) -> str:
    file = io.BytesIO()
    write_po(file, catalogue, width=0, sort_output=False, omit_header=False, include_lineno=False, ignore_obsolete=True)
    lines = [line for line in file.getvalue().splitlines() if not line.startswith(_LEFT_OUT)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return f"{path.relative_to(HERE)}: {len(catalogue)} texts, {len(missing(catalogue))} to translate"


def missing(catalogue: Catalog) -> list[str]:
    """The messages of a catalogue that are not translated, or whose placeholders differ from the English ones."""
    faults = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if not all(strings) or message.fuzzy or not _agree(ids, strings):
            faults.append(str(ids[0]))
    return faults


def _agree(ids: Any, strings: Any) -> bool:
    """Each translation uses names that the English has, and all of those but the number, which a plural may spell out."""
    known = {name for text in ids for name in _PLACEHOLDER.findall(text)}
    needed = known - {"n"} if len(ids) > 1 else known
    return all(needed <= set(_PLACEHOLDER.findall(text)) <= known for text in strings)


def read_catalogue(language: str) -> Catalog | None:
    """The catalogue of a language as its file has it; None where there is no file."""
    path = catalogue_path(language)
    return _read(path, language) if path.exists() else None
