"""Posting signed webhooks from the background: bounded, repeated, and given up in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import structlog

from argosy.outside.standard_webhooks import signed_headers
from argosy.plumbing.clock import Clock

Post = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""Posts a body with headers to an address and returns the HTTP status; raises `httpx.HTTPError` or `OSError`."""

_log = structlog.get_logger("argosy.outside")


class Delivery:
    """One message on its way; `done` becomes true when it arrived and false when it was given up."""

    __slots__ = ("attempt", "body", "done", "message_id")

    def __init__(self, message_id: str, body: bytes) -> None:
        self.message_id = message_id
        self.body = body
        self.attempt = 0
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def finish(self, arrived: bool) -> None:
        """Settle it; later calls change nothing."""
        if not self.done.done():
            self.done.set_result(arrived)


class WebhookSender:
    """Sends messages to one address, each up to `attempts` times with doubling pauses, at least once and in no order.

    Messages wait in memory: those not sent when the process ends are lost. Beyond `limit` waiting ones a new one is
    given up at once.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        wall: Clock,
        *,
        post: Post | None = None,
        limit: int = 1000,
        attempts: int = 4,
        pause_seconds: float = 0.5,
        lanes: int = 4,
    ) -> None:
        self._url = url
        self._secret = secret
        self._wall = wall
        self._post = post
        self._limit = limit
        self._attempts = attempts
        self._pause_seconds = pause_seconds
        self._lanes = lanes
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._open: set[Delivery] = set()
        self._timers: dict[Delivery, asyncio.TimerHandle] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._client: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"WebhookSender({self._url!r}, waiting={len(self._open)})"

    async def start(self) -> None:
        """Begin to send; what was handed over before goes out first."""
        if self._tasks:
            return
        if self._post is None:
            # The address is our own: a proxy of the environment has no business with it.
            self._client = httpx.AsyncClient(timeout=5.0, trust_env=False)
        self._tasks = [asyncio.create_task(self._work(), name=f"webhook-sender-{lane}") for lane in range(self._lanes)]

    async def stop(self) -> None:
        """Stop sending; what still waits is given up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._open:
            _log.warning("webhooks_given_up", url=self._url, count=len(self._open))
        for delivery in list(self._open):
            self.give_up(delivery)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def send(self, message_id: str, body: bytes, after_seconds: float = 0.0) -> Delivery:
        """Hand over a message for sending after a span of real time. Needs a running event loop, returns at once."""
        delivery = Delivery(message_id, body)
        if len(self._open) >= self._limit:
            _log.warning("webhook_queue_full", url=self._url, message_id=message_id)
            delivery.finish(False)
            return delivery
        self._open.add(delivery)
        self._after(delivery, after_seconds)
        return delivery

    def give_up(self, delivery: Delivery) -> None:
        """Do not send it any more; one that is being posted at this moment still arrives."""
        timer = self._timers.pop(delivery, None)
        if timer is not None:
            timer.cancel()
        self._settle(delivery, False)

    def _settle(self, delivery: Delivery, arrived: bool) -> None:
        self._open.discard(delivery)
        delivery.finish(arrived)

    def _after(self, delivery: Delivery, seconds: float) -> None:
        if seconds <= 0:
            self._queue.put_nowait(delivery)
        else:
            self._timers[delivery] = asyncio.get_running_loop().call_later(seconds, self._due, delivery)

    def _due(self, delivery: Delivery) -> None:
        self._timers.pop(delivery, None)
        self._queue.put_nowait(delivery)

    async def _work(self) -> None:
        while True:
            delivery = await self._queue.get()
            if not delivery.done.done():
                await self._try(delivery)

    async def _try(self, delivery: Delivery) -> None:
        delivery.attempt += 1
        headers = signed_headers([self._secret], delivery.message_id, self._wall.now(), delivery.body)
        headers["content-type"] = "application/json"
        try:
            status = await (self._post or self._post_by_http)(self._url, delivery.body, headers)
            trouble = "" if 200 <= status < 300 else f"status {status}"
        except (httpx.HTTPError, OSError) as failed:
            trouble = type(failed).__name__
        if not trouble:
            self._settle(delivery, True)
        elif delivery.attempt >= self._attempts:
            _log.warning("webhook_given_up", url=self._url, message_id=delivery.message_id, trouble=trouble)
            self._settle(delivery, False)
        elif not delivery.done.done():
            self._after(delivery, self._pause_seconds * 2 ** (delivery.attempt - 1))

    async def _post_by_http(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        assert self._client is not None, "a sender that was not started"  # noqa: S101
        return (await self._client.post(url, content=body, headers=headers)).status_code
