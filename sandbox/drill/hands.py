"""Presses as people do: the primary button or the first choice, then submit as it is filled in."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic, time

from sandbox.drill.books import Books
from sandbox.drill.names import folded
from sandbox.drill.story import Alert
from sandbox.drill.watch import Json, Post, Watch, words_of
from sandbox.drill.world import World

FIX = "fix:"
# What an approver presses on an alert where somebody asked for an approval.
_REVIEW = re.compile(r"review\b", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s\"'|>\\]+/reconnect/[\w-]+")
_ONLY = re.compile(r"Only an (approver|admin)\b")
_BUSY = ("Reading QuickBooks", "One moment", "Checking that nothing changed")
_LOOK_SECONDS = 0.1
_WINDOW_SECONDS = 20.0
_SUBMITS = 4
_UNDER_WAY = ("working", "resolved", "partly", "undone")


@dataclass(frozen=True)
class Pressed:
    """How a press went: when the last needed one was made, or what went wrong, and by whom.

    `said`: the whole window that told what went wrong.
    """

    at: float = 0.0
    wrong: str = ""
    by: str = ""
    said: str = ""


def fix_button(post: Post, wanted: str = "") -> Json | None:
    """The button a person presses: the one asked for, else the primary one, else the first."""
    found = [one for one in post.buttons() if str(one.get("action_id", "")).startswith(FIX)]
    if wanted:
        return next((one for one in found if one["action_id"] == f"{FIX}{wanted}"), None)
    primary = [one for one in found if one.get("style") == "primary"]
    return next(iter([*primary, *found]), None)


class Hands:
    """The people of the drill, each with one window at a time."""

    def __init__(self, world: World, watch: Watch, patience: float) -> None:
        self._world = world
        self._watch = watch
        self._patience = patience

    def mend(self, books: Books, post: Post, alert: Alert) -> Pressed:
        """Press the fix of an alert, confirm its preview, and let approve what needs it."""
        button = fix_button(post, alert.button)
        if button is None:
            return Pressed(wrong="there is nothing to press")
        done = self._press(books, post, str(button["action_id"]), alert.typed, "operator")
        for role in ("approver", "approver", "admin"):
            if done.wrong != NEEDS:
                return done if done.wrong else self._approvals(books, post, alert, done)
            done = self._press(books, post, str(button["action_id"]), alert.typed, role)
        return done

    def refused(self, books: Books, post: Post, alert: Alert) -> str:
        """Press what must be refused and close the window; "" when it was, for the right reason."""
        button = fix_button(post, alert.button)
        if button is None:
            return "there is nothing to press"
        done = self._press(books, post, str(button["action_id"]), alert.typed, "approver")
        if done.at:
            return "it was submitted, although it must be refused"
        if folded(alert.refused) in folded(done.said):
            return ""
        return f"it must be refused because of “{alert.refused}”: {done.wrong}"

    def take_back(self, books: Books, post: Post) -> Pressed:
        """Press Undo and confirm it, by the first person who may."""
        for role in ("operator", "approver"):
            done = self._press(books, post, f"{FIX}undo", {}, role)
            if done.wrong != NEEDS:
                break
        return done if done.wrong else self._approvals(books, post, Alert(post.kind), done)

    def _approvals(self, books: Books, post: Post, alert: Alert, done: Pressed) -> Pressed:
        """Press what an approver is asked to press, as long as the message asks."""
        asked: set[str] = set()
        while not done.wrong:
            again = self._watch.wait(lambda: self._moved(post, asked), self._patience)
            button = _approval(again) if again is not None else None
            if again is None or button is None:
                return done
            asked.add(again.words)
            action = str(button["action_id"])
            done = self._press(books, again, action, alert.typed, "approver", done.by)
        return done

    def _moved(self, post: Post, asked: set[str]) -> Post | None:
        for one in self._watch.posts(post.channel):
            if one.ts == post.ts:
                if _approval(one) is not None:
                    return one if one.words not in asked else None
                # An undo is under way when its message is another one than before.
                moved = one.state in _UNDER_WAY and one.words != post.words
                return one if moved or one.state != post.state else None
        return None

    def _press(
        self,
        books: Books,
        post: Post,
        action: str,
        typed: Mapping[str, str],
        role: str,
        other_than: str = "",
    ) -> Pressed:
        with self._person(role, other_than) as user:
            where = {"channel": post.channel, "ts": post.ts, "action_id": action}
            told = self._world.act(user, type="button", **where)
            if not told.get("ok") or not told.get("acked"):
                why = told.get("why") or told.get("reason") or told.get("error")
                return Pressed(wrong=f"the press on {action} was not taken: {why}")
            return replace(self._through(books, user, typed), by=user)

    def _through(self, books: Books, user: str, typed: Mapping[str, str]) -> Pressed:
        """From the window that opened to the last submit."""
        at, submitted = 0.0, ""
        for _ in range(_SUBMITS):
            view = self._window(user, submitted)
            if view is None:
                return Pressed(at) if at else Pressed(wrong="the window stayed empty")
            words = words_of(view["blocks"])
            link = _LINK.search(str(view["blocks"]))
            if link:
                at = time()
                self._world.http.allow_access(link.group(0), books.realm)
                return Pressed(at)
            if not view.get("submit"):
                if at and "Not done" not in words:
                    return Pressed(at)
                needs = not at and _ONLY.search(words) is not None
                wrong = NEEDS if needs else f"it said: {_short(words)}"
                return Pressed(at, wrong=wrong, said=words)
            at = time()
            told = self._submit(user, view, typed)
            if told:
                return Pressed(wrong=told)
            submitted = str(view["hash"])
        return Pressed(wrong="the preview came again and again")

    def _submit(self, user: str, view: Json, typed: Mapping[str, str]) -> str:
        values = {}
        for block in view["blocks"]:
            label = str(block.get("label", {}).get("text", ""))
            for begin, value in typed.items():
                if label.startswith(begin):
                    element = block["element"]
                    if element["type"] == "external_select":
                        element = self._searched(user, view, block, value)
                    values[block["block_id"]] = {element["action_id"]: option_of(element, value)}
        told = self._world.act(user, type="submit", view_id=view["id"], values=values)
        if told.get("ok"):
            return ""
        fields = told.get("errors") or {}
        return f"the form was not taken as it was filled in: {told.get('why', '')} {fields}".strip()

    def _searched(self, user: str, view: Json, block: Json, query: str) -> Json:
        """The menu of a search field, with what is listed once this was typed."""
        element: Json = block["element"]
        where = {"view_id": view["id"], "block_id": block["block_id"]}
        told = self._world.act(
            user, type="options", action_id=element["action_id"], query=query, **where
        )
        return {**element, "options": told.get("options") or ()}

    def _window(self, user: str, submitted: str) -> Json | None:
        """The person's window once it is filled; None when it closed or stayed as it was."""
        end = monotonic() + min(_WINDOW_SECONDS, self._patience)
        url = f"{self._world.slack['control_url']}/views"
        while monotonic() < end:
            open_now = [
                row
                for row in self._world.http.get(url, user=user)["views"]
                if row["type"] == "modal"
            ]
            if not open_now and submitted:
                return None
            if open_now:
                view: Json = open_now[-1]
                words = words_of(view["blocks"])
                if view["hash"] != submitted and not any(busy in words for busy in _BUSY):
                    return view
            self._watch.wait(lambda: None, _LOOK_SECONDS)
        return None

    @contextmanager
    def _person(self, role: str, other_than: str) -> Iterator[str]:
        """Somebody of this role who has no window open; nobody approves what he asked for."""
        queue = self._world.people[role]
        user = queue.get()
        while user == other_than:
            # Not kept while waiting: the other one may wait for this one.
            queue.put(user)
            self._watch.wait(lambda: None, _LOOK_SECONDS)
            user = queue.get()
        try:
            yield user
        finally:
            self._close_windows(user)
            queue.put(user)

    def _close_windows(self, user: str) -> None:
        url = f"{self._world.slack['control_url']}/views"
        for row in reversed(self._world.http.get(url, user=user)["views"]):
            if row["type"] == "modal":
                self._world.act(user, type="close", view_id=row["id"], all=True)


NEEDS = "the preview named who else has to approve"


def _approval(post: Post) -> Json | None:
    for one in post.buttons():
        named = str(one.get("text", {}).get("text", ""))
        if _REVIEW.match(named):
            return one
    return None


def option_of(element: Json, value: str) -> str:
    """What is submitted: of a menu the value of the option that shows these words."""
    for option in element.get("options", ()):
        if value in option["text"]["text"]:
            return str(option["value"])
    return value


def _short(words: str) -> str:
    return " ".join(words.split())[:300]
