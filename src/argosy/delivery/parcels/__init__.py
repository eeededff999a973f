"""Parcels on their way: numbers, events from carriers, and where each one is. Tables: `parcels`, `parcel_events`."""
