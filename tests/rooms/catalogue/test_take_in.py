"""Taking rows in: what is new is added, what changed is brought up to date, and the same rows again change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from argosy.catalogue import find
from argosy.catalogue.model import ImportRow
from argosy.catalogue.rules import brand_slug, slug
from argosy.catalogue.take_in import product_id, variant_id
from argosy.plumbing.database import Database
from rooms.catalogue.ground import BAG, NOW, bag, listed, on, product, rows_of, searched, taken

TABLES = ("brands", "products", "variants", "search_products", "listing_ranks")
ROWS = [
    bag("b-1"),
    bag("b-2", colour="teal", price_minor=9_000, gtin="4006381333931"),
    bag("a-1", group="a", name="Long coat", category="womens-jackets", names={"fr": "Manteau long"}, brand="Orée"),
    bag("c-1", group="c", name="Plain tea", category="black-green-tea", brand="", colour=""),
]


def test_the_same_rows_twice_give_the_same_rows(dsn: str) -> None:
    async def work(database: Database) -> tuple[Any, Any]:
        await taken(database, ROWS)
        first = {table: await rows_of(database, table) for table in TABLES}
        await taken(database, ROWS, NOW + timedelta(days=1))
        return first, {table: await rows_of(database, table) for table in TABLES}

    first, second = on(dsn, work)
    assert first == second
    assert [len(first[table]) for table in TABLES] == [2, 3, 4, 3, 7]


@pytest.mark.parametrize(
    ("changes", "shows"),
    [
        ({"name": "Square bag"}, {"name": "Square bag"}),
        ({"names": {"de": "Runde Tasche"}}, {"names": {"de": "Runde Tasche"}}),
        ({"brand": "Orée"}, {"brand": "Orée", "brand_slug": "oree"}),
        ({"brand": ""}, {"brand": "", "brand_slug": ""}),
        ({"description": "Holds a lot."}, {"description": "Holds a lot."}),
        ({"attributes": {"gender": "women"}}, {"attributes": {"gender": "women"}}),
        ({"popularity": 77}, {"popularity": 77}),
        ({"category": "backpacks"}, {"category": "backpacks"}),
        ({"made_up": ("origin",)}, {"made_up": ("origin",)}),
    ],
    ids=str,
)
def test_a_changed_row_changes_its_product(dsn: str, changes: dict[str, Any], shows: dict[str, Any]) -> None:
    async def work(database: Database) -> tuple[Any, Any]:
        await taken(database, [BAG])
        before = await product(database)
        await taken(database, [bag("b-1", **changes)], NOW + timedelta(hours=1))
        return before, await product(database)

    before, after = on(dsn, work)
    assert {name: getattr(after, name) for name in shows} == shows
    assert (after.handle, after.changed_at) == (before.handle, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("changes", "shows"),
    [
        ({"colour": "teal"}, {"colour": "teal"}),
        ({"size": "L"}, {"size": "L"}),
        ({"gtin": "4006381333931"}, {"gtin": "4006381333931"}),
        ({"hs6": "420221"}, {"hs6": "420221"}),
        ({"origin": "IT"}, {"origin": "IT"}),
        ({"weight_g": 900}, {"weight_g": 900}),
        ({"limit_per_shopper": 2}, {"limit_per_shopper": 2}),
        ({"image": "https://shop.example/b.jpg"}, {"image": "https://shop.example/b.jpg"}),
    ],
    ids=str,
)
def test_a_changed_row_changes_its_variant(dsn: str, changes: dict[str, Any], shows: dict[str, Any]) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [BAG])
        await taken(database, [bag("b-1", **changes)])
        return await product(database)

    (variant,) = on(dsn, work).variants
    assert {name: getattr(variant, name) for name in shows} == shows
    assert variant.variant_id == variant_id("atelier", "b-1")


def test_a_variant_without_a_heading_has_that_of_its_category(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [BAG])
        return await product(database)

    assert on(dsn, work).variants[0].hs6 == "420222"


def test_a_product_that_changes_category_leaves_the_old_lists(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [bag("b-1"), bag("a-1", group="a")])
        before = await listed(database)
        await taken(database, [bag("b-1", category="olive-oil")])
        return before, await listed(database)

    before, after = on(dsn, work)
    assert before == {"bags": ["a", "b"], "handbags": ["a", "b"]}
    assert after == {"bags": ["a"], "handbags": ["a"], "pantry": ["b"], "oils-vinegars": ["b"], "olive-oil": ["b"]}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (["b-1", "b-2", "b-3"], ["b-3", "b-1", "b-2"]),
        (["b-2"], ["b-3", "b-1", "b-2"]),
        (["b-0", "b-2"], ["b-3", "b-1", "b-2", "b-0"]),
        (["b-9", "b-8", "b-7", "b-6"], ["b-3", "b-1", "b-2", "b-9", "b-8", "b-7", "b-6"]),
    ],
    ids=["again in another order", "one again", "a new one before", "new ones only"],
)
def test_variants_keep_their_order_and_new_ones_come_behind(dsn: str, second: list[str], expected: list[str]) -> None:
    async def work(database: Database) -> list[str]:
        await taken(database, [bag("a-1", group="a"), *map(bag, ["b-3", "b-1", "b-2"])])
        await taken(database, [*map(bag, second)])
        return [variant.sku for variant in (await product(database)).variants]

    assert on(dsn, work) == expected


def test_of_rows_with_the_same_number_the_last_one_counts(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [bag("b-1", size="S"), bag("b-2"), bag("b-1", size="M")])
        return await product(database)

    assert [(one.sku, one.size) for one in on(dsn, work).variants] == [("b-1", "M"), ("b-2", "")]


def test_the_search_knows_all_colours_numbers_and_the_lowest_price(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, ROWS)
        return await searched(database)

    found = on(dsn, work)
    assert found["colours"] == ["red", "teal"]
    assert found["categories"] == ["bags", "handbags"]
    assert (found["price_rank"], found["brand_slug"]) == (9_000, "lumen")
    assert found["words"] == "lumen round bag 4006381333931 b-1 b-2"


@pytest.mark.parametrize(
    ("second", "colours", "words", "rank"),
    [
        ([bag("b-2", colour="navy-blue")], ["navy-blue", "red"], "lumen round bag b-1 b-2", 9_000),
        ([bag("b-2", price_minor=4_000)], ["red"], "lumen round bag b-1 b-2", 4_000),
        ([bag("b-3", colour="gold")], ["gold", "red", "teal"], "lumen round bag b-1 b-2 b-3", 9_000),
        ([bag("b-1", colour=""), bag("b-2", colour="")], [], "lumen round bag b-1 b-2", 10_000),
        ([bag("b-1", name="Sac à main"), bag("b-2")], ["red"], "lumen sac a main b-1 b-2", 10_000),
    ],
    ids=["another colour", "cheaper", "one more", "no colours", "another name"],
)
def test_a_part_of_a_product_again_keeps_the_rest_of_it_found(
    dsn: str, second: list[ImportRow], colours: list[str], words: str, rank: int
) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [bag("b-1"), bag("b-2", colour="teal", price_minor=9_000)])
        await taken(database, second)
        return await searched(database)

    found = on(dsn, work)
    assert (found["colours"], found["words"], found["price_rank"]) == (colours, words, rank)


def test_a_variant_that_moves_to_another_product_is_found_there_only(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [bag("b-1"), bag("b-2", colour="teal")])
        await taken(database, [bag("b-2", colour="teal", group="a", name="Flat bag")], NOW + timedelta(hours=1))
        return await searched(database, "b"), await searched(database, "a"), await product(database)

    left, joined, rest = on(dsn, work)
    assert (left["colours"], left["words"]) == (["red"], "lumen round bag b-1")
    assert (joined["colours"], joined["words"]) == (["teal"], "lumen flat bag b-2")
    assert rest.changed_at == NOW + timedelta(hours=1)
    assert [variant.sku for variant in rest.variants] == ["b-1"]


def test_a_product_that_lost_all_its_variants_is_in_no_list_and_not_found(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [BAG])
        await taken(database, [bag("b-1", group="a")])
        return await listed(database), [row["product_id"] for row in await rows_of(database, "search_products")]

    lists, found = on(dsn, work)
    assert lists == {"bags": ["a"], "handbags": ["a"]}
    assert found == [product_id("atelier", "a")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"group": "x 1"}, {"group": "x-1"}),
        ({"group": "货1"}, {"group": "物1"}),
        ({"merchant": "north-face"}, {"merchant": "north-star"}),
    ],
    ids=["like numbers", "other letters", "like merchants"],
)
def test_products_whose_addresses_would_be_alike_have_two(dsn: str, one: dict[str, str], other: dict[str, str]) -> None:
    async def work(database: Database) -> list[str]:
        await taken(database, [bag("b-1", **one)])
        await taken(database, [bag("b-2", **other), bag("b-1", **one)])
        await taken(database, [bag("b-2", **other)])
        return [row["handle"] for row in await rows_of(database, "products")]

    handles = on(dsn, work)
    assert len(set(handles)) == 2
    assert all(handle == slug(handle, "") or handle.startswith("lumen-round-bag-") for handle in handles)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("小米", "无印良品", False),
        ("ソニー 1", "任天堂 1", False),
        ("Orée", "OREE", True),
        ("H&M", "h m", True),
        ("Заря", "Звезда", False),
    ],
)
def test_brands_that_are_not_in_latin_letters_stay_apart(dsn: str, one: str, other: str, same: bool) -> None:
    async def work(database: Database) -> list[str]:
        await taken(database, [bag("b-1", brand=one), bag("a-1", group="a", brand=other)])
        return [(await product(database, group)).brand for group in ("b", "a")]

    shown = on(dsn, work)
    assert (brand_slug(one) == brand_slug(other)) is same
    assert shown[0] in (one, other)
    assert (shown[0] == shown[1]) is same


def test_a_story_stays_until_another_one_is_told(dsn: str) -> None:
    async def work(database: Database) -> list[Any]:
        told = []
        for stories in ({"lumen": {"en": "Since 1901."}}, {}, {"lumen": {"en": "Since 1902."}}):
            await taken(database, [BAG], NOW, **stories)
            async with database.read() as reader:
                told.append(await find.brand(reader, "lumen"))
        return told

    assert [brand.story["en"] for brand in on(dsn, work)] == ["Since 1901.", "Since 1901.", "Since 1902."]


def test_what_a_transaction_took_in_is_gone_with_it(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, [BAG])
        with pytest.raises(KeyError):
            await taken(database, [bag("b-2"), bag("b-3", category="no-such-category")])
        return [variant.sku for variant in (await product(database)).variants]

    assert on(dsn, work) == ["b-1"]
