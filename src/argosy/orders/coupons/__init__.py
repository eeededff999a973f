"""Coupons and red packets of shoppers, as faces claim them and bring them along to quotes. Table: that of `campaigns.wallet`."""
