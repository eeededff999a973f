"""Accounts, as a shopper without scripts uses them: the door, the basket that comes along, addresses, passwords."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from faces.shopper import ADDRESS, Page, Shopper, goods

PASSWORD = "four unrelated words"


@pytest.fixture(scope="module")
def good(shop_url: str) -> dict[str, Any]:
    """Something of which there is plenty."""
    return goods(shop_url, least=60)


@pytest.fixture
def her(shop_url: str) -> Shopper:
    """A new shopper in France, reading English."""
    return Shopper(shop_url)


def register(her: Shopper, email: str, **changes: str) -> Page:
    """The form of a new account, sent."""
    form = her.see("/account/register").form("/account/register")
    return her.send(
        "/account/register",
        {**form, "name": "Aoife Byrne", "email": email, "password": "four unrelated words", **changes},
    )


def sign_in(her: Shopper, email: str, password: str = PASSWORD, onward: str = "") -> Page:
    """The door's form, sent."""
    form = her.see("/account/sign-in").form("/account/sign-in")
    return her.send("/account/sign-in", {**form, "email": email, "password": password, "next": onward})


def test_a_guests_basket_comes_along_when_she_signs_in(shop_url: str, her: Shopper, good: dict[str, Any]) -> None:
    assert register(her, "along@example.com").heading == "Good to see you, Aoife Byrne"
    out = her.send("/account/sign-out", {"csrf": her.token()})
    assert out.status == 200 and her.see("/account").heading == "Sign in"
    her.put_in(good["variant_id"], 2)
    basket = sign_in(her, "Along@Example.com", onward="basket")
    assert basket.heading == "Basket" and "Goods, 2 pieces" in basket.words
    elsewhere = Shopper(shop_url, "de", "de")
    assert "2" in sign_in(elsewhere, "along@example.com", onward="basket").words
    assert elsewhere.see("/basket").words.count(good["name"])
    paid = her.buy()
    assert paid.heading == "Paid. It is yours"
    assert str(UUID(paid.url.path.rpartition("/")[2])) in elsewhere.see("/orders").text


def test_an_accounts_address_is_kept_and_filled_in(her: Shopper, good: dict[str, Any]) -> None:
    register(her, "address@example.com")
    her.put_in(good["variant_id"])
    her.buy(keep_address="on")
    book = her.see("/account/addresses")
    assert "14 rue Bleue" in book.words and "Filled in first" in book.words
    form = her.see("/account/addresses/new").form("/account/addresses/new")
    bad = her.send("/account/addresses/new", {**form, **ADDRESS, "postal_code": "", "do": "keep"})
    assert bad.status == 422 and "One field needs another look" in bad.words
    her.send("/account/addresses/new", {**form, **ADDRESS, "street": "2 rue Rouge", "do": "keep"})
    second = re.findall(r'action="(/fr/en/account/addresses/[0-9a-f-]{36})"', her.see("/account/addresses").text)[1]
    her.send("/" + second, {"csrf": her.token(), "do": "default"})
    her.put_in(good["variant_id"])
    assert 'value="2 rue Rouge"' in her.see("/checkout").text
    her.send("/" + second, {"csrf": her.token(), "do": "remove"})
    assert "2 rue Rouge" not in her.see("/account/addresses").words


def test_addresses_belong_to_their_account(shop_url: str, her: Shopper) -> None:
    register(her, "mine@example.com")
    form = her.see("/account/addresses/new").form("/account/addresses/new")
    her.send("/account/addresses/new", {**form, **ADDRESS, "do": "keep"})
    hers = re.findall(r'action="(/fr/en/account/addresses/[0-9a-f-]{36})"', her.see("/account/addresses").text)[0]
    other = Shopper(shop_url)
    assert other.see("/" + hers).heading == "Sign in"
    register(other, "theirs@example.com")
    assert other.see("/" + hers).status == 404
    other.send("/" + hers, {"csrf": other.token(), "do": "remove"})
    assert "14 rue Bleue" in her.see("/account/addresses").words


def test_the_door_tells_what_is_wrong_and_not_who_has_an_account(her: Shopper) -> None:
    register(her, "door@example.com")
    her.send("/account/sign-out", {"csrf": her.token()})
    wrong, nobody = sign_in(her, "door@example.com", "wrong words"), sign_in(her, "nobody@example.com")
    assert wrong.status == nobody.status == 422
    assert "do not belong together" in wrong.words and "do not belong together" in nobody.words
    for _ in range(5):
        last = sign_in(her, "door@example.com", "wrong words")
    assert last.status == 429 and "Too many tries failed." in last.words
    taken = register(her, "door@example.com")
    assert taken.status == 422 and "There is an account with this e-mail address." in taken.words
    faulty = register(her, "door2@example", password="short")
    assert (
        "Enter an address such as name@example.com." in faulty.words and "Take 10 characters or more." in faulty.words
    )
    assert "four unrelated words" not in faulty.text, "a password never comes back to the page"


def test_another_password_holds(her: Shopper) -> None:
    register(her, "words@example.com")
    form = her.see("/account/password").form("/account/password")
    wrong = her.send("/account/password", {**form, "old_password": "x", "password": "seven other words"})
    assert wrong.status == 422 and "This is not your present password." in wrong.words
    done = her.send(
        "/account/password", {**form, "old_password": "four unrelated words", "password": "seven other words"}
    )
    assert "The new password holds from now on." in done.words
    assert sign_in(her, "words@example.com", "seven other words").heading == "Good to see you, Aoife Byrne"


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "../../de/de", "basket//x", "javascript:x"]
)
def test_after_signing_in_one_stays_in_this_shop(her: Shopper, onward: str) -> None:
    email = f"stay{abs(hash(onward))}@example.com"
    register(her, email)
    page = sign_in(her, email, onward=onward)
    assert page.url.host == httpx.URL(her.base).host and page.url.path == "/fr/en/account"
