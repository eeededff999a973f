"""The operator's console: plans of festivals, a preview of any basket, how far deliveries reach.

A face: it asks verbs and writes pages; holds no rules, no tables. In English; a previewed bill is in its shopper's language.
"""
