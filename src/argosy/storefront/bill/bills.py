"""The bill of one piece, of a basket and of an order: lines that sum to the cent, each a figure and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from argosy.base.money import convert
from argosy.markets.model import PricePolicy
from argosy.orders.model import Quote
from argosy.orders.quoting.landing import Doorstep
from argosy.orders.showing.cards import Offer
from argosy.pricing.model import Price, Rate
from argosy.storefront.bill.ahead import deposit_note, deposit_rows, reductions
from argosy.storefront.bill.border import Border, Row, Text, Why, border_of
from argosy.storefront.bill.words import said_by
from argosy.storefront.edition import Edition
from argosy.storefront.rates import rate_text


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill: its rows with an amount add up to its total."""

    rows: tuple[Row, ...]
    total_words: Text
    total: Text
    notes: tuple[Text, ...] = ()
    """What holds for the whole of it."""
    pennant: Text = ""
    """What will be asked for at the door, in words; empty if nothing will."""
    shares: tuple[Row, ...] = ()
    """What each good bears of it, where there are several."""


def piece_bill(edition: Edition, offer: Offer, payable_minor: int) -> Bill | None:
    """How the price of one piece is made; None where it has none or may not be sold.

    `payable_minor` is what promotions leave of the market's price for whoever buys one piece and brings nothing along.
    """
    if offer.door is None or offer.goods is None or offer.banned:
        return None
    door, goods = offer.door, offer.goods
    border = border_of(edition, door.landed, [(door.unit_minor, 0)], prepaid=door.all_in)
    rows = [*_goods_rows(edition, door, goods, payable_minor), *_carriage(edition, 0), *border.rows()]
    made = _whole(border, rows, door.total_minor)
    if door.channel == "post":
        by_post = edition.gettext("It goes by post: couriers may not carry it there.")
        return msgspec.structs.replace(made, notes=(by_post, *made.notes))
    return made


def quote_bill(edition: Edition, quote: Quote) -> Bill:
    """How the total of a basket or order is made, and what each good bears of it."""
    if quote.deposit is not None:
        return Bill(
            rows=deposit_rows(edition, quote),
            total_words=edition.gettext("You pay us"),
            total=edition.price(quote.total_minor, quote.currency),
            notes=(deposit_note(edition),),
        )
    price = edition.price
    pieces = sum(line.quantity for line in quote.lines if line.gift is None)
    goods = edition.speech.ngettext("Goods, one piece", "Goods, %(n)s pieces", pieces)
    rows = [Row(goods, price(quote.goods_minor, quote.currency), tuple(_rates(edition, quote)))]
    rows += reductions(edition, quote)
    rows += _delivery(edition, quote) if quote.store else _carriage(edition, quote.shipping_minor, quote.currency)
    paid = [(line.goods_minor - line.discount_minor + line.credit_minor, line.shipping_minor) for line in quote.lines]
    border = border_of(edition, quote.landed, paid, prepaid=quote.terms == "DDP")
    rows += border.rows()
    if borne := sum(line.gift.borne_minor for line in quote.lines if line.gift):
        words = edition.gettext("Duty and tax on your gift, paid by us")
        rows.append(Row(words, price(-borne, quote.currency), sort="off"))
    made = _whole(border, rows, quote.total_minor)
    return msgspec.structs.replace(made, shares=_shares(edition, quote, border))


def _whole(border: Border, rows: Sequence[Row], total_minor: int) -> Bill:
    _, prepaid = border.edition.gettext, border.prepaid
    last = (
        _("This sum is fixed when you order: nothing is due at the door.")
        if prepaid
        else _("This sum is fixed when you order. What customs asks for comes on top.")
    )
    return Bill(
        rows=tuple(rows),
        total_words=_("Final price") if prepaid else _("You pay us"),
        total=border.edition.price(total_minor, border.landed.currency),
        notes=(*border.notes(), last),
        pennant=border.pennant(),
    )


def _shares(edition: Edition, quote: Quote, border: Border) -> tuple[Row, ...]:
    """What each line costs at the door, and its own share of duty, fees and tax with its reasons."""
    rows = []
    for number, line in enumerate(quote.lines, start=1):
        name = Markup("<bdi>%s</bdi>") % line.name
        if line.name_language != edition.language:
            name = Markup('<bdi lang="%s">%s</bdi>') % (line.name_language, line.name)
        words = edition.gettext("%(quantity)s × %(name)s", quantity=line.quantity, name=name)
        goods = edition.price(line.goods_minor - line.discount_minor, quote.currency)
        parts = [Why(edition.gettext("the good itself: %(amount)s", amount=goods)), *border.of_line(str(number))]
        rows.append(Row(words, edition.price(line.total_minor, quote.currency), tuple(parts)))
    return tuple(rows)


# Goods and carriage ------------------------------------------------------------------------------------------------


def _goods_rows(edition: Edition, door: Doorstep, goods: Price, payable_minor: int) -> list[Row]:
    """What the piece itself is charged at: the seller's price, or what duty and tax leave of it."""
    _, price = edition.gettext, edition.price
    off = price(payable_minor - goods.minor, goods.currency)
    if edition.market.price_policy is PricePolicy.SAME_NET or door.unit_minor == payable_minor:
        rows = _sellers_rows(edition, goods)
        return [*rows, Row(_("Discounts"), off, sort="off")] if payable_minor != goods.minor else rows
    seller = price(goods.seller_minor, goods.seller_currency)
    asked = price(goods.minor, goods.currency)
    why = [Why(_("what duty and tax leave of %(price)s, the price with everything in it", price=asked))]
    if goods.rate is None:
        why = [Why(_("what duty and tax leave of %(price)s, the price set for this market", price=asked))]
    elif goods.seller_currency != goods.currency:
        told = _("the seller asks %(amount)s; exchanged and rounded: %(price)s", amount=seller, price=asked)
        why += [Why(told), Why(*rate_words(edition, goods.rate))]
    if payable_minor != goods.minor:
        left = price(payable_minor, goods.currency)
        why.append(Why(_("%(off)s of discounts leaves %(price)s", off=off, price=left)))
    if door.total_minor < payable_minor:
        less = price(payable_minor - door.total_minor, goods.currency)
        why.append(Why(_("%(amount)s below that price: the next higher sum would exceed it", amount=less)))
    return [Row(_("The piece itself"), price(door.unit_minor, goods.currency), tuple(why))]


def _sellers_rows(edition: Edition, goods: Price) -> list[Row]:
    """The seller's price, its exchange and rounding; the rows add up to the price."""
    _, price = edition.gettext, edition.price
    whole = price(goods.minor, goods.currency)
    if goods.rate is None:
        return [Row(_("Price set for this market"), whole)]
    if goods.seller_currency == goods.currency:
        return [Row(_("The seller’s price"), whole)]
    home = convert(goods.seller_minor, goods.rate.ratio, goods.seller_currency, goods.currency)
    seller = price(goods.seller_minor, goods.seller_currency)
    why = Why(*rate_words(edition, goods.rate))
    rows = [Row(_("The seller’s price, %(amount)s", amount=seller), price(home, goods.currency), (why,))]
    if goods.minor != home:
        told = _("to a round price in %(currency)s", currency=goods.currency)
        rows.append(Row(_("Rounding"), price(goods.minor - home, goods.currency), (Why(told),)))
    return rows


def _carriage(edition: Edition, minor: int, currency: str = "") -> list[Row]:
    words = edition.gettext("Carriage to %(country)s", country=edition.market_name)
    if minor:
        return [Row(words, edition.price(minor, currency))]
    return [Row(words, edition.gettext("in the price"), (Why(edition.gettext("borne by the seller")),))]


def _delivery(edition: Edition, quote: Quote) -> list[Row]:
    """What a city's store asks for bringing it."""
    free = edition.gettext("free") if not quote.shipping_minor else ""
    return [Row(edition.gettext("Delivery"), free or edition.price(quote.shipping_minor, quote.currency))]


def _rates(edition: Edition, quote: Quote) -> list[Why]:
    """Rates of exchange that the prices were made with, each once."""
    used = {
        line.price.seller_currency: line.price.rate
        for line in quote.lines
        if line.price.rate is not None and line.price.seller_currency != quote.currency
    }
    return [Why(*rate_words(edition, rate)) for rate in used.values()]


def rate_words(edition: Edition, rate: Rate) -> tuple[Markup, Text]:
    """A rate of exchange, and who published it on which day."""
    return Markup("<bdi>%s</bdi>") % rate_text(rate, edition.locale), said_by(edition, rate.source, rate.day)


def kept_quote(told: dict[str, Any]) -> Quote | None:
    """The quote that an order keeps; None for one of a time before duty and tax were computed."""
    return msgspec.convert(told, Quote) if "landed" in told else None
