"""A store over the API: slots, a quote, an order, its parcels; the last place of a slot; what is refused."""

from __future__ import annotations

import asyncio
import time
from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import OPERATOR
from faces.buyer import DECLINED
from faces.supermarket_ground import Hall, hall, ordered
from rooms.orders.ground import wrong_in


@pytest.fixture(scope="module")
def shop(server: str, stocked: str, home: Path) -> Iterator[Hall]:
    """The store of this module."""
    with hall(server, stocked, home) as made:
        yield made


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    told = answer.json()
    return answer.status_code, told["code"], told["field"]


def test_the_stores_and_their_slots(shop: Hall) -> None:
    (one,) = shop.client.get("/v1/stores", headers={"accept-language": "en"}).json()
    assert (one["store"], one["name"], one["market"], one["currency"]) == ("hk", "Hong Kong supermarket", "HK", "HKD")
    assert (one["minimum_minor"], one["fee_minor"], one["free_from_minor"], one["cut_off"]) == (
        10_000,
        3_000,
        25_000,
        "22:00",
    )
    found = shop.slots()
    assert len({slot["slot"].partition("/")[0] for slot in found}) == 4
    assert all(slot["order_by"] < slot["starts"] < slot["ends"] for slot in found)
    assert {slot["left"] for slot in found} <= {40, 60}
    assert problem(shop.client.get("/v1/stores/nowhere/slots")) == (404, "unknown_store", "store")


def test_from_the_quote_to_the_parcels(shop: Hall) -> None:
    rice, cheese, ice = shop.goods("dry-pasta", "hard-cheese", "poultry")
    slot = shop.slots()[3]
    quote = shop.quote((rice, 2), (cheese, 1), (ice, 1), slot=slot["slot"])
    assert quote["slot"] == {name: slot[name] for name in ("slot", "starts", "ends", "order_by")}
    assert (quote["store"], quote["terms"], quote["duty_minor"], quote["tax_minor"]) == ("hk", "DDP", 0, 0)
    assert [one["temperature"] for one in quote["parcels"]] == ["ambient", "chilled", "frozen"]
    assert [one["lines"] for one in quote["parcels"]] == [{"1": 2}, {"2": 1}, {"3": 1}]
    assert quote["promise"]["by"] == slot["ends"]
    assert quote["shipping_minor"] == (0 if quote["goods_minor"] - quote["discount_minor"] >= 25_000 else 3_000)
    assert sum(line["total_minor"] for line in quote["lines"]) == quote["total_minor"]
    answer = shop.order(quote)
    assert answer.status_code == 201
    told = answer.json()
    assert told["state"] == "paid"
    assert shop.taken(slot["slot"]) == (0, 1)
    key = {"Authorization": f"Bearer {told['order_key']}"}
    detail = shop.client.get(f"/v1/orders/{told['order_id']}", headers=key).json()
    assert (detail["store"], detail["slot"]["slot"]) == ("hk", slot["slot"])
    parcels = parcels_of(shop, told["order_id"], key)
    assert [one["lines"] for one in parcels] == [{"1": 2}, {"2": 1}, {"3": 1}]
    assert {(one["promised_day"], one["state"]) for one in parcels} == {(slot["slot"].partition("/")[0], "announced")}
    assert all(one["number"].endswith("HK") and len(one["way"]) == 2 for one in parcels)
    assert (
        shop.ask("SELECT 1 FROM parcels WHERE promised_at <> $1::text::timestamptz AND hub = 'HK-KWC'", slot["ends"])
        == []
    )


def parcels_of(shop: Hall, order_id: str, key: dict[str, str]) -> list[dict[str, Any]]:
    """The parcels of an order, as soon as they are announced."""
    for _ in range(100):
        found: list[dict[str, Any]] = shop.client.get(f"/v1/orders/{order_id}/parcels", headers=key).json()["parcels"]
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("no parcel was announced")


def test_a_refund_takes_things_out_of_their_own_parcel(shop: Hall) -> None:
    rice, cheese = shop.goods("dry-pasta", "hard-cheese")
    slot = shop.slots()[4]["slot"]
    told = shop.order(shop.quote((rice, 9), (cheese, 9), slot=slot)).json()
    key = {"Authorization": f"Bearer {told['order_key']}"}
    parcels_of(shop, told["order_id"], key)
    operator = {"Authorization": f"Bearer {OPERATOR}"}
    path = f"/v1/operator/orders/{told['order_id']}/refunds"
    assert shop.client.post(
        path, json={"lines": [{"line": 2, "quantity": 9}], "restock": True}, headers=operator
    ).is_success
    assert until(
        lambda: {one["state"] for one in parcels_of(shop, told["order_id"], key)} == {"announced", "withdrawn"}
    )
    kept = next(one for one in parcels_of(shop, told["order_id"], key) if one["state"] == "announced")
    assert kept["lines"] == {"1": 9}
    assert shop.taken(slot) == (0, 1)
    assert shop.client.post(path, json={"restock": True}, headers=operator).is_success
    assert shop.taken(slot) == (0, 0)
    assert until(lambda: {one["state"] for one in parcels_of(shop, told["order_id"], key)} == {"withdrawn"})


def until(holds: Any) -> bool:
    """Whether something holds within 20 seconds."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.2)
    return False


def test_the_last_places_of_a_slot(shop: Hall) -> None:
    (rice,) = shop.goods("dry-pasta")
    shop.ask("UPDATE quotas SET received = received + 1000 WHERE key = $1", f"stock/{rice}/HK-KWC")
    slot, other = shop.slots()[-2]["slot"], shop.slots()[0]["slot"]
    quotes = [shop.quote((rice, 9), slot=slot) for _ in range(24)]
    shop.only(slot, 5)

    async def send() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(quotes))
        async with httpx.AsyncClient(base_url=shop.url, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(client.post("/v1/orders", json=ordered(one)) for one in quotes))

    answers = asyncio.run(send())
    assert Tally(answer.status_code for answer in answers) == {201: 5, 409: 19}
    assert shop.taken(slot) == (0, 5)
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()
            assert (told["code"], told["field"]) == ("slot_full", "quote")
            assert told["slots"][0]["slot"] == other
            assert slot not in {one["slot"] for one in told["slots"]}
    # Nothing was held of the goods either.
    free = shop.ask("SELECT held FROM quotas WHERE key = $1", f"stock/{rice}/HK-KWC")
    assert free[0]["held"] == 0
    assert wrong(shop) == []
    refused = shop.client.post("/v1/quotes", json=shop.wished((rice, 9), slot=slot))
    assert problem(refused) == (409, "slot_full", "slot")
    assert other in refused.json()["remedy"]
    assert next(one for one in shop.slots() if one["slot"] == slot)["left"] == 0


def wrong(shop: Hall) -> list[str]:
    """What is wrong in the books."""
    import asyncpg

    async def look() -> list[str]:
        connection = await asyncpg.connect(shop.dsn)
        try:
            return await wrong_in(connection.fetch)
        finally:
            await connection.close()

    return asyncio.run(look())


def test_a_cancelled_order_frees_its_place(shop: Hall) -> None:
    (rice,) = shop.goods("dry-pasta")
    slot = shop.slots()[8]["slot"]
    told = shop.order(shop.quote((rice, 9), slot=slot), card=DECLINED).json()
    assert (told["state"], shop.taken(slot)) == ("placed", (1, 0))
    key = {"Authorization": f"Bearer {told['order_key']}"}
    assert shop.client.post(f"/v1/orders/{told['order_id']}/cancel", headers=key).json()["state"] == "cancelled"
    assert shop.taken(slot) == (0, 0)


def test_what_is_refused(shop: Hall) -> None:
    (rice,) = shop.goods("dry-pasta")
    ask = shop.client.post
    (bag,) = shop.ask(
        "SELECT variant_id FROM variants JOIN products USING (product_id) WHERE category = 'handbags' LIMIT 1"
    )
    basket = ((rice, 9),)
    for body, expected in (
        (shop.wished(*basket) | {"store": "nowhere"}, (404, "unknown_store", "store")),
        (shop.wished(*basket) | {"store": ""}, (400, "slot_without_store", "slot")),
        (shop.wished(*basket) | {"slot": ""}, (404, "unknown_slot", "slot")),
        (shop.wished(*basket, slot="2020-01-06/08-10"), (409, "slot_closed", "slot")),
        (shop.wished((rice, 9), (str(bag["variant_id"]), 1)), (409, "not_carried", "lines[1].variant_id")),
        (shop.wished(*basket, country="FR"), (409, "outside_store_area", "destination")),
        (shop.wished(*basket, city="Lamma Island"), (409, "outside_store_area", "destination")),
    ):
        assert problem(ask("/v1/quotes", json=body)) == expected, body
    few = cheapest(shop)
    assert problem(ask("/v1/quotes", json=shop.wished((few, 1)))) == (409, "below_minimum", "lines")
    away = shop.order(shop.quote(*basket), city="Cheung Chau", country_area="New Territories")
    assert problem(away) == (409, "outside_store_area", "address")


def cheapest(shop: Hall) -> str:
    """A variant that costs less than the minimum."""
    found = shop.client.get("/v1/products", params={"market": "HK", "category": "pantry", "sort": "price"}).json()
    one = found["products"][0]
    assert one["price"]["minor"] < 10_000
    return str(one["variant_id"])


def test_goods_of_the_hub_run_out_on_their_own(shop: Hall) -> None:
    (rice,) = shop.goods("dry-pasta")
    quote = shop.quote((rice, 9))
    shop.ask("UPDATE quotas SET received = held + sold + 2 WHERE key = $1", f"stock/{rice}/HK-KWC")
    answer = shop.order(quote)
    assert problem(answer) == (409, "sold_out", None)
    assert answer.json()["lacks"] == [{"variant_id": rice, "wanted": 9, "left": 2}]
