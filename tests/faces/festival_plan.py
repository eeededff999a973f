"""A shop's data with one festival that runs now in France, so that pages of festivals do not wait for June."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argosy import running
from argosy.plumbing.config import Config
from conftest import config_for, free_port, named, run_sql

PLAN = """
[festival]
code = "618"
names = { en = "The 618", fr = "La fête 618" }
markets = ["FR"]
protect_days = 15
level_names = { gold = { en = "Gold", fr = "Or" } }

[[festival.phases]]
kind = "teaser"
starts = {long_ago}
ends = {ago}

[[festival.phases]]
kind = "main"
starts = {ago}
ends = {end}

[[festival.phases]]
kind = "encore"
starts = {end}
ends = {late}

[[promotions]]
code = "cross"
names = { en = "For all shops", fr = "Pour toutes les boutiques" }
layer = "platform"
phases = ["main"]
effect = { kind = "every", repeated = true, over_minor = { FR = 5000 }, off_minor = { FR = 700 } }

[[promotions]]
code = "five"
names = { en = "Five off" }
layer = "platform_coupon"
phases = ["main"]
claim = { uses = 2, per_shopper = 1 }
effect = { kind = "every", over_minor = { FR = 500 }, off_minor = { FR = 400 } }

[[promotions]]
code = "packet"
names = { en = "Red packet" }
layer = "red_packet"
phases = ["main"]
claim = { uses = 1000, per_shopper = 2 }
effect = { kind = "red_packet", low_minor = { FR = 20 }, high_minor = { FR = 90 }, budget_minor = { FR = 100000 } }

[[promotions]]
code = "rush"
names = { en = "Five of these" }
layer = "platform_coupon"
phases = ["main"]
claim = { uses = 5, per_shopper = 1 }
effect = { kind = "every", over_minor = { FR = 900000 }, off_minor = { FR = 100 } }

[[promotions]]
code = "later"
names = { en = "Later" }
layer = "platform_coupon"
phases = ["encore"]
claim = { uses = 10, per_shopper = 1 }
effect = { kind = "percent", per_mille = 105 }

[[promotions]]
code = "watches-now"
names = { en = "Watches now" }
layer = "item"
phases = ["main"]
scope = { categories = ["watches"] }
effect = { kind = "flash", units = 3, per_shopper = 2, unit_minor = { FR = 1500 } }

[[promotions]]
code = "shoes-later"
names = { en = "Shoes later" }
layer = "item"
phases = ["encore"]
scope = { categories = ["shoes"] }
effect = { kind = "flash", units = 100, per_shopper = 1, unit_minor = { FR = 1200 } }

[[promotions]]
code = "members"
names = { en = "Members' tenth" }
layer = "platform"
phases = ["encore"]
levels = ["gold", "sea-dog"]
effect = { kind = "percent", per_mille = 100 }

[[promotions]]
code = "tote"
names = { en = "A tote bag nobody gets" }
layer = "gift"
phases = ["main"]

[promotions.effect]
kind = "gift"
variant = "00000000-0000-0000-0000-000000000001"
units = 10
over_minor = { FR = 99999900 }

[[promotions]]
code = "early"
names = { en = "Early birds" }
layer = "item"
phases = ["main"]

[promotions.effect]
kind = "presale"
units = 10
deposit_minor = { FR = 100 }
counts_minor = { FR = 200 }
balance_from = {end}
balance_until = {late}
"""


def festival_data(folder: Path) -> Path:
    """A folder with all of the shop's data but for its festivals, and this one."""
    now = datetime.now(UTC).replace(microsecond=0)
    times = {
        "long_ago": now - timedelta(days=9),
        "ago": now - timedelta(days=2),
        "end": now + timedelta(days=2),
        "late": now + timedelta(days=4),
    }
    text = PLAN
    for name, at in times.items():
        text = text.replace(f"{{{name}}}", at.isoformat())
    (folder / "campaigns").mkdir(parents=True)
    (folder / "campaigns" / "618.toml").write_text(text, encoding="utf-8")
    for one in Config().data.iterdir():
        if one.name != "campaigns":
            (folder / one.name).symlink_to(one)
    return folder


def served(server: str, stocked: str, home: Path, folder: Path) -> Iterator[str]:
    """The address of a shop in whose French market the festival runs."""
    for url, _ in served_with_books(server, stocked, home, folder):
        yield url


def served_with_books(server: str, stocked: str, home: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """The same, with its database."""
    name, port = f"f_{uuid.uuid4().hex[:12]}", free_port()
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    dsn, url = named(server, name), f"http://127.0.0.1:{port}"
    data = festival_data(folder / "data")
    serving = running.Serving(config_for(dsn, home, port=port, workers=1, base_url=url, data=data), dsn)
    try:
        serving.wait_until_ready()
        yield url, dsn
    finally:
        serving.stop()
        asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))
