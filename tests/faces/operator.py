"""An operator at the console, without scripts: signs in and sends the forms of its pages."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx

from conftest import OPERATOR


class Operator:
    """One browser that showed the key, unless told otherwise."""

    def __init__(self, base: str, key: str = OPERATOR) -> None:
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=60)
        if key:
            self.entered = self.client.post("/console/sign-in", data={"key": key})

    def see(self, path: str, **query: Any) -> httpx.Response:
        """A page."""
        return self.client.get(f"/console{path}", params=query or None)

    def token(self) -> str:
        """What every form of this session carries."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.see("/reach").text)
        assert found
        return found[1]

    def send(self, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
        """A form sent as its page does."""
        return self.client.post(f"/console{path}", data={"csrf": self.token(), **fields}, **more)


def words(answer: httpx.Response) -> str:
    """What can be read on the page's main part, on one line."""
    main = re.search(r"<main.*</main>", answer.text, re.S)
    plain = re.sub(r"<[^>]+>", " ", main[0] if main else answer.text)
    return " ".join(html.unescape(plain).split())
