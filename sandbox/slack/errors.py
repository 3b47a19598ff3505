"""The two ways a request can be wrong: for Slack's API, and for a person at the client."""

from collections.abc import Mapping, Sequence

from sandbox.slack.jsontypes import Json


class SlackError(Exception):
    """An `{"ok": false, "error": …}` answer; `extra` joins the body, `status` and headers too."""

    def __init__(
        self,
        code: str,
        *,
        messages: Sequence[str] = (),
        extra: Mapping[str, object] | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})
        self.extra: Json = dict(extra or {})
        if messages:
            self.extra["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in messages]}

    def body(self) -> Json:
        """The JSON body a client reads."""
        return {"ok": False, "error": self.code, **self.extra}


class ActError(Exception):
    """What a person tried is not possible in the client; `why` is the sentence they would see."""

    def __init__(self, code: str, why: str, **extra: object) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why
        self.extra = extra

    def body(self) -> Json:
        """The control API's answer."""
        return {"ok": False, "error": self.code, "why": self.why, **self.extra}


class ControlError(Exception):
    """A control request that cannot be understood (HTTP 400)."""

    def __init__(self, code: str, why: str, **extra: object) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why
        self.extra = extra

    def body(self) -> Json:
        """The control API's answer."""
        return {"ok": False, "error": self.code, "why": self.why, **self.extra}
