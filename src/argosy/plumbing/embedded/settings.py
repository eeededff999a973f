"""The server's settings: what keeps committed orders, which nobody may change, and what suits group commits."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded.binaries import installed
from argosy.plumbing.embedded.folders import PORT

_FIXED = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
}
_SUITED = {
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "60",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %a ",
}
_PLACES = ("unix_socket_directories", "data_directory", "log_directory")


def check(settings: Mapping[str, str]) -> None:
    """Raises `Misconfigured` if a setting would change where the server is, or lose what it has acknowledged."""
    for name in settings:
        if name in _FIXED or name in _PLACES:
            raise Misconfigured(
                f"{name} of the embedded database cannot be set. Use DATABASE_URL and a server of yours."
            )


def as_arguments(sockets: Path, log: Path, settings: Mapping[str, str]) -> list[str]:
    """All settings as arguments of `postgres`, the caller's over ours.

    On the command line they hold against `ALTER SYSTEM`, and no file has to be kept in step with this version.
    """
    places = {"unix_socket_directories": _quoted(sockets), "log_directory": str(log)}
    chosen = {**_SUITED, **_compression(), **settings, **_FIXED, **places}
    return [argument for name, value in chosen.items() for argument in ("-c", f"{name}={value}")]


def _quoted(folder: Path) -> str:
    return '"' + str(folder).replace('"', '""') + '"'  # the setting is a list with commas


def _compression() -> dict[str, str]:
    built = subprocess.run([installed() / "pg_config", "--configure"], capture_output=True, text=True, check=False)
    return {"wal_compression": "lz4"} if "--with-lz4" in built.stdout else {}
