"""The open API, version 1: products, search, quotes, orders, payments over JSON.

A face: it decodes requests, calls verbs and writes answers. Table: `idempotency_keys`.
"""
