"""`doctor`: looks at each thing the bot needs, and never stops at the first that is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import httpx
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlmodel import select

from bot import mailbox
from bot.config import Settings
from bot.console import environment
from bot.console.model import Desk, Parts
from bot.console.remote import base_url
from bot.console.working import bot_runs
from bot.db import schema_differences
from bot.domain import ConnectionState
from bot.errors import BotError
from bot.knowledge import gaps
from bot.knowledge.overrides import trouble
from bot.mailbox import Box
from bot.mirror import notices
from bot.models import Company, Connection, MailState, MirrorState
from bot.render import plural
from bot.web.webhooks import PATH


@dataclass(frozen=True)
class Finding:
    """One part, whether it is well, and what to do if it is not."""

    part: str
    ok: bool
    words: str


def examine(parts: Parts, settings: Settings) -> list[Finding]:
    """Look at everything; what depends on a broken part is left out."""
    wrong = environment.missing_to_run(settings)
    found = [Finding("settings", not wrong, "; ".join(wrong) or "complete")]
    if environment.missing_to_work(settings):
        return found
    try:
        with parts.desk(settings) as desk:
            found += _inside(parts, desk)
    except BotError as error:
        found.append(Finding("start", False, error.message))
    return found


def _inside(parts: Parts, desk: Desk) -> Iterator[Finding]:
    services = desk.services
    yield _tried("database", lambda: _schema(desk))
    yield _tried("problem files", lambda: _problems(parts, desk))
    yield _tried("explanations", lambda: _gaps(desk))
    if services.settings.PROBLEMS_DIR:
        yield _tried("problem files of your own", lambda: _firm_files(desk))
    yield _tried("Slack", lambda: _slack(desk))
    yield _tried("Intuit", lambda: _intuit(desk))
    yield _tried("webhooks", lambda: _webhooks(desk))
    for box in mailbox.boxes(services.settings):
        yield _tried("mailbox", partial(_mailbox, desk, box))
    yield _tried("bot", lambda: _bot(services.settings))
    with services.sessions.read() as session:
        companies = list(session.exec(select(Company)))
        states = {row.company_id: row.state for row in session.exec(select(Connection))}
    for company in companies:
        state = states.get(company.id or 0, ConnectionState.NEVER)
        yield _tried(company.name, _company_check(desk, company, state))
    if not companies:
        yield Finding("companies", False, "none yet; add one with `python app.py connect`")


def _tried(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, look())
    except BotError as error:
        return Finding(part, False, error.message)


def _schema(desk: Desk) -> str:
    differences = schema_differences(desk.services.sessions.engine)
    if differences:
        msg = f"the schema differs from the program's in {len(differences)} places"
        raise BotError(msg)
    return "newest schema"


def _problems(parts: Parts, desk: Desk) -> str:
    desk.services.knowledge.validate(parts.fix_names)
    return f"{len(desk.services.knowledge.problems)} known"


def _gaps(desk: Desk) -> str:
    """Error texts that still nothing explains: they are no fault of the set-up, and are told."""
    with desk.services.sessions.read() as session:
        rows = gaps.still_missing(desk.services.knowledge, gaps.missing(session))
    if not rows:
        return "every answer so far has one"
    came = sum(row.count for row in rows)
    return (
        f"missing for {plural(len(rows), 'error text')}, which came {plural(came, 'time')}; "
        "`python app.py problems gaps` lists them"
    )


def _firm_files(desk: Desk) -> str:
    found = desk.services.knowledge.overrides
    if found.fault:
        raise BotError(f"{found.fault}; our words are used")
    wrong = trouble(found, desk.services.render.failing)
    if wrong:
        said = "; ".join(f"{name}: {flaw}" for name, flaw in wrong.items())
        msg = f"{len(found.good)} used, ours stand in for {len(wrong)}: {said}"
        raise BotError(msg)
    return f"{len(found.good)} used from {found.folder}"


def _slack(desk: Desk) -> str:
    try:
        me = desk.services.slack.client.auth_test()
    except SlackApiError as error:
        msg = f"Slack refuses the bot token: {error.response['error']}"
        raise BotError(msg) from None
    except (SlackClientError, OSError) as error:
        msg = f"Slack does not answer: {type(error).__name__}"
        raise BotError(msg) from None
    return f"{me['user']} in {me['team']}"


def _intuit(desk: Desk) -> str:
    desk.services.quickbooks.authorize_url("doctor")
    callback = f"{desk.services.settings.PUBLIC_URL.rstrip('/')}/oauth/callback"
    return f"answers; {callback} must be a redirect URI of the app at Intuit"


def _webhooks(desk: Desk) -> str:
    services = desk.services
    if not services.settings.INTUIT_WEBHOOK_VERIFIER.get_secret_value():
        return "off; changes are asked for every CAPTURE_SECONDS"
    now = services.clock.now()
    with services.sessions.read() as session:
        states = list(session.exec(select(MirrorState)))
        deaf = [one for one in states if notices.silent(session, one, now)]
    url = f"{services.settings.PUBLIC_URL.rstrip('/')}{PATH}"
    if deaf:
        msg = f"on, but our own writes are not told of; is the endpoint at Intuit {url}?"
        raise BotError(msg)
    heard = max((one.noticed_at for one in states if one.noticed_at is not None), default=None)
    last = f"the last notice came at {heard:%Y-%m-%d %H:%M} UTC" if heard else "no notice came yet"
    return f"on at {url}; {last}"


def _mailbox(desk: Desk, box: Box) -> str:
    """Open it as the bot does, changing nothing; then what was made of its mails."""
    with box.open(look_only=True):
        pass
    with desk.services.sessions.read() as session:
        row = session.get(MailState, box.name) or MailState(name=box.name)
    if row.trouble:
        raise BotError(f"{row.trouble} Since {row.trouble_since:%Y-%m-%d %H:%M} UTC.")
    if row.unassigned:
        msg = (
            f"{plural(row.unassigned, 'mail')} with errors fit no company, or several; "
            "`python app.py sources mail NAME ADDRESS --company COMPANY` says whose they are"
        )
        raise BotError(msg)
    last = f"{row.read_at:%Y-%m-%d %H:%M} UTC" if row.read_at else "not yet"
    return (
        f"{box.name} can be read; errors in {plural(row.taken, 'mail')}, {row.left_alone:,} left "
        f"alone, {row.too_large:,} too large; last looked into: {last}"
    )


def _bot(settings: Settings) -> str:
    if not bot_runs(settings):
        return "not running"
    try:
        reply = httpx.get(f"{base_url(settings)}/healthz", timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        msg = f"runs, but does not answer at {base_url(settings)}: {type(error).__name__}"
        raise BotError(msg) from None
    if reply.status_code != 200:
        raise BotError(f"runs, but is not well: {reply.text}")
    return "runs and is well"


def _company_check(desk: Desk, company: Company, state: ConnectionState) -> Callable[[], str]:
    def look() -> str:
        if state is not ConnectionState.CONNECTED:
            words = "not connected yet" if state is ConnectionState.NEVER else "connection lost"
            msg = f'{words}; `python app.py connect --name "{company.name}"` gives a link'
            raise BotError(msg)
        info = desk.services.quickbooks.company(company.id or 0).company_info()
        return f"connected to {info.get('CompanyName', 'QuickBooks')}"

    return look
