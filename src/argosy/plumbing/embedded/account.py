"""The system account that the server runs as, and starting programs under it.

PostgreSQL refuses to run as root. Root therefore hands the server to an account that the system already has, and gives
it one folder; `initdb` asks the system for the account's name, so a bare number will not do.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import msgspec

from argosy.base.errors import Misconfigured

LAUNCH = Path(__file__).with_name("launch.py")
"""Script that starts a program which ends with the process that wanted it."""
_NAMES = ("argosy", "postgres", "nobody", "daemon")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A system account; `dropped` if this process is root and becomes it for the server's programs."""

    uid: int
    gid: int
    dropped: bool


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """How a program ended and what it said, both streams together."""

    code: int
    said: str


def own_account() -> Account:
    """The account of this process."""
    return Account(uid=os.geteuid(), gid=os.getegid(), dropped=False)


def account_for(owner: int | None) -> Account:
    """The account to run as, for data that belongs to the uid `owner`, or to nobody yet (`None` or root's 0).

    Root takes the owner's account, or the first unprivileged one of `argosy`, `postgres`, `nobody`, `daemon`. Anybody
    else can only be themselves: data of another account raises `Misconfigured`.
    """
    mine = own_account()
    if mine.uid == 0:
        return _from_root(owner)
    if owner is not None and owner != mine.uid:
        raise Misconfigured(
            f"The embedded database belongs to uid {owner} and this process runs as uid {mine.uid}. "
            "Start as that user, or set ARGOSY_HOME to a folder of your own, or DATABASE_URL to a server."
        )
    return mine


def _from_root(owner: int | None) -> Account:
    for known in (owner,) if owner else _NAMES:
        try:
            found = pwd.getpwuid(known) if isinstance(known, int) else pwd.getpwnam(str(known))
        except KeyError:
            continue
        if found.pw_uid != 0:
            return Account(uid=found.pw_uid, gid=found.pw_gid, dropped=True)
    raise Misconfigured(
        f"PostgreSQL does not run as root, and the system has no account {owner or ' or '.join(_NAMES)}. Add one "
        "(useradd --system argosy), or start as an ordinary user, or set DATABASE_URL."
    )


def spawn(
    account: Account, command: list[str], *, stderr: IO[bytes], tether: int | None = None
) -> subprocess.Popen[bytes]:
    """The program as a child that ends with the thread that calls this; with a `tether`, when that pipe closes."""
    arguments = _arguments(account, command, tether)
    inherited = () if tether is None else (tether,)
    return subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, pass_fds=inherited, **_surroundings()
    )


def run(account: Account, command: list[str], *, stdin: str = "") -> Finished:
    """Runs a program of the account's to its end."""
    arguments = _arguments(account, command, None)
    ended = subprocess.run(
        arguments, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        **_surroundings(),
    )  # fmt: skip
    return Finished(code=ended.returncode, said=ended.stdout.strip())


def can_reach(account: Account, path: Path) -> bool:
    """Whether the account gets into this folder past all folders above it; asked of the kernel, so ACLs count too."""
    ended = run(account, ["test", "-x", str(path)])
    if ended.said:
        raise Misconfigured(f"Programs cannot be started as account {account.uid}: {ended.said[-2000:]}")
    return ended.code == 0


def _arguments(account: Account, command: list[str], tether: int | None) -> list[str]:
    who = [str(account.uid), str(account.gid)] if account.dropped else ["-", "-"]
    number = "-" if tether is None else str(tether)
    return [sys.executable, "-I", "-S", str(LAUNCH), *who, str(os.getpid()), number, *command]


def _surroundings() -> dict[str, Any]:
    """Nothing of the caller's locale, time zone, PG variables and terminal; a folder that everybody may be in."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return {"cwd": "/", "env": environment, "start_new_session": True, "close_fds": True}
