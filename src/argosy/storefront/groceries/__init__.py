"""The pages of a city's store: its front, aisles and slots; basket, checkout and orders are the mall's."""
