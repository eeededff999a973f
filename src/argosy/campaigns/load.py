"""Plans from their TOML files: read strictly, checked whole, refused with the file and every field that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from argosy.base.errors import Misconfigured
from argosy.campaigns.checks import Fault, clashes, faults
from argosy.campaigns.plan import Plan
from argosy.markets.model import Market, Markets


def read_plan(file: Path, markets: Markets) -> tuple[Plan | None, list[Fault]]:
    """A plan and what is wrong with it; without a plan the file has another shape, and the first place is named."""
    try:
        plan = msgspec.toml.decode(file.read_bytes(), type=Plan)
    except msgspec.ValidationError as wrong:
        message, _, where = str(wrong).partition(" - at `$")
        field = where.strip(".`") or "the file"
        return None, [Fault(field, f"{message}.", "See docs/reference/campaigns.md.")]
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as wrong:
        return None, [Fault("the file", f"It is not TOML: {wrong}.", "Correct it there.")]
    return plan, faults(plan, markets)


def load_plans(folder: Path, markets: Markets) -> tuple[Plan, ...]:
    """All plans of a folder, by name of their files; none where it has none.

    `Misconfigured` names the file and each field that is wrong, and codes that two plans share.
    """
    plans = []
    for file in sorted(folder.glob("*.toml")):
        plan, wrong = read_plan(file, markets)
        if plan is None or wrong:
            raise Misconfigured(f"{file}: {_told(wrong)}")
        plans.append(plan)
    shared = clashes(plans)
    if shared:
        raise Misconfigured(f"{folder}: {_told(shared)}")
    return tuple(plans)


def _told(wrong: Sequence[Fault]) -> str:
    return "\n".join(str(fault) for fault in wrong)


def clock_of(market: Market) -> ZoneInfo:
    """The clock that a market's own instants are read on."""
    return ZoneInfo(market.calendar.time_zone)
