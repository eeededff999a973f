"""One room's line as one process knows it: its own arrivals at once, those of the others by exchange.

The line does no I/O; `follow` exchanges counts with the database. Instants are microseconds since 1970.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from argosy.campaigns.waiting.model import (
    EARLY,
    SETTLE_US,
    SLOT_US,
    TURN_US,
    UNIT,
    ArrivalRow,
    Phase,
    Room,
    Standing,
    Ticket,
)
from argosy.campaigns.waiting.rules import allowed, index_in_slot, lot, places_before, reached

STALE_US = 2_000_000
"""Without an exchange for so long nobody goes in at once."""


class Line:
    """The counts of one room, and where a ticket stands by them."""

    def __init__(self, room: Room, lane: int, processes: int, lots: bytes) -> None:
        self.room = room
        self.lane = lane
        self.exchanged_us = 0
        """When the last good exchange with the database began."""
        self.unwritten: set[int] = set()
        """Slots whose counts of this process the database does not have yet."""
        self.restored: dict[tuple[int, int], int] = {}
        """Counts of other processes, by slot and lane, that tickets prove and the database lacks."""
        self._processes = processes
        self._lots = lots
        self._counts: dict[int, dict[int, int]] = {}
        self._slots: list[int] = []
        self._begins: dict[int, int] = {}
        self._end = 0
        self._floor = 0
        """End of those before the first slot that is still remembered."""
        self._forgotten = 0
        """Slots before this one are not remembered."""
        self._lots_numbered = False
        self._early: dict[int, int] = {}
        self._first_lots: dict[int, int] = {}
        self._early_count = 0

    # arrivals --------------------------------------------------------------------------------------------------------

    def arrive(self, holder: bytes, now_us: int) -> Ticket:
        """Give the next place to somebody who comes now."""
        early = now_us < self.room.draw_us and not self.room.drawn
        slot = EARLY if early else now_us // SLOT_US
        counts = self._early if early else self._slot(slot)
        ordinal = counts.get(self.lane, 0)
        self._count(slot, self.lane, ordinal + 1)
        self.unwritten.add(slot)
        return Ticket(self.room.key, holder, slot, self.lane, ordinal)

    def goes_straight_in(self, ticket: Ticket, now_us: int) -> bool:
        """Whether a newcomer need not wait at all.

        Nobody is before her as far as this process knows, and it lets through no more than its share of the rate: so all
        processes together keep to it even while they do not know of each other's arrivals.
        """
        room = self.room
        if not room.drawn or now_us < room.opens_us or now_us - self.exchanged_us > STALE_US:
            return False
        rate = next((one.per_second for one in reversed(room.rates) if now_us >= one.from_us), 0)
        share = rate * SLOT_US // (UNIT * self._lanes(ticket.slot))
        recent = range(ticket.slot - (SLOT_US + SETTLE_US) // SLOT_US, ticket.slot)
        if ticket.ordinal >= share or any(self._counts.get(slot, {}).get(self.lane, 0) > share for slot in recent):
            return False
        return self._begins[ticket.slot] <= allowed(room.rates, ticket.slot * SLOT_US)

    def _lanes(self, slot: int) -> int:
        """Processes that take in arrivals: as set, or as were seen in the last seconds, whichever is more."""
        seen = {lane for one in self._slots[-20:] if one > slot - 20 for lane in self._counts[one]}
        return max(self._processes, len(seen))

    # standing --------------------------------------------------------------------------------------------------------

    def standing(self, ticket: Ticket, now_us: int) -> Standing:
        """Where a ticket of this room stands now; asks nobody."""
        room = self.room
        self._restore(ticket)
        if ticket.slot == EARLY and not room.drawn:
            return Standing(Phase.EARLY, self._early_count, room.opens_us, room.opens_us)
        place = self._place(ticket)
        if place is None:
            return Standing(Phase.LAPSED, 0, None, now_us)
        admitted = allowed(room.rates, now_us)
        since = room.opens_us if ticket.slot == EARLY else max(room.opens_us, ticket.slot * SLOT_US)
        before = places_before(place, admitted)
        due = reached(room.rates, place)
        if admitted < place or not self._settled(ticket):
            return Standing(Phase.WAITING, before, due, since)
        lapsed = allowed(room.rates, now_us - TURN_US) >= place
        return Standing(Phase.LAPSED if lapsed else Phase.TURN, 0, due, since)

    def _place(self, ticket: Ticket) -> int | None:
        """The end of a ticket's own admission in the room's count; None when its slot was forgotten."""
        if ticket.slot == EARLY:
            if ticket.ordinal >= self._early.get(ticket.lane, 0):
                # Its process died before lots were closed and nobody knew of it: with the last of those who drew.
                return max(self._early_count, 1) * UNIT
            number = self._first_lots[ticket.lane] + ticket.ordinal
            return (lot(self._lots, self._early_count, number) + 1) * UNIT
        begin = self._begins.get(ticket.slot)
        if begin is None:
            return None
        return begin + (index_in_slot(self._counts[ticket.slot], ticket.lane, ticket.ordinal) + 1) * UNIT

    def _settled(self, ticket: Ticket) -> bool:
        """Whether all processes' arrivals before it are counted: an exchange began late enough after its slot."""
        return self.room.drawn and (ticket.slot + 1) * SLOT_US + SETTLE_US <= self.exchanged_us

    def _restore(self, ticket: Ticket) -> None:
        """Count a ticket that was given out but not written before its process died."""
        if ticket.slot == EARLY:
            if not self.room.drawn and ticket.ordinal >= self._early.get(ticket.lane, 0):
                self._count(EARLY, ticket.lane, ticket.ordinal + 1)
                self.restored[EARLY, ticket.lane] = ticket.ordinal + 1
            return
        lanes = self._counts.get(ticket.slot)
        if lanes is None or ticket.ordinal >= lanes.get(ticket.lane, 0):
            if ticket.slot < self._forgotten:
                return
            self._slot(ticket.slot)
            self._count(ticket.slot, ticket.lane, ticket.ordinal + 1)
            self.restored[ticket.slot, ticket.lane] = ticket.ordinal + 1

    # counts ----------------------------------------------------------------------------------------------------------

    def end(self) -> int:
        """The end of the last admission that was promised, in the room's count."""
        return max(self._end, self._early_count * UNIT)

    def own_count(self, slot: int) -> int:
        """Arrivals of a slot through this process."""
        return (self._early if slot == EARLY else self._counts.get(slot, {})).get(self.lane, 0)

    def horizon(self) -> int:
        """The first slot whose places are still remembered; 0 for all."""
        return self._forgotten

    def take_over(self, room: Room, rows: Iterable[ArrivalRow], began_us: int) -> None:
        """Take over the room as it is kept, and counts of all processes; counts only ever grow."""
        anew = room != self.room
        self.room = room
        draw = room.drawn and not self._lots_numbered
        if draw:
            # Once lots are closed the database's count is the draw, whatever came to us later.
            self._early.clear()
            self._early_count = 0
        since: int | None = 0 if anew or draw else None
        for row in rows:
            if row.slot == EARLY:
                if row.arrived > self._early.get(row.lane, 0):
                    self._count(EARLY, row.lane, row.arrived)
            elif row.slot >= self._forgotten and row.arrived > self._slot(row.slot).get(row.lane, 0):
                self._counts[row.slot][row.lane] = row.arrived
                since = row.slot if since is None else min(since, row.slot)
        if draw:
            self._number_lots()
        if since is not None:
            self._line_up(since)
        self.exchanged_us = began_us
        self._forget(allowed(room.rates, began_us - TURN_US))

    def _slot(self, slot: int) -> dict[int, int]:
        counts = self._counts.get(slot)
        if counts is None:
            counts = self._counts[slot] = {}
            insort(self._slots, slot)
            self._line_up(slot)
        return counts

    def _count(self, slot: int, lane: int, arrived: int) -> None:
        if slot == EARLY:
            self._early_count += arrived - self._early.get(lane, 0)
            self._early[lane] = arrived
            return
        counts = self._counts[slot]
        if slot == self._slots[-1]:
            self._end += (arrived - counts.get(lane, 0)) * UNIT
            counts[lane] = arrived
        else:
            counts[lane] = arrived
            self._line_up(slot)

    def _line_up(self, since: int) -> None:
        """Let every slot from one on begin where those before it end, but not before what was allowed when it came."""
        first = bisect_left(self._slots, since)
        if first:
            earlier = self._slots[first - 1]
            end = self._begins[earlier] + sum(self._counts[earlier].values()) * UNIT
        else:
            end = max(self._floor, self._early_count * UNIT)
        for slot in self._slots[first:]:
            begin = self._begins[slot] = max(end, allowed(self.room.rates, slot * SLOT_US))
            end = begin + sum(self._counts[slot].values()) * UNIT
        self._end = end

    def _number_lots(self) -> None:
        self._first_lots.clear()
        number = 0
        for lane in sorted(self._early):
            self._first_lots[lane] = number
            number += self._early[lane]
        self._lots_numbered = True

    def _forget(self, lapsed: int) -> None:
        """Forget slots all of whose turns have lapsed: their tickets are worth nothing any more."""
        gone = 0
        while gone + 1 < len(self._slots) and self._begins[self._slots[gone + 1]] <= lapsed:
            slot = self._slots[gone]
            self._floor = self._begins[slot] + sum(self._counts[slot].values()) * UNIT
            del self._counts[slot], self._begins[slot]
            self._forgotten = slot + 1
            gone += 1
        del self._slots[:gone]
