"""What the tables mean for a route on a day: limits, rates of duty and tax, charges, bans. Pure; read by `landed.rules`."""
