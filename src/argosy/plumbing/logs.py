"""Structured logs: one event a line, with names for its values and without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Values under these names never reach a log, whoever logs them.
SECRET_NAMES = frozenset(
    {"secret", "password", "token", "card_number", "authorization", "cookie", "stripe_key", "operator_key", "quote"}
)


def hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace secret values by stars."""
    for name in event:
        if name.lower() in SECRET_NAMES:
            event[name] = "***"
    return event


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
