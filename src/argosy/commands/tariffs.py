"""`argosy tariffs`: bring tables of duty, tax and thresholds, see what they would change, list what is there."""

from __future__ import annotations

import argparse
from pathlib import Path

from argosy.plumbing.config import Config


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("tariffs", help="bring tables of duties and taxes that Argosy lacks")
    verbs = parser.add_subparsers(required=True, metavar="VERB", dest="verb")
    bring = verbs.add_parser("import", help="take in a CSV file of duties, taxes and thresholds")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="keep nothing; tell what would change in the catalogue")
    bring.add_argument("--at", help="day whose prices a dry run compares, such as 2027-01-01 (default: today)")
    bring.add_argument("--report", type=Path, help="file for the refused rows (CSV: line, field, reason)")
    bring.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    listed = verbs.add_parser("list", help="what operators brought, by country and kind")
    listed.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    shown = verbs.add_parser("template", help="print an empty file with an example of each kind")
    shown.add_argument("--json", action="store_true", help="print the columns as one JSON object on the last line")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when all went in, 1 when rows were refused; raises `Refused` for a file or a day that cannot be read."""
    # What the work needs takes a second to load: not for those who ask for another command.
    from argosy.commands import tariff_import

    return tariff_import.run(config, given)
