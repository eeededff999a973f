"""What pages and the API show of the catalogue: `showcase` reads lists, cards and products with prices, stock and dates."""
