"""Structured logs: one event a line, with names for its values and without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

# Values under these names never reach a log, whoever logs them.
SECRET_NAMES = frozenset({
    "secret", "password", "password_hash", "token", "card_number", "authorization", "cookie", "quote", "order_key",
    "stripe_key", "stripe_webhook_secret", "carrier_secrets", "operator_key", "database_url", "dsn",
})  # fmt: skip


def hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace secret values by stars, also inside of other values."""
    for name, value in event.items():
        event[name] = "***" if name.lower() in SECRET_NAMES else _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "***" if str(key).lower() in SECRET_NAMES else _hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    if isinstance(value, tuple):
        return tuple(_hidden(inner) for inner in value)
    return value


class _StandardError:
    """Standard error as it is when something is written, also where it was exchanged after the set-up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def set_up_logs(*, json: bool, level: int = logging.INFO) -> None:
    """Write all logs of this process to standard error, as JSON lines or for people."""
    last: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            hide,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
