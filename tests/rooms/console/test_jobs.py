"""Questions about reach as files: one at work, whole answers, no names that lead elsewhere."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.console.reaching import jobs as module
from argosy.console.reaching.jobs import MOST_KEPT, Jobs, put_answer, put_fault, tell
from argosy.console.reaching.model import Answer, Asked, Square

AT = datetime(2026, 3, 28, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process at work only sleeps."""
    begin = subprocess.Popen

    def sleeping(command: list[str], **more: Any) -> Any:
        return begin([sys.executable, "-c", "import time; time.sleep(60)"], **more)

    monkeypatch.setattr(module.subprocess, "Popen", sleeping)


def test_one_is_at_work_and_another_is_refused(tmp_path: Path, idle: None) -> None:
    jobs, other = Jobs(tmp_path / "reach"), Jobs(tmp_path / "reach")
    name = jobs.begin(Asked(at=AT), b"", {})
    tell(tmp_path / "reach" / name, 421)
    for one in (jobs, other):
        assert (one.look(name).state, one.look(name).per_mille) == ("running", 421)
        with pytest.raises(Refused, match="being worked out"):
            one.begin(Asked(at=AT), b"", {})
    other.stop(name)
    for _ in range(50):
        if jobs.look(name).state != "running":
            break
        time.sleep(0.05)
    assert jobs.look(name).state == "stopped"
    again = other.begin(Asked(at=AT - timedelta(days=1)), b"", {})
    assert [(job.job_id, job.state) for job in jobs.all()] == [(name, "stopped"), (again, "running")]
    other.close()
    assert jobs.look(again).state == "stopped"


def test_answers_and_faults_are_kept(tmp_path: Path, idle: None) -> None:
    jobs = Jobs(tmp_path)
    name = jobs.begin(Asked(at=AT, hours=48), b"", {})
    answer = Answer(told={"people": 7}, by_country_after=None, squares=[Square(1, 2, 24, 24)], seconds=3)
    put_answer(tmp_path / name, answer)
    assert (jobs.look(name).state, jobs.look(name).asked.hours, jobs.answer(name)) == ("done", 48, answer)
    jobs.stop(name)
    assert jobs.look(name).state == "done"
    jobs.close()
    broken = jobs.begin(Asked(at=AT), b"", {})
    put_fault(tmp_path / broken, "No such hub.")
    assert (jobs.look(broken).state, jobs.look(broken).fault) == ("failed", "No such hub.")
    jobs.close()


def test_the_oldest_are_thrown_away(tmp_path: Path, idle: None) -> None:
    jobs = Jobs(tmp_path)
    names = []
    for number in range(MOST_KEPT + 2):
        names.append(jobs.begin(Asked(at=AT + timedelta(seconds=number)), b"", {}))
        jobs.close()
    assert [job.job_id for job in jobs.all()] == names[:1:-1]


@pytest.mark.parametrize("name", ["", ".", "..", "lock", "../reach", "20260328T120000000005-abcdef", "x" * 300])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Jobs(tmp_path).look(name)
