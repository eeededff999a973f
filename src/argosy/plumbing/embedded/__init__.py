"""The PostgreSQL server that Argosy runs itself when no `DATABASE_URL` is given.

`server.py` is the way in: one process owns the server of a home folder, all others attach to it by its socket.
"""
