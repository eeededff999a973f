"""Stores from their files: read strictly, checked against markets, categories and holidays, refused with file and field."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from argosy.base.errors import Misconfigured
from argosy.delivery.stores.model import TEMPERATURES, Kept, Store, Stores
from argosy.delivery.stores.rules import carries, kept_at
from argosy.markets.calendars import holiday_year
from argosy.markets.model import Markets

TEMPERATURE_FILE = "temperatures.csv"
_YEARS_AROUND = (-1, 0, 1, 2)


def load_stores(folder: Path, markets: Markets, paths: Mapping[str, Sequence[str]], today: date) -> Stores:
    """All stores of a folder, one TOML file each, named after its code: `hk.toml`; none where there is no such folder.

    `paths` are the categories from the root of the tree down, by the last one's code. Holidays are those of the years
    around `today`. `Misconfigured` names the file, the field and what to do.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        return Stores()
    kept = read_temperatures(folder / TEMPERATURE_FILE, paths)
    stores = {file.stem: read_store(file, markets, paths, kept) for file in files}
    return Stores(stores, kept, {code: _closed(store, today) for code, store in stores.items()})


def read_store(
    file: Path, markets: Markets, paths: Mapping[str, Sequence[str]], kept: Mapping[str, Kept] | None = None
) -> Store:
    """The store of one file; with `kept`, all that it carries must be named there."""
    try:
        store = msgspec.toml.decode(file.read_bytes(), type=Store)
    except msgspec.ValidationError as wrong:
        message, _, where = str(wrong).partition(" - at `$.")
        told = f"{where.rstrip('`')}: {message}" if where else message
        raise Misconfigured(f"{file}: {told}. See docs/reference/stores.md.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as wrong:
        raise Misconfigured(f"{file}: is not TOML: {wrong}.") from None
    wrong_fields = [*_faults(file, store, markets), *_wrong_slots(store), *_wrong_goods(store, paths, kept)]
    if wrong_fields:
        raise Misconfigured("\n".join(f"{file}: {fault}" for fault in wrong_fields))
    return store


def _faults(file: Path, store: Store, markets: Markets) -> Iterator[str]:
    if file.stem != store.code:
        yield f"code: is {store.code}, so the file has to be called {store.code}.toml."
    market = markets.get(store.market)
    if market is None:
        yield f"market: there is no market {store.market}. Add its file to data/markets first."
    elif market.currency != store.currency:
        yield f"currency: the market's is {market.currency}; amounts are in it."
    if not store.hub.startswith(store.market):
        yield f"hub: begins with the two letters of its country, {store.market}."
    for field, names in (("names", store.names), ("hub_names", store.hub_names)):
        if not names.get("en"):
            yield f"{field}: an English one is missing."
    try:
        ZoneInfo(store.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"time_zone: {store.time_zone} is no zone of the IANA database, such as Asia/Hong_Kong."
    if store.free_from_minor < store.minimum_minor:
        yield "free_from_minor: is below minimum_minor, so the fee would never be asked for. Say fee_minor = 0 instead."
    yield from _wrong_holidays(store)


def _wrong_holidays(store: Store) -> Iterator[str]:
    wanted = [name for name in store.closed.holidays if name != "*"]
    if not store.closed.holidays:
        return
    if store.closed.country is None:
        yield "closed.country: is missing; it says whose holidays are meant."
        return
    try:
        names = {name for year in (2025, 2026, 2027, 2028) for name in _holidays(store, year).values()}
    except (NotImplementedError, KeyError):
        yield f"closed.country: the holidays of {store.closed.country} are not known. Name days instead."
        return
    known = {part for name in names for part in (name, *name.split("; "))}
    for name in wanted:
        if name not in known:
            yield f"closed.holidays: there is no holiday {name!r}. There are {', '.join(sorted(names))}."


def _wrong_slots(store: Store) -> Iterator[str]:
    codes = [slot.code for slot in store.slots]
    for place, slot in enumerate(store.slots):
        if codes.index(slot.code) != place:
            yield f"slots[{place}].code: {slot.code} stands twice."
        if slot.ends <= slot.starts:
            yield f"slots[{place}].ends: is not after starts. A slot ends on the day it begins on."
        if store.days_before == 0 and slot.starts <= store.cut_off:
            yield f"slots[{place}].starts: is not after the cut-off of the same day."


def _wrong_goods(store: Store, paths: Mapping[str, Sequence[str]], kept: Mapping[str, Kept] | None) -> Iterator[str]:
    for field, codes in (("carries", store.carries), ("without", store.without)):
        for code in codes:
            if code not in paths:
                yield f"{field}: there is no category {code}. data/categories.csv lists them."
    if kept is not None:
        for code, path in paths.items():
            if carries(store, path) and kept_at(kept, path) is None:
                yield f"carries: {TEMPERATURE_FILE} does not say how {code} is kept."


def _holidays(store: Store, year: int) -> Mapping[date, str]:
    return holiday_year(store.closed.country or store.market, store.closed.subdivision, year, "en").off


def _closed(store: Store, today: date) -> frozenset[date]:
    found = set(store.closed.days)
    wanted = set(store.closed.holidays)
    for year in [today.year + off for off in _YEARS_AROUND] if wanted else []:
        for day, name in _holidays(store, year).items():
            if "*" in wanted or wanted & {name, *name.split("; ")}:
                found.add(day)
    return frozenset(found)


def read_temperatures(file: Path, categories: Collection[str]) -> dict[str, Kept]:
    """How the goods of categories are kept, each with its reason; `Misconfigured` names the line that is wrong."""
    found: dict[str, Kept] = {}
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
    except OSError:
        raise Misconfigured(f"{file} is missing: it says how goods are kept on their way.") from None
    for number, row in enumerate(rows, start=2):
        code, temperature, reason = (str(row.get(name) or "").strip() for name in ("category", "temperature", "reason"))
        wrong = _wrong_row(code, temperature, reason, categories, found)
        if wrong:
            raise Misconfigured(f"{file}, line {number}: {wrong}")
        found[code] = Kept(next(one for one in TEMPERATURES if one == temperature), reason)
    return found


def _wrong_row(
    code: str, temperature: str, reason: str, categories: Collection[str], found: Collection[str]
) -> str | None:
    if code not in categories:
        return f"category: there is no category {code!r}."
    if code in found:
        return f"category: {code} stands twice."
    if temperature not in TEMPERATURES:
        return f"temperature: say one of {', '.join(TEMPERATURES)}."
    return None if reason else "reason: is missing; say why it is kept so."
