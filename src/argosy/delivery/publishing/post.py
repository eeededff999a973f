"""A post that one process of a machine holds at a time: the kernel frees it when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Post:
    """A lock on a file. It is held from the first `take` that succeeds until `leave`, or until the process ends."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process has it."""
        return self._file is not None

    def take(self) -> bool:
        """Have it, if nobody else does; whether it is held now."""
        if self._file is None:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._place, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return False
            self._file = file
        return True

    def leave(self) -> None:
        """Give it up."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
