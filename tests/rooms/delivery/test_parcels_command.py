"""`argosy parcels`: what it prints of a real database."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from argosy.base.errors import NotFound
from argosy.commands import parcels
from conftest import config_for
from rooms.delivery.parcel_ground import BAG, HUB, NOW, Yard, on_yard, report

KEY = f"{HUB}>PVG/2026-06-22T18:30"


@pytest.fixture
def numbers(dsn: str) -> list[str]:
    """Three parcels, two of which were handed over."""
    found: list[str] = []

    async def scene(yard: Yard) -> None:
        for _ in range(3):
            found.append((await yard.sent((BAG, 2)))["number"])
        rows = await yard.ask("SELECT * FROM parcels ORDER BY number")
        await yard.ask("UPDATE parcels SET departure = '' WHERE number = $1", rows[2]["number"])
        await yard.tell(*(report(row, "handed_over", NOW, HUB, KEY) for row in rows[:2]))

    on_yard(dsn, scene, simulate=False)
    return sorted(found)


def asked(dsn: str, home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints."""
    parser = argparse.ArgumentParser()
    parcels.add(parser.add_subparsers())
    given = parser.parse_args(["parcels", *words])
    capsys.readouterr()
    assert given.run(config_for(dsn, home), given) == 0
    return capsys.readouterr().out


def test_a_manifest(dsn: str, home: Path, numbers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(asked(dsn, home, capsys, "manifest", "--departure", KEY))))
    assert [row["number"] for row in rows] == numbers[:2]
    assert {(row["pieces"], row["weight_g"], row["city"], row["state"]) for row in rows} == {
        ("2", "", "Paris", "handed_over")
    }
    assert len({row["bag"] for row in rows}) == 1
    told: dict[str, Any] = json.loads(asked(dsn, home, capsys, "manifest", "--departure", KEY, "--json"))
    assert [row["number"] for row in told["manifest"]] == numbers[:2]
    assert told["manifest"][0]["weight_g"] is None
    (departure,) = json.loads(asked(dsn, home, capsys, "departures", "--json"))["departures"]
    assert departure == {"departure": KEY, "bags": 1, "parcels": 2, "weight_g": None}


def test_an_unknown_departure(dsn: str, home: Path) -> None:
    parser = argparse.ArgumentParser()
    parcels.add(parser.add_subparsers())
    given = parser.parse_args(["parcels", "manifest", "--departure", "nowhere"])
    with pytest.raises(NotFound, match="No parcel leaves"):
        given.run(config_for(dsn, home), given)


def test_labels_and_debts(dsn: str, home: Path, numbers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = csv.DictReader(io.StringIO(asked(dsn, home, capsys, "label", "--number", numbers[0])))
    assert row["to"] == "Ana Souza; 12 rue de Rivoli; 75004 Paris; France"
    assert row["phone"] == "'+33142345678"
    assert asked(dsn, home, capsys, "owed") == ""
    assert json.loads(asked(dsn, home, capsys, "owed", "--json")) == {"owed": []}
