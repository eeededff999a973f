"""The benchmarks: what is driven, what is checked afterwards, what is reported."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any
from urllib.parse import quote as quoted

import msgspec

from argosy.measuring.accounting import Spent
from argosy.measuring.client import Connection, encode
from argosy.measuring.ground import AMPLE, Ground, ground
from argosy.measuring.plan import Outcome
from argosy.plumbing.config import Config

FLASH_UNITS = 500
FLASH_ATTEMPTS = 20_000


def bench(config: Config, given: argparse.Namespace) -> int:
    """Run one benchmark; prints what it measured, as one JSON object on the last line; 1 if a book did not balance."""
    run = {"purchase": purchase, "flash": flash, "race": race, "browse": browse, "quote": quote}[given.what]
    print("Setting up a shop of its own ...", file=sys.stderr, flush=True)  # noqa: T201
    with ground(config, given.workers, given.products) as shop:
        result = {"bench": given.what, "concurrency": given.concurrency, "workers": given.workers, **run(shop, given)}
    if given.json:
        print(msgspec.json.encode(result).decode())  # noqa: T201
    else:
        for name, value in result.items():
            print(f"{name:<20} {value}")  # noqa: T201
    return 1 if result.get("wrong") else 0


def figures(outcome: Outcome, cost: Spent, good: str) -> dict[str, Any]:
    """The figures of one operation; CPU milliseconds are per good operation."""
    done = max(outcome.by_result.get(good, 0), 1)
    return {
        "n": outcome.operations,
        "per_second": round(outcome.operations / outcome.seconds, 1),
        "p50_ms": round(outcome.p50_ms, 2),
        "p99_ms": round(outcome.p99_ms, 2),
        "cpu_ms_server": round(cost.server * 1000 / done, 4),
        "cpu_ms_database": round(cost.database * 1000 / done, 4),
        "cpu_ms": round((cost.server + cost.database) * 1000 / done, 4),
        "errors": outcome.operations - outcome.by_result.get(good, 0),
        "results": outcome.by_result,
    }


def _warm(shop: Ground, given: argparse.Namespace, operation: str = "purchase", **wishes: Any) -> None:
    """Let every process have the goods on its shelf and its code paths run in."""
    if operation != "get":
        for seed in range(3):
            shop.drive(
                "quote", concurrency=64, count=1_000 * given.workers, variants=tuple(shop.variants), lines=50, seed=seed
            )
    wishes.setdefault("variants", tuple(shop.variants))
    shop.drive(operation, concurrency=given.concurrency, seconds=min(4.0, given.seconds), seed=1, **wishes)


def purchase(shop: Ground, given: argparse.Namespace) -> dict[str, Any]:
    """The whole purchase of a fresh anonymous shopper: quote of 2 random lines to one of 10 countries, order, payment."""
    _warm(shop, given)
    before = _paid(shop)
    statements = _statements(shop)
    outcome, cost = shop.drive(
        "purchase", concurrency=given.concurrency, seconds=given.seconds, variants=tuple(shop.variants)
    )
    statements = _statements(shop) - statements
    paid = _paid(shop) - before
    told = figures(outcome, cost, "paid")
    return {**told, "oversold": _oversold(shop), "statements": round(statements / max(paid, 1), 3),
            **_books(shop, paid, outcome)}  # fmt: skip


def flash(shop: Ground, given: argparse.Namespace) -> dict[str, Any]:
    """500 units of one good and 20,000 attempts; then what an order of a hot item costs against random ones."""
    hot = shop.variants[0]
    _warm(shop, given)
    shop.set_stock(hot, FLASH_UNITS)
    before = _paid(shop)
    outcome, cost = shop.drive(
        "purchase", concurrency=given.concurrency, count=FLASH_ATTEMPTS, variants=(hot,), lines=1
    )
    sold = _paid(shop) - before
    left = shop.ask("SELECT received - held - sold AS free FROM quotas WHERE key LIKE 'stock/' || $1 || '/%'", hot)[0][
        "free"
    ]
    told = figures(outcome, cost, "paid")
    told["cpu_ms_attempt"] = round((cost.server + cost.database) * 1000 / outcome.operations, 4)
    shop.set_stock(hot, AMPLE)
    costs = {"random": 0.0, "hot": 0.0}
    # Turn by turn, so that a noisy neighbour meets both.
    for _ in range(3):
        for name, variants in (("random", tuple(shop.variants)), ("hot", (hot,))):
            ran, spent = shop.drive(
                "purchase", concurrency=given.concurrency, seconds=given.seconds / 3, variants=variants, lines=1
            )
            costs[name] += (spent.server + spent.database) / max(ran.by_result.get("paid", 0), 1)
    wrong = [] if (sold, left) == (FLASH_UNITS, 0) else [f"{sold} sold and {left} left of {FLASH_UNITS}"]
    expected = {"paid", "sold_out"}
    told["errors"] = sum(n for code, n in outcome.by_result.items() if code not in expected)
    return {**told, "sold": sold, "left": left, "sold_out_after_seconds": round(outcome.last_paid_seconds, 3),
            "hot_to_random_ratio": round(costs["hot"] / costs["random"], 3), "oversold": _oversold(shop),
            "wrong": wrong + _books(shop, sold, outcome)["wrong"]}  # fmt: skip


def race(shop: Ground, given: argparse.Namespace) -> dict[str, Any]:
    """60 quotes of a stock of 20 ordered at once; then 32 orders of the same two goods with ample stock."""
    first, second = shop.variants[0], shop.variants[1]
    _warm(shop, given)
    shop.set_stock(first, 20)
    before = _paid(shop)
    scarce, cost = shop.drive("order", concurrency=60, count=60, quotes=_quotes(shop, [first], 60))
    sold = _paid(shop) - before
    shop.set_stock(first, AMPLE)
    ample, _ = shop.drive("order", concurrency=32, count=32, quotes=_quotes(shop, [first, second], 32))
    charged = shop.ask("SELECT count(*) AS n FROM orders WHERE state <> 'paid'")[0]["n"]
    wrong = []
    if (sold, scarce.by_result) != (20, {"paid": 20, "sold_out": 40}):
        wrong.append(f"of a stock of 20 {sold} were sold: {scarce.by_result}")
    if ample.by_result != {"paid": 32}:
        wrong.append(f"of 32 orders with ample stock: {ample.by_result}")
    return {**figures(scarce, cost, "paid"), "errors": 0, "sold_of_20": sold, "ample": ample.by_result,
            "not_paid": charged, "oversold": _oversold(shop), "wrong": wrong}  # fmt: skip


def quote(shop: Ground, given: argparse.Namespace) -> dict[str, Any]:
    """A quote of `--lines` random lines (2) to one of 10 countries."""
    _warm(shop, given, "quote", lines=given.lines)
    statements = _statements(shop)
    outcome, cost = shop.drive(
        "quote",
        concurrency=given.concurrency,
        seconds=given.seconds,
        variants=tuple(shop.variants),
        lines=given.lines,
    )
    statements = _statements(shop) - statements
    return {**figures(outcome, cost, "ok"), "oversold": 0, "statements": round(statements / outcome.operations, 4)}


def browse(shop: Ground, given: argparse.Namespace) -> dict[str, Any]:
    """A list of 24 products in a foreign currency and a product page, as HTML and as JSON."""
    listed = [
        row["category"] for row in shop.ask("SELECT category FROM listing_ranks GROUP BY 1 HAVING count(*) >= 48")
    ]
    handles = [row["handle"] for row in shop.ask("SELECT handle FROM products ORDER BY product_id LIMIT 500")]
    runs = {
        "list_html": tuple(f"/fr/fr/c/{code}?page={page}" for code in listed for page in (1, 2)),
        "product_html": tuple(f"/fr/fr/p/{quoted(handle)}" for handle in handles),
        "list_json": tuple(
            f"/v1/products?market=FR&language=fr&category={code}&page={page}" for code in listed for page in (1, 2)
        ),
        "product_json": tuple(f"/v1/products/{quoted(handle)}?market=FR&language=fr" for handle in handles),
    }
    # A reader with a cookie gets every page made anew; one without gets a page that may be some seconds old.
    readers = [("", ""), ("_with_cookie", "cookie: argosy=somebody\r\n")]
    operations = {}
    shop.settle()
    for name, paths in runs.items():
        for suffix, cookie in readers if name.endswith("html") else readers[:1]:
            headers = f"accept: {'text/html' if name.endswith('html') else 'application/json'}\r\n{cookie}"
            _warm(shop, given, "get", paths=paths, headers=headers)
            statements = _statements(shop)
            ran, cost = shop.drive(
                "get", concurrency=given.concurrency, seconds=given.seconds / 2, paths=paths, headers=headers
            )
            used = (_statements(shop) - statements) / max(ran.operations, 1)
            operations[name + suffix] = {**figures(ran, cost, "ok"), "statements": round(used, 4)}
    products = shop.ask("SELECT count(*) AS n FROM products")[0]["n"]
    worst = max(operations.values(), key=lambda told: told["cpu_ms"])
    return {**worst, "oversold": 0, "products": products, "operations": operations}


def _quotes(shop: Ground, variants: list[str], count: int) -> tuple[str, ...]:
    wish = {"lines": [{"variant_id": one, "quantity": 1} for one in variants], "destination": {"country": "FR"}}

    async def ask() -> tuple[str, ...]:
        connection = Connection(shop.config.host, shop.config.port)
        answers = [await connection.post("/v1/quotes", encode(wish)) for _ in range(count)]
        return tuple(msgspec.json.decode(body)["quote"] for _, body in answers)

    return asyncio.run(ask())


def _paid(shop: Ground) -> int:
    return int(shop.ask("SELECT count(*) AS n FROM orders WHERE state = 'paid'")[0]["n"])


def _oversold(shop: Ground) -> int:
    rows = shop.ask("SELECT coalesce(sum(greatest(held + sold - received, 0)), 0)::int AS n FROM quotas")
    return int(rows[0]["n"])


def _statements(shop: Ground) -> int:
    return int(shop.ask("SELECT sum(calls)::bigint AS n FROM pg_stat_statements")[0]["n"] or 0)


def _books(shop: Ground, paid: int, outcome: Outcome) -> dict[str, Any]:
    """Quotas, orders, lines and outbox must tell the same; every acknowledged order must be there."""
    wrong = []
    if paid != outcome.by_result.get("paid", 0):
        wrong.append(f"{outcome.by_result.get('paid', 0)} orders were acknowledged, {paid} are paid")
    known = shop.ask(
        "SELECT count(*) AS n FROM orders WHERE order_id = ANY($1::uuid[]) AND state = 'paid'", outcome.orders
    )[0]["n"]
    if known != len(outcome.orders):
        wrong.append(f"{len(outcome.orders) - known} acknowledged orders are missing")
    row = shop.ask(
        "SELECT (SELECT sum(sold) FROM quotas WHERE key LIKE 'stock/%') AS sold,"
        " (SELECT sum(quantity) FROM order_lines JOIN orders USING (cell, order_id) WHERE state = 'paid') AS pieces,"
        " (SELECT count(*) FROM orders WHERE state = 'paid') AS orders,"
        " (SELECT count(*) FROM outbox WHERE topic = 'order.paid') AS told,"
        " (SELECT coalesce(max(position), 0) - count(*) FROM outbox) AS gaps"
    )[0]
    if row["sold"] != row["pieces"] or row["orders"] != row["told"] or row["gaps"]:
        wrong.append(f"the books differ: {dict(row)}")
    return {"wrong": wrong}
