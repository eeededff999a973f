"""Which goods are there within 72 hours: while all leave one hub all or none, else those that a nearer hub has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from argosy.catalogue.search_sql import Filter, counts_sql, hits_sql
from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import Spread
from argosy.delivery.places import cities
from argosy.delivery.tables import Planner
from argosy.orders.model import Destination
from argosy.orders.quoting.promises import Promises, network_code
from argosy.orders.quoting.soon import within
from rooms.delivery.ground import area, border, hub, lane, leaving, network, no_holidays
from rooms.orders.ground import MARKETS

MONDAY = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
FRANCE, PARIS = MARKETS["FR"], Destination(country="FR")
NEAR, FAR = UUID(int=1), UUID(int=2)


def promises(flight_minutes: int) -> Promises:
    """The home hub CN-HGH flies to Paris for so long; FR-CDG has stock beside it."""
    stocked = {"waves": tuple(range(0, 1440, 120)), "handling": Spread(60, 90), "delivers": True}
    at = {"latitude": 48.9, "longitude": 2.4}
    made = network(
        (hub("CN-HGH", "CN", clears=False, **stocked), hub("CDG", "FR", **at), hub("FR-CDG", "FR", **stocked, **at)),
        (lane("CN-HGH", "CDG", flight_minutes),),
        leaving("CN-HGH>CDG", "20:00"),
        (border("FR", clearance=Spread(60, 120)),),
        (area("CN"), area("FR")),
    )
    board = PromiseBoard(Planner(made, cities().all, days_off=no_holidays), ("CN-HGH", "FR-CDG"))
    return Promises(board, cities(), "CN-HGH")


QUICK, SLOW = promises(600), promises(6_000)


@pytest.mark.parametrize(
    ("made", "elsewhere", "everything", "near", "far"),
    [
        pytest.param(QUICK, None, True, True, True, id="one hub, near enough"),
        pytest.param(SLOW, None, False, False, False, id="one hub, too far"),
        pytest.param(SLOW, {"FRCDG": frozenset({NEAR})}, False, True, False, id="some goods are kept nearer"),
        pytest.param(SLOW, {"CN-HGH": frozenset({NEAR})}, False, False, False, id="a hub that is as far"),
        pytest.param(SLOW, {"XX-YYY": frozenset({NEAR})}, False, False, False, id="a hub without promises"),
        pytest.param(QUICK, {"FRCDG": frozenset({NEAR})}, True, True, True, id="all and nearer"),
        pytest.param(None, None, False, False, False, id="nothing is promised yet"),
    ],
)
def test_what_is_there_in_time(
    made: Promises | None, elsewhere: dict[str, frozenset[UUID]] | None, everything: bool, near: bool, far: bool
) -> None:
    soon = within(made, FRANCE, PARIS, MONDAY, elsewhere=elsewhere)
    assert (soon.everything, soon.has(NEAR), soon.has(FAR)) == (everything, near, far)
    assert soon.only == (None if everything else (NEAR,) if near else ())
    assert (soon.home is None) == (made is None)


def test_the_hours_are_counted_to_the_promised_instant() -> None:
    told = QUICK.to(FRANCE, PARIS, MONDAY)
    assert told is not None and told.within_72h
    hours = -(-(told.by - MONDAY) // timedelta(hours=1))
    assert within(QUICK, FRANCE, PARIS, MONDAY, hours=hours).everything
    assert not within(QUICK, FRANCE, PARIS, MONDAY, hours=hours - 1).everything


def test_promises_of_other_hubs() -> None:
    home, near = SLOW.to(FRANCE, PARIS, MONDAY), SLOW.to(FRANCE, PARIS, MONDAY, "FRCDG")
    assert home is not None and near is not None
    assert (home.hub, near.hub) == ("CN-HGH", "FR-CDG") and near.by < home.by
    assert SLOW.to(FRANCE, PARIS, MONDAY, "CNHGH") == home == SLOW.to(FRANCE, PARIS, MONDAY, "CN-HGH")
    assert SLOW.to(FRANCE, PARIS, MONDAY, "XX-YYY") is None
    assert [network_code(code) for code in ("CNHGH", "CN-HGH")] == ["CN-HGH"] * 2


def test_the_slowest_city_is_found_anew_when_the_board_changes() -> None:
    """A town that is not in the table has the latest date of its country, of the board in force."""
    town = Destination(country="FR", city="Nowhere-sur-Rien")
    told = QUICK.to(FRANCE, town, MONDAY)
    later = QUICK.to(FRANCE, town, MONDAY + timedelta(hours=20))
    assert told is not None and later is not None and told.city == "Nowhere-sur-Rien"
    assert later.day > told.day


def test_a_list_is_narrowed_only_where_it_must_be() -> None:
    """No condition without the filter: lists that do not use it cost what they did."""
    for make in (lambda one: hits_sql(one, "popular", 10, 0), counts_sql):
        assert "uuid[]" not in make(Filter(category="tea"))[0]
        sql, values = make(Filter(category="tea", products=(NEAR,)))
        assert "product_id = ANY" in sql and [NEAR] in values
