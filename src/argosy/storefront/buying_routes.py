"""All handlers of buying and of accounts, for the app."""

from __future__ import annotations

from argosy.storefront import account, address_book, basket, checkout, ordering, paying

BUYING = [
    basket.basket_page,
    basket.put_in,
    basket.change,
    checkout.checkout_page,
    checkout.order_and_pay,
    paying.step_page,
    paying.step_taken,
    ordering.orders_page,
    ordering.order_page,
    ordering.pay_again,
    ordering.cancel_order,
    ordering.order_again,
    account.account_page,
    account.sign_in_page,
    account.signed_in,
    account.register_page,
    account.registered,
    account.signed_out,
    account.password_page,
    account.password_changed,
    address_book.book_page,
    address_book.address_page,
    address_book.address_changed,
]
