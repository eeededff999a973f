"""Where a network comes from: the demo's real places and assumptions, or CSV files that a person has installed."""
