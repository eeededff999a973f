"""The festival's pages through real HTTP: what is on, claims, the flash hall, the basket's savings; without scripts."""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter as Tally
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from faces.festival_plan import served
from faces.shopper import Page, Shopper, goods

CARD = re.compile(r'<h3 class="card__name"><a href="[^"]*/p/([^"?]+)\?v=([^"]+)">')
FIGURE = re.compile(r'id="t-(?P<code>[\w-]+)"><b>(?P<figure>.*?)</b>', re.S)


@pytest.fixture(scope="module")
def festive(server: str, stocked: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop in whose French market a festival runs."""
    yield from served(server, stocked, home, tmp_path_factory.mktemp("festive"))


def claim(shopper: Shopper, code: str, to: str = "coupons") -> Page:
    """A claim sent as the page's form does."""
    token = shopper.token()
    return shopper.send("/coupons/claim", {"csrf": token, "promotion": code, "to": to})


def section(page: Page, id: str) -> str:
    """The codes of the tickets under a heading."""
    found = re.search(rf'aria-labelledby="{id}".*?</section>', page.text, re.S)
    return " ".join(one["code"] for one in FIGURE.finditer(found[0])) if found else ""


def test_the_festivals_page_tells_its_days_and_what_is_on(festive: str) -> None:
    page = Shopper(festive, language="fr").see("/festival/618")
    assert page.status == 200
    assert page.heading == "La fête 618"
    steps = re.findall(r"<li( class=\"\w+\")?[^>]*><strong>", page.text)
    assert steps[:3] == [' class="done"', ' class="now"', ""]
    assert page.text.count("data-deadline=") == 1
    assert section(page, "on") == "five packet rush cross tote watches-now"
    assert section(page, "soon") == "later members shoes-later"
    assert "pour les membres : Or et Sea Dog" in page.words
    # No translation: the English name, told to be English.
    assert '<strong><bdi lang="en">Five off</bdi></strong>' in page.text
    assert "Pour toutes les boutiques" in page.words
    assert "Un cadeau" in page.text
    # A pre-sale cuts no price: it stands by itself, with what a deposit counts for and when its balance is due.
    assert section(page, "ps") == "early"
    assert "1,00 € Early birds Payez 1,00 € maintenant" in page.words
    assert "Solde à payer du" in page.words


def test_figures_are_the_markets_own(festive: str) -> None:
    page = Shopper(festive).see("/festival/618")
    told = {one["code"]: re.sub(r"<[^>]+>|\s", "", one["figure"]) for one in FIGURE.finditer(page.text)}
    assert told["five"] == "−4,00€"
    assert told["later"] == "−10,5%"
    assert told["packet"] == "0,90€"
    assert re.search(r"for every 50,00 € ?, as often as it fits", page.words)


def test_the_goods_of_a_promotion_are_shown(festive: str) -> None:
    shopper = Shopper(festive)
    page = shopper.see("/festival/618?of=watches-now")
    assert 'aria-current="true">Watches now' in page.text
    handles = re.findall(r'card__name"><a href="[^"]*/p/([^"?]+)', page.text)
    assert handles
    one = httpx.get(f"{festive}/v1/products/{handles[0]}", params={"market": "FR"}).json()
    assert one["category"] in ("watches", "smartwatches") or "watch" in one["name"].lower()


def test_the_goods_of_a_pre_sale_take_its_deposit(festive: str) -> None:
    shopper = Shopper(festive)
    page = shopper.see("/festival/618?of=early")
    assert 'aria-current="true">Early birds' in page.text
    assert "Pay 1,00 € now, it counts as 2,00 €" in page.words
    found = re.search(r'card__name"><a href="[^"]*/fr/en(/p/[^"]+)', page.text)
    assert found
    good = shopper.see(found[1])
    assert "Deposit 1,00 € counts for 2,00 €" in good.words


def test_price_protection_is_told_where_it_applies(festive: str) -> None:
    promise = "If the price falls within 15 days of delivery, we pay the difference back."
    shopper, good = Shopper(festive), goods(festive, least=20)
    assert promise in shopper.see("/festival/618").words
    page = f"/p/{good['handle']}?v={good['variant_id']}"
    assert promise in shopper.see(page).words
    assert "we pay the difference back" not in Shopper(festive, market="sg").see(page).words
    shopper.put_in(good["variant_id"])
    order = shopper.buy()
    assert order.heading == "Paid. It is yours"
    # It is written down some seconds after the payment.
    told = partial(shopper.see, order.url.path.removeprefix(shopper.prefix))
    for _ in range(100):
        if promise in told().words:
            break
        time.sleep(0.3)
    assert "Price protection " + promise in told().words
    assert "Flash sales, coupons, members’ prices and offers for whole baskets do not count." in told().words


@pytest.mark.parametrize("path", ["/sg/en/festival/618", "/fr/en/festival/none"])
def test_a_festival_elsewhere_is_not_found(festive: str, path: str) -> None:
    assert httpx.get(festive + path).status_code == 404


def test_markets_without_a_festival_say_so(festive: str) -> None:
    shopper = Shopper(festive, market="sg")
    for path, words in (("/coupons", "There are no coupons in Singapore just now"), ("/flash", "No flash sale is on")):
        page = shopper.see(path)
        assert page.status == 200
        assert words in page.words


def test_a_guest_claims_and_her_basket_uses_it(festive: str) -> None:
    ana = Shopper(festive)
    assert section(ana.see("/coupons"), "open") == "five packet rush"
    page = claim(ana, "five")
    assert page.status == 200
    assert str(page.url).endswith("/fr/en/coupons?told=claimed#coupons")
    assert "It is yours." in page.words
    assert section(page, "yours") == "five"
    assert section(page, "open") == "packet rush"
    again = claim(ana, "five")
    assert "You have as many of these as one shopper may." in again.words
    watch = CARD.search(ana.see("/flash").text)
    assert watch
    basket = ana.put_in(watch[2])
    assert "You saved" in basket.words
    assert re.search(r"Five off ?: −4,00 €", basket.words)
    assert re.search(r"Watches now ?: −\d+,\d\d €", basket.words)


def test_red_packets_are_drawn_and_their_limit_is_kept(festive: str) -> None:
    ana = Shopper(festive)
    first = claim(ana, "packet", to="festival")
    assert str(first.url).endswith("/fr/en/festival/618?told=claimed#coupons")
    assert "Claim another" in first.text
    second = claim(ana, "packet")
    figure = next(one["figure"] for one in FIGURE.finditer(second.text) if one["code"] == "packet")
    amounts = re.findall(r"0,(\d\d)", figure)
    assert len(amounts) == 2
    assert all(20 <= int(amount) <= 90 for amount in amounts)
    assert "Claim another" not in second.text
    assert "as many of these as one shopper may" in claim(ana, "packet").words


def test_five_coupons_among_twenty_guests_at_once(festive: str) -> None:
    guests = [Shopper(festive) for _ in range(20)]
    tokens = [guest.token() for guest in guests]
    fields = [{"csrf": token, "promotion": "rush", "to": "coupons"} for token in tokens]
    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(lambda guest, form: guest.send("/coupons/claim", form), guests, fields))
    assert Tally(page.url.params["told"] for page in pages) == {"claimed": 5, "used-up": 15}
    assert Tally(section(page, "yours") for page in pages) == {"rush": 5, "": 15}
    assert {section(page, "gone") for page in pages if page.url.params["told"] == "used-up"} == {"rush"}


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [("later", 200, "It cannot be claimed yet."), ("cross", 404, ""), ("none", 404, ""), ("", 404, "")],
)
def test_what_cannot_be_claimed_is_told(festive: str, code: str, status: int, words: str) -> None:
    page = claim(Shopper(festive), code)
    assert page.status == status
    assert words in page.words


def test_a_forged_claim_is_refused(festive: str) -> None:
    ana = Shopper(festive)
    claim(ana, "packet")
    page = ana.send("/coupons/claim", {"promotion": "packet", "csrf": "x"})
    assert page.status == 403


def test_signing_in_brings_the_coupons_along(festive: str) -> None:
    ana = Shopper(festive)
    claim(ana, "packet")
    form = ana.see("/account/register").form("/account/register")
    email = f"{uuid.uuid4().hex}@shopper.example"
    ana.send("/account/register", {**form, "name": "Ana", "email": email, "password": "four unrelated words here"})
    page = ana.see("/coupons")
    assert section(page, "yours") == "packet"


def test_the_flash_hall_tells_what_is_left_and_what_is_hers(festive: str) -> None:
    page = Shopper(festive).see("/flash")
    assert "Watches now 3 pieces of each good have this price. 2 for each shopper." in page.words
    assert CARD.search(page.text)
    assert re.search(r"(3 left|Last \d|Last piece|One left) · 2 for you", page.words)
    later = Shopper(festive).see("/flash?slot=shoes-later")
    assert "this slot begins at" in later.words
    assert re.search(r"12,\d\d € from", later.words)


def test_the_api_tells_the_festival(festive: str) -> None:
    answer = httpx.get(f"{festive}/v1/campaigns", params={"market": "FR"})
    assert answer.status_code == 200
    (told,) = answer.json()
    assert (told["code"], told["phase"], told["currency"]) == ("618", "main", "EUR")
    by_code: dict[str, Any] = {one["code"]: one for one in told["promotions"]}
    assert by_code["tote"]["kind"] == "gift"
    early = by_code["early"]
    assert (early["kind"], early["layer"], early["live"]) == ("presale", "item", True)
    begins, ends = early["terms"]["balance_from"], early["terms"]["balance_until"]
    assert early["terms"] == {
        "units": 10, "deposit_minor": 100, "counts_minor": 200, "balance_from": begins, "balance_until": ends
    }  # fmt: skip
    # The deposit can be paid until the balance is due.
    assert begins == early["times"][0]["ends"]
    assert begins < ends and ends.endswith("Z")
    assert by_code["five"]["terms"] == {"over_minor": 500, "off_minor": 400, "repeated": False}
    assert by_code["five"]["claimed"] is True
    assert by_code["five"]["live"] is True
    assert by_code["later"]["live"] is False
    assert (told["level_names"], by_code["members"]["levels"]) == (
        {"gold": {"en": "Gold", "fr": "Or"}},
        ["gold", "sea-dog"],
    )
    assert httpx.get(f"{festive}/v1/campaigns", params={"market": "SG"}).json() == []
    assert httpx.get(f"{festive}/v1/campaigns", params={"market": "XX"}).status_code == 400
