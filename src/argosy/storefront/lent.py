"""What the pages of shoppers lend to another face: a quote as its shopper sees it, the style sheets, the map of the world."""

from __future__ import annotations

from markupsafe import Markup

from argosy.orders.model import Quote
from argosy.storefront.bill.bills import quote_bill
from argosy.storefront.festival.wording import savings
from argosy.storefront.front import Front
from argosy.storefront.tracking.world import WIDTH, Point, Window, World

_WHOLE = Window(10.0, 15.0, WIDTH / 360)
"""All longitudes, and the latitudes where people live."""


class Lent:
    """A shop's pages, as far as another face shows parts of them."""

    def __init__(self, front: Front, world: World) -> None:
        self._front = front
        self._world = world

    @property
    def sheets(self) -> tuple[str, ...]:
        """Addresses of the style sheets of the console; none where they were not built."""
        built = self._front.assets.sheets
        return tuple(built[name] for name in ("app", "console") if name in built)

    @property
    def symbols(self) -> Markup:
        """The icons, to stand right after `<body>`."""
        return self._front.assets.symbols

    def quote(self, quote: Quote) -> Markup:
        """A quote with its date, its bill and what was saved, as its shopper sees it in the quote's language."""
        edition = self._front.edition_in(self._front.desk.charts.markets[quote.market], quote.language)
        plans = self._front.desk.charts.campaigns.plans
        shown = {
            "bill": quote_bill(edition, quote),
            "promise": quote.promise,
            "savings": savings(edition, plans, quote.notes, quote.currency),
        }
        return Markup(edition.render("lent/quote.html", shown))  # noqa: S704

    def land(self) -> tuple[str, str]:
        """The `d` of SVG paths of the world's land and borders, in halves of the unit of a map of 860 by 330."""
        drawn = self._world.draw(_WHOLE)
        return drawn.land, drawn.borders

    def place(self, longitude: float, latitude: float) -> Point:
        """Where a place stands on that map."""
        return _WHOLE.place(longitude, latitude)
