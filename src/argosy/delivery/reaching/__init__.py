"""How many people a network reaches in time, and which firms would add most to it."""
