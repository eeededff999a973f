"""The driver: a process of its own that sends a plan's requests and reports, as JSON on standard input and output."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from typing import Any

import msgspec
import uvloop

from argosy.measuring.client import Connection, encode
from argosy.measuring.plan import ADDRESSES, CARD, Outcome, Plan

_NAMES = ("Ana Souza", "Wei Chen", "Aoife Byrne", "Kenji Sato", "Fatima Noor", "Lukas Braun", "Mei Tan", "John Smith")


class Run:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.draw = random.Random(plan.seed)  # noqa: S311
        self.results: Counter[str] = Counter()
        self.times: list[float] = []
        self.orders: list[str] = []
        self.last_paid = 0.0
        self.begun = 0
        self.start = time.perf_counter()
        self.quotes = list(plan.quotes)

    async def all(self) -> Outcome:
        """Drive until time or count is reached."""
        await asyncio.gather(*(self._worker() for _ in range(self.plan.concurrency)))
        seconds = time.perf_counter() - self.start
        ordered = sorted(self.times) or [0.0]
        return Outcome(
            operations=len(self.times),
            by_result=dict(self.results),
            seconds=seconds,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
            last_paid_seconds=self.last_paid,
            orders=tuple(self.orders),
        )

    def _more(self) -> bool:
        if self.plan.count and self.begun >= self.plan.count:
            return False
        if self.plan.seconds and time.perf_counter() - self.start >= self.plan.seconds:
            return False
        self.begun += 1
        return True

    async def _worker(self) -> None:
        connection = Connection(self.plan.host, self.plan.port)
        act = {"purchase": self.purchase, "quote": self.quote_only, "order": self.order, "get": self.get}[
            self.plan.operation
        ]
        while self._more():
            begin = time.perf_counter()
            try:
                result = await act(connection)
            except (OSError, asyncio.IncompleteReadError) as wrong:
                result = type(wrong).__name__
                await asyncio.sleep(0.02)
            now = time.perf_counter()
            self.times.append(now - begin)
            self.results[result] += 1
            if result == "paid":
                self.last_paid = now - self.start
        await connection.close()

    def _wish(self) -> tuple[str, dict[str, Any]]:
        country = self.draw.choice(list(ADDRESSES))
        chosen = self.draw.sample(self.plan.variants, min(self.plan.lines, len(self.plan.variants)))
        lines = [{"variant_id": variant, "quantity": 1} for variant in chosen]
        return country, {"lines": lines, "destination": {"country": country}}

    async def quote_only(self, connection: Connection) -> str:
        """A quote."""
        _, wish = self._wish()
        status, body = await connection.post("/v1/quotes", encode(wish))
        return "ok" if status == 200 else _code(body)

    async def purchase(self, connection: Connection) -> str:
        """A quote, then its order with payment."""
        country, wish = self._wish()
        status, body = await connection.post("/v1/quotes", encode(wish))
        if status != 200:
            return _code(body)
        return await self._order(connection, country, _quote_of(body))

    async def order(self, connection: Connection) -> str:
        """An order of a quote that was made before."""
        return await self._order(connection, "FR", self.quotes.pop())

    async def _order(self, connection: Connection, country: str, quote: str) -> str:
        who = f"{self.draw.choice(_NAMES)} {self.draw.randrange(10**6)}"
        address = {
            **ADDRESSES[country],
            "country": country,
            "name": who,
            "email": f"s{self.draw.randrange(10**9)}@example.com",
        }
        body = encode({"quote": quote, "address": address, "payment": {"card_number": CARD}})
        status, answer = await connection.post("/v1/orders", body)
        if status not in (200, 201):
            return _code(answer)
        told = msgspec.json.decode(answer)
        if told["state"] == "paid":
            self.orders.append(told["order_id"])
        return str(told["state"])

    async def get(self, connection: Connection) -> str:
        """A page."""
        path = self.draw.choice(self.plan.paths)
        status, _ = await connection.get(path, f"accept-encoding: gzip\r\n{self.plan.headers}")
        return "ok" if status == 200 else f"http_{status}"


class _Quoted(msgspec.Struct):
    quote: str


_quoted = msgspec.json.Decoder(_Quoted)


def _quote_of(body: bytes) -> str:
    return _quoted.decode(body).quote


def _code(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body)["code"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "unreadable"


def main() -> None:
    """Read a plan, carry it out, report."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    outcome = uvloop.run(Run(plan).all())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
