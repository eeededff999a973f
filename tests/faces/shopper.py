"""A shopper without scripts: sends the forms of pages as a browser would."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import httpx

FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S)
ADDRESS = {
    "name": "Aoife Byrne",
    "phone": "06 12 34 56 78",
    "street": "14 rue Bleue",
    "city": "Paris",
    "postal_code": "75002",
}
APPROVED, DECLINED, STEP = "4242424242424242", "4000000000000002", "4000002500003155"


class Page:
    """An answer, and what is on it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.url = answer.url
        self.text = answer.text
        self.headers = answer.headers

    @property
    def words(self) -> str:
        """What can be read on the page's main part, on one line."""
        main = re.search(r"<main.*</main>", self.text, re.S)
        plain = re.sub(r"<[^>]+>", " ", main[0] if main else self.text)
        return " ".join(html.unescape(plain).split())

    @property
    def heading(self) -> str:
        """The page's first heading."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""

    def form(self, action: str) -> dict[str, str]:
        """The hidden and filled fields of the first form that is sent to an address ending so."""
        for form in FORM.findall(self.text):
            target = re.search(r'action="([^"]*)"', form)
            if target and html.unescape(target[1]).endswith(action):
                return dict(self._fields(form))
        raise AssertionError(f"no form to {action} on {self.url}")

    @staticmethod
    def _fields(form: str) -> list[tuple[str, str]]:
        found = []
        for field in re.findall(r"<input\b[^>]*>", form):
            name, value = re.search(r'\bname="([^"]*)"', field), re.search(r'\bvalue="([^"]*)"', field)
            choice = 'type="radio"' in field or 'type="checkbox"' in field
            if name and (not choice or " checked" in field):
                found.append((name[1], html.unescape(value[1]) if value else "on" if choice else ""))
        return found


class Shopper:
    """One browser in one market and language."""

    def __init__(self, base: str, market: str = "fr", language: str = "en") -> None:
        self.base = base
        self.prefix = f"/{market}/{language}"
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=30)

    def see(self, path: str) -> Page:
        """A page under the edition, or at any address beginning with `//`."""
        return Page(self.client.get(path[1:] if path.startswith("//") else self.prefix + path))

    def send(self, path: str, fields: dict[str, str], **more: Any) -> Page:
        """A form sent."""
        address = path[1:] if path.startswith("//") else self.prefix + path
        return Page(self.client.post(address, data=fields, **more))

    def token(self) -> str:
        """What every form of ours carries for this browser."""
        return self.see("/account/sign-in").form("/account/sign-in")["csrf"]

    def put_in(self, variant: str, quantity: int = 1) -> Page:
        """Pieces put into the basket."""
        return self.send("/basket/add", {"csrf": self.token(), "variant": variant, "quantity": str(quantity)})

    def checkout(self, **changes: str) -> tuple[Page, dict[str, str]]:
        """The checkout's page, and its form filled in."""
        page = self.see("/checkout")
        return page, {**page.form("/checkout"), **ADDRESS, "card": APPROVED, **changes}

    def buy(self, **changes: str) -> Page:
        """What is in the basket, ordered and paid."""
        return self.send("/checkout", self.checkout(**changes)[1])


def goods(base: str, *, market: str = "FR", least: int = 1, limited: bool = False, skip: int = 0) -> dict[str, Any]:
    """A variant of the shop that can be had: with its `variant_id`, `available`, `limit_per_shopper` and `name`."""
    with httpx.Client(base_url=base, timeout=30) as client:
        for page in range(1, 13):
            listed = client.get("/v1/products", params={"market": market, "page": page, "page_size": 100}).json()
            for card in listed["products"]:
                one = client.get(f"/v1/products/{card['handle']}", params={"market": market}).json()
                for variant in one["variants"]:
                    fits = (variant["limit_per_shopper"] is not None) == limited
                    if fits and variant["price"] and least <= (variant["available"] or 0) <= 900:
                        if not skip:
                            return {**variant, "name": one["name"], "handle": one["handle"]}
                        skip -= 1
    raise AssertionError("the shop has no such goods")


def left(base: str, good: dict[str, Any]) -> int:
    """Pieces that can be had now; pages may be two seconds behind."""
    variant = next(
        one
        for one in httpx.get(f"{base}/v1/products/{good['handle']}", params={"market": "FR"}).json()["variants"]
        if one["variant_id"] == good["variant_id"]
    )
    return int(variant["available"])


def wait_for(base: str, good: dict[str, Any], pieces: int) -> None:
    """Return once pages show so many pieces."""
    for _ in range(50):
        if left(base, good) == pieces:
            return
        time.sleep(0.1)
    raise AssertionError(f"{left(base, good)} pieces are left, not {pieces}")


def take_all_but(base: str, good: dict[str, Any], rest: int) -> None:
    """Somebody else orders nearly all of it, through the API."""
    wanted = left(base, good) - rest
    quote = httpx.post(
        f"{base}/v1/quotes",
        json={
            "destination": {"country": "FR"},
            "lines": [{"variant_id": good["variant_id"], "quantity": wanted}],
        },
    ).json()["quote"]
    address = {"country": "FR", **ADDRESS, "street": [ADDRESS["street"]]}
    placed = httpx.post(f"{base}/v1/orders", json={"quote": quote, "address": address})
    assert placed.status_code == 201, placed.text
