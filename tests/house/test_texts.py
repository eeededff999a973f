"""Every text of the shop is there in every language, with the same placeholders."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from argosy.markets.model import LANGUAGES
from argosy.storefront.texts import TEMPLATE, Speech, Texts, missing, read_catalogue, texts_in

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def ids(catalogue: object) -> set[object]:
    return {message.id for message in catalogue if message.id}  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    catalogue = read_catalogue(language)
    assert catalogue is not None, f"no catalogue of {language}: run `argosy dev texts`"
    assert missing(catalogue) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_catalogue_has_the_texts_that_the_template_has(language: str) -> None:
    with TEMPLATE.open("rb") as file:
        wanted = read_po(file)
    catalogue = read_catalogue(language)
    assert catalogue is not None
    assert ids(catalogue) == ids(wanted)


@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_forms_are_chosen_by_the_language(language: str) -> None:
    texts = texts_in(language)
    forms = {texts.form(count) for count in range(200)}
    expected = {"ar": 6, "ja": 1, "ko": 1, "zh-Hans": 1, "zh-Hant": 1, "th": 1, "vi": 1}.get(language)
    assert min(forms) == 0
    assert expected is None or len(forms) == expected


def test_a_text_without_translation_is_english() -> None:
    assert Speech(texts_in("fr"), "fr_FR").gettext("No such text anywhere") == "No such text anywhere"


def test_what_is_filled_in_is_escaped() -> None:
    told = Speech(Texts("en", {}, {}, lambda n: int(n != 1)), "en").gettext("Hello %(name)s & all", name="<b>")
    assert told == "Hello &lt;b&gt; &amp; all"


def test_numbers_are_written_as_the_locale_writes_them() -> None:
    speech = Speech(Texts("en", {}, {}, lambda n: int(n != 1)), "de_DE")
    assert speech.ngettext("%(n)s good", "%(n)s goods", 18207) == "18.207 goods"
    assert speech.ngettext("%(n)s good", "%(n)s goods", 1) == "1 good"
