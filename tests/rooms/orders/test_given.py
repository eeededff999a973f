"""What promotions gave and who bears it: of goods by line, of shipping by order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from argosy.base.money import Money
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.campaigns.model import Taken
from argosy.orders.oversight.given import given
from argosy.orders.oversight.model import GivenRow
from argosy.orders.pay import Paid, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.platform.buying import quote_answer
from argosy.platform.model import TakenAnswer
from rooms.orders.ground import ADDRESS, APPROVED, CELL, MARKETS, NOW, Bench, goods, on, quoted
from rooms.orders.test_store_quotes import AT_HOME, asked, food

PLAN = """
[festival]
code = "spring"
names = { en = "Spring" }
markets = ["HK"]

[[festival.phases]]
kind = "main"
starts = 2026-06-01T00:00:00
ends = 2026-07-15T00:00:00

[[promotions]]
code = "ferry"
names = { en = "Delivery for ten" }
layer = "shipping"
phases = ["main"]
seller_per_mille = 300

[promotions.effect]
kind = "shipping"
over_minor = { HK = 15000 }
at_most_minor = { HK = 1000 }
"""
FERRY = Taken("ferry", "shipping", 2_000, 600)


def test_a_quote_says_who_bears_its_shipping(tmp_path: Path) -> None:
    (tmp_path / "spring.toml").write_text(PLAN, encoding="utf-8")
    festive = replace(AT_HOME, campaigns=CampaignBoard(load_plans(tmp_path, MARKETS)), singles={}, at_hubs={})
    made = asked((food("rice", 6_000), 3), charts=festive)
    assert (made.shipping_minor, made.carried) == (1_000, (FERRY,))
    assert quote_answer(made, "").shipping_promotions == [TakenAnswer("ferry", "shipping", 2_000, 600)]
    cheap = asked((food("rice", 6_000), 2), charts=festive)
    assert (cheap.shipping_minor, cheap.carried) == (3_000, ())


def test_shipping_counts_once_an_order(dsn: str) -> None:
    tenth = Taken("tenth", "shop", 100, 100)

    async def scene(made: Bench) -> None:
        items = goods("bag", 42_700), goods("tote", 8_000)
        await made.receive(*((item, 10) for item in items))
        for carried in ((FERRY,), (FERRY,), ()):
            plain = quoted(*((item, 1) for item in items), now=made.clock.now())
            lines = tuple(replace(one, taken=(tenth,)) for one in plain.lines)
            quote = replace(plain, quote_id=made.desk.new_id(), shopper_id=UUID(int=7), lines=lines, carried=carried)
            await place(made.desk, quote, ADDRESS)
            paid = await pay(
                made.desk, quote.quote_id, 0, Money(quote.total_minor, "EUR"), Means(card_number=APPROVED), ""
            )
            assert isinstance(paid, Paid)
        async with made.desk.database.read() as reader:
            found = await given(reader, CELL, NOW - timedelta(days=1), NOW + timedelta(days=1))
        assert sorted(found.rows, key=lambda row: row.promotion) == [
            GivenRow("ferry", "EUR", 2, 4_000, 1_200),
            GivenRow("tenth", "EUR", 3, 600, 600),
        ]

    on(dsn, scene)
