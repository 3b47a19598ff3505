"""The queue of the command line while a bot runs: nudges go to it over HTTP."""

import httpx

from bot.config import Settings
from bot.domain import Payload
from bot.errors import BotError
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

    @property
    def trouble(self) -> str:
        """Why a nudge was lost; empty while none was."""
        if not self.lost:
            return ""
        return (
            f"The bot holds this database but does not answer at {self.base_url} "
            f"({self.lost[0].job} was not asked for). Is WEB_PORT the same here and there?"
        )

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Hand a nudge on (see `bot.jobs.JobQueue`); the bot knows the lane and the hour itself."""
        del lane, urgent, seconds
        try:
            reply = self._client.post(
                f"{self.base_url}/nudge",
                json={"job": job, "arg": arg},
                headers={"Authorization": f"Bearer {self._token}"},
            )
            reply.raise_for_status()
        except httpx.HTTPError:
            self.lost.append(Nudge(job, arg))

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()


def jobs_of(settings: Settings) -> Payload:
    """What waits and runs in the bot of this machine. Raises BotError when it does not answer."""
    headers = {"Authorization": f"Bearer {control_token(settings)}"}
    url = f"{base_url(settings)}/jobs"
    try:
        reply = httpx.get(url, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False)
        reply.raise_for_status()
        found: Payload = reply.json()
    except (httpx.HTTPError, ValueError):
        msg = (
            f"The bot holds this database but does not answer at {base_url(settings)}. Is WEB_PORT "
            "the same here and there?"
        )
        raise BotError(msg) from None
    return found


def base_url(settings: Settings) -> str:
    """Where the bot of this machine listens."""
    host = "127.0.0.1" if settings.WEB_HOST in _ANYWHERE else settings.WEB_HOST
    return (
        f"http://[{host}]:{settings.WEB_PORT}"
        if ":" in host
        else (f"http://{host}:{settings.WEB_PORT}")
    )
