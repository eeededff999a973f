"""Where a parcel is: its page, its map and its words."""
