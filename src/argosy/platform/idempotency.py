"""`Idempotency-Key`: a request sent again with its key gets the answer that it got, and is not carried out again."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import cast

import msgspec
from litestar.datastructures import Headers
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPRequestEvent, Message, Receive, Scope, Send

from argosy.platform import store
from argosy.platform.front import Front
from argosy.platform.problems import problem
from argosy.plumbing.database import Tx

KEEP = timedelta(hours=24)
MAX_BODY = 256 * 1024
_KEY = re.compile(rb"^[\x21-\x7e]{1,255}$")


async def forget_old(tx: Tx, cell: int, now: datetime) -> int:
    """Forget the answers whose time is over; how many."""
    return await store.forget_answers(tx, cell, now - KEEP)


class Idempotency:
    """Middleware for POST requests under `/v1/` that carry a key; all others pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what was kept, or pass on and keep the answer."""
        # The raw list: most requests have no key, and making a mapping of their headers for that costs more than the look.
        key = next((value for name, value in scope["headers"] if name == b"idempotency-key"), None)
        if key is None or scope.get("method") != "POST" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        front: Front = scope["litestar_app"].state.front
        body = await _whole_body(receive)
        if not _KEY.match(key) or body is None:
            remedy = "Send 1 to 255 visible ASCII characters and a body of at most 256 KiB."
            await _refuse(400, "bad_idempotency_key", "The key or the body is out of range.", remedy, send)
            return
        await self._once(front, key.decode("ascii"), body, scope, receive, send)

    async def _once(self, front: Front, key: str, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        # The scope of a key is its address and whoever is signed in: another caller's key opens nothing.
        who = Headers.from_scope(scope).get("authorization", "")
        where = hashlib.blake2b(f"{scope['path']}\n{who}".encode(), digest_size=16).hexdigest()
        fingerprint = hashlib.blake2b(body, digest_size=32).digest()
        desk = front.desk
        async with desk.database.read() as reader:
            kept = await store.answer_of(reader, desk.cell, where, key)
        if kept is not None and kept.fingerprint != fingerprint:
            remedy = "Take a new key for a new request."
            await _refuse(422, "idempotency_key_reused", "This key came with another request.", remedy, send)
            return
        if kept is not None:
            await _replay(kept, send)
            return
        recorder = _Recorder(send)
        await self._app(scope, _again(body, receive), recorder)
        # A failure of ours is not an answer: the same request may be tried again.
        if 200 <= recorder.status < 500:
            answered = store.KeptAnswer(fingerprint, recorder.status, bytes(recorder.body))
            async with desk.database.transaction() as tx:
                await store.keep_answer(tx, desk.cell, where, key, answered, desk.clock.now())


class _Recorder:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message["body"]
        await self._send(message)


async def _whole_body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message["body"]
        if len(body) > MAX_BODY:
            return None
        if not message["more_body"]:
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    told: HTTPRequestEvent = {"type": "http.request", "body": body, "more_body": False}
    waiting = [told]

    async def once() -> HTTPReceiveMessage:
        return waiting.pop() if waiting else cast(HTTPReceiveMessage, await receive())

    return once


async def _refuse(status: int, code: str, detail: str, remedy: str, send: Send) -> None:
    told = problem(status, code, detail, field="Idempotency-Key", remedy=remedy)
    await _answer(status, msgspec.json.encode(told), [(b"content-type", b"application/problem+json")], send)


async def _replay(kept: store.KeptAnswer, send: Send) -> None:
    kind = b"application/json" if kept.status < 400 else b"application/problem+json"
    headers = [(b"content-type", kind), (b"idempotent-replayed", b"true")]
    await _answer(kept.status, kept.body, headers, send)


async def _answer(status: int, body: bytes, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
