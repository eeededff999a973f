"""All plans, with what is live in each market kept until something begins or ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from argosy.campaigns.live import Live, make_live
from argosy.campaigns.plan import Plan
from argosy.markets.model import Market


class CampaignBoard:
    """What quotes read of the plans; `left` is replaced as a whole by whoever keeps it."""

    def __init__(self, plans: Sequence[Plan] = ()) -> None:
        self.plans = tuple(plans)
        self.left: Mapping[str, int] = {}
        """Units left of limited promotions, by counter; one that is missing is taken to suffice."""
        self._live: dict[str, Live] = {}

    def live(self, market: Market, now: datetime) -> Live:
        """What is live in a market at an instant."""
        found = self._live.get(market.code)
        if found is None or not found.since <= now < found.until:
            zone = ZoneInfo(market.calendar.time_zone)
            found = self._live[market.code] = make_live(self.plans, market, zone, now)
        return found
