"""The storefront's handlers, for the app to serve."""

from __future__ import annotations

from argosy.storefront import browsing, files, goods, help, sitemap, stores
from argosy.storefront.account.routes import ACCOUNTS
from argosy.storefront.buying.routes import BUYING
from argosy.storefront.festival.routes import FESTIVALS
from argosy.storefront.groceries.pages import GROCERIES
from argosy.storefront.presale.routes import PRESALES
from argosy.storefront.tracking.page import TRACKING

BROWSING = [
    files.static_file,
    browsing.root,
    browsing.market_root,
    browsing.place,
    browsing.region,
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

PAGES = [*BROWSING, *FESTIVALS, *GROCERIES, *BUYING, *PRESALES, *TRACKING, *ACCOUNTS]
"""All that the app serves to people."""
