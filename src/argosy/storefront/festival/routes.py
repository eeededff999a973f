"""The festivals' handlers, for the app to serve."""

from __future__ import annotations

from argosy.storefront.festival import coupons, flash, pages

FESTIVALS = [pages.festival, coupons.coupon_centre, coupons.claimed, flash.flash_hall]
