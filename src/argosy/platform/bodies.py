"""Bodies of requests, read strictly: a number in quotation marks is no number, and what is wrong is told by its name."""

from __future__ import annotations

import functools
import re
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.types import HTTPReceiveMessage, HTTPRequestEvent, Receive

from argosy.base.errors import Refused
from argosy.platform.problems import SHAPES

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for a body that does not fit."""
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?$", re.DOTALL)
_INSIDE = re.compile(r"^Object (?P<what>contains unknown|missing required) field `(?P<name>[^`]*)`$")


async def check_body(request: Request[Any, Any, Any]) -> None:
    """Refuse (`invalid_request`) a body that is not just what the handler takes, before the framework reads it leniently."""
    wanted = request.route_handler.parsed_fn_signature.parameters.get("data")
    if wanted is None:
        return
    try:
        _decoder(wanted.annotation).decode(await request.body())
    except UNREADABLE as wrong:
        raise misshapen(wrong) from None


def misshapen(wrong: Exception) -> Refused:
    """What is wrong with a body, and in which field: `lines[0].quantity`."""
    if not isinstance(wrong, msgspec.ValidationError):
        detail = "is nested too deep" if isinstance(wrong, RecursionError) else f"is no JSON: {wrong}"
        return Refused("invalid_request", f"The body {detail[:200].rstrip('.')}.", remedy=SHAPES)
    told = _AT.match(str(wrong))
    what, where = (told["what"], told["where"] or "") if told else (str(wrong), "")
    inside = _INSIDE.match(what)
    if inside:
        where = ".".join(filter(None, (where, inside["name"])))
        what = "There is no such field" if inside["what"].startswith("contains") else "It is missing"
    elif "matching regex" in what:
        what = "It has characters that have no place there, or is not of the form that is asked for"
    return Refused("invalid_request", f"{what[:300].rstrip('.')}.", field=where[:200] or None, remedy=SHAPES)


def given_again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read already to the next reader, and then whatever comes after it."""
    whole: HTTPRequestEvent = {"type": "http.request", "body": body, "more_body": False}
    waiting = [whole]

    async def once() -> HTTPReceiveMessage:
        return waiting.pop() if waiting else cast(HTTPReceiveMessage, await receive())

    return once


@functools.cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)
