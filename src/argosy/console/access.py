"""Who may use the console: sessions of the operator, tries to sign in, and forms that are the console's own."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import Cookie, FormMultiDict

from argosy.base.errors import Refused
from argosy.plumbing.secrets import Signer

COOKIE = "argosy_console"
SESSION_SECONDS = 8 * 3600
TRIES = 5
TRIES_SECONDS = 15 * 60
_ADDRESSES = 2_000
_SALT = b"argosy console"


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Somebody who showed the operator's key. Times are of the machine, not of the shop: a fast shop must not sign people out."""

    session_id: bytes
    key_mark: bytes
    """Of the key that was shown: another key ends all sessions."""
    issued: int


_read = msgspec.msgpack.Decoder(Session).decode


class Doorkeeper:
    """Signs sessions and forms, and counts failed tries by address, in this process."""

    def __init__(self, secret: str, operator_key: str, base_url: str) -> None:
        self._key = operator_key
        self._sessions = Signer(secret, "console session")
        self._forms = Signer(secret, "console form")
        self._base_url = base_url
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def open(self) -> bool:
        """Whether there is a console at all: it needs an operator's key."""
        return bool(self._key)

    def session(self, request: Request[Any, Any, Any]) -> Session | None:
        """The session of a request; None without a good one."""
        body = self._sessions.open(request.cookies.get(COOKIE, "")[:300])
        if body is None or not self._key:
            return None
        session = _read(body)
        good = hmac.compare_digest(session.key_mark, self._mark())
        return session if good and 0 <= time.time() - session.issued < SESSION_SECONDS else None

    def sign_in(self, request: Request[Any, Any, Any], shown: str) -> Cookie | None:
        """The cookie of a new session, or None where the key is not the operator's.

        Refuses (`too_many_tries`, 429) an address that failed five times within a quarter of an hour.
        """
        address, now = _network(request), time.monotonic()
        count, since = self._failed.get(address, (0, now))
        if now - since > TRIES_SECONDS:
            count, since = 0, now
        if count >= TRIES:
            minutes = max(1, round((TRIES_SECONDS - (now - since)) / 60))
            raise Refused(
                "too_many_tries", "There were too many failed tries.", field="key",
                remedy=f"Try again in {minutes} min.", status=429,
            )  # fmt: skip
        if not hmac.compare_digest(shown.strip().encode(), self._key.encode()):
            self._failed[address] = (count + 1, since)
            self._failed.move_to_end(address)
            while len(self._failed) > _ADDRESSES:
                self._failed.popitem(last=False)
            return None
        self._failed.pop(address, None)
        session = Session(secrets.token_bytes(16), self._mark(), int(time.time()))
        return self._cookie(self._sessions.sign(msgspec.msgpack.encode(session)), SESSION_SECONDS)

    def sign_out(self) -> Cookie:
        """The cookie that ends a session in its browser."""
        return self._cookie("", 0)

    def token(self, session: Session) -> str:
        """The text that every form of a session carries in its field `csrf`."""
        return self._forms.sign(session.session_id)

    async def posted(self, request: Request[Any, Any, Any], session: Session | None) -> FormMultiDict:
        """The fields of a form; refuses (`forged_form`, 403) one that was not sent from the console's own page."""
        if not self._ours(request):
            raise _forged()
        form = await request.form()
        if session is not None and self._forms.open(str(form.get("csrf", ""))[:200]) != session.session_id:
            raise _forged()
        return form

    def _ours(self, request: Request[Any, Any, Any]) -> bool:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("origin")
        hosts = (request.headers.get("host", ""), urlsplit(self._base_url).netloc)
        return origin is None or urlsplit(origin).netloc in hosts

    def _mark(self) -> bytes:
        return hashlib.blake2b(self._key.encode(), key=_SALT, digest_size=16).digest()

    def _cookie(self, value: str, seconds: int) -> Cookie:
        return Cookie(
            key=COOKIE, value=value, max_age=seconds, path="/console", httponly=True, samesite="strict",
            secure=self._base_url.startswith("https:"),
        )  # fmt: skip


def _network(request: Request[Any, Any, Any]) -> str:
    """The address that a request comes from; of IPv6 the network that one customer has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _forged() -> Refused:
    remedy = "Open the page again and send the form from there."
    return Refused("forged_form", "The form did not come from the console's own page.", remedy=remedy, status=403)
