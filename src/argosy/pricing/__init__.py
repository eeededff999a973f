"""What a good costs in a market: the seller's price, price lists, dated exchange rates, charm rounding, lowest price of 30 days.

Verbs: `set_prices`, `load_rates`, `look_up`. Tables: `prices`, `price_changes`, `exchange_rates`.
"""
