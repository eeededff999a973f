"""Which server processes work on a data folder, and ending those that nobody owns any more.

PostgreSQL's own check asks whether the number in `postmaster.pid` is in use, and so takes a zombie, or a stranger that
was given the number later, for a live server. Here a process counts if it runs `postgres` in that very folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from argosy.plumbing.embedded.waiting import Waiting

_FAST_SECONDS = 60
_ORPHAN_SECONDS = 1
_QUIT_SECONDS = 6


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a running server writes down about itself in `postmaster.pid`."""

    pid: int
    sockets: Path


def read_note(data: Path) -> Note | None:
    """The note in this data folder; `None` while there is none or it is half written."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        if lines[4]:
            return Note(pid=int(lines[0]), sockets=Path(lines[4]))
    return None


def working_on(data: Path) -> list[int]:
    """The live server processes of this data folder; zombies are dead."""
    if sys.platform == "linux":
        folders = Path("/proc").iterdir()
        return sorted(int(entry.name) for entry in folders if entry.name.isdigit() and _is_server(entry, data))
    note = read_note(data)
    return [note.pid] if note and _is_listed(note.pid) else []


def _is_server(process: Path, data: Path) -> bool:
    with contextlib.suppress(OSError):
        program = (process / "exe").readlink().name  # fails for a zombie, and for what is not ours to see
        return program.split(" ")[0] == "postgres" and data.samefile(process / "cwd")
    return False


def _is_listed(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, command = shown.stdout.strip().partition(" ")
    return bool(state) and not state.startswith("Z") and "postgres" in command


def clear(data: Path, say: Callable[[str], None]) -> None:
    """Returns when no server process is left in this data folder, nor a note that misleads; for the owner only.

    A server that lost its owner is shut down (fast, and after a minute at once). Processes that lost their server
    notice it in a moment, unless they are busy: then they are told to quit, and killed if they do not hear.
    """
    waiting = Waiting(say, "Waiting for the processes of an earlier PostgreSQL server to end")
    while alive := working_on(data):
        note = read_note(data)
        if note and note.pid in alive:
            _signal([note.pid], signal.SIGINT if waiting.seconds < _FAST_SECONDS else signal.SIGQUIT)
        elif waiting.seconds > _QUIT_SECONDS:
            _signal(alive, signal.SIGKILL)
        elif waiting.seconds > _ORPHAN_SECONDS:
            _signal(alive, signal.SIGQUIT)
        waiting.rest()
    left = read_note(data)
    if left and _in_use(left.pid):  # by a zombie or a stranger; of a free number PostgreSQL takes care, and knows more
        (data / "postmaster.pid").unlink(missing_ok=True)


def _in_use(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(pids: list[int], sign: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
