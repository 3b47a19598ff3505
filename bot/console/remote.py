"""The queue of the command line while a bot runs: nudges go to it over HTTP."""

import httpx

from bot.config import Settings
from bot.jobs import Nudge
from bot.web.tokens import control_token

_TIMEOUT_SECONDS = 5.0
_ANYWHERE = frozenset({"0.0.0.0", "::", ""})


class RemoteQueue:
    """Hands every nudge to the running bot (implements `bot.jobs.JobQueue`).

    A nudge that does not arrive is kept in `lost`; the bot's sweep finds the rows within a minute.
    """

    def __init__(self, settings: Settings) -> None:
        self.base_url = base_url(settings)
        self._token = control_token(settings)
        # No connection is kept: nobody has to close it when the command ends.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, limits=limits)
        self.lost: list[Nudge] = []

    def nudge(
        self, job: str, arg: str = "", *, lane: str | None = None, urgent: bool = False
    ) -> None:
        """Hand a nudge on (see `bot.jobs.JobQueue`); the bot knows the lane itself."""
        del lane, urgent
        try:
            reply = self._client.post(
                f"{self.base_url}/nudge",
                json={"job": job, "arg": arg},
                headers={"Authorization": f"Bearer {self._token}"},
            )
            reply.raise_for_status()
        except httpx.HTTPError:
            self.lost.append(Nudge(job, arg))


def base_url(settings: Settings) -> str:
    """Where the bot of this machine listens."""
    host = "127.0.0.1" if settings.WEB_HOST in _ANYWHERE else settings.WEB_HOST
    return (
        f"http://[{host}]:{settings.WEB_PORT}"
        if ":" in host
        else (f"http://{host}:{settings.WEB_PORT}")
    )
