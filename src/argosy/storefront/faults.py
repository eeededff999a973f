"""Errors as pages in the reader's language; the API's addresses keep their problem details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from argosy.base.errors import Refused
from argosy.storefront.page import render
from argosy.storefront.refusals import told
from argosy.storefront.texts import noted
from argosy.storefront.visit import visit_anywhere

_log = structlog.get_logger()
_API = ("/v1/", "/schema")
Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]

TITLES = {
    400: noted("That did not work"),
    403: noted("Not from here"),
    404: noted("Not in this harbour"),
    405: noted("Not like that"),
    409: noted("It has come otherwise"),
    413: noted("Too much at once"),
    503: noted("One moment, please"),
}
_OURS = noted("Something broke on our side")
_OURS_MORE = noted("We have been told about it. Nothing was charged; your basket is as you left it.")


def page_or_problem(api: Mapping[Any, Handler]) -> dict[Any, Handler]:
    """The handlers of exceptions for an app with both faces: pages for people, the API's own for programs."""
    return {kind: _either(handler) for kind, handler in api.items()}


def _either(api: Handler) -> Handler:
    def handle(request: Request[Any, Any, Any], wrong: Exception) -> Response[Any]:
        if request.url.path.startswith(_API) or not hasattr(request.app.state, "storefront"):
            return api(request, wrong)
        return page_of(request, wrong)

    return handle


def page_of(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    """The page that tells a reader what went wrong."""
    visit = visit_anywhere(request)
    if isinstance(wrong, Refused):
        status, words = wrong.status, told(visit.edition, wrong)
    elif isinstance(wrong, HTTPException):
        status = wrong.status_code
        code = "unknown_address" if status == 404 else ""
        words = told(visit.edition, Refused(code, wrong.detail))
    else:
        _log.error("request_failed", method=request.method, path=request.url.path, exc_info=wrong)
        status, words = 500, visit.gettext(_OURS_MORE)
    title = visit.gettext(_OURS if status == 500 else TITLES.get(status, TITLES[400]))
    return render(visit, "fault.html", status=status, kept=False, title=title, words=words, fault=status)
