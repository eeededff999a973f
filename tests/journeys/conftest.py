"""A served shop whose database the tests may look into."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy import running
from conftest import config_for, free_port, named, run_sql
from journeys.counter import Counter


@pytest.fixture(scope="module")
def shop(server: str, stocked: str, home: Path) -> Iterator[Counter]:
    """A shop with a part of the real catalogue, served by two processes for this module."""
    name = f"j_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    dsn, port = named(server, name), free_port()
    url = f"http://127.0.0.1:{port}"
    serving = running.Serving(config_for(dsn, home, port=port, workers=2, base_url=url), dsn)
    try:
        serving.wait_until_ready()
        yield Counter(url, dsn)
    finally:
        serving.stop()
        asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))
