"""The waiting room's cookies: read from a request's headers, hidden from what lies behind, written into an answer's."""

from __future__ import annotations

from collections.abc import Iterable

VISITOR = "argosy_visitor"
"""Whose places and passes they are: without it they are worth nothing."""
PLACE = "argosy_wait_"
"""Then the room's name: a ticket or a pass."""
KEEP_SECONDS = 24 * 3600
"""So long a browser keeps a place: who comes a day before the opening still has it then."""
_OURS = (f"{VISITOR}=".encode(), PLACE.encode())

Headers = list[tuple[bytes, bytes]]


def cookies_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies of a request; of two with one name the first."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, text = part.strip().partition("=")
                found.setdefault(key, text)
    return found


def hidden(headers: Iterable[tuple[bytes, bytes]], session: str = "") -> Headers:
    """A request's headers without the waiting room's cookies, so that pages for readers without one can be kept.

    `session` is another cookie to be added, as `name=value`.
    """
    kept: Headers = []
    parts = [session.encode()] if session else []
    for name, value in headers:
        if name == b"cookie":
            parts += [part for one in value.split(b";") if (part := one.strip()) and not part.startswith(_OURS)]
        else:
            kept.append((name, value))
    if parts:
        kept.append((b"cookie", b"; ".join(parts)))
    return kept


def cookie(name: str, value: str, *, secure: bool, seconds: int = KEEP_SECONDS) -> tuple[bytes, bytes]:
    """A `Set-Cookie` header; scripts do not see it and other sites' forms do not send it."""
    safe = "; Secure" if secure else ""
    return b"set-cookie", f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{safe}".encode()
