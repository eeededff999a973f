"""The handlers of pre-sales, for the app to serve."""

from __future__ import annotations

from argosy.storefront.presale import kept, paying

PRESALES = [paying.deposit_page, paying.balance_page, paying.deposit_or_balance, kept.deposits_page]
"""From a deposit to its balance."""
