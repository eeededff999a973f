"""What goes back for pieces of a line that was bought in an offer, to the shopper and to those who bore the discount. Pure."""

from __future__ import annotations

import msgspec

from argosy.campaigns.model import LineOffer, Taken


class GivenBack(msgspec.Struct, frozen=True):
    """A refund of some pieces: the money, and the discounts that are undone with it."""

    payable_minor: int
    taken: tuple[Taken, ...]


def give_back(line: LineOffer, quantity: int, done: int = 0) -> GivenBack:
    """What `quantity` more pieces of a line are worth after `done` were given back.

    A piece has its share of what was paid and of every discount; rounding is such that the refunds of all pieces, in
    whatever portions, add up to the line. Refused pieces are the caller's to check: `done + quantity` is within the line.
    """
    assert 0 <= done <= done + quantity <= line.quantity, "more than the line has"  # noqa: S101
    return GivenBack(
        _part(line.payable_minor, line.quantity, quantity, done),
        tuple(
            Taken(
                one.promotion,
                one.layer,
                _part(one.off_minor, line.quantity, quantity, done),
                _part(one.seller_minor, line.quantity, quantity, done),
            )
            for one in line.taken
        ),
    )


def _part(minor: int, pieces: int, quantity: int, done: int) -> int:
    return minor * (done + quantity) // pieces - minor * done // pieces
