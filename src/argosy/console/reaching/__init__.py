"""The reach map: a question asked by form, worked out by a process of its own, and shown as map and table."""
