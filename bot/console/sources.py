"""The sources of a company, as the command line makes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from bot import audit
from bot.console.choosing import find
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.forwarded import addressing
from bot.models import Company, MailState, Source, SourceSetup
from bot.outgoing import callbacks
from bot.services import Services
from bot.sources import hooks, pulling, setup
from bot.sync.exact_json import parse_json
from bot.sync.reading import as_payload
from bot.sync.records import BadRow
from bot.web.tokens import digest, new_intake_token, new_signing_key, seal, unseal

# As in the form of /qb-sync-now file, so that both ways lead to one source.
DEFAULT_SOURCE = "Web shop"
LONGEST_NAME = 60
LEAST_SECONDS, MOST_SECONDS = 1.0, 86_400.0


@dataclass(frozen=True)
class NewSource:
    """A source with its intake token, which is shown this once."""

    id: int
    name: str
    company: str
    token: str
    signing_key: str = ""


@dataclass(frozen=True)
class MailSource:
    """A source with the addresses of its mails."""

    name: str
    company: str
    addresses: tuple[str, ...]


def add_source(
    services: Services,
    company_name: str | None,
    name: str,
    *,
    refuses: str | None = None,
    needs_email: bool | None = None,
    errors: bool = False,
    fields: Mapping[str, str] | None = None,
) -> NewSource:
    """Make a source with an intake token; for one that exists, a new token replaces the old.

    `refuses`: characters its names may not hold although QuickBooks takes them; `needs_email`:
    its invoices are e-mailed, so that one without an address is asked about. `errors`: it forwards
    errors, signed with a key that is made now; `fields` says where their parts stand in its JSON.
    None: as before.
    """
    plain = _checked_name(name)
    token = new_intake_token()
    now = services.clock.now()
    with services.sessions.write() as session:
        company = find(session, company_name)
        row = _found_or_new(session, company, plain, now)
        row.token_digest = digest(token)
        row.forbidden = row.forbidden if refuses is None else "".join(dict.fromkeys(refuses))
        row.needs_email = row.needs_email if needs_email is None else needs_email
        session.add(row)
        session.flush()
        assert row.id is not None
        key = new_signing_key() if errors else ""
        row.signing_key = seal(services.settings, row, key) if errors else row.signing_key
        row.error_fields = row.error_fields if fields is None else dict(fields)
        session.add(row)
        _note(session, row, now, "source.token")
        return NewSource(row.id, plain, company.name, token, key)


def declare_mail(
    services: Services, company_name: str | None, name: str, addresses: Iterable[str]
) -> MailSource:
    """Declare where a source's mails with errors go to or come from, in place of those before.

    A source that is new has no token. Raises BadInput.
    """
    plain, kept = _checked_name(name), addressing.checked(addresses)
    now = services.clock.now()
    with services.sessions.write() as session:
        company = find(session, company_name)
        row = _found_or_new(session, company, plain, now)
        row.mail_addresses = kept
        session.add(row)
        session.flush()
        _look_again(session)
        _note(session, row, now, "source.mail")
        return MailSource(plain, company.name, tuple(kept))


@dataclass(frozen=True)
class ReadSource:
    """A source that the bot reads by itself."""

    id: int
    name: str
    company: str


def read_source(
    services: Services,
    company_name: str | None,
    name: str,
    kind: str,
    options: JsonValue,
    every: float,
) -> ReadSource:
    """Declare where a source is read, every so many seconds; a new source is made.

    Raises BadInput.
    """
    pulling.checked(kind, options)
    if not LEAST_SECONDS <= every <= MOST_SECONDS:
        msg = f"--every is a number of seconds from {LEAST_SECONDS} to {MOST_SECONDS}."
        raise BadInput(msg)
    plain, now = _checked_name(name), services.clock.now()
    with services.sessions.write() as session:
        company = find(session, company_name)
        row = _found_or_new(session, company, plain, now)
        session.add(row)
        session.flush()
        _note(session, row, now, f"source.read.{kind}")
        made = ReadSource(row.id or 0, plain, company.name)
    pulling.declare(services, made.id, kind, options, every)
    return made


def known_source(services: Services, company_name: str | None, name: str) -> int:
    """The id of a source that is there. Raises BadInput."""
    with services.sessions.read() as session:
        company = find(session, company_name)
        row = source_named(session, company.id or 0, name)
    if row is None or row.id is None:
        raise BadInput(f"{company.name} has no source {name!r}; `sources list` shows them.")
    return row.id


def setups(services: Services) -> dict[int, SourceSetup]:
    """How each source that was declared is read, by its id."""
    with services.sessions.read() as session:
        return {row.source_id: row for row in session.exec(select(SourceSetup))}


@dataclass(frozen=True)
class HookSource:
    """A source with its webhook; the key is shown this once, "" where it is known already."""

    name: str
    company: str
    key: str
    header: str


def read_json(path: Path) -> JsonValue:
    """Read a JSON file with exact numbers. Raises BadInput."""
    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise BadInput(f"The file {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadInput(f"The file {path} is not valid JSON: {error}.") from None


def try_hook(
    services: Services, company_name: str | None, data: JsonValue, sample: JsonValue
) -> tuple[list[Payload], list[str]]:
    """What a declaration would make of a sample: records, and what is wrong. Keeps nothing.

    Raises BadInput.
    """
    with services.sessions.read() as session:
        zone = find(session, company_name).time_zone
    found = list(hooks.records(hooks.declared(data), sample, zone))
    bad = [one for one in found if isinstance(one, BadRow)]
    good = [as_payload(one) for one in found if not isinstance(one, BadRow)]
    return good, [f"{row.external_id or 'a record'}: {row.reason}" for row in bad]


def keep_hook(
    services: Services, company_name: str | None, name: str, data: JsonValue, key: str | None
) -> HookSource:
    """Declare the webhook of a source, in place of the one before; a new source is made.

    `key`: what the other system signs with; None makes one where a signature is declared and
    there is no key yet. Raises BadInput.
    """
    hook = hooks.declared(data)
    plain, now = _checked_name(name), services.clock.now()
    with services.sessions.write() as session:
        company = find(session, company_name)
        row = _found_or_new(session, company, plain, now)
        session.add(row)
        session.flush()
        source_id = row.id or 0
        had = bool(setup.of_source(session, source_id).hook_key)
        _note(session, row, now, "source.hook")
    made = new_signing_key() if hook.signature and not key and not had else ""
    setup.keep_hook(services, source_id, hook, key or made or None)
    header = hook.signature.header if hook.signature else ""
    return HookSource(plain, company.name, made, header)


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_NAME or "/" in plain or not plain.isprintable():
        msg = f"{name!r} cannot name a source: use 1 to {LONGEST_NAME} characters, without a slash."
        raise BadInput(msg)
    return plain


def _found_or_new(session: Session, company: Company, name: str, now: datetime) -> Source:
    assert company.id is not None
    row = source_named(session, company.id, name)
    return row or Source(company_id=company.id, name=name, created_at=now)


def _look_again(session: Session) -> None:
    """What is still unread in the mailboxes may belong to the new address."""
    for state in session.exec(select(MailState)):
        state.validity, state.uid, state.unassigned, state.unassigned_from = 0, 0, 0, []
        session.add(state)


def _note(session: Session, row: Source, now: datetime, action: str) -> None:
    data: Payload = {
        "source": row.name,
        "refuses": row.forbidden,
        "needs_email": row.needs_email,
        "forwards_errors": bool(row.signing_key),
        "fields": row.error_fields,
        "mail_addresses": list(row.mail_addresses),
    }
    audit.append(
        session,
        at=now,
        actor="",
        action=action,
        subject=f"source:{row.id}",
        company_id=row.company_id,
        data=data,
    )


def source_named(session: Session, company_id: int, name: str) -> Source | None:
    """Find a source of a company by name."""
    return session.exec(
        select(Source).where(Source.company_id == company_id, Source.name == name)
    ).first()


def source_for_file(services: Services, company_id: int, name: str | None) -> int:
    """Find the source a file belongs to; the first one of a company is made, a mistyped one never.

    With no name: the company's only source, or one called like the default of the form in Slack.
    The same file under another source's name would be other records: everything twice.
    Raises BadInput.
    """
    with services.sessions.write() as session:
        every_one = list(session.exec(select(Source).where(Source.company_id == company_id)))
        if name is None and len(every_one) > 1:
            names = ", ".join(row.name for row in every_one)
            msg = f"Which source is the file from? Name it with --source: {names}."
            raise BadInput(msg)
        row = every_one[0] if name is None and every_one else None
        row = row or source_named(session, company_id, name or DEFAULT_SOURCE)
        if row is None and every_one:
            names = ", ".join(one.name for one in every_one)
            msg = (
                f"{name} is no source of this company. It has: {names}. "
                "`python app.py sources add` makes a new one."
            )
            raise BadInput(msg)
        if row is None:
            row = Source(
                company_id=company_id, name=name or DEFAULT_SOURCE, created_at=services.clock.now()
            )
            session.add(row)
            session.flush()
        assert row.id is not None
        return row.id


def seal_again(services: Services) -> int:
    """Encrypt every signing key with the first of SECRET_KEYS; returns how many. For rotation.

    One that no key opens stays as it is: its source is added again with --errors.
    """
    count = 0
    with services.sessions.write() as session:
        for row in session.exec(select(Source).where(Source.signing_key != "")):
            key = unseal(services.settings, row)
            row.signing_key = seal(services.settings, row, key) if key else row.signing_key
            session.add(row)
            count += bool(key)
        count += callbacks.seal_again(services, session)
        return count + setup.seal_again(services, session)
