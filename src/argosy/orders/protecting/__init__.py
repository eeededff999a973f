"""Price protection of orders: a price that falls within some days of delivery is paid back, once, without anybody's asking.

Verbs: `follow` notes which lines are protected and when they were delivered, `decide` finds what fell, `pay_drops` gives it
back, `protections` tells what is protected. Table: `protections`.
"""
