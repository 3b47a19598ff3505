"""Kills the bot at every step of a mixed sync, starts it again, and compares QuickBooks."""

import json
import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import create_engine, make_url, text
from sqlmodel import select

from bot import audit
from bot.models import Incident, Link, Record, Source, Write
from bot.sync.answers import references_of
from bot.sync.writing import OPEN
from tests.crash import life
from tests.quickbooks.simulator import connected_bench, settings_for
from tests.sync.shop import Shop
from tests.words import knowledge, renderer


@dataclass(frozen=True)
class Point:
    """A place, and the how-many-th time it is passed."""

    place: str
    nth: int

    @property
    def victim(self):
        """As `Seams` takes it."""
        return (self.place, self.nth)


@dataclass
class Seen:
    """What QuickBooks and the outbox hold in the end."""

    states: dict
    created: Counter
    causes: Counter
    wrong: list = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """What became of one point: killed there or not reached; what was wrong afterwards."""

    point: Point
    killed: bool
    wrong: tuple


@contextmanager
def company(simulator, folder, name, url=""):
    """A fresh company of the simulator and a fresh database; nothing is handed over yet."""
    folder.mkdir(parents=True, exist_ok=True)
    more = {"DATABASE_URL": url} if url else {}
    settings = settings_for(simulator, folder, **more)
    with connected_bench(simulator, settings, folder, name) as bench:
        with bench.sessions.write() as session:
            source = Source(company_id=bench.company_id, name="Shop", created_at=bench.clock.now())
            session.add(source)
            session.flush()
            source_id = source.id
        # A forked process must not share a connection with this one.
        bench.sessions.engine.dispose()
        yield bench, source_id


def points_of(passed):
    """The first and the last time each place is passed, and three times between."""
    found = []
    for place, times in sorted(passed.items()):
        quarters = {1 + (times - 1) * part // 4 for part in range(5)}
        found += [Point(place, nth) for nth in sorted(quarters)]
    return found


def warm():
    """Read words once, before the first fork."""
    knowledge()
    renderer()


def clean(simulator, folder):
    """One run that nobody kills: what has to come out, and the places it passes."""
    told = folder / "clean.json"
    with company(simulator, folder / "clean", "clean") as (bench, source_id):
        code = life.end(life.begin(bench.settings, bench.company_id, source_id, told))
        assert code == 0, _error(told)
        return look(bench, source_id), json.loads(told.read_text())


def try_point(simulator, folder, number, point, wanted):
    """Kill one run at the point, let the next one finish, and compare."""
    told = folder / f"{number}.json"
    with company(simulator, folder / str(number), f"point {number}") as (bench, source_id):
        where = (bench.settings, bench.company_id, source_id, told)
        code = life.end(life.begin(*where, point.victim))
        killed = code == life.KILLED
        wrong = [] if killed or code == 0 else [f"the first run ended with {code}: {_error(told)}"]
        again = life.end(life.begin(*where))
        if again != 0:
            wrong.append(f"the second run ended with {again}: {_error(told)}")
        return Result(point, killed, (*wrong, *compare(look(bench, source_id), wanted)))


def try_pair(simulator, folder, number, point, wanted, url):
    """Two workers on one database; one is killed at the point and never started again."""
    told = folder / f"{number}.json"
    with company(simulator, folder / str(number), f"pair {number}", url) as (bench, source_id):
        where = (bench.settings, bench.company_id, source_id)
        first = life.begin(*where, told, point.victim)
        second = life.begin(*where, folder / f"{number}-second.json")
        killed = life.end(first) == life.KILLED
        code = life.end(second)
        wrong = [] if code == 0 else [f"the living one ended with {code}"]
        return Result(point, killed, (*wrong, *compare(look(bench, source_id), wanted)))


def _error(told):
    error = told.with_suffix(".error")
    return error.read_text()[-2000:] if error.is_file() else "it was ended by its alarm"


def look(bench, source_id):
    """What QuickBooks holds, what the outbox says, and what contradicts itself."""
    shop = Shop(bench, None, source_id, None)
    with bench.sessions.read() as session:
        records = list(session.exec(select(Record)))
        links = list(session.exec(select(Link)))
        open_writes = list(session.exec(select(Write).where(Write.state.in_(OPEN))))
        causes = Counter((one.problem, one.subject) for one in session.exec(select(Incident)))
        record = audit.verify(session)
    creates = shop.creates()
    seen = Seen(
        {f"{row.type}:{row.external_id}": str(row.state) for row in records},
        Counter(_called(shop, creates)),
        causes,
    )
    posted = sum(str(row.state) == "posted" for row in records)
    if open_writes:
        seen.wrong.append(f"{len(open_writes)} writes are not settled")
    if len(links) != posted:
        seen.wrong.append(f"{posted} records are posted and {len(links)} are linked")
    if not record.ok:
        seen.wrong.append(f"the audit record is broken: {record.why}")
    seen.wrong += _out_of_order(shop, creates)
    return seen


def _called(shop, creates):
    """Every create that took effect, by entity and what our mark or the list's name calls it."""
    held = {
        (entity, row["Id"]): row
        for entity in {row["entity"] for row in creates}
        for row in shop.books(entity)
    }
    for row in creates:
        document = held[row["entity"], str(row["id"])]
        note = str(document.get("PrivateNote") or "")
        mark = note[note.rfind("[sync:") :] if "[sync:" in note else ""
        yield row["entity"], mark or document.get("FullyQualifiedName") or document.get("Name")


def _out_of_order(shop, creates):
    """Documents that came into the books before something they refer to."""
    place = {(row["entity"], str(row["id"])): at for at, row in enumerate(creates)}
    for entity in {row["entity"] for row in creates}:
        for document in shop.books(entity):
            own = place.get((entity, document["Id"]))
            for ref in references_of(document):
                if own is not None and place.get(ref, -1) > own:
                    yield f"{entity} {document['Id']} came before {ref[0]} {ref[1]}"


def compare(seen, wanted):
    """What differs from the run that nobody killed."""
    wrong = list(seen.wrong)
    if seen.states != wanted.states:
        wrong.append(f"states differ: {set(seen.states.items()) ^ set(wanted.states.items())}")
    if seen.created != wanted.created:
        more, less = seen.created - wanted.created, wanted.created - seen.created
        wrong.append(f"in QuickBooks too often: {dict(more)}; missing: {dict(less)}")
    if seen.causes != wanted.causes:
        wrong.append(f"causes differ: {seen.causes} and {wanted.causes}")
    return wrong


def sample(points, count, day=None):
    """So many points, others each day."""
    chance = random.Random((day or date.today()).isoformat())  # noqa: DTZ011  any day will do
    return chance.sample(points, min(count, len(points)))


def fresh_database(server, name):
    """An empty database on a PostgreSQL server; returns its address."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
