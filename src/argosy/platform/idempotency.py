"""`Idempotency-Key`: a request sent again with its key gets the answer that it got, and is not carried out again."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from datetime import datetime, timedelta

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from argosy.platform import store
from argosy.platform.bodies import given_again
from argosy.platform.front import Front
from argosy.platform.problems import problem
from argosy.plumbing.clock import SystemClock
from argosy.plumbing.database import Tx

KEEP = timedelta(hours=24)
MAX_BODY = 128 * 1024
_MOST_PASSED_OVER = 8 * 1024 * 1024
_PATIENCE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.03
# A request that was begun so long ago will not be answered any more: its process is gone.
_ABANDONED = timedelta(seconds=90)
_KEY = re.compile(rb"^[\x21-\x7e]{1,255}$")
# What it hands out is nobody else's, whoever guesses the key; and it writes nothing that a second time would matter for.
_NEVER = ("/v1/shoppers",)


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
        path = scope["path"]
        if key is None or scope.get("method") != "POST" or not path.startswith("/v1/") or path in _NEVER:
            await self._app(scope, receive, send)
            return
        front: Front = scope["litestar_app"].state.front
        body = await _whole_body(receive)
        if body is None:
            await _refuse(413, "body_too_large", "The body is larger than 128 KiB.", "Send less at once.", send, None)
            return
        if not _KEY.match(key):
            remedy = "Send 1 to 255 visible ASCII characters, for example a UUID."
            await _refuse(400, "bad_idempotency_key", "The key is out of range.", remedy, send)
            return
        await self._once(front, key.decode("ascii"), body, scope, receive, send)

    async def _once(self, front: Front, key: str, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        # The scope of a key is its address and whoever is signed in: another caller's key opens nothing. Of somebody
        # unknown it is where she calls from; an order is told apart by its quote, wherever its second try comes from.
        who = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), "")
        client = scope.get("client")
        if not who and client and scope["path"] != "/v1/orders":
            who = client[0]
        where = hashlib.blake2b(f"{scope['path']}\n{who}".encode(), digest_size=16).hexdigest()
        claim = _Claim(front, where, key, hashlib.blake2b(body, digest_size=32).digest())
        kept = await claim.take()
        if kept is None:
            recorder = _Recorder(send)
            # What is kept is replayed to callers who may not take it packed.
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            try:
                await self._app(scope, given_again(body, receive), recorder)
            finally:
                await asyncio.shield(claim.settle(recorder.status, bytes(recorder.body)))
        elif kept.fingerprint != claim.fingerprint:
            remedy = "Take a new key for a new request."
            await _refuse(422, "idempotency_key_reused", "This key came with another request.", remedy, send)
        elif kept.status:
            await _replay(kept, send)
        else:
            remedy = "Send the same request again shortly: it gets the answer of the first."
            await _refuse(
                409, "request_in_progress", "The first request with this key is not answered yet.", remedy, send
            )


class _Claim:
    """A key that is taken before its request is carried out, so that of two at once only one is."""

    def __init__(self, front: Front, where: str, key: str, fingerprint: bytes) -> None:
        self._front = front
        self._where = where
        self._key = key
        self.fingerprint = fingerprint

    async def take(self) -> store.KeptAnswer | None:
        """None where the key is ours now; else what it came with before, waited for as long as is decent."""
        desk = self._front.desk
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            # Real time, since a business day may take a minute.
            now = SystemClock().now()
            async with desk.database.transaction() as tx:
                if await store.claim_key(
                    tx, desk.cell, self._where, self._key, self.fingerprint, now, now - _ABANDONED
                ):
                    return None
            async with desk.database.read() as reader:
                kept = await store.answer_of(reader, desk.cell, self._where, self._key)
            if kept is not None and (kept.status or kept.fingerprint != self.fingerprint or time.monotonic() > until):
                return kept
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def settle(self, status: int, body: bytes) -> None:
        """Keep an answer under the key; a failure of ours is none, and the same request may be tried again."""
        desk = self._front.desk
        async with desk.database.transaction() as tx:
            if 200 <= status < 500:
                kept = store.KeptAnswer(self.fingerprint, status, body)
                await store.keep_answer(tx, desk.cell, self._where, self._key, kept, desk.clock.now())
            else:
                await store.release_key(tx, desk.cell, self._where, self._key)


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
    """The body; None for one that is too long, of which the rest is passed over so that the answer is heard."""
    body = bytearray()
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        length += len(message["body"])
        if length <= MAX_BODY:
            body += message["body"]
        if not message["more_body"]:
            return bytes(body) if length <= MAX_BODY else None
        if length > _MOST_PASSED_OVER:
            return None


async def _refuse(
    status: int, code: str, detail: str, remedy: str, send: Send, field: str | None = "Idempotency-Key"
) -> None:
    told = problem(status, code, detail, field=field, remedy=remedy)
    await _answer(status, msgspec.json.encode(told), [(b"content-type", b"application/problem+json")], send)


async def _replay(kept: store.KeptAnswer, send: Send) -> None:
    kind = b"application/json" if kept.status < 400 else b"application/problem+json"
    headers = [(b"content-type", kind), (b"idempotent-replayed", b"true")]
    await _answer(kept.status, kept.body, headers, send)


async def _answer(status: int, body: bytes, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
