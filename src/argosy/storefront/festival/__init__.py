"""Festivals for shoppers: the festival's page, the coupon centre, the flash hall, and the words of promotions anywhere."""
