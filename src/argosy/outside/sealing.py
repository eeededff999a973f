"""Statements that travel through other hands and come back: readable by all, made only by us."""

from __future__ import annotations

import base64
import binascii
import hmac

_MAC_BYTES = 16


class Seal:
    """Signs and checks short texts for one purpose; a text sealed for another purpose does not open.

    HMAC-SHA256 cut to 128 bits (RFC 2104, section 5). The content is not hidden.
    """

    __slots__ = ("_key", "purpose")

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = derived_key(secret, purpose)
        self.purpose = purpose

    def __repr__(self) -> str:
        return f"Seal({self.purpose!r})"

    def close(self, content: bytes) -> str:
        """The content with its signature, as text that fits into a URL."""
        mac = hmac.digest(self._key, content, "sha256")[:_MAC_BYTES]
        return base64.urlsafe_b64encode(content + mac).decode().rstrip("=")

    def open(self, sealed: str) -> bytes | None:
        """The content; None if it was not sealed here."""
        try:
            both = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        content, mac = both[:-_MAC_BYTES], both[-_MAC_BYTES:]
        good = hmac.compare_digest(mac, hmac.digest(self._key, content, "sha256")[:_MAC_BYTES])
        return content if good else None


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose, from which the secret cannot be had back."""
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")
