"""The methods this workspace answers: function, scopes, kind of token, rate tier."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.api.call import Call
from sandbox.slack.jsontypes import Json


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method. `scopes`: any one of them is enough."""

    name: str
    run: Callable[[Call], Json]
    tier: int
    scopes: tuple[str, ...] = ()
    token: str = "bot"
    required: tuple[str, ...] = ()
