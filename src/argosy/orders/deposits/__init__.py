"""Pre-sale deposits as orders: pay ahead, pay the balance in its window, or lose the deposit.

Verbs: `quote_deposit`, `quote_balance`, `cancel_deposit`, `forfeit`, `give_back_deposits`, `hand_over`, `deposits`.
Table: `deposits`.
"""
