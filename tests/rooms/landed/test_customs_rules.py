"""What is declared of an order's parcels: values add up, forms fit, numbers are checked."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Misconfigured, Refused
from argosy.landed.papers.barcode import modules, values
from argosy.landed.papers.fonts import is_latin, without_accents
from argosy.landed.papers.model import Declaration, Ordered, OrderedLine, Packed, Parcel, Party
from argosy.landed.papers.parties import recipient
from argosy.landed.papers.rules import customs_declarations, is_item_number, sdr_limit_minor
from argosy.landed.papers.sender import load_sender
from argosy.landed.papers.sheet import amount, kilograms
from argosy.markets.model import Address
from argosy.plumbing.config import Config

DAY = date(2026, 11, 23)
SENDER = Party(name="Sender", address=("1 Road", "Hangzhou 310000"), country="CN")
RECIPIENT = Party(
    name="Amélie Dupont", address=("12 rue de la Paix", "75002 PARIS"), country="FR", phone="+33142345678"
)
# Units for one euro.
PER_EURO = {
    "EUR": Fraction(1),
    "USD": Fraction("1.16"),
    "CNY": Fraction("8.3"),
    "JPY": Fraction(178),
    "GBP": Fraction("0.88"),
}


def rate(one: str, other: str) -> Fraction | None:
    """A rate of exchange of the day."""
    return PER_EURO[other] / PER_EURO[one] if one in PER_EURO and other in PER_EURO else None


def line(number: int = 1, quantity: int = 1, value: int = 1_000, **wishes: Any) -> OrderedLine:
    """A line of an order."""
    told: dict[str, Any] = {
        "description": "men's shirts",
        "piece_weight_g": 300,
        "hs6": "620520",
        "origin": "CN",
        **wishes,
    }
    return OrderedLine(line=number, quantity=quantity, value_minor=value, **told)


def ordered(*lines: OrderedLine, currency: str = "EUR", shipping: int = 990, **wishes: Any) -> Ordered:
    """An order."""
    return Ordered(
        number="0199", placed_on=DAY, currency=currency, sender=SENDER, recipient=RECIPIENT, lines=lines,
        shipping_minor=shipping, **wishes,
    )  # fmt: skip


def all_in_one(order: Ordered, **wishes: Any) -> Declaration:
    """The declaration of everything in one parcel."""
    parcel = Parcel(contents=tuple(Packed(one.line, one.quantity) for one in order.lines), **wishes)
    return customs_declarations(order, [parcel], rate, DAY)[0]


@st.composite
def split_orders(draw: st.DrawFn) -> tuple[Ordered, list[Parcel]]:
    """An order, and its pieces laid into some parcels."""
    lines = [
        line(number, draw(st.integers(1, 12)), draw(st.integers(0, 100_000)))
        for number in range(1, draw(st.integers(2, 6)))
    ]
    boxes: list[list[Packed]] = [[] for _ in range(draw(st.integers(1, 4)))]
    for one in lines:
        for _ in range(one.quantity):
            boxes[draw(st.integers(0, len(boxes) - 1))].append(Packed(one.line, 1))
    return ordered(*lines, shipping=draw(st.integers(0, 5_000))), [Parcel(contents=tuple(box)) for box in boxes if box]


@given(split_orders())
def test_declared_values_add_up_to_the_order(case: tuple[Ordered, list[Parcel]]) -> None:
    order, parcels = case
    made = customs_declarations(order, parcels, rate, DAY)
    assert sum(one.total_value_minor for one in made) == sum(one.value_minor for one in order.lines)
    assert sum(one.postage_minor for one in made) == order.shipping_minor
    for one in made:
        assert one.total_value_minor == sum(content.value_minor for content in one.contents)
        assert all(content.value_minor >= 0 for content in one.contents)
        assert len({content.description for content in one.contents}) == 1
    pieces = sum(content.quantity for one in made for content in one.contents)
    assert pieces == sum(one.quantity for one in order.lines)
    assert [(one.part, one.parts) for one in made] == [(at, len(made)) for at in range(1, len(made) + 1)]


@given(split_orders())
def test_what_is_not_packed_keeps_its_value(case: tuple[Ordered, list[Parcel]]) -> None:
    order, parcels = case
    first = customs_declarations(order, parcels[:1], rate, DAY)[0]
    whole = sum(one.value_minor for one in order.lines)
    assert first.total_value_minor <= whole
    if len(parcels) == 1:
        assert first.total_value_minor == whole


@pytest.mark.parametrize(
    ("value", "parcels", "shares"),
    [(100, [1, 1, 1], [34, 33, 33]), (100, [2, 1], [67, 33]), (1, [1, 1], [1, 0]), (0, [1, 2], [0, 0])],
)
def test_a_value_is_shared_by_largest_remainder(value: int, parcels: list[int], shares: list[int]) -> None:
    order = ordered(line(1, sum(parcels), value))
    made = customs_declarations(order, [Parcel(contents=(Packed(1, count),)) for count in parcels], rate, DAY)
    assert [one.total_value_minor for one in made] == shares


def test_300_special_drawing_rights() -> None:
    """0.57813 USD + 0.37379 EUR + 1.0993 CNY + 13.452 JPY + 0.08087 GBP, each in euro, times 300."""
    euro = Fraction("0.57813") / Fraction("1.16") + Fraction("0.37379") + Fraction("1.0993") / Fraction("8.3")
    euro += Fraction("13.452") / 178 + Fraction("0.08087") / Fraction("0.88")
    limit = sdr_limit_minor("EUR", rate)
    assert limit == round(euro * 300 * 100)
    assert sdr_limit_minor("JPY", rate) == round(euro * 300 * 178)
    assert sdr_limit_minor("THB", rate) is None
    assert limit is not None
    assert all_in_one(ordered(line(value=limit))).form == "CN22"
    assert all_in_one(ordered(line(value=limit + 1))).form == "CN23"


@pytest.mark.parametrize(
    ("order", "wishes", "form"),
    [
        (ordered(line()), {}, "CN22"),
        (ordered(line()), {"gross_weight_g": 2_000}, "CN22"),
        (ordered(line()), {"gross_weight_g": 2_001}, "CN23"),
        (ordered(line(quantity=7)), {}, "CN23"),
        (ordered(*(line(number) for number in range(1, 5))), {}, "CN22"),
        (ordered(*(line(number) for number in range(1, 6))), {}, "CN23"),
        (ordered(line(), currency="THB"), {}, "CN23"),
    ],
)
def test_the_form_fits(order: Ordered, wishes: dict[str, Any], form: str) -> None:
    assert all_in_one(order, **wishes).form == form


def test_what_is_unknown_is_told_and_never_made_up() -> None:
    made = all_in_one(ordered(line(hs6="", origin="", piece_weight_g=None), line(2)))
    assert made.contents[0].net_weight_g is None
    assert made.missing == (
        "contents[1].net_weight_g", "contents[1].hs6", "contents[1].origin", "gross_weight_g", "item_number"
    )  # fmt: skip
    full = all_in_one(ordered(line()), gross_weight_g=400, item_number="RR123456785CN")
    assert full.missing == ()
    assert (full.category, full.contents[0].net_weight_g) == ("sale_of_goods", 300)


@pytest.mark.parametrize(
    ("parcel", "code"),
    [
        (Parcel(contents=()), "empty_parcel"),
        (Parcel(contents=(Packed(9, 1),)), "no_such_line"),
        (Parcel(contents=(Packed(1, 0),)), "no_such_line"),
        (Parcel(contents=(Packed(1, 3),)), "too_many_pieces"),
        (Parcel(contents=(Packed(1, 1), Packed(1, 2))), "too_many_pieces"),
        (Parcel(contents=(Packed(1, 1),), item_number="RR123456784CN"), "bad_item_number"),
    ],
)
def test_parcels_that_cannot_be_are_refused(parcel: Parcel, code: str) -> None:
    with pytest.raises(Refused) as refused:
        customs_declarations(ordered(line(quantity=2)), [parcel], rate, DAY)
    assert refused.value.code == code


# Check digits computed by hand from UPU S10: weights 8 6 4 2 3 5 9 7, 11 less the remainder; 10 is 0 and 11 is 5.
@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("RR123456785CN", True), ("RR473124829GB", True), ("LX000000005CN", True), ("RR123456780CN", False),
        ("rr123456785cn", False), ("RR12345678CN", False), ("R1123456785CN", False), ("", False),
    ],
)  # fmt: skip
def test_item_numbers(number: str, right: bool) -> None:
    assert is_item_number(number) is right


def test_code_128_of_a_known_text() -> None:
    """`RR123456785CN`: start B, R R, to C, 12 34 56 78, to B, 5 C N, check digit."""
    found = values("RR123456785CN")
    assert found[:-1] == [104, 50, 50, 99, 12, 34, 56, 78, 100, 21, 35, 46]
    assert found[-1] == (104 + sum(at * value for at, value in enumerate(found[1:-1], start=1))) % 103
    assert values("12345678")[0] == 105


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_code_128_can_be_read_back(text: str) -> None:
    found = values(text)
    assert found[-1] == (found[0] + sum(at * value for at, value in enumerate(found[1:-1], start=1))) % 103
    told, packed = "", found[0] == 105
    for value in found[1:-1]:
        if value == 100 and packed:
            packed = False
        elif value == 99 and not packed:
            packed = True
        else:
            told += f"{value:02}" if packed else chr(value + 32)
    assert told == text
    assert sum(modules(text)) == 11 * len(found) + 13


@pytest.mark.parametrize("text", ["", "é", "a\n"])
def test_code_128_refuses_what_it_cannot_print(text: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        values(text)


@pytest.mark.parametrize(
    ("text", "latin", "plain"),
    [
        ("Đà Nẵng", True, "Da Nang"), ("Łódź", True, "Lodz"), ("İstanbul", True, "Istanbul"), ("Paris", True, "Paris"),
        ("〒 100-0005", True, " 100-0005"), ("東京", False, ""), ("Москва 1", False, " 1"),
    ],
)  # fmt: skip
def test_latin_letters_lose_their_accents_only(text: str, latin: bool, plain: str) -> None:
    assert is_latin(text) is latin
    assert without_accents(text) == plain


def test_an_address_in_another_script_has_its_latin_names_beside_it() -> None:
    address = Address(
        country="CN", name="王芳", phone="+8613800000000", street=("文三路1号",), city="杭州市", city_area="西湖区",
        country_area="33", postal_code="310012",
    )  # fmt: skip
    party = recipient(address)
    assert any("杭州市" in text for text in party.address)
    assert any("Hangzhou" in text for text in party.latin)
    assert any("文三路1号" in text for text in party.latin), "a street is not guessed"
    assert all("China" not in text and "中国" not in text for text in (*party.address, *party.latin))
    plain = recipient(Address(country="FR", name="Ana", phone="", street=("1 rue",), city="Paris", postal_code="75004"))
    assert plain.latin == ()
    assert plain.address == ("1 rue", "75004 Paris")


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [(1234, "EUR", "12.34 EUR"), (5, "EUR", "0.05 EUR"), (1234, "JPY", "1234 JPY"), (1234, "KWD", "1.234 KWD")],
)
def test_amounts(minor: int, currency: str, told: str) -> None:
    assert amount(minor, currency) == told


def test_weights() -> None:
    assert [kilograms(grams) for grams in (None, 0, 5, 1_234)] == ["", "0.000", "0.005", "1.234"]


def test_the_sender_is_read_from_a_file(tmp_path: Path) -> None:
    shipped = load_sender(Config().data / "landed" / "sender.toml")
    assert shipped.party().address
    own = tmp_path / "sender.toml"
    own.write_text('name = "A"\naddress = ["b"]\ncountry = "CN"\n[registrations]\nEU = "IOSS IM1"\nGB = "GB 1"\n')
    sender = load_sender(own)
    assert [sender.registration(code) for code in ("FR", "GB", "US")] == ["IOSS IM1", "GB 1", ""]
    own.write_text('name = "A"\nadress = ["b"]\ncountry = "CN"\n')
    with pytest.raises(Misconfigured, match=r"sender\.toml"):
        load_sender(own)
    with pytest.raises(Misconfigured, match="no file"):
        load_sender(tmp_path / "none.toml")
