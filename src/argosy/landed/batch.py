"""Answer requests for landed cost, one JSON object a line: `docs/reference/landed.md` has the keys of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import IO, Annotated, Any, Literal

import msgspec
from babel import Locale
from babel.numbers import list_currencies
from msgspec import Meta

from argosy.base.errors import Refused
from argosy.landed.explain import explain
from argosy.landed.model import Battery, Channel, Consignment, Landed, LandedLine, Mode
from argosy.landed.rules import land
from argosy.landed.tables import Tables

LONGEST_LINE = 1_000_000
"""Bytes of a request; a hundred lines with long names take about 30,000."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Alpha2 = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
Amount = Annotated[int, Meta(ge=0, le=10**15)]


class Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What bans ask for beyond the heading."""

    battery: Battery = "none"
    blade_mm: Annotated[int, Meta(ge=0, le=100_000)] | None = None


class RequestLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces of one kind."""

    line: Name
    hs: Annotated[str, Meta(pattern=r"^([0-9]{6}|[0-9]{8})\Z")]
    origin: Alpha2
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]
    unit_minor: Amount
    customs_unit_minor: Annotated[int, Meta(gt=0, le=10**15)] | None = None
    attributes: Attributes = Attributes()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One consignment."""

    id: Name
    at: date
    to: Alpha2
    ship_from: Alpha2
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    shipping_minor: Amount
    lines: Annotated[list[RequestLine], Meta(min_length=1, max_length=100)]
    region: Annotated[str, Meta(max_length=10)] | None = None
    channel: Channel = "courier"
    mode: Mode = "air_cargo"
    terms: Literal["DDP", "DAP"] = "DDP"
    seller_collects: bool = True


_DECODER = msgspec.json.Decoder(Request)
_REMEDY = {
    "id": "a text of 1 to 200 characters",
    "at": f"a date such as 2026-11-23, from {FIRST_DAY} to {LAST_DAY}",
    "to": "a country's two letters by ISO 3166-1, such as FR",
    "ship_from": "a country's two letters by ISO 3166-1, such as CN",
    "origin": "a country's two letters by ISO 3166-1, such as CN",
    "currency": "three letters by ISO 4217, such as EUR",
    "region": "a state or province such as TX or ON, or null",
    "channel": "courier, post or freight",
    "mode": "air_cargo, air_passenger, sea or land",
    "terms": "DDP or DAP",
    "seller_collects": "true or false",
    "shipping_minor": "a whole number of minor units, from 0 to 10^15",
    "unit_minor": "a whole number of minor units, from 0 to 10^15",
    "customs_unit_minor": "a whole number of minor units above 0, or null",
    "quantity": "a whole number from 1 to 1,000,000",
    "lines": "1 to 100 lines",
    "line": "a text of 1 to 200 characters",
    "hs": "six digits of HS 2022 as text, or eight digits of the destination's own where it has them (US)",
    "battery": "none, alone, packed_with or in_equipment",
    "blade_mm": "a whole number of millimetres, or null",
    "attributes": "an object with battery and blade_mm",
}
_TERRITORIES = frozenset(code for code in map(str, Locale.parse("en").territories) if len(code) == 2 and code.isalpha()) - {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
}  # fmt: skip
# Metals, funds and tests have codes too; these five with an X are money.
_CURRENCIES = frozenset(
    code for code in list_currencies() if code[0] != "X" or code in ("XAF", "XCD", "XCG", "XOF", "XPF")
)
# ISO 3166-2, with the US territories and military post that share its customs.
_STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
OR PA RI SC SD TN TX UT VT VA WA WV WI WY AA AE AP AS GU MP PR VI"""
_PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
_REGIONS = {"US": frozenset(_STATES.split()), "CA": frozenset(_PROVINCES.split())}
HAS_EIGHT_DIGITS = frozenset({"US"})


def read_request(text: bytes) -> Request:
    """The request that a line holds; Refused names the field that is wrong and what to send."""
    try:
        request = _DECODER.decode(text)
    except msgspec.ValidationError as wrong:
        raise _refused(str(wrong)) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise Refused(
            "invalid_request",
            f"This is not one JSON object: {wrong}.",
            field="request",
            remedy="Send one object a line, UTF-8.",
        ) from wrong
    _check(request)
    return request


def _refused(message: str) -> Refused:
    what, _, where = message.partition(" - at `$")
    field = where.rstrip("`").lstrip(".")
    named = re.search(r"(?:missing required|unknown) field `(.*)`", what)
    if named:
        field = f"{field}.{named[1]}".lstrip(".")
    last = re.sub(r"\[.*", "", field.rpartition(".")[2])
    if "unknown field" in what:
        return Refused("invalid_request", "There is no such key.", field=field, remedy="Leave it out.")
    if "missing required" in what:
        return Refused("invalid_request", "It is missing.", field=field, remedy=_send(last))
    wrong = "It has not the right form" if "regex" in what else what.replace("`", "")
    return Refused("invalid_request", f"{wrong}.", field=field or "request", remedy=_send(last))


def _send(field: str) -> str:
    return f"Send {_REMEDY[field]}." if field in _REMEDY else "Send one JSON object with the documented keys."


def _check(request: Request) -> None:
    if not FIRST_DAY <= request.at <= LAST_DAY:
        raise _wrong("at", "The day is out of range.")
    for field in ("to", "ship_from"):
        if getattr(request, field) not in _TERRITORIES:
            raise _wrong(field, f"{getattr(request, field)} is no country.")
    if request.currency not in _CURRENCIES:
        raise _wrong("currency", f"{request.currency} is no currency.")
    regions = _REGIONS.get(request.to)
    if request.region and regions is not None and request.region not in regions:
        raise _wrong("region", f"{request.region} is no state or province of {request.to}.")
    names: set[str] = set()
    for place, line in enumerate(request.lines):
        if line.line in names:
            raise _wrong(f"lines[{place}].line", f"{line.line} names two lines.")
        names.add(line.line)
        if line.origin not in _TERRITORIES:
            raise _wrong(f"lines[{place}].origin", f"{line.origin} is no country.")
        if len(line.hs) == 8 and request.to not in HAS_EIGHT_DIGITS:
            raise _wrong(f"lines[{place}].hs", f"No national lines of 8 digits are known for {request.to}.")


def _wrong(field: str, message: str) -> Refused:
    return Refused("invalid_request", message, field=field, remedy=_send(re.sub(r"\[.*", "", field.rpartition(".")[2])))


def consignment_of(request: Request) -> Consignment:
    """The request as the rules take it."""
    return Consignment(
        at=request.at, to=request.to, region=request.region or "", ship_from=request.ship_from, channel=request.channel,
        mode=request.mode, terms=request.terms, seller_collects=request.seller_collects, currency=request.currency,
        shipping_minor=request.shipping_minor,
        lines=tuple(
            LandedLine(
                line=line.line, hs=line.hs, origin=line.origin, quantity=line.quantity,
                goods_minor=line.unit_minor * line.quantity,
                customs_minor=None if line.customs_unit_minor is None else line.customs_unit_minor * line.quantity,
                battery=line.attributes.battery, blade_mm=line.attributes.blade_mm,
            )
            for line in request.lines
        ),
    )  # fmt: skip


def answer_of(name: str, landed: Landed) -> dict[str, Any]:
    """The answer's keys."""
    return {
        "id": name,
        "currency": landed.currency,
        "state": landed.state,
        "duty_minor": landed.duty_minor,
        "tax_minor": landed.tax_minor,
        "fees_minor": landed.fees_minor,
        "total_minor": landed.total_minor,
        "duty_low_minor": landed.duty_low_minor,
        "duty_high_minor": landed.duty_high_minor,
        "reasons": [
            {"code": one.code, "line": one.line, "text": one.text, "source": one.source, "as_of": one.as_of}
            for one in explain(landed)
        ],
        "lines": [
            {
                "line": share.line,
                "state": share.state,
                "duty_minor": share.duty_minor,
                "tax_minor": share.tax_minor,
                "fees_minor": share.fees_minor,
                "duty_low_minor": share.duty_low_minor,
                "duty_high_minor": share.duty_high_minor,
            }
            for share in landed.shares
        ],
    }


class Batch:
    """Requests read one after the other; what is kept of them is their ids."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._ids: set[str] = set()
        self.answered = 0
        self.refused = 0

    def answer(self, text: bytes) -> bytes:
        """One answer, or an error object in its place; without a line feed."""
        try:
            if len(text) > LONGEST_LINE:
                raise Refused(
                    "invalid_request",
                    "The line is too long.",
                    field="request",
                    remedy=f"Send at most {LONGEST_LINE} bytes.",
                )
            request = read_request(text)
            if request.id in self._ids:
                raise Refused("invalid_request", f"{request.id} was used above.", field="id", remedy="Send an id once.")
        except Refused as wrong:
            self.refused += 1
            message = f"{wrong.message} {wrong.remedy}" if wrong.remedy else wrong.message
            return msgspec.json.encode({"id": _id_of(text), "error": {"field": wrong.field, "message": message}})
        self._ids.add(request.id)
        self.answered += 1
        return msgspec.json.encode(answer_of(request.id, land(self._tables, consignment_of(request))))


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines that are not blank, without their ends; of one that is too long only its beginning is kept."""
    first = True
    while line := stream.readline(LONGEST_LINE + 2):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            _skip(stream)
        text = line.strip()
        if text:
            yield text if len(text) <= LONGEST_LINE else line


def _skip(stream: IO[bytes]) -> None:
    while (rest := stream.readline(65_536)) and not rest.endswith(b"\n"):
        pass


def _id_of(text: bytes) -> str | int | None:
    try:
        found = msgspec.json.decode(text[: LONGEST_LINE + 2])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    name = found.get("id") if isinstance(found, dict) else None
    return name if isinstance(name, str | int) and not isinstance(name, bool) else None
