"""How a price is made, on pages: rows sum to the cent, every reason has words, unknown is never zero, changes are told."""

from __future__ import annotations

import html
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.landed import reasons as landed_reasons
from argosy.landed.explain import Reason
from argosy.landed.load import load_tables
from argosy.landed.model import Consignment, Landed, LandedLine
from argosy.landed.rules import land
from argosy.landed.tables import Tables
from argosy.markets.load import load_markets
from argosy.storefront.bill import sentences
from argosy.storefront.bill.border import border_of
from argosy.storefront.bill.changes import compare
from argosy.storefront.bill.reasons import Figures, money, reason_text
from argosy.storefront.bill.words import heading, said_by
from argosy.storefront.edition import Edition, SharedTemplates
from faces.shopper import ADDRESS, APPROVED, Page, Shopper

DATA = Path(__file__).parents[2] / "data"
FIGURES = Figures("EUR", 4000, 500, 300, 300)


class Fixed:
    """One rate for every pair: ten for one from the euro, so that conversions can be seen."""

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date]:
        return (1, 1, "nobody", day) if source == target else (10, 1, "nobody", day)


@cache
def tables() -> Tables:
    return load_tables(DATA / "landed", Fixed())


@cache
def edition(market: str, language: str = "en") -> Edition:
    found = load_markets(DATA / "markets").get(market)
    assert found is not None
    return Edition(found, language, SharedTemplates(), cast("Any", None))


def parcel(*lines: tuple[str, int, int], to: str = "DE", currency: str = "EUR", **more: Any) -> Landed:
    """What a parcel from China costs: lines are heading, pieces, and what all pieces cost."""
    return land(
        tables(),
        Consignment(
            at=date(2026, 11, 23),
            to=to,
            ship_from="CN",
            currency=currency,
            shipping_minor=0,
            lines=tuple(
                LandedLine(line=str(number), hs=hs, origin="CN", quantity=pieces, goods_minor=minor)
                for number, (hs, pieces, minor) in enumerate(lines, start=1)
            ),
            **more,
        ),
    )


# Words -------------------------------------------------------------------------------------------------------------


def test_every_reason_has_words() -> None:
    own = {"fee.heading", "duty.specific"}
    assert set(landed_reasons.PARAMETERS) <= set(sentences.SENTENCES) | own
    assert set(landed_reasons.WHY) <= set(sentences.WHY)
    assert set(landed_reasons.BANS) <= set(sentences.BANS)
    assert set(landed_reasons.CONDITIONS) <= set(sentences.CONDITIONS)


SAMPLE = {
    "rate_ppm": "125000", "low_ppm": "27000", "mean_ppm": "62000", "high_ppm": "97000", "heading": "420292",
    "lines": "5", "numerator": "3", "denominator": "2", "unit": "kg", "combine": "higher", "rate": "5",
    "currency": "EUR", "action": "section 301", "origin": "CN", "over": "50", "up_to": "3000", "amount": "3",
    "count": "2", "limit": "150", "basis": "goods", "why": "tariff", "scheme": "IOSS", "region": "NY",
    "from": "EUR", "to": "USD", "day": "2026-10-30",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(landed_reasons.PARAMETERS))
def test_words_take_what_a_reason_has(code: str) -> None:
    params = {name: SAMPLE[name] for name in landed_reasons.PARAMETERS[code]}
    told = reason_text(edition("US"), Reason(code, "1", "ENGLISH", "", "", params), FIGURES)
    assert told and "%(" not in told and "ENGLISH" not in told and "_ppm" not in told


def test_words_of_what_is_not_known_yet_are_the_reasons_own() -> None:
    told = reason_text(edition("DE"), Reason("duty.brand_new", None, "Something new", "", "", {}), FIGURES)
    assert told == '<span lang="en">Something new</span>'


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("150", "EUR", "€150"),
        ("1000", "AUD", "A$1,000"),
        ("22.50", "EUR", "€22.50"),
        ("10000", "JPY", "¥10,000"),
        ("300", "KWD", "KWD 300"),
    ],
)
def test_a_limit_has_no_needless_cents(amount: str, currency: str, shown: str) -> None:
    told = re.sub(r"</?bdi>", "", money(edition("DE", "en"), amount, currency)).replace("\xa0", " ")
    assert re.sub(r"[^\d.,]", "", told) == re.sub(r"[^\d.,]", "", shown).replace(",", "#").replace(".", ",").replace(
        "#", "."
    )


def test_headings_are_written_as_tariffs_write_them() -> None:
    assert [re.sub(r"<[^>]+>", "", heading(hs)) for hs in ("4202", "420222", "42022215", "9903.05.31")] == [
        "4202", "4202.22", "4202.22.15", "9903.05.31",
    ]  # fmt: skip


def test_a_source_says_as_of_when_and_how_sure() -> None:
    said = [
        re.sub(r"<[^>]+>", "", said_by(edition("US"), source, as_of))
        for source, as_of in (
            ("A bank", date(2026, 10, 30)), ("A gazette", "2026-02"), ("A table (two tables agree)", "2026-11-23"),
            ("A notebook (seen, part recalled)", "2025"),
        )
    ]  # fmt: skip
    assert said == [
        "A bank, Oct 30, 2026", "A gazette, Feb 2026", "A table, Nov 23, 2026", "A notebook, 2025; not confirmed yet",
    ]  # fmt: skip


def test_what_is_paid_at_the_door_is_not_in_the_sum() -> None:
    landed = parcel(("420222", 1, 4000))
    rows = border_of(edition("DE"), landed, [(4000, 0)], prepaid=False).rows()
    assert [row.sort for row in rows] == ["", "unknown", "unknown"]
    assert all("at the door" in row.amount for row in rows[1:])
    assert "About" in border_of(edition("DE"), landed, [(4000, 0)], prepaid=False).pennant()


# What changes together ---------------------------------------------------------------------------------------------


def test_a_flat_charge_is_paid_once() -> None:
    one = parcel(("420222", 1, 4000))
    fees = next(change for change in compare(parcel(("420222", 2, 8000)), [(one, 2)]) if change.figure == "fees")
    assert fees.minor == -300 and not fees.new and not fees.gone


def test_a_threshold_is_crossed_together() -> None:
    one = parcel(("420222", 1, 10_000))
    changes = {change.figure: change for change in compare(parcel(("420222", 2, 20_000)), [(one, 2)])}
    assert [reason.code for reason in changes["duty"].gone] == ["duty.replaced"]
    assert changes["duty"].minor and changes["duty"].minor > 0
    assert changes["fees"].minor == -600 and [reason.code for reason in changes["fees"].gone] == ["fee.heading"]


def test_what_is_known_apart_and_unknown_together_is_told() -> None:
    one = parcel(("910212", 1, 10_000))
    assert one.total_minor is not None
    together = parcel(("910212", 2, 20_000))
    assert together.duty_minor is None
    assert {change.figure: change.minor for change in compare(together, [(one, 2)])}["duty"] is None


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["420222", "420292", "610910", "640411", "851713"]),
            st.integers(1, 3),
            st.integers(100, 9_000),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([("DE", "EUR"), ("SG", "SGD"), ("HK", "HKD"), ("AU", "AUD"), ("BR", "BRL")]),
)
def test_differences_add_up_to_that_of_the_totals(lines: list[tuple[str, int, int]], where: tuple[str, str]) -> None:
    to, currency = where
    together = parcel(*[(hs, pieces, pieces * unit) for hs, pieces, unit in lines], to=to, currency=currency)
    alone = [(parcel((hs, 1, unit), to=to, currency=currency), pieces) for hs, pieces, unit in lines]
    changes = compare(together, alone)
    apart = [(one.total_minor, count) for one, count in alone]
    if together.total_minor is not None and all(minor is not None for minor, _ in apart):
        whole = sum(minor * count for minor, count in apart if minor is not None)
        assert sum(change.minor or 0 for change in changes) == together.total_minor - whole
    for change in changes:
        assert change.minor != 0


# On pages ----------------------------------------------------------------------------------------------------------

ROW = re.compile(r'<div(?: class="(\w*)")?><dt>(.*?)</dt><dd>(.*?)</dd>', re.S)


def bills(text: str) -> list[list[tuple[str, str, str]]]:
    """The bills of a page: rows as sort, words, amount."""
    found = []
    for part in re.findall(r'<dl class="sum">(.*?)</dl>', text, re.S):
        rows = [tuple(html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in row) for row in ROW.findall(part)]
        if any(sort == "total" for sort, _, _ in rows):
            found.append(rows)
    return found  # type: ignore[return-value]


def minor(amount: str) -> int:
    """An amount as digits, with its sign."""
    digits = re.sub(r"\D", "", amount)
    return -int(digits) if "−" in amount else int(digits)


def assert_it_adds_up(rows: list[tuple[str, str, str]]) -> None:
    parts = [minor(amount) for sort, _, amount in rows if sort not in ("total", "unknown") and re.search(r"\d", amount)]
    total = next(minor(amount) for sort, _, amount in rows if sort == "total")
    assert sum(parts) == total
    for sort, _, amount in rows:
        assert (sort == "unknown") == (amount in ("not known", "at the door"))


def handles(base: str, market: str, count: int) -> list[str]:
    listed = httpx.get(f"{base}/v1/products", params={"market": market, "page_size": 100}, timeout=30).json()
    return [card["handle"] for card in listed["products"]][:: max(1, 100 // count)][:count]


@pytest.mark.parametrize("market", ["fr", "us", "hk", "jp", "br", "gb", "sg", "cn", "th"])
def test_each_bill_adds_up_to_the_price(shop_url: str, market: str) -> None:
    shopper = Shopper(shop_url, market)
    seen = 0
    for handle in handles(shop_url, market.upper(), 8):
        page = shopper.see(f"/p/{handle}")
        for rows in bills(page.text):
            assert_it_adds_up(rows)
            seen += 1
            price = re.search(r'<p class="price[^"]*price--lg"><b>(.*?)</b>', page.text, re.S)
            assert price and minor(re.sub(r"<[^>]+>", "", price[1])) == minor(rows[-1][2])
            unknown = any(sort == "unknown" for sort, _, _ in rows)
            buy = page.text.split('<aside class="buy"')[1].split("</aside>")[0]
            assert unknown == ("plus duty and tax" in buy) == ("at the door</span>" in buy)
    assert seen >= 5


def variants(base: str, market: str, all_in: bool, least: int = 20) -> list[dict[str, Any]]:
    """Variants that can be had there, whose price says `all in` or not."""
    found = []
    for handle in handles(base, market, 50):
        one = httpx.get(f"{base}/v1/products/{handle}", params={"market": market}, timeout=30).json()
        for variant in one["variants"]:
            if variant["price"] and variant["price"]["all_in"] == all_in and (variant["available"] or 0) >= least:
                found.append(variant | {"handle": handle, "name": one["name"]})
                break
    return found


def test_one_piece_costs_the_same_on_its_page_in_the_basket_and_at_the_checkout(shop_url: str) -> None:
    her = Shopper(shop_url)
    good = variants(shop_url, "FR", all_in=True)[0]
    on_page = bills(her.see(f"/p/{good['handle']}?v={good['variant_id']}").text)[0][-1][2]
    basket = her.put_in(good["variant_id"])
    order = her.buy()
    for page in (basket, order):
        (rows,) = bills(page.text)
        assert_it_adds_up(rows)
        assert rows[-1][2] == on_page and rows[-1][1] == "Final price"


def test_the_basket_says_what_changes_together(shop_url: str) -> None:
    her = Shopper(shop_url)
    good = next(one for one in variants(shop_url, "FR", all_in=True) if one["price"]["minor"] < 4000)
    assert "Ordered together" not in her.put_in(good["variant_id"]).words
    page = her.put_in(good["variant_id"])
    assert re.search(r"Ordered together: \S+ € less than piece by piece\. A flat charge is paid once", page.words)
    assert_it_adds_up(bills(page.text)[0])


def test_what_is_unknown_is_said_in_words(shop_url: str) -> None:
    her = Shopper(shop_url, "th")
    good = variants(shop_url, "TH", all_in=False)[0]
    basket = her.put_in(good["variant_id"])
    (rows,) = bills(basket.text)
    assert ("unknown", "Customs duty", "not known") in rows and rows[-1][1] == "You pay us"
    assert "Duty and tax are not known: customs will ask for them at the door" in basket.words


def test_what_is_banned_cannot_be_bought_and_the_page_says_why(shop_url: str) -> None:
    her = Shopper(shop_url, "in")
    for handle in handles(shop_url, "FR", 50):
        page = her.see(f"/p/{handle}")
        if "May not be sent to India" in page.words:
            break
    else:
        pytest.fail("nothing is banned in India")
    assert "Goods of this origin are not let in." in page.words
    assert 'action="/in/en/basket/add"' not in page.text and not bills(page.text)
    variant = httpx.get(f"{shop_url}/v1/products/{handle}", params={"market": "IN"}, timeout=30).json()["variants"][0]
    basket = her.put_in(variant["variant_id"])
    assert (
        "May not be sent to India." in basket.words and "Nothing in the basket can be had as it stands." in basket.words
    )


# States and provinces ----------------------------------------------------------------------------------------------


def american(base: str) -> tuple[Shopper, dict[str, Any]]:
    return Shopper(base, "us"), variants(base, "US", all_in=True)[0]


def total(page: Page) -> str:
    return bills(page.text)[0][-1][2]


def test_a_state_is_chosen_and_kept(shop_url: str) -> None:
    her, good = american(shop_url)
    before = her.put_in(good["variant_id"])
    assert "Deliver to New York" in before.text
    form = her.see("/markets").form("/region")
    after = her.send("/region", {**form, "country_area": "OR", "to": "basket"})
    assert after.url.path == "/us/en/basket" and "Deliver to Oregon" in after.text
    assert "Oregon has none" in after.words and minor(total(after)) < minor(total(before))
    kept = her.send("/region", {**form, "country_area": "XX", "to": "basket"})
    assert "Deliver to Oregon" in kept.text


def test_another_state_in_the_address_is_a_new_price_to_look_at(shop_url: str) -> None:
    her, good = american(shop_url)
    her.put_in(good["variant_id"])
    address = ADDRESS | {"phone": "(212) 555-2368", "city": "Portland", "postal_code": "97201", "country_area": "OR"}
    first = her.send("/checkout", {**her.see("/checkout").form("/checkout"), **address, "card": APPROVED})
    assert first.status == 409 and "To Oregon tax is another: the new total is" in first.words
    assert "Portland" in first.text
    ordered = her.send("/checkout", {**first.form("/checkout"), **address, "card": APPROVED})
    assert ordered.heading == "Paid. It is yours" and total(ordered) == total(first)
