"""The one-time reconnect link and Intuit's answer: the only way a company is connected.

1. GET /reconnect/{secret} shows which company for which person; opening it uses nothing up.
2. POST looks at the person's role, uses the link up and leads to Intuit's consent page, with a
   state of its own that this browser keeps as a cookie.
3. GET /oauth/callback takes that state once, from that browser alone, looks at the role again,
   exchanges the code, and wakes what waited.
"""

import hashlib
import hmac

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot import audit, reconnect
from bot.errors import BotError, NotAllowed
from bot.fixes.reconnected import after_reconnect, beginning
from bot.models import Company, ReconnectLink
from bot.quickbooks import WrongCompany
from bot.reconnect import STATE_MINUTES, LinkGone, LinkNotNeeded, LinkReplaced
from bot.services import Services
from bot.web.pages import page

DENIED = "access_denied"
_COOKIE_PATH = "/oauth/callback"


def make_router(services: Services) -> APIRouter:
    """Make the routes of the reconnect link and of the OAuth callback."""
    router = APIRouter(include_in_schema=False)

    @router.head("/reconnect/{secret}", include_in_schema=False)
    @router.get("/reconnect/{secret}")
    def show(secret: str) -> HTMLResponse:
        try:
            with services.sessions.read() as session:
                link = reconnect.peek(session, secret, services.clock.now())
                company = session.get_one(Company, link.company_id)
        except LinkGone as gone:
            return _gone(services, gone)
        facts = {"company": company.name, "person": _person(services, link.user_id)}
        return page(services, "reconnect", facts)

    @router.post("/reconnect/{secret}")
    def go(secret: str) -> Response:
        return _go(services, secret)

    @router.get("/oauth/callback")
    def callback(
        request: Request, state: str = "", code: str = "", realmId: str = "", error: str = ""
    ) -> HTMLResponse:
        kept = request.cookies.get(_cookie_name(state), "")
        if not hmac.compare_digest(kept.encode(), state.encode()) or not state:
            return page(services, "other_browser", {}, status=403)
        return _returned(services, state, code, realmId, error)

    return router


def _go(services: Services, secret: str) -> Response:
    now = services.clock.now()
    try:
        with services.sessions.read() as session:
            link = reconnect.peek(session, secret, now)
            company = session.get_one(Company, link.company_id)
        reconnect.may_connect(services, link, company)
        # Asked before the link is used up: it may need Intuit's discovery document, and a link
        # must not be lost because that cannot be read just now.
        services.quickbooks.authorize_url("")
        with services.sessions.write() as session:
            state = reconnect.consume(session, secret, now)
    except LinkGone as gone:
        return _gone(services, gone)
    except NotAllowed as refusal:
        return page(services, "not_allowed", {"reason": refusal.message}, status=403)
    except BotError as fault:
        return page(services, "not_reached", {"reason": fault.message}, status=502)
    return _to_intuit(services, state)


def _gone(services: Services, gone: LinkGone) -> HTMLResponse:
    """Say why the link no longer works, as far as its own holder may know, and what to do."""
    if isinstance(gone, LinkReplaced):
        return page(services, "link_replaced", {}, status=410)
    if isinstance(gone, LinkNotNeeded):
        with services.sessions.read() as session:
            company = session.get_one(Company, gone.company_id)
        return page(services, "link_not_needed", {"company": company.name}, status=410)
    return page(services, "link_gone", {}, status=410)


def _to_intuit(services: Services, state: str) -> Response:
    """Send the browser to the consent page; only this browser can bring the answer back."""
    reply = RedirectResponse(services.quickbooks.authorize_url(state), status_code=303)
    reply.set_cookie(
        _cookie_name(state),
        state,
        max_age=STATE_MINUTES * 60,
        path=_COOKIE_PATH,
        secure=services.settings.PUBLIC_URL.startswith("https:"),
        httponly=True,
        samesite="lax",  # the way back from Intuit is a link from another site
    )
    return reply


def _cookie_name(state: str) -> str:
    """A cookie for each state: two companies may be connected in two tabs."""
    return f"reconnect_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _returned(services: Services, state: str, code: str, realm_id: str, error: str) -> HTMLResponse:
    outcome = error or "returned"
    try:
        with services.sessions.write() as session:
            link = reconnect.finish_state(session, state, services.clock.now(), outcome[:40])
            company = session.get_one(Company, link.company_id)
    except LinkGone:
        return page(services, "answer_gone", {}, status=410)
    facts = {"company": company.name}
    if error == DENIED:
        return page(services, "denied", facts)
    if error or not code or not realm_id:
        facts["reason"] = f"Intuit answered “{error or 'without a code'}”."
        return page(services, "not_connected", facts, status=502)
    try:
        reconnect.may_connect(services, link, company)
        begin = beginning(services, link.company_id, link.user_id)
        services.quickbooks.connect(link.company_id, code, realm_id, begin)
    except NotAllowed as refusal:
        _note(services, link, "refused")
        return page(services, "not_allowed", {"reason": refusal.message}, status=403)
    except WrongCompany as wrong:
        _note(services, link, "wrong_company")
        return page(services, "wrong_company", {**facts, "reason": wrong.message}, status=409)
    except BotError as fault:
        _note(services, link, "failed")
        return page(services, "not_connected", {**facts, "reason": fault.message}, status=502)
    _note(services, link, "connected")
    after_reconnect(services, link.company_id)
    return page(services, "connected", facts)


def _note(services: Services, link: ReconnectLink, outcome: str) -> None:
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get_one(ReconnectLink, link.id)
        row.outcome = outcome
        session.add(row)
        if outcome == "connected":
            reconnect.end_links(session, link.company_id, now, reconnect.NOT_NEEDED)
        audit.append(
            session,
            at=now,
            actor=link.user_id,
            action=f"connection.{outcome}",
            subject="connection",
            company_id=link.company_id,
            data={"incident": link.incident_id},
        )


def _person(services: Services, user_id: str) -> str:
    """The name of the person a link was made for; "" for one made on the command line."""
    if not user_id.startswith(("U", "W")):
        return ""
    try:
        return services.slack.member(user_id).name
    except BotError:
        return ""
