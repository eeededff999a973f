"""Buying, as a shopper without scripts does it: over HTTP, on a served shop with a part of the real catalogue."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from argosy.app import application
from argosy.plumbing.database import open_database
from argosy.plumbing.pace import set_pace
from conftest import config_for
from faces.shopper import ADDRESS, APPROVED, DECLINED, STEP, Page, Shopper, goods, left, take_all_but, wait_for


@pytest.fixture(scope="module")
def good(shop_url: str) -> dict[str, Any]:
    """Something of which there is plenty."""
    return goods(shop_url, least=60)


@pytest.fixture
def her(shop_url: str) -> Shopper:
    """A new shopper in France, reading English."""
    return Shopper(shop_url)


# The way through ---------------------------------------------------------------------------------------------------


def test_from_the_basket_to_a_paid_order(her: Shopper, good: dict[str, Any]) -> None:
    basket = her.put_in(good["variant_id"], 2)
    assert basket.heading == "Basket" and good["name"] in basket.words
    assert 'class="count">2<' in basket.text
    page, form = her.checkout()
    total = re.search(r"(?:Final price|You pay us) (\S+ €|€\S+)", page.words)
    assert total and "nothing is due at the door" in page.words and "What each good bears of it" in page.words
    paid = her.send("/checkout", form)
    assert paid.heading == "Paid. It is yours" and total[1] in paid.words
    assert "14 rue Bleue" in paid.words and "75002 Paris" in paid.words
    assert her.see("/basket").heading == "Basket" and "Your basket is empty" in her.see("/basket").words
    listed = her.see("/orders")
    assert total[1] in listed.words and good["name"] in listed.words


def test_pressing_twice_is_one_order(her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"])
    _, form = her.checkout()
    first, second = her.send("/checkout", form), her.send("/checkout", form)
    assert first.url.path == second.url.path and second.heading == "Paid. It is yours"
    assert her.see("/orders").text.count('class="panel order"') == 1


def test_a_refused_payment_keeps_the_basket_and_can_be_tried_again(her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"], 3)
    refused = her.buy(card=DECLINED)
    assert refused.heading == "Your bank said no"
    assert "Your bank did not agree to the payment. Nothing was taken." in refused.words
    basket = her.see("/basket")
    assert good["name"] in basket.words and "waits for your payment" in basket.words
    again = her.send(refused.url.path.removeprefix(her.prefix) + "/pay", refused.form("/pay") | {"card": APPROVED})
    assert again.heading == "Paid. It is yours" and again.url.path == refused.url.path
    assert "Payment refused" in again.words and "Paid, price fixed" in again.words
    assert "Your basket is empty" in her.see("/basket").words


@pytest.mark.parametrize(
    ("word", "heading", "basket"),
    [("agree", "Paid. It is yours", "Your basket is empty"), ("refuse", "Your bank said no", "To the checkout")],
)
def test_the_bank_asks_and_she_decides(
    her: Shopper, good: dict[str, Any], word: str, heading: str, basket: str
) -> None:
    her.put_in(good["variant_id"])
    step = her.buy(card=STEP)
    assert step.url.path.startswith("/pay/simulated/") and "Do you agree to pay" in step.heading
    answered = her.send("/" + step.url.path, {**step.form(step.url.path), "do": word})
    assert answered.heading == heading
    assert basket in her.see("/basket").words


def test_who_leaves_the_bank_comes_back_to_a_held_order(her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"])
    her.buy(card=STEP)
    listed = her.see("/orders")
    path = re.search(r'href="(/fr/en/orders/[0-9a-f-]{36})"', listed.text)
    assert path
    order = her.see("/" + path[1])
    assert order.heading == "Your bank asks you" and "Confirm the payment" in order.words
    other = her.send(order.url.path.removeprefix(her.prefix) + "/pay", order.form("/pay") | {"card": APPROVED})
    assert other.heading == "Paid. It is yours"


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ("4000000000009995", "There is not enough money on this card."),
        ("4000000000000069", "This card has run out."),
    ],
)
def test_each_refusal_says_why(her: Shopper, good: dict[str, Any], card: str, sentence: str) -> None:
    her.put_in(good["variant_id"])
    assert sentence in her.buy(card=card).words


def test_an_undecided_payment_is_followed_until_it_is_decided(her: Shopper, good: dict[str, Any]) -> None:
    """Card 4046 never sends word: only asking the provider shows that it paid."""
    her.put_in(good["variant_id"])
    page = her.buy(card_number="4000 0000 0000 4046")
    assert page.heading == "Your bank is deciding" and "hx-trigger" in page.text
    for _ in range(60):
        page = her.see("/" + page.url.raw_path.decode())
        if page.heading != "Your bank is deciding":
            break
        time.sleep(0.25)
    assert page.heading == "Paid. It is yours"
    assert "Your basket is empty" in her.see("/basket").words


# What stands in the way --------------------------------------------------------------------------------------------


def test_a_faulty_address_orders_nothing_and_keeps_what_was_typed(her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"])
    page = her.buy(phone="085 12", postal_code="7500", name='<script>alert("x")</script>')
    assert page.status == 422 and "2 fields need another look. Nothing was ordered yet." in page.words
    assert 'value="085 12"' in page.text and 'aria-invalid="true"' in page.text
    assert "Enter a code such as 33380." in page.words and "or start with + and the calling code" in page.words
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text
    assert "No order yet" in her.see("/orders").words


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "abc", "0" * 32])
def test_a_card_that_is_no_test_card_is_refused_before_anything_is_ordered(
    her: Shopper, good: dict[str, Any], number: str
) -> None:
    her.put_in(good["variant_id"])
    page = her.buy(card_number=number)
    assert page.status == 422 and "it knows test cards only" in page.words
    assert "No order yet" in her.see("/orders").words


def test_the_quantity_can_be_changed_on_the_checkout_without_losing_the_address(
    her: Shopper, good: dict[str, Any]
) -> None:
    her.put_in(good["variant_id"])
    _, form = her.checkout(street="99 rue Verte")
    page = her.send("/checkout", {**form, "step": f"{good['variant_id']}:4"})
    assert page.heading == "Your order, all on one page" and "Goods, 4 pieces" in page.words
    assert 'value="99 rue Verte"' in page.text
    emptied = her.send("/checkout", {**form, "step": f"{good['variant_id']}:0"})
    assert emptied.url.path.endswith("/basket") and "Your basket is empty" in emptied.words


def test_what_sells_out_meanwhile_is_put_aside_and_the_rest_can_be_bought(
    shop_url: str, her: Shopper, good: dict[str, Any]
) -> None:
    rare = goods(shop_url, least=12, skip=20)
    her.put_in(good["variant_id"])
    her.put_in(rare["variant_id"], 10)
    _, form = her.checkout()
    take_all_but(shop_url, rare, 2)
    fewer = her.send("/checkout", form)
    assert fewer.status == 409 and "2 pieces are left, so we changed the quantity" in fewer.words
    assert "Nothing was taken from your card." in fewer.words
    form = {**fewer.form("/checkout"), **ADDRESS, "card": APPROVED}
    wait_for(shop_url, rare, 2)
    take_all_but(shop_url, rare, 0)
    gone = her.send("/checkout", form)
    assert gone.status == 409 and "sold out while it was in your basket. We put it aside" in gone.words
    paid = her.send("/checkout", {**gone.form("/checkout"), **ADDRESS, "card": APPROVED})
    assert paid.heading == "Paid. It is yours" and rare["name"] not in paid.words
    basket = her.see("/basket")
    assert "Put aside" in basket.words and rare["name"] in basket.words


def test_a_limit_is_told_before_and_kept_after(shop_url: str, her: Shopper) -> None:
    limited = goods(shop_url, least=20, limited=True)
    most = limited["limit_per_shopper"]
    basket = her.put_in(limited["variant_id"], most + 1)
    assert re.search(r"You may have (one|\d+) of these\.", basket.words) and "To the checkout" not in basket.words
    her.send("/basket/change", {"csrf": her.token(), "variant": limited["variant_id"], "quantity": str(most)})
    assert her.buy().heading == "Paid. It is yours"
    again = her.put_in(limited["variant_id"])
    assert "You have as many of these as one shopper may." in again.words


def test_an_old_or_foreign_price_is_never_taken(shop_url: str, her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"])
    other = Shopper(shop_url)
    other.put_in(good["variant_id"])
    _, form = her.checkout()
    for quote in ("", "nonsense", form["quote"][:-4] + "AAAA", other.checkout()[1]["quote"]):
        page = her.send("/checkout", {**form, "quote": quote})
        assert page.status == 409 and page.heading == "Your order, all on one page"
    assert "No order yet" in her.see("/orders").words


# The basket --------------------------------------------------------------------------------------------------------


def test_a_basket_is_changed_by_plain_forms(shop_url: str, her: Shopper, good: dict[str, Any]) -> None:
    other = goods(shop_url, least=30, skip=8)
    her.put_in(good["variant_id"])
    her.put_in(other["variant_id"])
    token = her.token()

    def change(**fields: str) -> Page:
        return her.send("/basket/change", {"csrf": token, "variant": good["variant_id"], **fields})

    assert "Goods, 3 pieces" in change(quantity="1", was="1", do="more").words
    assert "Goods, 6 pieces" in change(quantity="5", was="2", do="more").words, "a typed number counts, not the button"
    assert "Goods, 5 pieces" in change(quantity="5", was="5", do="less").words
    assert "Goods, one piece" in change(quantity="4", do="aside").words
    assert "Goods, 5 pieces" in change(quantity="4", do="back").words
    assert good["name"] not in change(quantity="4", do="remove").words
    assert "Choose a quantity from 1 to 999." in change(quantity="-1").words
    assert "Choose a quantity from 1 to 999." in change(quantity="99999").words
    assert "Goods, one piece" in her.see("/basket").words


@pytest.mark.parametrize("variant", ["", "nonsense", "01977f2e-4c00-7001-8000-3f2a9d1c5b7e"])
def test_what_is_not_sold_does_not_get_into_a_basket(her: Shopper, variant: str) -> None:
    page = her.put_in(variant)
    assert "not sold here any more, or never was" in page.words and "Your basket is empty" in page.words


def test_looking_sets_no_cookie_and_buying_sets_one_that_scripts_cannot_read(
    her: Shopper, good: dict[str, Any]
) -> None:
    assert "set-cookie" not in her.see("/basket").headers
    token = her.token()
    assert not her.client.cookies
    answer = her.client.post(
        her.prefix + "/basket/add", data={"csrf": token, "variant": good["variant_id"]}, follow_redirects=False
    )
    cookie = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("argosy="))
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower() and "Path=/" in cookie
    assert answer.status_code == 303 and "no-store" in her.see("/basket").headers["cache-control"]


# Whose it is -------------------------------------------------------------------------------------------------------


def test_an_order_is_opened_by_its_shopper_or_its_link_and_by_nobody_else(
    shop_url: str, her: Shopper, good: dict[str, Any]
) -> None:
    her.put_in(good["variant_id"])
    order = her.buy()
    path, key = order.url.path, order.url.params["key"]
    stranger = Shopper(shop_url)
    assert her.see("/" + path).heading == "Paid. It is yours"
    assert stranger.see(f"/{path}?key={key}").heading == "Paid. It is yours"
    for bad in ("", "?key=", "?key=AAAA", f"?key={key[:-2]}AA"):
        refused = stranger.see("/" + path + bad)
        assert refused.status == 404 and "14 rue Bleue" not in refused.text
    token = stranger.token()
    for what in ("/cancel", "/pay", "/again"):
        sent = stranger.send("/" + path + what, {"csrf": token, "card": APPROVED})
        assert sent.status == 404
    assert her.see("/" + path).heading == "Paid. It is yours"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/basket/add", {}),
        ("/basket/change", {}),
        ("/checkout", {}),
        ("/account/sign-in", {"email": "a@b.ie", "password": "x"}),
        ("/account/register", {"name": "A", "email": "a@b.ie", "password": "four unrelated words"}),
        ("/account/sign-out", {}),
        ("/account/password", {}),
        ("/account/addresses/new", {}),
        ("/orders/01977f2e-4c00-7001-8000-3f2a9d1c5b7e/cancel", {}),
    ],
)
def test_a_form_that_is_not_ours_does_nothing(
    shop_url: str, her: Shopper, good: dict[str, Any], path: str, fields: dict[str, str]
) -> None:
    her.put_in(good["variant_id"])
    other = Shopper(shop_url)
    other.put_in(good["variant_id"])
    token = her.token()
    assert her.send(path, fields).status == 403
    assert her.send(path, {**fields, "csrf": other.token()}).status == 403
    assert her.send(path, {**fields, "csrf": token}, headers={"Origin": "https://evil.example"}).status == 403
    assert her.send(path, {**fields, "csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}).status == 403


# Ways out ----------------------------------------------------------------------------------------------------------


def test_an_unpaid_order_is_cancelled_and_its_goods_are_free_again(shop_url: str, her: Shopper) -> None:
    some = goods(shop_url, least=30, skip=12)
    before = left(shop_url, some)
    her.put_in(some["variant_id"], 5)
    held = her.buy(card=DECLINED)
    ended = her.send(held.url.path.removeprefix(her.prefix) + "/cancel", held.form("/cancel"))
    assert ended.heading == "Cancelled" and "Nothing was taken, and the goods are free again." in ended.words
    wait_for(shop_url, some, before)
    late = her.send(held.url.path.removeprefix(her.prefix) + "/pay", held.form("/pay") | {"card": APPROVED})
    assert late.heading == "Cancelled"


def test_a_paid_order_is_cancelled_and_the_money_goes_back(her: Shopper, good: dict[str, Any]) -> None:
    her.put_in(good["variant_id"], 2)
    paid = her.buy()
    ended = her.send(paid.url.path.removeprefix(her.prefix) + "/cancel", paid.form("/cancel"))
    assert ended.heading == "Your money goes back" and "Refunds" in ended.words and "Done" in ended.words
    again = her.send(ended.url.path.removeprefix(her.prefix) + "/again", ended.form("/again"))
    assert again.heading == "Basket" and "Goods, 2 pieces" in again.words


# Time --------------------------------------------------------------------------------------------------------------


def test_a_price_and_a_hold_end_when_they_said(stocked_dsn: str, home: Path) -> None:
    """The shop's clock is moved: half an hour ends the quote's price, a quarter the hold of an unpaid order."""
    config = config_for(stocked_dsn, home, base_url="http://testserver.local")

    async def story() -> tuple[Page, Page, Page]:
        app = application(config, stocked_dsn)
        async with AsyncTestClient(app, base_url="http://testserver.local") as client:
            desk = app.state.storefront.desk

            async def move(by: timedelta) -> None:
                """Move the shop's clock on, and wait until the shop has noticed."""
                goal = desk.clock.now() + by
                database = await open_database(stocked_dsn, size=1)
                async with database.transaction() as tx:
                    await set_pace(tx, desk.cell, goal, 1.0)
                await database.close()
                while desk.clock.now() < goal:
                    await asyncio.sleep(0.05)

            async def see(path: str) -> Page:
                return Page(await client.get(path))

            listed = (await client.get("/v1/products?market=FR&page_size=30")).json()["products"]
            variant = next(one["variant_id"] for one in listed if one["available"])
            token = (await see("/fr/en/account/sign-in")).form("/account/sign-in")["csrf"]
            await client.post("/fr/en/basket/add", data={"csrf": token, "variant": variant})
            page = await see("/fr/en/checkout")
            form = {**page.form("/checkout"), **ADDRESS, "card": DECLINED}
            await move(timedelta(minutes=31))
            late = Page(await client.post("/fr/en/checkout", data=form))
            held = Page(
                await client.post("/fr/en/checkout", data={**late.form("/checkout"), **ADDRESS, "card": DECLINED})
            )
            await move(timedelta(minutes=16))
            ended = held
            for _ in range(100):
                ended = await see(held.url.raw_path.decode())
                if ended.heading != held.heading:
                    break
                await asyncio.sleep(0.1)
            return late, held, ended

    late, held, ended = asyncio.run(story())
    assert late.status == 409 and "The time of this price was over" in late.words and "Nothing was taken." in late.words
    assert held.heading == "Your bank said no"
    assert ended.heading == "Not paid in time" and "Put these goods into the basket" in ended.words
    assert datetime.fromisoformat(re.findall(r'<time datetime="([^"]+)"', ended.text)[0])
