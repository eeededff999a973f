"""Facts read again: what was computed from those that did not change is kept. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from argosy.orders.model import Charts

_BORDER = ("hub", "by_weight", "goods", "unsure", "headings")


def renewed(old: Charts, new: Charts) -> Charts:
    """The new facts with all that was computed from equal old ones; the old ones themselves where nothing changed.

    What is left of limited promotions goes over to the new board.
    """
    same_markets = new.markets == old.markets
    same_rates = new.rates.same_as(old.rates)
    if same_markets:
        new = replace(new, markets=old.markets)
    if same_rates:
        new = replace(new, rates=old.rates)
    new.campaigns.left = old.campaigns.left
    same_plans = same_markets and new.campaigns.plans == old.campaigns.plans and new.paths == old.paths
    if same_plans:
        new = replace(new, campaigns=old.campaigns, singles=old.singles)
    same_border = same_markets and same_rates and new.tables.same_as(old.tables) and _equal(old, new, _BORDER)
    if same_border:
        new = replace(new, tables=old.tables, doorsteps=old.doorsteps)
    rest = [
        name
        for name in Charts.__struct_fields__
        if name not in (*_BORDER, "tables", "doorsteps", "campaigns", "singles")
    ]
    return old if same_plans and same_border and _equal(old, new, rest) else new


def _equal(old: Charts, new: Charts, names: tuple[str, ...] | list[str]) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in names)
