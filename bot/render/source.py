"""Template files: TOML front matter between two +++ lines, then Jinja."""

import re
import tomllib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateNotFound  # noqa: TID251  this is bot.render

from bot.domain import JsonValue
from bot.errors import ConfigError

_FRONT = re.compile(r"\A\+\+\+[ \t]*\n(?P<front>.*?)\n\+\+\+[ \t]*\n", re.DOTALL)


def split(source: str) -> tuple[str, str]:
    """Return (front matter, body); the body keeps its line numbers by blank lines before it."""
    source = source.replace("\r\n", "\n")
    found = _FRONT.match(source)
    if found is None:
        return "", source
    return found["front"], "\n" * source.count("\n", 0, found.end()) + source[found.end() :]


def read(path: Path) -> str:
    """Read a whole template file; raises ConfigError naming file and reason."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path.name} cannot be read: {error}"
        raise ConfigError(msg) from None


def front_matter(file: str, source: str) -> dict[str, JsonValue]:
    """Parse the TOML front matter of a problem file; raises ConfigError naming file and reason."""
    front, _ = split(source)
    if not front:
        msg = f"{file}: there is no front matter between two +++ lines at the top"
        raise ConfigError(msg)
    try:
        return tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        msg = f"{file}: the front matter is not TOML: {error}"
        raise ConfigError(msg) from None
    except (ValueError, RecursionError):
        msg = f"{file}: a number in the front matter is too long, or it is nested too deep"
        raise ConfigError(msg) from None


class Folder(BaseLoader):
    """Loads templates below one folder, without their front matter, and never twice.

    The folder is listed once, when the first template is asked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the body of a template; names never leave the folder."""
        del environment
        if template not in self._names:
            raise TemplateNotFound(template)
        path = self.folder / template
        _, body = split(path.read_text(encoding="utf-8"))
        return body, str(path), lambda: True

    def list_templates(self) -> list[str]:
        """Return the names of all templates, sorted."""
        return sorted(self._names)

    @cached_property
    def _names(self) -> frozenset[str]:
        found = self.folder.rglob("*.j2")
        return frozenset(path.relative_to(self.folder).as_posix() for path in found)


def text_of(front: dict[str, Any], key: str) -> str:
    """Return a string of the front matter, "" when it is absent or of another type."""
    value = front.get(key, "")
    return value if isinstance(value, str) else ""
