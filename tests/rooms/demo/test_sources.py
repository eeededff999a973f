"""What is read out of the names and tags of the three sources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.demo import electronics, fashion, grocery
from argosy.demo.countries import country
from argosy.demo.tables import Tables


@pytest.mark.parametrize(
    ("name", "brand", "rest"),
    [
        ("Peter England Men Party Blue Jeans", "Peter England", "Men Party Blue Jeans"),
        ("Lee Cooper Men Brown Shoe", "Lee Cooper", "Men Brown Shoe"),
        ("Lee Rinse Navy Blue Slim Fit Jeans", "Lee", "Rinse Navy Blue Slim Fit Jeans"),
        ("UCB Women Solid Blue Bags", "United Colors of Benetton", "Women Solid Blue Bags"),
        ("CASIO ENTICER Men Black Watch", "Casio", "ENTICER Men Black Watch"),
        ("Playboy", "", "Playboy"),
        ("Nobody Knows Men Shirt", "", "Nobody Knows Men Shirt"),
    ],
)
def test_a_brand_is_read_off_the_beginning_of_a_name(tables: Tables, name: str, brand: str, rest: str) -> None:
    assert fashion.branded(name, tables) == (brand, rest)


@pytest.mark.parametrize(
    ("name", "colour", "expected"),
    [
        ("Men Navy Blue Shirt", "Navy Blue", "Men Shirt"),
        ("Men Solid BLACK Track Pants", "Black", "Men Solid Track Pants"),
        ("Women Blackberry Top", "Black", "Women Blackberry Top"),
        ("Men Shirt", "", "Men Shirt"),
    ],
)
def test_a_colour_is_taken_out_of_a_name(name: str, colour: str, expected: str) -> None:
    assert fashion.without(name, colour) == expected


def style(number: int, colour: str, bare: str = "Men Shirt") -> fashion.Style:
    return fashion.Style(
        number=number,
        sku=f"fa-{number}",
        brand="Turtle",
        name=f"{bare} {colour}",
        bare=bare,
        category="mens-shirts",
        colour=colour,
        attributes={"gender": "men"},
    )


@pytest.mark.parametrize(
    ("styles", "expected"),
    [
        ([style(10, "red"), style(12, "blue")], [["fa-10", "fa-12"]]),
        ([style(12, "blue"), style(10, "red")], [["fa-10", "fa-12"]]),
        ([style(10, "red"), style(14, "blue")], [["fa-10"], ["fa-14"]]),
        ([style(10, "red"), style(11, "red")], [["fa-10"], ["fa-11"]]),
        ([style(10, "red"), style(11, "")], [["fa-10"], ["fa-11"]]),
        ([style(10, ""), style(11, "red")], [["fa-10"], ["fa-11"]]),
        ([style(10, "red"), style(11, "blue", "Men Tee")], [["fa-10"], ["fa-11"]]),
    ],
)
def test_colours_are_grouped_where_numbers_are_near_and_colours_differ(
    styles: list[fashion.Style], expected: list[list[str]]
) -> None:
    assert [[each.sku for each in product] for product in fashion.grouped(styles)] == expected


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        ("Black", ("black", True)),
        ("Space gray", ("space-grey", True)),
        ("Black/Black", ("black", True)),
        ("Black/Blue", ("black", False)),
        ("Cliff dive blue", ("blue", False)),
        ("Colorado Rockies", ("", False)),
        ("", ("", False)),
    ],
)
def test_a_finish_is_a_colour_or_more_than_one(tables: Tables, finish: str, expected: tuple[str, bool]) -> None:
    assert electronics.coloured(finish, tables) == expected


def record(name: str, brand: str) -> dict[str, str]:
    return {
        "id": "bb-1", "name": name, "brand": brand, "price": "39.99", "popularity": "7", "description": "",
    }  # fmt: skip


def test_carrier_and_brand_are_told_apart_from_the_finish(tables: Tables) -> None:
    phone = electronics.read(record("Apple - iPhone 7 32GB - Rose Gold (AT&T)", "Apple"), "contract-phones", tables)
    assert (phone.brand, phone.name, phone.colour) == ("Apple", "iPhone 7 32GB (AT&T)", "rose-gold")
    assert phone.price_usd_cents == 3999


def test_a_finish_of_several_colours_stays_in_the_name(tables: Tables) -> None:
    case = electronics.read(record("Insignia™ - Case - Black/Blue", "Insignia™"), "other-cases", tables)
    assert (case.brand, case.name, case.colour) == ("Insignia", "Case - Black/Blue", "black")


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("Cell Phones > Prepaid Phones > All Prepaid Phones", "LG - Rebel", "prepaid-phones"),
        ("Cell Phones > Cell Phone Accessories > SIM Cards", "H2O - SIM Kit", "-"),
        ("Cell Phones > Cell Phone Accessories", "Kanex - 4' Lightning-to-USB Cable - White", "data-cables"),
        ("Cell Phones > Cell Phone Accessories", "Modal - Case for HTC - Light Gray", "other-cases"),
        ("Cell Phones > Cell Phone Accessories", "Atomi - Visual Charge Prime - Black", "phone-accessories"),
    ],
)
def test_electronics_go_by_path_and_then_by_words(tables: Tables, path: str, name: str, expected: str) -> None:
    assert electronics.placed(path, name, tables) == expected


@pytest.mark.parametrize(
    ("tags", "name", "expected"),
    [
        ("en:breakfasts,en:spreads,en:chocolate-spreads", "Véritable pâte", "chocolate-spreads"),
        ("en:snacks,en:salty-snacks", "Kosher Dill Spears", "gherkins"),
        ("en:snacks,en:salty-snacks", "Snick Snack", "crackers"),
        ("en:null", "Organic Red Quinoa", "grains"),
        ("it:zuppa-di-cereali", "Bontà", "soups"),
        ("", "Zzz", "pantry-other"),
    ],
)
def test_groceries_go_by_tag_and_then_by_words(tables: Tables, tags: str, name: str, expected: str) -> None:
    assert grocery.placed(tags, name, tables) == expected


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("96385074", True),
        ("036000291452", True),
        ("10012345678902", True),
        ("0000000000000", False),
        ("12345678901", False),
        ("40063813339x1", False),
    ],
)
def test_check_digits(code: str, right: bool) -> None:
    assert grocery.has_check_digit(code) is right


@given(st.text("0123456789", min_size=12, max_size=12).filter(lambda digits: int(digits) > 0))
def test_one_digit_in_ten_is_right(digits: str) -> None:
    assert sum(grocery.has_check_digit(f"{digits}{last}") for last in range(10)) == 1


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Farina di grano tenero", "it"),
        ("Yaourt aux fraises", "fr"),
        ("Milk Chocolate With Nuts", "en"),
        ("Pasta", ""),
        ("Latte with honey", ""),
    ],
)
def test_a_language_is_named_only_where_it_is_sure(name: str, language: str) -> None:
    assert grocery.language_of(name) == language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en:united-states", "US"),
        ("Italia,en:italy", "IT"),
        ("en:FR", "FR"),
        ("Suisse", "CH"),
        ("i'ns, España", "ES"),
        ("en:world", ""),
        ("", ""),
    ],
)
def test_countries_in_any_spelling(text: str, code: str) -> None:
    assert country(text) == code
