"""The operator's queue: what nobody is sure of waits there, and a decision lasts."""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.catalogue.reference import load_reference
from argosy.commands import classify as command
from argosy.landed import classify
from argosy.landed.classification.load import load_headings, load_hints
from argosy.landed.classification.model import Goods
from argosy.landed.classification.rules import doubt, heading_for
from argosy.plumbing.config import Config
from argosy.plumbing.database import Database, open_database
from conftest import config_for

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CELL = 1
DATA = Config().data
HEADINGS = load_headings(DATA)
HINTS = load_hints(DATA / "landed", {code: one.names["en"] for code, one in load_reference(DATA).tree.by_code.items()})


def goods(variant: int, title: str, category: str, hs6: str = "", product: int = 1) -> Goods:
    """A variant of a product."""
    return Goods(UUID(int=variant), UUID(int=1_000 + product), title, "en", category, hs6, "CN", None)


SARI = goods(1, "Printed sari", "sarees")
SARI_TOO = goods(2, "Printed sari", "sarees")
SHIRT = goods(3, "Men blue shirt", "mens-shirts", "620520", product=2)
OTHER = goods(4, "Something", "pantry-other", product=3)


@pytest.mark.parametrize(
    ("one", "asked"),
    [
        (SARI, "540752"),
        (SHIRT, None),
        (goods(1, "Men blue shirt", "mens-shirts"), None),
        (goods(1, "Women silk scarf", "scarves", "621430"), "621410"),
        (goods(1, "Women silk scarf", "scarves", "621410"), None),
        (goods(1, "Women scarf", "scarves", "621430"), "621430"),
        (goods(1, "Women scarf", "scarves", "621490"), None),
        (goods(1, "Xyzzy", "no-category"), ""),
    ],
)
def test_what_is_asked(one: Goods, asked: str | None) -> None:
    told = doubt(HINTS, one)
    assert (None if told is None else told.hs6) == asked


def test_goods_without_a_heading_get_one_only_where_it_is_sure() -> None:
    assert heading_for(HINTS, "Women silk scarf", "scarves") == "621410"
    assert heading_for(HINTS, "Women scarf", "scarves") == ""


def run(dsn: str, scene: Any) -> None:
    """Run a scene on the database."""

    async def inside() -> None:
        database = await open_database(dsn, size=2)
        try:
            await scene(database)
        finally:
            await database.close()

    asyncio.run(inside())


async def ask(
    database: Database, *asked: Goods, later: int = 0, declared: frozenset[UUID] = frozenset()
) -> classify.Asked:
    """Ask about some goods."""
    async with database.transaction() as tx:
        return await classify.ask(tx, CELL, HINTS, asked, NOW + timedelta(days=later), declared=declared)


async def decide(database: Database, subject: UUID, hs6: str) -> int:
    """Decide about a product or a variant."""
    async with database.transaction() as tx:
        return await classify.decide(tx, CELL, subject, hs6, HEADINGS, "Li Wei", NOW)


def test_the_unsure_wait_until_somebody_decides(dsn: str) -> None:
    async def scene(database: Database) -> None:
        asked = await ask(database, SARI, SARI_TOO, SHIRT, OTHER)
        assert (asked.looked_at, asked.unsure, asked.withdrawn) == (4, 3, 0)
        async with database.read() as reader:
            assert await classify.unsure(reader, CELL) == {SARI.variant_id, SARI_TOO.variant_id, OTHER.variant_id}
            assert await classify.unsure(reader, CELL + 1) == frozenset()
            listed = await classify.list_open(reader, CELL)
            assert [(one.product_id, one.variants, one.suggested_hs6) for one in listed] == [
                (SARI.product_id, 2, "540752"), (OTHER.product_id, 1, "210690")
            ]  # fmt: skip
            assert await classify.count_open(reader, CELL) == 2
            page = await classify.list_open(reader, CELL, listed[0].product_id, 1)
            assert [one.product_id for one in page] == [OTHER.product_id]
        assert await decide(database, SARI.product_id, "520852") == 2
        assert await decide(database, OTHER.variant_id, "210690") == 1
        async with database.read() as reader:
            assert await classify.unsure(reader, CELL) == frozenset()
            assert await classify.decided(reader, CELL) == {
                SARI.variant_id: "520852", SARI_TOO.variant_id: "520852", OTHER.variant_id: "210690"
            }  # fmt: skip
            states = await reader.connection.fetch(
                "SELECT DISTINCT state, decided_by FROM classification_queue ORDER BY 1"
            )
            assert [tuple(row) for row in states] == [("accepted", "Li Wei"), ("changed", "Li Wei")]

    run(dsn, scene)


def test_a_decision_lasts_and_may_be_changed(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await ask(database, SARI)
        await decide(database, SARI.variant_id, "520852")
        await ask(database, SARI, later=1)
        async with database.read() as reader:
            assert await classify.decided(reader, CELL) == {SARI.variant_id: "520852"}
        await decide(database, SARI.variant_id, "500720")
        async with database.read() as reader:
            assert await classify.decided(reader, CELL) == {SARI.variant_id: "500720"}

    run(dsn, scene)


def test_asking_again_changes_nothing_and_a_declared_heading_takes_it_out(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await ask(database, SARI, OTHER)
        async with database.read() as reader:
            before = await reader.connection.fetch("SELECT * FROM classification_queue ORDER BY variant_id")
        await ask(database, SARI, OTHER, later=1)
        async with database.read() as reader:
            assert await reader.connection.fetch("SELECT * FROM classification_queue ORDER BY variant_id") == before
        asked = await ask(database, goods(1, "Printed sari", "sarees", "540752"), declared=frozenset({SARI.variant_id}))
        assert asked.withdrawn == 1
        async with database.read() as reader:
            assert await classify.unsure(reader, CELL) == {OTHER.variant_id}

    run(dsn, scene)


@pytest.mark.parametrize("hs6", ["", "6109", "61091000", "999998", "abcdef"])
def test_a_heading_that_there_is_not_is_refused(dsn: str, hs6: str) -> None:
    async def scene(database: Database) -> None:
        await ask(database, SARI)
        with pytest.raises(Refused, match="not a heading"):
            await decide(database, SARI.variant_id, hs6)
        with pytest.raises(NotFound):
            await decide(database, SHIRT.variant_id, "620520")

    run(dsn, scene)


def test_the_command_from_catalogue_to_decision(
    stocked_dsn: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(stocked_dsn, home)

    def said(*words: str) -> dict[str, Any]:
        parser = argparse.ArgumentParser()
        command.add(parser.add_subparsers())
        given = parser.parse_args(["classify", *words, "--json"])
        assert given.run(config, given) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return told

    looked = said("--catalogue")
    assert 0 < looked["unsure"] < looked["looked_at"] // 4
    queue = said("--queue", "--limit", "2")
    assert len(queue["products"]) == 2
    first = queue["products"][0]["product_id"]
    assert said("--queue", "--after", first, "--limit", "1")["products"][0] == queue["products"][1]
    decided = said("--decide", first, "--hs", "210690", "--by", "Li Wei")
    assert decided["variants"] >= 1
    assert said("--queue")["open"] == queue["open"] - 1
    assert said("--title", "女士真丝围巾")["suggestions"][0]["hs6"] == "621410"
    for words, code in (
        (("--decide", "12", "--hs", "210690"), "bad_id"),
        (("--decide", first), "no_heading"),
        (("--title", "x", "--category", "none"), "unknown_category"),
    ):
        with pytest.raises(Refused) as refused:
            said(*words)
        assert refused.value.code == code
