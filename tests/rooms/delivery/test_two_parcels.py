"""An order that two hubs send: a parcel each, with its own number, way, date and entry in the ledger."""

from __future__ import annotations

import asyncio
from uuid import UUID

from msgspec.structs import replace

from argosy.delivery.parcels.numbers import read_s10
from argosy.orders import look
from argosy.orders.commands import Placed, RefundLine, SoldOut, WayGone
from argosy.orders.place import place
from argosy.orders.refund import refund
from argosy.orders.sourcing.pre_place import pre_place
from rooms.delivery.parcel_ground import BAG, SCARF, report
from rooms.delivery.two_hubs import LIEGE, LIEGE_CODE, TwoHubs, on_two_hubs
from rooms.orders.ground import ADDRESS, CELL, CHARTS, wrong_in


async def bought(yard: TwoHubs) -> UUID:
    """A paid order of two bags from Liège and a scarf from home."""
    quote = yard.quote((BAG, 2), (SCARF, 1))
    assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
    await yard.pay(quote.quote_id)
    return quote.quote_id


def test_each_hub_sends_its_parcel(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        order_id = await bought(yard)
        await yard.dispatch()
        far, near = await yard.ask("SELECT * FROM parcels WHERE order_id = $1 ORDER BY hub DESC", order_id)
        assert [(one["hub"], one["lines"], one["number"][-2:]) for one in (far, near)] == [
            ("CN-HGH", [[2, 1]], "CN"),
            (LIEGE_CODE, [[1, 2]], "BE"),
        ]
        assert all(read_s10(one["number"]) == one["number"] for one in (far, near))
        assert (near["stages"][0][1], far["stages"][0][1]) == (LIEGE_CODE, "CN-HGH")
        assert near["promised_day"] < far["promised_day"]
        order = await yard.one("SELECT * FROM orders WHERE order_id = $1", order_id)
        assert near["value_minor"] + far["value_minor"] == order["goods_minor"]
        assert order["quote"]["promise"]["day"] == far["promised_day"].isoformat()
        days = {part["hub"]: part["promise"]["day"] for part in order["quote"]["split"]}
        assert days == {"BELGG": near["promised_day"].isoformat(), "CNHGH": far["promised_day"].isoformat()}
        assert near["promise"]["lane"].startswith("BE-LGG>FR")
        assert await wrong_in(yard.ask) == []

    on_two_hubs(dsn, scene)


def test_a_refund_touches_the_parcel_that_holds_the_goods(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        order_id = await bought(yard)
        await yard.dispatch()
        await refund(yard.desk, order_id, [RefundLine(1, 1)], restock=True, who="test")
        await yard.dispatch()
        found = await yard.ask("SELECT hub, state, lines FROM parcels WHERE order_id = $1 ORDER BY hub", order_id)
        assert [tuple(one) for one in found] == [
            (LIEGE_CODE, "announced", [[1, 1]]),
            ("CN-HGH", "announced", [[2, 1]]),
        ]
        await refund(yard.desk, order_id, [RefundLine(1, 1)], restock=True, who="test")
        await yard.dispatch()
        found = await yard.ask("SELECT hub, state FROM parcels WHERE order_id = $1 ORDER BY hub", order_id)
        assert [tuple(one) for one in found] == [(LIEGE_CODE, "withdrawn"), ("CN-HGH", "announced")]
        key = f"stock/{BAG.variant.variant_id}/{LIEGE}"
        counter = await yard.one("SELECT received, held, sold FROM quotas WHERE key = $1", key)
        assert tuple(counter) == (5, 0, 0)

    on_two_hubs(dsn, scene)


def test_duty_of_a_parcel_in_the_house_goes_back_though_another_was_sent(dsn: str) -> None:
    """The bags' parcel is on its way, the scarves' is not: duty and tax that are kept of what came in were never due of these."""

    async def scene(yard: TwoHubs) -> None:
        yard.desk.charts = replace(yard.desk.charts, markets=CHARTS.markets, doorsteps={}, singles={})
        yard.desk.bears_charges = False
        quote = yard.quote((BAG, 5), (SCARF, 20))
        assert quote.terms == "DDP"
        assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
        await yard.pay(quote.quote_id)
        await yard.dispatch()
        bags = await yard.one("SELECT * FROM parcels WHERE hub = $1", LIEGE_CODE)
        await yard.tell(report(bags, "handed_over", yard.clock.now()))
        for number, answer in ((2, "not_imported"), (1, "corrected")):
            lines = [RefundLine(number, quote.lines[number - 1].quantity)]
            await refund(yard.desk, quote.quote_id, lines, restock=True, who="operator", reason="goodwill")
            (part,) = (await look.order(yard.desk, quote.quote_id, None)).refunds[-1].lines
            assert {(one["answer"], one["goes_back"]) for one in part["charges"]} == {(answer, True)}
            assert part["amount_minor"] == quote.lines[number - 1].total_minor
        assert await wrong_in(yard.ask) == []

    on_two_hubs(dsn, scene)


def test_what_was_given_back_before_packing_is_sent_by_nobody(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        order_id = await bought(yard)
        await refund(yard.desk, order_id, [RefundLine(1, 2)], restock=True, who="test")
        await yard.dispatch()
        found = await yard.ask("SELECT hub, lines FROM parcels WHERE order_id = $1", order_id)
        assert [tuple(one) for one in found] == [("CN-HGH", [[2, 1]])]

    on_two_hubs(dsn, scene)


def test_the_last_pieces_of_a_hub_are_sold_once_and_the_next_quote_goes_elsewhere(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quotes = [yard.quote((BAG, 1)) for _ in range(12)]
        assert {one.hub for one in quotes} == {LIEGE}
        answers = await asyncio.gather(*(place(yard.desk, one, ADDRESS) for one in quotes))
        assert sum(isinstance(one, Placed) for one in answers) == 5
        assert {one for one in answers if not isinstance(one, Placed)} == {WayGone("hub_sold_out")}
        # Known at once, without waiting for the counters to be read.
        again = yard.quote((BAG, 1))
        assert again.hub == "CNHGH"
        assert isinstance(await place(yard.desk, again, ADDRESS), Placed)
        assert await wrong_in(yard.ask) == []

    on_two_hubs(dsn, scene, home=3)


def test_sold_out_everywhere_is_sold_out(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        stale = yard.quote((BAG, 1))
        first = yard.quote((BAG, 1))
        assert isinstance(await place(yard.desk, first, ADDRESS), Placed)
        answer = await place(yard.desk, stale, ADDRESS)
        assert isinstance(answer, SoldOut)
        assert [(one.variant_id, one.wanted, one.left) for one in answer.lacks] == [(BAG.variant.variant_id, 1, 0)]
        # And so it is said of a quote that knew.
        answer = await place(yard.desk, yard.quote((BAG, 1)), ADDRESS)
        assert isinstance(answer, SoldOut)

    on_two_hubs(dsn, scene, liege=1, home=0)


def test_goods_that_come_to_a_hub_are_known_to_the_next_quotes(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        assert yard.quote((SCARF, 1)).hub == "CNHGH"
        async with yard.desk.database.transaction() as tx:
            await pre_place(tx, CELL, {(SCARF.variant.variant_id, LIEGE): 2})
        yard.watch._read_at = -1e9
        await yard.watch.renew()
        made = yard.quote((SCARF, 1))
        assert made.hub == LIEGE
        assert made == replace(made, split=())

    on_two_hubs(dsn, scene)
