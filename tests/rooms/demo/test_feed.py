"""The whole feed of the demo: how much there is, that every row holds, and that two runs agree."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import msgspec

from argosy.catalogue.feeds.values import gtin
from argosy.catalogue.model import ImportRow
from argosy.catalogue.reference import load_reference
from argosy.demo import feed

FIELDS = set(ImportRow.__struct_fields__)


def by_product(rows: list[ImportRow]) -> dict[tuple[str, str], list[ImportRow]]:
    found: dict[tuple[str, str], list[ImportRow]] = {}
    for row in rows:
        found.setdefault((row.merchant, row.group), []).append(row)
    return found


def digest(rows: list[ImportRow]) -> str:
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def test_there_are_at_least_18_000_products_and_fewer_than_60_000_variants(rows: list[ImportRow]) -> None:
    assert len(by_product(rows)) >= 18_000
    assert len(rows) < 60_000


def test_every_row_of_the_sources_is_goods_or_accounted_for(rows: list[ImportRow], data: Path) -> None:
    account = feed.account(data)
    read = {row.sku.split("-")[0] + row.sku.split("-")[1] if row.sku[2:3] == "-" else row.sku for row in rows}
    assert len(read) + sum(account.left_out.values()) == 3229 + 14_967 + 3332
    assert account.left_out["electronics", "not physical: airtime or a SIM card"] == 49
    assert sum(account.variants.values()) == len(rows) == feed.count(data)
    assert sum(account.products.values()) == len(by_product(rows))
    assert set(account.variants) == set(feed.MERCHANTS)


def test_two_runs_are_the_same_to_the_byte(rows: list[ImportRow], data: Path) -> None:
    assert digest(list(feed.rows(data))) == digest(rows)


def test_numbers_are_unique_with_the_merchant_and_short(rows: list[ImportRow]) -> None:
    numbers = Counter((row.merchant, row.sku) for row in rows)
    assert max(numbers.values()) == 1
    assert max(len(row.sku) for row in rows) <= 64


def test_variants_of_a_product_stand_together(rows: list[ImportRow]) -> None:
    seen: set[tuple[str, str]] = set()
    last: tuple[str, str] | None = None
    for row in rows:
        key = row.merchant, row.group
        assert key == last or key not in seen, key
        seen.add(key)
        last = key


def test_variants_of_a_product_agree_and_can_be_told_apart(rows: list[ImportRow]) -> None:
    for product in by_product(rows).values():
        assert len({(row.name, row.brand, row.category, tuple(row.attributes.items())) for row in product}) == 1
        assert len({(row.colour, row.size) for row in product}) == len(product), product[0].name
        assert product[0].sku.startswith(product[0].group), product[0].sku


def test_every_category_is_a_leaf_of_the_tree_and_every_leaf_is_used(rows: list[ImportRow], data: Path) -> None:
    tree = load_reference(data).tree
    parents = {category.parent for category in tree.by_code.values()}
    used = {row.category for row in rows}
    assert used <= set(tree.by_code)
    assert not used & parents
    assert set(tree.by_code) - {code for code in parents if code} - used == set()


def test_colours_and_attribute_values_are_known(rows: list[ImportRow], data: Path) -> None:
    reference = load_reference(data)
    assert {row.colour for row in rows} - {""} <= set(reference.colours)
    named = {"gender", "season", "usage", "allergens", "labels"}
    for row in rows:
        for code, value in row.attributes.items():
            assert (code, "") in reference.attributes
            if code in named:
                assert all((code, part) in reference.attributes for part in value.split(",")), (row.sku, code, value)


def test_gtins_have_right_check_digits(rows: list[ImportRow]) -> None:
    sent = [row.gtin for row in rows if row.gtin]
    assert len(sent) > 2500
    assert all(gtin("gtin", number) == number for number in sent)


def test_names_weights_prices_and_cuts_hold(rows: list[ImportRow]) -> None:
    for row in rows:
        assert row.name.strip() == row.name and 0 < len(row.name) <= 300, row.sku
        assert row.weight_g and row.weight_g > 0 and row.price_minor > 0 and row.stock >= 0, row.sku
        assert len(row.origin) == 2 and row.origin.isupper(), row.sku
        assert (row.was_minor is None) == (row.cut_days_ago is None), row.sku
        if row.was_minor is not None and row.cut_days_ago is not None:
            assert row.was_minor > row.price_minor and 1 <= row.cut_days_ago <= 20, row.sku


def test_what_is_generated_is_marked(rows: list[ImportRow]) -> None:
    for row in rows:
        made_up = set(row.made_up)
        assert made_up <= FIELDS, row.sku
        assert "stock" in made_up
        assert ("price_minor" in made_up) == (row.merchant != "bluewave-electronics"), row.sku
        assert ("was_minor" in made_up) == (row.was_minor is not None), row.sku
        assert ("limit_per_shopper" in made_up) == (row.limit_per_shopper is not None), row.sku
        if row.merchant == "silk-road-fashion":
            assert ("size" in made_up) == bool(row.size), row.sku
            assert {"weight_g", "origin", "popularity"} <= made_up, row.sku


def test_made_up_figures_are_as_common_as_promised(rows: list[ImportRow]) -> None:
    products = [product[0] for product in by_product(rows).values()]
    assert 0.11 < sum(row.was_minor is not None for row in products) / len(products) < 0.13
    assert 0.015 < sum(row.stock == 0 for row in rows) / len(rows) < 0.025
    assert 0.025 < sum(1 <= row.stock <= 9 for row in rows) / len(rows) < 0.035
    assert max(row.stock for row in rows) <= 5000


def test_phones_are_limited_and_nothing_else(rows: list[ImportRow]) -> None:
    limited = {row.category for row in rows if row.limit_per_shopper is not None}
    assert limited == {"unlocked-phones", "contract-phones", "prepaid-phones", "refurbished-phones"}
