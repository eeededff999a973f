"""Questions about reach in files of the home folder: one is worked out at a time, by a process of its own."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from argosy.base.errors import NotFound, Refused
from argosy.console.reaching.model import Answer, Asked, Job

MOST_KEPT = 20
"""Answers that are kept; the oldest goes when another is asked for."""
_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
_ASKED, _PROGRESS, _ANSWER, _FAULT, FIRMS = "asked.json", "progress", "answer.json", "fault", "firms.csv"


class Jobs:
    """The folder of questions. The process at work holds the folder's lock, whichever server process began it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: list[subprocess.Popen[bytes]] = []

    def begin(self, asked: Asked, firms: bytes, environment: Mapping[str, str]) -> str:
        """Begin to work a question out, `firms` being the file of candidates; its id. Blocks a little: call it in a thread.

        Refuses (`reach_busy`, 409) while another is worked out.
        """
        self._reap()
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as lock:
            if not _locked(lock):
                remedy = "Wait for it, or stop it."
                raise Refused("reach_busy", "Another question is being worked out.", remedy=remedy, status=409)
            name = f"{asked.at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
            place = self.folder / name
            place.mkdir(mode=0o700)
            lock.truncate(0)
            lock.write(name)
            lock.flush()
            (place / FIRMS).write_bytes(firms)
            write(place / _ASKED, msgspec.json.encode(asked))
            # The child inherits the lock with the open file, and keeps it until it ends.
            command = [sys.executable, "-m", "argosy.console.reaching.work", str(place)]
            child = subprocess.Popen(
                command, env={**os.environ, **environment}, pass_fds=[lock.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            write(place / "pid", str(child.pid).encode())
            self._children.append(child)
        self._forget_old()
        return name

    def look(self, name: str) -> Job:
        """A question and where it stands; refuses (`unknown_reach`) one there is not."""
        self._reap()
        place = self._place(name)
        asked = msgspec.json.decode((place / _ASKED).read_bytes(), type=Asked)
        if (place / _ANSWER).exists():
            return Job(job_id=name, asked=asked, state="done", per_mille=1000)
        if (place / _FAULT).exists():
            return Job(job_id=name, asked=asked, state="failed", fault=(place / _FAULT).read_text(encoding="utf-8"))
        if not self._at_work(name):
            # It may have ended between the two looks.
            return self.look(name) if (place / _ANSWER).exists() else Job(job_id=name, asked=asked, state="stopped")
        done = place / _PROGRESS
        per_mille = int(done.read_text()) if done.exists() else 0
        return Job(job_id=name, asked=asked, state="running", per_mille=per_mille)

    def answer(self, name: str) -> Answer:
        """The answer of a question that is done."""
        return msgspec.json.decode((self._place(name) / _ANSWER).read_bytes(), type=Answer)

    def all(self) -> list[Job]:
        """All questions that are kept, the newest first."""
        return [self.look(name) for name in self._names()]

    def stop(self, name: str) -> None:
        """End a question that is being worked out; nothing happens to one that is not."""
        place = self._place(name)
        if self._at_work(name) and (place / "pid").exists():
            _end(int((place / "pid").read_text()))

    def close(self) -> None:
        """End what this server process began."""
        for child in self._children:
            if child.poll() is None:
                _end(child.pid)
                child.wait(5)

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        names = (one.name for one in self.folder.iterdir() if _NAME.fullmatch(one.name) and (one / _ASKED).exists())
        return sorted(names, reverse=True)

    def _place(self, name: str) -> Path:
        place = self.folder / name
        if not _NAME.fullmatch(name) or not (place / _ASKED).exists():
            raise NotFound("unknown_reach", "There is no such question, or it was thrown away.", remedy="Ask again.")
        return place

    def _at_work(self, name: str) -> bool:
        """Whether it is this question that is being worked out: the lock is held, and names it."""
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                return lock.read() == name
        return False

    def _reap(self) -> None:
        self._children = [child for child in self._children if child.poll() is None]

    def _forget_old(self) -> None:
        for name in self._names()[MOST_KEPT:]:
            shutil.rmtree(self.folder / name, ignore_errors=True)


def _locked(lock: IO[str]) -> bool:
    """Whether the lock could be had; who only looks at it holds it for an instant, so it is tried some times."""
    for _ in range(5):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def write(path: Path, data: bytes) -> None:
    """A file that is there whole or not at all."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)


def tell(place: Path, per_mille: int) -> None:
    """Note how much of a question is done."""
    write(place / _PROGRESS, str(per_mille).encode())


def put_answer(place: Path, answer: Answer) -> None:
    """Note the answer of a question."""
    write(place / _ANSWER, msgspec.json.encode(answer))


def put_fault(place: Path, sentence: str) -> None:
    """Note why a question has no answer."""
    write(place / _FAULT, sentence.encode())


def _end(pid: int) -> None:
    """End a process and those that work for it: it leads a group of its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
