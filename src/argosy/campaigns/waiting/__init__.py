"""Waiting rooms: they let shoppers through to chosen pages at a set rate, in order of arrival, and draw lots at an opening.

Verbs: `open_room`, `postpone`, `set_rate`, `close_room`, `look`, `follow`. Tables: `waiting_rooms`, `waiting_rates`,
`waiting_arrivals`. What a process knows of the rooms is a `Rooms`; asking it costs no query
(`docs/explanation/waiting-room.md`).
"""
