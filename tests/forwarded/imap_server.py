"""An IMAP server for tests on a real socket: as much of IMAP4rev1 (RFC 3501) as a reader needs."""

import re
import socketserver
import ssl
import threading
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Account:
    """One account with one folder, and what was asked of the server."""

    user: str = "errors@books.example"
    password: str = "hush-hush"
    folder: str = "INBOX"
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    days: dict[int, datetime] = field(default_factory=dict)
    read_only: bool = False
    # Takes this permission of an application, and no password.
    token: str = ""
    # Lets nobody in just now, whatever the password.
    busy: bool = False
    # A word that makes the server hang up in the middle of that command.
    dies_at: str = ""
    refuses: str = ""
    # What is said before the answer to a command, by its word.
    rubbish: dict[str, str] = field(default_factory=dict)
    next_uid: int = 1

    def deliver(self, raw, day=None, *, seen=False):
        """Put a mail in; returns its uid."""
        uid = self.next_uid
        self.next_uid += 1
        self.mails[uid] = raw
        self.days[uid] = day or datetime.now(UTC)  # noqa: TID251  as the bot's clock
        if seen:
            self.seen.add(uid)
        return uid

    def number_anew(self):
        """Give every mail another uid, as after a move of the mailbox to another server."""
        self.validity += 1
        self.mails = {uid + 100: raw for uid, raw in self.mails.items()}
        self.days = {uid + 100: day for uid, day in self.days.items()}
        self.seen = {uid + 100 for uid in self.seen}
        self.next_uid += 100


class _Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self):
        self.account = self.server.account
        self.state, self.looks_only = "", False
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode("ascii").strip().partition(" ")
            self.account.said.append(command)
            if self.account.dies_at and self.account.dies_at in command:
                return
            word = command.removeprefix("UID ").split(" ")[0].upper()
            if self.account.refuses and self.account.refuses in command:
                self._say(f"{tag} NO not now")
                continue
            if word in self.account.rubbish:
                self._say(self.account.rubbish[word])
            answer = getattr(self, f"_{word.lower()}", None)
            if answer is None:
                self._say(f"{tag} BAD unknown command")
                continue
            self._say(f"{tag} {answer(command)}")
            if word == "LOGOUT":
                return

    def _say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def _capability(self, _command):
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, command):
        if self.account.busy:
            return "NO [UNAVAILABLE] Temporary authentication failure"
        expected = f"LOGIN {self.account.user} {self.account.password}"
        return (
            "OK in"
            if not self.account.token and command.replace('"', "") == expected
            else f"NO {command}"
        )

    def _authenticate(self, command):
        if command != "AUTHENTICATE XOAUTH2":
            return "NO unknown mechanism"
        self._say("+ ")
        said = b64decode(self.rfile.readline()).decode()
        expected = f"user={self.account.user}\1auth=Bearer {self.account.token}\1\1"
        if self.account.token and said == expected:
            return "OK in"
        # The client answers what is told of the error, and only then it is refused.
        self._say(f"+ {b64encode(b'{}').decode()}")
        self.rfile.readline()
        return "NO AUTHENTICATE failed."

    def _select(self, command):
        name = command.split(" ", 1)[1].strip('"')
        if name != self.account.folder:
            return "NO no such mailbox"
        self.looks_only = command.startswith("EXAMINE")
        self._say(f"* {len(self.account.mails)} EXISTS")
        self._say("* FLAGS (\\Seen \\Deleted)")
        self._say(f"* OK [UIDVALIDITY {self.account.validity}] valid")
        self._say(f"* OK [UIDNEXT {self.account.next_uid}] next")
        closed = self.looks_only or self.account.read_only
        return f"OK [{'READ-ONLY' if closed else 'READ-WRITE'}] selected"

    _examine = _select

    def _search(self, command):
        since = re.search(r"SINCE (\d+-\w+-\d+)", command)
        first = re.search(r"UID (\d+):\*", command.removeprefix("UID SEARCH"))
        found = sorted(self.account.mails)
        if first:
            # By RFC 3501 "n:*" holds the last one, even if it is smaller than n.
            found = [uid for uid in found if uid >= int(first[1]) or uid == found[-1]]
        if "UNSEEN" in command:
            found = [uid for uid in found if uid not in self.account.seen]
        if since:
            day = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            found = [uid for uid in found if self.account.days[uid] >= day]
        self._say(" ".join(["* SEARCH", *map(str, found)]))
        return "OK found"

    def _fetch(self, command):
        _, _, uids, what = command.split(" ", 3)
        for number, uid in enumerate(self._among(uids), 1):
            raw = self.account.mails[uid]
            if "BODY" in what:
                assert "PEEK" in what
                self._say(f"* {number} FETCH (UID {uid} BODY[] {{{len(raw)}}}")
                self.wfile.write(raw)
                self._say(")")
            else:
                self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
        return "OK fetched"

    def _store(self, command):
        assert not self.looks_only
        assert "+FLAGS" in command
        assert "\\Seen" in command
        self.account.seen |= set(self._among(command.split(" ")[2]))
        return "OK stored"

    def _logout(self, _command):
        self._say("* BYE")
        return "OK out"

    def _among(self, said):
        found = []
        for part in said.split(","):
            first, _, last = part.partition(":")
            found += [uid for uid in self.account.mails if int(first) <= uid <= int(last or first)]
        return sorted(set(found))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def serving(account, certificate=None):
    """Let the account be reached on a free port of this machine; gives the port.

    `certificate`: a file with key and certificate, for TLS from the first byte.
    """
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.account = account
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.handle_error = lambda *_: None  # a client that does not trust it hangs up
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
