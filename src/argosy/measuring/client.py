"""A small HTTP/1.1 client for driving load: one connection, kept alive, no more than answers need."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec


class Connection:
    """One connection to the shop."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, headers: str = "") -> tuple[int, bytes]:
        """Status and body of the answer to a JSON request."""
        head = f"POST {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\ncontent-type: application/json\r\n"
        return await self._send(f"{head}content-length: {len(body)}\r\n{headers}\r\n".encode() + body)

    async def get(self, path: str, headers: str = "") -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        return await self._send(f"GET {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n{headers}\r\n".encode())

    async def _send(self, request: bytes) -> tuple[int, bytes]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._reader, self._writer
        assert reader is not None  # noqa: S101
        writer.write(request)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            lowered = head.lower()
            if b"content-length:" in lowered:
                length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
                return status, await reader.readexactly(length) if length else b""
            return status, await self._chunks(reader) if b"chunked" in lowered else b""
        except (asyncio.IncompleteReadError, OSError):
            await self.close()
            raise

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body

    async def close(self) -> None:
        """Close it; the next request opens a new one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = self._reader = None


def encode(value: Any) -> bytes:
    """A value as JSON."""
    return msgspec.json.encode(value)
