"""Who buys: accounts, signing in, kept addresses, followed brands.

Verbs: `register`, `sign_in`, `change_password`, `look`, `addresses`, `follows`, `levels`, `forget`.
Tables: `accounts`, `login_failures`, `addresses`, `follows`. A shopper who is signed in is known to orders by the id of
her account; one who is not by an id of her visit.
"""
