"""Delivery promises learned from a history of parcels, and how they would have been kept.

Verb: `fit.fit` learns from parcels day by day and reports; `reading.read_history` takes them from a file. No tables.
"""
