"""Feeds: what Google's formats say in their own way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.catalogue.model import ImportRow, RefusedRow
from rooms.catalogue.samples import (
    FORMATS,
    GOOGLE_ROW,
    only,
    read,
    rss,
)


@pytest.mark.parametrize("format", ["google-xml", "google-tsv"])
@pytest.mark.parametrize(
    ("availability", "quantity", "stock"),
    [
        ("in_stock", "7", 7),
        ("in stock", "7", 7),
        ("", "7", 7),
        ("in_stock", "", 0),
        ("out_of_stock", "7", 0),
        ("Out of Stock", "", 0),
        ("preorder", "7", 0),
        ("backorder", "7", 0),
    ],
)
def test_google_stock(tmp_path: Path, format: str, availability: str, quantity: str, stock: int) -> None:
    notes: list[str] = []
    sent = [GOOGLE_ROW | {"availability": availability, "quantity": quantity, "id": str(number)} for number in range(3)]
    rows = read(tmp_path, FORMATS[format](sent), format, on_note=notes.append)
    assert [row.stock for row in rows if isinstance(row, ImportRow)] == [stock] * 3
    unknown = not quantity and availability == "in_stock"
    assert len([note for note in notes if "quantity" in note]) == (1 if unknown else 0)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({"sale_price": "10 USD"}, None, (1000, 1250, None)),
        ({"sale_price": "12.50 USD"}, None, (1250, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00+08:00/2026-06-20T00:00+08:00"},
         datetime(2026, 6, 4, tzinfo=UTC), (1000, 1250, 3)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00-0800/2026-06-20T00:00-0800"},
         datetime(2026, 6, 1, 7, 59, tzinfo=UTC), (1250, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-01-01T00:00Z/2026-12-20T00:00Z"},
         datetime(2026, 6, 1, tzinfo=UTC), (1000, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00Z/2026-06-20T00:00Z"},
         None, (1250, None, None)),
    ],
)  # fmt: skip
def test_google_sale(
    tmp_path: Path, changes: dict[str, str], now: datetime | None, expected: tuple[int, int | None, int | None]
) -> None:
    row = only(read(tmp_path, rss([GOOGLE_ROW | changes]), now=now))
    assert isinstance(row, ImportRow), row
    assert (row.price_minor, row.was_minor, row.cut_days_ago) == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sale_price": "13 USD"}, "sale_price"),
        ({"sale_price": "10 EUR"}, "sale_price"),
        ({"sale_price": "10 USD", "sale_price_effective_date": "soon"}, "sale_price_effective_date"),
        ({"availability": "perhaps"}, "availability"),
        ({"quantity": "lots"}, "quantity"),
        ({"item_group_id": "ü"}, "item_group_id"),
        ({"google_product_category": "Toys"}, "google_product_category"),
    ],
)
def test_google_fields_are_refused_by_their_own_names(tmp_path: Path, changes: dict[str, str], field: str) -> None:
    for format in ("google-xml", "google-tsv"):
        outcome = only(read(tmp_path, FORMATS[format]([GOOGLE_ROW | changes]), format))
        assert isinstance(outcome, RefusedRow)
        assert outcome.field == field


@pytest.mark.parametrize(
    ("changes", "shows", "expected"),
    [
        ({"google_product_category": "Apparel &  Accessories > Handbags > Clutches"}, "category", "handbags"),
        ({"google_product_category": "9", "product_type": "tea"}, "category", "tea"),
        ({"brand": "Fa", "title": "FA Teal bag"}, "name", "Teal bag"),
        ({"brand": "Teal bag"}, "name", "Teal bag"),
        ({"color": "Navy/White"}, "colour", "navy-blue"),
        ({"color": "Octarine"}, "colour", ""),
        ({"color": "Octarine"}, "attributes", {"colour_name": "Octarine"}),
        ({"mpn": "M1", "gender": "female", "age_group": "adult", "material": "silk", "condition": "new"}, "attributes",
         {"mpn": "M1", "gender": "female", "age_group": "adult", "material": "silk"}),
        ({"condition": "used"}, "attributes", {"condition": "used"}),
        ({"item_group_id": "bags"}, "group", "bags"),
    ],
)  # fmt: skip
def test_google_fields_become_ours(tmp_path: Path, changes: dict[str, str], shows: str, expected: object) -> None:
    for format in ("google-xml", "google-tsv"):
        row = only(read(tmp_path, FORMATS[format]([GOOGLE_ROW | changes]), format))
        assert isinstance(row, ImportRow), row
        assert getattr(row, shows) == expected


def test_atom_and_the_language_of_a_feed(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:goog="http://base.google.com/ns/1.0" xml:lang="fr-FR">'
        '<title>Boutique</title><entry><id>tag:atom-id</id><goog:id>a1</goog:id><title>Sac</title><link href="x"/>'
        '<category term="x"/><summary>Doux</summary><goog:price>5 EUR</goog:price>'
        "<goog:shipping><goog:price>99 USD</goog:price></goog:shipping><media:title>no</media:title>"
        "<goog:google_product_category>3032</goog:google_product_category></entry></feed>"
    )
    row = only(read(tmp_path, atom))
    assert isinstance(row, ImportRow), row
    assert (row.sku, row.name, row.name_language, row.description) == ("a1", "Sac", "fr", "Doux")
    assert (row.description_language, row.price_minor, row.currency) == ("fr", 500, "EUR")
    row = only(read(tmp_path, rss([GOOGLE_ROW]).replace("<item>", "<language>en-us</language><item>")))
    assert isinstance(row, ImportRow)
    assert row.name_language == "en"
