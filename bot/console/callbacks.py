"""`sources callback`: where a source hears what became of its records."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Protocol

import typer

from bot.console import sources as sources_of
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import WRONG, give, one_clear_line, say, table
from bot.errors import BadInput
from bot.outgoing import callbacks
from bot.render import moment, plural
from bot.services import Services

_UTC = "UTC"
_ONE = "Say one thing: an address, --off, --test, --list-waiting, --again or --give-up EVENT."


Address = Annotated[
    str | None, typer.Argument(help="The https:// address that is told; --off ends it.")
]
NewKey = Annotated[
    bool, typer.Option("--new-key", help="Make a new secret; the old one signs a day more.")
]
Off = Annotated[bool, typer.Option("--off", help="Tell it nothing more.")]
Test = Annotated[bool, typer.Option("--test", help="Post one signed test event; show the answer.")]
List = Annotated[bool, typer.Option("--list-waiting", help="Show the events it has not taken.")]
Again = Annotated[bool, typer.Option("--again", help="Try everything that waits again, now.")]
GiveUp = Annotated[
    str | None, typer.Option("--give-up", help="Give up one waiting event, by its id.")
]


class Act(Protocol):
    """One thing that can be done with a callback."""

    def __call__(self, services: Services, source_id: int, name: str, *, as_json: bool) -> None:
        """Do it and say so."""


def add(sources: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @sources.command("callback")
    def callback(
        name: Annotated[str, typer.Argument(help="The source; it must be there.")],
        url: Address = None,
        new_key: NewKey = False,
        off: Off = False,
        test: Test = False,
        list_waiting: List = False,
        again: Again = False,
        give_up: GiveUp = None,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Tell a source's own system what became of its records. Alone: how its callback stands.

        The secret that signs the events is shown once. Exit code 1 when a test event is not taken.
        """
        acts: tuple[tuple[object, Act], ...] = (
            (off, _off),
            (test, _test),
            (list_waiting, _list),
            (again, _again),
            (give_up, partial(_give_up, event_id=give_up or "")),
            (url or new_key, partial(_on, url=url, new_key=new_key)),
        )
        chosen = [act for asked, act in acts if asked]
        with one_clear_line():
            if len(chosen) > 1:
                raise BadInput(_ONE)
            with parts.desk(parts.existing(env_file)) as desk:
                source_id = sources_of.known_source(desk.services, company, name)
                (chosen or [_stands])[0](desk.services, source_id, name, as_json=as_json)


def _on(
    services: Services,
    source_id: int,
    name: str,
    *,
    url: str | None,
    new_key: bool,
    as_json: bool,
) -> None:
    before = callbacks.standing(services, source_id)
    if url is None and before is None:
        raise BadInput(f"{name} has no callback; name its address.")
    address = url or (before.url if before else "")
    kept = callbacks.switch_on(services, source_id, address, new_key=new_key)
    if as_json:
        give({"name": name, "url": kept.url, "secret": kept.key, "waiting": kept.waiting})
        return
    say(f"{name} is told at {kept.url}")
    if kept.key:
        say("signed as Standard Webhooks with this secret (shown once):")
        say(kept.key)
    else:
        say("signed with the secret it has; --new-key makes another one.")
    if kept.waiting:
        say(f"What waited goes out now, while the bot runs: {plural(kept.waiting, 'event')}.")
    say(f'To try it: python app.py sources callback "{name}" --test')


def _off(services: Services, source_id: int, name: str, *, as_json: bool) -> None:
    given_up = callbacks.switch_off(services, source_id)
    if as_json:
        give({"name": name, "off": True, "given_up": given_up})
        return
    say(f"{name} is told nothing more; {plural(given_up, 'waiting event')} given up.")


def _test(services: Services, source_id: int, name: str, *, as_json: bool) -> None:
    answer = callbacks.try_out(services, source_id)
    if as_json:
        give({"taken": answer.taken, "status": answer.status, "words": answer.words})
    elif answer.taken:
        say(f"{name} took the test event: {answer.words}.")
    else:
        say(f"{name} did not take the test event: {answer.words}")
    if not answer.taken:
        raise typer.Exit(WRONG)


def _again(services: Services, source_id: int, name: str, *, as_json: bool) -> None:
    count = callbacks.try_again(services, source_id)
    if as_json:
        give({"name": name, "waiting": count})
        return
    again = f"{plural(count, 'event')} for {name} tried again now, while the bot runs."
    say(again if count else "Nothing waits.")


def _give_up(
    services: Services, source_id: int, name: str, *, event_id: str, as_json: bool
) -> None:
    event = callbacks.give_up(services, source_id, event_id)
    if as_json:
        give({"name": name, "event_id": event_id, "event": event, "given_up": True})
        return
    say(f"{event} {event_id} is given up; what waits behind it for the same record goes on.")


def _list(services: Services, source_id: int, name: str, *, as_json: bool) -> None:
    rows, count = callbacks.waiting(services, source_id)
    if as_json:
        give({"count": count, "events": [asdict(row) for row in rows]})
        return
    if not rows:
        say(f"{name} has taken everything.")
        return
    say(f"{plural(count, 'event')} for {name}, the oldest first:")
    table(
        ("event", "about", "since (UTC)", "tries", "next try (UTC)", "last answer", "id"),
        ((row.event, row.record, moment(row.since, _UTC), str(row.attempts),
          moment(row.next_try, _UTC), row.answer, row.event_id) for row in rows),
    )  # fmt: skip


def _stands(services: Services, source_id: int, name: str, *, as_json: bool) -> None:
    found = callbacks.standing(services, source_id)
    if as_json:
        give(asdict(found) if found else {"url": ""})
        return
    if found is None:
        say(f"{name} has no callback: it is told nothing.")
        return
    say(f"{name} is told at {found.url}; {plural(found.waiting, 'event')} waiting.")
    if found.gone:
        say("It said that it is gone (410). Name its address again, or press --again.")
    elif found.failing_since is not None:
        since = moment(found.failing_since, _UTC)
        say(f"Not taken since {since} UTC: {found.answer}. It is tried again by itself.")
    elif found.delivered_at is not None:
        say(f"It last took one on {moment(found.delivered_at, _UTC)} UTC.")
