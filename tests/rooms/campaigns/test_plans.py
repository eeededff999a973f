"""Plans: those that come with the shop are sound and on the right days; what is wrong with one is told by its field."""

from __future__ import annotations

import argparse
import copy
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import msgspec
import pytest

from argosy.base.errors import Misconfigured, Refused
from argosy.campaigns.checks import KINDS, clashes, faults
from argosy.campaigns.load import clock_of, load_plans, read_plan
from argosy.campaigns.plan import Layer, PhaseKind, Plan, instant
from argosy.commands import campaign
from argosy.markets.model import LANGUAGES
from argosy.plumbing.config import Config
from rooms.campaigns.trade import MARKETS

FOLDER = Config().data / "campaigns"
PLANS = {plan.festival.code: plan for plan in load_plans(FOLDER, MARKETS)}
BASKET = FOLDER / "baskets" / "618-watch-and-shirts.toml"


def main_days(code: str, market: str) -> tuple[date, date]:
    """First and last day of a festival's main phase on a market's calendar."""
    zone = clock_of(MARKETS[market])
    phase = next(phase for phase in PLANS[code].festival.phases if phase.kind == PhaseKind.MAIN)
    last = instant(phase.ends, zone) - timedelta(seconds=1)
    return instant(phase.starts, zone).astimezone(zone).date(), last.astimezone(zone).date()


@pytest.mark.parametrize(
    ("code", "market", "name"),
    [("diwali", "IN", "Diwali"), ("songkran", "TH", "Songkran"), ("ramadan", "ID", "Eid al-Fitr")],
)
def test_festivals_lie_where_the_calendar_has_them(code: str, market: str, name: str) -> None:
    days = holidays.country_holidays(market, years=2026, language="en_US")
    there = [day for day, told in days.items() if name in told and "Second" not in told]
    first, last = main_days(code, market)
    assert there
    # Ramadan's main days are the fast: the feast ends them.
    assert all(first <= day <= last + timedelta(days=2 if code == "ramadan" else 0) for day in there)


def test_black_friday_is_the_day_after_thanksgiving() -> None:
    days = holidays.country_holidays("US", years=2026)
    thanksgiving = next(day for day, name in days.items() if "Thanksgiving" in name)
    assert main_days("black-friday", "US")[1] == thanksgiving + timedelta(days=1)


@pytest.mark.parametrize(("code", "day"), [("618", date(2026, 6, 18)), ("double-11", date(2026, 11, 11))])
def test_festivals_of_a_fixed_day(code: str, day: date) -> None:
    for market in PLANS[code].festival.markets:
        first, last = main_days(code, market)
        assert first <= day <= last


def test_festivals_of_the_markets_have_plans() -> None:
    for code, plan in PLANS.items():
        assert set(plan.festival.names) == set(LANGUAGES)
        named = {market.code for market in MARKETS.values() if code in market.festivals}
        assert named & set(plan.festival.markets) or code == "black-friday"
    assert set(PLANS) == {"618", "double-11", "diwali", "ramadan", "songkran", "black-friday"}


def test_the_plan_of_618_has_every_layer_and_kind() -> None:
    promotions = PLANS["618"].promotions
    assert {promotion.layer for promotion in promotions} == set(Layer)
    kinds = {promotion.effect.__struct_config__.tag for promotion in promotions}
    assert kinds == {kind for several in KINDS.values() for kind in several} - {"price", "off"}


def told(change: Any) -> list[str]:
    """The fields that are wrong in the plan of 618 after a change of its file."""
    raw = tomllib.loads((FOLDER / "618.toml").read_text(encoding="utf-8"))
    spoiled = copy.deepcopy(raw)
    change(
        spoiled["festival"], {promotion["code"].removeprefix("618-"): promotion for promotion in spoiled["promotions"]}
    )
    return [fault.field for fault in faults(msgspec.convert(spoiled, Plan), MARKETS)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda f, p: f["names"].pop("en"), "festival.names.en"),
        (lambda f, p: f["names"].update(xx="x"), "festival.names.xx"),
        (lambda f, p: f.update(level_names={"gold": {"xx": "x"}}), "festival.level_names.gold.xx"),
        (lambda f, p: f["markets"].append("ZZ"), "festival.markets"),
        (lambda f, p: f["phases"][0].update(ends=f["phases"][0]["starts"]), "festival.phases[0].ends"),
        (lambda f, p: f["phases"][3].update(ends=datetime(2026, 7, 1)), "festival.phases[3].ends"),  # noqa: DTZ001
        (lambda f, p: p["cross"].update(code="618-tote"), "promotions[9].code"),
        (lambda f, p: p["cross"].update(layer="item"), "promotions[9].effect.kind"),
        (lambda f, p: p["cross"].update(shop="one"), "promotions[9].shop"),
        (lambda f, p: p["cross"].update(claim={"uses": 1}), "promotions[9].claim"),
        (lambda f, p: p["cross"].update(phases=[]), "promotions[9].phases"),
        (lambda f, p: p["cross"].update(phases=["teaser"], starts=datetime(2026, 6, 1)), "promotions[9].phases"),  # noqa: DTZ001
        (lambda f, p: f["phases"].pop(0) and p["cross"].update(phases=["teaser"]), "promotions[9].phases"),
        (lambda f, p: p["cross"].update(not_with=["618-nothing"]), "promotions[9].not_with"),
        (lambda f, p: p["cross"].update(not_with=["@elves"]), "promotions[9].not_with"),
        (lambda f, p: p["cross"].update(markets=["SG", "BR"]), "promotions[9].markets"),
        (lambda f, p: f.update(brands=["nike"]), "promotions[2].scope.brands"),
        (lambda f, p: p["cross"]["effect"]["off_minor"].pop("SG"), "promotions[9].effect.off_minor.SG"),
        (lambda f, p: p["cross"]["effect"]["over_minor"].update(BR=5), "promotions[9].effect.over_minor.BR"),
        (lambda f, p: p["cross"]["effect"].update(off_minor={}), "promotions[9].effect.off_minor"),
        (lambda f, p: p["cross"]["effect"]["over_minor"].update(SG=0), "promotions[9].effect.over_minor"),
        (lambda f, p: p["coupon-12"].pop("claim"), "promotions[10].claim"),
        (lambda f, p: p["pantry-three"].pop("shop"), "promotions[6].shop"),
        (lambda f, p: p["pantry-three"]["effect"].update(pay=3), "promotions[6].effect.pay"),
        (lambda f, p: p["fashion-price"]["effect"].update(at_most_minor={"SG": 5}), "promotions[0].effect"),
        (lambda f, p: p["presale-watches"]["effect"]["counts_minor"].update(SG=1), "promotions[4].effect.counts_minor"),
        (lambda f, p: p["presale-watches"].update(levels=["gold"]), "promotions[4].levels"),
        (lambda f, p: p["fashion-ladder"]["effect"]["tiers"][0].update(per_mille=5), "promotions[5].effect.tiers[0]"),
        (lambda f, p: p["red-packet"]["effect"]["high_minor"].update(SG=10), "promotions[12].effect.high_minor"),
        (lambda f, p: p["tote"]["effect"].update(quantity=30_000), "promotions[13].effect.quantity"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_field(change: Any, field: str) -> None:
    assert told(lambda f, p: None) == []
    assert field in told(change)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("festival = 3", "festival"),
        ("[festival]\ncode = 'Not A Slug'", "festival.code"),
        ("][", "the file"),
        ("festival.code = 'x'\nfestival.elves = 1", "festival"),
    ],
)
def test_a_file_of_another_shape_is_told(tmp_path: Path, text: str, field: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(text)
    plan, wrong = read_plan(file, MARKETS)
    assert plan is None
    assert [fault.field for fault in wrong] == [field]
    with pytest.raises(Misconfigured, match=r"x\.toml"):
        load_plans(tmp_path, MARKETS)


def test_a_code_belongs_to_one_plan(tmp_path: Path) -> None:
    plan = PLANS["songkran"]
    other = msgspec.structs.replace(plan, festival=msgspec.structs.replace(plan.festival, code="other"))
    assert [fault.field for fault in clashes([plan, other])] == ["songkran-cross", "songkran-summer"]
    assert clashes(PLANS.values()) == []


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    campaign.add(parser.add_subparsers())
    given = parser.parse_args(["campaign", *words])
    return int(given.run(Config(), given))


def test_preview_prints_a_bill_that_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("preview", "--market", "sg", "--at", "2026-06-18T20:00+08:00", "--basket", str(BASKET))
    assert call(*asked, "--json") == 0
    offer = msgspec.json.decode(capsys.readouterr().out.splitlines()[-1])["offer"]
    assert (offer["list_minor"], offer["payable_minor"], offer["exact"]) == (49_230, 31_925, True)
    assert call(*asked) == 0
    told, remarks = capsys.readouterr()
    assert "$319.25" in told
    assert "You saved $173.05." in told
    assert "618, main phase" in remarks


def test_preview_of_an_ordinary_day(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC).isoformat()
    assert call("preview", "--market", "SG", "--at", at, "--basket", str(BASKET), "--json") == 0
    told, remarks = capsys.readouterr()
    assert msgspec.json.decode(told.splitlines()[-1])["saved_minor"] == 0
    assert "618-coupon-12 is not live in SG" in remarks


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--market", "ZZ", "--at", "2026-06-18T20:00Z", "--basket", str(BASKET)), "unknown_market"),
        (("--market", "SG", "--at", "2026-06-18T20:00", "--basket", str(BASKET)), "no_zone"),
        (("--market", "SG", "--at", "noon", "--basket", str(BASKET)), "not_an_instant"),
        (("--market", "SG", "--at", "2026-06-18T20:00Z", "--basket", "nothing.toml"), "no_such_file"),
        (("--market", "SG", "--at", "2026-06-18T20:00Z", "--basket", str(FOLDER / "618.toml")), "bad_basket"),
    ],
)
def test_preview_refuses_what_it_cannot_read(words: tuple[str, ...], code: str) -> None:
    with pytest.raises(Refused) as refused:
        call("preview", *words)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("quantity = 2", "quantity = 0"), "lines[1].quantity"),
        (("unit_minor = 3490", "unit_minor = -1"), "lines[1].unit_minor"),
        (('line = "shirts"', 'line = "watch"'), "lines[1].line"),
    ],
)
def test_preview_names_the_line_that_is_wrong(tmp_path: Path, change: tuple[str, str], field: str) -> None:
    file = tmp_path / "basket.toml"
    file.write_text(BASKET.read_text(encoding="utf-8").replace(*change))
    with pytest.raises(Refused) as refused:
        call("preview", "--market", "SG", "--at", "2026-06-18T20:00Z", "--basket", str(file))
    assert refused.value.field == field


def test_plan_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("plan", str(FOLDER / "618.toml")) == 0
    assert "15 promotions in 14 markets, sound" in capsys.readouterr().out
    file = tmp_path / "x.toml"
    file.write_text((FOLDER / "618.toml").read_text(encoding="utf-8").replace("pay = 2", "pay = 3"))
    assert call("plan", str(file)) == 1
    assert "promotions[6].effect.pay" in capsys.readouterr().out
    assert call("plan", str(file), "--json") == 1
    assert msgspec.json.decode(capsys.readouterr().out)["faults"][0]["field"] == "promotions[6].effect.pay"
