"""The waiting room of a real shop: two server processes, one line; who waited before a restart goes in after it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from argosy import running
from argosy.campaigns.waiting.close_room import close_room
from argosy.campaigns.waiting.look import look
from argosy.campaigns.waiting.model import RoomWish
from argosy.campaigns.waiting.open_room import open_room
from argosy.campaigns.waiting.set_rate import set_rate
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from conftest import config_for, free_port, named, run_sql

PAGE = "/fr/fr/markets"


@pytest.fixture
def settings(server: str, stocked: str, home: Path) -> Iterator[Config]:
    """Settings of a shop with two processes on a stocked database of its own."""
    name = f"w_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    port = free_port()
    yield config_for(named(server, name), home, port=port, workers=2, base_url=f"http://127.0.0.1:{port}")
    asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


def serving(config: Config) -> running.Serving:
    """The shop's processes, ready."""
    started = running.Serving(config, config.database_url)
    started.wait_until_ready()
    return started


async def _set(config: Config, per_second: int | None, *, new: bool = False) -> None:
    now = datetime.now(UTC)
    database = await open_database(config.database_url, size=2)
    async with database.transaction() as tx:
        if per_second is None:
            await close_room(tx, config.cell, "gate")
        elif new:
            wish = RoomWish(name="gate", paths=("/markets",), opens_at=now, per_second=per_second)
            await open_room(tx, config.cell, wish, now)
        else:
            await set_rate(tx, config.cell, "gate", per_second, now)
    await database.close()


async def _waiting(config: Config) -> int:
    database = await open_database(config.database_url, size=2)
    async with database.read() as reader:
        seen = await look(reader, config.cell, datetime.now(UTC))
    await database.close()
    return seen[0].waiting


def until(config: Config, browser: httpx.Client, status: int, seconds: float = 15) -> httpx.Response:
    """What the page answers when it answers so at last."""
    end = time.monotonic() + seconds
    while (answer := browser.get(f"{config.base_url}{PAGE}")).status_code != status:
        assert time.monotonic() < end, answer.status_code
        time.sleep(0.2)
    return answer


def test_a_line_of_two_processes_survives_a_restart(settings: Config) -> None:
    shop = serving(settings)
    try:
        asyncio.run(_set(settings, 0, new=True))
        until(settings, httpx.Client(), 503)
        browsers = [httpx.Client() for _ in range(12)]
        for browser in browsers:
            # A connection of its own: which process takes it is not ours to choose.
            assert browser.get(f"{settings.base_url}{PAGE}").status_code == 503
        assert httpx.get(f"{settings.base_url}//fr/fr//markets").status_code == 503
        assert httpx.get(f"{settings.base_url}/fr/fr/brands").status_code == 200
        time.sleep(0.8)
        waiting = asyncio.run(_waiting(settings))
        assert waiting >= 13
        shop.stop()
        shop = serving(settings)
        # From its first answer on the new shop guards what the old one did.
        assert httpx.get(f"{settings.base_url}{PAGE}").status_code == 503
        asyncio.run(_set(settings, 2_000))
        for browser in browsers:
            until(settings, browser, 200)
            stolen = {name: value for name, value in browser.cookies.items() if name.startswith("argosy_wait_")}
        asyncio.run(_set(settings, 0))
        time.sleep(1.6)
        assert httpx.get(f"{settings.base_url}{PAGE}", cookies=stolen).status_code == 503
        assert browsers[0].get(f"{settings.base_url}{PAGE}").status_code == 200
        asyncio.run(_set(settings, None))
        assert "retry-after" not in until(settings, httpx.Client(), 200).headers
    finally:
        shop.stop()
