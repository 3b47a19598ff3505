"""OAuth 2.0 connections: codes, access tokens, refresh tokens that rotate, die and are revoked."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.switches import Switches

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 8_726_400
IDLE = timedelta(days=100)
CODE_LIFE = timedelta(minutes=10)
HARD_LIFE_YEARS = 5
HARD_START = datetime(2023, 10, 1, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

GRANT_BODIES: dict[int, dict[str, str]] = {
    1: {"error_description": "Incorrect or invalid refresh token", "error": "invalid_grant"},
    2: {"error_description": "Incorrect Token type or clientID", "error": "invalid_grant"},
    3: {"error": "invalid_grant"},
}


class OAuthRefused(Exception):
    """A token request that is refused; `body` goes out with `status`."""

    def __init__(self, status: int, body: dict[str, str]) -> None:
        super().__init__(body.get("error", ""))
        self.status = status
        self.body = body


def refused(error: str, description: str = "", status: int = 400) -> OAuthRefused:
    """A refusal with RFC 6749's error word."""
    body = {"error": error}
    if description:
        body["error_description"] = description
    return OAuthRefused(status, body)


@dataclass(slots=True)
class Connection:
    """One company's consent to one app by one person."""

    realm: str
    client_id: str
    user: str
    scope: str
    refresh_token: str
    created: datetime
    rotated: datetime
    used: datetime
    hard_end: datetime
    revoked: bool = False
    demoted: bool = False
    """The person who consented lost the right to the company; a new consent is not affected."""
    removed: bool = False
    """The app was taken out of the company, Fault 3100; a new consent is not affected."""
    old_tokens: dict[str, datetime] = field(default_factory=dict)
    """Rotated-away value -> when it dies."""


@dataclass(slots=True)
class Access:
    """An access token and when it ends."""

    connection: Connection
    ends: datetime


@dataclass(slots=True)
class Code:
    """An authorisation code, good once."""

    realm: str
    client_id: str
    redirect_uri: str
    scope: str
    user: str
    ends: datetime


@dataclass(slots=True)
class Connections:
    """All codes and tokens of the simulator."""

    clock: Clock
    rng: random.Random
    client_id: str
    client_secret: str
    app_name: str = "qb-sync-bot"
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    by_refresh: dict[str, Connection] = field(default_factory=dict)

    def word(self, length: int) -> str:
        """A token's random part, the same for the same seed."""
        return "".join(self.rng.choices(ALPHABET, k=length))

    def issue_code(self, realm: str, redirect_uri: str, scope: str, user: str) -> str:
        """A code for the consent just given."""
        code = f"XAB1{self.rng.getrandbits(36):011d}{self.word(38)}"
        ends = self.clock.now() + CODE_LIFE
        self.codes[code] = Code(realm, self.client_id, redirect_uri, scope, user, ends)
        return code

    def exchange(self, code: str, redirect_uri: str) -> tuple[Connection, str]:
        """A connection for a code. Raises OAuthRefused."""
        known = self.codes.pop(code, None)
        if known is None or known.ends < self.clock.now():
            raise refused("invalid_grant", "Invalid authorization code")
        if known.redirect_uri != redirect_uri:
            raise refused("invalid_grant", "Invalid redirect URI")
        return self.connect(known.realm, known.scope, known.user)

    def connect(self, realm: str, scope: str, user: str) -> tuple[Connection, str]:
        """Open a connection; returns it and its first access token."""
        now = self.clock.now()
        connection = Connection(
            realm=realm,
            client_id=self.client_id,
            user=user,
            scope=scope,
            refresh_token=self._refresh_value(),
            created=now,
            rotated=now,
            used=now,
            hard_end=_five_years_on(max(now, HARD_START)),
        )
        self.connections.append(connection)
        self.by_refresh[connection.refresh_token] = connection
        return connection, self.access_for(connection)

    def refresh(self, token: str, switches: Switches) -> tuple[Connection, str]:
        """A new access token; the refresh token's value changes about once a day.

        Raises OAuthRefused for a dead, rotated-away, revoked or foreign token.
        """
        if token in self.access:
            raise OAuthRefused(400, GRANT_BODIES[2])
        connection = self.by_refresh.get(token)
        now = self.clock.now()
        if connection is None or not self._alive(connection, token, now):
            raise OAuthRefused(400, GRANT_BODIES[switches.invalid_grant_body])
        if now - connection.rotated >= timedelta(hours=switches.rotation_every_hours):
            grace = timedelta(hours=switches.rotation_grace_hours)
            connection.old_tokens[connection.refresh_token] = now + grace
            connection.refresh_token = self._refresh_value()
            connection.rotated = now
            self.by_refresh[connection.refresh_token] = connection
        connection.used = now
        return connection, self.access_for(connection)

    def _alive(self, connection: Connection, token: str, now: datetime) -> bool:
        if connection.revoked or now >= connection.hard_end or now - connection.used >= IDLE:
            return False
        if token == connection.refresh_token:
            return True
        return now < connection.old_tokens.get(token, now)

    def check(self, token: str) -> Connection | None:
        """The connection behind a living access token, or None."""
        access = self.access.get(token)
        if access is None or access.connection.revoked or access.ends <= self.clock.now():
            return None
        return access.connection

    def revoke(self, token: str) -> bool:
        """End the connection of either token; False for an unknown one."""
        access = self.access.get(token)
        connection = access.connection if access else self.by_refresh.get(token)
        if connection is None or connection.revoked:
            return False
        connection.revoked = True
        return True

    def revoke_realm(self, realm: str) -> int:
        """A person disconnects the app; returns how many connections ended."""
        ended = [one for one in self.connections if one.realm == realm and not one.revoked]
        for connection in ended:
            connection.revoked = True
        return len(ended)

    def end_in(self, realm: str, left: timedelta) -> None:
        """Bring the hard end of a company's permissions near; their access tokens end now."""
        for connection in self._living(realm):
            connection.hard_end = self.clock.now() + left

    def rotate_away(self, realm: str) -> None:
        """Give a company's permissions a new value that only another program knows."""
        for connection in self._living(realm):
            connection.old_tokens.clear()
            connection.refresh_token = self._refresh_value()
            self.by_refresh[connection.refresh_token] = connection

    def _living(self, realm: str) -> list[Connection]:
        """The company's permissions that are in use, their access tokens taken away."""
        found = [one for one in self.connections if one.realm == realm and not one.revoked]
        for token in [key for key, one in self.access.items() if one.connection in found]:
            del self.access[token]
        return found

    def _refresh_value(self) -> str:
        return f"RT1-{self.rng.randint(1, 250)}-H0-{self.rng.getrandbits(33):010d}{self.word(20)}"

    def access_for(self, connection: Connection) -> str:
        """A new access token of a connection."""
        token = f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..{self.word(180)}"
        ends = self.clock.now() + timedelta(seconds=ACCESS_SECONDS)
        self.access[token] = Access(connection, ends)
        return token


def _five_years_on(moment: datetime) -> datetime:
    day = min(moment.day, 28)
    return moment.replace(year=moment.year + HARD_LIFE_YEARS, day=day)
