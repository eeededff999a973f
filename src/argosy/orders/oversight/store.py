"""Runs the SQL of an operator's questions."""

from __future__ import annotations

from datetime import datetime

from argosy.orders.oversight.model import GivenRow
from argosy.plumbing.database import Reader, load_queries

_sql = load_queries("argosy.orders.oversight")


async def given(reader: Reader, cell: int, since: datetime, until: datetime, most: int) -> list[GivenRow]:
    """What promotions took off paid orders, by promotion and currency."""
    return await reader.rows(GivenRow, _sql["given"], cell, since, until, most)


async def count_lines(reader: Reader, cell: int, most: int) -> int:
    """How many lines there are, counted up to a number."""
    return int(await reader.value(_sql["count_lines"], cell, most))
