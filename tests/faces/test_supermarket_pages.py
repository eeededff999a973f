"""A store's pages as a shopper without scripts walks through them: slot, goods, basket, checkout, order."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from faces.shopper import APPROVED, Page, Shopper
from faces.supermarket_ground import Hall, hall

FRONT = "/supermarket/hk"
ADDRESS = {
    "name": "Chan Tai Man",
    "phone": "2345 6789",
    "street": "1 Nathan Road",
    "city": "Tsim Sha Tsui",
    "country_area": "Kowloon",
}


@pytest.fixture(scope="module")
def shop(server: str, stocked: str, home: Path) -> Iterator[Hall]:
    """The store of this module."""
    with hall(server, stocked, home) as made:
        yield made


@pytest.fixture
def her(shop: Hall) -> Shopper:
    """A new shopper in Hong Kong, reading English."""
    return Shopper(shop.url, "hk")


def radios(page: Page) -> list[str]:
    """Slots on a page that can be chosen."""
    fields = re.findall(r'<input type="radio" name="slot"[^>]*>', page.text)
    return [re.search(r'value="([^"]+)"', field)[1] for field in fields if " disabled" not in field]  # type: ignore[index]


def add(her: Shopper, variant: str, quantity: int, **more: str) -> Page:
    """Goods put into the store's basket from its front page."""
    form = her.see(FRONT).form(f"{FRONT}/basket/add")
    wished = {"csrf": form["csrf"], "variant": variant, "quantity": str(quantity)}
    return her.send(f"{FRONT}/basket/add", {**wished, **more})


def choose(her: Shopper, slot: str) -> Page:
    """A slot taken on the front page."""
    page = her.see(FRONT)
    return her.send(f"{FRONT}/slot", page.form(f"{FRONT}/slot") | {"slot": slot})


def test_where_there_is_a_store(shop: Hall, her: Shopper) -> None:
    page = her.see("/supermarket")
    assert page.url.path == "/hk/en/supermarket/hk"
    assert page.heading.startswith("Order until") and "it comes" in page.heading
    assert "From HK$250.00 delivery costs nothing, below that HK$30.00" in page.words
    for aisle in ("Pantry", "Fresh and chilled", "Drinks"):
        assert aisle in page.words
    assert "a kilogram" in page.words
    elsewhere = Shopper(shop.url, "fr").see("/supermarket")
    assert (elsewhere.status, elsewhere.heading) == (200, "There is no supermarket here yet")
    assert "/hk/en/supermarket" in elsewhere.text
    assert "supermarket" not in Shopper(shop.url, "fr").see("/").text
    assert '/hk/en/supermarket"' in her.see("/").text
    assert her.see("/supermarket/nowhere").status == 404
    assert Shopper(shop.url, "fr").see("/supermarket/hk").status == 404


def test_days_are_links_and_hours_radio_buttons(shop: Hall, her: Shopper) -> None:
    page = her.see(FRONT)
    days = [html.unescape(day) for day in re.findall(r'href="[^"]*\?day=([0-9-]+)#slots"', page.text)]
    assert len(days) == 4
    assert {slot.partition("/")[0] for slot in radios(page)} == {days[0]}
    shop.only(f"{days[2]}/08-10", 0)
    shop.only(f"{days[2]}/10-12", 3)
    later = her.see(f"{FRONT}?day={days[2]}")
    assert radios(later) == [f"{days[2]}/{code}" for code in ("10-12", "12-14", "14-16", "18-20", "20-22")]
    assert "3 places left" in later.words and "Full" in later.words
    told = choose(her, f"{days[2]}/08-10")
    assert "This time of delivery is full" in told.words
    assert "no such time of delivery" in choose(her, "2020-01-06/99-99").words
    chosen = choose(her, f"{days[2]}/12-14")
    assert "12:00–14:00" in chosen.words and f'value="{days[2]}/12-14" checked' in chosen.text


def test_from_the_slot_to_the_order(shop: Hall, her: Shopper) -> None:
    pasta, cheese = shop.goods("dry-pasta", "hard-cheese")
    slot = shop.slots()[-1]["slot"]
    choose(her, slot)
    stayed = add(her, pasta, 1, stay="c/pantry")
    assert stayed.url.path == "/hk/en/supermarket/hk/c/pantry"
    assert 'class="count">1<' in stayed.text
    assert "more to the minimum" in stayed.words or "free delivery" in stayed.words
    basket = add(her, cheese, 9)
    assert basket.url.path == "/hk/en/supermarket/hk/basket"
    # The mall's basket is another one.
    assert "Your basket is empty" in her.see("/basket").words
    checkout = her.see(f"{FRONT}/checkout")
    assert "From Kwai Chung" in checkout.words and "20:00–22:00" in checkout.words
    form = checkout.form(f"{FRONT}/checkout") | ADDRESS | {"card": APPROVED}
    assert form["slot"] == slot
    paid = her.send(f"{FRONT}/checkout", form)
    assert paid.heading == "Paid. It is yours"
    assert (
        "20:00–22:00" in paid.words
        and "Chilled: 9 pieces" in paid.words
        and "At room temperature: One piece" in paid.words
    )
    assert "1 Nathan Road" in paid.words
    assert shop.taken(slot) == (0, 1)
    assert "Your basket is empty" in her.see(f"{FRONT}/basket").words
    again = her.send(paid.url.path.removeprefix(her.prefix) + "/again", paid.form("/again"))
    assert again.url.path == "/hk/en/supermarket/hk/basket" and "9" in again.text
    gone = her.send(paid.url.path.removeprefix(her.prefix) + "/cancel", paid.form("/cancel"))
    assert gone.heading == "Your money goes back"
    assert shop.taken(slot) == (0, 0)


def test_below_the_minimum_there_is_no_checkout(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    basket = add(her, pasta, 1)
    assert "are missing to the minimum of HK$100.00" in basket.words and "Add more goods" in basket.words
    assert "To the checkout" not in basket.words
    assert her.see(f"{FRONT}/checkout").url.path == "/hk/en/supermarket/hk/basket"


def test_a_fee_is_told_as_long_as_there_is_one(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    price = shop.quote((pasta, 9))["lines"][0]["unit_minor"]
    few, many = -(-10_000 // price), -(-25_000 // price)
    basket = add(her, pasta, few)
    assert re.search(r"Delivery HK\$30\.00", basket.words) and "and delivery costs nothing" in basket.words
    basket = add(her, pasta, many - few)
    assert "Delivery free" in basket.words and "Delivery costs nothing." in basket.words


def test_a_slot_that_fills_meanwhile_is_told_and_nothing_typed_is_lost(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    found = [one["slot"] for one in shop.slots()]
    slot, other = found[-2], found[-3]
    choose(her, slot)
    add(her, pasta, 9)
    form = her.see(f"{FRONT}/checkout").form(f"{FRONT}/checkout") | ADDRESS | {"card": APPROVED}
    shop.only(slot, 0)
    told = her.send(f"{FRONT}/checkout", form)
    assert told.status == 409 and "is full by now. Nothing was taken. The next one with a place is" in told.words
    kept = told.form(f"{FRONT}/checkout")
    assert kept["street"] == "1 Nathan Road" and "slot" not in kept
    missing = her.send(f"{FRONT}/checkout", kept | {"country_area": "Kowloon", "card": APPROVED})
    assert missing.status == 409 and "Choose when the goods are to come" in missing.words
    kept = missing.form(f"{FRONT}/checkout")
    paid = her.send(f"{FRONT}/checkout", kept | {"country_area": "Kowloon", "card": APPROVED, "slot": other})
    assert paid.heading == "Paid. It is yours"
    assert shop.taken(other) == (0, 1)


def test_another_slot_can_be_chosen_at_the_checkout(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    first, second = (one["slot"] for one in shop.slots()[6:8])
    choose(her, first)
    add(her, pasta, 9)
    form = her.see(f"{FRONT}/checkout").form(f"{FRONT}/checkout") | ADDRESS | {"card": APPROVED}
    paid = her.send(f"{FRONT}/checkout", form | {"slot": second})
    assert paid.heading == "Paid. It is yours"
    assert (shop.taken(first), shop.taken(second)) == ((0, 0), (0, 1))


def test_an_address_that_the_vans_do_not_go_to(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    choose(her, shop.slots()[9]["slot"])
    add(her, pasta, 9)
    form = her.see(f"{FRONT}/checkout").form(f"{FRONT}/checkout") | ADDRESS | {"card": APPROVED}
    told = her.send(f"{FRONT}/checkout", form | {"city": "Lamma Island", "country_area": "New Territories"})
    assert told.status == 409 and "vans do not go to this address" in told.words


def test_what_the_store_does_not_sell_does_not_come_into_its_basket(shop: Hall, her: Shopper) -> None:
    (bag,) = shop.ask(
        "SELECT variant_id FROM variants JOIN products USING (product_id) WHERE category = 'handbags' LIMIT 1"
    )
    assert "does not sell this" in add(her, str(bag["variant_id"]), 1).words
    assert her.see(f"{FRONT}/c/handbags").status == 404
    assert her.see(f"{FRONT}/c/wine").status == 404


def test_a_good_and_a_search(shop: Hall, her: Shopper) -> None:
    found = her.see(f"{FRONT}/s?q=pasta")
    assert "Pantry" in found.words
    handle = re.search(r'href="/hk/en/supermarket/hk/p/([^"]+)"', found.text)
    assert handle
    good = her.see(f"{FRONT}/p/{handle[1]}")
    assert good.status == 200 and 'action="/hk/en/supermarket/hk/basket/add"' in good.text
    assert "The supermarket has nothing of that" in her.see(f"{FRONT}/s?q=handbag").words
    (bag,) = shop.ask("SELECT handle FROM products WHERE category = 'handbags' LIMIT 1")
    assert her.see(f"{FRONT}/p/{bag['handle']}").url.path == f"/hk/en/p/{bag['handle']}"


def test_a_guests_basket_goes_with_her_into_her_account(shop: Hall, her: Shopper) -> None:
    (pasta,) = shop.goods("dry-pasta")
    add(her, pasta, 7)
    page = her.see("/account/register")
    fields = page.form("/account/register") | {
        "email": "tai@shopper.example",
        "password": "a long enough password",
        "name": "Tai",
    }
    assert her.send("/account/register", fields).status == 200
    her.send("/account/sign-out", her.see("/account").form("/account/sign-out"))
    add(her, pasta, 2)
    page = her.see("/account/sign-in")
    fields = page.form("/account/sign-in") | {
        "email": "tai@shopper.example",
        "password": "a long enough password",
        "name": "Tai",
    }
    her.send("/account/sign-in", fields)
    assert re.search(r'name="quantity" value="7"', her.see(f"{FRONT}/basket").text)
