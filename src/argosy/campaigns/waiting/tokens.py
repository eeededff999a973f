"""Tickets and passes as signed texts, good for one room and one holder."""

from __future__ import annotations

from argosy.campaigns.waiting.model import LONGEST_STAY_US, Pass, Room, Ticket
from argosy.plumbing.secrets import Signer

_TICKET, _PASS = b"t", b"p"
_LENGTH = {_TICKET: 45, _PASS: 41}
_LONGEST = 100


def write_ticket(signer: Signer, ticket: Ticket) -> str:
    """A ticket for its holder to keep."""
    return signer.sign(
        b"".join((
            _TICKET, ticket.room_key, ticket.holder, ticket.slot.to_bytes(8, "big", signed=True),
            ticket.lane.to_bytes(8, "big"), ticket.ordinal.to_bytes(4, "big"),
        ))
    )  # fmt: skip


def write_pass(signer: Signer, admitted: Pass) -> str:
    """A pass for its holder to keep."""
    times = admitted.admitted_us.to_bytes(8, "big") + admitted.written_us.to_bytes(8, "big")
    return signer.sign(_PASS + admitted.room_key + admitted.holder + times)


def read_token(signer: Signer, text: str, room: Room, holder: bytes) -> Ticket | Pass | None:
    """What a text is worth in this room for this holder; None for one that was forged, changed, of another room or holder."""
    body = signer.open(text) if len(text) <= _LONGEST else None
    if body is None or len(body) != _LENGTH.get(body[:1]) or body[1:9] != room.key or body[9:25] != holder:
        return None
    first = int.from_bytes(body[25:33], "big", signed=True)
    second = int.from_bytes(body[33:41], "big")
    if body[:1] == _PASS:
        return Pass(room.key, holder, first, second)
    return Ticket(room.key, holder, first, second, int.from_bytes(body[41:45], "big"))


def still_good(room: Room, admitted: Pass, now_us: int) -> bool:
    """Whether a pass lets its holder through now: used lately enough, and not too old."""
    return now_us < min(admitted.written_us + room.stay_us, admitted.admitted_us + LONGEST_STAY_US)


def due_for_renewal(room: Room, admitted: Pass, now_us: int) -> bool:
    """Whether a good pass should be written anew: half of its stay has gone by."""
    return now_us - admitted.written_us > room.stay_us // 2
