"""Streaming readers that turn an operator's file into rows to import and rows refused.

Verb: `read.read_feed`. Formats: CSV, JSON lines, Google Merchant product feeds as XML and as TSV, each also gzipped.
No table is read or written here; `docs/reference/import.md` documents every field.
"""
