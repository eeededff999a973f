"""The operator's own rows of duty, tax and thresholds: what each one says, for what, and when."""

from __future__ import annotations

from datetime import date

import msgspec

KINDS = ("duty", "tax", "threshold")
UNITS = ("kg", "piece", "litre")
COMBINE = ("sum", "higher", "lower")
BASES = ("goods", "goods_and_shipping", "piece")
CONFIDENCE = ("official", "seen", "recalled")
"""Read in the authority's own text; read at a second hand; from memory, to be checked."""
ANY = "*"
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EUROPEAN_UNION = frozenset(_MEMBERS.split())
"""The members since 2020-02-01, for which a row of `EU` holds."""

Key = tuple[str, str, str, str, str, str]
"""What a row is about: kind, country, region, hs, origin, applies_to. Periods of one key never overlap."""


class TariffRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with its period and its source; `docs/reference/tariff-import.md` documents every field."""

    kind: str
    """`duty`, `tax` or `threshold`."""
    country: str
    """Importer, ISO 3166-1 alpha-2; `EU` for a duty of the customs union."""
    region: str = ""
    """State or province of a tax; empty is the whole country."""
    hs: str = ANY
    """First 2, 4, 6 or 8 digits of HS 2022 that the row is for, or `*`."""
    origin: str = ANY
    """Country of origin that the row is for, or `*`."""
    rate_ppm: int | None = None
    """Ad valorem, in millionths: 125,000 is 12.5%. None: the row has no such part, which is not 0%."""
    specific_micro: int | None = None
    """Millionths of one whole unit of `currency` for each `unit`. None: the row has no such part."""
    unit: str = ""
    """`kg` (net), `piece` or `litre`; empty without a specific part."""
    combine: str = ""
    """How the two parts go together: `sum`, `higher` or `lower`; empty where there is one only."""
    currency: str = ""
    """ISO 4217 of the specific part or of the limit."""
    applies_to: str = ""
    """What a threshold frees from: `duty` or `tax`; empty for the other kinds."""
    limit_minor: int | None = None
    """A threshold: free up to and including this many minor units; 0: liable from the first cent."""
    basis: str = ""
    """What a threshold is compared with: `goods`, `goods_and_shipping` of the consignment, or one `piece`."""
    valid_from: date
    valid_to: date | None = None
    """Last day, inclusive; None: until another row says otherwise."""
    source: str
    as_of: date
    confidence: str

    @property
    def key(self) -> Key:
        """What the row is about."""
        return (self.kind, self.country, self.region, self.hs, self.origin, self.applies_to)

    @property
    def period(self) -> str:
        """The period in words: `2026-01-01 to 2026-12-31`, or `from 2026-01-01`."""
        return f"{self.valid_from} to {self.valid_to}" if self.valid_to else f"from {self.valid_from}"

    def overlaps(self, other: TariffRow) -> bool:
        """Whether the two hold on a common day."""
        return (self.valid_to is None or other.valid_from <= self.valid_to) and (
            other.valid_to is None or self.valid_from <= other.valid_to
        )

    def ends(self, open_row: TariffRow) -> bool:
        """Whether this is the same row, which had no end and now has one."""
        return (
            open_row.valid_to is None
            and self.valid_to is not None
            and msgspec.structs.replace(self, valid_to=None) == open_row
        )


class RefusedTariff(msgspec.Struct, frozen=True):
    """A row that was not taken in: where it stands, which column is wrong, and why."""

    line: int
    field: str
    reason: str


class Judged(msgspec.Struct, frozen=True):
    """What is to be done with the rows of a chunk."""

    added: tuple[TariffRow, ...]
    ended: tuple[TariffRow, ...]
    """Rows that stand without an end and get this one."""
    unchanged: int
    refused: tuple[RefusedTariff, ...]


def judge(rows: list[tuple[int, TariffRow]], standing: list[TariffRow]) -> Judged:
    """Sort rows (line, row) into new ones, ends of standing ones, those that stand already, and those that cannot be.

    `standing` must hold all rows of the same keys. A row is refused when a standing row, or one above it in the file,
    has the same key and a common day; a row that only gives an open one its end is no overlap.
    """
    kept: dict[Key, list[TariffRow]] = {}
    for row in standing:
        kept.setdefault(row.key, []).append(row)
    added: dict[tuple[Key, date], TariffRow] = {}
    ended: dict[tuple[Key, date], TariffRow] = {}
    refused: list[RefusedTariff] = []
    unchanged = 0
    for line, row in rows:
        others = kept.setdefault(row.key, [])
        if row in others:
            unchanged += 1
            continue
        opened = next((other for other in others if row.ends(other)), None)
        rest = [other for other in others if other is not opened]
        against = next((other for other in rest if row.overlaps(other)), None)
        if against is not None:
            refused.append(RefusedTariff(line, "valid_from", _overlap(row, against)))
            continue
        others[:] = [*rest, row]
        at = (row.key, row.valid_from)
        (added if opened is None or at in added else ended)[at] = row
    return Judged(tuple(added.values()), tuple(ended.values()), unchanged, tuple(refused))


def _overlap(row: TariffRow, other: TariffRow) -> str:
    if row.valid_from == other.valid_from:
        return (
            f"a row for the same goods holds {other.period} with other figures: what held is not rewritten, so end it "
            "with valid_to and let the new figures begin on a later day"
        )
    return f"the period overlaps a row for the same goods that holds {other.period}: put that row with its valid_to above this one"
