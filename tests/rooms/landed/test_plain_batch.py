"""The batch command against the plain reading, and against files that nobody meant well."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from argosy.commands import landed
from argosy.plumbing.config import Config
from rooms.landed.plain.draw import draw
from rooms.landed.plain_comparison import disagreements

Asked = tuple[int, list[dict[str, Any]]]
LINE: dict[str, Any] = {"line": "1", "hs": "691200", "origin": "JP", "quantity": 2, "unit_minor": 1850}
GOOD: dict[str, Any] = {
    "id": "good",
    "at": "2026-02-03",
    "to": "AT",
    "ship_from": "JP",
    "currency": "EUR",
    "shipping_minor": 700,
    "lines": [LINE],
}


class Batch:
    """`argosy landed --batch`, run in this process."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "requests.jsonl"
        self.capture = capture
        parser = argparse.ArgumentParser()
        landed.add(parser.add_subparsers())
        self.parser = parser

    def ask(self, content: bytes) -> Asked:
        """Exit code and answers to the bytes of a file."""
        self.file.write_bytes(content)
        return self.run(str(self.file))

    def run(self, file: str) -> Asked:
        """Exit code and answers to a file by its name."""
        given = self.parser.parse_args(["landed", "--batch", file, "--json"])
        self.capture.readouterr()
        code = given.run(Config(), given)
        return code, [json.loads(line) for line in self.capture.readouterr().out.splitlines()]

    def requests(self, requests: list[dict[str, Any]]) -> Asked:
        """Exit code and answers to requests."""
        return self.ask("".join(json.dumps(request, ensure_ascii=False) + "\n" for request in requests).encode())


@pytest.fixture
def batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Batch:
    return Batch(tmp_path, capsys)


def plain_request(seed: int) -> dict[str, Any]:
    """A drawn request without the keys that have no value, as a caller would write it."""
    request = {key: value for key, value in draw(seed).items() if value is not None}
    request["lines"] = [{key: value for key, value in line.items() if value is not None} for line in request["lines"]]
    return request


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    """All but the words and the order of lines."""
    amounts = {key: value for key, value in answer.items() if key not in ("reasons", "lines")}
    return amounts


def tells_why(answer: dict[str, Any]) -> bool:
    """Whether the reasons say why the state is not `known`."""
    codes = [reason["code"] for reason in answer["reasons"]]
    marks = {
        "known": ("",),
        "estimate": ("duty.spread", "duty.added_spread", "tax.doubt"),
        "unknown": ("duty.unknown", "tax.unknown", "fee.unknown"),
        "banned": ("ban.",),
        "conditional": ("condition.",),
    }
    return any(code.startswith(marks[answer["state"]]) for code in codes)


def test_the_command_agrees_with_the_plain_reading(batch: Batch) -> None:
    seeds = range(100_000, 100_300)
    code, answers = batch.requests([plain_request(seed) for seed in seeds])
    assert code == 0
    assert [answer["id"] for answer in answers] == [str(seed) for seed in seeds]
    wrong = [
        (seed, what) for seed, answer in zip(seeds, answers, strict=True) for what in disagreements(draw(seed), answer)
    ]
    assert wrong == []


def test_every_answer_passes_the_checks(batch: Batch) -> None:
    requests = [plain_request(seed) for seed in range(200_000, 200_200)]
    _, answers = batch.requests(requests)
    for request, answer in zip(requests, answers, strict=True):
        goods = sum(line["quantity"] * line["unit_minor"] for line in request["lines"])
        parts = [answer[name] for name in ("duty_minor", "tax_minor", "fees_minor")]
        assert answer["currency"] == request["currency"]
        assert all(part is None or (type(part) is int and part >= 0) for part in parts)
        if answer["total_minor"] is not None:
            assert answer["total_minor"] == goods + request["shipping_minor"] + sum(parts)
        assert tells_why(answer), answer
        assert all(set(reason) >= {"code", "line", "text", "source", "as_of"} for reason in answer["reasons"])
        assert [line["line"] for line in answer["lines"]] == [line["line"] for line in request["lines"]]
        for name in ("duty_minor", "tax_minor", "fees_minor"):
            if answer[name] is not None:
                assert sum(line[name] for line in answer["lines"]) == answer[name]


def test_the_order_of_requests_and_lines_changes_no_figure(batch: Batch) -> None:
    requests = [plain_request(seed) for seed in range(300_000, 300_100)]
    _, answers = batch.requests(requests)
    rng = Random(7)
    turned = [{**request, "lines": rng.sample(request["lines"], len(request["lines"]))} for request in requests]
    rng.shuffle(turned)
    _, others = batch.requests(turned)
    assert {a["id"]: figures(a) for a in others} == {a["id"]: figures(a) for a in answers}


def test_standard_input(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(GOOD).encode() + b"\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    code, (answer,) = batch.run("-")
    assert (code, answer["state"], answer["total_minor"]) == (0, "known", 5280)


def test_a_file_without_requests(batch: Batch) -> None:
    assert batch.ask(b"") == (0, [])


def test_names_are_given_back_as_they_came(batch: Batch) -> None:
    names = ["嗨 🧵", 'a"b\\c', "x" * 50, "<script>", "é", "e\u0301"]
    code, answers = batch.requests([{**GOOD, "id": name, "lines": [{**LINE, "line": name}]} for name in names])
    assert code == 0
    assert [(answer["id"], answer["lines"][0]["line"]) for answer in answers] == [(name, name) for name in names]


def test_the_last_line_may_lack_its_end_and_lines_may_end_as_on_windows(batch: Batch) -> None:
    one, other = json.dumps(GOOD), json.dumps({**GOOD, "id": "other"})
    code, answers = batch.ask(f"{one}\r\n{other}".encode())
    assert code == 0
    assert [answer["total_minor"] for answer in answers] == [5280, 5280]


def changed(field: str, value: Any) -> dict[str, Any]:
    """The good request with one field of it, or of its line by `lines.`, of another value; `...` takes it out."""
    request: dict[str, Any] = json.loads(json.dumps(GOOD))
    holder = request["lines"][0] if field.startswith("lines.") else request
    name = field.removeprefix("lines.")
    if value is ...:
        del holder[name]
    else:
        holder[name] = value
    return request


WRONG: dict[str, list[Any]] = {
    "at": [..., "2026-02-30", "2026-02-03T00:00:00Z", 20260203, "03.02.2026", None, ""],
    "to": [..., "fr", "FRA", "", "F1", None, 33],
    "ship_from": [..., "jp", "JPN"],
    "region": [7],
    "channel": ["pigeon", None, "Courier"],
    "mode": ["air"],
    "terms": ["FOB", "ddp"],
    "seller_collects": ["yes", 1],
    "currency": [..., "eur", "EURO", "QQQ", 978],
    "shipping_minor": [..., -1, 7.5, "700", True, None, 10**40],
    "lines": [..., [], {}, None, ["x"], [LINE, LINE], [{**LINE, "line": str(place)} for place in range(101)]],
    "surprise": [1],
    "lines.line": [..., 1, None],
    "lines.hs": [..., "69120", "6912001", "69120010", "6912.00", 691200, "६९१२००", "69120x", "", " 691200", "691200\n"],
    "lines.origin": [..., "jp", "Japan"],
    "lines.quantity": [..., 0, -1, 1.0, "2", True, 10**30],
    "lines.unit_minor": [..., -1, 18.5, 1e3, 10**30],
    "lines.customs_unit_minor": [0, -5, 1.5],
    "lines.attributes": [[], {"battery": "yes"}, {"blade_mm": -1}, {"blade_mm": 1.5}, {"colour": "red"}],
    "lines.surprise": [1],
}
CHANGES = [(field, value) for field, values in WRONG.items() for value in values]


def test_a_wrong_field_is_named_and_the_rest_is_answered(batch: Batch) -> None:
    bad = [{**changed(field, value), "id": f"bad {place}"} for place, (field, value) in enumerate(CHANGES)]
    fine = [{**GOOD, "id": f"fine {place}"} for place in range(len(CHANGES))]
    code, answers = batch.requests([request for pair in zip(bad, fine, strict=True) for request in pair])
    assert code == 1
    assert [answer["id"] for answer in answers[::2]] == [request["id"] for request in bad]
    accepted = [(change, answer) for change, answer in zip(CHANGES, answers[::2], strict=True) if "error" not in answer]
    assert accepted == []
    for (field, value), answer in zip(CHANGES, answers[::2], strict=True):
        assert field.removeprefix("lines.") in answer["error"]["field"], (field, value)
        assert len(answer["error"]["message"]) > 10, (field, value)
    assert {answer["total_minor"] for answer in answers[1::2]} == {5280}


def test_a_request_without_a_name(batch: Batch) -> None:
    values: list[Any] = [..., None, 7, "", [], True]
    code, answers = batch.requests([*(changed("id", value) for value in values), GOOD])
    assert code == 1
    assert [answer["error"]["field"] for answer in answers[:-1]] == ["id"] * len(values)
    assert answers[-1]["total_minor"] == 5280


def test_a_name_that_came_before_is_refused(batch: Batch) -> None:
    code, answers = batch.requests([GOOD, {**GOOD, "to": "DE"}])
    assert code == 1
    assert "error" not in answers[0]
    assert (answers[1]["id"], answers[1]["error"]["field"]) == ("good", "id")


UNREADABLE = [
    b"{",
    b"null",
    b"7",
    b"[]",
    b'"x"',
    b"{}",
    b"\xff\xfe",
    b'{"id": "a\x00"}',
    b"nonsense",
    b"[" * 5_000,
    b'{"id": NaN}',
    json.dumps(GOOD).encode()[:-1],
    b"\xef\xbb\xbf{",
    b"x" * 3_000_000,
    b'{"id":"\\ud800"}',
]


def test_what_cannot_be_read_is_answered_in_its_place(batch: Batch) -> None:
    fine = [json.dumps({**GOOD, "id": str(place)}).encode() for place in range(len(UNREADABLE))]
    code, answers = batch.ask(b"\n".join(line for pair in zip(UNREADABLE, fine, strict=True) for line in pair))
    assert code == 1
    assert len(answers) == 2 * len(UNREADABLE)
    for line, answer in zip(UNREADABLE, answers[::2], strict=True):
        assert set(answer) == {"id", "error"}, line[:40]
        assert answer["error"]["message"], line[:40]
    assert {answer["total_minor"] for answer in answers[1::2]} == {5280}


def test_large_amounts_stay_exact(batch: Batch) -> None:
    big = 9_000_000_000_000
    request = {**GOOD, "to": "HK", "currency": "HKD", "lines": [{**LINE, "quantity": 3, "unit_minor": big}]}
    code, (answer,) = batch.requests([request])
    assert (code, answer["total_minor"]) == (0, 3 * big + 700)
