"""Builds the Bolt app: every envelope Slack can deliver meets a handler, known or not."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.dispatch.home import opened
from bot.dispatch.listeners import Ack, Listeners
from bot.dispatch.model import Button, Form, Lookup, SlashCommand
from bot.domain import Payload
from bot.errors import BotError
from bot.services import Services

log = structlog.get_logger(__name__)

# Bolt's own five threads are used up by five slow handlers; then even an ack is late.
THREADS = 24
_ANYTHING = re.compile(r"(?s).*")

Named = TypeVar("Named")


def build_app(
    services: Services,
    commands: Sequence[SlashCommand],
    buttons: Sequence[Button] = (),
    forms: Sequence[Form] = (),
    lookups: Sequence[Lookup] = (),
) -> App:
    """Build the app for both doors. Raises BotError when two things share a name.

    No call to Slack is made here, nor before an acknowledgement: authorization is our own token.
    """
    settings = services.settings
    token = settings.SLACK_BOT_TOKEN.get_secret_value()
    client = WebClient(token=token, base_url=settings.SLACK_API_BASE_URL, timeout=10)
    app = App(
        client=client,
        logger=_quiet_logger(),
        name="qb-sync-bot",
        signing_secret=settings.SLACK_SIGNING_SECRET.get_secret_value(),
        authorize=_authorizer(token),
        token_verification_enabled=False,
        process_before_response=False,
        listener_executor=ThreadPoolExecutor(THREADS, thread_name_prefix="slack-listener"),
    )
    listeners = Listeners(
        services,
        by_name(commands),
        unique((button.action, button) for button in buttons),
        unique((form.callback, form) for form in forms),
        tuple(unique((lookup.prefix, lookup) for lookup in lookups).values()),
    )
    _register(app, listeners)
    return app


def by_name(commands: Iterable[SlashCommand]) -> Mapping[str, SlashCommand]:
    """Index commands. Raises BotError when two share a name."""
    return unique((command.name, command) for command in commands)


def unique(pairs: Iterable[tuple[str, Named]]) -> dict[str, Named]:
    """Make a table. Raises BotError on a key that comes twice."""
    found: dict[str, Named] = {}
    for name, thing in pairs:
        if name in found:
            msg = f"Two things are named {name}."
            raise BotError(msg)
        found[name] = thing
    return found


def _register(app: App, listeners: Listeners) -> None:
    """Register one listener per kind of envelope; our own tables match names exactly."""

    def command(body: Payload, ack: Ack) -> None:
        listeners.command(body, ack)

    def press(body: Payload, ack: Ack) -> None:
        listeners.press(body, ack)

    def form(body: Payload, ack: Ack) -> None:
        listeners.form(body, ack)

    def options(body: Payload, ack: Ack) -> None:
        listeners.options(body, ack)

    def home(body: Payload, ack: Ack) -> None:
        ack()
        opened(listeners.services, body)

    def keep(body: Payload, next_: Callable[[], None]) -> BoltResponse | None:
        # Bolt acknowledges an event before its listener runs, but after its middleware.
        if not listeners.message(body):
            return BoltResponse(status=500, body="")
        next_()
        return None

    def shortcut(body: Payload, ack: Ack) -> None:
        listeners.shortcut(body, ack)

    def nothing(ack: Ack) -> None:
        ack()

    app.command(_ANYTHING)(command)
    app.action({"type": "block_actions", "action_id": _ANYTHING})(press)
    app.view({"type": "view_submission", "callback_id": _ANYTHING})(form)
    app.view({"type": "view_closed", "callback_id": _ANYTHING})(nothing)
    app.action({"type": "interactive_message", "callback_id": _ANYTHING})(nothing)
    app.shortcut(_ANYTHING)(shortcut)
    app.options({"type": "block_suggestion", "action_id": _ANYTHING})(options)
    app.options({"type": "dialog_suggestion", "callback_id": _ANYTHING})(_no_options)
    # The first that matches is taken.
    app.event("app_home_opened")(home)
    app.event("message", middleware=[keep])(nothing)
    app.event(_ANYTHING)(nothing)
    app.error(_crashed)


def _no_options(ack: Ack) -> None:
    ack(options=[])


def _crashed(error: Exception, body: Payload) -> BoltResponse:
    """Log what no handler caught, without the body: it holds people's words."""
    log.error("slack listener crashed", kind=body.get("type"), error=type(error).__name__)
    return BoltResponse(status=200, body="")


def _authorizer(token: str) -> Any:
    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize


def _quiet_logger() -> logging.Logger:
    # At INFO Bolt writes whole bodies of badly signed requests, at WARNING those of unknown ones.
    logger = logging.getLogger("slack_bolt.door")
    logger.setLevel(logging.ERROR)
    return logger
