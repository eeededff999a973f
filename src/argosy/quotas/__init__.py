"""What can run out: one table of counters, one way to take from several of them all or nothing, one way to give back.

Verbs: `lock`, `move`, `receive`, `look`. Table: `quotas`.
A counter's key says what it counts: `stock/<variant>/<hub>`, `limit/<variant>/<shopper>`, `slot/<store>/<day>/<slot>`.
"""
