"""The reconnect link, the consent page and the callback, against the real simulator."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
import typer
from sqlmodel import select
from typer.testing import CliRunner

from bot import audit
from bot.console import leaving
from bot.domain import ConnectionState, IncidentState, Role
from bot.errors import BotError
from bot.models import AuditEntry, Connection, Incident, ReconnectLink
from bot.web import permission


def state_of(edge, company_id):
    with edge.services.sessions.read() as session:
        return session.get_one(Connection, company_id)


def back(edge, location):
    """Follow Intuit's redirect to the bot, whose address is another one in this test."""
    assert location.startswith("http://127.0.0.1:8080/oauth/callback?")
    return edge.http.get(location.removeprefix("http://127.0.0.1:8080"))


def test_the_whole_way(edge):
    """Link, page, consent page, callback: connected, once, and what waited is woken."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    path = edge.link(company)
    shown = edge.http.get(path)
    gone = edge.http.post(path)
    done = back(edge, edge.consent(gone.headers["location"], realm))

    assert "Connect Harbor Foods to QuickBooks" in shown.text
    assert gone.status_code == 303
    assert done.status_code == 200
    assert "You can close this page" in done.text
    connection = state_of(edge, company)
    assert connection.state is ConnectionState.CONNECTED
    assert connection.tokens
    assert {nudge.job for nudge in edge.noted.nudges} == {"check", "capture", "sync"}


def test_looking_at_a_link_uses_nothing_up(edge):
    """Link scanners open addresses; only the button counts."""
    path = edge.link(edge.company())
    for _ in range(3):
        assert edge.http.get(path).status_code == 200

    assert edge.http.post(path).status_code == 303


def test_a_link_works_once(edge):
    """The second press is told how to get a new one."""
    path = edge.link(edge.company())
    edge.http.post(path)

    for reply in (edge.http.post(path), edge.http.get(path)):
        assert reply.status_code == 410
        assert "/qb-reconnect" in reply.text


def test_of_two_presses_at_once_one_wins(edge):
    """Eight parallel presses give one way to Intuit and seven pages that say why not."""
    path = edge.link(edge.company())
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: edge.http.post(path), range(8)))

    assert sorted(reply.status_code for reply in replies) == [303, *[410] * 7]


def test_a_newer_link_ends_the_earlier_ones_of_that_person_and_company(edge):
    """The old address says that there is a newer one, and how to get another."""
    company, other = edge.company(), edge.company("Blue Ridge")
    old, elsewhere = edge.link(company), edge.link(other)
    somebody_elses = edge.link(company, edge.person(company, Role.ADMIN))
    newest = edge.link(company)

    for reply in (edge.http.get(old), edge.http.post(old)):
        assert reply.status_code == 410
        assert "There is a newer link" in reply.text
        assert "/qb-reconnect" in reply.text
    for path in (elsewhere, somebody_elses, newest):
        assert edge.http.get(path).status_code == 200
        assert edge.http.post(path).status_code == 303


def test_two_links_asked_for_at_once_leave_one_open(edge):
    """However many presses race, the person holds one link that works."""
    company = edge.company()
    with ThreadPoolExecutor(6) as pool:
        paths = list(pool.map(lambda _: edge.link(company), range(6)))

    assert sorted(edge.http.get(path).status_code for path in paths) == [200, *[410] * 5]


def test_when_the_connection_is_back_every_open_link_of_the_company_ends(edge):
    """Whoever they were made for; a link made afterwards works, other companies' stay."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    elsewhere = edge.link(edge.company("Blue Ridge"))
    hers = edge.link(company, edge.person(company, Role.ADMIN))
    gone = edge.http.post(edge.link(company))
    back(edge, edge.consent(gone.headers["location"], realm))

    for reply in (edge.http.get(hers), edge.http.post(hers)):
        assert reply.status_code == 410
        assert "Harbor Foods is connected already" in reply.text
        assert "/qb-reconnect" in reply.text
    assert edge.http.get(elsewhere).status_code == 200
    assert edge.http.post(edge.link(company)).status_code == 303


def test_a_person_at_the_consent_page_is_not_cut_off(edge):
    """A newer link, or somebody else's consent, takes nothing from an answer on its way."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    first = edge.http.post(edge.link(company))
    location = edge.consent(first.headers["location"], realm)
    second = edge.http.post(edge.link(company))

    assert back(edge, edge.consent(second.headers["location"], realm)).status_code == 200
    assert back(edge, location).status_code == 200
    assert state_of(edge, company).state is ConnectionState.CONNECTED


def test_a_wrong_company_or_a_refusal_ends_no_link(edge):
    """Only a connection that is really back makes the others' links needless."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    hers = edge.link(company, edge.person(company, Role.ADMIN))
    gone = edge.http.post(edge.link(company))
    back(edge, edge.consent(gone.headers["location"], realm, "cancel"))

    assert edge.http.get(hers).status_code == 200


def test_the_wrong_companys_page_says_each_thing_once(edge):
    """Both names, that nothing was changed, and what to do next."""
    company, _ = connected(edge)
    gone = edge.http.post(edge.link(company))
    other = edge.realm("Somebody Else")

    page = back(edge, edge.consent(gone.headers["location"], other))

    assert page.status_code == 409
    assert "You chose Somebody Else, but this link is for Harbor Foods." in page.text
    assert page.text.count("Nothing was changed") == 1
    assert page.text.lower().count("choose harbor foods") == 1


def test_an_old_link_does_not_work(edge):
    """Ten minutes, no more."""
    path = edge.link(edge.company())
    with edge.services.sessions.write() as session:
        row = session.exec(select(ReconnectLink)).one()
        row.expires_at -= timedelta(hours=1)
        session.add(row)

    assert edge.http.get(path).status_code == 410
    assert edge.http.post(path).status_code == 410


def test_an_unknown_link_looks_like_an_old_one(edge):
    """Nothing can be learned by guessing."""
    path = edge.link(edge.company())
    edge.http.post(path)

    assert edge.http.get(path).text == edge.http.get("/reconnect/guessed").text


def test_cancel_at_quickbooks_changes_nothing(edge):
    """error=access_denied comes back as a page that says so."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    done = back(edge, edge.consent(gone.headers["location"], realm, "cancel"))

    assert done.status_code == 200
    assert "not allowed" in done.text
    assert state_of(edge, company).state is ConnectionState.NEVER
    assert edge.noted.nudges == []


def test_a_callback_is_taken_once(edge):
    """Loading the last page again does nothing."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    location = edge.consent(gone.headers["location"], realm)
    back(edge, location)
    version = state_of(edge, company).version
    again = back(edge, location)

    assert again.status_code == 410
    assert state_of(edge, company).version == version


@pytest.mark.parametrize("state", ["", "guessed"])
def test_a_callback_without_our_state_does_nothing(edge, state):
    """Somebody else's code is never exchanged."""
    company = edge.company()
    reply = edge.http.get(
        "/oauth/callback", params={"state": state, "code": "c", "realmId": edge.realm("X")}
    )

    assert reply.status_code == 403
    assert state_of(edge, company).state is ConnectionState.NEVER


def test_the_answer_counts_only_in_the_browser_that_opened_the_link(edge):
    """Somebody who is lured to a finished consent connects nothing; the right browser still can."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    location = edge.consent(gone.headers["location"], realm)
    cookie = gone.headers["set-cookie"].lower()
    lured = httpx.get(edge.http.base_url.join(location.removeprefix("http://127.0.0.1:8080")))

    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert lured.status_code == 403
    assert "browser" in lured.text
    assert state_of(edge, company).state is ConnectionState.NEVER
    assert back(edge, location).status_code == 200


def test_two_companies_are_connected_in_two_tabs(edge):
    """Each consent has a cookie of its own."""
    found = []
    for name in ("Harbor Foods", "Blue Ridge"):
        company = edge.company(name)
        gone = edge.http.post(edge.link(company))
        found.append((company, edge.consent(gone.headers["location"], edge.realm(name))))
    for company, location in found:
        assert back(edge, location).status_code == 200
        assert state_of(edge, company).state is ConnectionState.CONNECTED


def connected(edge):
    """A company that knows its books."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    back(edge, edge.consent(gone.headers["location"], realm))
    return company, realm


def lost(edge, company):
    """The permission is gone, and its alert is open; its id."""
    with edge.services.sessions.write() as session:
        row = session.get_one(Connection, company)
        row.state, row.lost_reason = ConnectionState.LOST, "withdrawn"
        session.add(row)
        alert = Incident(
            company_id=company,
            check_name="connection",
            problem="connection_lost",
            subject="connection",
            family="connection",
            kind="token_expired",
            severity="critical",
            facts={},
            opened_at=edge.services.clock.now(),
            last_seen_at=edge.services.clock.now(),
        )
        session.add(alert)
        session.flush()
        return alert.id


def test_a_check_finds_the_alert_at_work_as_soon_as_the_company_is_connected(edge, monkeypatch):
    """It is claimed together with the permission: no check calls it settled by itself."""
    company, realm = connected(edge)
    alert = lost(edge, company)
    seen = []
    honest = permission.after_reconnect

    def after_reconnect(services, company_id):
        with services.sessions.read() as session:
            seen.append(session.get_one(Incident, alert).state)
        honest(services, company_id)

    monkeypatch.setattr(permission, "after_reconnect", after_reconnect)
    gone = edge.http.post(edge.link(company))
    back(edge, edge.consent(gone.headers["location"], realm))

    assert seen == [IncidentState.WORKING]
    assert "fix" in {nudge.job for nudge in edge.noted.nudges}


def test_a_new_company_is_bound_to_its_books_by_an_admin_alone(edge):
    """An operator is told who may, and the link is not used up."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    path = edge.link(company, edge.person(company, Role.OPERATOR))
    refused = edge.http.post(path)
    edge.person(company, Role.ADMIN)
    gone = edge.http.post(path)

    assert refused.status_code == 403
    assert "Only an admin can do this at Harbor Foods" in refused.text
    assert back(edge, edge.consent(gone.headers["location"], realm)).status_code == 200


def test_an_operator_reconnects_and_somebody_who_lost_the_role_does_not(edge):
    """The role counts when the button is pressed, not when the link was made."""
    company, realm = connected(edge)
    path = edge.link(company, edge.person(company, Role.OPERATOR))
    edge.person(company, None)
    refused = edge.http.post(path)
    edge.person(company, Role.OPERATOR)
    gone = edge.http.post(path)

    assert refused.status_code == 403
    assert "Harbor Foods" in refused.text
    assert back(edge, edge.consent(gone.headers["location"], realm)).status_code == 200


def test_a_role_lost_at_the_consent_page_connects_nothing(edge):
    """It is looked at again when Intuit's answer comes, and the refusal is in the record."""
    company, realm = connected(edge)
    before = state_of(edge, company)
    gone = edge.http.post(edge.link(company, edge.person(company, Role.OPERATOR)))
    location = edge.consent(gone.headers["location"], realm)
    edge.person(company, Role.VIEWER)
    done = back(edge, location)
    with edge.services.sessions.read() as session:
        actions = session.exec(select(AuditEntry.action)).all()

    assert done.status_code == 403
    assert state_of(edge, company).tokens == before.tokens
    assert "connection.refused" in actions


def test_another_company_is_refused_and_both_are_named(edge):
    """Nothing is overwritten; the company stays connected to its own books."""
    company, right = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    back(edge, edge.consent(gone.headers["location"], right))
    before = state_of(edge, company)
    wrong = edge.realm("Other Books Inc")
    gone = edge.http.post(edge.link(company))
    done = back(edge, edge.consent(gone.headers["location"], wrong))

    assert done.status_code == 409
    assert "Harbor Foods" in done.text
    assert "Other Books Inc" in done.text
    assert state_of(edge, company).tokens == before.tokens


def test_intuits_refusal_is_a_sentence(edge):
    """A code that Intuit does not take is told, without a stack."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    location = re.sub(r"code=[^&]+", "code=made-up", edge.consent(gone.headers["location"], realm))
    done = back(edge, location)

    assert done.status_code == 502
    assert "Nothing was changed" in done.text
    assert "Traceback" not in done.text
    assert state_of(edge, company).state is ConnectionState.NEVER


@pytest.mark.parametrize(
    ("fault", "said"),
    [("throttled", "is busy just now (HTTP 429)"),
     ("server_error", "has trouble just now (HTTP 500)")],
)  # fmt: skip
def test_trouble_at_the_exchange_promises_nothing(edge, fault, said):
    """Nobody exchanges the code again by itself: the page says what the person does."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company))
    location = edge.consent(gone.headers["location"], realm)
    edge.fault(fault, {"operation": "token"})
    done = back(edge, location)

    assert done.status_code == 502
    assert said in done.text
    assert "by itself" not in done.text
    assert "type /qb-reconnect in Slack for a new link" in done.text
    assert state_of(edge, company).state is ConnectionState.NEVER


def test_an_unreachable_intuit_does_not_use_the_link_up(edge):
    """The same link works when Intuit is back."""
    company = edge.company()
    path = edge.link(company)
    broken = edge.services.quickbooks.authorize_url

    def unreachable(state):
        from bot.errors import BotError

        raise BotError("QuickBooks cannot be reached.")

    object.__setattr__(edge.services.quickbooks, "authorize_url", unreachable)
    first = edge.http.post(path)
    object.__setattr__(edge.services.quickbooks, "authorize_url", broken)

    assert first.status_code == 502
    assert edge.http.post(path).status_code == 303


def test_names_in_a_page_are_inert(edge):
    """A company called like markup is shown, not run."""
    path = edge.link(edge.company("<script>alert(1)</script> & Sons"))
    text = edge.http.get(path).text

    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_who_connected_what_is_in_the_record(edge):
    """The audit record says that a permission came in, and for which company."""
    company, realm = edge.company(), edge.realm("Harbor Foods")
    gone = edge.http.post(edge.link(company, edge.person(company, Role.ADMIN)))
    back(edge, edge.consent(gone.headers["location"], realm))
    with edge.services.sessions.read() as session:
        rows = session.exec(select(AuditEntry)).all()
        report = audit.verify(session)

    found = [row for row in rows if row.action == "connection.connected"]
    assert [(row.actor, row.company_id) for row in found] == [("U0DANA0001", company)]
    assert report.ok


def test_disconnecting_revokes_at_intuit_and_is_in_the_record(edge):
    """`app.py disconnect`: Intuit ends the permission, the tokens are gone, a check will say so."""
    company, _ = connected(edge)
    tokens = edge.services.quickbooks._keeper.read(company).tokens
    app = typer.Typer()
    leaving.add(app, edge.parts())
    without = CliRunner().invoke(app, ["--company", "Harbor Foods"], input="n\n")
    before = state_of(edge, company).state
    done = CliRunner().invoke(app, ["--company", "Harbor Foods", "--yes"])

    assert (without.exit_code, before) == (2, ConnectionState.CONNECTED)
    assert "Harbor Foods is disconnected" in done.output
    assert (state_of(edge, company).state, state_of(edge, company).tokens) == (
        ConnectionState.LOST,
        "",
    )
    with pytest.raises(BotError):
        edge.services.quickbooks._intuit.refresh(tokens.refresh_token)
    with edge.services.sessions.read() as session:
        assert "connection.withdrawn" in session.exec(select(AuditEntry.action)).all()
