"""People before their windows: press, read the preview, confirm, close."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.matrix.place import Place, Scene, Situation
from tests.scenarios.world import shown
from tests.waiting import wait_for

Json = dict[str, Any]
BUSY = ("Reading QuickBooks", "One moment", "Checking that nothing changed")
_SUBMITS = 4
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

    def alert(self, *states: str, seconds: float = 40) -> Json:
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
        return self.window(who)

    def window(self, who: str, last: str = "", seconds: float = 25) -> Json:
        """The person's window once it is filled, and other than the one of hash `last`."""
        return self.world.view(
            who,
            lambda v: v["hash"] != last and not any(words in shown(v) for words in BUSY),
            seconds,
        )

    def submit(self, who: str, view: Json, times: int = 1) -> None:
        """Submit the form as it is filled in, with the scene's own values."""
        values = {**self.scene.values, **self._typed(view)}
        with ThreadPoolExecutor(times) as pool:
            told = list(pool.map(lambda _: self.world.confirm(who, view, values), range(times)))
        refused = [row["errors"] for row in told if row.get("errors")]
        assert not refused, f"the form was not taken as it was filled in: {refused[0]}"

    def confirm(self, who: str, view: Json, times: int = 1) -> None:
        """Submit until nothing more is asked, and wait for nothing else."""
        if self.situation.link:
            self._allow(view, times)
            return
        for _ in range(_SUBMITS):
            self.submit(who, view, times)
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
                    values[block["block_id"]] = {element["action_id"]: _option(element, value)}
        return values

    def views(self, who: str) -> list[Json]:
        """The person's open windows, the topmost last."""
        user = self.world.slack["users"][who]
        rows = self.world.slack_control("GET", f"/views?user={user}")["views"]
        return [row for row in rows if row["type"] == "modal"]

    def close(self) -> None:
        """Close every window of everybody."""
        for who in ("operator", "approver", "approver2", "admin", "guest"):
            for row in reversed(self.views(who)):
                self.world.act(who, type="close", view_id=row["id"], all=True)


def _option(element: Json, value: str) -> str:
    """What is submitted: of a menu the value of the option that shows these words."""
    for option in element.get("options", ()):
        if value in option["text"]["text"]:
            return str(option["value"])
    return value
