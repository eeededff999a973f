"""How a basket becomes a quote, and what a refund is worth. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from argosy.base.errors import NotFound, Refused
from argosy.base.money import share
from argosy.orders.model import (
    MAX_LINES,
    MAX_QUANTITY,
    NOT_COMPUTED,
    BasketLine,
    Charts,
    Destination,
    LineState,
    NotForSale,
    Quote,
    QuoteLine,
    RefundLine,
    Shelf,
    ShelfItem,
)
from argosy.pricing.model import Price
from argosy.pricing.rules import price_in
from argosy.quotas.model import Take


def stock_key(variant_id: UUID, hub: str) -> str:
    """The counter of a variant's pieces at a hub."""
    return f"stock/{variant_id}/{hub}"


def limit_key(variant_id: UUID, shopper_id: UUID) -> str:
    """The counter of what one shopper may still have of a variant."""
    return f"limit/{variant_id}/{shopper_id}"


def check_basket(lines: Sequence[BasketLine]) -> list[BasketLine]:
    """The lines with equal variants put together; refuses an empty basket and numbers out of range."""
    if not lines:
        raise Refused(
            "empty_basket", "There is nothing in the basket.", field="lines", remedy="Send one line at least."
        )
    if len(lines) > MAX_LINES:
        raise Refused(
            "too_many_lines", f"{len(lines)} lines are too many.", field="lines", remedy=f"Send at most {MAX_LINES}."
        )
    merged: dict[UUID, int] = {}
    for number, line in enumerate(lines):
        if line.quantity < 1:
            refuse_quantity(number, "The quantity is below 1.")
        merged[line.variant_id] = merged.get(line.variant_id, 0) + line.quantity
        if merged[line.variant_id] > MAX_QUANTITY:
            refuse_quantity(number, "The quantity is too large.")
    return [BasketLine(variant, quantity) for variant, quantity in merged.items()]


def refuse_quantity(number: int, message: str) -> None:
    """Refuse a line's quantity with the range that is allowed."""
    remedy = f"Send a whole number from 1 to {MAX_QUANTITY}."
    raise Refused("quantity_out_of_range", message, field=f"lines[{number}].quantity", remedy=remedy)


def quote_basket(
    charts: Charts,
    shelf: Shelf,
    basket: Sequence[BasketLine],
    destination: Destination,
    now: datetime,
    *,
    quote_id: UUID,
    shopper_id: UUID,
    language: str,
) -> Quote | NotForSale:
    """The final price of a basket to a destination.

    Amounts are minor units of the market's currency; a line's parts add up to its total, the lines' totals to the
    quote's. Duty, tax and delivery date are told as not computed. Refuses a country that is no market (`unknown_market`),
    variants that are not on the shelf (`unknown_variant`) and what `check_basket` refuses.
    """
    market = charts.markets.get(destination.country)
    if market is None:
        remedy = "Send one of " + ", ".join(sorted(charts.markets)) + "."
        raise Refused("unknown_market", "We do not deliver there.", field="destination.country", remedy=remedy)
    items: list[tuple[BasketLine, ShelfItem, Price]] = []
    missing: list[UUID] = []
    for line in check_basket(basket):
        item = shelf.get(line.variant_id)
        if item is None:
            number = [one.variant_id for one in basket].index(line.variant_id)
            raise NotFound("unknown_variant", "There is no such variant.", field=f"lines[{number}].variant_id")
        price = price_in(market, item.prices, charts.rates, now)
        if price is None:
            missing.append(line.variant_id)
        else:
            items.append((line, item, price))
    if missing:
        return NotForSale(tuple(missing), market.code)
    # Carriage is in the seller's price until delivery has a price of its own.
    shipping = share(0, [line.quantity * price.minor for line, _, price in items])
    lines = tuple(
        _line(charts, line, item, price, part, shopper_id, language)
        for (line, item, price), part in zip(items, shipping, strict=True)
    )
    return Quote(
        quote_id=quote_id,
        shopper_id=shopper_id,
        market=market.code,
        language=language,
        currency=market.currency,
        destination=destination,
        lines=lines,
        goods_minor=sum(line.goods_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        shipping_minor=sum(line.shipping_minor for line in lines),
        duty_minor=None,
        tax_minor=None,
        total_minor=sum(line.total_minor for line in lines),
        landed_cost=NOT_COMPUTED,
        promise=NOT_COMPUTED,
        made_at=now,
        expires_at=now + charts.quote_for,
    )


def _line(
    charts: Charts, line: BasketLine, item: ShelfItem, price: Price, shipping: int, shopper_id: UUID, language: str
) -> QuoteLine:
    variant, product = item.variant, item.product
    takes = [Take(stock_key(variant.variant_id, charts.hub), line.quantity)]
    if variant.limit_per_shopper is not None:
        takes.append(Take(limit_key(variant.variant_id, shopper_id), line.quantity, variant.limit_per_shopper))
    name, name_language = product.named(language)
    goods = price.minor * line.quantity
    return QuoteLine(
        variant_id=variant.variant_id,
        product_id=product.product_id,
        merchant=product.merchant,
        sku=variant.sku,
        name=f"{product.brand} {name}".strip(),
        name_language=name_language,
        quantity=line.quantity,
        price=price,
        goods_minor=goods,
        discount_minor=0,
        shipping_minor=shipping,
        duty_minor=None,
        tax_minor=None,
        total_minor=goods + shipping,
        hs6=variant.hs6,
        origin=variant.origin,
        weight_g=variant.weight_g,
        takes=tuple(takes),
    )


def refund_worth(line: LineState, quantity: int) -> int:
    """What goes back for `quantity` more pieces of a line; the pieces' worths add up to the line's total."""
    done = line.refunded_quantity
    upto = line.total_minor * (done + quantity) // line.quantity
    return upto - line.total_minor * done // line.quantity


def refund_lines(lines: Iterable[LineState], wished: Sequence[RefundLine]) -> list[tuple[LineState, int]] | Refused:
    """The lines and pieces that a refund gives back; without wishes all that is left. A `Refused` says what is wrong."""
    by_number = {line.line: line for line in lines}
    if not wished:
        return [(line, left) for line in by_number.values() if (left := line.quantity - line.refunded_quantity)]
    found: list[tuple[LineState, int]] = []
    for place, wish in enumerate(wished):
        line = by_number.pop(wish.line, None)
        if line is None:
            return Refused(
                "unknown_line", "The order has no such line, or it stands twice.", field=f"lines[{place}].line"
            )
        left = line.quantity - line.refunded_quantity
        if not 1 <= wish.quantity <= left:
            remedy = f"Send 1 to {left}." if left else "All of this line was refunded."
            return Refused(
                "refund_out_of_range", "So many are not left.", field=f"lines[{place}].quantity", remedy=remedy
            )
        found.append((line, wish.quantity))
    return found
