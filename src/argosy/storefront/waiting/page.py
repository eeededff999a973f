"""The page of somebody who waits: rendered once for an edition and phase, then only filled in."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_time
from markupsafe import Markup, escape

from argosy.campaigns.waiting.model import SECOND_US, Phase, Standing
from argosy.campaigns.waiting.rules import from_us
from argosy.markets.patterns import cldr
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted

COUNT, DUE, NOTE, SECONDS, SHARE = (f"\ue000{name}\ue000" for name in ("count", "due", "note", "seconds", "share"))
"""Stand for what differs between two shoppers who wait."""
REFUSED = noted("The place that was sent does not belong to this browser. Here is a new one, at the end.")
LAPSED = noted("Your turn came and has passed. Here is a new place, at the end.")
_NAMED_DAY = timedelta(hours=12)
_MOST_SENTENCES = 20_000


class WaitingPages:
    """Makes the pages; keeps a pattern for each edition and phase, and the sentences with their numbers."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[Edition, str], list[str]] = {}
        self._sentences: dict[tuple[Edition, str, int], str] = {}

    def page(self, edition: Edition, standing: Standing, now_us: int, seconds: int, note: str = "") -> bytes:
        """The page of somebody with this standing, who is to ask again after some seconds."""
        phase = "early" if standing.phase is Phase.EARLY else "paused" if standing.due_us is None else "waiting"
        pattern = self._patterns.get((edition, phase))
        if pattern is None:
            pattern = self._patterns[edition, phase] = _pattern(edition, phase)
        told = f'<p class="note">{escape(edition.gettext(note))}</p>' if note else ""
        filled = {
            COUNT: self._sentence(edition, phase, standing.before),
            DUE: _time(standing.due_us, now_us, edition) if standing.due_us is not None else "",
            NOTE: told,
            SECONDS: str(seconds),
            SHARE: str(_share(standing, now_us)),
        }
        return "".join([filled.get(piece, piece) for piece in pattern]).encode()

    def _sentence(self, edition: Edition, phase: str, count: int) -> str:
        key = (edition, phase, count)
        told = self._sentences.get(key)
        if told is None:
            if len(self._sentences) >= _MOST_SENTENCES:
                self._sentences.clear()
            told = self._sentences[key] = _count(edition, phase, count)
        return told


def _count(edition: Edition, phase: str, count: int) -> str:
    speech = edition.speech
    if phase == "early":
        return speech.ngettext("%(n)s shopper is here so far.", "%(n)s shoppers are here so far.", count)
    if phase == "paused":
        return speech.ngettext("%(n)s shopper is before you.", "%(n)s shoppers are before you.", count)
    return speech.ngettext("%(n)s before you", "%(n)s before you", count) if count else speech.gettext("You are next")


def _pattern(edition: Edition, phase: str) -> list[str]:
    titles = {
        "early": edition.gettext(noted("Opens at %(time)s"), time=DUE),
        "paused": edition.gettext(noted("A short pause")),
        "waiting": COUNT,
    }
    marks = {"COUNT": COUNT, "DUE": DUE, "NOTE": NOTE, "SECONDS": SECONDS, "SHARE": SHARE}
    made = edition.render("waiting.html", {"phase": phase, "title": Markup(titles[phase]), **marks})  # noqa: S704
    head, middle, body = made.partition("</title>")
    # In the title of a browser's tab stands no markup, so none with a time in it.
    if DUE in titles[phase]:
        head = head.replace(f"{titles[phase]} · ", "")
    pieces: list[str] = []
    for text in (head, middle + body):
        for number, piece in enumerate(text.split("\ue000")):
            pieces.append(f"\ue000{piece}\ue000" if number % 2 else piece)
    return pieces


def _time(due_us: int, now_us: int, edition: Edition) -> str:
    """When, as a `<time>`; to the second if it is near, with its day if it is not."""
    second = -(-due_us // SECOND_US)
    far = due_us - now_us > _NAMED_DAY // timedelta(microseconds=1)
    return _time_at(second, far, edition)


@lru_cache(maxsize=20_000)
def _time_at(second: int, far: bool, edition: Edition) -> str:
    at = from_us(second * SECOND_US)
    zone = edition.market.calendar.time_zone
    if far:
        told = edition.instant(at)
    else:
        name = cldr(edition.locale)
        local = at.astimezone(ZoneInfo(zone))
        told = format_time(local, str(name.datetime_skeletons["Hms"].pattern), tzinfo=local.tzinfo, locale=name)
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}"><b>{escape(told)}</b></time>'


def _share(standing: Standing, now_us: int) -> int:
    """Per cent of the wait that is over."""
    if standing.due_us is None or standing.due_us <= standing.since_us:
        return 0
    return max(0, min(99, (now_us - standing.since_us) * 100 // (standing.due_us - standing.since_us)))
