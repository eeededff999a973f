"""What can go wrong between the shop and a provider, apart from what a port returns as a state."""

from __future__ import annotations


class ProviderUnavailable(ConnectionError):
    """A provider could not be reached, or did not say what it did; the same call may be made again later."""
