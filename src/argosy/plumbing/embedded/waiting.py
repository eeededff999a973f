"""Telling the user that something long goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

_INTERVAL_SECONDS = 3.0


class Waiting:
    """Says a sentence and the seconds gone by, every three seconds of a wait that has no limit."""

    def __init__(self, say: Callable[[str], None], sentence: str) -> None:
        self._say = say
        self._sentence = sentence
        self._began = self._told = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long the wait has lasted."""
        return time.monotonic() - self._began

    def rest(self) -> None:
        """Sleeps a moment, shorter at the beginning than later, and speaks when it is time."""
        time.sleep(min(0.02 + self.seconds / 20, 0.5))
        if time.monotonic() - self._told >= _INTERVAL_SECONDS:
            self._told = time.monotonic()
            self._say(f"{self._sentence} ({self.seconds:.0f} s so far)")


def unfailing(say: Callable[[str], None]) -> Callable[[str], None]:
    """The same listener, except that its errors stay its own: a closed stream must not take the database down."""

    def speak(sentence: str) -> None:
        with contextlib.suppress(Exception):
            say(sentence)

    return speak
