"""Errors that a caller can act on, each with a code that never changes."""

from __future__ import annotations


class Refused(Exception):
    """A caller broke a rule; the message says which, and the remedy what to send instead.

    `code` is stable and listed in `docs/reference/errors.md`; `status` is the HTTP status a face answers with;
    `field` names the offending part of the request, where there is one.
    """

    def __init__(
        self, code: str, message: str, *, field: str | None = None, remedy: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.remedy = remedy
        self.status = status

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        then = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{then}"


class NotFound(Refused):
    """What was asked for is not there, or is not the caller's to see; the two are answered alike."""

    def __init__(self, code: str, message: str, *, field: str | None = None, remedy: str | None = None) -> None:
        super().__init__(code, message, field=field, remedy=remedy, status=404)


class Misconfigured(Exception):
    """The shop cannot start as it is set up; the message names the setting and what to do."""
