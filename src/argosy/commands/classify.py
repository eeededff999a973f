"""`argosy classify`: suggest a tariff heading for goods, and decide for those that nobody is sure of."""

from __future__ import annotations

import argparse

from argosy.plumbing.config import Config


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("classify", help="suggest tariff headings; decide for goods that nobody is sure of")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--title", help="suggest headings for a title, in English or Chinese")
    what.add_argument("--queue", action="store_true", help="list what waits for a decision")
    what.add_argument("--decide", metavar="ID", help="decide for a product or a variant; needs --hs")
    what.add_argument("--catalogue", action="store_true", help="look through all goods and queue the unsure ones")
    parser.add_argument("--category", default="", help="with --title: the code of its category")
    parser.add_argument("--language", help="with --title: its language (default: by its characters)")
    parser.add_argument("--hs", help="with --decide: the heading, six digits")
    parser.add_argument("--by", default="operator", help="with --decide: who decides")
    parser.add_argument("--after", help="with --queue: the last id of the page before")
    parser.add_argument("--limit", type=int, default=50, help="with --queue: products a page, at most 200")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when it went well; raises `Refused` for an unknown category, id or heading."""
    # What the work needs takes a second to load: not for those who ask for another command.
    from argosy.commands import classification

    return classification.run(config, given)
