"""What is sold: brands, products, variants, the category tree, import of feeds, search.

Verbs: `take_in`, `find`, `search`. Tables: `brands`, `products`, `variants`, `search_products`, `listing_ranks`.
"""
