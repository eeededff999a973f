"""Orders of a city's store: which slots have places, an order in one, its parcels."""
