"""Searching a part of the real catalogue: what stands first is what was asked for; filters, sorting, limits, hostile input."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from argosy.base.errors import Refused
from argosy.catalogue import find
from argosy.catalogue.model import Product
from argosy.catalogue.search import MAX_OFFSET, Counts, count, search
from argosy.catalogue.search_sql import SORTS, Filter, relaxed
from argosy.catalogue.vocabulary import Meaning, Vocabulary
from argosy.plumbing.database import Database, open_database
from rooms.catalogue.ground import REFERENCE, TREE, on

SHOES = "shoes"
# A question; a category that all goods found first are of; a colour, a brand, a word of the name that they have.
FOUND = [
    ("handbag", "handbags", "", "", ""), ("handbg", "handbags", "", "", ""), ("hand bags", "handbags", "", "", ""),
    ("black handbag", "handbags", "black", "", ""), ("baggit handbag", "handbags", "", "Baggit", ""),
    ("nike running shoes", "sports-shoes", "", "Nike", ""), ("runing shoes", "sports-shoes", "", "", ""),
    ("adidas", "", "", "ADIDAS", ""), ("adiddas shoes", SHOES, "", "ADIDAS", ""), ("puma black", "", "black", "Puma", ""),
    ("women's shoes", SHOES, "", "", "women"), ("mens watch", "watches", "", "", "men"), ("t-shirt men", "", "", "", "shirt"),
    ("iphone case", "iphone-cases", "", "", "iphone"), ("iphone 6 case", "phone-cases", "", "", "iphone"),
    ("casio", "", "", "Casio", ""), ("wildcraft backpack", "bags", "", "Wildcraft", ""), ("honey", "honey", "", "", ""),
    ("lindt chocolate", "chocolate", "", "Lindt", ""), ("lindt choclate", "chocolate", "", "Lindt", ""),
    ("nail polish", "nail-polish", "", "", ""), ("leather wallet", "wallets", "", "", ""), ("sunglases", "sunglasses", "", "", ""),
    ("formal shoes brown", "formal-shoes", "brown", "", ""),
    ("chaussures de spor", "sports-shoes", "", "", ""), ("sac à main noir", "handbags", "black", "", ""),
    ("montre homme", "mens-watches", "", "", ""), ("parfum", "perfumes", "", "", ""),
    ("lunettes de soleil", "sunglasses", "", "", ""),
    ("schwarze Handtasche", "handbags", "black", "", ""), ("Herrenuhr schwarz", "watches", "black", "", ""),
    ("Turnschuhe nike", "sports-shoes", "", "Nike", ""), ("Rucksäcke", "backpacks", "", "", ""),
    ("bolso negro", "bags", "black", "", ""), ("zapatillas puma", SHOES, "", "Puma", ""),
    ("gafas de sol", "sunglasses", "", "", ""),
    ("borsa nera", "bags", "black", "", ""), ("orologio uomo", "mens-watches", "", "", ""), ("miele", "honey", "", "", ""),
    ("bolsa preta", "bags", "black", "", ""), ("tênis nike", "sports-shoes", "", "Nike", ""), ("mochilas", "backpacks", "", "", ""),
    ("手袋 黑色", "handbags", "black", "", ""), ("手题包", "bags", "", "", ""), ("黑色手提包", "handbags", "black", "", ""),
    ("nike運動鞋", "sports-shoes", "", "Nike", ""), ("男士手表", "watches", "", "", ""), ("墨鏡", "sunglasses", "", "", ""),
    ("ハンドバック", "handbags", "", "", ""), ("黒いバッグ", "bags", "black", "", ""), ("メンズ腕時計", "watches", "", "", "men"),
    ("スマホケース", "phone-cases", "", "", ""), ("검은 핸드백", "handbags", "black", "", ""),
    ("남성운동화", "sports-shoes", "", "", "men"),
    ("선글라스", "sunglasses", "", "", ""), ("กระเป๋าถือ สีดำ", "handbags", "black", "", ""),
    ("กระเป๋าถือสีดำ", "handbags", "black", "", ""), ("รองเท้าวิ่ง", "sports-shoes", "", "", ""),
    ("túi xách đen", "handbags", "black", "", ""), ("giày thể thao nam", "sports-shoes", "", "", "men"),
    ("kính râm", "sunglasses", "", "", ""), ("tas tangan hitam", "handbags", "black", "", ""),
    ("sepatu lari pria", "sports-shoes", "", "", "men"), ("काला हैंडबैग", "handbags", "black", "", ""),
    ("पुरुषों की घड़ी", "watches", "", "", "men"), ("धूप का चश्मा", "sunglasses", "", "", ""), ("عطور", "perfumes", "", "", ""),
    ("حقيبة يد سوداء", "handbags", "black", "", ""), ("أحذية رياضية نايكي", "sports-shoes", "", "Nike", ""),
    ("ساعات رجالية", "mens-watches", "", "", ""), ("عسل", "honey", "", "", ""),
]  # fmt: skip
HOSTILE = ["'; DROP TABLE products; --", '" OR 1=1', "%", "_", "\\", "$1", "{}", "<script>",
           "a'b\\c%d_e", "\x00", "\u202e", "(((", "[a-", "a|b", "\\m", "*" * 300]  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary(module_dsn: str) -> Vocabulary:
    """What words mean, with the brands of the catalogue."""

    async def work(database: Database) -> Vocabulary:
        async with database.read() as reader:
            brands = await find.brand_names(reader)
        return Vocabulary(TREE.by_code.values(), REFERENCE.colours.values(), brands, REFERENCE.search_words)

    return on(module_dsn, work)


def page(dsn: str, wanted: Filter, sort: str = "best", limit: int = 10, offset: int = 0) -> list[Product]:
    """A page of what is found."""

    async def work(database: Database) -> list[Product]:
        async with database.read() as reader:
            ids = await search(reader, wanted, sort, limit, offset)
            products = await find.products(reader, ids)
        return [products[one] for one in ids]

    return on(dsn, work)


def counted(dsn: str, wanted: Filter) -> Counts:
    """The counts beside it."""

    async def work(database: Database) -> Counts:
        async with database.read() as reader:
            return await count(reader, wanted)

    return on(dsn, work)


def colours(product: Product) -> set[str]:
    return {variant.colour for variant in product.variants}


@pytest.mark.parametrize(
    ("question", "category", "colour", "brand", "word"), FOUND, ids=[question for question, *_ in FOUND]
)
def test_what_stands_first_is_what_was_asked_for(
    module_dsn: str, vocabulary: Vocabulary, question: str, category: str, colour: str, brand: str, word: str
) -> None:
    found = page(module_dsn, Filter(meanings=vocabulary.read(question)))
    assert found
    for product in found:
        assert not category or category in TREE.codes_up(product.category), product.name
        assert not colour or colour in colours(product) or colour in product.name.lower(), product.name
        assert not brand or product.brand == brand, (product.brand, product.name)
        assert not word or word in f"{product.brand} {product.name}".lower(), product.name


def test_each_variant_is_found_by_its_number(module_dsn: str, vocabulary: Vocabulary) -> None:
    for product in page(module_dsn, Filter(category="fashion"), limit=5) + page(
        module_dsn, Filter(category="pantry"), limit=5
    ):
        for variant in (product.variants[0], product.variants[-1]):
            for number in filter(None, (variant.sku, variant.gtin)):
                found = page(module_dsn, Filter(meanings=vocabulary.read(number)), limit=3)
                assert product.product_id in [one.product_id for one in found], number


def test_the_whole_name_finds_the_product_first_among_its_like(module_dsn: str, vocabulary: Vocabulary) -> None:
    for product in page(module_dsn, Filter(category="shoes"), "popular", limit=8):
        found = page(module_dsn, Filter(meanings=vocabulary.read(f"{product.brand} {product.name}")))
        names = [f"{one.brand} {one.name}" for one in found]
        assert f"{product.brand} {product.name}" in names, names


def test_a_colour_and_a_kind_that_never_meet_show_the_kind(module_dsn: str, vocabulary: Vocabulary) -> None:
    meanings = vocabulary.read("purple honey")
    assert [one.word for one in relaxed(meanings)] == ["honey"]
    found = page(module_dsn, Filter(meanings=meanings))
    assert found
    assert {product.category for product in found} == {"honey"}
    assert counted(module_dsn, Filter(meanings=meanings)).total == counted(module_dsn, Filter(category="honey")).total


def test_words_that_nothing_has_find_nothing(module_dsn: str, vocabulary: Vocabulary) -> None:
    wanted = Filter(meanings=vocabulary.read("qqqqxxxx zzzzyyyy"))
    assert page(module_dsn, wanted) == []
    assert counted(module_dsn, wanted) == Counts(0, False, {}, {}, {}, {})


FILTERS = [
    Filter(category="shoes"),
    Filter(brands=("nike", "puma")),
    Filter(colours=("black", "blue")),
    Filter(category="fashion", brands=("nike",), colours=("black",)),
    Filter(least_rank=20_000, most_rank=60_000),
    Filter(category="shoes", least_rank=30_000),
    Filter(meanings=(Meaning("shirt"),), colours=("white",)),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_filters_narrow_and_the_counts_are_those_of_what_is_found(module_dsn: str, wanted: Filter) -> None:
    found = every(module_dsn, wanted)
    counts = counted(module_dsn, wanted)
    assert counts.total == len(found) > 0
    for product in found:
        assert not wanted.category or wanted.category in TREE.codes_up(product.category)
        assert not wanted.brands or product.brand_slug in wanted.brands
        assert not wanted.colours or colours(product) & set(wanted.colours)
    tally: dict[str, int] = {}
    for product in found:
        for code in TREE.codes_up(product.category):
            tally[code] = tally.get(code, 0) + 1
    assert counts.categories == tally
    for colour, number in counts.colours.items():
        assert number == sum(colour in colours(product) for product in found)
    for brand, number in counts.brands.items():
        assert number == sum(brand == product.brand_slug for product in found)
    assert sum(counts.price_steps.values()) == len(found)


def every(dsn: str, wanted: Filter, sort: str = "popular") -> list[Product]:
    """All that is found, page by page."""
    found: list[Product] = []
    while len(found) % 100 == 0:
        more = page(dsn, wanted, sort, 100, len(found))
        found += more
        if not more:
            break
    return found


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "wanted", [Filter(category="shoes"), Filter(brands=("nike",)), Filter(colours=("black",))], ids=range(3)
)
def test_pages_follow_each_other_without_gap_or_repetition(module_dsn: str, sort: str, wanted: Filter) -> None:
    whole = [one.product_id for one in page(module_dsn, wanted, sort, 60)]
    pieces = [one.product_id for start in range(0, 60, 7) for one in page(module_dsn, wanted, sort, 7, start)]
    assert len(set(whole)) == len(whole) > 0
    assert pieces[: len(whole)] == whole


def test_sorting_by_price_and_popularity(module_dsn: str) -> None:
    async def work(database: Database) -> dict[str, list[tuple[int, int]]]:
        async with database.read() as reader:
            rows = {
                row["product_id"]: (row["price_rank"], row["popularity"])
                for row in await reader.connection.fetch(
                    "SELECT product_id, price_rank, popularity FROM search_products"
                )
            }
            return {
                sort: [rows[one] for one in await search(reader, Filter(colours=("black",)), sort, 50, 0)]
                for sort in SORTS
            }

    found = on(module_dsn, work)
    assert [rank for rank, _ in found["price"]] == sorted(rank for rank, _ in found["price"])
    assert [rank for rank, _ in found["-price"]] == sorted((rank for rank, _ in found["-price"]), reverse=True)
    assert [popular for _, popular in found["popular"]] == sorted((p for _, p in found["popular"]), reverse=True)
    assert found["price"][0][0] < found["-price"][0][0]


@pytest.mark.parametrize(
    ("sort", "limit", "offset", "code"),
    [
        ("best", 0, 0, "page_out_of_range"),
        ("best", 101, 0, "page_out_of_range"),
        ("best", 10, -1, "page_out_of_range"),
        ("best", 10, MAX_OFFSET + 1, "page_out_of_range"),
        ("product_id; DROP TABLE products", 10, 0, "unknown_sort"),
        ("", 10, 0, "unknown_sort"),
    ],
)
def test_what_is_out_of_range_is_refused(module_dsn: str, sort: str, limit: int, offset: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        page(module_dsn, Filter(), sort, limit, offset)
    assert refused.value.code == code


def test_the_last_page_that_there_may_be_is_empty(module_dsn: str) -> None:
    assert page(module_dsn, Filter(), "popular", 100, MAX_OFFSET) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_ever_a_value(module_dsn: str, vocabulary: Vocabulary, text: str) -> None:
    typed = [Filter(meanings=vocabulary.read(text))]
    if "\x00" not in text:
        word = Meaning(text)
        known = msgspec.structs.replace(word, categories=(text,), colours=(text,), brands=(text,), texts=(text,))
        typed += [Filter(meanings=(word, known, word)), Filter(category=text), Filter(brands=(text,), colours=(text,))]

    async def work(database: Database) -> list[Any]:
        found: list[Any] = []
        async with database.read() as reader:
            before = await reader.connection.fetchval("SELECT count(*) FROM products")
            for wanted in typed:
                ids: list[UUID] = await search(reader, wanted, "best", 10, 0)
                found.append((len(ids), (await count(reader, wanted)).total))
            assert await reader.connection.fetchval("SELECT count(*) FROM products") == before
        return found

    for ids, total in on(module_dsn, work):
        assert ids == min(10, total)


def test_many_at_once_find_the_same(module_dsn: str, vocabulary: Vocabulary) -> None:
    async def work() -> list[list[UUID]]:
        database = await open_database(module_dsn, size=4)

        async def one() -> list[UUID]:
            async with database.read() as reader:
                return await search(reader, Filter(meanings=vocabulary.read("black shoes")), "best", 20, 0)

        found = await asyncio.gather(*(one() for _ in range(12)))
        await database.close()
        return found

    first, *others = asyncio.run(work())
    assert first
    assert all(other == first for other in others)
