"""Benchmarks through real HTTP: a shop of its own, a driver in another process, CPU time, and a look at the books.

Commands: `argosy bench purchase|flash|race|browse|quote --json`. Nothing here is used by the shop itself.
"""
