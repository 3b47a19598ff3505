"""A short-lived permission for a mailbox that takes no password: OAuth 2.0 client credentials.

The application signs in as itself (RFC 6749, section 4.4), as Microsoft 365 asks of programs that
read a mailbox by IMAP: https://learn.microsoft.com/exchange/client-developer/legacy-protocols/
how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from bot.mailbox.model import MailboxFault, Why

_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Its own word for why, such as invalid_client; what is longer is none.
_LONGEST_WORD = 60


@dataclass(frozen=True)
class Application:
    """Who asks for the permission, where, and for whose mailbox."""

    token_url: str
    client_id: str
    client_secret: SecretStr = field(repr=False)
    scope: str
    user: str = ""

    @property
    def is_private(self) -> bool:
        """Whether its secret goes there encrypted, or stays on this machine."""
        where = urlsplit(self.token_url)
        return where.scheme == "https" or (where.hostname or "") in _LOOPBACK

    def token(self) -> SecretStr:
        """Ask for a permission, which is good for about an hour. Raises MailboxFault."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
            "scope": self.scope,
        }
        own = (urlsplit(self.token_url).hostname or "") in _LOOPBACK
        try:
            with httpx.Client(timeout=_TIMEOUT, trust_env=not own) as http:
                reply = http.post(self.token_url, data=asked)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._fault(f"does not answer ({type(error).__name__})") from None
        if reply.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._fault(f"answers with status {reply.status_code}")
        told = _json(reply)
        token = told.get("access_token")
        if reply.status_code != httpx.codes.OK or not isinstance(token, str) or not token:
            word = str(told.get("error") or "")
            why = f" ({word})" if word.isidentifier() and len(word) <= _LONGEST_WORD else ""
            raise self._fault(f"refuses the application{why}", Why.APPLICATION)
        return SecretStr(token)

    def _fault(self, words: str, why: Why = Why.AWAY) -> MailboxFault:
        host = urlsplit(self.token_url).hostname or self.token_url
        return MailboxFault(f"The sign-in at {host} for the mailbox of {self.user} {words}.", why)


def _json(reply: httpx.Response) -> dict[str, object]:
    try:
        told = reply.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
