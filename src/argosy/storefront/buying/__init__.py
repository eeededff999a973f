"""Buying, on pages: the basket, the checkout, paying, and orders with their story."""
