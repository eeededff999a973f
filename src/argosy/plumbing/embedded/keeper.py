"""Keeps the server of a home folder running for as long as its owner lives."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded.folders import Place
from argosy.plumbing.embedded.postmaster import Postmaster, answers
from argosy.plumbing.embedded.processes import Note, clear
from argosy.plumbing.embedded.waiting import Waiting

_LONGEST_PAUSE_SECONDS = 30.0
_HELD_BY_ORPHANS = "pre-existing shared memory block"


class Keeper:
    """Starts the server, and again whenever it ends unasked; one thread does all of it.

    It has to be one thread that lives on: the kernel's parent-death signal follows the thread that forked.
    """

    def __init__(self, place: Place, programs: Path, settings: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._place = place
        self._programs = programs
        self._settings = settings
        self._say = say
        self._server: Postmaster | None = None
        self._note: Note | None = None
        self._first: Future[None] = Future()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="argosy-postgres", daemon=True)
        self._owner = os.getpid()

    def start(self) -> None:
        """Returns when the server answers; raises `Misconfigured` with its own words if it ends before."""
        self._thread.start()
        self._first.result()

    def note(self) -> Note:
        """The server that answered last: its process id and socket folder. Only after `start`."""
        if self._note is None:
            raise Misconfigured("PostgreSQL has not been started.")
        return self._note

    def stop(self) -> None:
        """Fast shutdown, waited for; in a fork of the owner nothing."""
        if self._owner != os.getpid():
            return
        with self._guard:
            self._stopping.set()
            if self._server is not None:
                self._server.shut_down()
        waiting = Waiting(self._say, "PostgreSQL is shutting down")
        while self._thread.is_alive():
            waiting.rest()

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = min(pause * 2 + 0.5, _LONGEST_PAUSE_SECONDS)
            try:
                if self._run_once():
                    pause = 0.0
            except Exception as error:
                if not self._first.done():
                    self._first.set_exception(error)
                    return
                self._say(f"PostgreSQL could not be started again: {error}")
        if not self._first.done():
            self._first.set_exception(Misconfigured("The start of PostgreSQL was called off."))

    def _run_once(self) -> bool:
        """Starts the server and stays until it ends; whether it had answered, or else an error with its words."""
        clear(self._place.data, self._say)
        with self._guard:
            if self._stopping.is_set():
                return False
            server = self._server = Postmaster(self._place, self._programs, self._settings)
        answered = self._await_answer(server)
        ending = server.wait()
        if self._stopping.is_set():
            clear(self._place.data, self._say)  # the server does not wait for the process that writes its log
            return answered
        if answered:
            self._say(f"PostgreSQL ended ({ending}) and is started again.")
        elif _HELD_BY_ORPHANS not in server.last_words():
            raise Misconfigured(f"PostgreSQL did not start ({ending}). It said:\n{server.last_words()}")
        return answered

    def _await_answer(self, server: Postmaster) -> bool:
        """Waits for as long as the server lives: recovery takes the time it takes."""
        waiting = Waiting(self._say, "PostgreSQL is starting, or recovering what was committed before an unclean stop")
        while server.alive():
            if answers(server.sockets):
                self._note = Note(pid=server.pid, sockets=server.sockets)
                if not self._first.done():
                    self._first.set_result(None)
                return True
            waiting.rest()
        return False
