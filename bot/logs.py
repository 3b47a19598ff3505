"""Structured logs on standard error, with every secret taken out before a line is written."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.config import Settings

HIDDEN = "[hidden]"

# Keys whose value is never written, whatever it is.
_SECRET_KEY = re.compile(
    r"(token|secret|password|passwd|authorization|cookie|api_?key|private_key|signature)"
    r"(?!s?_(expires|digest|version|count|type))",
    re.IGNORECASE,
)
# Secrets by their look: Slack tokens and response URLs, Intuit refresh tokens, bearer and basic
# headers, JSON web tokens, Fernet ciphertext, an OAuth code or token inside a query string.
_SECRET_LOOK = re.compile(
    r"(?:xox[abeoprs]|xapp|xwfp)-[A-Za-z0-9-]{6,}"
    r"|\bRT1-[A-Za-z0-9-]{6,}|\bAB1[0-9][A-Za-z0-9]{16,}"
    r"|(?<=hooks\.slack\.com/)[A-Za-z0-9/_-]{10,}"
    r"|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}"
    r"|\bgAAAA[A-Za-z0-9_=-]{20,}"
    r"|(?<=/reconnect/)[A-Za-z0-9_-]{8,}|(?<=/response/)[A-Za-z0-9_-]{4,}"
    r"|(?<=[?&])(?:code|state|ticket|token|access_token|refresh_token|client_secret)=[^&\s\"']+"
)
_NOISY = (
    "alembic",
    "apscheduler",
    "httpcore",
    "httpx",
    "procrastinate",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "uvicorn",
)
_SHORTEST_SECRET = 6


class Redactor:
    """Takes secrets out of log values: by key, by look, and the very secrets of the settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({one for one in secrets if len(one) >= _SHORTEST_SECRET}, key=len)
        self._known = re.compile("|".join(re.escape(one) for one in reversed(known)) or r"(?!)")

    def text(self, value: str) -> str:
        """Return `value` without anything that is or looks like a secret."""
        return _SECRET_LOOK.sub(HIDDEN, self._known.sub(HIDDEN, value))

    def value(self, value: object) -> object:
        """The same for any value of a log line, inside containers too."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, SecretStr | bytes):
            return HIDDEN
        if isinstance(value, Mapping):
            return {str(key): self._pair(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(inner) for inner in value]
        return self.text(value if isinstance(value, str) else repr(value))

    def _pair(self, key: str, value: object) -> object:
        return HIDDEN if value and _SECRET_KEY.search(key) else self.value(value)

    def __call__(
        self, logger: WrappedLogger, name: str, event: EventDict
    ) -> MutableMapping[str, Any]:
        """Redact one event (a structlog processor)."""
        del logger, name
        return {
            # structlog's own record and marks are dropped or read by the processors after this one
            key: inner if key.startswith("_") else self._pair(key, inner)
            for key, inner in event.items()
        }


def secrets_of(settings: Settings) -> list[str]:
    """Every secret the settings hold, so that none can slip through under another name."""
    found: list[str] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            found += [part.strip() for part in value.get_secret_value().split(",")]
    return found


def configure(settings: Settings, stream: TextIO | None = None, level: str = "") -> None:
    """Send structlog and the standard library's loggers to `stream` (standard error).

    `level` goes before LOG_LEVEL: a command typed by a person shows warnings alone.
    """
    redact = Redactor(secrets_of(settings))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                _writer(as_json=settings.LOG_JSON),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level or settings.LOG_LEVEL)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _writer(*, as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False)
