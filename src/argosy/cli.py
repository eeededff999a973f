"""The command line: `argosy demo`, `serve`, `load`, `import`, `bench`, `clock`, `migrate`."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from argosy import __version__
from argosy.base.errors import Misconfigured, Refused
from argosy.commands import (
    campaign,
    classify,
    customs,
    landed,
    members,
    network,
    news,
    parcels,
    promise,
    reach,
    tariffs,
    waiting,
)
from argosy.plumbing.config import Config, read_config
from argosy.plumbing.logs import set_up_logs

SERVED_BENCHES = ("purchase", "flash", "race", "browse", "quote")
"""Benchmarks that start a server of their own and drive it."""
RULE_BENCHES = ("landed", "promise", "campaign", "waiting")
"""Benchmarks of one part: each is `measuring/bench_<name>.py`."""
BENCHES = (*SERVED_BENCHES, *RULE_BENCHES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 when it did not, 2 when it was asked for wrongly."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        config = read_config()
        set_up_logs(json=config.log_json)
        return int(given.run(config, given))
    except (Misconfigured, Refused) as wrong:
        print(f"argosy: {wrong}", file=sys.stderr)
        return 2
    except OSError as wrong:
        # A file, folder or database that cannot be had; what it is stands in the system's own words.
        print(f"argosy: {wrong.strerror or wrong}{f': {wrong.filename}' if wrong.filename else ''}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="argosy", description="A cross-border marketplace: one final price, one date."
    )
    parser.add_argument("--version", action="version", version=f"argosy {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="load the real catalogue and open the shop")
    demo.add_argument("--fresh", action="store_true", help="load again even if the catalogue is there")
    demo.add_argument("--check", action="store_true", help="open, look at the front page, and close again")
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="open the shop on what is loaded")
    serve.set_defaults(run=_serve)

    load = commands.add_parser("load", help="load exchange rates and the demo's catalogue")
    load.add_argument("--json", action="store_true", help="print the result as one JSON object")
    load.set_defaults(run=_load)

    feed = commands.add_parser("import", help="take in a feed: CSV, JSON lines, Google Merchant XML or TSV")
    feed.add_argument("file", type=Path)
    feed.add_argument("--merchant", required=True, help="who sells it: lower-case letters, digits, hyphens")
    feed.add_argument(
        "--format", choices=["csv", "jsonl", "google-xml", "google-tsv"], help="default: by name and content"
    )
    feed.add_argument("--report", type=Path, help="file for the refused rows (CSV: line, field, reason)")
    feed.add_argument("--json", action="store_true", help="print the result as one JSON object")
    feed.set_defaults(run=_import)

    several = (landed, tariffs, classify, customs, promise, reach, network, news, parcels, campaign, waiting, members)
    for command in several:
        command.add(commands)

    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrate.set_defaults(run=_migrate)

    clock = commands.add_parser("clock", help="let business time run fast, from an instant on")
    clock.add_argument("--at", help="business time from now on, e.g. 2026-06-18T00:00:00+08:00; without: real time")
    clock.add_argument("--speed", type=float, default=1.0, help="business seconds a real second (default 1)")
    clock.set_defaults(run=_clock)

    dev = commands.add_parser("dev", help="for developers: `texts` collects the texts to translate")
    dev.add_argument("what", choices=["texts"])
    dev.set_defaults(run=_dev)

    bench = commands.add_parser("bench", help="measure: " + ", ".join(BENCHES))
    bench.add_argument("what", choices=BENCHES)
    bench.add_argument("--seconds", type=float, default=10.0)
    bench.add_argument("--concurrency", type=int, default=64)
    bench.add_argument("--workers", type=int, default=2)
    bench.add_argument("--lines", type=int, default=2, help="lines of a basket, for `quote` (default 2)")
    bench.add_argument(
        "--products", type=int, default=0, help="goods made up for the run (default: what the demo loads)"
    )
    bench.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    bench.set_defaults(run=_bench)
    return parser


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _demo(config: Config, given: argparse.Namespace) -> int:
    from argosy.demo import opening

    return opening.demo(config, _say, fresh=given.fresh, check=given.check)


def _serve(config: Config, _given: argparse.Namespace) -> int:
    from argosy.demo import opening

    return opening.serve(config, _say)


def _load(config: Config, given: argparse.Namespace) -> int:
    from argosy import running
    from argosy.demo import opening

    with running.database(config, _say) as dsn:
        loaded = asyncio.run(opening.load_demo(config, dsn, _say))
        asyncio.run(opening.stock_hubs(config, dsn))
    _report(msgspec.to_builtins(loaded), given.json)
    return 0


def _import(config: Config, given: argparse.Namespace) -> int:
    from argosy import running
    from argosy.demo import importing

    if not given.file.exists():
        raise Refused("no_such_file", f"There is no file {given.file}.", field="file", remedy="Check the path.")
    with running.database(config, _say) as dsn:
        result = asyncio.run(
            importing.import_feed(config, dsn, given.file, given.merchant, given.format, given.report, _say)
        )
    # Refused rows were told one by one as they came.
    _report(result if given.json else {name: told for name, told in result.items() if name != "refusals"}, given.json)
    return 1 if result["refused"] else 0


def _migrate(config: Config, _given: argparse.Namespace) -> int:
    from argosy import running

    with running.database(config, _say):
        _say("The schema is up to date.")
    return 0


def _clock(config: Config, given: argparse.Namespace) -> int:
    from argosy import running
    from argosy.commands.instants import read_instant
    from argosy.plumbing.database import open_database
    from argosy.plumbing.pace import real_time, set_pace

    origin = read_instant(given.at, "--at") if given.at else datetime.now(UTC)
    if not 0 < given.speed <= 1_000_000:
        raise Refused(
            "out_of_range",
            "The clock cannot go at this speed.",
            field="--speed",
            remedy="Send more than 0 and at most 1000000.",
        )

    async def change(dsn: str) -> None:
        database = await open_database(dsn, size=2)
        async with database.transaction() as tx:
            if given.at is None and given.speed == 1.0:
                await real_time(tx, config.cell)
            else:
                await set_pace(tx, config.cell, origin, given.speed)
        await database.close()

    with running.database(config, _say) as dsn:
        asyncio.run(change(dsn))
    real = given.at is None and given.speed == 1.0
    _say(
        "The shop's clock is the real one."
        if real
        else f"The shop's clock: {origin.isoformat()}, {given.speed:g} times as fast."
    )
    return 0


def _dev(_config: Config, _given: argparse.Namespace) -> int:
    from argosy.storefront.texts import extract

    print("\n".join(extract()))
    return 0


def _bench(config: Config, given: argparse.Namespace) -> int:
    if given.what in RULE_BENCHES:
        rules = importlib.import_module(f"argosy.measuring.bench_{given.what}")
        _report({"bench": given.what, **rules.measure(config, given)}, given.json)
        return 0
    from argosy.measuring import benches

    return benches.bench(config, given)


def _report(result: object, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(result).decode())
        return
    for name, value in dict(result).items():  # type: ignore[call-overload]
        print(f"{name.replace('_', ' '):<18} {value}")
