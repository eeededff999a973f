"""Becomes another program, as the account asked for, that does not outlive the process that started it.

Run as a script, `launch.py UID GID PARENT TETHER PROGRAM ARGUMENT...`, in an interpreter of its own: what has to happen
between fork and exec is not safe in a process that has threads. UID and GID are `-` to stay who one is. TETHER is the
number of a pipe's reading end whose writing end the parent keeps, for systems without a parent-death signal, or `-`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 60


def main() -> None:
    """Never returns: the program takes this process over, or the process ends with the reason on stderr."""
    uid, gid, parent, tether, *command = sys.argv[1:]
    library = _c_library()  # before the account changes: the new one need not be able to read this interpreter's files
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job is started with it ignored
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    os.umask(0o077)
    if tether != "-":
        _watch(int(tether))
    elif library is not None:
        _die_with_parent(library)  # the kernel forgets this at setuid, so it comes after
    if os.getppid() != int(parent):
        sys.exit("The process that wanted this one has ended.")
    os.execvp(command[0], command)  # noqa: S606


def _c_library() -> Any:
    if sys.platform != "linux":
        return None
    import ctypes

    return ctypes.CDLL(None)


def _die_with_parent(library: Any) -> None:
    if library.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0:
        sys.exit("The system grants no parent-death signal.")


def _watch(tether: int) -> None:
    """Leaves a child behind that interrupts this process when the pipe's writing end closes, and quits it later."""
    program = os.getpid()
    if os.fork() != 0:
        os.close(tether)
        return
    os.setsid()
    for number in range(3):
        os.close(number)
    os.read(tether, 1)
    for sign in (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + _PATIENCE_SECONDS
        if os.getppid() == program:
            os.kill(program, sign)
        while os.getppid() == program and time.monotonic() < deadline:
            time.sleep(0.1)
    os._exit(0)


if __name__ == "__main__":
    main()
