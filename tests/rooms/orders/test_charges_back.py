"""Duty and tax of orders whose goods go back, on a real database: what is paid, what is kept, and the books after it."""

from __future__ import annotations

from uuid import UUID

from argosy.base.money import Money
from argosy.orders import look
from argosy.orders.commands import Changed, Placed, RefundLine
from argosy.orders.forwarding.withdraw import withdraw
from argosy.orders.model import Quote
from argosy.orders.pay import Paid, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.refund import refund
from rooms.orders.ground import ADDRESS, APPROVED, CHARTS, Bench, goods, on, quoted, wrong_in

# Seven of them are 262.50 EUR: above IOSS, so duty and VAT are paid at the border.
BAG = goods("bag", 30_000)


async def bought(made: Bench) -> Quote:
    """A paid order of seven bags with everything in the price."""
    await made.receive((BAG, 20))
    quote = quoted((BAG, 7), charts=CHARTS)
    assert quote.terms == "DDP"
    assert quote.duty_minor
    assert quote.tax_minor
    assert await place(made.desk, quote, ADDRESS) == Placed(quote.quote_id, "placed")
    amount = Money(quote.total_minor, quote.currency)
    paid = await pay(made.desk, quote.quote_id, 0, amount, Means(card_number=APPROVED), "")
    assert paid == Paid(quote.quote_id)
    return quote


async def back(made: Bench, order: UUID) -> tuple[str, int, set[tuple[str, str, bool]]]:
    """State, money that went back, and what became of the charges of the last refund."""
    view = await look.order(made.desk, order, None)
    told = {
        (one["charge"], one["answer"], one["goes_back"]) for part in view.refunds[-1].lines for one in part["charges"]
    }
    assert await wrong_in(made.ask) == []
    return view.order.state, view.order.refunded_minor, told


def test_a_favour_keeps_duty_and_tax_where_the_shop_says_so(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        quote = await bought(made)
        made.desk.bears_charges = False
        total, goods_alone = quote.total_minor, sum(one.goods_minor - one.discount_minor for one in quote.lines)
        for pieces in (3, 4):
            lines = [RefundLine(1, pieces)]
            await refund(
                made.desk, quote.quote_id, lines, restock=True, who="operator", reason="goodwill", sent=True
            )  # fmt: skip
        state, refunded, told = await back(made, quote.quote_id)
        assert (state, refunded) == ("refunded", goods_alone)
        assert refunded < total
        assert told == {("duty", "no", False), ("tax", "no", False)}

    on(dsn, scene)


def test_a_favour_gives_all_back_where_the_shop_bears_it(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        quote = await bought(made)
        await refund(made.desk, quote.quote_id, restock=True, who="operator", reason="goodwill", sent=True)
        assert await back(made, quote.quote_id) == (
            "refunded", quote.total_minor, {("duty", "no", True), ("tax", "no", True)},
        )  # fmt: skip

    on(dsn, scene)


def test_what_was_never_sent_was_never_taxed(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        quote = await bought(made)
        made.desk.bears_charges = False
        assert await withdraw(made.desk, quote.quote_id) == Changed(quote.quote_id, "refunded")
        imported = {("duty", "not_imported", True), ("tax", "not_imported", True)}
        assert await back(made, quote.quote_id) == ("refunded", quote.total_minor, imported)

    on(dsn, scene)
