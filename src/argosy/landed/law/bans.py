"""What may not go to a destination, not this way, or only under a condition."""

from __future__ import annotations

from collections.abc import Iterable

from argosy.landed.law.duty import begins
from argosy.landed.law.facts import Facts, Restriction
from argosy.landed.law.thresholds import Route
from argosy.landed.model import Fact

LITHIUM_CELLS = ("850650", "850760")
"""Headings that are lithium cells and batteries themselves, whatever a line says of a battery."""


def restrictions_on(facts: Facts, route: Route) -> tuple[Restriction, ...]:
    """The rows that a route can meet on its day."""
    union = facts.union
    return tuple(
        row
        for row in facts.restrictions
        if row.holds(route.at)
        and (
            row.destination in ("*", route.to)
            or (row.destination == "EU" and route.to in union and route.ship_from not in union)
        )
        and row.ship_from in ("", route.ship_from)
        and (not row.channels or route.channel in row.channels)
        and (not row.modes or route.mode in row.modes)
    )


def verdict(rows: Iterable[Restriction], hs: str, origin: str, battery: str, blade_mm: int | None) -> tuple[Fact, ...]:
    """A `ban.*` or `condition.*` fact for each row that goods meet."""
    if battery == "none" and hs.startswith(LITHIUM_CELLS):
        battery = "alone"
    return tuple(
        Fact(f"{'ban' if row.banned else 'condition'}.{row.subject}", (), row.source, row.as_of)
        for row in rows
        if row.origin in ("", origin)
        and (not row.battery or battery in row.battery)
        and (not row.hs or (begins(hs, row.hs) and not begins(hs, row.hs_not)))
        and _blade(row.blade, blade_mm)
    )


def _blade(asked: str, blade_mm: int | None) -> bool:
    if not asked:
        return True
    return blade_mm is None if asked == "unknown" else blade_mm is not None and blade_mm > int(asked)
