"""The handlers of buying, for the app to serve."""

from __future__ import annotations

from argosy.storefront.buying import basket, checkout, ordering, paying
from argosy.storefront.festival import gifts

BUYING = [
    basket.basket_page,
    basket.put_in,
    basket.change,
    gifts.change_gift,
    checkout.checkout_page,
    checkout.order_and_pay,
    paying.step_page,
    paying.step_taken,
    ordering.orders_page,
    ordering.order_page,
    ordering.pay_again,
    ordering.cancel_order,
    ordering.order_again,
]
"""From the basket to the order's end."""
