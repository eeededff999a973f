"""What a driver process is asked to do, and what it reports."""

from __future__ import annotations

from typing import Any

import msgspec

ADDRESSES: dict[str, dict[str, Any]] = {
    "FR": {"street": ["12 rue de Rivoli"], "city": "Paris", "postal_code": "75004", "phone": "+33142345678"},
    "DE": {"street": ["Unter den Linden 5"], "city": "Berlin", "postal_code": "10117", "phone": "+4930901820"},
    "GB": {"street": ["10 Baker Street"], "city": "London", "postal_code": "W1U 3BT", "phone": "+442079460958"},
    "US": {"street": ["350 5th Ave"], "city": "New York", "country_area": "NY", "postal_code": "10118", "phone": "+12127363100"},
    "JP": {"street": ["1-1-1"], "city": "Chiyoda-ku", "country_area": "13", "postal_code": "100-0005", "phone": "+81312345678"},
    "HK": {"street": ["1 Nathan Road"], "city": "Tsim Sha Tsui", "country_area": "Kowloon", "phone": "+85223456789"},
    "SG": {"street": ["1 Raffles Place"], "postal_code": "048616", "phone": "+6565351234"},
    "AU": {"street": ["1 Martin Place"], "city": "Sydney", "country_area": "NSW", "postal_code": "2000", "phone": "+61292345678"},
    "IT": {"street": ["Via Roma 1"], "city": "Milano", "country_area": "MI", "postal_code": "20121", "phone": "+390212345678"},
    "TH": {"street": ["99 Rama IV"], "city": "Khlong Toei", "country_area": "10", "postal_code": "10110", "phone": "+6622345678"},
}  # fmt: skip
"""Ten countries and an address in each; names and house numbers are drawn by the driver."""

CARD = "4242424242424242"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A run of one operation."""

    host: str
    port: int
    operation: str
    """`purchase`, `quote`, `order`, `get`."""
    concurrency: int
    seconds: float = 0.0
    """Run so long, or until `count` operations are done."""
    count: int = 0
    variants: tuple[str, ...] = ()
    lines: int = 2
    paths: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    headers: str = ""
    """Further header lines of `get`."""
    seed: int = 618


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a run."""

    operations: int
    by_result: dict[str, int]
    """Operations by how they ended: `paid`, `sold_out`, `limit_reached`, `ok`, an error's code."""
    seconds: float
    p50_ms: float
    p99_ms: float
    last_paid_seconds: float
    """When the last successful one ended."""
    orders: tuple[str, ...] = ()
    """Ids of the orders that were acknowledged as paid."""
