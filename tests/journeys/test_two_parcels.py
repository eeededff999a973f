"""An order that two hubs send, over HTTP: asked for, ordered, paid, dispatched and followed parcel by parcel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from argosy import running
from argosy.orders.sourcing.pre_place import pre_place
from argosy.plumbing.database import open_database
from conftest import config_for, free_port
from faces.buyer import APPROVED, Buyer
from faces.shopper import Shopper

CELL = 1


@pytest.fixture(scope="module")
def url(module_dsn: str, home: Path) -> Iterator[str]:
    """The address of a shop that promises no dates, served by a process of its own."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    serving = running.Serving(config_for(module_dsn, home, port=port, workers=1, base_url=base), module_dsn)
    try:
        serving.wait_until_ready()
        yield base
    finally:
        serving.stop()


async def moved_to_liege(dsn: str, variant: UUID, pieces: int) -> None:
    """Nothing of a variant is left at home; so many pieces wait in Liège."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE quotas SET received = held + sold WHERE key = $1", f"stock/{variant}/CNHGH")
    await connection.close()
    database = await open_database(dsn, size=1)
    async with database.transaction() as tx:
        await pre_place(tx, CELL, {(variant, "BELGG"): pieces})
    await database.close()


def test_an_order_of_two_parcels(url: str, module_dsn: str) -> None:
    buyer = Buyer(url)
    near, far = [one for one in buyer.goods if one["price"]["all_in"]][:2]
    before = {one["handle"]: one["price"]["minor"] for one in (near, far)}
    asyncio.run(moved_to_liege(module_dsn, UUID(near["variant_id"]), 3))
    quote = buyer.quote([(near, 2), (far, 1)])
    # What waits elsewhere is looked for every half a minute.
    for _ in range(90):
        if len(quote["parcels"]) == 2:
            break
        time.sleep(0.5)
        quote = buyer.quote([(near, 2), (far, 1)])
    assert [(one["hub"], one["lines"]) for one in quote["parcels"]] == [("BELGG", [1]), ("CNHGH", [2])]
    for name in ("duty_minor", "tax_minor", "fees_minor"):
        assert quote[name] == sum(one["landed"][name] for one in quote["parcels"])
    assert quote["total_minor"] == sum(line["total_minor"] for line in quote["lines"])
    # In a market where the price holds whatever customs take it is the same from there.
    assert quote["lines"][0]["total_minor"] <= 2 * before[near["handle"]]
    assert buyer.available(near) == 3

    placed = buyer.order(quote, APPROVED)
    assert placed["state"] == "paid"
    order = buyer.look(placed)
    assert [(one["hub"], one["lines"]) for one in order["parcels"]] == [("BELGG", [1]), ("CNHGH", [2])]
    found: list[dict[str, object]] = []
    for _ in range(60):
        found = buyer.get(f"/v1/orders/{placed['order_id']}/parcels", placed["order_key"]).json()["parcels"]
        if found:
            break
        time.sleep(0.5)
    assert sorted((str(one["number"])[-2:], str(one["lines"])) for one in found) == [
        ("BE", "{'1': 2}"),
        ("CN", "{'2': 1}"),
    ]
    page = Shopper(url).see(f"/orders/{placed['order_id']}?key={placed['order_key']}")
    assert page.status == 200
    assert all(str(one["number"]) in page.text.replace(" ", "").replace("\xa0", "") for one in found)


def test_the_checkout_tells_both_parcels(url: str, module_dsn: str) -> None:
    buyer, shopper = Buyer(url), Shopper(url)
    near, far = [one for one in buyer.goods if one["price"]["all_in"]][:2]
    shopper.put_in(near["variant_id"])
    shopper.put_in(far["variant_id"])
    basket = shopper.see("/basket")
    assert "Parcel 1 of 2 · From Belgium" in basket.words
    assert "Parcel 2 of 2 · From Hangzhou" in basket.words
    checkout, _ = shopper.checkout()
    assert "Parcel 1 of 2 · From Belgium" in checkout.words
    bought = shopper.buy()
    assert bought.status == 200
    assert bought.heading.startswith("Paid")
    assert "Your parcels" in bought.words
