"""Settings for the command line: the environment, an env file, and what is missing to go live."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from dotenv import dotenv_values
from sqlalchemy import make_url

from bot import mailbox
from bot.config import Settings
from bot.errors import ConfigError

DEFAULT_FILE = Path(".env")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def read(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """Build the settings.

    A file named on the command line goes before the environment, so that a demo can never reach
    a real workspace by a variable left in the shell; the default `.env` goes after it.
    Raises ConfigError.
    """
    if env_file is not None:
        return Settings.from_mapping({**environ, **_values(env_file)})
    if DEFAULT_FILE.is_file():
        return Settings.from_mapping({**_values(DEFAULT_FILE), **environ})
    return Settings.from_mapping(environ)


def _values(path: Path) -> dict[str, str]:
    if not path.is_file():
        msg = f"There is no env file {path}."
        raise ConfigError(msg)
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8")
    except OSError as error:
        msg = f"The env file {path} cannot be read: {error.strerror}."
        raise ConfigError(msg) from None
    except UnicodeDecodeError:
        msg = f"The env file {path} is no text file."
        raise ConfigError(msg) from None
    return {name: value for name, value in found.items() if value is not None}


def missing_to_run(settings: Settings) -> list[str]:
    """List in plain words what `run` needs and does not have; [] is ready."""
    return [*missing_to_work(settings), *_slack(settings), *mailbox.missing(settings)]


def missing_to_work(settings: Settings) -> list[str]:
    """The same without Slack: enough for the command line alone."""
    wrong = [*_keys(settings)]
    if not settings.INTUIT_CLIENT_ID or not settings.INTUIT_CLIENT_SECRET.get_secret_value():
        wrong.append("INTUIT_CLIENT_ID and INTUIT_CLIENT_SECRET: the keys of your app at Intuit")
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" and public.hostname not in _LOOPBACK:
        wrong.append("PUBLIC_URL: must begin with https:// unless it is this machine's own address")
    return wrong


def _keys(settings: Settings) -> list[str]:
    keys = [part.strip() for part in settings.SECRET_KEYS.get_secret_value().split(",")]
    if not any(keys):
        return ["SECRET_KEYS: make one with `python app.py keys new`"]
    for key in filter(None, keys):
        try:
            Fernet(key)
        except ValueError:
            return [
                "SECRET_KEYS: holds something that is no key; `python app.py keys new` makes one"
            ]
    return []


def _slack(settings: Settings) -> list[str]:
    wrong = []
    if not settings.SLACK_BOT_TOKEN.get_secret_value().startswith("xoxb-"):
        wrong.append("SLACK_BOT_TOKEN: the bot token of the Slack app, begins with xoxb-")
    app_token = settings.SLACK_APP_TOKEN.get_secret_value()
    if app_token and not app_token.startswith("xapp-"):
        wrong.append("SLACK_APP_TOKEN: begins with xapp-")
    if not app_token and not settings.SLACK_SIGNING_SECRET.get_secret_value():
        wrong.append(
            "SLACK_APP_TOKEN (Socket Mode, begins with xapp-) or SLACK_SIGNING_SECRET (signed HTTP)"
        )
    return wrong


def require_database(settings: Settings) -> None:
    """Refuse to look into a database that is not there: an empty new one would answer "all well".

    Raises ConfigError naming the file.
    """
    url = make_url(settings.DATABASE_URL)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    if not Path(url.database).is_file():
        msg = (
            f"There is no database at {url.database} (DATABASE_URL). `python app.py connect` makes "
            "it with the first company."
        )
        raise ConfigError(msg)


def require(wrong: list[str]) -> None:
    """Raise ConfigError with one clear list when anything is missing."""
    if wrong:
        lines = "\n".join(f"  - {line}" for line in wrong)
        msg = f"These settings are missing or wrong (.env.example explains each):\n{lines}"
        raise ConfigError(msg)
