"""Processes that are killed in the middle of a storm of purchases: what was acknowledged stands, and nothing by halves."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from argosy import running
from argosy.measuring.plan import Outcome, Plan
from argosy.plumbing.embedded.server import EmbeddedServer
from argosy.plumbing.migrations import migrate
from conftest import config_for, free_port, stock_up
from journeys.counter import Counter, order
from rooms.orders.ground import SOLD

STORM_SECONDS = 6.0
PAID_BEFORE = 100
BUYERS = 16
PIECES = 200
EXPECTED = ("paid", "sold_out")
CUT_OFF = ("IncompleteReadError", "ConnectionResetError", "ConnectionRefusedError", "BrokenPipeError")


class Ground:
    """A shop with two server processes on a database server of its own, all of which may be killed."""

    def __init__(self, home: Path) -> None:
        self.server = EmbeddedServer(home, say=lambda _: None)
        self.dsn = self.server.start().dsn
        asyncio.run(migrate(self.dsn, datetime.now(UTC)))
        asyncio.run(stock_up(self.dsn, goods=150))
        self.port = free_port()
        url = f"http://127.0.0.1:{self.port}"
        self.config = config_for(self.dsn, home, port=self.port, workers=2, base_url=url)
        self.counter = Counter(url, self.dsn)
        self.variants = tuple(self.counter.variants(8))
        self.serving = running.Serving(self.config, self.dsn)
        self.serving.wait_until_ready()

    def stop(self) -> None:
        """End everything."""
        self.serving.stop()
        self.server.stop()

    def postmaster(self) -> int:
        """Process id of the database server as it is now."""
        return self.server.start().server_pid

    def serve_again(self) -> None:
        """Start the server processes anew."""
        self.serving = running.Serving(self.config, self.dsn)
        self.serving.wait_until_ready()


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """The shop of this module; each test leaves it running."""
    home = Path(tempfile.mkdtemp(prefix="argosy-crash-", dir="/tmp"))
    home.chmod(0o755)
    made = Ground(home / ".argosy")
    yield made
    made.stop()
    shutil.rmtree(home, ignore_errors=True)


def children(parent: int) -> list[int]:
    """Process ids of the living children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def workers(ground: Ground) -> list[int]:
    """The processes that serve; not the helpers that Python starts beside them."""
    parent = ground.serving.process.pid
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(parent)}
    return [pid for pid, command in commands.items() if b"resource_tracker" not in command]


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> None:
    """Until it is so; fails when it does not come."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


def paid(ground: Ground) -> int:
    """How many orders are paid."""
    return int(ground.counter.ask("SELECT count(*) AS n FROM orders WHERE state = 'paid'")[0]["n"])


@contextmanager
def storm(ground: Ground) -> Iterator[list[Outcome]]:
    """Purchases by a driver in another process; in the block something is killed. The outcome is there at its end."""
    plan = Plan(
        host="127.0.0.1",
        port=ground.port,
        operation="purchase",
        concurrency=BUYERS,
        seconds=STORM_SECONDS,
        variants=ground.variants,
    )
    command = [sys.executable, "-m", "argosy.measuring.driver"]
    driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    outcome: list[Outcome] = []
    before = paid(ground)
    try:
        assert driver.stdin is not None
        driver.stdin.write(msgspec.json.encode(plan))
        driver.stdin.close()
        driver.stdin = None
        wait_for(lambda: paid(ground) > before + PAID_BEFORE)
        yield outcome
        told, _ = driver.communicate(timeout=90)
        outcome.append(msgspec.json.decode(told, type=Outcome))
    finally:
        driver.kill()
        driver.wait()


def refill(ground: Ground) -> None:
    """A stock that the storm uses up, so that it is also short."""
    for variant in ground.variants[:2]:
        ground.counter.set_stock(variant, PIECES)
    for variant in ground.variants[2:]:
        ground.counter.set_stock(variant, 1_000_000)


def check(ground: Ground, outcome: Outcome, broken: tuple[str, ...]) -> None:
    """All that was acknowledged is there, once and paid; nothing is half; the books agree; only `broken` went wrong."""
    ask = ground.counter.ask
    assert outcome.by_result.get("paid", 0) >= PAID_BEFORE, outcome.by_result
    acknowledged = [UUID(one) for one in outcome.orders]
    assert len(set(acknowledged)) == len(acknowledged)
    rows = ask("SELECT order_id, state FROM orders WHERE order_id = ANY($1::uuid[])", acknowledged)
    assert sorted((row["order_id"], row["state"]) for row in rows) == sorted((one, "paid") for one in acknowledged)
    assert ground.counter.wrong_books() == []
    trouble = {name: count for name, count in outcome.by_result.items() if name not in (*EXPECTED, *broken)}
    assert trouble == {}
    for row in ask(SOLD):
        assert row["sold"] == row["pieces"], dict(row)
    told = ask("SELECT subject, count(*) AS times FROM outbox WHERE topic = 'order.paid' GROUP BY 1")
    known = ask("SELECT order_id FROM orders WHERE state = 'paid'")
    assert {row["subject"]: row["times"] for row in told} == {row["order_id"]: 1 for row in known}


def buys(ground: Ground) -> bool:
    """Whether the shop sells."""
    quote = wish_for(ground)
    if quote is None:
        return False
    with ground.counter.client() as client:
        return client.post("/v1/orders", json=order(quote)).status_code == 201


def wish_for(ground: Ground) -> dict | None:
    """A quote, if the shop gives one."""
    lines = [{"variant_id": ground.variants[-1], "quantity": 1}]
    with ground.counter.client() as client:
        answer = client.post("/v1/quotes", json={"lines": lines, "destination": {"country": "FR"}})
    return answer.json() if answer.status_code == 200 else None


def test_a_killed_server_process_loses_nothing_acknowledged(ground: Ground) -> None:
    refill(ground)
    before = workers(ground)
    assert len(before) == 2
    with storm(ground) as outcome:
        os.kill(before[0], signal.SIGKILL)
    check(ground, outcome[0], CUT_OFF)
    # The other went on, and the killed one has a successor.
    wait_for(lambda: len(workers(ground)) == 2)
    assert before[0] not in workers(ground)
    wait_for(lambda: buys(ground))


def test_a_killed_shop_loses_nothing_acknowledged(ground: Ground) -> None:
    refill(ground)
    with storm(ground) as outcome:
        process = ground.serving.process
        doomed = [process.pid, *children(process.pid)]
        for pid in doomed:
            os.kill(pid, signal.SIGKILL)
        process.wait()
        ground.serve_again()
    check(ground, outcome[0], CUT_OFF)
    assert buys(ground)


def test_a_killed_database_loses_nothing_acknowledged(ground: Ground) -> None:
    refill(ground)
    killed = ground.postmaster()
    with storm(ground) as outcome:
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: ground.postmaster() != killed)
    check(ground, outcome[0], ("database_unavailable", "internal"))
    # The server processes found the new database server without being started again.
    wait_for(lambda: buys(ground))
    assert ground.counter.wrong_books() == []
