"""Where Argosy sells: one market per country, its languages, money, calendar, address and festivals.

A market is a file in `data/markets`; adding one needs no code. Verbs: `load_markets`, `charm`, `choose_language`,
`check_address`, `check_phone`, `is_working_day`; `formats` writes prices, dates and names as CLDR has them. No tables.
"""
