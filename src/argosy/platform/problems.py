"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.exceptions.http_exceptions import MethodNotAllowedException, NotFoundException

from argosy.base.errors import Refused
from argosy.platform.model import Problem

_log = structlog.get_logger()
TYPE = "https://argosy.example/problems/"
SHAPES = "GET /schema tells the shape of every request."
_MISSING = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'")
_TITLES = {
    400: "The request cannot be carried out",
    401: "Who are you?",
    404: "Not found",
    405: "Not possible here",
    409: "It has come otherwise",
    413: "Too large",
    422: "The request does not fit an earlier one",
    500: "Our fault",
    503: "Not now",
}


def answer(problem: Problem) -> Response[bytes]:
    """A problem as an HTTP answer."""
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type="application/problem+json")


def problem(status: int, code: str, detail: str, **more: Any) -> Problem:
    """A problem with its title and type."""
    return Problem(TYPE + code, _TITLES.get(status, "The request was refused"), status, detail, code, **more)


def refused(_request: Request[Any, Any, Any], wrong: Refused) -> Response[bytes]:
    """A broken rule of the caller."""
    return answer(told(wrong))


def told(wrong: Refused) -> Problem:
    """A broken rule as a problem."""
    return problem(wrong.status, wrong.code, wrong.message, field=wrong.field, remedy=wrong.remedy)


def invalid(_request: Request[Any, Any, Any], wrong: ValidationException) -> Response[bytes]:
    """A part of the address that does not fit."""
    detail, field = wrong.detail, None
    if isinstance(wrong.extra, list) and wrong.extra and isinstance(wrong.extra[0], dict):
        field = str(wrong.extra[0].get("key") or "") or None
        detail = str(wrong.extra[0].get("message", detail))
    if missing := _MISSING.match(detail):
        field, detail = missing["name"], "It is missing"
    return answer(problem(400, "invalid_request", f"{detail.rstrip('.')}."[:500], field=field, remedy=SHAPES))


def http_error(_request: Request[Any, Any, Any], wrong: HTTPException) -> Response[bytes]:
    """An error of the protocol: no such address, body too large, and so on."""
    code = {404: "unknown_address", 405: "method_not_allowed", 413: "body_too_large"}.get(
        wrong.status_code, "http_error"
    )
    response = answer(problem(wrong.status_code, code, wrong.detail[:500]))
    for name, value in (wrong.headers or {}).items():
        response.set_header(name, value)
    if wrong.status_code == 413:
        # The rest of the body is not read, so nothing else can come over this connection.
        response.set_header("Connection", "close")
    return response


def failed(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    """An error of ours: logged with its trace, told without it."""
    return answer(broken(request.method, request.url.path, wrong))


def broken(method: str, path: str, wrong: Exception) -> Problem:
    """An error of ours as a problem; its trace goes to the log and not to the caller."""
    _log.error("request_failed", method=method, path=path, exc_info=wrong)
    remedy = "Send the same request again: an order is neither placed nor charged twice."
    return problem(500, "internal", "Something broke on our side.", remedy=remedy)


HANDLERS: dict[Any, Any] = {
    Refused: refused,
    ValidationException: invalid,
    NotFoundException: http_error,
    MethodNotAllowedException: http_error,
    HTTPException: http_error,
    Exception: failed,
}
"""What the API answers to each kind of error."""

__all__ = ["HANDLERS", "Problem", "answer", "problem"]
