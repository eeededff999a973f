"""What is sold: brands, products and their variants, and the rows in which they arrive."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the tree: its names, the tariff heading its goods fall under and how they are drawn."""

    code: str
    """Stable, lower case, hyphens: `handbags`."""
    parent: str | None
    position: int
    names: dict[str, str]
    """Name by language tag; `en` is always there."""
    hs6: str | None = None
    """HS 2022, six digits, of what is usual here; None where goods are too different."""
    hs_reason: str | None = None
    glyph: str = ""
    """Name of the drawing, without colour: `handbag`."""
    field: str = ""
    """Tint and flag of the picture's ground: `bags`."""
    weight_g: int | None = None
    """Usual weight of one piece, packed."""


class Colour(msgspec.Struct, frozen=True, kw_only=True):
    """A colour that goods are sold in, with its names."""

    code: str
    """Stable, lower case, hyphens: `navy-blue`."""
    names: dict[str, str]
    hex: str
    """For swatches, `#rrggbb`."""


class SearchWords(msgspec.Struct, frozen=True):
    """Further words, of all languages, that mean one thing in a search."""

    kind: str
    """`category`, `colour`, `text`, `audience` or `particle`."""
    code: str
    """Of the category or colour; of a text or audience the words of names that mean it, by `|`; of particles the language."""
    words: tuple[str, ...]


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One variant as a feed brings it; rows with the same `group` are variants of one product.

    `docs/reference/import.md` documents every field for CSV and JSON lines, and what it is called in a Google Merchant feed.
    """

    merchant: str
    """Who sells it: lower case letters, digits, hyphens."""
    sku: str
    """The merchant's own number of this variant, unique with the merchant, at most 64 characters."""
    group: str
    """Number that variants of one product share; its own `sku` where there is one variant only."""
    name: str
    """Of the product, without its brand; at most 300 characters."""
    name_language: str = ""
    """BCP 47 tag of `name`; empty where nobody knows."""
    names: dict[str, str] = {}
    """Translated names by language tag."""
    brand: str = ""
    category: str
    """Code of a category of the tree."""
    description: str = ""
    description_language: str = ""
    colour: str = ""
    """Code of a colour, or empty."""
    size: str = ""
    """As printed: `M`, `42`, `350 g`."""
    gtin: str = ""
    """8, 12, 13 or 14 digits with a right check digit, or empty."""
    hs6: str = ""
    """HS 2022; empty takes the category's."""
    origin: str = ""
    """ISO 3166-1 alpha-2 of the country of origin; empty is unknown."""
    weight_g: int | None = None
    """Packed weight; empty is unknown."""
    price_minor: int
    currency: str
    """ISO 4217 of `price_minor`."""
    was_minor: int | None = None
    """The price before the present one, where it was cut within the last 30 days."""
    cut_days_ago: int | None = None
    """Days since that cut."""
    stock: int = 0
    """Pieces that came in; the first import of a sku receives them, later imports do not add."""
    limit_per_shopper: int | None = None
    image: str = ""
    """Address of a photograph; empty draws a picture from category and colour."""
    popularity: int = 0
    attributes: dict[str, str] = {}
    """Further facts by attribute code: `gender`, `season`, `allergens`, ..."""
    made_up: tuple[str, ...] = ()
    """Names of the fields above that were generated because the source lacks them."""


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that was not taken in: where it stands, which field is wrong, and why."""

    line: int
    field: str
    reason: str


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be put into a basket."""

    variant_id: UUID
    sku: str
    colour: str
    size: str
    gtin: str
    hs6: str
    origin: str
    """ISO 3166-1 alpha-2, or empty: unknown."""
    weight_g: int | None
    image: str
    limit_per_shopper: int | None
    made_up: tuple[str, ...] = ()


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product with all its variants, as a page or a quote needs it."""

    product_id: UUID
    handle: str
    """Its part of the page's address, unique."""
    merchant: str
    brand: str
    brand_slug: str
    category: str
    name: str
    name_language: str
    names: dict[str, str]
    description: str
    description_language: str
    attributes: dict[str, str]
    popularity: int
    changed_at: datetime
    variants: tuple[Variant, ...]
    made_up: tuple[str, ...] = ()

    def named(self, language: str) -> tuple[str, str]:
        """Its name in a language and the language it really is in; the original where nobody translated it."""
        name = self.names.get(language)
        return (name, language) if name else (self.name, self.name_language)


class ProductRow(msgspec.Struct, frozen=True):
    """A product as stored, without its variants."""

    product_id: UUID
    handle: str
    merchant: str
    brand: str
    brand_slug: str
    category: str
    name: str
    name_language: str
    names: dict[str, str]
    description: str
    description_language: str
    attributes: dict[str, str]
    popularity: int
    changed_at: datetime
    made_up: list[str]


class VariantRow(msgspec.Struct, frozen=True):
    """A variant as stored."""

    product_id: UUID
    variant_id: UUID
    sku: str
    colour: str
    size: str
    gtin: str
    hs6: str
    origin: str
    weight_g: int | None
    image: str
    limit_per_shopper: int | None
    made_up: list[str]


class ProductChange(msgspec.Struct, frozen=True):
    """When a product last changed."""

    product_id: UUID
    changed_at: datetime


class VariantPlace(msgspec.Struct, frozen=True):
    """Which product a variant belongs to."""

    variant_id: UUID
    product_id: UUID


class StandingVariant(msgspec.Struct, frozen=True):
    """A stored variant, as far as an import needs to know it."""

    variant_id: UUID
    product_id: UUID
    position: int
    """Its place among the variants of its product."""
    sku: str
    gtin: str
    colour: str


class StandingProduct(msgspec.Struct, frozen=True):
    """A stored product, as far as an import needs to know it."""

    product_id: UUID
    categories: list[str] | None
    """The lists it is in; None where it cannot be found, because no variant is left of it."""
    price_rank: int | None


class Group(msgspec.Struct, frozen=True):
    """Products that are in the same categories and alike in one thing."""

    categories: list[str]
    key: str
    products: int


class ListingCounts(msgspec.Struct, frozen=True):
    """What a category holds."""

    category: str
    products: int
    counts: dict[str, dict[str, int]]
    """By kind (`brand`, `colour`, `category`, `price`) and key."""
    counted_at: datetime


class HandleOwner(msgspec.Struct, frozen=True):
    """The product at an address."""

    handle: str
    product_id: UUID


class BrandRow(msgspec.Struct, frozen=True):
    """A brand as stored, with the number of its products (at most 20,000 are counted)."""

    brand_slug: str
    brand_id: UUID
    name: str
    story: dict[str, str]
    made_up: list[str]
    products: int


class BrandCount(msgspec.Struct, frozen=True):
    """A brand and how many products it has."""

    brand_slug: str
    name: str
    products: int


class BrandName(msgspec.Struct, frozen=True):
    """A brand for the search's vocabulary."""

    brand_slug: str
    name: str


class CategoryCount(msgspec.Struct, frozen=True):
    """A category and how many products it and its children hold."""

    category: str
    products: int


class Hit(msgspec.Struct, frozen=True):
    """A product that was found, and how well it fits (0 to 1)."""

    product_id: UUID
    score: float


class SkuOwner(msgspec.Struct, frozen=True):
    """Whose number a variant has."""

    sku: str
    merchant: str
    variant_id: UUID
