"""Quotes as signed text: handed to the client, handed back, and unchanged on the way."""

from __future__ import annotations

import msgspec

from argosy.base.errors import Refused
from argosy.orders.model import Quote
from argosy.plumbing.secrets import Signer

MAX_TOKEN = 65_536

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Quote)


def write_token(quote: Quote, signer: Signer) -> str:
    """The quote as text that only this shop can have written; everybody may read it, nobody change it."""
    return signer.sign(_encoder.encode(quote))


def read_token(token: str, signer: Signer) -> Quote:
    """The quote that was handed out; refuses (`bad_quote`) whatever was not written here."""
    body = signer.open(token) if len(token) <= MAX_TOKEN else None
    if body is None:
        remedy = "Ask for a new quote and send its token as it is."
        raise Refused("bad_quote", "This is not a quote of ours, or it was changed.", field="quote", remedy=remedy)
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError:
        # Signed by an earlier version with other fields.
        raise Refused(
            "bad_quote", "This quote is of an earlier version.", field="quote", remedy="Ask for a new one."
        ) from None
