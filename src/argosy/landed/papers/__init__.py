"""Customs papers of a parcel: what is declared (CN 22, CN 23 of the Universal Postal Union) and its printed form."""
