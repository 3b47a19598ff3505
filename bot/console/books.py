"""`connect`, `sources`, `check`, `status`: work on companies."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

import typer
from sqlmodel import col, select

from bot import jobs, policy, reconnect
from bot.console import choosing, declaring, handing_in, reporting
from bot.console import sources as sources_of
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import MISUSED, WRONG, give, note, one_clear_line, say, table
from bot.console.working import see_through
from bot.domain import Payload, Role
from bot.forwarded.fields import NAMES, parsed
from bot.models import Company, Source, SourceSetup

_CHECK_SECONDS = 120.0
People = Annotated[
    str | None, typer.Option(help="Slack user or user group ids, separated by commas.")
]


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    _add_connect(app, parts)
    _add_sources(app, parts)
    handing_in.add(app, parts)
    _add_check(app, parts)
    _add_status(app, parts)


def _add_connect(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def connect(
        name: Annotated[str, typer.Option(help="What the company is called in Slack.")],
        channel: Annotated[
            str | None, typer.Option(help="Id of its Slack channel (C…); needed for a new one.")
        ] = None,
        time_zone: Annotated[str | None, typer.Option(help="Like America/New_York.")] = None,
        tax_filed_through: Annotated[
            str | None,
            typer.Option(help="Sales tax is filed up to this day, YYYY-MM-DD; none takes it back."),
        ] = None,
        role_viewer: People = None,
        role_operator: People = None,
        role_approver: People = None,
        role_admin: People = None,
        user: Annotated[str, typer.Option(help="Slack user id of who will open the link.")] = "",
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Make or change a company; prints a one-time link that connects it to QuickBooks."""
        people = {
            Role.VIEWER: role_viewer,
            Role.OPERATOR: role_operator,
            Role.APPROVER: role_approver,
            Role.ADMIN: role_admin,
        }
        unfiled = (tax_filed_through or "").strip().lower() == "none"
        with one_clear_line(), parts.desk(parts.settings(env_file)) as desk:
            company = policy.make_or_update(
                desk.services,
                policy.CompanySpec(
                    name=name,
                    channel=channel,
                    time_zone=time_zone,
                    tax_filed_through=None if unfiled else _day(tax_filed_through),
                    no_tax_filed=unfiled,
                    people={role: _ids(ids) for role, ids in people.items() if ids is not None},
                ),
            )
            link = reconnect.issue_link(desk.services, company.id or 0, user)
            desk.services.queue.nudge(jobs.SWEEP)
        if as_json:
            give({"company": company.name, "id": company.id, "link": link})
            return
        say(f"{company.name} is set up. Open this link in a browser to connect QuickBooks;")
        say(f"it works once, for {reconnect.LINK_MINUTES} minutes, while the bot runs:")
        say(link)


_ADD_HELP = """Make a source (or a new token for one); the token is shown this once.

Of any kind: with the token it hands in records (JSON, CSV, Excel) or, with --errors, the errors it
met. A source that mails its errors, has a webhook, or is read by the bot itself (a folder, a
database, a web address) needs none: see mail, hook and read.
"""
_FIELD_HELP = (
    "Where a part of an error stands in its JSON: text=error.message. Once for each of them; the "
    "parts are"
)


def _add_sources(app: typer.Typer, parts: Parts) -> None:
    sources = typer.Typer(help="The systems whose records are posted.")
    app.add_typer(sources, name="sources")

    @sources.command("add", help=_ADD_HELP)
    def add_source(
        name: Annotated[str, typer.Argument(help="Like shop: letters, digits, - and _.")],
        company: CompanyName = None,
        refuses: Annotated[
            str | None,
            typer.Option(help="Strict: characters its names may not hold, such as '&#/'."),
        ] = None,
        needs_email: Annotated[
            bool | None,
            typer.Option(help="Its invoices are e-mailed: ask for a missing address."),
        ] = None,
        errors: Annotated[
            bool,
            typer.Option(help="It forwards errors: make a key that its bodies are signed with."),
        ] = False,
        field: Annotated[
            list[str] | None,
            typer.Option(help=f"{_FIELD_HELP} {', '.join(NAMES)}."),
        ] = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Make a source, or a new token for one."""
        with one_clear_line():
            settings = parts.existing(env_file)
            with parts.desk(settings) as desk:
                made = sources_of.add_source(
                    desk.services,
                    company,
                    name,
                    refuses=refuses,
                    needs_email=needs_email,
                    errors=errors,
                    fields=parsed(field) if field else None,
                )
        url = f"{settings.PUBLIC_URL.rstrip('/')}/intake/{quote(made.name)}"
        if as_json:
            give({"id": made.id, "name": made.name, "company": made.company,
                  "token": made.token, "url": url, "signing_key": made.signing_key})  # fmt: skip
            return
        _say_how(made, url)

    _add_mail(sources, parts)
    declaring.add(sources, parts)
    _add_list(sources, parts)


def _say_how(made: sources_of.NewSource, url: str) -> None:
    say(f"{made.name} of {made.company} may hand in records with this token (shown once):")
    say(made.token)
    say(f"JSON or NDJSON to {url}/records, a CSV or Excel file to {url}/file,")
    say("with the header  Authorization: Bearer <token>")
    if made.signing_key:
        say(f"Errors it met: JSON to {url}/errors, with that header, or with X-Signature:")
        say("the HMAC-SHA256 of the body in hex, made with this key (shown once):")
        say(made.signing_key)


def _add_mail(sources: typer.Typer, parts: Parts) -> None:
    @sources.command("mail")
    def declare_mail(
        name: Annotated[str, typer.Argument(help="The source; a new name makes one.")],
        addresses: Annotated[
            list[str],
            typer.Argument(help="All its mails with errors go to or come from; @x.com for a host."),
        ],
        company: CompanyName = None,
        env_file: EnvFile = None,
    ) -> None:
        """Declare the e-mail addresses of a source's errors, in place of those before."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            made = sources_of.declare_mail(desk.services, company, name, addresses)
        say(f"Mails with errors of {made.name}, {made.company}: {', '.join(made.addresses)}.")
        say("What is still unread in the mailboxes is looked at again.")


def _add_list(sources: typer.Typer, parts: Parts) -> None:
    @sources.command("list")
    def list_sources(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """Every source of every company."""
        with (
            one_clear_line(),
            parts.desk(parts.existing(env_file)) as desk,
            desk.services.sessions.read() as session,
        ):
            rows = session.exec(
                select(Source, Company)
                .join(Company, col(Company.id) == col(Source.company_id))
                .order_by(col(Company.name), col(Source.name))
            ).all()
        setups = sources_of.setups(desk.services)
        found = [_listed(source, company, setups.get(source.id or 0)) for source, company in rows]
        if as_json:
            give(found)
            return
        table(
            ("source", "company", "intake token", "comes by itself"),
            ((str(row["name"]), str(row["company"]), "yes" if row["token"] else "no",
              str(row["problem"] or row["comes"] or "no")) for row in found),
        )  # fmt: skip


def _listed(source: Source, company: Company, setup: SourceSetup | None) -> Payload:
    comes = [*(["webhook"] if setup and setup.hook else [])]
    comes += [f"{setup.kind}, {setup.taken} taken in"] if setup and setup.kind else []
    return {
        "id": source.id,
        "name": source.name,
        "company": company.name,
        "token": bool(source.token_digest),
        "mail": source.mail_addresses,
        "comes": ", ".join(comes),
        "problem": setup.problem if setup else "",
    }


def _add_check(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def check(
        company: CompanyName = None, as_json: AsJson = False, env_file: EnvFile = None
    ) -> None:
        """Run every check now and list what is open. Exit code 1 when anything is."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            with services.sessions.read() as session:
                chosen = choosing.every(session, company) or [choosing.find(session, company)]
            since = services.clock.now()
            reporting.ask_checks(services, chosen, desk.checks)
            ended = see_through(
                services,
                desk.table,
                lambda: reporting.checks_done(services, chosen, desk.checks, since),
                seconds=_CHECK_SECONDS,
            )
            found = reporting.open_incidents(services, chosen)
            crashed = reporting.crashed_checks(services, chosen)
        if as_json:
            give({"finished": ended, "open": found, "crashed": crashed})
        else:
            for line in reporting.open_lines(found, ended=ended):
                say(line)
            if not ended:
                note("Not every check ended in time; the bot goes on by itself.")
        if found or crashed or not ended:
            raise typer.Exit(WRONG)


def _add_status(app: typer.Typer, parts: Parts) -> None:
    @app.command()
    def status(
        company: CompanyName = None, as_json: AsJson = False, env_file: EnvFile = None
    ) -> None:
        """How every company is: connection, what waits with its money, what is open."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            with desk.services.sessions.read() as session:
                chosen = choosing.every(session, company)
            found = [reporting.status_of(desk.services, one) for one in chosen]
        if as_json:
            give(found)
            return
        if not found:
            say("There is no company yet. Add one with `python app.py connect`.")
        for row in found:
            for line in reporting.status_lines(row):
                say(line)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        note(f"{text!r} is no day; write it as YYYY-MM-DD.")
        raise typer.Exit(MISUSED) from None
