"""Deposits as a shopper without scripts sees them: terms, payment, her list, the balance, and what was lost."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import run_sql
from faces.festival_plan import served_with_books
from faces.shopper import ADDRESS, APPROVED, Page, Shopper, goods

PASSWORD = "four unrelated words here"


class Shop:
    """A served shop while deposits are taken."""

    def __init__(self, url: str, dsn: str) -> None:
        self.url = url
        self.dsn = dsn
        self.good = goods(url, least=20)

    def window(self, begins: str, ends: str) -> None:
        """Move the balance windows of all deposits, in days from now, as if the time had come."""
        sql = f"UPDATE deposits SET balance_from = now() + '{begins}', balance_until = now() + '{ends}'"
        asyncio.run(run_sql(self.dsn, sql))


@pytest.fixture(scope="module")
def shop(server: str, stocked: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    for url, dsn in served_with_books(server, stocked, home, tmp_path_factory.mktemp("deposits")):
        yield Shop(url, dsn)


def paid(her: Shopper, good: dict[str, Any], pieces: int = 1) -> Page:
    page = her.see(f"/deposit?variant={good['variant_id']}&quantity={pieces}")
    assert page.heading == "Your deposit"
    assert "Duty and tax are worked out with the balance" in page.words
    return her.send("/deposit", {**page.form("/deposit"), **ADDRESS, "card": APPROVED})


def register(her: Shopper) -> str:
    """A new account for this browser; its address."""
    email = f"{uuid.uuid4().hex}@shopper.example"
    form = her.see("/account/register").form("/account/register")
    page = her.send("/account/register", {**form, "name": "Ana", "email": email, "password": PASSWORD})
    assert page.url.path.endswith("/account")
    return email


def sign_in(her: Shopper, email: str) -> None:
    form = her.see("/account/sign-in").form("/account/sign-in")
    page = her.send("/account/sign-in", {**form, "email": email, "password": PASSWORD})
    assert page.url.path.endswith("/account")


def test_from_a_deposit_to_its_balance(shop: Shop) -> None:
    her, good = Shopper(shop.url), shop.good
    assert "No deposit yet" in her.see("/account/deposits").words
    offered = her.see(f"/p/{good['handle']}?v={good['variant_id']}")
    assert "Deposit 1,00 € counts for 2,00 €" in offered.words and "Balance from" in offered.words

    order = paid(her, good, 2)
    assert order.heading == "Your deposit is paid" and "Deposit, 2 pieces 2,00 €" in order.words
    assert "Pay the balance" not in order.words and "To be packed" not in order.words
    listed = her.see("/account/deposits")
    assert "Early birds" in listed.words and "Deposit 2,00 € counts for 4,00 €" in listed.words
    assert "Pay the balance" not in listed.words
    assert "is due" not in her.see("/").words

    shop.window("-1 hour", "1 day")
    listed = her.see("/account/deposits")
    assert "The balance is due" in listed.words
    where = f"/deposits/{order.url.path.rpartition('/')[2]}/balance"
    page = her.see(where)
    assert page.heading == "The balance of your deposit"
    assert re.search(r"Deposit paid ahead \S2,00 €", page.words)
    assert ADDRESS["street"] in page.text
    bought = her.send("/deposit", {**page.form("/deposit"), **ADDRESS, "card": APPROVED})
    assert bought.heading == "Paid. It is yours"
    assert "Used" in her.see("/account/deposits").words
    assert her.see(where).status == 409
    assert Shopper(shop.url).see(where).status == 404


def test_the_rest_of_a_deposit_goes_back(shop: Shop) -> None:
    her = Shopper(shop.url)
    order = paid(her, shop.good)
    deposit = order.url.path.rpartition("/")[2]
    shop.window("-1 hour", "1 day")
    # As if 9,999.00 had been paid ahead for goods that cost less now.
    more = f"UPDATE deposits SET paid_minor = 999900, counts_minor = 999900 WHERE deposit_id = '{deposit}'"
    asyncio.run(run_sql(shop.dsn, more))
    page = her.see(f"/deposits/{deposit}/balance")
    assert re.search(r"cost less than you had paid ahead. 9.\d{3},\d\d € goes back to the card", page.words)
    assert her.send("/deposit", {**page.form("/deposit"), **ADDRESS, "card": APPROVED}).heading == "Paid. It is yours"
    for _ in range(100):
        told = her.see(f"{order.url.path.removeprefix(her.prefix)}?{order.url.query.decode()}").words
        if "Rest of the deposit given back" in told:
            break
        time.sleep(0.2)
    # No more than the deposit was really paid with.
    assert "1,00 € goes back to the card it came from" in told and "Goods of its balance went back" not in told


def test_signing_in_brings_the_deposits_along(shop: Shop) -> None:
    her, other = Shopper(shop.url), Shopper(shop.url)
    order, others = paid(her, shop.good, 2), paid(other, shop.good)
    mine, theirs = (page.url.path.rpartition("/")[2] for page in (order, others))
    email = register(her)
    listed = her.see("/account/deposits").text
    assert mine in listed and theirs not in listed
    # The order was a guest's: the list opens it with its own key.
    link = re.search(rf'href="[^"]*(/orders/{mine}\?key=[^"]+)"', listed)
    assert link and her.see(link[1]).heading == "Your deposit is paid"

    shop.window("-1 hour", "1 day")
    assert her.see(f"/deposits/{mine}/balance").heading == "The balance of your deposit"
    assert her.see(f"/deposits/{theirs}/balance").status == 404

    # Out again she has none here, and whoever registers next in this browser gets none of hers.
    her.send("/account/sign-out", {"csrf": her.token()})
    assert "No deposit yet" in her.see("/account/deposits").words
    register(her)
    assert "No deposit yet" in her.see("/account/deposits").words

    # Another's browser brings its own to the account, and leaves hers where they are.
    sign_in(other, email)
    listed = other.see("/account/deposits").text
    assert mine in listed and theirs in listed


def test_an_account_that_signs_in_to_another_takes_no_deposits_along(shop: Shop) -> None:
    her, second = Shopper(shop.url), Shopper(shop.url)
    email = register(second)
    register(her)
    mine = paid(her, shop.good).url.path.rpartition("/")[2]
    sign_in(her, email)
    assert "No deposit yet" in her.see("/account/deposits").words
    assert her.see(f"/deposits/{mine}/balance").status == 404


def test_a_deposit_can_be_cancelled_until_its_window_opens(shop: Shop) -> None:
    her = Shopper(shop.url)
    order = paid(her, shop.good)
    gone = her.send(f"{order.url.path.removeprefix(her.prefix)}/cancel", order.form("/cancel"))
    assert gone.heading == "Your money goes back" and "Deposit cancelled" in gone.words
    assert "Given back" in her.see("/account/deposits").words

    late = paid(her, shop.good)
    shop.window("-1 hour", "1 day")
    kept = her.send(f"{late.url.path.removeprefix(her.prefix)}/cancel", late.form("/cancel"))
    assert kept.heading == "Your deposit is paid" and "can no longer be changed" in kept.words


def test_a_form_that_is_not_filled_in_keeps_its_price(shop: Shop) -> None:
    her = Shopper(shop.url)
    page = her.see(f"/deposit?variant={shop.good['variant_id']}")
    again = her.send("/deposit", page.form("/deposit") | {"card": APPROVED})
    assert again.status == 422 and again.form("/deposit")["quote"] == page.form("/deposit")["quote"]
    assert her.see("/deposit?variant=00000000-0000-0000-0000-000000000000").status == 404
