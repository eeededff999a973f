"""What the verbs of orders work with: one value, put together where the app is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec

from argosy.orders.intake import Intake
from argosy.orders.model import Charts
from argosy.orders.ports import Payments
from argosy.orders.shelf import ShelfCache
from argosy.orders.stock import StockBoard
from argosy.plumbing.clock import Clock
from argosy.plumbing.database import Database
from argosy.plumbing.secrets import Signer


class Desk(msgspec.Struct):
    """Everything that quoting, placing and paying need; `charts` is replaced as a whole when facts change."""

    cell: int
    clock: Clock
    new_id: Callable[[], UUID]
    database: Database
    intake: Intake
    shelf: ShelfCache
    stock: StockBoard
    payments: Payments
    signer: Signer
    hold_for: timedelta
    charts: Charts
