"""The demo's catalogue: three open data files turned into feeds, and everything made up beside them marked as such.

`feed` brings the rows, `tables` the category tree, colours and attribute values, `stories` a sentence on each brand.
Pure apart from reading `data/`; the same files give the same rows, to the byte, on every machine. No tables of its own.
"""
