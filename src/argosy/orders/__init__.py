"""An order from quote to refund: it composes what the packages below know, and keeps every figure it was computed from.

Verbs: `quote`, `place`, `pay`, `cancel`, `refund`, `expire`, `look`, `baskets`. Tables: `baskets`, `orders`, `order_lines`,
`order_history`, `refunds`. Every change of an order goes through the intake, which commits what arrived together.
"""
