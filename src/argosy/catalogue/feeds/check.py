"""Checks of one row: its fields by our names in, an `ImportRow` or a `RefusedRow` out. Pure; takes any text."""

from __future__ import annotations

from collections.abc import Mapping

from argosy.catalogue.feeds import values
from argosy.catalogue.feeds.languages import Languages
from argosy.catalogue.feeds.record import Known, Wrong, shown
from argosy.catalogue.model import ImportRow, RefusedRow

BRAND_LIMIT = 100
SIZE_LIMIT = 60
ATTRIBUTE_LIMIT = 500
ATTRIBUTES_LIMIT = 100
CUT_DAYS_LIMIT = 30

_FIELDS = frozenset(ImportRow.__struct_fields__)


def check_row(
    line: int,
    fields: Mapping[str, str],
    *,
    merchant: str,
    known: Known,
    languages: Languages,
    labels: Mapping[str, str],
) -> ImportRow | RefusedRow:
    """The row, or the first thing that is wrong with it.

    `fields` are non-empty, stripped and by our names (`columns`); `labels` gives what the file calls a field, where it
    differs.
    """
    try:
        return _row(fields, merchant, known, languages)
    except Wrong as wrong:
        return RefusedRow(line, labels.get(wrong.field, wrong.field), wrong.reason)


def _row(fields: Mapping[str, str], merchant: str, known: Known, languages: Languages) -> ImportRow:
    get = fields.get
    if get("merchant", merchant) != merchant:
        raise Wrong(
            "merchant", f"{shown(fields['merchant'])} is not {merchant!r}, for whom this file is imported; leave it out"
        )
    sku = values.sku("sku", _required(fields, "sku", "send the merchant's own number of the variant"))
    name = values.line("name", _required(fields, "name", "send what the product is called"), values.NAME_LIMIT)
    price, was, days, currency = _prices(fields, known.currencies)
    names, attributes = _names_and_attributes(fields)
    return ImportRow(
        merchant=merchant,
        sku=sku,
        group=values.sku("group", group) if (group := get("group")) else sku,
        name=name,
        name_language=_language(fields, "name_language", languages),
        names=names,
        brand=values.line("brand", get("brand", ""), BRAND_LIMIT),
        category=_category(fields, known),
        description=values.paragraphs("description", get("description", ""), values.DESCRIPTION_LIMIT),
        description_language=_language(fields, "description_language", languages),
        colour=_colour(fields, known.colours),
        size=values.line("size", get("size", ""), SIZE_LIMIT),
        gtin=values.gtin("gtin", gtin) if (gtin := get("gtin")) else "",
        hs6=values.hs6("hs6", hs6) if (hs6 := get("hs6")) else "",
        origin=values.origin("origin", origin) if (origin := get("origin")) else "",
        weight_g=_weight(fields),
        price_minor=price,
        currency=currency,
        was_minor=was,
        cut_days_ago=days,
        stock=_whole(fields, "stock") or 0,
        limit_per_shopper=_whole(fields, "limit_per_shopper", least=1),
        image=values.address("image", image) if (image := get("image")) else "",
        popularity=_whole(fields, "popularity") or 0,
        attributes=attributes,
        made_up=_made_up(get("made_up", "")),
    )


def _required(fields: Mapping[str, str], field: str, remedy: str) -> str:
    if value := fields.get(field):
        return value
    raise Wrong(field, f"it is missing; {remedy}")


def _whole(fields: Mapping[str, str], field: str, least: int = 0) -> int | None:
    value = fields.get(field)
    return None if value is None else values.whole(field, value, least=least)


def _language(fields: Mapping[str, str], field: str, languages: Languages) -> str:
    value = fields.get(field)
    return values.language(field, value, languages.find) if value else ""


def _prices(fields: Mapping[str, str], currencies: frozenset[str]) -> tuple[int, int | None, int | None, str]:
    """Price, price before, days since the cut, currency; a price before that is the same is no cut."""
    sent = _required(fields, "price", "send '12.50 USD'")
    price, currency = values.price("price", sent, fields.get("currency", "").upper(), currencies)
    was: int | None = None
    if cut := fields.get("sale_price"):
        was, (price, _) = price, values.price("sale_price", cut, currency, currencies)
        if price > was:
            raise Wrong(
                "sale_price", f"{shown(cut)} is above the price {shown(sent)}; send the lower one as sale_price"
            )
    elif before := fields.get("was"):
        was, _ = values.price("was", before, currency, currencies)
        if was < price:
            raise Wrong(
                "was", f"{shown(before)} is below the price {shown(sent)}; send the price before the cut, or nothing"
            )
    days = _whole(fields, "cut_days_ago")
    if was == price:
        return price, None, None, currency
    if days is not None and was is None:
        raise Wrong("cut_days_ago", "there is no price before the cut; send was as well, or leave both empty")
    if days is not None and days > CUT_DAYS_LIMIT:
        # A sale of a Google feed may have begun long ago; then its price simply is the price.
        if "sale_price" in fields:
            return price, None, None, currency
        raise Wrong("cut_days_ago", f"{days} days are more than {CUT_DAYS_LIMIT}; leave was and cut_days_ago empty")
    return price, was, days, currency


def _names_and_attributes(fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    names: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for field, value in fields.items():
        if field.startswith("name."):
            names[field[5:]] = values.line(field, value, values.NAME_LIMIT)
        elif field.startswith("attr."):
            attributes[field[5:]] = values.paragraphs(field, value, ATTRIBUTE_LIMIT)
    if len(attributes) > ATTRIBUTES_LIMIT:
        raise Wrong("attributes", f"{len(attributes)} attributes are too many; send at most {ATTRIBUTES_LIMIT}")
    return names, attributes


def _category(fields: Mapping[str, str], known: Known) -> str:
    if code := fields.get("category"):
        if code in known.categories:
            return code
        raise Wrong("category", f"{shown(code)} is not a category of this shop; send the code of one")
    wanted = False
    for field in ("google_product_category", "product_type"):
        if path := fields.get(field):
            wanted = True
            if code := _mapped(path, known):
                return code
    if not wanted:
        raise Wrong("category", "it is missing; send category, google_product_category or product_type")
    field = "google_product_category" if "google_product_category" in fields else "product_type"
    raise Wrong(field, f"{shown(fields[field])} leads to no category of this shop; map it, or send the column category")


def _mapped(path: str, known: Known) -> str | None:
    """The category of a path, or of its nearest ancestor that is mapped."""
    steps = [" ".join(step.lower().split()) for step in path[:1000].split(">")]
    if len(steps) == 1 and path in known.categories:
        return path
    while steps:
        code = known.google_categories.get(" > ".join(steps))
        if code is not None and code in known.categories:
            return code
        steps.pop()
    return None


def _colour(fields: Mapping[str, str], colours: Mapping[str, str]) -> str:
    value = fields.get("colour")
    if not value:
        return ""
    code = colours.get(value.casefold())
    if code is None:
        raise Wrong("colour", f"{shown(value)} is not a colour we know; send the code or the name of one, or nothing")
    return code


def _weight(fields: Mapping[str, str]) -> int | None:
    grams, weight = fields.get("weight_g"), fields.get("weight")
    if grams and weight:
        raise Wrong("weight_g", "weight is sent as well; send one of the two")
    if grams:
        return values.weight("weight_g", grams, "g")
    return values.weight("weight", weight) if weight else None


def _made_up(value: str) -> tuple[str, ...]:
    if not value:
        return ()
    listed = tuple(value.split())
    for field in listed:
        if field not in _FIELDS:
            raise Wrong("made_up", f"{shown(field)} is not a field of a row; send names of fields with spaces between")
    return listed
