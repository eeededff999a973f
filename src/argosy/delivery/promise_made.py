"""Write down what was promised."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.delivery import store
from argosy.delivery.ledger import Promise
from argosy.plumbing.database import Tx


async def promise_made(tx: Tx, cell: int, promises: Sequence[Promise]) -> int:
    """Put promises into the ledger, in the order's own transaction; how many were new.

    A parcel's first promise stands: a new date told later is news, not the promise that is kept or broken. Confidence is
    between 0 and 1, the promise after the order; the table refuses others.
    """
    return await store.add_promises(tx, cell, promises) if promises else 0
