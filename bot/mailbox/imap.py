"""One folder of an IMAP account, by IMAPClient; TLS unless the server is on this machine.

A mail is fetched without being marked (BODY.PEEK), and nothing is ever deleted or expunged.
"""

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

from bot.mailbox.model import MOST_BYTES, MailboxFault, Mark, New

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 30.0
_SIZES_AT_ONCE = 200
_LONGEST_SAID = 200


@dataclass(frozen=True)
class ImapBox:
    """A folder of an account. `port` 0: the usual one; `security`: tls, starttls or none."""

    host: str
    port: int
    user: str
    password: SecretStr = field(repr=False)
    folder: str = "INBOX"
    security: str = "tls"

    @property
    def kind(self) -> str:
        """Its job's name."""
        return "imap"

    @property
    def name(self) -> str:
        """Account and folder."""
        return f"imap:{self.user} at {self.host}, {self.folder}"

    @contextmanager
    def open(self, *, look_only: bool = False) -> Iterator["ImapReading"]:
        """Connect, sign in, select the folder; see `Box`."""
        try:
            with self._connected() as client:
                self._sign_in(client)
                yield ImapReading(client, self._select(client, look_only=look_only))
        except IMAPClientReadOnlyError:
            raise self._fault("may only be read by this account; it has to mark mails") from None
        except IMAPClientAbortError as error:
            raise self._fault(f"broke off the connection: {_said(error)}") from None
        except IMAPClientError as error:
            raise self._fault(f"refuses a command: {_said(error)}") from None
        except ssl.SSLError as error:
            raise self._fault(f"has no valid TLS certificate: {_said(error)}") from None
        except TimeoutError:
            raise self._fault(f"does not answer within {TIMEOUT_SECONDS:.0f} seconds") from None
        except OSError as error:
            raise self._fault(f"cannot be reached: {error.strerror or _said(error)}") from None

    def _connected(self) -> IMAPClient:
        secure = self.security == "tls"
        context = ssl.create_default_context()
        client = IMAPClient(
            self.host,
            port=self.port or None,
            ssl=secure,
            ssl_context=context if secure else None,
            timeout=TIMEOUT_SECONDS,
        )
        if self.security == "starttls":
            client.starttls(context)
        return client

    def _sign_in(self, client: IMAPClient) -> None:
        try:
            client.login(self.user, self.password.get_secret_value())
        except LoginError:
            # The server's words may repeat what was typed.
            raise self._fault("refuses the user name or the password") from None

    def _select(self, client: IMAPClient, *, look_only: bool) -> int:
        try:
            told = client.select_folder(self.folder, readonly=look_only)
        except (IMAPClientAbortError, IMAPClientReadOnlyError):
            raise
        except IMAPClientError:
            raise self._fault(f"has no folder {self.folder}") from None
        return int(told.get(b"UIDVALIDITY", 0))

    def _fault(self, words: str) -> MailboxFault:
        return MailboxFault(f"The mailbox of {self.user} at {self.host} {words}.")


@dataclass(frozen=True)
class ImapReading:
    """A selected folder."""

    client: Any
    validity: int

    def new(self, mark: Mark, since: date, most: int) -> Iterator[New]:
        """Give what came after the mark; see `Reading`."""
        if mark.uid and mark.validity == self.validity:
            # Also what somebody else has read meanwhile; "n:*" always gives the last one as well.
            found = self.client.search(["UID", f"{mark.uid + 1}:*"])
            uids = sorted(uid for uid in found if uid > mark.uid)
        else:
            uids = sorted(self.client.search(["UNSEEN", "SINCE", since]))
        chosen = uids[:most]
        sizes = self._sizes(chosen)
        for uid in chosen:
            if uid in sizes:  # else it was deleted meanwhile
                raw = self._raw(uid) if sizes[uid] <= MOST_BYTES else None
                if raw is not None or sizes[uid] > MOST_BYTES:
                    yield New(Mark(self.validity, uid), str(uid), raw)

    def taken(self, one: New) -> None:
        """Flag it as seen; a server that refuses this is told in the log, the errors are kept."""
        try:
            self.client.add_flags([one.mark.uid], [b"\\Seen"], silent=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            log.warning("mail not marked as read", mail=one.place, reason=_said(error))

    def passed(self, one: New) -> None:
        """Nothing: it stays as it was, and the mark remembers that it was looked at."""

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        sizes: dict[int, int] = {}
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            told = self.client.fetch(uids[start : start + _SIZES_AT_ONCE], ["RFC822.SIZE"])
            sizes |= {uid: int(row.get(b"RFC822.SIZE", 0)) for uid, row in told.items()}
        return sizes

    def _raw(self, uid: int) -> bytes | None:
        row = self.client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
        body = row.get(b"BODY[]")
        return bytes(body) if body is not None else None


def _said(error: Exception) -> str:
    """A server's words, on one short line."""
    text = " ".join(str(error).split())
    return text[:_LONGEST_SAID] or type(error).__name__
