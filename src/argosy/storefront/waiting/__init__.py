"""The waiting room's face: an ASGI application in front of the shop's that lets those through whose turn has come."""
