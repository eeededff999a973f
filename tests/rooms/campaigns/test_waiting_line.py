"""A line keeps the order of arrival and the rate, over processes, restarts and losses."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.campaigns.waiting.model import EARLY, SECOND_US, SLOT_US, TURN_US, Phase, Ticket
from rooms.campaigns.waiting_line import HOLDER, OPENS_US, Cell, room

STEP = 250_000


def admissions(cell: Cell, arrivals: list[tuple[int, int]], until_us: int) -> dict[int, int]:
    """When each arrival (instant, process) goes in, if everybody asked every quarter of a second."""
    waiting: list[tuple[int, int, Ticket]] = []
    inside: dict[int, int] = {}
    coming = sorted(enumerate(arrivals), key=lambda one: one[1][0])
    now = min((at for at, _ in arrivals), default=until_us) // STEP * STEP
    while now < until_us:
        while coming and coming[0][1][0] < now + STEP:
            number, (at, process) = coming.pop(0)
            ticket = cell.processes[process].arrive(HOLDER, at)
            if cell.processes[process].goes_straight_in(ticket, at):
                inside[number] = at
            else:
                waiting.append((number, process, ticket))
        now += STEP
        cell.exchange(now)
        still = []
        for number, process, ticket in waiting:
            if cell.processes[process].standing(ticket, now).phase is Phase.TURN:
                inside[number] = now
            else:
                still.append((number, process, ticket))
        waiting = still
    return inside


ARRIVALS = st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 2)), max_size=120)


@settings(max_examples=60, deadline=None)
@given(ARRIVALS, st.integers(1, 30))
def test_order_is_kept_within_a_second_and_the_rate_always(moments: list[tuple[int, int]], per_second: int) -> None:
    arrivals = [(OPENS_US + thousandth * 1000, process) for thousandth, process in moments]
    inside = admissions(Cell(room(per_second), 3, OPENS_US), arrivals, OPENS_US + (20 + 150 // per_second) * SECOND_US)
    assert len(inside) == len(arrivals)
    ordered = sorted(inside, key=lambda number: arrivals[number][0])
    passed, last_in = 0, 0
    for number in ordered:
        while arrivals[number][0] - arrivals[ordered[passed]][0] > SECOND_US:
            last_in = max(last_in, inside[ordered[passed]])
            passed += 1
        assert inside[number] >= last_in
    # Never more in a span than the rate lets in, besides one that was due at its edge and the step of asking.
    times = sorted(inside.values())
    for start in times:
        for span in (SECOND_US, 3 * SECOND_US):
            count = bisect_right(times, start + span) - bisect_left(times, start)
            assert count <= per_second * (span + SLOT_US + 6 * STEP) // SECOND_US + 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=100), st.integers(1, 30))
def test_one_process_is_the_plain_queue(moments: list[int], per_second: int) -> None:
    """Everybody's turn comes when a server that takes 1/rate for each, in slots' order, is through with her."""
    line = Cell(room(per_second), 1, OPENS_US).processes[0]
    free = 0
    due = []
    for moment in sorted(moments):
        at = OPENS_US + moment * 1000
        line.arrive(HOLDER, at)
        begins = max(free, (at // SLOT_US * SLOT_US - OPENS_US) * per_second)
        free = begins + SECOND_US
        due.append(OPENS_US - (-free // per_second))
    tickets = []
    again = Cell(room(per_second), 1, OPENS_US).processes[0]
    for moment in sorted(moments):
        tickets.append(again.arrive(HOLDER, OPENS_US + moment * 1000))
    assert [again.standing(ticket, OPENS_US).due_us for ticket in tickets] == due


def early_cell(count: int, processes: int = 3) -> tuple[Cell, list[tuple[int, Ticket]]]:
    """A cell whose lots were closed after so many came, through processes by turns but unevenly."""
    start = OPENS_US - 600 * SECOND_US
    cell = Cell(room(50, drawn=False), processes, start)
    chosen = random.Random(618)
    tickets = []
    for number in range(count):
        process = min(chosen.randrange(processes + 2), processes - 1)
        tickets.append((process, cell.processes[process].arrive(HOLDER, start + number * 1000)))
    cell.exchange(OPENS_US - 2 * SECOND_US)
    cell.room = room(50)
    cell.exchange(OPENS_US - 2 * SECOND_US)
    return cell, tickets


def test_those_who_come_before_the_opening_draw_lots() -> None:
    cell, tickets = early_cell(1_000)
    assert {ticket.slot for _, ticket in tickets} == {EARLY}
    places = [cell.processes[process].standing(ticket, OPENS_US).before for process, ticket in tickets]
    assert sorted(places) == list(range(1_000))
    # Coming first is no advantage: 499.5 on average for the first hundred, give or take four standard deviations.
    assert 385 < sum(places[:100]) / 100 < 614
    for line in cell.processes:
        assert [line.standing(ticket, OPENS_US).before for _, ticket in tickets] == places


def test_those_who_come_later_stand_behind_in_order() -> None:
    cell, _ = early_cell(1_000)
    late = [cell.processes[n % 3].arrive(HOLDER, OPENS_US + n * 100_000) for n in range(30)]
    cell.exchange(OPENS_US + 4 * SECOND_US)
    due = [cell.processes[0].standing(ticket, OPENS_US).due_us or 0 for ticket in late]
    assert sorted(due) == [OPENS_US + 20 * SECOND_US + n * SECOND_US // 50 for n in range(1, 31)]
    # In order by half seconds and in each process; two processes agree to within that.
    slots = [ticket.slot for ticket in late]
    assert all(due[b] < due[a] for a in range(30) for b in range(a) if slots[b] < slots[a] or (a - b) % 3 == 0)


def test_before_lots_are_closed_nobody_has_a_place() -> None:
    cell = Cell(room(drawn=False), 1, OPENS_US - 60 * SECOND_US)
    line = cell.processes[0]
    ticket = line.arrive(HOLDER, OPENS_US - 60 * SECOND_US)
    assert not line.goes_straight_in(ticket, OPENS_US + SECOND_US)
    told = line.standing(ticket, OPENS_US + SECOND_US)
    assert (told.phase, told.before, told.due_us) == (Phase.EARLY, 1, OPENS_US)
    after = line.arrive(HOLDER, OPENS_US + SECOND_US)
    cell.exchange(OPENS_US + 5 * SECOND_US)
    assert line.standing(after, OPENS_US + 6 * SECOND_US).phase is Phase.WAITING


def test_a_restart_loses_nobody() -> None:
    cell = Cell(room(10), 2, OPENS_US)
    tickets = [cell.processes[n % 2].arrive(HOLDER, OPENS_US + n * 10_000) for n in range(200)]
    cell.exchange(OPENS_US + 3 * SECOND_US)
    before = [cell.processes[0].standing(ticket, OPENS_US + 3 * SECOND_US) for ticket in tickets]
    cell.processes = [cell.started(lane, 2, OPENS_US + 3 * SECOND_US) for lane in (11, 12)]
    for line in cell.processes:
        assert [line.standing(ticket, OPENS_US + 3 * SECOND_US) for ticket in tickets] == before


def test_draws_survive_a_restart() -> None:
    cell, tickets = early_cell(300)
    places = [cell.processes[0].standing(ticket, OPENS_US).before for _, ticket in tickets]
    fresh = cell.started(99, 3, OPENS_US)
    assert [fresh.standing(ticket, OPENS_US).before for _, ticket in tickets] == places


def test_what_a_process_had_not_written_when_it_died_is_restored_by_the_tickets() -> None:
    cell = Cell(room(10), 2, OPENS_US)
    lost = [cell.processes[0].arrive(HOLDER, OPENS_US + n) for n in range(40)]
    cell.processes[0] = cell.started(13, 2, OPENS_US + SECOND_US)
    after = cell.processes[1].arrive(HOLDER, OPENS_US + SECOND_US)
    cell.exchange(OPENS_US + 2 * SECOND_US)
    assert cell.processes[1].standing(after, OPENS_US + 2 * SECOND_US).phase is Phase.TURN
    assert cell.processes[0].standing(lost[-1], OPENS_US + 2 * SECOND_US).before == 19
    cell.exchange(OPENS_US + 3 * SECOND_US)
    assert cell.kept[lost[0].slot, lost[0].lane] == 40
    newest = cell.processes[1].arrive(HOLDER, OPENS_US + 3 * SECOND_US)
    assert cell.processes[1].standing(newest, OPENS_US + 3 * SECOND_US).before >= 10


def test_a_lot_that_was_lost_until_the_draw_goes_with_the_last() -> None:
    start = OPENS_US - 60 * SECOND_US
    cell = Cell(room(10, drawn=False), 2, start)
    lost = cell.processes[0].arrive(HOLDER, start)
    for _ in range(20):
        cell.processes[1].arrive(HOLDER, start)
    cell.processes[0] = cell.started(13, 2, start)
    cell.exchange(OPENS_US - SECOND_US)
    cell.room = room(10)
    cell.exchange(OPENS_US - SECOND_US)
    assert [line.standing(lost, OPENS_US).before for line in cell.processes] == [19, 19]


def test_unused_admissions_are_not_saved_up() -> None:
    cell = Cell(room(10), 1, OPENS_US)
    line, at = cell.processes[0], OPENS_US + 3600 * SECOND_US
    cell.exchange(at)
    tickets = [line.arrive(HOLDER, at) for _ in range(100)]
    straight = [line.goes_straight_in(ticket, at) for ticket in tickets]
    assert sum(straight) == 5
    cell.exchange(at + SECOND_US)
    turns = [line.standing(ticket, at + SECOND_US).phase is Phase.TURN for ticket in tickets]
    assert sum(turns) == 10


def test_without_the_database_nobody_new_goes_in() -> None:
    cell = Cell(room(100), 1, OPENS_US)
    line = cell.processes[0]
    cell.exchange(OPENS_US + SECOND_US)
    at = OPENS_US + 60 * SECOND_US
    ticket = line.arrive(HOLDER, at)
    assert not line.goes_straight_in(ticket, at)
    assert line.standing(ticket, at + 10 * SECOND_US).phase is Phase.WAITING
    cell.exchange(at + 10 * SECOND_US)
    assert line.standing(ticket, at + 10 * SECOND_US).phase is Phase.TURN


def test_a_turn_that_is_not_taken_lapses() -> None:
    cell = Cell(room(1), 1, OPENS_US)
    line = cell.processes[0]
    tickets = [line.arrive(HOLDER, OPENS_US + n) for n in range(5)]
    cell.exchange(OPENS_US + 5 * SECOND_US)
    last = OPENS_US + 5 * SECOND_US + TURN_US
    assert [line.standing(ticket, last - 1).phase for ticket in tickets] == [Phase.LAPSED] * 4 + [Phase.TURN]
    assert line.standing(tickets[-1], last).phase is Phase.LAPSED


def test_what_has_lapsed_is_forgotten_and_places_stay() -> None:
    cell = Cell(room(10), 1, OPENS_US)
    line = cell.processes[0]
    first = line.arrive(HOLDER, OPENS_US)
    for n in range(200):
        line.arrive(HOLDER, OPENS_US + n * SECOND_US // 10)
    at = OPENS_US + TURN_US + 30 * SECOND_US
    ticket = line.arrive(HOLDER, at)
    before = line.standing(ticket, at).due_us
    cell.exchange(at)
    assert line.horizon() > OPENS_US // SLOT_US
    assert line.standing(ticket, at).due_us == before
    assert line.standing(first, at).phase is Phase.LAPSED
    assert len(line._slots) < 3


@pytest.mark.parametrize(("per_second", "due"), [(0, None), (10, 14), (1, 50)])
def test_a_new_rate_moves_the_turn_but_not_the_place(per_second: int, due: int | None) -> None:
    cell = Cell(room(5), 1, OPENS_US)
    line = cell.processes[0]
    ticket = [line.arrive(HOLDER, OPENS_US) for _ in range(100)][89]
    # The ninetieth: 50 go in until the tenth second, 40 more at the new rate.
    cell.room = room(5, rates=((10, per_second),))
    cell.exchange(OPENS_US + 5 * SECOND_US)
    told = line.standing(ticket, OPENS_US + 5 * SECOND_US)
    assert (told.before, told.due_us) == (64, None if due is None else OPENS_US + due * SECOND_US)


def test_fifty_thousand_in_ten_seconds_go_in_as_they_came() -> None:
    cell = Cell(room(500), 1, OPENS_US)
    line = cell.processes[0]
    tickets = [line.arrive(HOLDER, OPENS_US + number * 200) for number in range(50_000)]
    cell.exchange(OPENS_US + 11 * SECOND_US)
    due = [line.standing(ticket, OPENS_US + 11 * SECOND_US).due_us for ticket in tickets]
    assert due == [OPENS_US + number * 2_000 for number in range(1, 50_001)]
