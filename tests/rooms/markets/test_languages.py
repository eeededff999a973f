"""Which language a reader is answered in, and what a page says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.markets.load import load_markets
from argosy.markets.model import LANGUAGES
from argosy.markets.rules import choose_language, direction, hreflang, interface_language, page_tag
from argosy.plumbing.config import ROOT

MARKETS = load_markets(ROOT / "data" / "markets")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB-oxendict", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-HK", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("ZH_hant", "zh-Hant"),
        ("zh-hant", "zh-Hant"),
        ("yue-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("cmn", "zh-Hans"),
        ("pt-PT", "pt"),
        ("pt-BR", "pt"),
        ("in", "id"),
        ("es-419", "es"),
        ("ar-EG", "ar"),
        ("fr-CA", "fr"),
        ("ms", None),
        ("fil-PH", None),
        ("", None),
        ("-", None),
        ("english", None),
        ("../../etc/passwd", None),
    ],
)
def test_tag_to_language(tag: str, language: str | None) -> None:
    assert interface_language(tag) == language


@pytest.mark.parametrize(
    ("market", "header", "asked", "language"),
    [
        ("hk", None, None, "zh-Hant"),
        ("hk", "", "", "zh-Hant"),
        ("hk", "zh-CN,zh;q=0.9,en;q=0.8", None, "zh-Hans"),
        ("hk", "en-GB,en;q=0.9", None, "en"),
        ("jp", "da, en-gb;q=0.8, en;q=0.7", None, "en"),
        ("fr", "de;q=0.5, it;q=0.9", None, "it"),
        ("fr", "de;q=0.5,it;q=0.5", None, "de"),
        ("fr", "de;q=0, it", None, "it"),
        ("fr", "de;q=0", None, "fr"),
        ("fr", "tlh, *;q=0.5", None, "fr"),
        ("fr", "*, de;q=0.1", None, "fr"),
        ("fr", "de ; q=0.9 , it ; q = 1", None, "it"),
        ("br", "pt-PT", None, "pt"),
        ("sg", "ms-MY, ta", None, "en"),
        ("ae", "en", "AR", "ar"),
        ("ae", "en", "zh_TW", "zh-Hant"),
        ("ae", "de", "klingon", "de"),
        # Unreadable parts are passed over, the rest still counts.
        ("fr", "de;q=2, it;q=-1, es;q=abc, ja;q=0.1234, ko;q=0.2", None, "ko"),
        ("fr", ";;;,,,=,q=1,;q=1", None, "fr"),
        ("fr", "d\u0435", None, "fr"),
        ("fr", "de;level=1", None, "fr"),
    ],
)
def test_choice_of_language(market: str, header: str | None, asked: str | None, language: str) -> None:
    assert choose_language(MARKETS[market], header, asked) == language


@pytest.mark.parametrize(
    "header",
    [
        "a" * 10_000,
        "de," * 4000,
        "de;q=0.1," * 2000,
        "-" * 10_000,
        "zh-" * 4000,
        ";q=" * 4000,
        " \t" * 5000 + "de",
        "\x00" * 10_000,
    ],
    ids=["one-word", "many", "weighed", "hyphens", "subtags", "weights", "blanks", "nul"],
)
def test_a_hostile_header_gets_an_answer(header: str) -> None:
    assert choose_language(MARKETS["fr"], header) in {"fr", "de", "zh-Hans"}
    assert choose_language(MARKETS["fr"], None, header) in {"fr", "de", "zh-Hans"}


@given(header=st.text(max_size=300), asked=st.text(max_size=40))
def test_any_header_gives_one_of_our_languages(header: str, asked: str) -> None:
    assert choose_language(MARKETS["th"], header, asked) in LANGUAGES


def test_every_language_is_open_in_every_market() -> None:
    for market in MARKETS.values():
        assert sorted(market.switch()) == sorted(LANGUAGES)
        assert market.switch()[0] == market.language
        for language in LANGUAGES:
            assert choose_language(market, None, language) == language
            assert interface_language(page_tag(market, language)) == language


def test_only_arabic_runs_from_the_right() -> None:
    assert [language for language in LANGUAGES if direction(language) == "rtl"] == ["ar"]
    assert direction("ar-AE") == "rtl"


def test_tags_of_pages() -> None:
    assert page_tag(MARKETS["hk"], "zh-Hant") == "zh-Hant-HK"
    assert page_tag(MARKETS["sg"], "en") == "en-SG"
    assert hreflang(MARKETS["hk"]) == (("zh-Hant-HK", "zh-Hant"), ("en-HK", "en"), ("zh-Hans-HK", "zh-Hans"))


def test_no_two_pages_claim_the_same_searchers() -> None:
    tags = [tag for market in MARKETS.values() for tag, _ in hreflang(market)]
    assert len(tags) == len(set(tags))
