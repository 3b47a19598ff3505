"""One folder of an IMAP account, by IMAPClient; TLS unless the server is on this machine.

A mail is fetched without being marked (BODY.PEEK), and nothing is ever deleted or expunged.
"""

import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)
from pydantic import SecretStr

from bot.mailbox.model import MOST_BYTES, MailboxFault, Mark, New, Why
from bot.mailbox.permission import Application

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 30.0
# No encryption at all.
PLAIN = "none"
_SIZES_AT_ONCE = 200
_LONGEST_SAID = 200
# A sign-in that is refused for now only: RFC 5530, section 3.
_LATER = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)


class _NoImap(Exception):
    """What a server answered is no IMAP."""


@contextmanager
def _understood() -> Iterator[None]:
    """Around what is asked of a server: the library raises anything where it answers rubbish."""
    try:
        yield
    except ssl.SSLError:  # a certificate that is not valid is a ValueError too
        raise
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise _NoImap(type(error).__name__) from None


@dataclass(frozen=True)
class ImapBox:
    """A folder of an account. `port` 0: the usual one; `security`: tls, starttls or none.

    `application` signs in where no password is taken.
    """

    host: str
    port: int
    user: str
    password: SecretStr = field(repr=False)
    folder: str = "INBOX"
    security: str = "tls"
    application: Application | None = None

    @property
    def kind(self) -> str:
        """Its job's name."""
        return "imap"

    @property
    def numbered(self) -> bool:
        """What was looked at is not given again."""
        return True

    @property
    def name(self) -> str:
        """Account and folder."""
        return f"imap:{self.user} at {self.host}, {self.folder}"

    @contextmanager
    def open(self, *, look_only: bool = False) -> Iterator["ImapReading"]:
        """Connect, sign in, select the folder; see `Box`."""
        try:
            with _understood():
                connected = self._connected()
            with connected as client:
                with _understood():
                    self._sign_in(client)
                    end = self._select(client, look_only=look_only)
                yield ImapReading(client, end)
        except IMAPClientReadOnlyError:
            said = "may only be read by this account; it has to mark mails"
            raise self._fault(said, Why.READ_ONLY) from None
        except IMAPClientAbortError as error:
            raise self._fault(f"broke off the connection: {_said(error)}") from None
        except _NoImap:
            raise self._fault("answers what is no IMAP") from None
        except IMAPClientError as error:
            raise self._fault(f"refuses a command: {_said(error)}") from None
        except ssl.SSLCertVerificationError as error:
            said = f"has no valid TLS certificate: {_said(error)}"
            raise self._fault(said, Why.CERTIFICATE) from None
        except ssl.SSLError as error:
            raise self._fault(f"cannot be reached by TLS: {_said(error)}") from None
        except TimeoutError:
            raise self._fault(f"does not answer within {TIMEOUT_SECONDS:.0f} seconds") from None
        except OSError as error:
            raise self._fault(f"cannot be reached: {error.strerror or _said(error)}") from None

    def _connected(self) -> IMAPClient:
        # Its own log would hold whole mails, and the password in another writing.
        logging.getLogger("imapclient").setLevel(logging.WARNING)
        secure = self.security == "tls"
        context = ssl.create_default_context() if self.security != PLAIN else None
        client = IMAPClient(
            self.host,
            port=self.port or None,
            ssl=secure,
            ssl_context=context if secure else None,
            timeout=TIMEOUT_SECONDS,
        )
        if self.security == "starttls":
            try:
                client.starttls(context)
            except (IMAPClientError, OSError):
                client.shutdown()
                raise
        return client

    def _sign_in(self, client: IMAPClient) -> None:
        password = self.password.get_secret_value()
        token = self.application.token().get_secret_value() if self.application else ""
        try:
            if token:
                client.oauth2_login(self.user, token)
            elif f"{self.user}{password}".isascii():
                client.login(self.user, password)
            else:
                client.plain_login(self.user, password)
        except LoginError as error:
            if _LATER.search(str(error)):
                raise self._fault("lets nobody in just now") from None
            # The server's words may repeat what was typed.
            if token:
                said = "does not let the application in"
                raise self._fault(said, Why.APPLICATION) from None
            said = "refuses the user name or the password"
            raise self._fault(said, Why.SIGN_IN) from None

    def _select(self, client: IMAPClient, *, look_only: bool) -> Mark:
        try:
            told = client.select_folder(self.folder, readonly=look_only)
        except (IMAPClientAbortError, IMAPClientReadOnlyError):
            raise
        except IMAPClientError:
            raise self._fault(f"has no folder {self.folder}", Why.FOLDER) from None
        validity, following = told.get(b"UIDVALIDITY", 0), told.get(b"UIDNEXT", 0)
        # A server that does not number its mails for good is asked for unread ones every time.
        return Mark(int(validity), int(following) - 1) if validity and following else Mark()

    def _fault(self, words: str, why: Why = Why.AWAY) -> MailboxFault:
        return MailboxFault(f"The mailbox of {self.user} at {self.host} {words}.", why)


@dataclass(frozen=True)
class ImapReading:
    """A selected folder."""

    client: Any
    end: Mark

    def new(self, mark: Mark, since: date) -> Iterator[New]:
        """Give what came after the mark; see `Reading`."""
        known = bool(mark.validity) and mark.validity == self.end.validity
        if known:
            # Also what somebody else has read meanwhile; "n:*" always gives the last one as well.
            uids = [uid for uid in self._search(["UID", f"{mark.uid + 1}:*"]) if uid > mark.uid]
        else:
            uids = self._search(["UNSEEN", "SINCE", since])
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            for uid, size in self._sizes(uids[start : start + _SIZES_AT_ONCE]):
                raw = self._raw(uid) if size <= MOST_BYTES else None
                if raw is not None or size > MOST_BYTES:  # else it was deleted meanwhile
                    yield New(Mark(self.end.validity, uid) if known else Mark(), str(uid), raw)

    def taken(self, one: New) -> None:
        """Flag it as seen; a server that refuses this is told in the log, the errors are kept."""
        try:
            self.client.add_flags([int(one.place)], [b"\\Seen"], silent=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            log.warning("mail not marked as read", mail=one.place, reason=_said(error))

    def passed(self, one: New) -> None:
        """Nothing: it stays as it was, and the mark remembers that it was looked at."""

    def _search(self, wanted: list[str | date]) -> list[int]:
        with _understood():
            return sorted(self.client.search(wanted))

    def _sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        with _understood():
            told = self.client.fetch(uids, ["RFC822.SIZE"])
            return sorted((uid, int(row.get(b"RFC822.SIZE", 0))) for uid, row in told.items())

    def _raw(self, uid: int) -> bytes | None:
        with _understood():
            row = self.client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
            body = row.get(b"BODY[]")
            return bytes(body) if body is not None else None


def _said(error: Exception) -> str:
    """A server's words, on one short line."""
    text = " ".join(str(error).split())
    return text[:_LONGEST_SAID] or type(error).__name__
