"""`argosy customs`: the customs declaration of an order's parcels, CN 22 or CN 23, as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path

from argosy.plumbing.config import Config


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("customs", help="print the customs declaration of an order (CN 22 or CN 23)")
    parser.add_argument("order", help="id of the order")
    parser.add_argument(
        "--out", type=Path, required=True, help="PDF to write; of several parcels, NAME-1.pdf and so on"
    )
    parser.add_argument(
        "--parcel",
        action="append",
        default=[],
        metavar="LINE:PIECES,...[;g=GRAMS][;item=NUMBER]",
        help="what is in a parcel (lines count from 1), its weight and its S10 number; repeat it for each; default: all in one",
    )
    parser.add_argument("--item", default="", help="S10 number of the only parcel")
    parser.add_argument("--grams", type=int, help="gross weight of the only parcel")
    parser.add_argument(
        "--licence", action="append", default=[], help="number of a licence that goes with the goods; repeat it"
    )
    parser.add_argument("--certificate", action="append", default=[], help="number of a certificate; repeat it")
    parser.add_argument("--sender", type=Path, help="TOML file with the sender (default: sender.toml in ARGOSY_HOME)")
    parser.add_argument("--fonts", type=Path, help="folder with fonts for scripts that the system's lack")
    parser.add_argument(
        "--json", action="store_true", help="print the declarations as one JSON object on the last line"
    )
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when the form is complete, 1 when it was written and something on it is missing or unprintable."""
    # What the work needs takes a second to load: not for those who ask for another command.
    from argosy.commands import customs_forms

    return customs_forms.run(config, given)
