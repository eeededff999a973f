"""Which network is in use: the one a person has installed in the shop's home folder, or else the demo's."""

from __future__ import annotations

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
