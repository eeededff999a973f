"""`argosy network`: write the network as CSV files, check files, put them to use, go back to the demo's."""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from argosy.base.errors import Refused
from argosy.commands.progress import say
from argosy.delivery.model import Network
from argosy.delivery.networks.files import TABLES, Fault, install_network, read_network, write_network
from argosy.delivery.networks.opening import INSTALLED, open_network
from argosy.plumbing.config import Config

_SHOWN = 20


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `argosy network`."""
    parser = commands.add_parser("network", help="the logistics network: export, check, use, demo, show")
    parser.add_argument("what", choices=["export", "check", "use", "demo", "show"])
    parser.add_argument("folder", type=Path, nargs="?", help="folder of the CSV files")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """Do what is asked; 1 if files are faulty, in which case the network in use stays as it was."""
    if given.what in ("export", "check", "use") and given.folder is None:
        raise Refused(
            "option_missing", "No folder is given.", field="folder", remedy=f"argosy network {given.what} DIR"
        )
    if given.what in ("check", "use") and not given.folder.is_dir():
        raise Refused("no_such_file", f"There is no folder {given.folder}.", field="folder", remedy="Check the path.")
    place = config.home / INSTALLED
    if given.what == "export":
        network = open_network(config.home, config.data)
        write_network(network, given.folder)
        return _told({"written": str(given.folder), **_counts(network)}, given.json)
    if given.what == "check":
        checked, faults = read_network(given.folder)
        return _judged(checked, faults, given.json)
    if given.what == "use":
        faults = install_network(given.folder, place)
        open_network.cache_clear()
        return _judged(None if faults else open_network(config.home, config.data), faults, given.json)
    if given.what == "demo":
        shutil.rmtree(place, ignore_errors=True)
        open_network.cache_clear()
    network = open_network(config.home, config.data)
    return _told({"in_use": str(place) if place.is_dir() else "demo", **_counts(network)}, given.json)


def _counts(network: Network) -> dict[str, Any]:
    kinds = Counter(hub.kind for hub in network.hubs)
    return {**{table: len(getattr(network, table)) for table in TABLES}, "hub_kinds": dict(kinds)}


def _told(result: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print(msgspec.json.encode(result).decode())
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):<16} {value}")
    return 0


def _judged(network: Network | None, faults: list[Fault], as_json: bool) -> int:
    if network is not None:
        return _told({"faults": [], **_counts(network)}, as_json)
    if as_json:
        print(msgspec.json.encode({"faults": faults}).decode())
    else:
        for fault in faults[:_SHOWN]:
            print(fault)
        if len(faults) > _SHOWN:
            say(f"... and {len(faults) - _SHOWN} more faults.")
    say("Nothing was changed: mend these rows and try again.")
    return 1
