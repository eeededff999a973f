"""Addresses and telephone numbers of every market: good ones normalised, bad ones named field by field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.markets.address_forms import areas_of, cities_of, find_area
from argosy.markets.addresses import address_form, area_name, check_address, format_address
from argosy.markets.load import load_markets
from argosy.markets.model import LANGUAGES, MAX_FIELD, Address, FieldError
from argosy.markets.phones import check_phone, phone_example, shown_phone
from argosy.plumbing.config import ROOT

MARKETS = load_markets(ROOT / "data" / "markets")

# (fields typed, what becomes of area, city and postal code)
GOOD: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "CN": (
        {"country_area": "浙江省", "city": "杭州市", "city_area": "西湖区", "postal_code": "310013"},
        ("33", "杭州市", "310013"),
    ),
    "HK": ({"country_area": "九龍", "city": "旺角", "postal_code": "999077"}, ("Kowloon", "旺角", "")),
    "SG": ({"postal_code": "238801"}, ("", "Singapore", "238801")),
    "MY": (
        {"country_area": "Selangor", "city": "Petaling Jaya", "postal_code": "46000"},
        ("10", "Petaling Jaya", "46000"),
    ),
    "TH": ({"country_area": "Bangkok", "city": "วัฒนา", "postal_code": "10110"}, ("10", "วัฒนา", "10110")),
    "ID": (
        {"country_area": "DKI Jakarta", "city": "Jakarta Selatan", "postal_code": "12190"},
        ("JK", "Jakarta Selatan", "12190"),
    ),
    "VN": ({"city": "Quận 1", "country_area": "Ho Chi Minh City", "postal_code": "700000"}, ("SG", "Quận 1", "700000")),
    "PH": ({"country_area": "Metro Manila", "city": "Makati", "postal_code": "1200"}, ("00", "Makati", "1200")),
    "IN": ({"country_area": "महाराष्ट्र", "city": "Mumbai", "postal_code": "400 001"}, ("MH", "Mumbai", "400001")),
    "JP": (
        {"country_area": "東京都", "city": "世田谷区", "postal_code": "１５４－００２３"},
        ("13", "世田谷区", "154-0023"),
    ),
    "KR": ({"country_area": "서울특별시", "city": "종로구", "postal_code": "03051"}, ("11", "종로구", "03051")),
    "TW": ({"country_area": "臺北市", "city": "大安區", "postal_code": "106"}, ("TPE", "大安區", "106")),
    "US": ({"country_area": "texas", "city": "Austin", "postal_code": "787011234"}, ("TX", "Austin", "78701-1234")),
    "CA": ({"country_area": "Québec", "city": "Montréal", "postal_code": "h3z2y7"}, ("QC", "Montréal", "H3Z 2Y7")),
    "BR": (
        {"country_area": "Sao Paulo", "city": "sao paulo", "postal_code": "01310100"},
        ("SP", "São Paulo", "01310-100"),
    ),
    "FR": ({"city": "Paris", "postal_code": "75 011"}, ("", "Paris", "75011")),
    "DE": ({"city": "Köln", "postal_code": "50667"}, ("", "Köln", "50667")),
    "ES": ({"country_area": "Madrid", "city": "Madrid", "postal_code": "28013"}, ("M", "Madrid", "28013")),
    "IT": ({"country_area": "Roma", "city": "Roma", "postal_code": "00144"}, ("RM", "Roma", "00144")),
    "GB": ({"city": "London", "postal_code": "sw1a2aa"}, ("", "London", "SW1A 2AA")),
    "AU": ({"country_area": "nsw", "city": "Newtown", "postal_code": "2042"}, ("NSW", "Newtown", "2042")),
    "AE": ({"country_area": "دبي"}, ("DU", "Dubai", "")),
    "SA": ({"city": "Riyadh", "postal_code": "١١٥٦٤"}, ("", "Riyadh", "11564")),
}


def typed(country: str, **changes: str) -> dict[str, str]:
    """A whole form of a country, filled in."""
    who = {"name": "Aoife Byrne", "phone": phone_example(country), "street": "14 Portobello Road"}
    return who | GOOD[country][0] | changes


def faults(country: str, **changes: str) -> dict[str, str]:
    """Codes by field of what is wrong with a form."""
    answer = check_address(country, typed(country, **changes))
    return {} if isinstance(answer, Address) else {fault.field: fault.code for fault in answer}


def test_every_market_has_an_address_below() -> None:
    assert set(GOOD) == {market.address_country for market in MARKETS.values()}


@pytest.mark.parametrize("country", list(GOOD))
def test_a_good_address_is_normalised(country: str) -> None:
    address = check_address(country, typed(country, company="  Byrne\u200b  & Sons ", unknown="x"))
    assert isinstance(address, Address)
    assert (address.country_area, address.city, address.postal_code) == GOOD[country][1]
    assert address.country == country
    assert address.company == "Byrne & Sons"
    assert address.phone.startswith(f"+{MARKETS[country].telephone.calling_code}")
    assert address.street == ("14 Portobello Road",)


@pytest.mark.parametrize("country", list(GOOD))
def test_a_checked_address_passes_again_as_it_is(country: str) -> None:
    address = check_address(country, typed(country, street_2="2nd floor", email="a@example.com"))
    assert isinstance(address, Address)
    again = {
        "name": address.name,
        "phone": address.phone,
        "email": address.email,
        "street": address.street[0],
        "street_2": address.street[1],
        "city": address.city,
        "city_area": address.city_area,
        "country_area": address.country_area,
        "postal_code": address.postal_code,
    }
    assert check_address(country, again) == address


@pytest.mark.parametrize("country", list(GOOD))
def test_an_empty_form_names_every_required_field_in_order(country: str) -> None:
    answer = check_address(country, {})
    assert isinstance(answer, tuple)
    form = address_form(country, "en")
    assert [fault.field for fault in answer] == [field.name for field in form.fields if field.required]
    assert {fault.code for fault in answer} == {"required"}
    assert all(fault.remedy for fault in answer)


@pytest.mark.parametrize("country", list(GOOD))
def test_the_form_takes_what_it_offers(country: str) -> None:
    for language in LANGUAGES:
        for field in address_form(country, language).fields:
            assert field.kind
            assert field.max_length == MAX_FIELD
            for choice in field.choices:
                for text in (choice.code, choice.name):
                    area = find_area(country, text)
                    assert area is not None
                    assert area.code == choice.code, (language, choice)
    codes = [area.code for area in areas_of(country)]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("country", [country for country in GOOD if GOOD[country][1][2]])
def test_a_bad_postal_code_shows_a_good_one(country: str) -> None:
    answer = check_address(country, typed(country, postal_code="12-A!"))
    assert isinstance(answer, tuple)
    (fault,) = answer
    assert (fault.field, fault.code) == ("postal_code", "invalid")
    assert fault.example is not None
    assert fault.example in fault.remedy
    assert faults(country, postal_code=fault.example).get("postal_code") in {None, "mismatch"}


@pytest.mark.parametrize("country", [country for country in GOOD if GOOD[country][1][0]])
def test_an_unknown_area_is_refused(country: str) -> None:
    assert faults(country, country_area="Atlantis") == {"country_area": "unknown"}


@pytest.mark.parametrize(
    ("country", "changes", "expected"),
    [
        ("US", {"country_area": "NY"}, {"postal_code": "mismatch"}),
        ("AU", {"country_area": "WA"}, {"postal_code": "mismatch"}),
        ("JP", {"country_area": "北海道"}, {"postal_code": "mismatch"}),
        ("CN", {"country_area": "台湾省"}, {"country_area": "unknown"}),
        ("CN", {"country_area": "香港"}, {"country_area": "unknown"}),
        ("JP", {"city": ""}, {"city": "required"}),
        ("GB", {"postal_code": "bfpo61"}, {}),
        ("FR", {"name": "x" * 121}, {"name": "too_long"}),
        ("FR", {"street": "x" * 100_000}, {"street": "too_long"}),
        ("FR", {"street": "14 rue\x00"}, {"street": "control_character"}),
        ("FR", {"street": "14 rue\nde Rivoli"}, {"street": "control_character"}),
        ("FR", {"city": "Par\u2028is"}, {"city": "control_character"}),
        ("FR", {"city": "\ud800"}, {"city": "control_character"}),
        ("FR", {"name": " - "}, {"name": "required"}),
        ("FR", {"name": "\u200f\u202e"}, {"name": "required"}),
        ("FR", {"email": "nobody"}, {"email": "invalid"}),
        ("FR", {"email": "a b@example.com"}, {"email": "invalid"}),
        ("FR", {"email": "a@example"}, {"email": "invalid"}),
        ("FR", {"email": "a@example.com"}, {}),
        ("FR", {"phone": "12"}, {"phone": "invalid"}),
        ("FR", {"phone": ""}, {"phone": "required"}),
        ("FR", {"country_area": "Atlantis"}, {}),
        ("KR", {"country_area": "강원특별자치도", "postal_code": "24265"}, {}),
    ],
)
def test_what_is_wrong(country: str, changes: dict[str, str], expected: dict[str, str]) -> None:
    assert faults(country, **changes) == expected


def test_a_country_that_is_no_market_has_a_form_too() -> None:
    form = {"name": "Aoife", "phone": "085 012 3456", "street": "14 Portobello Road", "city": "Dublin 8"}
    address = check_address("IE", form | {"country_area": "Co. Dublin", "postal_code": "d08x2t4"})
    assert isinstance(address, Address)
    assert (address.country_area, address.postal_code) == ("D", "D08 X2T4")


def test_a_country_that_does_not_exist_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="not a valid country code"):
        check_address("QQ", {})


@given(
    country=st.sampled_from(list(GOOD)),
    fields=st.dictionaries(
        st.sampled_from(
            ["name", "phone", "email", "street", "city", "country_area", "postal_code", "city_area", "company"]
        ),
        st.text(max_size=150),
    ),
)
def test_whatever_is_typed_is_answered(country: str, fields: dict[str, str]) -> None:
    answer = check_address(country, fields)
    if isinstance(answer, Address):
        assert len(answer.name) <= MAX_FIELD
        assert format_address(answer, "en")
    else:
        assert answer


@pytest.mark.parametrize(
    ("country", "language", "kinds"),
    [
        ("JP", "ja", ["postal", "prefecture", "city", "street", "street_2", "company"]),
        ("HK", "zh-Hant", ["area", "district", "street", "street_2", "company"]),
        ("HK", "en", ["company", "street", "street_2", "district", "area"]),
        ("AE", "ar", ["company", "street", "street_2", "emirate"]),
        ("SG", "en", ["company", "street", "street_2", "postal"]),
        ("US", "en", ["company", "street", "street_2", "city", "state", "zip"]),
        ("IN", "hi", ["company", "street", "street_2", "city", "pin", "state"]),
        ("GB", "en", ["company", "street", "street_2", "post_town", "postal"]),
        ("BR", "pt", ["company", "street", "street_2", "neighborhood", "city", "state", "postal"]),
        ("KR", "ko", ["do_si", "city", "district", "street", "street_2", "company", "postal"]),
    ],
)
def test_the_order_and_the_words_of_a_form(country: str, language: str, kinds: list[str]) -> None:
    form = address_form(country, language)
    assert [field.kind for field in form.fields] == ["name", "phone", "email", *kinds]


@pytest.mark.parametrize(
    ("country", "code", "language", "name"),
    [
        ("JP", "13", "ja", "東京都"),
        ("JP", "13", "de", "Tokyo"),
        ("CA", "QC", "fr", "Québec"),
        ("CA", "QC", "en", "Quebec"),
        ("HK", "Kowloon", "zh-Hant", "九龍"),
        ("HK", "Kowloon", "zh-Hans", "九龍"),
        ("HK", "Kowloon", "en", "Kowloon"),
        ("AE", "DU", "ar", "دبي"),
        ("AE", "DU", "en", "Dubai"),
        ("CN", "33", "zh-Hans", "浙江省"),
        ("TW", "TPE", "zh-Hant", "台北市"),
        ("IN", "MH", "hi", "महाराष्ट्र"),
        ("US", "TX", "es", "Texas"),
        ("FR", "", "fr", ""),
    ],
)
def test_names_of_areas(country: str, code: str, language: str, name: str) -> None:
    assert area_name(country, code, language) == name


@pytest.mark.parametrize(
    ("country", "language", "lines"),
    [
        ("JP", "ja", ["日本", "〒154-0023", "東京都世田谷区", "14 Portobello Road", "Aoife Byrne"]),
        ("JP", "en", ["Aoife Byrne", "14 Portobello Road", "世田谷区, Tokyo", "154-0023", "Japan"]),
        ("SG", "en", ["Aoife Byrne", "14 Portobello Road", "SINGAPORE 238801", "Singapore"]),
        ("US", "en", ["Aoife Byrne", "14 Portobello Road", "Austin, Texas 78701-1234", "United States"]),
        ("DE", "de", ["Aoife Byrne", "14 Portobello Road", "50667 Köln", "Deutschland"]),
        ("AE", "ar", ["Aoife Byrne", "14 Portobello Road", "دبي", "الإمارات العربية المتحدة"]),
        ("CN", "zh-Hans", ["中国", "310013", "浙江省杭州市西湖区", "14 Portobello Road", "Aoife Byrne"]),
        ("BR", "pt", ["Aoife Byrne", "14 Portobello Road", "São Paulo-São Paulo", "01310-100", "Brasil"]),
    ],
)
def test_addresses_as_they_are_read(country: str, language: str, lines: list[str]) -> None:
    address = check_address(country, typed(country))
    assert isinstance(address, Address)
    assert format_address(address, language) == lines


@pytest.mark.parametrize("country", list(GOOD))
def test_empty_parts_leave_no_gaps(country: str) -> None:
    bare = Address(country=country, name="A", phone="+6581234567", street=("1 X", "Floor 2"))
    for language in LANGUAGES:
        lines = format_address(bare, language)
        assert all(line and line == line.strip(" ,-") for line in lines)
        assert {"A", "1 X", "Floor 2"} <= set(lines)


def test_cities_to_offer_while_typing() -> None:
    assert "旺角" in {choice.name for choice in cities_of("HK", "Kowloon", "zh-Hant")}
    assert "Mong Kok" in {choice.name for choice in cities_of("HK", "Kowloon", "en")}
    assert "Hangzhou Shi" in {choice.name for choice in cities_of("CN", "33", "en")}
    assert cities_of("US", "TX", "en") == ()
    assert cities_of("CN", "nowhere", "en") == ()


@pytest.mark.parametrize("country", list(GOOD))
def test_the_example_number_of_each_market_is_taken(country: str) -> None:
    number = check_phone(phone_example(country), country)
    assert isinstance(number, str)
    assert number.startswith(f"+{MARKETS[country].telephone.calling_code}")
    assert shown_phone(number, country) == phone_example(country)
    assert check_phone(number, "FR") == number


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("085 012 3456", "IE", "+353850123456"),
        ("8123 4567", "SG", "+6581234567"),
        ("+65 8123-4567", "FR", "+6581234567"),
        ("０９０－１２３４－５６７８", "JP", "+819012345678"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "AE", "+971501234567"),
        ("\u202a+971 50 123 4567\u202c", "AE", "+971501234567"),
    ],
)
def test_numbers_as_people_type_them(text: str, country: str, number: str) -> None:
    assert check_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "required"), ("  ", "required"), ("123", "invalid"), ("call me", "invalid"), ("+999123456789", "invalid"),
     ("8123 4567 ext. 9", "invalid"), ("9" * 10_000, "too_long"), ("\x00", "invalid")],
)  # fmt: skip
def test_numbers_that_nobody_answers(text: str, code: str) -> None:
    fault = check_phone(text, "SG")
    assert isinstance(fault, FieldError)
    assert (fault.field, fault.code) == ("phone", code)
    assert fault.example == "8123 4567"
    assert "8123 4567" in fault.remedy
