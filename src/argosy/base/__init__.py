"""What every package may rely on: money, instants, errors. Pure, and imports nothing of ours."""
