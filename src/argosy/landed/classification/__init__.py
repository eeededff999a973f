"""Which tariff heading goods fall under: the heading of each category with its reason, and a suggestion from a title."""
