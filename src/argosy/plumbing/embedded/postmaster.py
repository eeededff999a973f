"""One run of the server, as a child of this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from argosy.plumbing.embedded.account import spawn
from argosy.plumbing.embedded.binaries import installed
from argosy.plumbing.embedded.folders import DATABASE, PORT, SUPERUSER, Place, socket_folder
from argosy.plumbing.embedded.settings import as_arguments

_WORDS = 2_000


def answers(sockets: Path) -> bool:
    """Whether a server takes connections at the socket in this folder; not while it recovers or shuts down."""
    asked = [
        str(installed() / "pg_isready"),
        "-q",
        "-h",
        str(sockets),
        "-p",
        str(PORT),
        "-U",
        SUPERUSER,
        "-d",
        DATABASE,
        "-t",
        "5",
    ]
    return subprocess.run(asked, stdin=subprocess.DEVNULL, check=False).returncode == 0


class Postmaster:
    """The child, started when this is made; it ends with the thread that made it.

    With `tethered` a pipe and a watching process take the place of the parent-death signal, which only Linux has.
    """

    def __init__(
        self, place: Place, programs: Path, settings: Mapping[str, str], *, tethered: bool = sys.platform != "linux"
    ) -> None:
        self._place = place
        self.sockets = socket_folder(place)
        command = [str(programs / "postgres"), "-D", str(place.data), *as_arguments(self.sockets, place.log, settings)]
        held: int | None = None
        self._tether: int | None = None
        if tethered:
            held, self._tether = os.pipe()
        try:
            with place.first_words.open("wb") as words:
                self._process = spawn(place.account, command, stderr=words, tether=held)
        finally:
            if held is not None:
                os.close(held)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it has not ended; a zombie has."""
        return self._process.poll() is None

    def shut_down(self) -> None:
        """Asks for a fast shutdown and does not wait."""
        self._process.send_signal(signal.SIGINT)

    def wait(self) -> str:
        """Waits for the end and tells how it was."""
        code = self._process.wait()
        if self._tether is not None:
            os.close(self._tether)
            self._tether = None
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def last_words(self) -> str:
        """The end of what it wrote, on its standard error and in its newest log."""
        said = self._place.first_words.read_text(errors="replace")[-_WORDS:]
        with contextlib.suppress(OSError, ValueError):
            newest = max(self._place.log.glob("*.log"), key=lambda log: log.stat().st_mtime)
            said += newest.read_text(errors="replace")[-_WORDS:]
        return said.strip()
