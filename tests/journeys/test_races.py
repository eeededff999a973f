"""Many shoppers at one moment, over HTTP and through two server processes."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from typing import Any

import httpx

from journeys.counter import APPROVED, DECLINED, Counter, order


def at_once(shop: Counter, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    """All orders in the same instant, each on a connection of its own."""

    async def send() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(bodies))
        async with httpx.AsyncClient(base_url=shop.url, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(client.post("/v1/orders", json=body) for body in bodies))

    return asyncio.run(send())


def test_sixty_quotes_for_a_stock_of_twenty(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    quotes = [shop.quote((variant, 1)) for _ in range(60)]
    shop.set_stock(variant, 20)
    answers = at_once(shop, [order(quote) for quote in quotes])
    assert Tally(answer.status_code for answer in answers) == {201: 20, 409: 40}
    paid = [answer.json() for answer in answers if answer.status_code == 201]
    assert all(told["state"] == "paid" for told in paid)
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()
            assert told["code"] == "sold_out"
            assert told["lacks"] == [{"variant_id": variant, "wanted": 1, "left": 0}]
    assert shop.counters(variant) == (0, 0, 20)
    # Whoever was refused has no order, and so no charge: charges are made for orders only.
    refused = {quote["quote_id"] for quote in quotes} - {told["order_id"] for told in paid}
    assert len(refused) == 40
    assert shop.ask("SELECT 1 FROM orders WHERE order_id = ANY($1::uuid[])", list(refused)) == []
    assert shop.ask("SELECT 1 FROM outbox WHERE subject = ANY($1::uuid[])", list(refused)) == []
    assert shop.wrong_books() == []


def test_the_last_pieces_go_in_whole_orders(shop: Counter) -> None:
    plenty, scarce = shop.variants(2)
    free = shop.counters(plenty)[0]
    quotes = [shop.quote((plenty, 1), (scarce, 2)) for _ in range(12)]
    shop.set_stock(scarce, 7)
    answers = at_once(shop, [order(quote) for quote in quotes])
    assert Tally(answer.status_code for answer in answers) == {201: 3, 409: 9}
    assert shop.counters(scarce) == (1, 0, 6)
    assert shop.counters(plenty) == (free - 3, 0, 3)
    assert shop.wrong_books() == []


def test_thirty_two_orders_of_the_same_two_goods(shop: Counter) -> None:
    one, other = shop.variants(2)
    left = [shop.counters(variant)[0] for variant in (one, other)]
    # Half of them name the goods the other way round: whoever locks must not wait in a circle.
    quotes = [shop.quote((one, 1), (other, 1)) if n % 2 else shop.quote((other, 1), (one, 1)) for n in range(32)]
    answers = at_once(shop, [order(quote) for quote in quotes])
    assert [answer.status_code for answer in answers] == [201] * 32
    assert {answer.json()["state"] for answer in answers} == {"paid"}
    assert [shop.counters(variant)[0] for variant in (one, other)] == [free - 32 for free in left]
    assert shop.wrong_books() == []


def test_one_quote_sent_thirty_times_is_one_order(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    free = shop.counters(variant)[0]
    quote = shop.quote((variant, 2))
    answers = at_once(shop, [order(quote)] * 30)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert {answer.json()["order_id"] for answer in answers} == {quote["quote_id"]}
    assert shop.counters(variant) == (free - 2, 0, 2)
    (row,) = shop.ask("SELECT count(*) AS n FROM outbox WHERE subject = $1 AND topic = 'order.paid'", quote["quote_id"])
    assert row["n"] == 1
    assert shop.wrong_books() == []


def test_what_declined_cards_hold_is_kept_for_them(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    quotes = [shop.quote((variant, 1)) for _ in range(10)]
    shop.set_stock(variant, 5)
    cards = [DECLINED if n % 2 else APPROVED for n in range(10)]
    answers = at_once(shop, [order(quote, card) for quote, card in zip(quotes, cards, strict=True)])
    states = Tally(answer.json().get("state", "refused") for answer in answers)
    assert states["refused"] == 5
    assert shop.counters(variant) == (0, states["placed"], states["paid"])
    assert shop.wrong_books() == []
