"""Share an order out over its parcels and choose the form: declared values always add up to those of its lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from argosy.base.errors import Refused
from argosy.base.money import convert, share
from argosy.landed.papers.model import Content, Declaration, Form, Ordered, OrderedLine, Parcel, Party

CN22_LIMIT_SDR = 300
"""Up to this value of the contents a CN 22 is enough (UPU Convention Regulations, customs declarations)."""
CN22_LINES = 4
CN22_MOST_WEIGHT_G = 2_000
"""A CN 22 goes on letter-post items only; a small packet weighs at most this."""
# Units of each currency in one special drawing right from 2022-08-01 to 2027-07-31: International Monetary Fund, decision
# of 2022-07-29 on the valuation basket. Later days are computed by the same basket until another is entered here.
SDR_BASKET = {
    "USD": Fraction("0.57813"),
    "EUR": Fraction("0.37379"),
    "CNY": Fraction("1.0993"),
    "JPY": Fraction("13.452"),
    "GBP": Fraction("0.080870"),
}
_S10 = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

RateOf = Callable[[str, str], Fraction | None]
"""Units of the second currency for one of the first on the day of the declaration; None: no rate is known."""


def customs_declarations(
    order: Ordered, parcels: Sequence[Parcel], rate_of: RateOf, made_on: date
) -> tuple[Declaration, ...]:
    """The declaration of each parcel.

    A line's value is shared by pieces, largest remainder first; postage by the number of pieces. If the parcels hold all pieces,
    the declared values add up to the value of the order's goods; what is not packed yet keeps its part.
    Raises `Refused` for a parcel that is empty, more pieces than were ordered, or a bad S10 number.
    """
    lines = {line.line: line for line in order.lines}
    counts = _counts(parcels, lines)
    values = {
        number: share(line.value_minor, [*counts[number], line.quantity - sum(counts[number])])
        for number, line in lines.items()
    }
    pieces = [sum(packed.quantity for packed in parcel.contents) for parcel in parcels]
    left = sum(line.quantity for line in order.lines) - sum(pieces)
    postage = share(order.shipping_minor, [*pieces, left])
    return tuple(
        _declaration(order, parcel, at, len(parcels), values, postage[at], rate_of, made_on)
        for at, parcel in enumerate(parcels)
    )


def sdr_limit_minor(currency: str, rate_of: RateOf) -> int | None:
    """300 special drawing rights in minor units of a currency; None where a rate of exchange is missing."""
    worth = Fraction(0)
    for member, amount in SDR_BASKET.items():
        rate = Fraction(1) if member == currency else rate_of(member, currency)
        if rate is None:
            return None
        worth += amount * rate
    # The ratio is of whole units; `convert` counts from a currency with two decimals to this one.
    return convert(CN22_LIMIT_SDR * 100, worth, "USD", currency)


def is_item_number(text: str) -> bool:
    """Whether it is a UPU S10 number: two letters, eight digits with a right check digit, the country."""
    if not _S10.fullmatch(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, text[2:10], strict=True))
    check = 11 - total % 11
    return int(text[10]) == {10: 0, 11: 5}.get(check, check)


def _counts(parcels: Sequence[Parcel], lines: dict[int, OrderedLine]) -> dict[int, list[int]]:
    counts = {number: [0] * len(parcels) for number in lines}
    for at, parcel in enumerate(parcels):
        if not parcel.contents:
            raise Refused("empty_parcel", f"Parcel {at + 1} holds nothing.", field="parcels", remedy="Leave it out.")
        if parcel.item_number and not is_item_number(parcel.item_number):
            raise Refused(
                "bad_item_number",
                f"{parcel.item_number!r} is not an S10 number.",
                field="item_number",
                remedy="Check its digits: the ninth is a check digit.",
            )
        for packed in parcel.contents:
            if packed.line not in counts or packed.quantity < 1:
                raise Refused("no_such_line", f"The order has no line {packed.line}.", field="parcels")
            counts[packed.line][at] += packed.quantity
    for number, line in lines.items():
        if sum(counts[number]) > line.quantity:
            raise Refused(
                "too_many_pieces",
                f"Of line {number} there were {line.quantity} ordered and {sum(counts[number])} packed.",
                field="parcels",
                remedy="Pack each piece once.",
            )
    return counts


def _declaration(
    order: Ordered,
    parcel: Parcel,
    at: int,
    parts: int,
    values: dict[int, list[int]],
    postage_minor: int,
    rate_of: RateOf,
    made_on: date,
) -> Declaration:
    lines = {line.line: line for line in order.lines}
    packed: dict[int, int] = {}
    for one in parcel.contents:
        packed[one.line] = packed.get(one.line, 0) + one.quantity
    contents = tuple(
        _content(lines[number], quantity, values[number][at]) for number, quantity in sorted(packed.items())
    )
    total = sum(content.value_minor for content in contents)
    form = _form(contents, total, parcel.gross_weight_g, sdr_limit_minor(order.currency, rate_of))
    return Declaration(
        form=form,
        number=order.number,
        part=at + 1,
        parts=parts,
        category="sale_of_goods",
        sender=order.sender,
        recipient=order.recipient,
        contents=contents,
        currency=order.currency,
        total_value_minor=total,
        gross_weight_g=parcel.gross_weight_g,
        postage_minor=postage_minor,
        scheme=order.scheme,
        comments=order.comments,
        licences=order.licences,
        certificates=order.certificates,
        item_number=parcel.item_number,
        made_on=made_on,
        missing=_missing(order.sender, contents, parcel),
    )


def _content(line: OrderedLine, quantity: int, value_minor: int) -> Content:
    return Content(
        description=line.description,
        quantity=quantity,
        net_weight_g=None if line.piece_weight_g is None else line.piece_weight_g * quantity,
        value_minor=value_minor,
        hs6=line.hs6,
        origin=line.origin,
    )


def _form(contents: Sequence[Content], total_minor: int, weight_g: int | None, limit_minor: int | None) -> Form:
    """A CN 22 where its value, weight and number of lines allow; in doubt the CN 23, which is right for every item."""
    if limit_minor is None or total_minor > limit_minor or len(contents) > CN22_LINES:
        return "CN23"
    if weight_g is None:
        known = [content.net_weight_g for content in contents]
        weight_g = sum(weight or 0 for weight in known)
    return "CN22" if weight_g <= CN22_MOST_WEIGHT_G else "CN23"


def _missing(sender: Party, contents: Sequence[Content], parcel: Parcel) -> tuple[str, ...]:
    found = [] if sender.address else ["sender.address"]
    for at, content in enumerate(contents, start=1):
        known = {"net_weight_g": content.net_weight_g, "hs6": content.hs6, "origin": content.origin}
        found.extend(f"contents[{at}].{name}" for name, value in known.items() if not value)
    if parcel.gross_weight_g is None:
        found.append("gross_weight_g")
    if not parcel.item_number:
        found.append("item_number")
    return tuple(found)
