"""Feeds of every format to test with, and what their reading yields."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from argosy.catalogue.feeds.read import Known, read_feed
from argosy.catalogue.model import ImportRow, RefusedRow

KNOWN = Known(
    categories=frozenset({"handbags", "dresses", "tea"}),
    colours={"teal": "teal", "蓝绿色": "teal", "bleu canard": "teal", "navy": "navy-blue", "navy-blue": "navy-blue"},
    currencies=frozenset({"USD", "EUR", "JPY", "KWD", "CNY"}),
    google_categories={"apparel & accessories > handbags": "handbags", "3032": "handbags", "apparel": "unknown-to-us"},
    languages=frozenset({"en", "fr", "zh-Hans", "zh-Hant", "pt"}),
)
ROW = {"sku": "fa-1", "name": "Teal bag", "category": "handbags", "price": "12.50 USD"}
GOOGLE_ROW = {
    "id": "fa-1", "title": "Teal bag", "google_product_category": "3032", "price": "12.50 USD",
    "availability": "in_stock", "quantity": "7", "link": "https://shop.example/1",
}  # fmt: skip
GOOGLE_NAMES = {
    "sku": "id", "name": "title", "group": "item_group_id", "image": "image_link", "weight": "shipping_weight",
    "stock": "quantity", "category": "category", "name_language": "language", "colour": "color",
}  # fmt: skip
RSS = '<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>\n'
RSS_END = "</channel></rss>\n"

Outcome = ImportRow | RefusedRow


def table(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(out, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def json_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def item(row: dict[str, str]) -> str:
    return "<item>" + "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in row.items()) + "</item>\n"


def rss(rows: list[dict[str, str]]) -> str:
    return RSS + "".join(map(item, rows)) + RSS_END


FORMATS = {
    "csv": table,
    "jsonl": json_lines,
    "google-tsv": lambda rows: table(rows, "\t"),
    "google-xml": rss,
}


def read(folder: Path, content: str | bytes, format: str | None = None, **more: Any) -> list[Outcome]:
    path = folder / "feed"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_feed(path, KNOWN, merchant="far", format=format, **more))


def only(outcomes: list[Outcome]) -> Outcome:
    assert len(outcomes) == 1, outcomes
    return outcomes[0]


def taken(outcomes: list[Outcome]) -> list[str]:
    return [outcome.sku for outcome in outcomes if isinstance(outcome, ImportRow)]


def refused(outcomes: list[Outcome]) -> list[RefusedRow]:
    return [outcome for outcome in outcomes if isinstance(outcome, RefusedRow)]


def sent_as(format: str, field: str, value: str) -> tuple[str, str]:
    """A whole row with one field replaced, in a format, and what that format calls the field."""
    if format.startswith("google"):
        name = GOOGLE_NAMES.get(field, field)
        return FORMATS[format]([GOOGLE_ROW | {name: value}]), name
    return FORMATS[format]([ROW | {field: value}]), field
