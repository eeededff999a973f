"""Running, or attaching to, the PostgreSQL server of a home folder."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

import msgspec

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded import binaries, cluster, settings
from argosy.plumbing.embedded.folders import data_folder, dsn_of, make_home, prepare
from argosy.plumbing.embedded.keeper import Keeper
from argosy.plumbing.embedded.lock import OwnerLock
from argosy.plumbing.embedded.postmaster import answers
from argosy.plumbing.embedded.processes import Note, read_note, working_on
from argosy.plumbing.embedded.waiting import Waiting, unfailing

_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


def _to_stderr(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


class Attached(msgspec.Struct, frozen=True):
    """A server that takes connections."""

    dsn: str
    """Connection string for asyncpg and psql: a socket in a folder that only the server's account and root enter."""
    owner: bool
    """Whether the server is a child of this process and ends with it."""
    server_pid: int
    """The postmaster's process id; another one after a restart."""


class EmbeddedServer:
    """The PostgreSQL server of `home`, which lives as long as the first process that started it here, its owner.

    All others attach. A `with` statement starts it, gives the `Attached`, and stops it. `say` is told, in sentences,
    what takes long, at times from another thread; by default they go to stderr. `settings` are further settings of the
    server, for the case that this process becomes the owner; those that keep committed data safe are refused.
    """

    def __init__(
        self, home: Path, *, say: Callable[[str], None] = _to_stderr, settings: Mapping[str, str] = _NO_SETTINGS
    ) -> None:
        self._home = Path(home).absolute()
        self._say = unfailing(say)
        self._settings = dict(settings)
        self._lock = OwnerLock(self._home)
        self._keeper: Keeper | None = None

    def start(self) -> Attached:
        """Returns when the server answers, however long it recovers: as its owner, or attached to the owner's.

        Called again it tells the present state. Raises `Misconfigured` with what to do if the server cannot run.
        """
        if self._keeper is not None:
            return _attached(self._keeper.note(), owner=True)
        settings.check(self._settings)
        try:
            return self._start()
        except PermissionError as error:
            self.stop()
            raise Misconfigured(
                f"{error.filename} is closed to this user: {self._home} is another user's. "
                "Run as that user, or set ARGOSY_HOME or DATABASE_URL."
            ) from None
        except BaseException:
            self.stop()
            raise

    def _start(self) -> Attached:
        make_home(self._home)
        waiting = Waiting(self._say, f"Waiting for the owner of the database in {self._home}")
        while not self._lock.take():
            found = self._answering()
            if found is not None:
                return _attached(found, owner=False)
            waiting.rest()
        return self._own()

    def stop(self) -> None:
        """The owner shuts the server down and waits for its end; for others this does nothing."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None
            atexit.unregister(self.stop)
        self._lock.release()

    def __enter__(self) -> Attached:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _own(self) -> Attached:
        place = prepare(self._home, self._say)
        programs = binaries.usable_by(place.account, place.folder)
        cluster.ensure(place, programs, self._say)
        self._keeper = Keeper(place, programs, self._settings, self._say)
        atexit.register(self.stop)
        self._keeper.start()
        return _attached(self._keeper.note(), owner=True)

    def _answering(self) -> Note | None:
        """The server of whoever owns the lock, once it takes connections."""
        data = data_folder(self._home)
        note = read_note(data)
        alive = note is not None and note.pid in working_on(data) and answers(note.sockets)
        return note if alive else None


def _attached(note: Note, *, owner: bool) -> Attached:
    return Attached(dsn=dsn_of(note.sockets), owner=owner, server_pid=note.pid)
