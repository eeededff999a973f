"""Quotes as signed text: handed to the client, handed back, and unchanged on the way."""

from __future__ import annotations

import zlib

import msgspec

from argosy.base.errors import Refused
from argosy.orders.model import Quote
from argosy.plumbing.secrets import Signer

MAX_TOKEN = 65_536

_PACKED_FROM = 16_384
_LONGEST = 1 << 20

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Quote)


def write_token(quote: Quote, signer: Signer) -> str:
    """The quote as text that only this shop can have written; everybody may read it, nobody change it."""
    body = _encoder.encode(quote)
    # A full basket under promotions is longer than a token may be; packed it is a fifth of that.
    return signer.sign(body if len(body) < _PACKED_FROM else zlib.compress(body, 1))


def read_token(token: str, signer: Signer) -> Quote:
    """The quote that was handed out; refuses (`bad_quote`) whatever was not written here."""
    body = signer.open(token) if len(token) <= MAX_TOKEN else None
    if body is None:
        remedy = "Ask for a new quote and send its token as it is."
        raise Refused("bad_quote", "This is not a quote of ours, or it was changed.", field="quote", remedy=remedy)
    try:
        # An unpacked quote begins as a map, a packed one as zlib's streams do.
        return _decoder.decode(_unpacked(body) if body[:1] == b"\x78" else body)
    except (msgspec.DecodeError, zlib.error):
        # Signed by an earlier version with other fields.
        raise Refused(
            "bad_quote", "This quote is of an earlier version.", field="quote", remedy="Ask for a new one."
        ) from None


def _unpacked(body: bytes) -> bytes:
    """What we packed ourselves: it is signed, and bounded all the same."""
    return zlib.decompressobj().decompress(body, _LONGEST)
