"""What a parcel costs at the border: duty, tax, fees, bans; from dated facts, each figure with its reason."""
