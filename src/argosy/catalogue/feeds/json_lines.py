"""JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from argosy.catalogue.feeds.columns import Columns
from argosy.catalogue.feeds.record import FILE, ROW, Record, Records, Wrong
from argosy.catalogue.model import RefusedRow

# Numbers with a decimal point stay the text they were sent as: a float would change prices.
_DECODER = msgspec.json.Decoder(type=dict, float_hook=str)
_INSIDE = {"names": "name.", "attributes": "attr."}


def json_records(lines: Iterator[tuple[int, bytes] | RefusedRow], columns: Columns) -> Records:
    """The rows of a JSON lines file; empty lines are passed over."""
    empty = True
    for line in lines:
        if isinstance(line, RefusedRow):
            empty = False
            yield line
        elif line[1].strip():
            empty = False
            yield _record(*line, columns)
    if empty:
        yield RefusedRow(1, FILE, "the file is empty; send one JSON object a line")


def _record(number: int, data: bytes, columns: Columns) -> Record | RefusedRow:
    try:
        row = _DECODER.decode(data)
    except UnicodeDecodeError as broken:
        return RefusedRow(number, ROW, f"byte 0x{broken.object[broken.start]:02X} is not UTF-8; save the file as UTF-8")
    except RecursionError:
        return RefusedRow(number, ROW, "the JSON is nested too deeply; send one flat object")
    except msgspec.DecodeError as broken:
        return RefusedRow(number, ROW, f"this is not a JSON object ({broken}); send one object a line")
    fields: dict[str, str] = {}
    try:
        for key, value in row.items():
            prefix = _INSIDE.get(key)
            if prefix is None:
                _put(fields, columns.resolve(key), key, value)
            elif isinstance(value, dict):
                for inner, text in value.items():
                    _put(fields, columns.resolve(prefix + inner), f"{key}.{inner}", text)
            elif value is not None:
                raise Wrong(key, f"an object is wanted; send {{{key!r}: {{...}}}}".replace("'", '"'))
    except Wrong as wrong:
        return RefusedRow(number, wrong.field[:80], wrong.reason)
    return number, fields


def _put(fields: dict[str, str], name: str | None, key: str, value: Any) -> None:
    if name is None or value is None or name in fields:
        return
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int):
        value = str(value)
    elif isinstance(value, list) and name == "made_up" and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise Wrong(key, "a text or a number is wanted, not a list or an object; send a single value")
    if stripped := value.strip():
        fields[name] = stripped
