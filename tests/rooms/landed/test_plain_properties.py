"""What holds for every consignment, whatever its figures."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from argosy.landed.explain import explain, recompute
from argosy.landed.model import Landed
from rooms.landed.plain import facts
from rooms.landed.plain.draw import draw
from rooms.landed.plain_comparison import asked, consignment, figures

SEEDS = st.integers(0, 1_000_000)
OPEN_TO_READINGS = ("CN", "RU", "CL", "AZ", "AM", "AR", "IS", "PR")
"""Destinations that the plain reading leaves out; what follows must hold there too."""
AMOUNTS = ("duty_minor", "tax_minor", "fees_minor", "total_minor")


def a_consignment(seed: int) -> dict[str, Any]:
    """One that is drawn; every eighth goes where only these properties are checked."""
    request = draw(seed)
    if seed % 8 == 0:
        request["to"] = OPEN_TO_READINGS[seed // 8 % len(OPEN_TO_READINGS)]
    return request


def paid(request: dict[str, Any]) -> int:
    """Goods and shipping as the shopper pays them."""
    goods: int = sum(line["quantity"] * line["unit_minor"] for line in request["lines"])
    return goods + int(request["shipping_minor"])


def amounts(landed: Landed) -> list[int]:
    """The amounts that are given."""
    return [amount for amount in figures(landed).values() if isinstance(amount, int)]


def without_amounts(landed: Landed) -> Landed:
    """An answer whose amounts are lost: what is left are state and facts."""
    lost = dict.fromkeys((*AMOUNTS, "duty_low_minor", "duty_high_minor"))
    line_lost = {name: None for name in lost if name != "total_minor"}
    shares = tuple(structs.replace(share, **line_lost) for share in landed.shares)
    return structs.replace(landed, shares=shares, **lost)


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_amounts_are_never_negative_and_add_up(seed: int) -> None:
    request = a_consignment(seed)
    landed = asked(request)
    assert min(amounts(landed), default=0) >= 0
    parts = (landed.duty_minor, landed.tax_minor, landed.fees_minor)
    if landed.total_minor is None:
        assert landed.state in ("unknown", "banned")
        assert landed.state == "banned" or None in parts
    else:
        assert landed.state in ("known", "estimate", "conditional")
        assert landed.total_minor == paid(request) + sum(part for part in parts if part is not None)
    if landed.duty_low_minor is not None:
        assert landed.duty_high_minor is not None and landed.duty_minor is not None
        assert landed.duty_low_minor <= landed.duty_minor <= landed.duty_high_minor
    if landed.state == "banned":
        assert amounts(landed) == []


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_shares_add_up_to_the_totals(seed: int) -> None:
    request = a_consignment(seed)
    landed = asked(request)
    assert [share.line for share in landed.shares] == [line["line"] for line in request["lines"]]
    for name in ("duty_minor", "tax_minor", "fees_minor"):
        total, parts = getattr(landed, name), [getattr(share, name) for share in landed.shares]
        if total is not None:
            assert None not in parts, name
            assert sum(parts) == total, name
        assert all(part is None or part >= 0 for part in parts), name


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(seed: int, rng: Random) -> None:
    request = a_consignment(seed)
    turned = {**request, "lines": rng.sample(request["lines"], len(request["lines"]))}
    assert figures(asked(turned)) == figures(asked(request))


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_terms_and_names_do_not_change_the_figures(seed: int) -> None:
    request = a_consignment(seed)
    lines = [{**line, "line": f"row {line['line']}"} for line in request["lines"]]
    assert figures(asked({**request, "terms": "DAP", "lines": lines})) == figures(asked({**request, "terms": "DDP"}))


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.sampled_from([2, 3, 7, 50]))
def test_more_costly_goods_never_cost_less_in_all(seed: int, factor: int) -> None:
    request = {**draw(seed), "shipping_minor": 0}
    if request["to"] in facts.EU or request["to"] == "ID":
        return  # Above the limit a flat charge gives way to a tariff that may be free, so the whole may fall there.
    dearer = {**request, "lines": [dict(line) for line in request["lines"]]}
    for line in dearer["lines"]:
        line["unit_minor"] *= factor
        line["customs_unit_minor"] = line["customs_unit_minor"] and line["customs_unit_minor"] * factor
    small, large = asked(request), asked(dearer)
    for name in AMOUNTS:
        one, other = getattr(small, name), getattr(large, name)
        if one is not None and other is not None:
            assert one <= other, name


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 10_000))
def test_within_one_regime_of_the_union_duty_and_tax_grow_with_the_value(seed: int, cents: int) -> None:
    request = draw(seed)
    line = {"line": "1", "hs": "610910", "origin": "CN", "quantity": 1, "customs_unit_minor": None, "attributes": {}}
    above = 15_001 + seed % 100_000
    frame = {**request, "to": "DE", "currency": "EUR", "ship_from": "CN", "channel": "courier"}
    low = asked({**frame, "lines": [{**line, "unit_minor": above}]})
    high = asked({**frame, "lines": [{**line, "unit_minor": above + cents}]})
    assert low.duty_minor is not None and high.duty_minor is not None
    assert low.tax_minor is not None and high.tax_minor is not None
    assert low.duty_minor <= high.duty_minor
    assert low.tax_minor <= high.tax_minor


@settings(max_examples=250, deadline=None)
@given(SEEDS)
def test_the_snapshot_alone_gives_the_same_figures_and_reasons(seed: int) -> None:
    request = a_consignment(seed)
    landed = asked(request)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(landed), type=Landed)
    assert kept == landed
    again = recompute(consignment(request), without_amounts(kept))
    assert figures(again) == figures(landed)
    assert again.shares == landed.shares
    reasons = explain(kept)
    assert reasons == explain(landed)
    assert reasons or landed.state == "known"
    assert all(reason.text for reason in reasons)
