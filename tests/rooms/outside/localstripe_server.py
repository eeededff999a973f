"""localstripe on a free loopback port, which it prints, with the three things added that a charge needs and it lacks.

Added: `return_url` of a PaymentIntent is accepted; a step that the shopper has to take then has an address
(`redirect_to_url`); `Idempotency-Key` is kept. Everything else is localstripe's own. Nothing is written to disk.

Still lacking, and so tested on objects of the SDK instead: search, decline codes, the PaymentIntent in a card error,
events for a cancelled PaymentIntent or a failed step, and refusing a refund beyond the charge.
"""

from __future__ import annotations

import socket
from typing import Any

from aiohttp import web
from localstripe.errors import UserError
from localstripe.resources import PaymentIntent, store
from localstripe.server import app

_create = PaymentIntent._api_create.__func__
_answers: dict[str, tuple[bytes, web.Response]] = {}


def create(cls: type[PaymentIntent], return_url: str | None = None, **data: Any) -> PaymentIntent:
    intent = _create(cls, **data)
    if return_url and intent.next_action:
        address = f"https://stripe.example/authenticate/{intent.id}"
        intent.next_action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": address, "return_url": return_url},
        }
    return intent


@web.middleware
async def idempotency(request: web.Request, handler: Any) -> web.StreamResponse:
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return await handler(request)
    asked = request.path.encode() + b" " + await request.read()
    if key not in _answers:
        try:
            answer = await handler(request)
        except UserError as refused:
            answer = refused.to_response()
        _answers[key] = (asked, answer)
    before, kept = _answers[key]
    if before != asked:
        error = {"type": "idempotency_error", "message": "Keys can only be used with the same parameters."}
        return web.json_response({"error": error}, status=400)
    return web.Response(body=kept.body, status=kept.status, content_type="application/json")


def main() -> None:
    PaymentIntent._api_create = classmethod(create)
    store.dump_to_disk = lambda: None
    app.middlewares.append(idempotency)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    web.run_app(app, sock=listener, access_log=None, print=None)


if __name__ == "__main__":
    main()
