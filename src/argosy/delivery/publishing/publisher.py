"""The publisher: keeps the boards of some hubs ahead of the clock and in place for all readers of a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from argosy.base.errors import NotFound
from argosy.delivery.board import PromiseBoard, minutes_of
from argosy.delivery.model import News
from argosy.delivery.places import find_hub
from argosy.delivery.published import BOARDS, publish, still_good
from argosy.delivery.tables import Planner

_log = structlog.get_logger()


class Publisher:
    """Makes and publishes boards, one table at a time; for one thread, in one process of a folder.

    `open_planner` reads the network when first needed (some seconds); `network` names it.
    """

    def __init__(self, folder: Path, open_planner: Callable[[], Planner], network: str) -> None:
        self._folder = folder
        self._open_planner = open_planner
        self._network = network
        self._board: PromiseBoard | None = None
        self._asked: tuple[str, ...] = ()
        self._news = ""
        self._told: dict[str, int] = {}
        """By hub the first wave of what was published last."""
        self._kept: set[str] = set()
        """Hubs whose file of before this process is as good as what could be published so far."""

    def work(self, hubs: Iterable[str], news: News, now: datetime) -> int:
        """Make one table that is lacking, of the hub that has the fewest, and publish what it changes; 0: nothing lacks.

        The first of the hubs goes first. News make everything anew. A hub that the network does not have is passed over.
        """
        board = self._opened(tuple(hubs), news, now)
        full = board.ahead + BOARDS - 1
        lacking = [(board.waves_ahead(hub, now), place, hub) for place, hub in enumerate(board.hubs)]
        for known, _, hub in sorted(lacking):
            made = board.refresh(hub, now, 1, beyond=BOARDS - 1) if known < full else 0
            if self._published(board, hub, now, made, full) or made:
                return 1
        return 0

    def _published(self, board: PromiseBoard, hub: str, now: datetime, made: int, full: int) -> bool:
        """Whether a hub's file was written: where its wave has passed, and while it does not look ahead as far as it could."""
        known = board.waves_ahead(hub, now)
        if hub in self._kept and known < full and still_good(self._folder, hub, now, self._network, self._news):
            return False
        self._kept.discard(hub)
        current = board.current(hub, minutes_of(now))
        first = current.waves[0] if current else 0
        # While it starts the first table is shown at once, then what is whole: a file holds a megabyte for each wave.
        if self._told.get(hub) == first and not (made and known in (BOARDS, full)):
            return False
        publish(self._folder, board, hub, now, self._network, self._news)
        self._told[hub] = first
        return True

    def _opened(self, hubs: tuple[str, ...], news: News, now: datetime) -> PromiseBoard:
        name = named(news)
        if self._board is None:
            self._board = PromiseBoard(self._open_planner(), ())
            self._news = name
            if news != self._board.planner.news:
                self._board.tell(news)
        elif name != self._news:
            # What is published stays good to read until its hub's turn comes.
            self._board.take_in(news, now)
            self._news = name
            self._told, self._kept = {}, set()
        if hubs != self._asked:
            known = [hub for hub in hubs if self._is_known(self._board, hub)]
            for hub in set(known) - self._board.hubs.keys():
                if still_good(self._folder, hub, now, self._network, name):
                    self._kept.add(hub)
            self._board.serve(known)
            self._forget(known)
            self._asked = hubs
        return self._board

    def _is_known(self, board: PromiseBoard, hub: str) -> bool:
        try:
            find_hub(board.planner.network, hub)
        except NotFound:
            _log.warning("hub_without_promises", hub=hub)
            return False
        return True

    def _forget(self, hubs: Iterable[str]) -> None:
        """Take away the files of hubs that are served no longer."""
        for path in self._folder.glob("*.board"):
            if path.name.removesuffix(".board") not in hubs:
                path.unlink(missing_ok=True)


def named(news: News) -> str:
    """A name of news that is the same for the same ones."""
    plain = msgspec.structs.replace(news, late=tuple(sorted(news.late)))
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()[:16]
