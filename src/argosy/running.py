"""The parts of a running shop on this machine: its database, migrated, and its server processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import msgspec

from argosy.base.errors import Misconfigured
from argosy.plumbing.config import Config, variable
from argosy.plumbing.embedded.account import LAUNCH
from argosy.plumbing.embedded.server import EmbeddedServer
from argosy.plumbing.migrations import migrate

Say = Callable[[str], None]


@contextmanager
def database(config: Config, say: Say, *, server_settings: dict[str, str] | None = None) -> Iterator[str]:
    """The address of the shop's database, migrated: the one of the settings, or our own for as long as the block lasts."""
    if config.database_url:
        asyncio.run(migrate(config.database_url, datetime.now(UTC)))
        yield config.database_url
        return
    server = EmbeddedServer(config.home, say=say, settings=server_settings or {})
    attached = server.start()
    try:
        asyncio.run(migrate(attached.dsn, datetime.now(UTC)))
        yield attached.dsn
    finally:
        server.stop()


def environment(config: Config, dsn: str) -> dict[str, str]:
    """The environment in which a server process finds these settings."""
    values = {variable(name): value for name, value in msgspec.structs.asdict(config).items()}
    told = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if value != ""
    }
    return {**os.environ, **told, "DATABASE_URL": dsn}


class Serving:
    """Server processes under Granian, as a child of this process that does not outlive it (on Linux)."""

    def __init__(self, config: Config, dsn: str) -> None:
        self.config = config
        command = [
            sys.executable, "-I", "-S", str(LAUNCH), "-", "-", str(os.getpid()), "-",
            sys.executable, "-m", "granian", "--interface", "asgi", "--host", config.host, "--port", str(config.port),
            "--workers", str(config.workers), "--loop", "uvloop", "--factory", "--no-ws", "--log-level", "warning",
            "--backpressure", "1024", "--respawn-failed-workers", "--workers-kill-timeout", "20", "argosy.app:serve",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, env=environment(config, dsn))

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        """Return when the shop answers; raises `Misconfigured` when the server ends or does not answer in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Misconfigured(
                    f"The server ended. Is port {self.config.port} taken? Set {variable('port')} to another."
                )
            try:
                if httpx.get(f"http://{self.config.host}:{self.config.port}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise Misconfigured(f"The server did not answer within {seconds:.0f} seconds.")

    def stop(self) -> None:
        """End the server processes, letting them finish what they have begun."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(25)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((host, port)) != 0
