"""What a Google Merchant feed says in its own way, turned into our fields.

Source: the product data specification of Google Merchant Center.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from argosy.catalogue.feeds import values
from argosy.catalogue.feeds.record import Known, Notes, Wrong, shown

_AVAILABLE = "in_stock"
_NOT_HERE = frozenset({"out_of_stock", "preorder", "backorder"})


def settle(fields: dict[str, str], known: Known, notes: Notes, now: datetime | None) -> None:
    """Replace Google's stock, sale, colour and title by our fields, in place. Raises `Wrong`.

    Without `now` a sale that has dates is left out: a price that may not be in force is never taken.
    """
    _stock(fields, notes)
    _sale(fields, notes, now)
    _colour(fields, known.colours)
    _title(fields)
    if "name_language" in fields:
        fields.setdefault("description_language", fields["name_language"])
    if fields.get("attr.condition", "").lower() == "new":
        del fields["attr.condition"]


def _stock(fields: dict[str, str], notes: Notes) -> None:
    state = "_".join(fields.pop("availability", "").lower().replace("_", " ").split())
    quantity = fields.pop("quantity", None)
    quantity = fields.pop("sell_on_google_quantity", None) if quantity is None else quantity
    if state and state != _AVAILABLE and state not in _NOT_HERE:
        raise Wrong("availability", f"{shown(state)} is not known; send in_stock, out_of_stock, preorder or backorder")
    if quantity is not None:
        values.whole("stock", quantity)
    if state in _NOT_HERE:
        fields["stock"] = "0"
    elif quantity is not None:
        fields["stock"] = quantity
    else:
        fields["stock"] = "0"
        notes.once(
            "quantity",
            "rows without quantity were taken in with no pieces, since nobody knows how many there are;"
            " send quantity, or book the goods in at a hub",
        )


def _sale(fields: dict[str, str], notes: Notes, now: datetime | None) -> None:
    window = fields.pop("sale_price_effective_date", None)
    if window is None or "sale_price" not in fields:
        return
    begins, ends = _window(window)
    if now is None:
        notes.once("sale", "sales that have dates were left out; their rows have the ordinary price")
    if now is None or not begins <= now < ends:
        del fields["sale_price"]
    else:
        fields["cut_days_ago"] = str((now - begins).days)


def _window(window: str) -> tuple[datetime, datetime]:
    begins, _, ends = window.partition("/")
    try:
        return _instant(begins), _instant(ends)
    except (ValueError, OverflowError):
        raise Wrong(
            "sale_price_effective_date",
            f"{shown(window)} is not two dates; send '2026-06-18T00:00+08:00/2026-06-20T23:59+08:00'",
        ) from None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text.strip())
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _colour(fields: dict[str, str], colours: Mapping[str, str]) -> None:
    """Google's colour is free text, `Navy/White`: the first one counts; the text is kept where it is none of ours."""
    text = fields.get("colour")
    if text is None or text.casefold() in colours:
        return
    fields.setdefault("attr.colour_name", text)
    code = colours.get(text.partition("/")[0].strip().casefold())
    if code is None:
        del fields["colour"]
    else:
        fields["colour"] = code


def _title(fields: dict[str, str]) -> None:
    """Google's title usually begins with the brand; ours does not."""
    brand, title = fields.get("brand"), fields.get("name", "")
    if brand and title[: len(brand) + 1].casefold() == f"{brand} ".casefold() and (rest := title[len(brand) :].strip()):
        fields["name"] = rest
