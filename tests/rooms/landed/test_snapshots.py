"""The answer alone explains itself and gives the same figures again, on any later day."""

from __future__ import annotations

import ast
from random import Random

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from argosy.landed import reasons
from argosy.landed.arithmetic import figures, single
from argosy.landed.explain import explain, explain_line, percent, recompute
from argosy.landed.model import Consignment, Landed, LinePlan, ParcelPlan
from argosy.landed.rules import land
from house.tree import SOURCE
from rooms.landed.parcels import line, parcel, tables

HEADINGS = (
    "610910",
    "420221",
    "851713",
    "330300",
    "220421",
    "180632",
    "490199",
    "950300",
    "640399",
    "040690",
    "821191",
    "842619",
)
PLACES = (
    "US",
    "CA",
    "DE",
    "FR",
    "IT",
    "GB",
    "AU",
    "SG",
    "HK",
    "NO",
    "MY",
    "JP",
    "BR",
    "ID",
    "CH",
    "MX",
    "IN",
    "TW",
    "AR",
    "VN",
)
DAYS = ("2025-05-01", "2025-07-01", "2026-02-21", "2026-06-30", "2026-07-01", "2026-08-01", "2028-07-02")


def drawn(seed: int) -> Consignment:
    pick = Random(seed)
    goods = [
        line(
            pick.choice(HEADINGS), pick.choice((0, 900, 13_500, 15_000, 80_000, pick.randrange(1, 200_000))),
            pick.choice(("CN", "JP", "HK")), name=str(n), quantity=pick.randint(1, 4),
            customs_minor=pick.choice((None, None, 500)), battery=pick.choice(("none", "in_equipment")),
        )
        for n in range(pick.choice((1, 2, 5)))
    ]  # fmt: skip
    return parcel(
        pick.choice(PLACES), pick.choice(DAYS), *goods, currency=pick.choice(("EUR", "USD", "JPY", "BHD", "TWD")),
        shipping_minor=pick.choice((0, 1999)), ship_from=pick.choice(("CN", "US", "DE")), region=pick.choice(("", "TX", "ON")),
        channel=pick.choice(("courier", "post", "freight")), seller_collects=pick.random() < 0.7,
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10_000_000))
def test_a_snapshot_computes_itself_again(seed: int) -> None:
    asked = drawn(seed)
    kept = msgspec.msgpack.encode(land(tables(), asked))
    answer = msgspec.msgpack.decode(kept, type=Landed)
    assert recompute(asked, answer) == answer


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000_000))
def test_every_state_but_known_says_why(seed: int) -> None:
    answer = land(tables(), drawn(seed))
    told = explain(answer)
    assert all(one.text and "{" not in one.text for one in told)
    ends = {"banned": "ban.", "conditional": "condition."}
    if answer.state in ends:
        assert any(one.code.startswith(ends[answer.state]) for one in told)
    elif answer.state == "unknown":
        assert any(one.code.endswith(".unknown") for one in told)
    elif answer.state == "estimate":
        assert any(one.code in ("duty.spread", "duty.added_spread", "tax.doubt") for one in told)
    for share in answer.shares:
        own = {one.code for one in explain_line(answer, share.line)}
        assert own >= {answer.facts[place].code for place in share.notes}


def test_a_snapshot_needs_no_tables_and_no_later_rate() -> None:
    """Another rate of exchange and another law: the snapshot stands."""
    asked = parcel("DE", "2026-07-01", line("620610", 5000), currency="USD")
    answer = land(tables(), asked)
    charge = next(fact for fact in answer.facts if fact.code == "exchange")
    halved = msgspec.structs.replace(
        charge, values=(*charge.values[:2], int(charge.values[2]), 2 * int(charge.values[3]), charge.values[4])
    )
    other = msgspec.structs.replace(answer, facts=tuple(halved if fact is charge else fact for fact in answer.facts))
    assert recompute(asked, answer) == answer
    assert abs((recompute(asked, other).fees_minor or 0) * 2 - (answer.fees_minor or 0)) <= 1


def test_what_all_lines_share_is_told_once() -> None:
    both = (line("610910", 3000, name="a"), line("950300", 2000, name="b"))
    told = explain(land(tables(), parcel("DE", "2026-07-01", *both)))
    assert [(one.code, one.line) for one in told] == [
        ("duty.replaced", None), ("tax.collected_at_sale", None), ("fee.heading", None),
    ]  # fmt: skip
    assert told[2].params == {"amount": "3", "currency": "EUR", "count": "2"}


def test_codes_are_a_closed_list() -> None:
    """Every code that a rule makes is in the list, has a text, and the reverse."""
    made = set()
    for path in (SOURCE / "landed" / "law").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                made.add(node.value)
    rules = (SOURCE / "landed" / "rules.py").read_text(encoding="utf-8")
    assert set(reasons.PARAMETERS) == set(reasons.TEXTS)
    for code in reasons.PARAMETERS:
        assert code in made or f'"{code}"' in rules, code
    subjects = {(row.banned, row.subject) for row in tables()._facts.restrictions}
    assert {subject for banned, subject in subjects if banned} == set(reasons.BANS)
    assert {subject for banned, subject in subjects if not banned} == set(reasons.CONDITIONS)


def test_percent() -> None:
    assert [percent(165_000), percent(0), percent(99_750), percent(1_000_000)] == ["16.5%", "0%", "9.975%", "100%"]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 10**9), st.integers(0, 10**6), st.tuples(*[st.integers(0, 2_000_000)] * 3), st.integers(0, 300_000),
    st.sampled_from(["border", "sale", "price"]), st.booleans(), st.integers(0, 900), st.booleans(),
)  # fmt: skip
@example(15_001, 500, (120_000, 120_000, 120_000), 190_000, "border", True, 0, False)
def test_one_line_has_a_short_way_to_the_same_figures(
    goods: int,
    shipping: int,
    rates: tuple[int, int, int],
    tax: int,
    base: str,
    with_shipping: bool,
    fees: int,
    spread: bool,
) -> None:
    low, mean, high = sorted(rates)
    plan = LinePlan(duty=(low, mean, high), tax_ppm=tax, base=base, spread=spread)  # type: ignore[arg-type]
    asked = parcel("DE", "2026-07-01", line("620610", goods), shipping_minor=shipping)
    whole = ParcelPlan(with_shipping, fees=fees)
    assert single(asked, plan, whole) == figures(asked, [plan], whole)
