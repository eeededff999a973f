"""Which network is in use: the one a person has installed in the shop's home folder, or else the demo's."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.delivery.model import Network
from argosy.delivery.networks.demo import demo_network
from argosy.delivery.networks.files import read_network

INSTALLED = "network"
"""Folder below the shop's home that an installed network is kept in."""


@lru_cache(maxsize=2)
def open_network(home: Path, data: Path) -> Network:
    """The network in use, read once a process; a broken installed one raises Misconfigured with its first fault."""
    folder = home / INSTALLED
    if not folder.is_dir():
        return demo_network(data / "network")
    network, faults = read_network(folder)
    if network is None:
        raise Misconfigured(f"{folder}: {faults[0]}. Install a network again, or remove the folder to run the demo's.")
    return network


def network_stamp(home: Path, data: Path) -> str:
    """A name of the network in use that changes with its files; reading it takes under a millisecond."""
    folder = home / INSTALLED
    files = sorted(path for path in (folder if folder.is_dir() else data / "network").iterdir() if path.is_file())
    told = [f"{path}|{stat.st_size}|{stat.st_mtime_ns}" for path in files for stat in (path.stat(),)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
