"""Facts read again: what was computed from those that did not change is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from argosy.orders.model import Charts

# What only duty and tax are computed from, what only promotions are, and what neither is; anything else is taken to matter to both.
# What waits elsewhere goes over as it is; what was made of old facts for other hubs does not.
_BORDER = ("by_weight", "goods", "unsure", "headings")
_OBJECTS = ("rates", "tables", "doorsteps", "campaigns", "singles", "presales", "at_hubs")
_NEITHER = ("quote_for", "elsewhere", "stores")
_BOTH = tuple(name for name in Charts.__struct_fields__ if name not in (*_BORDER, *_OBJECTS, *_NEITHER, "paths"))


def renewed(old: Charts, new: Charts) -> Charts:
    """The new facts with all that was computed from equal old ones; the old ones themselves where nothing changed.

    What is left of limited promotions goes over to the new board, and what is known of stock elsewhere to the new facts.
    """
    new.campaigns.left = old.campaigns.left
    new = replace(new, elsewhere=old.elsewhere)
    if not _equal(old, new, _BOTH):
        return new
    new = replace(new, **{name: getattr(old, name) for name in _BOTH})
    same_plans = new.campaigns.plans == old.campaigns.plans and new.paths == old.paths
    if same_plans:
        new = replace(new, campaigns=old.campaigns, singles=old.singles)
    same_presales = new.presales.plans == old.presales.plans
    if same_presales:
        new = replace(new, presales=old.presales)
    same_rates = new.rates.same_as(old.rates)
    same_border = same_rates and new.tables.same_as(old.tables) and _equal(old, new, _BORDER)
    if same_border:
        new = replace(new, rates=old.rates, tables=old.tables, doorsteps=old.doorsteps)
    return old if same_plans and same_presales and same_border and _equal(old, new, _NEITHER) else new


def _equal(old: Charts, new: Charts, names: Iterable[str]) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in names)
