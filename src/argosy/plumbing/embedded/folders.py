"""Where the embedded server keeps what: one folder of its account's, below the home folder wherever that can be.

    home/owner.lock          held by the owning process
    home/postgres-start.log  what the server said before its log was open
    home/postgres/           0700, the account's; a link to /var/lib/argosy-... when the account cannot get into `home`
        data/  log/  socket/

No folder that was there before is given another mode or owner.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import msgspec

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded.account import Account, account_for, can_reach

SUPERUSER = DATABASE = "argosy"
PORT = 5432
_SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
_STATE = Path("/var/lib")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The server's folders and the account they belong to."""

    home: Path
    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """One log a day of the week, overwritten a week later."""
        return self.folder / "log"

    @property
    def first_words(self) -> Path:
        """What the server said before its log was open; in `home`, where the account cannot plant a link."""
        return self.home / "postgres-start.log"


def make_home(home: Path) -> None:
    """The home folder exists; a new one is its maker's alone, except that root's can be passed through."""
    if not home.is_dir():
        home.mkdir(parents=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def data_folder(home: Path) -> Path:
    """Where the cluster of this home is, or would be."""
    return (home / "postgres").resolve() / "data"


def prepare(home: Path, say: Callable[[str], None]) -> Place:
    """The folders of this home's server, made where they are missing; for the owner only.

    Raises `Misconfigured` if they belong to another user, or if no folder can be found that the account can get into.
    """
    link = home / "postgres"
    if not link.exists():
        link.unlink(missing_ok=True)  # a link to what is gone
        account = account_for(None)
        fallback = _fallback(home)
        if account.dropped and (fallback.exists() or not can_reach(account, home)):
            say(f"The database of {home} is kept in {fallback}, which account {account.uid} can get into.")
            _make(fallback)
            link.symlink_to(fallback)
        else:
            _make(link)
    folder = link.resolve()
    account = account_for(folder.stat().st_uid or None)
    for path in (folder, folder / "data", folder / "log"):
        _give(path, account)
    if account.dropped and not can_reach(account, folder):
        raise Misconfigured(
            f"Account {account.uid}, to whom root hands the embedded database, cannot get into {folder}. "
            "Let others pass through the folders above it (chmod o+x), or set ARGOSY_HOME."
        )
    return Place(home=home, folder=folder, account=account)


def _fallback(home: Path) -> Path:
    return _STATE / f"argosy-{_digest(home)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be made: {error.strerror}. Set ARGOSY_HOME or DATABASE_URL.") from None


def _give(path: Path, account: Account) -> None:
    """Root's folder becomes the account's with all in it: one just made, or one that root restored from a copy."""
    if not account.dropped or not path.exists() or path.stat().st_uid != 0:
        return
    for above, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(above) / name, account.uid, account.gid, follow_symlinks=False)
    os.chown(path, account.uid, account.gid)


def socket_folder(place: Place) -> Path:
    """A folder that only the account can get into, with a path short enough for a socket; made if missing.

    That is `socket` in the server's folder, else one in the runtime folder of the user or in the temporary folder.
    """
    folder = place.folder / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > _SOCKET_PATH_BYTES:
        folder = _short_parent(place.account) / f"argosy-{place.account.uid}-{_digest(place.folder)}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if place.account.dropped and folder.lstat().st_uid == 0 and not folder.is_symlink():
        os.chown(folder, place.account.uid, place.account.gid, follow_symlinks=False)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != place.account.uid or found.st_mode & 0o077:
        raise Misconfigured(f"{folder} is not a 0700 folder of uid {place.account.uid}. Remove it.")
    return folder


def _short_parent(account: Account) -> Path:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if not account.dropped and runtime.is_absolute() and os.access(runtime, os.W_OK) and len(str(runtime)) < 40:
        return runtime
    return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 40 else "/tmp")  # noqa: S108


def dsn_of(sockets: Path) -> str:
    """The connection string of the server whose socket is in this folder, for asyncpg and psql alike."""
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(sockets))}&port={PORT}"
