"""`argosy customs`: from a placed order to the printed form."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from argosy.base.errors import NotFound, Refused
from argosy.commands import customs
from argosy.markets.model import Address
from argosy.orders.commands import Placed
from argosy.orders.model import BasketLine, Destination, NotForSale
from argosy.orders.place import place
from argosy.orders.quote import quote
from argosy.plumbing.config import Config
from conftest import config_for, opened

ADDRESS = Address(
    country="DE", name="Jörg Müller", phone="+493012345678", street=("Unter den Linden 1",), city="Berlin", postal_code="10117"
)  # fmt: skip
ONE_OF_EACH = """
SELECT DISTINCT ON (p.category) v.variant_id FROM variants AS v JOIN products AS p USING (product_id)
JOIN quotas AS q ON q.key = 'stock/' || v.variant_id || '/CNHGH' AND q.received > 5
WHERE p.category IN ('mens-shirts', 'handbags', 'socks') ORDER BY p.category, v.variant_id
"""


async def ordered(dsn: str, home: Path) -> UUID:
    """An order of three kinds of goods to Germany."""
    async with opened(dsn, home) as shop:
        async with shop.desk.database.read() as reader:
            variants = [row["variant_id"] for row in await reader.connection.fetch(ONE_OF_EACH)]
        basket = [BasketLine(variant, count) for variant, count in zip(variants, (1, 3, 2), strict=True)]
        made = await quote(shop.desk, basket, Destination(country="DE"), shopper_id=uuid4(), language="de")
        assert not isinstance(made, NotForSale)
        answer = await place(shop.desk, made[0], ADDRESS)
        assert isinstance(answer, Placed)
        return answer.order_id


def ask(config: Config, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command; its exit code and its JSON."""
    parser = argparse.ArgumentParser()
    customs.add(parser.add_subparsers())
    given = parser.parse_args(["customs", *words, "--json"])
    code = given.run(config, given)
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_from_an_order_to_its_papers(
    module_dsn: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(module_dsn, home)
    order_id = asyncio.run(ordered(module_dsn, home))
    out = tmp_path / "order.pdf"
    code, told = ask(config, capsys, str(order_id), "--out", str(out))
    assert (code, told["sender_made_up"]) == (1, True)
    (whole,) = told["parcels"]
    assert out.read_bytes().startswith(b"%PDF-")
    assert [content["quantity"] for content in whole["contents"]] == [1, 3, 2]
    assert whole["contents"][1]["description"].startswith("Men's shirts: ")
    assert all(content["hs6"] and content["origin"] and content["value_minor"] > 0 for content in whole["contents"])
    assert whole["missing"] == ["gross_weight_g", "item_number"]
    assert whole["recipient"]["name"] == "Jörg Müller"
    assert whole["total_value_minor"] == sum(content["value_minor"] for content in whole["contents"])

    sender = tmp_path / "sender.toml"
    sender.write_text('name = "S"\naddress = ["1 Road"]\ncountry = "CN"\n[registrations]\nEU = "IOSS IM1"\n')
    parcels = ("--parcel", "1:1,2:2;g=900;item=RR123456785CN", "--parcel", "2:1,3:2;g=400;item=RR473124829GB")
    papers = ("--licence", "L-7", "--certificate", "C-1")
    code, told = ask(config, capsys, str(order_id), "--out", str(out), "--sender", str(sender), *parcels, *papers)
    assert code == 0
    assert {(*one["licences"], *one["certificates"]) for one in told["parcels"]} == {("L-7", "C-1")}
    assert [Path(one["file"]).name for one in told["parcels"]] == ["order-1.pdf", "order-2.pdf"]
    assert all(Path(one["file"]).exists() for one in told["parcels"])
    assert sum(one["total_value_minor"] for one in told["parcels"]) == whole["total_value_minor"]
    assert sum(one["postage_minor"] for one in told["parcels"]) == whole["postage_minor"]
    assert {one["scheme"] for one in told["parcels"]} == {"IOSS IM1"}


@pytest.mark.parametrize("parcel", ["", "1", "1:0x", "1:1;w=3", "1:1;g=heavy", "1:1 2:1"])
def test_a_parcel_that_cannot_be_read_is_refused(parcel: str) -> None:
    from argosy.commands.customs_forms import _parcel

    with pytest.raises(Refused) as refused:
        _parcel(parcel)
    assert refused.value.code == "bad_parcel"


def test_no_such_order(module_dsn: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_for(module_dsn, home)
    with pytest.raises(NotFound):
        ask(config, capsys, str(uuid4()), "--out", str(tmp_path / "x.pdf"))
    with pytest.raises(Refused, match="not an order"):
        ask(config, capsys, "12", "--out", str(tmp_path / "x.pdf"))
    config = msgspec.structs.replace(config)
    assert not (tmp_path / "x.pdf").exists()
