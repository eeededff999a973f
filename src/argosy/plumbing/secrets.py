"""The shop's signing key, and what is signed with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets

from argosy.plumbing.config import Config

OPERATOR_KEY_FILE = "operator-key"
"""Where the demo keeps the operator's key, in its home folder."""


def signing_secret(config: Config) -> str:
    """The secret of the settings, or one made once and kept in the home folder, readable by its owner only."""
    if config.secret:
        return config.secret
    return _made_once(config, "secret")


def operator_key(config: Config) -> str:
    """The operator's key of the settings, or one made once and kept in the home folder, readable by its owner only."""
    return config.operator_key or _made_once(config, OPERATOR_KEY_FILE)


def _made_once(config: Config, name: str) -> str:
    path = config.home / name
    if not path.exists():
        config.home.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{name}.{secrets.token_hex(4)}")
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(32))
        try:
            os.link(new, path)  # whoever comes first wins; two processes never disagree
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_text().strip()


_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
"""URL-safe letters as the standard ones, and whatever only those have as what none has."""


class Signer:
    """Signs bytes for one purpose; what was signed for another purpose does not pass."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hashlib.blake2b(purpose.encode(), key=secret.encode()[:64], digest_size=32).digest()

    def sign(self, body: bytes) -> str:
        """The body and its mark (128-bit keyed BLAKE2b) in URL-safe letters."""
        mark = hashlib.blake2b(body, key=self._key, digest_size=16).digest()
        return base64.urlsafe_b64encode(mark + body).rstrip(b"=").decode()

    def open(self, token: str) -> bytes | None:
        """The body of a token signed here; None for any other text."""
        try:
            text = token.encode("ascii").translate(_STANDARD) + b"=" * (-len(token) % 4)
            raw = binascii.a2b_base64(text, strict_mode=True)
        except (ValueError, binascii.Error):
            return None
        if len(raw) % 3 and binascii.b2a_base64(raw[-(len(raw) % 3) :], newline=False) != text[-4:]:
            # Decoding passes over unused bits; only the text as it was signed is good.
            return None
        mark, body = raw[:16], raw[16:]
        good = hashlib.blake2b(body, key=self._key, digest_size=16).digest()
        return body if hmac.compare_digest(mark, good) else None
