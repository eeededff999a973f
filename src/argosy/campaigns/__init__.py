"""Festivals and promotions: what a basket may be had for, and who bears the difference. Pure so far: it keeps no tables."""
