"""What an operator asks of orders: the price of any basket at any instant, and what promotions gave so far.

Verbs: `preview`, `given`. Writes nothing.
"""
