"""Stories of brands say what the catalogue shows, and count it right."""

from __future__ import annotations

from pathlib import Path

from argosy.catalogue.model import ImportRow
from argosy.catalogue.rules import slug
from argosy.demo.stories import BrandFacts, brand_facts, brand_stories, story_en


def row(sku: str, group: str, category: str, colour: str, brand: str = "Baggit") -> ImportRow:
    return ImportRow(
        merchant="silk-road-fashion",
        sku=sku,
        group=group,
        name="Bag",
        brand=brand,
        category=category,
        colour=colour,
        price_minor=100,
        currency="CNY",
    )


def test_products_are_counted_once_and_colours_once() -> None:
    rows = [
        row("1", "1", "handbags", "red"),
        row("2", "1", "handbags", "blue"),
        row("3", "3", "wallets", "red"),
        row("4", "4", "handbags", ""),
        row("5", "5", "handbags", "red", brand=""),
    ]
    expected = BrandFacts(
        slug="baggit", name="Baggit", products=3, categories=(("handbags", 2), ("wallets", 1)), colours=2
    )
    assert brand_facts(rows) == [expected]


def test_a_story_is_one_sentence_of_counts() -> None:
    brand = BrandFacts(slug="x", name="X", products=94, categories=(("a", 60), ("b", 34)), colours=11)
    names = {"a": "Handbags", "b": "iPhone cases", "c": "Belts", "d": "Ties", "e": "Caps"}
    assert story_en(brand, names) == "94 products of X in this shop, in 11 colours: handbags; and iPhone cases."
    many = BrandFacts(slug="x", name="X", products=5, categories=tuple((code, 1) for code in "abcde"), colours=1)
    expected = "5 products of X in this shop: handbags; iPhone cases; belts; and 2 more kinds of goods."
    assert story_en(many, names) == expected


def test_the_sixty_largest_brands_have_stories_that_the_rows_bear_out(rows: list[ImportRow], data: Path) -> None:
    stories = brand_stories(rows, data)
    assert len(stories) == 60
    nike = {(row.merchant, row.group) for row in rows if slug(row.brand) == "nike"}
    assert stories["nike"]["en"].startswith(f"{len(nike)} products of Nike in this shop, in ")
