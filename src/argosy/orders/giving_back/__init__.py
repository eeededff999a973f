"""Money that goes back without goods: `pay_back`, `compensate`. No tables of its own: orders writes `refunds`."""
