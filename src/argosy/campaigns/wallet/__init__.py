"""Wallets: coupons and red packets that shoppers claimed, each good for one order.

Verbs: `claim`, `wallet`, `contents`, `hand_over`, `forget`. Table: `wallet`. That a coupon was used stands in its counter
(`held/<id>`), which orders take and give back; the row itself never changes.
"""
