"""Names of columns: what a file calls a field, and which of ours it is."""

from __future__ import annotations

import re

from argosy.catalogue.feeds.languages import Languages
from argosy.catalogue.feeds.record import Notes, shown

_OURS = (
    "merchant sku group name name_language brand category google_product_category product_type description"
    " description_language colour size gtin hs6 origin weight weight_g price currency was cut_days_ago stock"
    " limit_per_shopper image popularity made_up"
)
OURS = frozenset(_OURS.split())
_ALIASES = {"color": "colour"}

GOOGLE = {
    "id": "sku",
    "item_group_id": "group",
    "title": "name",
    "language": "name_language",
    "content_language": "name_language",
    "description": "description",
    "image_link": "image",
    "price": "price",
    "sale_price": "sale_price",
    "sale_price_effective_date": "sale_price_effective_date",
    "availability": "availability",
    "quantity": "quantity",
    "sell_on_google_quantity": "sell_on_google_quantity",
    "brand": "brand",
    "gtin": "gtin",
    "mpn": "attr.mpn",
    "color": "colour",
    "size": "size",
    "gender": "attr.gender",
    "age_group": "attr.age_group",
    "material": "attr.material",
    "pattern": "attr.pattern",
    "condition": "attr.condition",
    "size_type": "attr.size_type",
    "size_system": "attr.size_system",
    "shipping_weight": "weight",
    "google_product_category": "google_product_category",
    "product_type": "product_type",
    "category": "category",
    "hs6": "hs6",
    "origin": "origin",
    "limit_per_shopper": "limit_per_shopper",
}
"""Our field by its name in a Google Merchant feed; the last four are additions of ours."""
GOOGLE_UNUSED = frozenset({"link", "summary", "updated", "published", "author"})
"""Part of every such feed and of no use here: passed over without a note."""

LABELS = {ours: google for google, ours in reversed(GOOGLE.items())} | {"stock": "quantity"}
"""What a Google feed calls our field, for the reasons of refusals."""

_ATTRIBUTE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CACHE_LIMIT = 2_000


class Columns:
    """Resolves the columns of one file; a column that nobody knows is noted once and left out."""

    def __init__(self, languages: Languages, notes: Notes, *, google: bool) -> None:
        self._languages = languages
        self._notes = notes
        self._google = google
        self._names = GOOGLE if google else {name: name for name in OURS} | _ALIASES
        self._resolved: dict[str, str | None] = {}

    def resolve(self, column: str) -> str | None:
        """Our name of a column, or None where it is not read."""
        if column in self._resolved:
            return self._resolved[column]
        name = self._name(column)
        # A JSON file may bring a new key on every line; what does not fit here is resolved again each time.
        if len(self._resolved) < _CACHE_LIMIT:
            self._resolved[column] = name
        return name

    def recognised(self, columns: list[str]) -> int:
        """How many of these columns are read, without a note about the others."""
        return sum(1 for column in columns if self._plain(column) in self._names)

    def _plain(self, column: str) -> str:
        plain = "_".join(column.lower().split())
        return plain.removeprefix("g:") if self._google else plain

    def _name(self, column: str) -> str | None:
        plain = self._plain(column)
        if plain in self._names:
            return self._names[plain]
        kind, _, rest = plain.partition(".")
        if kind == "attr" and _ATTRIBUTE.fullmatch(rest):
            return plain
        if kind == "name" and rest:
            language = self._languages.find(rest)
            if language is not None:
                return f"name.{language}"
        if plain and not (self._google and plain in GOOGLE_UNUSED):
            self._notes.once(f"column {plain[:80]}", f"column {shown(column)} is not known and was not read")
        return None
