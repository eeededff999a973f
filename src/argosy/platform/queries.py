"""Queries of requests, read strictly: a misspelt parameter is told instead of being passed over."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from litestar import Request

from argosy.base.errors import Refused


async def check_query(request: Request[Any, Any, Any]) -> None:
    """Refuse (`unknown_parameter`) a reading request with a parameter that its handler does not have.

    A limit that is misspelt would otherwise be none. Messages that others send us may carry what they like.
    """
    if request.method != "GET" or not request.scope["query_string"]:
        return
    known = request.route_handler.parsed_fn_signature.parameters.keys() - {"request"} - request.path_params.keys()
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, 1)
            there = f"It has {', '.join(sorted(known))}." if known else "It has none."
            raise Refused(
                "unknown_parameter",
                "The request has no such parameter.",
                field=name[:200],
                remedy=f"Did you mean {near[0]}?" if near else there,
            )
