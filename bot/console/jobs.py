"""`worker` and `jobs`: more machines for the work, and what they are at."""

from datetime import datetime
from typing import Any

import typer

from bot.config import Settings
from bot.console import job_names
from bot.console.job_names import Names
from bot.console.model import AsJson, EnvFile, Parts
from bot.console.output import give, one_clear_line, say, table
from bot.console.remote import jobs_of
from bot.db import make_engine
from bot.db.address import address
from bot.db.lock import is_running
from bot.domain import Payload
from bot.jobs import Overview
from bot.render import plural

SHOWN = 20
# Of the last runs, so many of each job.
OF_EACH = 5


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""

    @app.command()
    def worker(env_file: EnvFile = None) -> None:
        """Run jobs beside a `run`, on as many machines as wanted. Needs PostgreSQL."""
        with one_clear_line():
            parts.worker(parts.settings(env_file))

    @app.command()
    def jobs(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """What waits, runs, is late and planned, how the last runs ended, and who works."""
        with one_clear_line():
            settings = parts.existing(env_file)
            found = _look(settings)
            names = Names() if as_json else job_names.read(settings)
        if as_json:
            give(found)
        else:
            _show(found, names)


def _look(settings: Settings) -> Payload:
    if address(settings.DATABASE_URL).get_backend_name() != "sqlite":
        from bot.fleet import overview

        engine = make_engine(settings.DATABASE_URL)
        try:
            return {"running_bot": None, **overview(engine).as_json()}
        finally:
            engine.dispose()
    if not is_running(settings.DATABASE_URL):
        return {"running_bot": False, **Overview().as_json()}
    return {"running_bot": True, **jobs_of(settings)}


def _show(found: Payload, names: Names) -> None:
    """For people. `running_bot` is None where any number of processes share the database."""
    if found["running_bot"] is False:
        say(
            "No bot runs on this database, so no job waits or runs. `run` finds what is unfinished."
        )
        return
    rows: Any = found
    running, waiting, late = rows["running"], rows["waiting_count"], rows["late_count"]
    say(f"{plural(len(running), 'job')} running, {waiting} waiting, {late} late.")
    _workers(rows)
    if running or rows["waiting"]:
        say()
        table(
            ("job", "of", "state", "since", "by"),
            (
                *(_line(row, "running", names) for row in running[:SHOWN]),
                *(
                    _line(row, "late" if row["late"] else "waiting", names)
                    for row in rows["waiting"]
                ),
            ),
        )
    _planned(rows["planned"][:SHOWN], names)
    last = _of_each_job(rows["last"])
    if last:
        say()
        table(
            ("last run", "of", "ended", "seconds", "how"),
            (
                (
                    row["job"],
                    names.of(row["job"], row["arg"]),
                    _at(row["ended_at"]),
                    f"{row['seconds']:.2f}",
                    row["outcome"],
                )
                for row in last
            ),
        )


def _of_each_job(rows: Any) -> list[Any]:
    """The newest runs of every job, so that frequent ones do not hide the others.

    `rows` are the newest first, and so is what is returned.
    """
    left = dict.fromkeys((row["job"] for row in rows), OF_EACH)
    kept = []
    for row in rows:
        if left[row["job"]]:
            left[row["job"]] -= 1
            kept.append(row)
    return kept


def _workers(rows: Any) -> None:
    if rows["running_bot"] is None and not rows["workers"]:
        say("Nobody works: start `run`, or `worker` beside it.")
    if rows["workers"]:
        say()
        table(
            ("worker", "last seen", "jobs", "threads"),
            (
                (
                    row["name"] + ("" if row["alive"] else " (dead)"),
                    _at(row["seen_at"]),
                    str(row["running"]),
                    str(row["threads"]),
                )
                for row in rows["workers"]
            ),
        )


def _planned(rows: Any, names: Names) -> None:
    if rows:
        say()
        table(
            ("planned", "of", "at"),
            (
                (
                    row["job"],
                    names.of(row["job"], row["arg"]),
                    _at(row["at"]) + (" (late)" if row["late"] else ""),
                )
                for row in rows
            ),
        )


def _line(row: Any, state: str, names: Names) -> tuple[str, ...]:
    about = names.of(row["job"], row["arg"])
    return row["job"], about, state, _at(row["since"]), row["worker"]


def _at(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S %Z").strip()
