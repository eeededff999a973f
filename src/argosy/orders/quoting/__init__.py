"""How a basket gets its final price: promotions, the border, the delivery date, put together."""
