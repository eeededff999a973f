"""The demo's feed, read once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from argosy.catalogue.model import ImportRow
from argosy.demo import feed
from argosy.demo.tables import Tables, load

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load(DATA)


@pytest.fixture(scope="session")
def rows() -> list[ImportRow]:
    return list(feed.rows(DATA))
