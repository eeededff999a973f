"""The work of `argosy customs`: an order read, declared parcel by parcel and printed."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from argosy import running
from argosy.base.errors import Refused
from argosy.catalogue import find
from argosy.catalogue.model import Product
from argosy.catalogue.reference import Reference
from argosy.landed.classification.load import load_headings
from argosy.landed.explain import explain
from argosy.landed.model import Landed
from argosy.landed.papers.model import Declaration, Ordered, OrderedLine, Packed, Parcel
from argosy.landed.papers.parties import recipient
from argosy.landed.papers.printing import print_declaration
from argosy.landed.papers.rules import customs_declarations
from argosy.landed.papers.sender import Sender, load_sender
from argosy.landed.papers.sheet import amount
from argosy.markets.model import Address
from argosy.orders.look import OrderView
from argosy.orders.look import order as look_at
from argosy.plumbing.config import Config
from argosy.pricing.model import Rates
from argosy.shop import Shop, open_shop

_COLLECTED = ("tax.collected_at_sale", "tax.price_at_sale")
_MOST_TEXT = 120


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when the form is complete, 1 when it was written and something on it is missing or unprintable."""
    try:
        order_id = UUID(given.order)
    except ValueError:
        raise Refused("bad_id", f"{given.order!r} is not an order's id.", field="order") from None
    sender, made_up = _sender(config, given.sender)
    with running.database(config, _say) as dsn:
        declarations = asyncio.run(_declare(config, dsn, order_id, sender, given))
    told = [
        _write(declaration, _path(given.out, declaration), [given.fonts] if given.fonts else [config.home / "fonts"])
        for declaration in declarations
    ]
    result = {"order": str(order_id), "sender_made_up": made_up, "parcels": told}
    _print(result, given.json)
    return 1 if made_up or any(one["missing"] or one["unprintable"] for one in told) else 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _sender(config: Config, given: Path | None) -> tuple[Sender, bool]:
    """The sender, and whether it is the demo's."""
    own = given or config.home / "sender.toml"
    if given is not None or own.exists():
        return load_sender(own), False
    return load_sender(config.data / "landed" / "sender.toml"), True


def _path(out: Path, declaration: Declaration) -> Path:
    return out if declaration.parts == 1 else out.with_name(f"{out.stem}-{declaration.part}{out.suffix or '.pdf'}")


def _write(declaration: Declaration, path: Path, fonts: Sequence[Path]) -> dict[str, Any]:
    printed = print_declaration(declaration, fonts)
    path.write_bytes(printed.pdf)
    told: dict[str, Any] = msgspec.to_builtins(declaration)
    return {"file": str(path), "unprintable": printed.unprintable, "remarks": printed.remarks, **told}


async def _declare(
    config: Config, dsn: str, order_id: UUID, sender: Sender, given: argparse.Namespace
) -> tuple[Declaration, ...]:
    async with open_shop(config, dsn) as shop:
        view = await look_at(shop.desk, order_id, None)
        _check_sent(view)
        papers = tuple(given.licence), tuple(given.certificate)
        ordered = await _ordered(shop, view, sender, *papers)
        today = shop.desk.clock.now().date()
        rates = shop.desk.charts.rates
    parcels = _parcels(given, view)
    return customs_declarations(ordered, parcels, lambda one, other: _rate(rates, one, other, today), today)


def _check_sent(view: OrderView) -> None:
    """Refuse (`not_sent`) an order of which nothing crosses a border."""
    if view.order.state in ("cancelled", "expired"):
        raise Refused("not_sent", f"The order is {view.order.state}: nothing of it is sent.", field="order")
    if view.order.quote.get("deposit"):
        remedy = "Take the order that its balance was paid with."
        raise Refused("not_sent", "The order is a deposit: nothing is sent for it.", field="order", remedy=remedy)


def _rate(rates: Rates, one: str, other: str, today: date) -> Fraction | None:
    found = rates.on(one, other, today)
    return None if found is None else found.ratio


async def _ordered(
    shop: Shop, view: OrderView, sender: Sender, licences: tuple[str, ...], certificates: tuple[str, ...]
) -> Ordered:
    lines = view.order.quote["lines"]
    async with shop.desk.database.read() as reader:
        products = await find.products(reader, sorted({UUID(line["product_id"]) for line in lines}))
    headings = load_headings(shop.config.data)
    address = msgspec.convert(view.order.contact, Address)
    scheme, comments = _border(view.order.quote, sender, address.country)
    return Ordered(
        number=str(view.order.order_id),
        placed_on=view.order.placed_at.date(),
        currency=view.order.currency,
        sender=sender.party(),
        recipient=recipient(address),
        lines=tuple(
            OrderedLine(
                line=number,
                description=_description(line, products.get(UUID(line["product_id"])), shop.reference, headings),
                quantity=line["quantity"],
                value_minor=_declared(line),
                piece_weight_g=line["weight_g"],
                hs6=line["hs6"],
                origin=line["origin"],
            )
            for number, line in enumerate(lines, start=1)
        ),
        shipping_minor=view.order.shipping_minor,
        scheme=scheme,
        comments=comments,
        licences=licences,
        certificates=certificates,
    )


def _declared(line: Mapping[str, Any]) -> int:
    """What a line is declared at: the value that the quote was landed at (`orders.quoting.rules`), and nothing less.

    What was paid ahead as a deposit was paid. A gift, and what promotions made free, has the value that it would be sold at.
    """
    if gift := line.get("gift"):
        return int(gift["customs_minor"])
    paid = line["goods_minor"] - line["discount_minor"] + line.get("credit_minor", 0)
    return int(paid or line["goods_minor"])


def _description(
    line: Mapping[str, Any], product: Product | None, reference: Reference, headings: Mapping[str, str]
) -> str:
    """What the goods are in English: their category and, where it is English, their name; else what their heading says."""
    category = reference.tree.by_code.get(product.category) if product else None
    kind = category.names["en"] if category else headings.get(line["hs6"], "").partition(";")[0]
    name = (product.names.get("en") if product else None) or (line["name"] if line["name_language"] == "en" else "")
    detail = name or headings.get(line["hs6"], "")
    return ": ".join(part for part in (kind, detail) if part)[:_MOST_TEXT].rstrip()


def _border(quote: Mapping[str, Any], sender: Sender, destination: str) -> tuple[str, tuple[str, ...]]:
    """The registration under which tax was collected at the sale, and the conditions that customs must be told."""
    if not isinstance(quote.get("landed"), list):
        return "", ()
    landed = msgspec.convert(quote["landed"], Landed)
    collected = any(fact.code in _COLLECTED for fact in landed.facts) and quote.get("terms") == "DDP"
    told = [reason.text for reason in explain(landed) if reason.code.startswith("condition")]
    return (sender.registration(destination) if collected else ""), tuple(dict.fromkeys(told))


def _parcels(given: argparse.Namespace, view: OrderView) -> list[Parcel]:
    """The parcels as asked for; by default all pieces that were not given back, in a parcel for each hub that sends some."""
    if given.parcel:
        return [_parcel(text) for text in given.parcel]
    left = {
        number: row.quantity - row.refunded_quantity
        for number, row in enumerate(view.lines, start=1)
        if row.quantity > row.refunded_quantity
    }
    planned = [one["lines"] for one in view.order.quote.get("split") or ()] or [list(left)]
    packed = [tuple(Packed(number, left[number]) for number in lines if number in left) for lines in planned]
    packed = [contents for contents in packed if contents]
    if not packed:
        raise Refused("nothing_to_send", "All pieces of the order were given back.", field="order")
    if len(packed) > 1 and (given.grams or given.item):
        remedy = "Name each with its own weight and number: --parcel '1:2;g=680' --parcel '2:1;g=300'."
        raise Refused("bad_parcel", f"The order goes in {len(packed)} parcels.", field="parcel", remedy=remedy)
    return [Parcel(contents=contents, gross_weight_g=given.grams, item_number=given.item) for contents in packed]


def _parcel(text: str) -> Parcel:
    contents, *options = text.split(";")
    told = dict(option.partition("=")[::2] for option in options)
    packed = re.findall(r"(\d{1,4}):(\d{1,4})(?:,|$)", contents)
    grams = told.pop("g", "")
    item = told.pop("item", "")
    if not packed or ",".join(":".join(pair) for pair in packed) != contents or told or (grams and not grams.isdigit()):
        raise Refused("bad_parcel", f"{text!r} is no parcel.", field="--parcel", remedy="Write it as 1:2,2:1;g=680.")
    return Parcel(
        contents=tuple(Packed(int(line), int(count)) for line, count in packed),
        gross_weight_g=int(grams) if grams else None,
        item_number=item,
    )


def _print(result: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(result).decode())
        return
    for one in result["parcels"]:
        worth = amount(one["total_value_minor"], one["currency"])
        print(f"{one['file']}: {one['form']}, parcel {one['part']} of {one['parts']}, {worth}")
        for remark in (*(f"missing: {name}" for name in one["missing"]), *one["unprintable"], *one["remarks"]):
            print(f"    {remark}")
    if result["sender_made_up"]:
        print("    the sender is the demo's: copy data/landed/sender.toml to ARGOSY_HOME and fill it in")
