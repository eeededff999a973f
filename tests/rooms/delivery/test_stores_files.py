"""Stores from files: the demo's, a second city's that is data only, and files that are refused with their fault."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from argosy.base.errors import Misconfigured
from argosy.catalogue.reference import load_reference
from argosy.delivery.stores.load import load_stores
from argosy.delivery.stores.model import Stores
from argosy.delivery.stores.rules import carries, kept_at, serves, slots
from argosy.demo.stocking import store_stock
from argosy.demo.tables import load
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config

DATA = Config().data
MARKETS = load_markets(DATA / "markets")
PATHS = load_reference(DATA).tree.paths()
TODAY = date(2026, 11, 23)
SINGAPORE = Path(__file__).parent / "singapore.toml"


def loaded(folder: Path) -> Stores:
    return load_stores(folder, MARKETS, PATHS, TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo's stores to change."""
    return Path(shutil.copytree(DATA / "stores", tmp_path / "stores"))


def test_the_store_of_hong_kong() -> None:
    every = loaded(DATA / "stores")
    one = every.by_code["hk"]
    assert every.of_market("HK") == (one,)
    assert every.of_market("FR") == ()
    assert {date(2027, 2, 6), date(2027, 2, 7), date(2027, 2, 8)} <= every.closed["hk"]
    assert date(2026, 12, 25) not in every.closed["hk"]
    # Before the Lunar New Year the next day of delivery is the one after it.
    found = slots(every, one, datetime(2027, 2, 5, 14, tzinfo=UTC))
    assert found[0].name == "2027-02-09/08-10"


def test_how_all_that_is_sold_is_kept() -> None:
    every = loaded(DATA / "stores")
    one = every.by_code["hk"]
    kinds = {code: kept_at(every.kept, path) for code, path in PATHS.items() if carries(one, path)}
    assert len(kinds) > 80
    told = {code: kept.temperature for code, kept in kinds.items() if kept}
    assert len(told) == len(kinds)
    for code, temperature in (
        ("rice", "ambient"), ("milk", "chilled"), ("hard-cheese", "chilled"), ("frozen", "frozen"), ("fruit", "ambient"),
        ("salad-leaves", "chilled"), ("frozen-vegetables", "frozen"), ("fish-seafood", "chilled"), ("water", "ambient"),
    ):  # fmt: skip
        assert told[code] == temperature, code
    assert all(len(kept.reason) > 20 for kept in every.kept.values())
    assert "wine" not in kinds


def test_a_second_city_is_a_file(folder: Path) -> None:
    shutil.copy(SINGAPORE, folder / "singapore.toml")
    every = loaded(folder)
    one = every.by_code["singapore"]
    assert [store.code for store in every] == ["hk", "singapore"]
    assert every.of_market("SG") == (one,)
    # Noon in Singapore: the evening of the same day can still be had.
    found = slots(every, one, datetime(2026, 11, 23, 4, tzinfo=UTC))
    assert [slot.name for slot in found][:2] == ["2026-11-23/17-19", "2026-11-23/19-21"]
    assert found[0].key == "slot/singapore/2026-11-23/17-19"
    assert serves(one.area, "", "Singapore", "238823")
    assert not serves(one.area, "", "Singapore", "608526")
    goods = dict(store_stock(DATA, load(DATA), [one]))
    assert len(goods) > 1_000
    assert all(key.endswith("/SG-TPY") for key in goods)
    assert goods == dict(store_stock(DATA, load(DATA), [one]))


def test_a_folder_without_stores(tmp_path: Path) -> None:
    assert list(loaded(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('market = "HK"', 'market = "ZZ"', "market: there is no market ZZ"),
        ('currency = "HKD"', 'currency = "USD"', "currency: the market's is HKD"),
        ('code = "hk"', 'code = "kowloon"', "code: is kowloon, so the file has to be called kowloon.toml"),
        ('hub = "HK-KWC"', 'hub = "CN-HGH"', "hub: begins with the two letters of its country, HK"),
        ('"Asia/Hong_Kong"', '"Asia/Kwai_Chung"', "time_zone: Asia/Kwai_Chung is no zone"),
        ("free_from_minor = 25000", "free_from_minor = 5000", "free_from_minor: is below minimum_minor"),
        ('"pantry"', '"pantri"', "carries: there is no category pantri"),
        ('without = ["wine"', 'without = ["whine"', "without: there is no category whine"),
        ('"sweets"]', '"home"]', "carries: temperatures.csv does not say how home is kept"),
        ('code = "10-12"', 'code = "08-10"', "slots[1].code: 08-10 stands twice"),
        ("ends = 10:00:00", "ends = 07:00:00", "slots[0].ends: is not after starts"),
        ("capacity = 40", "capacity = 0", "slots[0].capacity"),
        ("Lunar New Year's Day", "Lunar New Years Day", "closed.holidays: there is no holiday 'Lunar New Years Day'"),
        ('country = "HK"', "", "closed.country: is missing"),
        ("fee_minor = 3000", "fee = 3000", "fee"),
        ("days_before = 1", "days_before = 0", "slots[0].starts: is not after the cut-off of the same day"),
        ('en = "Kwai Chung"', "", "hub_names: an English one is missing"),
        ('code = "hk"', "code =", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_by_field(folder: Path, old: str, new: str, told: str) -> None:
    file = folder / "hk.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Misconfigured) as wrong:
        loaded(folder)
    assert told in str(wrong.value)
    assert "hk.toml" in str(wrong.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("milk,warm,it is not", "temperature: say one of ambient, chilled, frozen"),
        ("milch,chilled,it spoils", "category: there is no category 'milch'"),
        ("fresh,chilled,it spoils", "category: fresh stands twice"),
        ("milk,chilled,", "reason: is missing"),
    ],
)
def test_a_wrong_temperature_is_refused_by_line(folder: Path, line: str, told: str) -> None:
    file = folder / "temperatures.csv"
    text = file.read_text(encoding="utf-8").rstrip("\n")
    file.write_text(f"{text}\n{line}\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as wrong:
        loaded(folder)
    assert told in str(wrong.value)
    assert f"line {len(text.splitlines()) + 1}" in str(wrong.value)
