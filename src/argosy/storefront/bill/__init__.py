"""How a price is made, on pages: the bill of a piece, a basket or an order, each figure with its reason."""
