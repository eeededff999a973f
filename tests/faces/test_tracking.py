"""Tracking: the API, carriers' signed messages, and the shopper's page, on a served application with a real database."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar.testing import AsyncTestClient

from argosy.app import application
from argosy.base.errors import Misconfigured
from argosy.delivery.parcels.numbers import s10
from argosy.outside.standard_webhooks import secret_of, signed_headers
from argosy.platform.tracking import read_keys
from conftest import config_for
from faces.buyer import ADDRESSES, APPROVED, problem

SECRET = secret_of(b"a carrier's secret for our tests")
STRANGE = secret_of(b"another secret that is not known")
HUB = "CN-HGH"


class House:
    """A shop in this process whose parcels wait for a carrier's word; the tests look into its database."""

    def __init__(self, client: AsyncTestClient[Any], dsn: str) -> None:
        self.client = client
        self.dsn = dsn

    async def ask(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the database."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def bought(self) -> tuple[str, str, str]:
        """Order, its key and its parcel's number, of an order that was paid just now."""
        listed = await self.client.get("/v1/products", params={"market": "FR", "category": "fashion", "page_size": 20})
        good = next(one for one in listed.json()["products"] if one["available"])
        wish = {"lines": [{"variant_id": good["variant_id"], "quantity": 2}], "destination": {"country": "FR"}}
        quote = (await self.client.post("/v1/quotes", json=wish)).json()["quote"]
        address = {"country": "FR", **ADDRESSES["FR"]}
        body = {"quote": quote, "address": address, "payment": {"card_number": APPROVED}}
        placed = (await self.client.post("/v1/orders", json=body)).json()
        for _ in range(100):
            rows = await self.ask("SELECT number FROM parcels WHERE order_id = $1", UUID(placed["order_id"]))
            if rows:
                return placed["order_id"], placed["order_key"], rows[0]["number"]
            await asyncio.sleep(0.1)
        raise AssertionError("the order was not dispatched within ten seconds")

    async def tell(
        self, *events: dict[str, Any], secret: str = SECRET, carrier: str = "laposte", raw: bytes = b""
    ) -> httpx.Response:
        """A carrier's message."""
        body = raw or json.dumps({"events": events}).encode()
        headers = signed_headers([secret], "msg_1", datetime.now(UTC), body)
        path = f"/v1/webhooks/carriers/{carrier}"
        answer: Any = await self.client.post(
            path, content=body, headers={**headers, "content-type": "application/json"}
        )
        return answer  # type: ignore[no-any-return]

    async def get(self, path: str, key: str = "") -> httpx.Response:
        """An answer to GET."""
        answer: Any = await self.client.get(path, headers={"authorization": f"Bearer {key}"} if key else {})
        return answer  # type: ignore[no-any-return]

    async def plan(self, number: str, *, promised: int = 3) -> None:
        """Give a parcel a way and a promise, as a shop with a network does."""
        now = datetime.now(UTC)
        hour = timedelta(hours=1)

        paris = ("Charles de Gaulle International Airport", "Europe/Paris", 49.0, 2.5)

        def stage(step: str, place: str, to: str, first: int, last: int, where: tuple[object, ...]) -> list[Any]:
            key = f"{place}>{to}/2026-01-01T00:00" if step == "lane" else ""
            times = [(now + hour * n).isoformat() for n in (first, last, last + 3)]
            return [step, place, to, "LP", "air" if step == "lane" else "", key, *times, *where]

        stages = [
            stage("pick", HUB, HUB, 0, 4, ("Hangzhou fulfilment centre", "Asia/Shanghai", 30.3, 120.2)),
            stage("lane", HUB, "CDG", 5, 18, paris),
            stage("customs", "CDG", "CDG", 18, 24, paris),
            stage("sort", "CDG", "CDG", 24, 26, paris),
            stage("door", "CDG", "Paris", 40, 48, ("Paris", "Europe/Paris", 48.9, 2.35)),
        ]
        day = (now + timedelta(days=promised)).date()
        await self.ask(
            "UPDATE parcels SET hub = 'CN-HGH', stages = $2::jsonb, promised_day = $3, promised_at = $4, if_late_minor = 420,"
            " announced_at = $5 WHERE number = $1",
            number, json.dumps(stages), day, now + timedelta(days=promised), now - timedelta(days=5),
        )  # fmt: skip
        await self.ask("UPDATE parcel_events SET at = $1 WHERE code = 'announced'", now - timedelta(days=5))


def on_house(dsn: str, home: Path, scene: Callable[[House], Awaitable[None]]) -> None:
    """Run a scene in a shop that hears of parcels from its carriers."""
    config = config_for(dsn, home, carrier="webhook", carrier_secrets=f"laposte={SECRET}")

    async def run() -> None:
        async with AsyncTestClient(application(config, dsn)) as client:
            await scene(House(client, dsn))

    asyncio.run(run())


def event(number: str, code: str, hours: float = 0.0, place: str = "", **more: str) -> dict[str, Any]:
    """Something that happened so many hours ago."""
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return {"number": number, "code": code, "at": at, "place": place, **more}


def words(answer: httpx.Response) -> str:
    """What can be read on a page."""
    main = re.search(r"<main.*</main>", answer.text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", main[0] if main else answer.text).split())


def test_where_a_parcel_is_over_the_api(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        order, key, number = await house.bought()
        one = (await house.get(f"/v1/parcels/{number}", key)).json()
        assert (one["number"], one["order_id"], one["state"]) == (number, order, "announced")
        assert one["lines"] == {"1": 2} and one["promised_day"] is None and one["owed_minor"] is None
        assert [told["code"] for told in one["events"]] == ["announced"]
        listed = (await house.get(f"/v1/orders/{order}/parcels", key)).json()
        assert listed == {"parcels": [one]}
        spaced = f" {number[:2].lower()} {number[2:11]} {number[11:]}"
        assert (await house.get(f"/v1/parcels/{spaced}", key)).json() == one
        _, other, _ = await house.bought()
        for wrong in ("", "x", other):
            assert problem(await house.get(f"/v1/parcels/{number}", wrong)) == (404, "unknown_parcel", "number")
            assert problem(await house.get(f"/v1/orders/{order}/parcels", wrong)) == (404, "unknown_order", "order_id")
        nobody = s10("LP", 99_999_999, "CN")
        assert problem(await house.get(f"/v1/parcels/{nobody}", key)) == (404, "unknown_parcel", "number")
        assert problem(await house.get("/v1/parcels/LP1", key)) == (400, "bad_parcel_number", "number")

    on_house(stocked_dsn, home, scene)


def test_what_a_carrier_tells_is_noted_once(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        _, key, number = await house.bought()
        await house.plan(number)
        told = [
            event(number, "arrived", 20, "CDG"),
            event(number, "handed_over", 40, HUB),
            event(number, "departed", 33, HUB),
        ]
        for _ in range(2):
            assert (await house.tell(*told)).status_code == 204
        one = (await house.get(f"/v1/parcels/{number}", key)).json()
        assert (one["state"], [stage["over"] for stage in one["way"]]) == (
            "in_transit",
            [True, True, False, False, False],
        )
        assert [told["code"] for told in one["events"]] == ["announced", "handed_over", "departed", "arrived"]
        landed = one["events"][-1]
        assert landed["name"] == "Charles de Gaulle International Airport"
        assert landed["local"].endswith(("+01:00", "+02:00")) and one["events"][1]["local"].endswith("+08:00")
        assert (await house.tell(event(number, "delivered", 1, "Paris"))).status_code == 204
        assert (await house.get(f"/v1/parcels/{number}", key)).json()["delivered_at"] is not None

    on_house(stocked_dsn, home, scene)


def test_messages_that_are_refused(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        _, key, number = await house.bought()
        good = event(number, "handed_over", 0, HUB)
        assert problem(await house.tell(good, secret=STRANGE))[:2] == (401, "webhook_signature_invalid")
        assert problem(await house.tell(good, carrier="nobody")) == (404, "unknown_carrier", "carrier")
        unsigned = await house.client.post("/v1/webhooks/carriers/laposte", json={"events": [good]})
        assert problem(unsigned)[:2] == (400, "webhook_headers_missing")  # type: ignore[arg-type]
        wrong: list[tuple[dict[str, Any], tuple[int, str, str | None]]] = [
            (event(s10("LP", 5, "CN"), "departed"), (404, "unknown_parcel", "events[1].number")),
            (event("LP1", "departed"), (400, "bad_parcel_number", "events[1].number")),
            (event(number, "exploded"), (400, "unknown_event", "events[1].code")),
            (event(number, "withdrawn"), (400, "unknown_event", "events[1].code")),
            (event(number, "departed", -2), (400, "event_out_of_time", "events[1].at")),
            ({**good, "at": "2026-06-18T10:00:00"}, (400, "invalid_request", "events[1].at")),
            ({**good, "colour": "red"}, (400, "invalid_request", "events[1]")),
            ({**good, "place": "x\u0000"}, (400, "invalid_request", "events[1].place")),
        ]
        for one, told in wrong:
            assert problem(await house.tell(good, one)) == told
        for raw in (b"no json", b"[]", b'{"events": []}', b"{}"):
            assert problem(await house.tell(raw=raw))[:2] == (400, "invalid_request")
        one = (await house.get(f"/v1/parcels/{number}", key)).json()
        assert [told["code"] for told in one["events"]] == ["announced"]

    on_house(stocked_dsn, home, scene)


def test_the_page_of_a_parcel(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        _, key, number = await house.bought()
        path = f"/fr/en/track/{number}"
        bare = await house.get(f"{path}?key={key}")
        assert bare.status_code == 200 and "No way is planned for this parcel" in words(bare)
        await house.plan(number)
        await house.tell(event(number, "handed_over", 40, HUB), event(number, "departed", 33, HUB))
        page = await house.get(f"{path}?key={key}")
        assert page.headers["cache-control"] == "private, no-store"
        assert "On its way, Hangzhou" in words(page) and "by " in words(page)
        assert "we owe you 4,20 €" in words(page).replace("\u00a0", " ") and "Customs, Charles de Gaulle" in words(page)
        assert '<svg viewBox="0 0 860 330"' in page.text and page.text.count("<circle") >= 4
        land = re.search(r'<path d="(M[^"]+)" fill="#1a4a74"', page.text)
        assert land and 5_000 < len(land[1]) < 60_000
        for wrong in ("", "?key=x"):
            closed = await house.get(path + wrong)
            assert closed.status_code == 404 and "We find no such parcel" in words(closed)

    on_house(stocked_dsn, home, scene)


BROKEN = "broken_at = now(), owed_minor = 420"
THERE = "at_door_at = now(), delivered_at = now(), state = 'delivered'"


STATES = [
    ("expected_day = promised_day + 1", "We are sorry: it will not be there by", "The promise is broken"),
    (BROKEN, "has not told us enough to name a new day", "will not be there by"),
    (f"{BROKEN}, expected_day = promised_day + 2", "The promise is broken, and we owe you 4,20", "and kept"),
    (f"{BROKEN}, paid_back_minor = 420", "The promise is broken. 4,20 € goes back to the card", "we owe you"),
    (f"{BROKEN}, paid_back_minor = 0", "all that you paid has gone back to you", "we owe you"),
    (f"{BROKEN}, {THERE}", "came too late", "now by"),
    (THERE, "and kept", "We are sorry"),
    ("state = 'withdrawn'", "No date was promised", "we owe you"),
]


def test_the_page_says_whether_the_promise_holds(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        # One round of dispatch serves them all.
        bought = await asyncio.gather(*(house.bought() for _ in STATES))
        for (_, key, number), (change, seen, unseen) in zip(bought, STATES, strict=True):
            await house.plan(number)
            await house.ask(f"UPDATE parcels SET {change} WHERE number = $1", number)
            told = words(await house.get(f"/fr/en/track/{number}?key={key}"))
            assert seen in told and unseen not in told, change

    on_house(stocked_dsn, home, scene)


def test_an_order_can_be_cancelled_until_a_carrier_has_its_parcel(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        order, key, number = await house.bought()
        path = f"/fr/en/orders/{order}"
        before = await house.get(f"{path}?key={key}")
        assert "Cancel the order" in words(before)
        assert (await house.tell(event(number, "handed_over", 0, HUB))).status_code == 204
        after = await house.get(f"{path}?key={key}")
        assert "Cancel the order" not in words(after) and "can no longer be cancelled" in words(after)
        # A form that was opened before is refused in as many words, and nothing goes back.
        csrf = re.search(r'name="csrf" value="([^"]*)"', before.text)
        assert csrf is not None
        late: Any = await house.client.post(
            f"{path}/cancel", data={"csrf": csrf[1], "key": key}, headers={"origin": "http://testserver.local"}
        )
        assert "A carrier has the parcel: the order can no longer be cancelled." in words(late)
        (row,) = await house.ask("SELECT state, refunded_minor FROM orders WHERE order_id = $1", UUID(order))
        assert tuple(row) == ("paid", 0)

    on_house(stocked_dsn, home, scene)


def test_what_was_paid_for_a_broken_promise_is_told(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        order, key, number = await house.bought()
        await house.ask(
            "UPDATE parcels SET if_late_minor = 150, owed_minor = 150, broken_at = now() - interval '2 days',"
            " promised_at = now() - interval '2 days', promised_day = current_date - 2 WHERE number = $1",
            number,
        )
        for _ in range(150):
            told = (await house.get(f"/v1/orders/{order}", key)).json()
            if told["refunds"] and told["refunds"][0]["state"] == "done":
                break
            await asyncio.sleep(0.1)
        assert [(one["amount_minor"], one["why"], one["state"]) for one in told["refunds"]] == [(150, "late", "done")]
        assert (told["paid_back_minor"], told["refunded_minor"], told["state"]) == (150, 0, "paid")
        assert told["history"][-1]["what"] == "order.paid_back"
        parcel = (await house.get(f"/v1/parcels/{number}", key)).json()
        assert (parcel["owed_minor"], parcel["paid_back_minor"]) == (150, 150)
        page = words(await house.get(f"/fr/en/orders/{order}?key={key}")).replace("\u00a0", " ")
        assert "Paid back: it came late" in page and "It came late · Done" in page and "Given back" in page

    on_house(stocked_dsn, home, scene)


def test_the_filter_within_72_hours_says_what_it_knows(stocked_dsn: str, home: Path) -> None:
    """In a shop that promises nothing the filter finds nothing, and says why; without it nothing is different."""

    async def scene(house: House) -> None:
        plain = (await house.get("/v1/products?market=FR&category=fashion")).json()
        soon = (await house.get("/v1/products?market=FR&category=fashion&within_hours=72")).json()
        assert plain["total"] > 0 and (soon["total"], soon["products"]) == (0, [])
        page = words(await house.get("/fr/en/c/fashion?hours=72"))
        assert "No delivery date can be promised to France." in page and "Within 72 hours" in page
        assert "Nothing fits all of these filters" in page
        assert "No delivery date can be promised to" not in words(await house.get("/fr/en/c/fashion"))
        assert problem(await house.get("/v1/products?market=FR&within_hours=0"))[0] == 400

    on_house(stocked_dsn, home, scene)


def test_a_number_that_was_mistyped_and_an_empty_search(stocked_dsn: str, home: Path) -> None:
    async def scene(house: House) -> None:
        found = await house.get("/fr/en/track")
        assert found.status_code == 200 and "Where is my parcel?" in words(found)
        wrong = await house.get("/fr/en/track/LP000000006CN")
        assert wrong.status_code == 404 and "is not a parcel’s number" in words(wrong)
        sent = await house.client.get("/fr/en/track", params={"number": "lp 00"}, follow_redirects=False)
        assert sent.status_code == 303 and sent.headers["location"] == "/fr/en/track/lp%2000"
        nasty = await house.get("/fr/en/track/%3Cscript%3E")
        assert nasty.status_code == 404 and "<script>" not in nasty.text.partition("<main")[2]

    on_house(stocked_dsn, home, scene)


@pytest.mark.parametrize("setting", ["laposte", "laposte=", "laposte=secret", f"la poste={SECRET}", f"={SECRET}"])
def test_bad_secrets_stop_the_start(setting: str) -> None:
    with pytest.raises(Misconfigured, match="ARGOSY_CARRIER_SECRETS"):
        read_keys(setting)


def test_carriers_and_their_secrets() -> None:
    assert read_keys("") == {}
    both = read_keys(f"laposte={SECRET}, dhl={STRANGE},laposte={STRANGE}")
    assert both == {"laposte": (SECRET, STRANGE), "dhl": (STRANGE,)}
