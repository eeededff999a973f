"""The console through real HTTP: plans with live counters, previews that equal quotes, reach worked out by a job."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from argosy import running
from argosy.delivery.model import Network
from argosy.delivery.networks.assumptions import read_assumptions
from argosy.delivery.networks.files import read_network, write_network
from argosy.delivery.places import cities
from argosy.delivery.reaching.survey import question, survey
from argosy.plumbing.config import Config
from conftest import config_for, free_port, named, run_sql
from faces.festival_plan import festival_data
from faces.operator import Operator, words
from faces.shopper import Shopper, goods
from rooms.delivery.ground import area, hub, lane, leaving, network

HEADER = "firm,what,where,to,p50,p95,times,weekdays,capacity_parcels,price_minor,currency\n"
WAVES = tuple(range(0, 1440, 120))
FORM = {
    "hours": "72",
    "confidence": "0.95",
    "share": "90",
    "every": "24",
    "hubs": "CN-HGH",
    "firms": "none",
    "budget": "",
}


def small_network() -> Network:
    """Hangzhou, and one flight a day to Paris."""
    return network(
        (
            hub("CN-HGH", "CN", waves=WAVES, latitude=30.2, longitude=120.4, time_zone="Asia/Shanghai", delivers=True),
            hub("CDG", "FR", latitude=49.0, longitude=2.5, time_zone="Europe/Paris"),
            hub("NRT", "JP", latitude=35.8, longitude=140.4, time_zone="Asia/Tokyo"),
        ),
        (lane("CN-HGH", "CDG", 720),),
        leaving("CN-HGH>CDG", "10:00"),
        areas=(area("CN"), area("FR"), area("JP")),
    )


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a small network installed."""
    folder = tmp_path_factory.mktemp("home")
    write_network(small_network(), folder / "network")
    return folder


@pytest.fixture(scope="module")
def festive(server: str, stocked: str, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop in whose French market a festival runs, and whose network is small."""
    name, port = f"c_{uuid.uuid4().hex[:12]}", free_port()
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    dsn, url = named(server, name), f"http://127.0.0.1:{port}"
    data = festival_data(tmp_path_factory.mktemp("festive") / "data")
    serving = running.Serving(config_for(dsn, own_home, port=port, workers=1, base_url=url, data=data), dsn)
    try:
        serving.wait_until_ready()
        yield url
    finally:
        serving.stop()
        asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def operator(festive: str) -> Operator:
    """The operator, signed in."""
    return Operator(festive)


# Plans --------------------------------------------------------------------------------------------------------------


def test_the_first_page_tells_what_runs(operator: Operator) -> None:
    page = operator.see("")
    assert page.status_code == 200, (page.url, words(page), operator.entered.status_code)
    assert "The 618 Main days, live" in words(page)
    assert "In waiting rooms 0" in words(page)


def test_festivals_are_listed_with_their_state(operator: Operator) -> None:
    told = words(operator.see("/campaigns"))
    assert re.search(r"The 618 Main days, live .* in France 1 10", told)


def test_a_plan_shows_its_days_on_a_markets_clock(operator: Operator) -> None:
    page = operator.see("/campaigns/618")
    assert page.status_code == 200
    assert re.findall(r'class="bar bar--(\w+)', page.text)[:3] == ["past", "now", "next"]
    classes = set(re.findall(r"\bc\d+s\d+\b", page.text.partition("</style>")[2]))
    assert classes
    assert all(f".{one}{{" in page.text for one in classes), "a place on the grid without its rule"
    assert 'style="' not in page.text, "inline styles are forbidden by the page's own policy"


def row(page: httpx.Response, code: str) -> str:
    """What a plan's table says of a promotion."""
    found = next(one for one in re.findall(r"<tr>.*?</tr>", page.text, re.S) if f"<small>{code}" in one)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_counters_and_costs_are_those_of_shoppers(festive: str, operator: Operator) -> None:
    before = operator.see("/campaigns/618")
    assert "0 of 2 claimed 0 in orders CN¥0.00 0 orders CN¥" in row(before, "five")
    assert "0 of 10 units CN¥0.00 0 orders" in row(before, "tote")
    assert "open sellers" in row(before, "watches-now")
    ana = Shopper(festive)
    ana.send("/coupons/claim", {"csrf": ana.token(), "promotion": "five", "to": "coupons"})
    watch = re.search(r'card__name"><a href="[^"]*\?v=([^"]+)">', ana.see("/flash").text)
    assert watch
    ana.put_in(watch[1], 1)
    assert ana.buy().status == 200
    time.sleep(15.5)  # what the page counted may be a quarter of a minute old
    after = operator.see("/campaigns/618")
    assert re.search(r"1 of 2 claimed 1 in orders CN¥[1-9]\d\.\d\d 1 order ", row(after, "five"))
    units = re.search(r"(\d+) of ([\d,]+) units", row(after, "watches-now"))
    assert units
    assert units[1] == "1"
    assert int(units[2].replace(",", "")) % 3 == 0
    assert re.search(r"CN¥[\d.,]+ 1 order ", row(after, "watches-now"))
    # Four euros in yuan, at most what the plan allows: two uses of them.
    so_far, most = (float(one) for one in re.findall(r"CN¥([\d.]+)", row(after, "five")))
    assert most == pytest.approx(2 * so_far, abs=0.02)


def test_the_most_that_limits_allow_is_told(operator: Operator) -> None:
    page = operator.see("/campaigns/618")
    assert "€0.00 of €1,000.00 in France" in row(page, "packet")
    assert "sellers" not in row(page, "packet")
    assert re.search(r"\d of 10 promotions have a limit in money", words(page))


@pytest.mark.parametrize(("path", "status"), [("/campaigns/none", 404), ("/campaigns/618?market=XX", 404)])
def test_what_is_not_there_is_told(operator: Operator, path: str, status: int) -> None:
    page = operator.see(path)
    assert page.status_code == status
    assert "There is no" in words(page)


# Preview ------------------------------------------------------------------------------------------------------------


def total(page: httpx.Response) -> int:
    """The last line of the bill that is shown, in cents."""
    found = re.search(r'class="total">.*?<dd>(.*?)</dd>', page.text.partition("as the shopper sees it")[2], re.S)
    assert found
    return int(re.sub(r"<[^>]+>|\D", "", found[1]))


def quoted(base: str, variant: str, quantity: int) -> int:
    """What the API quotes a shopper."""
    body = {"destination": {"country": "FR"}, "lines": [{"variant_id": variant, "quantity": quantity}]}
    answer = httpx.post(f"{base}/v1/quotes", json=body)
    return int(answer.json()["total_minor"])


def test_a_preview_is_what_a_shopper_is_quoted(festive: str, operator: Operator) -> None:
    for skip in (0, 5):
        good = goods(festive, least=5, skip=skip)
        page = operator.see("/preview", market="FR", language="fr", basket=f"{good['variant_id']} x3")
        assert page.status_code == 200
        assert total(page) == quoted(festive, good["variant_id"], 3)
        assert 'lang="fr' in page.text
        assert "Preview: nothing is signed, nothing is taken" in words(page)
        assert "argosy_basket" not in page.headers.get("set-cookie", "")


def test_a_sellers_number_does_as_well_as_an_id(festive: str, operator: Operator) -> None:
    good = goods(festive, least=5)
    by_id = operator.see("/preview", market="FR", basket=f"{good['variant_id']} 2")
    by_sku = operator.see("/preview", market="FR", basket=f"{good['sku']} x 2")
    assert total(by_sku) == total(by_id)


def test_coupons_in_hand_are_used_and_explained(festive: str, operator: Operator) -> None:
    basket = f"{goods(festive, least=5)['variant_id']} x2"
    plain = operator.see("/preview", market="FR", basket=basket)
    held = operator.see("/preview", market="FR", basket=basket, coupon="five")
    # In a market with everything in its prices a cent or two is left where no sum before tax fits.
    assert 400 <= total(plain) - total(held) <= 402
    assert re.search(r"Five off Coupon −€4\.00 −€4\.00", words(held))
    packet = {"market": "FR", "basket": basket, "coupon": "packet"}
    assert 85 <= total(plain) - total(operator.see("/preview", **packet, **{"worth-packet": "0.85"})) <= 87
    wrong = operator.see("/preview", **packet, **{"worth-packet": "5"})
    assert wrong.status_code == 400
    assert "within the limits" in words(wrong)
    # Nothing was claimed, nothing taken.
    assert "0 of 1,000 claimed" in row(operator.see("/campaigns/618"), "packet")


def test_at_another_instant_the_promotions_are_those_of_then(festive: str, operator: Operator) -> None:
    basket = f"{goods(festive, least=5)['variant_id']} x2"
    now = operator.see("/preview", market="FR", basket=basket, coupon="five")
    then = operator.see("/preview", market="FR", basket=basket, coupon="five", at="2031-01-01T12:00")
    assert "Five off Coupon" in words(now)
    assert "Five off Coupon" not in words(then)
    assert "At another instant than now" in words(then)
    assert total(then) > total(now)
    earlier = operator.see("/preview", market="FR", basket=basket, at="2024-06-18T20:00+08:00")
    assert earlier.status_code == 200
    assert total(earlier) > 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"basket": "no-such-number x2"}, "Line 1: no good has the number 'no-such-number'; search for it above."),
        ({"basket": f"{uuid.UUID(int=7)} x2"}, f"No good has the id {uuid.UUID(int=7)}."),
        ({"basket": "a x0"}, "Line 1: take a quantity from 1 to 999."),
        ({"basket": "\n".join(f"{n} x1" for n in range(51))}, "A basket has 50 lines at most."),
        ({"at": "tomorrow"}, "Write 2026-06-18T20:00"),
        ({"at": "0001-01-01T00:00"}, "Take a year from 2000 to 2100."),
        ({"market": "XX"}, "Choose one of the list."),
        ({"basket": "\x00 x2", "q": "\x00"}, "no good has the number"),
    ],
)
def test_a_wrong_preview_says_what_to_enter(operator: Operator, fields: dict[str, str], told: str) -> None:
    page = operator.see("/preview", **{"market": "FR", **fields})
    assert page.status_code == 400
    assert told in words(page)


def test_what_is_found_can_be_added(operator: Operator) -> None:
    page = operator.see("/preview", market="FR", q="watch", basket="")
    link = re.search(r'href="(/console/preview\?[^"]+)#bill" aria-label="Add', page.text)
    assert link
    added = operator.client.get(link[1].replace("&amp;", "&"))
    assert total(added) > 0


# Reach --------------------------------------------------------------------------------------------------------------


def until_done(operator: Operator, path: str) -> httpx.Response:
    """The page of a question once it is answered."""
    for _ in range(240):
        page = operator.client.get(path)
        if "refresh" not in page.headers:
            return page
        assert page.headers["refresh"] == "3"
        time.sleep(0.25)
    raise AssertionError("the question was not answered within a minute")


def test_a_question_about_reach_is_worked_out_beside_the_server(
    operator: Operator, own_home: Path, festive: str
) -> None:
    file = HEADER + "Swift,price,,,,,,,,1000,EUR\nSwift,lane,CN-HGH,NRT,180,,02:00 14:00,,,,\nIdle,price,,,,,,,,9,EUR\n"
    begun = operator.send(
        "/reach", {**FORM, "firms": "file", "budget": "10"}, files={"file": ("mine.csv", file.encode())}
    )
    assert begun.status_code == 200
    path = begun.url.path
    second = operator.send("/reach", FORM)
    if "refresh" in operator.client.get(path).headers:
        assert second.status_code == 409
    assert httpx.get(f"{festive}/healthz", timeout=2).status_code == 200
    page = until_done(operator, path)
    told = words(page)
    assert "Swift" in told
    assert page.text.count("<svg viewBox") == 2
    assert {"0", "won"} < set(re.findall(r'class="reach__(\w+)" d="M', page.text))
    answer = json.loads((own_home / "console" / "reach" / path.rpartition("/")[2] / "answer.json").read_bytes())
    told_network, faults = read_network(own_home / "network")
    assert told_network is not None, faults
    assumed = read_assumptions(Config().data / "network" / "assumptions.toml").reach
    asked = question(
        told_network, cities(), hubs=["CN-HGH"], home="CN-HGH", begin=datetime.fromisoformat(assumed.week), every=24,
        hours=72, confidence=0.95, share=0.9, processes=1,
    )  # fmt: skip
    alone = survey(told_network, asked).told
    assert answer["told"]["people"] == alone["people"]
    assert answer["told"]["by_country"] == alone["by_country"]
    assert answer["told"]["buy"]["people"] > alone["people"]
    assert answer["by_country_after"]["JP"]["within_72"] > answer["told"]["by_country"]["JP"]["within_72"]
    assert "mine.csv" in words(operator.see("/reach"))


@pytest.mark.parametrize(
    ("fields", "file", "told"),
    [
        ({"hours": "0"}, None, "Enter a whole number from 1 to 240."),
        ({"share": "many"}, None, "Enter a whole number from 1 to 100."),
        ({"confidence": "0.99"}, None, "Choose one of the list."),
        ({"budget": "-1"}, None, "Enter an amount such as 500000"),
        ({"firms": "file"}, None, "Choose a CSV file"),
        ({"firms": "file"}, HEADER + "Swift,ship,A,B,,,,,,,\n", "mine.csv:2: what: 'ship' is none of price"),
        ({"firms": "file"}, "firm\n", "mine.csv:1: what: is a column that is missing"),
        ({"firms": "file"}, HEADER, "mine.csv names no firm."),
        ({"firms": "file"}, "\xff\xfe", "mine.csv is not UTF-8 text."),
    ],
)
def test_a_wrong_question_says_what_to_enter(
    operator: Operator, fields: dict[str, str], file: str | None, told: str
) -> None:
    files = {"file": ("mine.csv", file.encode("latin-1"))} if file is not None else {"file": ("", b"")}
    page = operator.send("/reach", {**FORM, **fields}, files=files)
    assert page.status_code == 400
    assert told in words(page)


def test_what_only_the_work_finds_out_is_told_too(operator: Operator) -> None:
    begun = operator.send("/reach", {**FORM, "hubs": "CN-XXX"})
    page = until_done(operator, begun.url.path)
    assert "That did not work" in words(page)
    assert "CN-XXX" in words(page)


def test_a_question_can_be_stopped(operator: Operator) -> None:
    begun = operator.send("/reach", {**FORM, "every": "1"})
    stopped = operator.send(begun.url.path.removeprefix("/console") + "/stop", {})
    page = until_done(operator, stopped.url.path)
    assert "Stopped" in words(page)
    again = operator.send("/reach", FORM)
    assert again.status_code == 200
    assert "People within 72 h" in words(until_done(operator, again.url.path))


@pytest.mark.parametrize("name", ["20260101T000000000000-abcdef", "lock", "..%2f..%2fsecret"])
def test_a_question_that_is_not_there(operator: Operator, name: str) -> None:
    assert operator.see(f"/reach/{name}").status_code == 404
