"""What an account needs, and how long somebody who guesses has to wait. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from argosy.markets.model import MAX_FIELD, FieldError

MAX_EMAIL = 254
LEAST_PASSWORD = 10
"""Characters; length is what makes a password strong, so no kinds of characters are asked for."""
MOST_PASSWORD = 200
FREE_TRIES = 5
MAX_ADDRESSES = 20

_EMAIL = re.compile(r"^[^@\s]+@(?:[^@\s.]+\.)+[^@\s.]{2,}$")
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_FORGIVEN_AFTER = timedelta(hours=24)


def plain_email(typed: str) -> str:
    """An e-mail address as accounts are found by: without blanks around it, NFKC, small letters."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def plain_password(typed: str) -> str:
    """A password as it is hashed: NFKC, so that two keyboards write the same one."""
    return unicodedata.normalize("NFKC", typed)


def check_registration(name: str, email: str, password: str) -> tuple[FieldError, ...]:
    """Everything that is wrong with a new account, in the form's order; empty if nothing is."""
    found = (_bad_name(name), _bad_email(email), bad_password(password, email, name))
    return tuple(fault for fault in found if fault is not None)


def plain_name(typed: str) -> str:
    """A name on one line, without invisible marks."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def _bad_name(name: str) -> FieldError | None:
    if not any(ch.isalnum() for ch in name):
        return _fault("name", "required", "Fill this in.")
    if len(name) > MAX_FIELD:
        return _fault("name", "too_long", f"Shorten it to {MAX_FIELD} characters.")
    if any(unicodedata.category(ch) in ("Cc", "Cs", "Co") for ch in name):
        return _fault("name", "control_character", "Enter one line of plain text.")
    return None


def _bad_email(email: str) -> FieldError | None:
    if not email:
        return _fault("email", "required", "Fill this in.")
    if len(email) > MAX_EMAIL or "\0" in email or not _EMAIL.match(email):
        example = "name@example.com"
        return FieldError(field="email", code="invalid", remedy=f"Enter an address such as {example}.", example=example)
    return None


def bad_password(password: str, *known: str) -> FieldError | None:
    """What is wrong with a new password; `known` are texts that others know of the shopper: her name, her address."""
    if len(password) < LEAST_PASSWORD:
        return _fault("password", "too_short", f"Take {LEAST_PASSWORD} characters or more.")
    if len(password) > MOST_PASSWORD:
        return _fault("password", "too_long", f"Shorten it to {MOST_PASSWORD} characters.")
    low = password.casefold()
    if len(set(low)) < 5 or any(text and low == text.casefold() for text in known):
        return _fault("password", "too_easy", "Take one that others cannot guess, such as four unrelated words.")
    return None


def heard_from(failures: int, last_at: datetime) -> datetime | None:
    """From when on the next try is heard, after so many failed ones; None: at once.

    Five are free; then 30 seconds, doubling to a quarter of an hour, so that a day has room for about a hundred guesses.
    """
    if failures < FREE_TRIES:
        return None
    wait = _FIRST_WAIT * (1 << min(failures - FREE_TRIES, 10))
    return last_at + min(wait, _LONGEST_WAIT)


def still_counts(last_at: datetime, now: datetime) -> bool:
    """Whether failed tries are held against the next one: for a day."""
    return now - last_at < _FORGIVEN_AFTER


def forgotten_before(now: datetime) -> datetime:
    """Failures older than this need not be kept."""
    return now - _FORGIVEN_AFTER


def _fault(field: str, code: str, remedy: str) -> FieldError:
    return FieldError(field=field, code=code, remedy=remedy)
