"""DATABASE_URL: SQLite or PostgreSQL, however it is spelled; anything else is one sentence."""

import pytest

from bot.db.address import address
from bot.errors import ConfigError


@pytest.mark.parametrize(
    "url",
    ["postgres://a:b@h/n", "postgresql://a:b@h/n", "postgresql+psycopg://a:b@h/n"],
)
def test_postgresql_by_any_of_its_names(url: str) -> None:
    """Hosting companies hand out postgres://, which SQLAlchemy does not know."""
    assert address(url).drivername == "postgresql+psycopg"
    assert address(url).host == "h"


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/n", "nonsense secret", "", "http://x:y/secret"]
)
def test_anything_else_is_refused_without_showing_it(url: str) -> None:
    """The address may hold a password."""
    with pytest.raises(ConfigError) as refused:
        address(url)

    assert "DATABASE_URL" in refused.value.message
    assert "secret" not in refused.value.message
