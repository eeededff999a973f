"""CPU time of processes and all they started, as the kernel accounts for it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

_TICK = os.sysconf("SC_CLK_TCK")


class Spent(msgspec.Struct, frozen=True):
    """CPU seconds, user and system together."""

    server: float
    database: float

    def since(self, before: Spent) -> Spent:
        """What was spent from an earlier reading to this one."""
        return Spent(self.server - before.server, self.database - before.database)


def spent(server_pid: int, database_pid: int) -> Spent:
    """CPU time so far of the server's processes and of PostgreSQL's, living and ended ones."""
    parents = _parents()
    return Spent(_tree_seconds(server_pid, parents), _tree_seconds(database_pid, parents))


def _tree_seconds(root: int, parents: dict[int, list[int]]) -> float:
    seconds, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        waiting.extend(parents.get(pid, ()))
        fields = _stat(pid)
        if fields:
            # utime, stime, and those of children that ended and were waited for.
            seconds += sum(int(fields[n]) for n in (11, 12, 13, 14)) / _TICK
    return seconds


def _parents() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The name in brackets may hold spaces; counting starts behind it, with the state as field 0.
    return text.rpartition(")")[2].split()
