"""The door to QuickBooks: companies, consent, withdrawal, keys."""

import threading
import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions
from bot.domain import JsonValue, Payload
from bot.models import Company, Connection
from bot.quickbooks.books import CompanyBooks
from bot.quickbooks.calls import Caller, Wire
from bot.quickbooks.faults import QuickBooksFault, WrongCompany
from bot.quickbooks.limits import PATIENCE_SECONDS, Limiter
from bot.quickbooks.oauth import DeadToken, Intuit
from bot.quickbooks.pace import Limits
from bot.quickbooks.reads import ReadMeter
from bot.quickbooks.retry import with_retries
from bot.quickbooks.session import open_http
from bot.quickbooks.shared_pace import SharedPace
from bot.quickbooks.tokens import TokenKeeper, WithIt
from bot.quickbooks.vault import Tokens, Vault

T = TypeVar("T")
# What Intuit answers when a permission to be withdrawn has ended before.
_GONE_ALREADY = frozenset({"invalid_grant", "invalid_request", "invalid_token"})
_log = structlog.get_logger(__name__)


class QuickBooks:
    """Built once per process; safe to use from many threads. Close it at the end."""

    def __init__(self, settings: Settings, sessions: Sessions, clock: Clock) -> None:
        """Open nothing yet. Raises ConfigError when SECRET_KEYS is missing or wrong."""
        self._settings = settings
        self._sessions = sessions
        self._stopping = threading.Event()
        self._intuit = Intuit(settings)
        holder = f"quickbooks-{uuid.uuid4()}"
        self._keeper = TokenKeeper(
            sessions,
            clock,
            self._intuit,
            Vault(settings.SECRET_KEYS.get_secret_value()),
            holder,
            self._stopping.wait,
        )
        self._meter = ReadMeter(sessions, clock)
        self._shared = SharedPace(sessions, clock, holder)
        http = open_http(settings.QUICKBOOKS_API_URL)
        self._wire = Wire(settings, http, self._keeper, self._meter, self._stopping.wait)
        self._limiters: dict[int, Limiter] = {}
        self._guard = threading.Lock()

    def close(self) -> None:
        """End all waiting and close the connections."""
        self._stopping.set()
        self._meter.write_down()
        self._wire.http.close()

    def company(self, company_id: int, patience: float = PATIENCE_SECONDS) -> CompanyBooks:
        """One company's books; a call waits at most `patience` seconds for its turn."""
        return CompanyBooks(self._wire, company_id, self._limiter(company_id), patience)

    def wait(self, seconds: float) -> bool:
        """Wait for a while; True, at once, when the process stops."""
        return self._stopping.wait(seconds)

    def write_reads_down(self) -> None:
        """Take the reads this process has counted ahead off the numbers in the database."""
        self._meter.write_down()

    def authorize_url(self, state: str) -> str:
        """The address of Intuit's consent page. Raises QuickBooksFault."""
        return self._retried(lambda: self._intuit.authorize_url(state))

    def connect(
        self, company_id: int, code: str, realm_id: str, with_it: WithIt | None = None
    ) -> Payload:
        """Finish a consent and return the company's CompanyInfo.

        1. Refuse a realm that another company of this bot uses, before its code is spent.
        2. Exchange the code; read CompanyInfo with the new token: a made-up realm id in the
           address fails here, and the name of wrongly chosen books becomes known.
        3. Refuse another realm than the company's own, naming both; nothing is overwritten and
           nothing revoked (the other company may rightly be connected elsewhere).
        4. Commit tokens, realm and state, together with what `with_it` writes: nobody sees a
           company that is connected and has not heard who did it.

        Raises WrongCompany, or QuickBooksFault (an old code: platform `oauth`).
        """
        company = self._company(company_id)
        self._refuse_taken(company, realm_id)
        try:
            grant = self._intuit.exchange(code, realm_id)
        except DeadToken as dead:
            raise _stale_consent(dead) from None
        fresh = Tokens(company_id, realm_id, grant.access_token, grant.refresh_token)
        info = self._info_of(fresh)
        if company.realm_id not in (None, realm_id):
            given = str(info.get("CompanyName", "")) or f"the company with the id {realm_id}"
            raise _wrong_company(f"You chose {given}, but this link is for", company)
        self._claim_realm(company, realm_id)
        self._keeper.store(company_id, realm_id, grant, over=None, with_it=with_it)
        self._forget_trouble(company_id)
        _log.info("company_connected", company_id=company_id, realm_id=realm_id)
        return info

    def revoke(self, company_id: int) -> None:
        """Withdraw the bot's permission at Intuit; the company is lost until connected again.

        Of a permission that is lost already only the stored tokens are left to be deleted.
        """

        def at_intuit(refresh_token: str) -> None:
            try:
                self._retried(lambda: self._intuit.revoke(refresh_token))
            except QuickBooksFault as fault:
                if fault.code not in _GONE_ALREADY:
                    raise

        self._keeper.withdraw(company_id, at_intuit, "An admin withdrew the bot's permission.")

    def rotate_keys(self) -> tuple[int, list[str]]:
        """Encrypt every stored token with the first of SECRET_KEYS.

        Returns how many, and the names of the companies whose tokens none of the keys opens.
        """
        return self._keeper.reseal_all()

    def _limiter(self, company_id: int) -> Limiter:
        with self._guard:
            limiter = self._limiters.get(company_id)
            if limiter is None:
                limiter = self._limiters[company_id] = self._new_limiter(company_id)
        return limiter

    def _new_limiter(self, company_id: int) -> Limiter:
        settings = self._settings
        limits = Limits(
            settings.QUICKBOOKS_PER_MINUTE,
            settings.QUICKBOOKS_PER_SECOND,
            settings.QUICKBOOKS_CONCURRENCY,
        )
        return Limiter(company_id, limits, self._shared, self._stopping.wait)

    def _retried(self, call: Callable[[], T]) -> T:
        timeout = self._settings.QUICKBOOKS_TIMEOUT_SECONDS
        return with_retries(call, self._stopping.wait, timeout=timeout)

    def _company(self, company_id: int) -> Company:
        with self._sessions.read() as session:
            return session.get_one(Company, company_id)

    def _info_of(self, tokens: Tokens) -> Payload:
        def send(library: Any) -> JsonValue:
            return library.get_single_object("CompanyInfo", quote(tokens.realm_id, ""))

        company_id = tokens.company_id
        caller = Caller(self._wire, company_id, self._limiter(company_id), PATIENCE_SECONDS)
        body = self._retried(lambda: caller.at_once(send, tokens))
        info = body.get("CompanyInfo")
        return info if isinstance(info, dict) else {}

    def _refuse_taken(self, company: Company, realm_id: str) -> None:
        with self._sessions.read() as session:
            holder = session.exec(
                select(Company)
                .where(col(Company.realm_id) == realm_id)
                .where(col(Company.id) != company.id)
            ).first()
        if holder is not None:
            raise _wrong_company(f"You chose {holder.name}, but this link is for", company)

    def _claim_realm(self, company: Company, realm_id: str) -> None:
        if company.realm_id == realm_id:
            return
        try:
            with self._sessions.write() as session:
                row = session.get_one(Company, company.id)
                if row.realm_id not in (None, realm_id):
                    msg = f"{row.name} was connected to other books in the meantime."
                    raise WrongCompany(msg)
                row.realm_id = realm_id
                session.add(row)
        except IntegrityError:
            msg = f"These books are already connected here under another name than {company.name}."
            raise WrongCompany(msg) from None

    def _forget_trouble(self, company_id: int) -> None:
        with self._sessions.write() as session:
            row = session.get_one(Connection, company_id)
            row.trouble, row.trouble_since, row.trouble_detail = "", None, ""
            session.add(row)


def _wrong_company(start: str, company: Company) -> WrongCompany:
    return WrongCompany(f"{start} {company.name}.")


def _stale_consent(dead: DeadToken) -> QuickBooksFault:
    return QuickBooksFault(
        "This consent was used already or is too old. Open a new link with /qb-reconnect.",
        errors=dead.errors,
        http_status=dead.http_status,
        intuit_tid=dead.intuit_tid,
        raw=dead.raw,
        platform="oauth",
    )
