"""The logistics network: hubs, carriers, lanes with departures, the date a parcel arrives by, and how dates were kept.

Verbs: `promise_made`, `delivered`, `audit`. Table: `promises`.
"""
