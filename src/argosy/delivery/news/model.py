"""News as an operator tells them, one at a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a subject: a `hub`, `lane` or `country` is `closed`, a `departure` is `late`, `cancelled` or `full`.

    `first` and `last` are local days, both counted, None is open-ended; `minutes` is the delay of a late departure.
    """

    kind: str
    subject: str
    code: str
    first: date | None = None
    last: date | None = None
    minutes: int | None = None
    reason: str = ""


class NewsRow(msgspec.Struct, frozen=True, kw_only=True):
    """News in force."""

    news_id: UUID
    kind: str
    subject: str
    code: str
    first: date | None
    last: date | None
    minutes: int | None
    reason: str
    told_by: str
    told_at: datetime
    until: datetime | None
