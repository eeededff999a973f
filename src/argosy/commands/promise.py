"""`argosy promise`: when a parcel would arrive; `fit`: what promises a history would have kept; `audit`: how ours were kept."""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from argosy.base.errors import Refused
from argosy.plumbing.config import Config

if TYPE_CHECKING:
    from argosy.delivery.fitting.fit import Asked, Fitted
    from argosy.delivery.fitting.history import Refusal
    from argosy.delivery.ledger import Audit

_SHOWN = 20
"""Refused rows named on the terminal; --json names all."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `promise` with its two sub-commands; without one it tells a date."""
    # Many threads gain nothing on matrices this small, and their order of summing must not vary. Read when numpy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    promise = commands.add_parser("promise", help="the date a parcel arrives by; `fit` to a history; `audit` of ours")
    from argosy.commands import promise_to

    promise_to.add_options(promise)
    promise.set_defaults(run=run, action=None)
    actions = promise.add_subparsers(metavar="{fit,audit}")

    fit = actions.add_parser("fit", help="learn promises from a history, and how they would have been kept")
    fit.add_argument("--events", type=Path, required=True, metavar="FILE", help=".csv, .csv.gz or .parquet")
    fit.add_argument("--target", type=float, action="append", help="share to keep; repeat it (default 0.90 0.92 0.95)")
    fit.add_argument(
        "--split", default="0.6,0.1,0.3", help="shares of rows to fit, tune and test (default 0.6,0.1,0.3)"
    )
    fit.add_argument("--unit", choices=["day", "instant"], default="day", help="promise days (default) or instants")
    fit.add_argument("--predictions", type=Path, metavar="OUT.csv", help="write each promise of the test part")
    fit.add_argument("--json", action="store_true", help="print the report as one JSON object")
    fit.set_defaults(action="fit")

    audit = actions.add_parser("audit", help="how the shop's own promises were kept, lane by lane")
    audit.add_argument("--days", type=int, default=90, help="promises made in the last so many days (default 90)")
    audit.add_argument("--json", action="store_true", help="print the audit as one JSON object")
    audit.set_defaults(action="audit")


def run(config: Config, given: argparse.Namespace) -> int:
    """Do what was asked: 0 done, 2 refused, 3 too thin a history to promise anything."""
    action = getattr(given, "action", None)
    if action == "fit":
        return _fit(given)
    if action == "audit":
        return _audit(config, given)
    from argosy.commands import promise_to

    return int(promise_to.run(config, given))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _fit(given: argparse.Namespace) -> int:
    from argosy.delivery.fitting import fit as fitting
    from argosy.delivery.fitting.reading import read_history

    asked = _asked(given)
    if given.predictions is not None and not given.predictions.parent.is_dir():
        raise Refused(
            "no_such_folder",
            f"There is no folder {given.predictions.parent}.",
            field="--predictions",
            remedy="Make it, or name another.",
        )
    _say(f"Reading {given.events.name}.")
    taken = read_history(given.events)
    _tell_refusals(taken.refusals)
    if fitting.too_many_refused(taken) and given.json:
        refused = {"schema": fitting.SCHEMA, "events": msgspec.to_builtins(fitting.events_of(taken, 0))}
        print(msgspec.json.encode(refused).decode())
    fitted = fitting.fit(taken, asked, _say)
    if given.predictions is not None:
        _write(given.predictions, fitted, asked)
    if given.json:
        print(msgspec.json.encode(fitted.report).decode())
    else:
        _tell(fitted)
    if fitting.too_thin(fitted.report):
        _say("The history is too thin to promise at any target.")
        return 3
    return 0


def _asked(given: argparse.Namespace) -> Asked:
    from argosy.delivery.fitting.fit import Asked
    from argosy.delivery.fitting.history import TARGETS

    targets = tuple(sorted(set(given.target or TARGETS)))
    if not all(0.5 <= target <= 0.995 for target in targets):
        raise Refused("bad_target", "A target is out of range.", field="--target", remedy="Send 0.5 to 0.995.")
    try:
        fit, tune, test = (float(part) for part in given.split.split(","))
    except ValueError:
        raise _bad_split("is not three numbers") from None
    if min(fit, test) <= 0 or not 0 <= tune < 1 or abs(fit + tune + test - 1) > 1e-6:
        raise _bad_split("does not add up to 1, or leaves nothing to fit or to test")
    return Asked(targets=targets, split=(fit, tune, test), whole_days=given.unit == "day")


def _bad_split(why: str) -> Refused:
    return Refused("bad_split", f"The split {why}.", field="--split", remedy="Send shares as 0.6,0.1,0.3.")


def _tell_refusals(refusals: list[Refusal]) -> None:
    for refusal in refusals[:_SHOWN]:
        _say(f"line {refusal.line}: {refusal.field or 'row'}: {refusal.reason}")
    if len(refusals) > _SHOWN:
        _say(f"and {len(refusals) - _SHOWN} more refused rows; --json names all")


def _write(path: Path, fitted: Fitted, asked: Asked) -> None:
    from argosy.delivery.fitting.fit import prediction_lines

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("event_id", "target", "promised_at", "lane"))
        writer.writerows(prediction_lines(fitted, asked.targets))


def _tell(fitted: Fitted) -> None:
    report = fitted.report
    print(
        f"{report.events.used} of {report.events.read} rows used; {report.split.test} tested, {report.events.open} unknown"
    )
    print("target   promised  withheld   kept   from     to  days promised  median slack  pinball")
    for one in report.targets:
        figures = (one.kept_share, one.kept_share_low, one.kept_share_high)
        shares = "".join(f"{'-':>7}" if figure is None else f"{figure:7.3f}" for figure in figures)
        days = (one.mean_promised_days, one.median_slack_days, one.pinball_days)
        told = "".join(f"{'-':>13}" if figure is None else f"{figure:13.3f}" for figure in days)
        print(f"{one.target:<8g}{one.promised:>9}{one.withheld:>10}{shares}{told}")


def _audit(config: Config, given: argparse.Namespace) -> int:
    from argosy import running
    from argosy.delivery.audit import audit
    from argosy.plumbing.clock import PacedClock
    from argosy.plumbing.database import open_database
    from argosy.plumbing.pace import follow

    if given.days < 1:
        raise Refused("bad_days", "An audit needs a day at least.", field="--days", remedy="Send 1 or more.")

    async def look(dsn: str) -> Audit:
        database = await open_database(dsn, size=2)
        try:
            clock = PacedClock()
            await follow(database, config.cell, clock)
            async with database.read() as reader:
                return await audit(reader, config.cell, clock.now(), given.days)
        finally:
            await database.close()

    with running.database(config, _say) as dsn:
        found = asyncio.run(look(dsn))
    if given.json:
        print(msgspec.json.encode(found).decode())
    else:
        print(found.summary)
    return 0
