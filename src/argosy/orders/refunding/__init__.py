"""What a refund is worth: what becomes of duty and tax of an order whose goods go back. No tables of its own."""
