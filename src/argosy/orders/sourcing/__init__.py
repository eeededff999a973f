"""Stock that waits at other hubs than home: which hubs send what of a basket.

Verbs: `pre_place`, `StockWatch.renew`. Table: `pre_placed`. How many pieces there are is told by the counters of each hub.
"""
