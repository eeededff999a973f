"""Accounts, on pages: open one, sign in and out, its addresses, another password."""
