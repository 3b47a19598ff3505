"""DATABASE_URL, read once for all: which of the two databases, and where."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

_EXAMPLES = "sqlite:///data/bot.sqlite3 or postgresql://user@host/name"


def address(url: str) -> URL:
    """Read a database URL; postgres:// is PostgreSQL as well. Raises ConfigError, never the URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        msg = f"DATABASE_URL is not an address of a database, such as {_EXAMPLES}."
        raise ConfigError(msg) from None
    kind, _, _ = parsed.drivername.partition("+")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return parsed
    msg = (
        f"DATABASE_URL names {kind}; the bot keeps its tables in SQLite or PostgreSQL: {_EXAMPLES}."
    )
    raise ConfigError(msg)
