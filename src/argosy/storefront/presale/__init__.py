"""Pages of pre-sales: a deposit, its balance, and what a shopper paid ahead."""
