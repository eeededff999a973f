"""The handlers of accounts, for the app to serve."""

from __future__ import annotations

from argosy.storefront.account import access, address_book

ACCOUNTS = [
    access.account_page,
    access.sign_in_page,
    access.signed_in,
    access.register_page,
    access.registered,
    access.signed_out,
    access.password_page,
    access.password_changed,
    address_book.book_page,
    address_book.address_page,
    address_book.address_changed,
]
"""Signing in and what an account keeps."""
