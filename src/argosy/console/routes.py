"""The console's handlers, for the app to serve, and what it answers when something is refused."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response, Router
from litestar.exceptions import HTTPException, NotAuthorizedException

from argosy.base.errors import Refused
from argosy.console.campaigns import CAMPAIGNS
from argosy.console.entry import ENTRY
from argosy.console.front import front_of, redirect, render
from argosy.console.preview import PREVIEW
from argosy.console.reaching.page import REACH

_log = structlog.get_logger()


def _fault(request: Request[Any, Any, Any], status: int, words: str, remedy: str = "") -> Response[bytes]:
    front = front_of(request)
    session = front.door.session(request)
    return render(front, "fault.html", session=session, status=status, words=words, remedy=remedy)


def _refused(request: Request[Any, Any, Any], wrong: Refused) -> Response[bytes]:
    return _fault(request, wrong.status, wrong.message, wrong.remedy or "")


def _to_the_door(request: Request[Any, Any, Any], _wrong: NotAuthorizedException) -> Response[bytes]:
    return redirect("/console/sign-in")


def _protocol(request: Request[Any, Any, Any], wrong: HTTPException) -> Response[bytes]:
    return _fault(request, wrong.status_code, wrong.detail)


def _broken(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    _log.error("request_failed", method=request.method, path=request.url.path, exc_info=wrong)
    return _fault(request, 500, "Something broke on our side.", "It was logged. Nothing was changed.")


CONSOLE = Router(
    "/console",
    route_handlers=[*ENTRY, *CAMPAIGNS, *PREVIEW, *REACH],
    exception_handlers={
        NotAuthorizedException: _to_the_door,
        HTTPException: _protocol,
        Refused: _refused,
        Exception: _broken,
    },
    include_in_schema=False,
)
"""All pages under `/console`."""
