"""What a title and a category say of the heading."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Misconfigured
from argosy.catalogue.reference import load_reference
from argosy.demo.feed import rows
from argosy.landed.classification.load import load_goods_facts, load_headings, load_hints
from argosy.landed.classification.model import SURE, Hints, Suggestion
from argosy.landed.classification.rules import is_sure, may_prepay, suggest
from argosy.landed.classification.words import stems
from argosy.plumbing.config import Config

DATA = Config().data
TITLES = Path(__file__).with_name("classified_titles.txt")


@cache
def hints() -> Hints:
    """The tables that are shipped."""
    tree = load_reference(DATA).tree
    return load_hints(DATA / "landed", {code: category.names["en"] for code, category in tree.by_code.items()})


def titles() -> list[tuple[str, str, str]]:
    """The table of titles."""
    lines = [line for line in TITLES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split("|")) for line in lines]  # type: ignore[misc]


@pytest.mark.parametrize(("title", "category", "hs6"), titles())
def test_a_title_finds_its_heading(title: str, category: str, hs6: str) -> None:
    found = suggest(hints(), title, category, "en" if title.isascii() else "zh-Hans")
    assert found
    assert found[0].hs6 == hs6


def test_every_category_has_a_heading_of_hs_2022_with_its_reason() -> None:
    facts, headings = load_goods_facts(DATA / "landed"), load_headings(DATA)
    tree = load_reference(DATA).tree
    assert set(facts) == set(tree.by_code)
    for one in facts.values():
        assert one.hs6 in headings
        assert one.reason.endswith(".")
        assert one.source
        assert 0 < one.confidence <= 100
        assert (one.battery == "none") or one.battery_reason
    for code, category in tree.by_code.items():
        if category.hs6:
            assert facts[code].hs6 == category.hs6, "the catalogue and the customs table disagree"
    assert facts["power-banks"].battery == "alone"
    assert facts["unlocked-phones"].battery == "in_equipment"


def test_every_hint_names_a_heading_of_hs_2022() -> None:
    headings = load_headings(DATA)
    known = {facet for words in hints().facets.values() for _, facet in words}
    for group in hints().groups:
        for hint in group:
            assert len(hint.hs6) == 6
            assert hint.hs6 in headings
            assert hint.terms
            assert all(hint.terms)
            assert hint.needs <= known
            assert hint.assumes in known | {""}
        assert len({(hint.needs, hint.hs6) for hint in group}) == len(group)


def test_titles_of_the_catalogue_agree_with_their_categories() -> None:
    """Title alone against the usual heading of the category, on every English title that has one."""
    facts = load_goods_facts(DATA / "landed")
    first = {(row.merchant, row.group): row for row in rows(DATA) if row.name_language == "en"}
    asked = [row for row in first.values() if facts[row.category].confidence >= SURE]
    found = [(row, suggest(hints(), row.name, "")) for row in asked]
    spoken = [(row, told[0]) for row, told in found if told]
    assert len(asked) > 14_000
    assert len(spoken) / len(asked) > 0.95
    six = sum(told.hs6 == facts[row.category].hs6 for row, told in spoken) / len(spoken)
    four = sum(told.hs6[:4] == facts[row.category].hs6[:4] for row, told in spoken) / len(spoken)
    assert six > 0.9
    assert four > 0.94


def test_material_told_by_the_title_decides() -> None:
    plain = suggest(hints(), "Women's scarf", "scarves")[0]
    silk = suggest(hints(), "Women's silk scarf", "scarves")[0]
    assert (plain.hs6, is_sure(plain)) == ("621430", False)
    assert (silk.hs6, is_sure(silk)) == ("621410", True)


def test_two_voices_that_take_cotton_for_granted_are_one() -> None:
    prior = load_goods_facts(DATA / "landed")["mens-tshirts"].confidence
    assert suggest(hints(), "Men blue t-shirt", "mens-tshirts")[0].confidence == prior
    assert suggest(hints(), "Men blue cotton t-shirt", "mens-tshirts")[0].confidence > prior


def test_a_title_against_its_category_is_less_sure() -> None:
    alone = suggest(hints(), "Bluetooth headset", "")[0]
    against = suggest(hints(), "Bluetooth headset", "perfumes")
    assert {one.hs6 for one in against} == {"851830", "330300"}
    assert against[0].confidence < alone.confidence


@pytest.mark.parametrize(
    ("title", "category", "language", "expected"),
    [
        ("Camicia bianca", "", "it", None),
        ("Camicia bianca shirt", "", "it", None),
        ("Camicia bianca", "mens-shirts", "it", "620520"),
        ("", "mens-shirts", "en", "620520"),
        ("Xyzzy", "", "en", None),
        ("Xyzzy", "no-such-category", "en", None),
    ],
)
def test_what_is_not_understood_leaves_the_category(
    title: str, category: str, language: str, expected: str | None
) -> None:
    found = suggest(hints(), title, category, language)
    assert (found[0].hs6 if found else None) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Women's T-Shirts", "women t-shirt"),
        ("Cookies", "cookie"),
        ("Dresses", "dress"),
        ("Capris", "capri"),
        ("Café crème", "cafe creme"),
        ("Men’s watches", "men watch"),
        ("batteries", "battery"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stems(one) == stems(other)


WORDS = st.sampled_from(
    ["silk", "cotton", "men", "women", "shirt", "case for iphone", "真丝", "围巾", "男", "包", ",", " - "]
)


@given(
    st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=8).map(" ".join)),
    st.sampled_from(["", "sarees", "mens-shirts", "pantry-other"]),
    st.sampled_from(["", "en", "zh-Hans", "fr"]),
)
def test_suggestions_are_in_order_and_bounded(title: str, category: str, language: str) -> None:
    found = suggest(hints(), title, category, language)
    assert len(found) <= 3
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert len({one.hs6 for one in found}) == len(found)
    assert all(0 < one.confidence <= 97 and one.reason for one in found)
    if category:
        assert found


@pytest.mark.parametrize(
    ("hs6", "queued", "may"), [("610910", False, True), ("610910", True, False), ("", False, False), ("", True, False)]
)
def test_nothing_unsure_is_prepaid(hs6: str, queued: bool, may: bool) -> None:
    one = UUID(int=1)
    assert may_prepay(one, hs6, frozenset({one} if queued else ())) is may


@pytest.mark.parametrize(("confidence", "sure"), [(SURE - 1, False), (SURE, True)])
def test_sure_begins_at_the_threshold(confidence: int, sure: bool) -> None:
    assert is_sure(Suggestion("610910", confidence, "")) is sure
    assert not is_sure(None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(",92,", ",much,", 1),
        lambda text: text.replace(",alone,", ",inside,", 1),
        lambda text: text.replace(",none,,,", ",none,,long,", 1),
    ],
)
def test_a_bad_cell_is_told_with_its_line(tmp_path: Path, spoil: Callable[[str], str]) -> None:
    text = (DATA / "landed" / "categories_hs.csv").read_text(encoding="utf-8")
    table = tmp_path / "categories_hs.csv"
    table.write_text(spoil(text), encoding="utf-8")
    assert spoil(text) != text
    with pytest.raises(Misconfigured, match=r"categories_hs\.csv, line \d+"):
        load_goods_facts(table)
