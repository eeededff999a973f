"""The world beyond the shop, behind the ports that the domain declares.

`providers` picks the payment provider by the settings: `simulated` (the default, decides by test card) or `stripe`.
`standard_webhooks` signs and checks webhooks, ours and the simulated provider's; `sending` posts them. No tables.
"""
