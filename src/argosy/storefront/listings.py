"""What a reader asks a list for, and the facets beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.datastructures import MultiDict

from argosy.base.money import exponent
from argosy.catalogue.model import BrandCount
from argosy.catalogue.search import MAX_OFFSET, Counts
from argosy.catalogue.search_sql import SORTS, Filter
from argosy.catalogue.vocabulary import Meaning
from argosy.markets import formats
from argosy.orders.quoting.soon import HOURS, Soon
from argosy.orders.showing.bounds import ANY, Bounds
from argosy.orders.showing.showcase import Listing
from argosy.storefront.texts import noted
from argosy.storefront.visit import Visit

PAGE = 24
LAST_PAGE = MAX_OFFSET // PAGE
MAX_CHOSEN = 20
_MOST_BRANDS = 36
_MOST_COLOURS = 24
SORT_NAMES = {
    "best": noted("Best match"),
    "popular": noted("Most popular"),
    "price": noted("Lowest price"),
    "-price": noted("Highest price"),
}
CODE = re.compile(r"^[a-z0-9-]{1,200}$")
"""What a handle, slug or code in an address may be."""
_AMOUNT = re.compile(r"^[0-9]{1,12}(?:[.,][0-9]{1,3})?$")


class Asked(msgspec.Struct, frozen=True):
    """The query of a list's address; what cannot be read is left out."""

    q: str = ""
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    within: str = ""
    """A category that a search or a brand's goods are narrowed to."""
    least: str = ""
    most: str = ""
    soon: bool = False
    """Only what is there within 72 hours."""
    sort: str = "best"
    page: int = 1

    @property
    def narrowed(self) -> int:
        """How many filters are on."""
        return len(self.brands) + len(self.colours) + bool(self.least or self.most) + bool(self.within) + self.soon

    def address(self, **changes: Any) -> dict[str, Any]:
        """The values of an address that asks the same, but for the changes; a change of filters goes to page 1."""
        new = msgspec.structs.replace(self, **({"page": 1} | changes))
        return {
            "q": new.q,
            "brand": list(new.brands),
            "colour": list(new.colours),
            "in_": new.within,
            "from_": new.least,
            "to": new.most,
            "hours": str(HOURS) if new.soon else "",
            "sort": new.sort if new.sort != "best" else "",
            "page": new.page if new.page > 1 else "",
        }


def read_asked(values: MultiDict[Any]) -> Asked:
    """What an address asks for."""
    page = str(values.get("page", ""))
    sort = str(values.get("sort", ""))
    return Asked(
        q=" ".join(str(values.get("q", ""))[:200].split()),
        brands=_codes(values, "brand"),
        colours=_codes(values, "colour"),
        within=str(values.get("in", ""))[:64],
        least=_amount(values.get("from")),
        most=_amount(values.get("to")),
        soon=values.get("hours") == str(HOURS),
        sort=sort if sort in SORTS else "best",
        page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _codes(values: MultiDict[Any], name: str) -> tuple[str, ...]:
    found = {code[:64] for code in values.getall(name, [])[:MAX_CHOSEN] if CODE.match(code)}
    return tuple(sorted(found))


def _amount(text: Any) -> str:
    plain = str(text or "").strip().replace(" ", "")
    return plain if _AMOUNT.match(plain) else ""


def filter_of(visit: Visit, asked: Asked, category: str = "", meanings: tuple[Meaning, ...] = ()) -> Filter:
    """The filter that an address stands for."""
    return Filter(
        meanings=meanings,
        category=category or (asked.within if asked.within in visit.front.reference.tree.by_code else ""),
        brands=asked.brands,
        colours=asked.colours,
        products=visit.soon.only if asked.soon else None,
    )


def bounds_of(visit: Visit, asked: Asked) -> Bounds:
    """What the cards of the list may show."""
    currency = visit.market.currency
    return Bounds(_minor(asked.least, currency), _minor(asked.most, currency))


def _minor(amount: str, currency: str) -> int | None:
    if not amount:
        return None
    whole, _, part = amount.replace(",", ".").partition(".")
    digits = exponent(currency)
    return int((whole + (part + "000")[:digits]) if digits else whole)


async def listed(visit: Visit, wanted: Filter, asked: Asked) -> Listing:
    """The page that an address asks for."""
    at, showcase = visit.market, visit.front.showcase
    bounds = bounds_of(visit, asked)
    return await showcase.listing(at, wanted, asked.sort, asked.page, PAGE, visit.region, bounds)


class Choice(msgspec.Struct, frozen=True):
    """A value to narrow by."""

    code: str
    name: str
    count: int
    told: str
    """The count as the reader writes it."""
    on: bool
    hex: str = ""


class Bar(msgspec.Struct, frozen=True):
    """A bar of the prices' chart: its share of the highest one in hundredths, and whether it is within what is shown."""

    height: int
    on: bool


class Facets(msgspec.Struct, frozen=True):
    """What stands beside a list."""

    brands: list[Choice]
    more_brands: list[Choice]
    colours: list[Choice]
    categories: list[Choice]
    bars: list[Bar]


class Beside(msgspec.Struct, frozen=True):
    """What stands beside the goods of a list: what its facets are counted by."""

    counts: Counts
    for_brands: Counts
    for_colours: Counts
    for_prices: Counts
    """As if its own choices were not made, so that another can be added."""
    brands: list[BrandCount]
    """The largest of the shop, with their names."""
    soon: Soon | None
    """What is there within 72 hours, where only that is asked for."""


async def beside(visit: Visit, wanted: Filter, asked: Asked, counts: Counts) -> Beside:
    """The counts for the facets of a list."""
    showcase, bounds = visit.front.showcase, bounds_of(visit, asked)

    async def without(**choices: Any) -> Counts:
        narrower = msgspec.structs.replace(wanted, **choices)
        return await showcase.counts_within(visit.market, narrower, asked.sort, visit.region, bounds)

    return Beside(
        counts,
        await without(brands=()) if asked.brands else counts,
        await without(colours=()) if asked.colours else counts,
        counts if bounds == ANY else await showcase.counts(wanted),
        await showcase.brands(),
        visit.soon if asked.soon else None,
    )


def facets_of(visit: Visit, wanted: Filter, asked: Asked, by: Beside) -> Facets:
    """The facets of a list."""
    names = {one.brand_slug: one.name for one in by.brands}
    chosen = _brands(visit, by.for_brands.brands, asked, names)
    return Facets(
        brands=chosen[:6],
        more_brands=chosen[6:],
        colours=_colours(visit, by.for_colours.colours, asked),
        categories=_categories(visit, by.counts.categories, wanted.category),
        bars=_bars(by.for_prices.price_steps, by.counts.price_steps),
    )


def _brands(visit: Visit, counts: Mapping[str, int], asked: Asked, names: Mapping[str, str]) -> list[Choice]:
    codes = [*asked.brands, *(code for code in counts if code not in asked.brands)][:_MOST_BRANDS]
    return [
        _choice(visit, code, names.get(code) or code.replace("-", " ").title(), counts, code in asked.brands)
        for code in codes
    ]


def _colours(visit: Visit, counts: Mapping[str, int], asked: Asked) -> list[Choice]:
    known = visit.front.reference.colours
    codes = [*asked.colours, *sorted(counts, key=lambda code: -counts[code])]
    return [
        _choice(visit, code, visit.edition.colour(code), counts, code in asked.colours, known[code].hex)
        for code in dict.fromkeys(codes)
        if code in known
    ][:_MOST_COLOURS]


def _categories(visit: Visit, counts: Mapping[str, int], category: str) -> list[Choice]:
    below = visit.front.reference.tree.children(category or None)
    return [
        _choice(visit, one.code, visit.edition.category(one.code), counts, False)
        for one in below
        if counts.get(one.code)
    ]


def _choice(visit: Visit, code: str, name: str, counts: Mapping[str, int], on: bool, hex: str = "") -> Choice:
    count = counts.get(code, 0)
    return Choice(code, name, count, formats.number(count, visit.locale), on, hex)


def _bars(steps: Mapping[int, int], shown: Mapping[int, int]) -> list[Bar]:
    """The list's goods by seller's price, whatever theirs at the door; on from the cheapest to the dearest that is shown."""
    if len(steps) < 3:
        return []
    highest = max(steps.values())
    on = range(min(shown), max(shown) + 1) if shown else range(0)
    return [
        Bar(max(3, round(steps.get(step, 0) * 100 / highest)) if steps.get(step) else 0, step in on)
        for step in range(min(steps), max(steps) + 1)
    ]


class Pages(msgspec.Struct, frozen=True):
    """Where in a list a page stands."""

    page: int
    last: int

    @property
    def shown(self) -> list[int | None]:
        """The pages to link to; None stands for a gap."""
        near = {1, self.last, *range(self.page - 1, self.page + 2)}
        numbers = sorted(number for number in near if 1 <= number <= self.last)
        found: list[int | None] = []
        for number in numbers:
            if found and found[-1] is not None and number - found[-1] > 1:
                found.append(None)
            found.append(number)
        return found


def pages_of(asked: Asked, total: int) -> Pages:
    """The pages of a list with so many goods."""
    return Pages(asked.page, max(1, min(math.ceil(total / PAGE), LAST_PAGE)))
