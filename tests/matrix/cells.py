"""The columns of the matrix: what may go wrong around a fix, and what must then be true."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.matrix.hands import Hands
from tests.matrix.place import Place, start_patiently
from tests.scenarios.world import shown
from tests.waiting import wait_for

Json = dict[str, Any]
Writes = tuple[tuple[str, str], ...]
# Longer than the bot's own time-out, so that the kill always comes first.
_HANGS_SECONDS = 30
_GREEN_SECONDS = 60.0


@dataclass(frozen=True)
class Cell:
    """One cell: which fix, which column, and what came of it ("" when all is as it must be)."""

    fix: str
    column: str
    wrong: str
    seconds: float = 0.0


def writes_since(place: Place, seq: int) -> Writes:
    """What was written to the books since, each as (entity, operation), in its order."""
    rows = [row for row in place.world.writes(place.company) if int(row["seq"]) > seq]
    return tuple((str(row["entity"]), str(row["operation"])) for row in rows)


def last_write(place: Place) -> int:
    """Where the write log stands."""
    return max((int(row["seq"]) for row in place.world.writes(place.company)), default=0)


def plain(hands: Hands) -> Writes:
    """Press, confirm, green: gives the writes that this fix makes."""
    seq = last_write(hands.place)
    hands.confirm(*hands.ready())
    _green(hands)
    wrong = _until_right(hands.scene.right)
    assert not wrong, wrong
    return writes_since(hands.place, seq)


def pressed_twice(hands: Hands, expected: Writes) -> None:
    """One person presses twice and submits twice: it acts once."""
    seq = last_write(hands.place)
    who, view = hands.ready(presses=2)
    hands.confirm(who, view, times=2)
    _ended(hands, seq, expected)


def two_people(hands: Hands, expected: Writes) -> None:
    """Two people hold a preview and submit at the same moment: it acts once."""
    seq = last_write(hands.place)
    views = _rivals(hands)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(hands.confirm, *one) for one in views.items()]:
            done.result()
    _ended(hands, seq, expected)


def _rivals(hands: Hands) -> dict[str, Json]:
    """Two people before a window whose submit carries the fix out."""
    situation = hands.situation
    if situation.approval:
        second, view = hands.ready()
        return {second: view, situation.third: hands.review(situation.third)}
    return {who: hands.open(who) for who in (situation.who, situation.second)}


def stale(hands: Hands, expected: Writes) -> None:
    """The books changed since the preview: a new one, a refusal, or no business of this fix."""
    who = hands.situation.who
    view = hands.open(who)
    hands.scene.change()
    seq = last_write(hands.place)
    if hands.situation.link:
        hands.confirm(who, view)
        _ended(hands, seq, expected)
        return
    hands.submit(who, view)
    if hands.situation.stale == "same":
        hands.approve()
        _ended(hands, seq, None)
        return
    window = hands.window(who, str(view["hash"]))
    assert writes_since(hands.place, seq) == (), "an old preview was carried out"
    if hands.situation.stale == "refused":
        assert not window.get("submit"), shown(window)[:300]
        hands.alert(hands.situation.starts, *hands.situation.ends)
        return
    assert window.get("submit"), f"no new preview: {shown(window)[:300]}"
    hands.confirm(who, window)
    hands.approve()
    _ended(hands, seq, None)
    lost = hands.scene.kept()
    assert not lost, lost


def wrong_role(hands: Hands, who: str) -> None:
    """Somebody who may not: a sentence or a question, never an act."""
    seq = last_write(hands.place)
    message = hands.alert()
    before = hands.world.ephemerals(who)
    hands.push(who, message)

    def answered() -> str:
        told = hands.world.ephemerals(who)
        if told[len(before) :]:
            return told[-1]
        views = hands.views(who)
        return shown(views[-1]) + str(views[-1].get("callback_id")) if views else ""

    def settled() -> str:
        words = answered()
        return words if "Only" in words or "may" in words or "fix_ask" in words else ""

    wait_for(f"an answer to {who}", settled, 20)
    views = hands.views(who)
    if views and views[-1].get("submit"):
        assert views[-1]["callback_id"] == "fix_ask", shown(views[-1])[:300]
    assert writes_since(hands.place, seq) == ()
    hands.alert(hands.situation.starts)


def lost_reply(hands: Hands, expected: Writes, at: int, fault: str) -> None:
    """The reply to one write is lost: settled by its requestid, written once, green."""
    seq = last_write(hands.place)
    who, view = hands.ready()
    with _armed(hands, fault, expected, at):
        hands.confirm(who, view)
        _green(hands)
    _ended(hands, seq, expected)


def killed(hands: Hands, expected: Writes, at: int) -> None:
    """kill -9 right after one write, before its reply; the restarted bot ends it, once."""
    seq = last_write(hands.place)
    who, view = hands.ready()
    if not expected:
        hands.submit(who, view)
        hands.world.kill_bot()
        start_patiently(hands.world)
        _ended(hands, seq, expected)
        return
    with ThreadPoolExecutor(1) as pool:
        with _armed(hands, "timeout_after", expected, at):
            pool.submit(_carefully, hands, who, view)
            wait_for("the write", lambda: expected[at] in writes_since(hands.place, seq), 40)
            hands.world.kill_bot()
        start_patiently(hands.world)
    _ended(hands, seq, expected)


def _carefully(hands: Hands, who: str, view: Json) -> None:
    """Confirm while the bot may be killed at any moment."""
    try:
        hands.submit(who, view)
    except (httpx.HTTPError, AssertionError):
        return


@contextmanager
def _armed(hands: Hands, fault: str, expected: Writes, at: int) -> Iterator[None]:
    """Let one write of the fix suffer: the first of its entity and operation that comes."""
    entity, operation = expected[at]
    body: Json = {
        "fault": fault,
        "times": 1,
        "match": {
            "realm": hands.place.company.realm,
            "entity": entity,
            "operation": operation,
            "method": "POST",
        },
    }
    if fault.startswith("timeout"):
        body["seconds"] = _HANGS_SECONDS
    hands.world.qb_control("POST", "/faults", **body)
    try:
        yield
    finally:
        hands.world.qb_control("DELETE", "/faults")


def _green(hands: Hands) -> Json:
    return hands.alert(*hands.situation.ends, seconds=_GREEN_SECONDS)


def _ended(hands: Hands, seq: int, expected: Writes | None) -> None:
    """Green, one message, the books right, each intended write once and no other."""
    _green(hands)
    wrong = _until_right(hands.scene.right)
    assert not wrong, wrong
    found = writes_since(hands.place, seq)
    if expected is not None:
        assert Counter(found) == Counter(expected), f"wrote {found} instead of {expected}"
    mine = hands.place.about(hands.scene.marker, hands.situation.problem)
    others = [row for row in mine if row["ts"] != hands.ts]
    assert not others, f"{1 + len(others)} messages about {hands.scene.marker}"


def _until_right(right: Callable[[], str]) -> str:
    last = ["not looked at"]

    def look() -> bool:
        last[0] = right()
        return not last[0]

    try:
        wait_for("the books", look, 20)
    except AssertionError:
        return last[0]
    return ""
