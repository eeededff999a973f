"""The storefront's handlers, for the app to serve."""

from __future__ import annotations

from argosy.storefront import browsing, files, goods, help, sitemap, stores
from argosy.storefront.buying_routes import BUYING

BROWSING = [
    files.static_file,
    browsing.root,
    browsing.market_root,
    browsing.place,
    browsing.home,
    browsing.listing,
    browsing.search,
    browsing.markets,
    goods.product,
    stores.brands,
    stores.brand,
    stores.follow,
    help.help_page,
    sitemap.robots,
    sitemap.sitemap,
    sitemap.sitemap_part,
]
"""Everything for looking around."""

PAGES = [*BROWSING, *BUYING]
"""All that the app serves to people."""
