"""A waiting room on a clock that stands still, in front of a shop that remembers what it was asked; and browsers."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import RateRow, Room, RoomRow
from argosy.campaigns.waiting.rooms import Rooms
from argosy.campaigns.waiting.rules import room_of, to_us
from argosy.plumbing.clock import HeldClock
from argosy.plumbing.secrets import Signer
from argosy.storefront.front import Front
from argosy.storefront.keeping.kept_pages import KeptPages
from argosy.storefront.waiting.layer import WaitingRoom

OPENS = datetime(2026, 6, 18, 12, tzinfo=UTC)
PAGE = "/fr/fr/festival/618"
PLACE = "argosy_wait_flash"


class Inside:
    """The shop behind the waiting room: remembers what it was asked, and answers a page that all may keep."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.headers: list[tuple[bytes, bytes]] = [(b"cache-control", b"public, max-age=15")]

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"inside", "more_body": False})


class Gate:
    """A waiting room in front of `Inside`, one room of it open, on a clock that stands still."""

    def __init__(self, front: Front, clock: HeldClock, per_second: int = 10) -> None:
        self.front, self.clock, self.inside = front, clock, Inside()
        self.rooms = Rooms(1, 1)
        self.room = self.room_at(per_second)
        self.line: Line = self.rooms.line_of_new(self.room, "secret")
        self.rooms.show([self.line])
        shop: Any = SimpleNamespace(state=SimpleNamespace(storefront=front, waiting=self.rooms))
        self.app = WaitingRoom(shop, KeptPages(self.inside), Signer("s" * 32, "waiting"))
        self.follow()

    def room_at(self, per_second: int) -> Room:
        row = RoomRow("flash", OPENS - timedelta(hours=1), ["/festival", "/v1/quotes"], OPENS, 30, OPENS)
        return room_of(row, [RateRow("flash", row.made_at, per_second)])

    def follow(self) -> None:
        """An exchange in which nobody else has anything to tell."""
        self.line.take_over(self.room, [], to_us(self.clock.now()))

    def to(self, seconds: float) -> None:
        """Go to an instant after the opening, and exchange."""
        self.clock.move(OPENS + timedelta(seconds=seconds) - self.clock.now())
        self.follow()

    def crowd(self, count: int) -> None:
        """So many who come now."""
        for _ in range(count):
            self.line.arrive(b"somebody", to_us(self.clock.now()))


class Browser:
    """One browser: keeps cookies, and knows what came."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.cookies = gate, dict[str, str]()
        self.status, self.headers, self.body = 0, dict[str, str](), b""

    def ask(self, path: str = PAGE, method: str = "GET", **headers: str) -> Browser:
        """A request with the cookies so far."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        if self.cookies:
            raw.append((b"cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode()))
        scope: Any = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        asyncio.run(self.gate.app(scope, None, send))  # type: ignore[arg-type]
        self.status, self.headers = sent[0]["status"], {}
        for name, value in sent[0]["headers"]:
            if name == b"set-cookie":
                key, _, rest = value.decode().partition("=")
                self.cookies[key] = rest.partition(";")[0]
                assert "HttpOnly" in rest and "samesite=lax" in rest.lower()
            else:
                self.headers[name.decode()] = value.decode()
        self.body = b"".join(message.get("body", b"") for message in sent)
        return self

    @property
    def words(self) -> str:
        """What can be read on the page."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.body.decode().partition("<body>")[2]).split())

    @property
    def is_in(self) -> bool:
        """Whether the shop answered."""
        return self.body == b"inside"
