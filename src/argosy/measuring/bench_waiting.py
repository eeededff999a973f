"""The waiting room under an opening's rush: a crowd over HTTP from another process, which asks as often as the pages say.

Everybody is a browser of her own with cookies of her own. The shop's one server process is in front of it; what is looked
at afterwards is when each came and when each was let in, not what the server says of itself.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import re
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
import uvloop

from argosy.campaigns.waiting.model import RoomWish
from argosy.campaigns.waiting.open_room import open_room
from argosy.measuring.accounting import spent
from argosy.measuring.benches import _statements
from argosy.measuring.ground import Ground, ground
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database

ARRIVALS_PER_SECOND = 5_000
ADMISSIONS_PER_SECOND = 500
PATH = "/fr/fr/markets"
STILL = "/fr/fr/brands"
"""Behind a room of one a second, where a place stays for the time of a measurement."""
CROWDED = "/fr/fr/coupons"
"""Behind a room of 200 a second, which a crowd before the measurement fills: nobody goes straight in."""
_CONNECTIONS = 96
_COOKIE = re.compile(rb"set-cookie: ([^=]+=[^;]*)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_TURN = re.compile(rb'<time datetime="([^"]*)"')
_AGAIN = re.compile(rb"refresh: (\d+)", re.IGNORECASE)


class Crowd(msgspec.Struct, frozen=True):
    """Who comes, where to."""

    host: str
    port: int
    count: int
    per_second: int


class Crossed(msgspec.Struct, frozen=True):
    """What became of the crowd."""

    requests: int
    order: dict[str, float]
    refused: dict[str, int]
    """Statuses that a forged token, and a pass sent by another browser, were answered with while the crowd waited."""
    began: float
    """The clock's seconds at the first arrival."""
    driver_cpu_seconds: float


def measure(config: Config, given: argparse.Namespace) -> dict[str, Any]:
    """A rush of `given.seconds` seconds (10: 50,000 shoppers) on a room of 500 a second; it lasts ten times as long."""
    crowd = int(ARRIVALS_PER_SECOND * given.seconds)
    with ground(config, 1, 200) as shop:
        opened = asyncio.run(_open(shop))
        polls = _polls(shop, min(3.0, given.seconds)) | _arrivals(shop, min(3.0, given.seconds))
        plan = Crowd(shop.config.host, shop.config.port, crowd, ARRIVALS_PER_SECOND)
        server = shop.serving.process.pid
        before, statements = spent(server, server), _statements(shop)
        ran = subprocess.run(
            [sys.executable, "-m", "argosy.measuring.bench_waiting"],
            input=msgspec.json.encode(plan), stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        cpu = spent(server, server).since(before).server
        statements = _statements(shop) - statements
    crossed = msgspec.json.decode(ran.stdout, type=Crossed)
    return {
        "driver": "HTTP over the loopback, one server process",
        **polls,
        "requests": crossed.requests,
        "cpu_ms_request": round(cpu * 1000 / crossed.requests, 4),
        "statements_per_request": round(statements / crossed.requests, 5),
        "driver_cpu_ms": round(crossed.driver_cpu_seconds * 1000 / crossed.requests, 4),
        "opened_before_seconds": round(crossed.began - opened, 1),
        **crossed.order,
        "refused": crossed.refused,
    }


async def _open(shop: Ground) -> float:
    """The rooms, open at once; returns when the server guards their pages, with the opening's seconds."""
    database = await open_database(shop.dsn, size=2)
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        rooms = (("rush", "/markets", ADMISSIONS_PER_SECOND), ("still", "/brands", 1), ("crowded", "/coupons", 200))
        for name, path, per_second in rooms:
            wish = RoomWish(name=name, paths=(path,), opens_at=now, per_second=per_second)
            await open_room(tx, shop.config.cell, wish, now)
    await database.close()
    await asyncio.sleep(4)
    return now.timestamp()


def _polls(shop: Ground, seconds: float) -> dict[str, Any]:
    """What a look of somebody who waits costs, 64 at once; the median of three runs."""
    shop.drive("get", concurrency=64, count=2_000, paths=(STILL,))
    head = asyncio.run(_head(shop, STILL))
    cookies = "; ".join(one.decode() for one in _COOKIE.findall(head))
    cpu_ms, per_second = _answered(shop, seconds, STILL, f"cookie: {cookies}\r\n")
    return {"cpu_ms_poll": round(cpu_ms, 4), "polls_per_second": round(per_second)}


def _arrivals(shop: Ground, seconds: float) -> dict[str, Any]:
    """What it costs to give a place to somebody who comes, 64 at once; the median of three runs."""
    shop.drive("get", concurrency=64, count=5_000, paths=(CROWDED,))
    cpu_ms, per_second = _answered(shop, seconds, CROWDED, "")
    return {"cpu_ms_arrival": round(cpu_ms, 4), "arrivals_per_second_at_most": round(per_second)}


def _answered(shop: Ground, seconds: float, path: str, headers: str) -> tuple[float, float]:
    """CPU milliseconds of the server for a page that tells to wait, and how many of them a second."""
    costs = []
    for _ in range(3):
        ran, cost = shop.drive("get", concurrency=64, seconds=seconds, paths=(path,), headers=headers)
        assert set(ran.by_result) == {"http_503"}, ran.by_result  # noqa: S101
        costs.append((cost.server * 1000 / ran.operations, ran.operations / ran.seconds))
    return sorted(costs)[1]


async def _head(shop: Ground, path: str) -> bytes:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, shop.config.host, shop.config.port)
    return await connection.get(path, "")


def order_and_rate(crossing: list[tuple[float, float]]) -> dict[str, float]:
    """How well order and rate were kept, by when each came and when each was let in (seconds; below zero: never)."""
    people = [(came, inside) for came, inside in crossing if inside >= 0]
    times = sorted(inside for _, inside in people)
    # A room that was open for a while before anybody came owes her nothing for that, but half a second's slot.
    over = max(number + 1 - time * ADMISSIONS_PER_SECOND for number, time in enumerate(times))
    return {
        "arrivals": len(crossing),
        "arrival_seconds": round(max(came for came, _ in crossing), 2),
        "admitted": len(people),
        "admitted_per_second": round(len(people) / max(times[-1], 0.001), 1),
        "ahead_of_the_rate": round(over),
        "out_of_order_seconds": round(out_of_order(people), 3),
        "waited_p50_seconds": round(sorted(inside - came for came, inside in people)[len(people) // 2], 1),
    }


def out_of_order(people: Iterable[tuple[float, float]]) -> float:
    """The longest time by which somebody came before another who was let in before her; in seconds, 0 for a perfect line."""
    ordered = sorted(people)
    latest: list[float] = []
    apart = 0.0
    for came, inside in ordered:
        # The first who was let in later than this one although she came earlier.
        first = bisect_right(latest, inside)
        if first < len(latest):
            apart = max(apart, came - ordered[first][0])
        latest.append(max(inside, latest[-1]) if latest else inside)
    return apart


class _Connection(asyncio.Protocol):
    """One connection, kept alive, with one request at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._end = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for an answer is told."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Collect an answer, until it is whole."""
        self._buffer += data
        if not self._end:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(self._buffer, 0, head + 2)
            self._end = head + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) >= self._end and self._answer is not None:
            answer, self._buffer, self._end = self._buffer, b"", 0
            self._answer.set_result(answer)

    async def get(self, path: str, cookies: str) -> bytes:
        """The whole answer to a request."""
        self._answer = asyncio.get_running_loop().create_future()
        line = f"cookie: {cookies}\r\n" if cookies else ""
        self._transport.write(f"GET {path} HTTP/1.1\r\nhost: shop\r\naccept-encoding: gzip\r\n{line}\r\n".encode())
        return await self._answer


class _Rush:
    """The crowd in the driver's process."""

    def __init__(self, plan: Crowd) -> None:
        self.plan = plan
        self.came = [-1.0] * plan.count
        self.inside = [-1.0] * plan.count
        self.turn = [-1.0] * plan.count
        """The turn that each was told of first, in the clock's seconds."""
        self.cookies = [""] * plan.count
        self.answered = [0.0] * plan.count
        """Seconds until each was told her place, or let in, for the first time."""
        self.late: list[float] = []
        """How much later than its page said each look was sent: the driver's own fault, and in the figures of order."""
        self.requests = 0
        self.refused: dict[str, int] = {}
        self.due = [(number / plan.per_second, number) for number in range(plan.count)]
        self.start = 0.0

    async def all(self) -> Crossed:
        """Let them come, and ask as their pages say, until all are in."""
        loop = asyncio.get_running_loop()
        connections = [
            (await loop.create_connection(_Connection, self.plan.host, self.plan.port))[1] for _ in range(_CONNECTIONS)
        ]
        began = time.time()
        self.start = time.perf_counter()
        await asyncio.gather(self._intrude(connections.pop()), *(self._worker(one) for one in connections))
        cpu = time.process_time()
        order = order_and_rate(list(zip(self.came, self.inside, strict=True)))
        turns = [one for one in zip(self.came, self.turn, strict=True) if one[1] >= 0]
        order["turns_out_of_order_seconds"] = round(out_of_order(turns), 3)
        firsts = sorted(self.answered)
        order["first_answer_p50_ms"] = round(firsts[len(firsts) // 2] * 1000, 1)
        order["first_answer_p99_ms"] = round(firsts[len(firsts) * 99 // 100] * 1000, 1)
        order["all_answered_seconds"] = round(max(map(sum, zip(self.came, self.answered, strict=True))), 2)
        order["driver_late_p99_seconds"] = round(sorted(self.late)[len(self.late) * 99 // 100], 3)
        return Crossed(self.requests, order, self.refused, began, cpu)

    def _now(self) -> float:
        return time.perf_counter() - self.start

    async def _worker(self, connection: _Connection) -> None:
        while self.due:
            due, number = heapq.heappop(self.due)
            if (wait := due - self._now()) > 0:
                await asyncio.sleep(wait)
            self.late.append(self._now() - due)
            await self._ask(connection, number)

    async def _ask(self, connection: _Connection, number: int) -> None:
        if self.came[number] < 0:
            self.came[number] = self._now()
        head = await connection.get(PATH, self.cookies[number])
        self.requests += 1
        if not self.cookies[number]:
            self.answered[number] = self._now() - self.came[number]
        if self.turn[number] < 0 and (told := _TURN.search(head)):
            self.turn[number] = datetime.fromisoformat(told[1].decode()).timestamp()
        if set_now := _COOKIE.findall(head):
            kept = dict(one.split("=", 1) for one in self.cookies[number].split("; ") if one)
            kept.update(one.decode().split("=", 1) for one in set_now)
            self.cookies[number] = "; ".join(f"{name}={value}" for name, value in kept.items())
        again = _AGAIN.search(head)
        if head.startswith(b"HTTP/1.1 200"):
            self.inside[number] = self._now()
        else:
            heapq.heappush(self.due, (self._now() + int(again[1] if again else 2), number))

    async def _intrude(self, connection: _Connection) -> None:
        """While the crowd waits, try to get in with a pass that was changed, and with one that another browser was given."""
        await asyncio.sleep(self.plan.count / self.plan.per_second / 2 + 1)
        owner = next(number for number, inside in enumerate(self.inside) if inside >= 0)
        waiting = next(number for number, inside in enumerate(self.inside) if inside < 0 <= self.came[number])
        visitor, _, pass_text = self.cookies[owner].partition("; ")
        other = self.cookies[waiting].partition("; ")[0]
        tries = {
            "a pass without its browser": pass_text,
            "a pass in another browser": f"{other}; {pass_text}",
            "a changed pass": f"{visitor}; {pass_text[:-3]}AAA",
            "no token": "",
        }
        for name, cookies in tries.items():
            self.refused[name] = int((await connection.get(PATH, cookies))[9:12])
        self.refused["the pass in its own browser"] = int((await connection.get(PATH, self.cookies[owner]))[9:12])


def main() -> None:
    """Read what the crowd is, let it come, report."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Crowd)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_Rush(plan).all())))


if __name__ == "__main__":
    main()
