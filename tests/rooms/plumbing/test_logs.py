"""Logs: one event a line, and never a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from argosy.plumbing.config import Config
from argosy.plumbing.logs import SECRET_NAMES, hide

SOURCE = Path(__file__).parents[3] / "src"
WRITER = """
import json, sys
import structlog
from argosy.plumbing.logs import set_up_logs
set_up_logs(json=sys.argv[1] == "json")
log = structlog.get_logger()
for name in json.loads(sys.argv[2]):
    log.info("something", **{name: "hunter2-" + name})
log.info("nested", request={"headers": [{"Cookie": "hunter2-cookie", "host": "here"}]})
try:
    raise ValueError("what went wrong")
except ValueError:
    log.exception("broken", attempt=3)
log.debug("not told")
"""


def written(form: str, names: list[str]) -> tuple[str, str]:
    """What a process writes to standard output and to standard error."""
    ran = subprocess.run(
        [sys.executable, "-c", WRITER, form, json.dumps(names)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    return ran.stdout, ran.stderr


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_written(form: str) -> None:
    out, logged = written(form, [*sorted(SECRET_NAMES), "Authorization", "TOKEN"])
    assert out == ""
    assert "hunter2" not in logged
    assert logged.count("***") >= len(SECRET_NAMES) + 3
    assert "here" in logged
    assert "what went wrong" in logged
    assert "not told" not in logged


def test_json_lines_can_be_read() -> None:
    _, logged = written("json", ["order_id"])
    events = [json.loads(line) for line in logged.splitlines()]
    assert [event["event"] for event in events] == ["something", "nested", "broken"]
    assert events[0]["order_id"] == "hunter2-order_id"
    assert events[1]["request"] == {"headers": [{"Cookie": "***", "host": "here"}]}
    assert "ValueError: what went wrong" in events[2]["exception"]
    assert all(event["timestamp"].endswith("Z") and event["level"] for event in events)


def test_every_secret_setting_is_hidden() -> None:
    secret = {name for name in Config.__struct_fields__ if "secret" in name or name.endswith("_key")} | {"database_url"}
    assert len(secret) >= 5
    for name in secret:
        assert hide(None, "info", {"event": "x", name: "value"})[name] == "***"
