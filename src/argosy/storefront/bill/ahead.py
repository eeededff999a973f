"""The bill of what is paid ahead, and what was."""

from __future__ import annotations

from argosy.orders.model import Quote
from argosy.storefront.bill.border import Row, Text
from argosy.storefront.edition import Edition


def deposit_rows(edition: Edition, quote: Quote) -> tuple[Row, ...]:
    """The one row of a deposit: no goods are charged yet, so nothing of duty and tax is."""
    pieces = quote.deposit.quantity if quote.deposit else 0
    words = edition.speech.ngettext("Deposit, one piece", "Deposit, %(n)s pieces", pieces)
    return (Row(words, edition.price(quote.total_minor, quote.currency)),)


def deposit_note(edition: Edition) -> Text:
    """What a deposit leaves open."""
    return edition.gettext("Duty and tax are worked out with the balance, for the whole price. None is in the deposit.")


def reductions(edition: Edition, quote: Quote) -> list[Row]:
    """What goes off the goods: discounts, and what was paid ahead, which is none."""
    price, rows = edition.price, []
    ahead = quote.balance.credit_minor if quote.balance else 0
    if quote.discount_minor > ahead:
        off = price(ahead - quote.discount_minor, quote.currency)
        rows.append(Row(edition.gettext("Discounts"), off, sort="off"))
    if ahead:
        rows.append(Row(edition.gettext("Deposit paid ahead"), price(-ahead, quote.currency), sort="off"))
    return rows
