"""Instants on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from argosy.base.errors import Refused


def read_instant(text: str | None, field: str = "--at") -> datetime:
    """An instant in the zone it was written in; without a text it is now.

    Refuses what is no instant (`not_an_instant`), one without a zone (`no_zone`), and years before 2000 or after 2100
    (`out_of_range`).
    """
    if text is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "not_an_instant", f"{text!r} is no instant.", field=field, remedy="Write 2026-06-18T20:00+08:00."
        ) from None
    if instant.tzinfo is None:
        raise Refused("no_zone", "The instant has no zone.", field=field, remedy="Add one: 2026-06-18T00:00+08:00")
    if not 2000 <= instant.year <= 2100:
        raise Refused("out_of_range", "The year is out of range.", field=field, remedy="Take one from 2000 to 2100.")
    return instant
