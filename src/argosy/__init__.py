"""Argosy: a cross-border marketplace with final prices, kept dates and nothing sold twice."""

__version__ = "0.1.0"
