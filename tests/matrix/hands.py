"""People before their windows: press, read the preview, confirm, close."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.drill.hands import option_of
from tests.matrix.place import Place, Scene, Situation
from tests.scenarios.world import shown
from tests.waiting import wait_for

Json = dict[str, Any]
BUSY = ("Reading QuickBooks", "One moment", "Checking that nothing changed")
_SUBMITS = 4
_REVIEW = "ask:review"
_SHOW = "Show the change"
_LINK = re.compile(r"http://127\.0\.0\.1:\d+/reconnect/[\w-]+")


class Hands:
    """What people do in one place with one situation's fix."""

    def __init__(self, place: Place, situation: Situation, scene: Scene) -> None:
        self.place = place
        self.world = place.world
        self.situation = situation
        self.scene = scene
        # The message the scene began with: its words may change, it stays the same one.
        self.ts = ""

    def alert(self, *states: str, seconds: float = 90) -> Json:
        """The scene's message in one of the states; as it starts when none is named."""
        wanted = states or (self.situation.starts,)
        if not self.ts:
            found = self.place.message(self.scene.marker, self.situation.problem, wanted, seconds)
            self.ts = str(found["ts"])
            return found

        def look() -> Json | None:
            for row in self.world.messages(self.place.company):
                if row["ts"] == self.ts:
                    state = row["metadata"]["event_payload"]["state"]
                    return row if state in wanted else None
            return None

        return wait_for(f"the alert {'/'.join(wanted)}", look, seconds)

    def push(self, who: str, message: Json) -> Json:
        """Press the fix's button once."""
        return self.world.press(who, message, f"fix:{self.situation.fix}")

    def open(self, who: str, presses: int = 1) -> Json:
        """Press and wait for the filled preview."""
        message = self.alert()
        with ThreadPoolExecutor(presses) as pool:
            told = list(pool.map(lambda _: self.push(who, message), range(presses)))
        assert any(row.get("acked") for row in told), f"the press was not taken: {told}"
        view = self.window(who)
        while str((view.get("submit") or {}).get("text")) == _SHOW:
            # A choice is made first; the preview of what it changes comes after it.
            self.submit(who, view)
            view = self.window(who, str(view["hash"]))
        return view

    def ready(self, presses: int = 1) -> tuple[str, Json]:
        """Who carries the fix out, before the filled window whose submit does it.

        Where a second person approves, the first one asks before that, as often as he presses.
        """
        situation = self.situation
        view = self.open(situation.who, presses)
        if not situation.approval:
            return situation.who, view
        self.confirm(situation.who, view, presses)
        return situation.second, self.review(situation.second, presses)

    def approve(self) -> None:
        """The second person says yes, where one is needed."""
        if self.situation.approval:
            self.confirm(self.situation.second, self.review(self.situation.second))

    def review(self, who: str, presses: int = 1) -> Json:
        """Press what the question on the alert asks of an approver, and wait for the preview."""

        def asked() -> Json | None:
            found = self.alert()
            return found if _REVIEW in str(found["blocks"]) else None

        message = wait_for("the question on the alert", asked, 20)
        with ThreadPoolExecutor(presses) as pool:
            told = list(pool.map(lambda _: self.world.press(who, message, _REVIEW), range(presses)))
        assert any(row.get("acked") for row in told), f"the press was not taken: {told}"
        return self.window(who)

    def window(self, who: str, last: str = "", seconds: float = 25) -> Json:
        """The person's window once it is filled, and other than the one of hash `last`."""
        return self.world.view(
            who,
            lambda v: v["hash"] != last and not any(words in shown(v) for words in BUSY),
            seconds,
        )

    def submit(self, who: str, view: Json, times: int = 1) -> None:
        """Submit the form as it is filled in, with the scene's own values, or follow its link."""
        if self.situation.link:
            self._allow(view, times)
            return
        values = {**self.scene.values, **self._typed(view)}
        with ThreadPoolExecutor(times) as pool:
            told = list(pool.map(lambda _: self.world.confirm(who, view, values), range(times)))
        refused = [row["errors"] for row in told if row.get("errors")]
        assert not refused, f"the form was not taken as it was filled in: {refused[0]}"

    def confirm(self, who: str, view: Json, times: int = 1) -> None:
        """Submit until nothing more is asked, and wait for nothing else."""
        for _ in range(_SUBMITS):
            self.submit(who, view, times)
            if self.situation.link:
                return
            after = self._after(who, str(view["hash"]))
            if after is None or not after.get("submit"):
                return
            view = after
        msg = f"the preview came again and again: {shown(view)[:300]}"
        raise AssertionError(msg)

    def _after(self, who: str, last: str) -> Json | None:
        """What follows a submit: None once the message says so, else the person's next window."""

        def look() -> list[Json] | None:
            views = self.views(who)
            if not views:
                return [{}]
            view = views[-1]
            if view["hash"] != last and not any(words in shown(view) for words in BUSY):
                return [view]
            return None

        found = wait_for(f"an answer to {who}'s form", look, 60)
        return found[0] or None

    def _allow(self, view: Json, times: int) -> None:
        found = _LINK.search(str(view["blocks"]))
        assert found, shown(view)
        for _ in range(times):
            page = self.world.browser.get(found.group(0))
            if page.status_code == 200:
                self.world.consent(found.group(0), self.place.company)

    def _typed(self, view: Json) -> Json:
        values: Json = {}
        for block in view["blocks"]:
            label = str(block.get("label", {}).get("text", ""))
            for begin, value in self.scene.typed:
                if block.get("type") == "input" and label.startswith(begin):
                    element = block["element"]
                    values[block["block_id"]] = {element["action_id"]: option_of(element, value)}
        return values

    def views(self, who: str) -> list[Json]:
        """The person's open windows, the topmost last."""
        user = self.world.slack["users"][who]
        rows = self.world.slack_control("GET", f"/views?user={user}")["views"]
        return [row for row in rows if row["type"] == "modal"]
