"""The lock that makes one process the owner of a home folder."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path


class OwnerLock:
    """An advisory lock on `owner.lock`, given up when the process ends, however it ends.

    Neither a program that the owner starts nor a fork of the owner keeps it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "owner.lock"
        self._opened: int | None = None
        _LOCKS.add(self)

    def take(self) -> bool:
        """Whether the lock is ours from now on; answers at once."""
        opened = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        self._opened = opened
        return True

    def release(self) -> None:
        """Gives the lock up, if it is held."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None


_LOCKS: weakref.WeakSet[OwnerLock] = weakref.WeakSet()


def _forget() -> None:
    for lock in _LOCKS:
        lock.release()


os.register_at_fork(after_in_child=_forget)
