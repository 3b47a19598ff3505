"""The walk over one payload: where we are, what is wrong, on which surface."""

from dataclasses import dataclass, field
from typing import Literal

Surface = Literal["message", "modal", "home"]


@dataclass(slots=True)
class Walk:
    """Collects errors with a JSON pointer each, in Slack's wording."""

    surface: Surface
    errors: list[str] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)

    def wrong(self, pointer: str, message: str) -> None:
        """Record one error."""
        self.errors.append(f"{message} [json-pointer:{pointer}]")
        self.pointers.append(pointer)
