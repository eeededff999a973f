"""The built files under `/static/`: sheets, scripts, pictures; compressed ones where the build made them."""

from __future__ import annotations

import mimetypes
from gzip import compress
from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from argosy.base.errors import NotFound
from argosy.storefront.assets import STATIC

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {".svg": "image/svg+xml", ".js": "text/javascript", ".css": "text/css"}
_TEXT = (".svg", ".js", ".css", ".json", ".txt", ".md")
_KEPT_BYTES = 32 * 1024 * 1024


class _Folder:
    """The files of a folder by name, read once and kept within bounds; a name that is not among them does not exist."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        self._hashed = {name for name in self._files if "-" in name and name.count("/") == 0}
        self._kept: dict[tuple[str, bool], bytes] = {}
        self._size = 0

    def packed(self, name: str, accepted: str) -> tuple[bytes, str]:
        """A file's bytes as the browser takes them, and their encoding, empty for none; refuses names there are not."""
        if name not in self._files:
            raise NotFound("no_such_file", "There is no such file.")
        for encoding, ending in _ENCODINGS:
            if encoding in accepted and name + ending in self._files:
                return self._read(name + ending), encoding
        if "gzip" in accepted and name.endswith(_TEXT):
            return self._read(name, gzip=True), "gzip"
        return self._read(name), ""

    def _read(self, name: str, *, gzip: bool = False) -> bytes:
        key = (name, gzip)
        body = self._kept.get(key)
        if body is None:
            body = self._files[name].read_bytes()
            if gzip:
                body = compress(body, 6)
            if self._size > _KEPT_BYTES:
                self._kept.clear()
                self._size = 0
            self._kept[key] = body
            self._size += len(body)
        return body

    def for_ever(self, name: str, version: str | None) -> bool:
        """Whether the address changes when the file does."""
        return name in self._hashed or bool(version)


_folder: list[_Folder] = []


@get("/static/{name:path}", include_in_schema=False, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    """A built file."""
    if not _folder:
        _folder.append(_Folder(STATIC))
    folder, name = _folder[0], str(name).lstrip("/")
    body, encoding = folder.packed(name, request.headers.get("accept-encoding", ""))
    headers = {
        "Cache-Control": _FOR_EVER if folder.for_ever(name, request.query_params.get("v")) else _A_DAY,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    ending = Path(name).suffix
    media = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if ending == ".svg":
        # A drawing opened by itself runs nothing.
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(body, media_type=media, headers=headers)
