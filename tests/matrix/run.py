"""Plays rows of the matrix: one world a row, one cell after the other, a kill is one of them."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from threading import Lock
from time import monotonic

import httpx

from tests.matrix import cells
from tests.matrix.cells import Cell, Writes
from tests.matrix.hands import Hands
from tests.matrix.place import Place, Situation, start_patiently
from tests.scenarios.world import World

# Which faults lose a reply, by turns: each write of a fix meets the first, the rest vary.
LOST = ("reset_after", "empty_body")
MORE_ADMINS = ("admin2", "admin3")
_TROUBLES = (AssertionError, httpx.HTTPError, LookupError, OSError)
Told = Callable[[Cell], None]


@dataclass
class Lane:
    """One world with its bot; a cell that failed gets the next one a clean company."""

    world: World
    place: Place | None = None
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def clean(self) -> Place:
        """A company of its own, in a channel of its own."""
        number = next(self.numbers)
        company = self.world.new_company(f"Matrix Company {number}", f"matrix-{number}")
        self.place = Place(self.world, company, draw=Random(number))
        return self.place


@contextlib.contextmanager
def open_lane(folder: Path) -> Iterator[Lane]:
    """Start a world; end it whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World.open(folder)
    try:
        # A reply that is held back is ended by the kill, never by the bot's own time-out.
        world.env["QUICKBOOKS_TIMEOUT_SECONDS"] = "60"
        _hire_admins(world)
        (folder / "env").write_text("".join(f"{k}={v}\n" for k, v in world.env.items()))
        start_patiently(world)
        yield Lane(world)
    finally:
        world.close()


def _hire_admins(world: World) -> None:
    """Three admins: what only they may do, a second one approves, and a third one may try to."""
    for name in MORE_ADMINS:
        person = {"id": f"U0{name.upper()}", "name": name, "real_name": f"Noor {name[-1]}"}
        world.slack_control("POST", "/users", role_hint="admin", **person)
        world.slack["users"][name] = person["id"]
    users = world.slack["users"]
    world.env["ADMINS"] = ",".join(users[name] for name in ("admin", *MORE_ADMINS))


def columns(situation: Situation, writes: Writes) -> list[tuple[str, Callable[[Hands], None]]]:
    """All cells of one row, given the writes its fix makes."""
    row: list[tuple[str, Callable[[Hands], None]]] = [
        ("pressed twice", lambda hands: cells.pressed_twice(hands, writes)),
        ("two people", lambda hands: cells.two_people(hands, writes)),
        ("stale preview", lambda hands: cells.stale(hands, writes)),
        ("guest", lambda hands: cells.wrong_role(hands, "guest")),
    ]
    if situation.below != "guest":
        row.append(("role below", lambda hands: cells.wrong_role(hands, situation.below)))
    for at, write in enumerate(writes):
        if write in writes[:at]:
            continue
        called = f"{write[1]} {write[0]}"
        for fault in LOST:
            row.append((f"{fault}: {called}", _lost(writes, at, fault)))
        row.append((f"kill -9: {called}", _kill(writes, at)))
    if not writes:
        row.append(("kill -9: confirmed", _kill(writes, 0)))
    return row


def _lost(writes: Writes, at: int, fault: str) -> Callable[[Hands], None]:
    return lambda hands: cells.lost_reply(hands, writes, at, fault)


def _kill(writes: Writes, at: int) -> Callable[[Hands], None]:
    return lambda hands: cells.killed(hands, writes, at)


def play_row(
    lane: Lane, situation: Situation, told: Told, wanted: tuple[str, ...] = ("",)
) -> list[Cell]:
    """All cells of a fix; `wanted`: only columns that begin so."""
    learnt: list[Writes] = []
    first = _cell(lane, situation, "confirmed", lambda hands: learnt.append(cells.plain(hands)))
    told(first)
    found = [first]
    if not learnt:
        return found
    for column, act in columns(situation, learnt[0]):
        if column.startswith(wanted):
            cell = _cell(lane, situation, column, act)
            told(cell)
            found.append(cell)
    return found


def _cell(lane: Lane, situation: Situation, column: str, act: Callable[[Hands], None]) -> Cell:
    began = monotonic()
    wrong, scene, hands = "", None, None
    try:
        place = lane.place if lane.place and not situation.fresh else lane.clean()
        scene = situation.make(place)
        hands = Hands(place, situation, scene)
        hands.alert()
        act(hands)
    except _TROUBLES as trouble:
        wrong = " ".join(str(trouble).split())[:600] or type(trouble).__name__
    wrong = wrong or _tidy(lane, hands, column)
    if wrong or "guest" in column or "role" in column:
        lane.place = None  # its alert is still open
    _revive(lane)
    return Cell(situation.fix, column, wrong, monotonic() - began)


def _tidy(lane: Lane, hands: Hands | None, column: str) -> str:
    """Close all windows; whatever still says WORKING is wrong."""
    if hands is None:
        return ""
    try:
        hands.place.close_windows()
        hands.scene.after()
        for row in lane.place.about(hands.scene.marker) if lane.place else ():
            if row["metadata"]["event_payload"]["state"] == "working":
                return f"a message still says WORKING after {column}"
    except _TROUBLES as trouble:
        return " ".join(str(trouble).split())[:600]
    return ""


def _revive(lane: Lane) -> None:
    """After a failed cell nothing of it may reach the next one."""
    with contextlib.suppress(*_TROUBLES):
        lane.world.qb_control("DELETE", "/faults")
        lane.world.qb_control("POST", "/latency", ms=0)
    if lane.world.bot is None or lane.world.bot.poll() is not None:
        start_patiently(lane.world)


def play(
    situations: Sequence[Situation], lanes: int, told: Told, wanted: tuple[str, ...] = ("",)
) -> list[Cell]:
    """All rows, in as many worlds at once as there are lanes."""
    left = list(situations)
    found: list[Cell] = []
    lock = Lock()

    def one_lane(folder: Path) -> None:
        while True:
            with lock:
                if not left:
                    return
                situation = left.pop(0)
            # A world for each row: the companies of the rows before would keep its bot busy.
            with open_lane(folder / situation.fix) as lane:
                row = play_row(lane, situation, told, wanted)
            with lock:
                found.extend(row)

    with tempfile.TemporaryDirectory(prefix="qb-matrix-") as name:
        lanes = min(lanes, len(left)) or 1
        with ThreadPoolExecutor(lanes) as pool:
            for done in [pool.submit(one_lane, Path(name) / f"lane-{n}") for n in range(lanes)]:
                done.result()
    order = {one.fix: at for at, one in enumerate(situations)}
    return sorted(found, key=lambda cell: order[cell.fix])
