"""What every part stands on: settings, the clock, ids, the database and its migrations, outbox, jobs, logs.

Tables: `migrations`, `outbox`, `outbox_heads`, `outbox_cursors`, `clock`.
"""
