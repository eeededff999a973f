"""What the console takes from the pages of shoppers, which it does not know."""

from __future__ import annotations

from typing import Protocol

from markupsafe import Markup

from argosy.orders.model import Quote


class Shopfront(Protocol):
    """Parts of the pages of shoppers."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """Addresses of the console's style sheets."""
        ...

    @property
    def symbols(self) -> Markup:
        """The icons, to stand right after `<body>`."""
        ...

    def quote(self, quote: Quote) -> Markup:
        """A quote as its shopper sees it."""
        ...

    def land(self) -> tuple[str, str]:
        """The `d` of SVG paths of land and borders, in halves of the unit of a map of 860 by 330."""
        ...

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place stands on that map."""
        ...
