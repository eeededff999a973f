"""Stores that bring groceries from a hub in the city, in slots of a day: a store is a file of `data/stores`."""
