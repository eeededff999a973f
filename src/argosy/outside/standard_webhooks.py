"""Webhook signatures as Standard Webhooks has them: HMAC-SHA256 over id, time and body.

Source: https://www.standardwebhooks.com, symmetric signatures (`v1`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from argosy.base.errors import Refused
from argosy.base.instants import utc

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
_LONGEST_TIMESTAMP = 12


def new_secret() -> str:
    """A fresh signing secret of 32 random bytes: `whsec_` and base64."""
    return secret_of(secrets.token_bytes(32))


def secret_of(key: bytes) -> str:
    """The written form of a key of 24 to 64 bytes."""
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook key has 24 to 64 bytes")
    return PREFIX + base64.b64encode(key).decode()


@lru_cache(maxsize=1024)
def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook secret is `whsec_` and base64") from None


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of one message: `v1,` and base64. `timestamp` is in Unix seconds."""
    digest = hmac.digest(_key(secret), b"%b.%d.%b" % (message_id.encode(), timestamp, body), "sha256")
    return "v1," + base64.b64encode(digest).decode()


def signed_headers(keys: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with each of the secrets: two while one replaces the other."""
    timestamp = int(utc(at).timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in keys),
    }


def verify(
    keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime, tolerance: timedelta = TOLERANCE
) -> str:
    """The message's id, if one of the secrets signed it within the tolerance of `now`.

    Names of headers may be in any case. Raises `Refused` with `webhook_headers_missing`, `webhook_too_old` or
    `webhook_signature_invalid`. A message may rightly come twice: whoever acts on it remembers the id.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    signatures = given.get("webhook-signature", "").split()
    if not (message_id and stamp and signatures):
        raise Refused(
            "webhook_headers_missing",
            "The message is not signed.",
            remedy="Send webhook-id, webhook-timestamp and webhook-signature.",
        )
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_TIMESTAMP):
        raise _invalid()
    timestamp = int(stamp)
    if abs(utc(now).timestamp() - timestamp) > tolerance.total_seconds():
        raise Refused(
            "webhook_too_old",
            "The message was signed too long ago, or by a clock that is ahead.",
            remedy="Sign it again with the present time.",
            status=401,
        )
    expected = [sign(secret, message_id, timestamp, body).encode() for secret in keys]
    # Every pair is compared in constant time, so that the time taken tells nothing about a signature.
    matches = [hmac.compare_digest(ours, theirs.encode()) for ours in expected for theirs in signatures]
    if not any(matches):
        raise _invalid()
    return message_id


def _invalid() -> Refused:
    return Refused(
        "webhook_signature_invalid",
        "The message's signature does not fit its body.",
        remedy="Sign the body exactly as it is sent, with the present secret.",
        status=401,
    )
