"""Engine, sessions, migrations and leases."""

from bot.db.engine import Sessions, make_engine
from bot.db.schema import migrate, schema_differences

__all__ = ["Sessions", "make_engine", "migrate", "schema_differences"]
