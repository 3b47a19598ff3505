"""The OAuth life cycle: discovery, consent, codes, refresh, rotation, expiry, revocation."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.quickbooks.conftest import Books

REDIRECT = "http://127.0.0.1:8000/oauth/callback"
DEAD = {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}


def endpoints(books: Books) -> dict[str, Any]:
    """The discovery document."""
    return books.http.get(books.ready["discovery_url"]).json()


def authorize_params(books: Books, **more: str) -> dict[str, str]:
    """A good authorisation request."""
    return {
        "client_id": books.ready["client_id"],
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": REDIRECT,
        "state": "s-1",
        **more,
    }


def press(books: Books, decision: str, **more: str) -> dict[str, str]:
    """Press a button of the consent page; returns the parameters of the redirect."""
    response = books.http.post(
        endpoints(books)["authorization_endpoint"],
        data={**authorize_params(books), "decision": decision, **more},
    )
    assert response.status_code == 302, response.text
    target = urlsplit(response.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == REDIRECT
    return {key: values[0] for key, values in parse_qs(target.query).items()}


def token(books: Books, *, basic: bool = True, **form: str) -> httpx.Response:
    """A token call with the app's keys."""
    keys = (books.ready["client_id"], books.ready["client_secret"])
    if not basic:
        form |= {"client_id": keys[0], "client_secret": keys[1]}
    return books.http.post(
        endpoints(books)["token_endpoint"], data=form, auth=keys if basic else None
    )


def refresh(books: Books, value: str, **headers: str) -> httpx.Response:
    """A refresh."""
    return books.http.post(
        endpoints(books)["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": value},
        auth=(books.ready["client_id"], books.ready["client_secret"]),
        headers=headers,
    )


def connect(books: Books) -> dict[str, Any]:
    """A fresh connection to the default company by the consent page."""
    back = press(books, "connect", realm=books.realm)
    response = token(
        books, grant_type="authorization_code", code=back["code"], redirect_uri=REDIRECT
    )
    assert response.status_code == 200, response.text
    return response.json()


def advance(books: Books, seconds: float) -> None:
    """Move the simulator's clock."""
    assert books.control.post("/clock", json={"advance": seconds}).status_code == 200


def alive(books: Books, access: str) -> bool:
    """Whether an access token opens the company."""
    books.token = access
    return books.get(f"companyinfo/{books.realm}").status_code == 200


def test_consent_page_names_the_app_and_the_companies(books: Books) -> None:
    """The page shows who asks, which companies there are, and both buttons."""
    books.control.post("/companies", json={"name": "Second & Sons"})

    page = books.http.get(
        endpoints(books)["authorization_endpoint"], params=authorize_params(books)
    )

    assert page.status_code == 200
    for word in ("qb-sync-bot", "Sandbox Company US", "Second &amp; Sons", "Connect", "Cancel"):
        assert word in page.text


def test_code_is_exchanged_once(books: Books) -> None:
    """Connect brings code, state and realmId; the code is good for one exchange."""
    back = press(books, "connect", realm=books.realm)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT}

    first = token(books, **form).json()
    second = token(books, **form)

    assert (back["state"], back["realmId"]) == ("s-1", books.realm)
    assert first["token_type"] == "bearer"
    assert (first["expires_in"], first["x_refresh_token_expires_in"]) == (3600, 8726400)
    assert first["refresh_token"].startswith("RT1-")
    assert "x_refresh_token_hard_expires_in" not in first
    assert alive(books, first["access_token"])
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_cancel_says_access_denied(books: Books) -> None:
    """Cancel brings the error and the state, and no code."""
    assert press(books, "cancel") == {"error": "access_denied", "state": "s-1"}


def test_redirect_uri_has_to_match_exactly(books: Books) -> None:
    """A code is bound to the address it was issued for."""
    back = press(books, "connect", realm=books.realm)

    response = token(
        books, grant_type="authorization_code", code=back["code"], redirect_uri=f"{REDIRECT}/"
    )

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_bad_authorisation_goes_back_with_an_error(
    books: Books, changes: dict[str, str], error: str
) -> None:
    """A trusted redirect address is told what is wrong."""
    response = books.http.get(
        endpoints(books)["authorization_endpoint"], params=authorize_params(books, **changes)
    )

    assert response.status_code == 302
    assert parse_qs(urlsplit(response.headers["location"]).query)["error"] == [error]


@pytest.mark.parametrize(
    "changes", [{"client_id": "other"}, {"redirect_uri": "https://evil.example/cb"}]
)
def test_untrusted_authorisation_is_not_redirected(books: Books, changes: dict[str, str]) -> None:
    """An unknown app or address gets a page, never a redirect."""
    response = books.http.get(
        endpoints(books)["authorization_endpoint"], params=authorize_params(books, **changes)
    )

    assert response.status_code == 400
    assert "can&#x27;t connect" in response.text or "can't connect" in response.text


def test_auto_consent_is_a_switch(books: Books) -> None:
    """With the switch on, the page answers by itself, for the company chosen."""
    other = books.control.post("/companies", json={"name": "Other"}).json()["realm_id"]
    books.switch(auto_consent=True, auto_consent_realm=other)

    response = books.http.get(
        endpoints(books)["authorization_endpoint"], params=authorize_params(books)
    )

    query = parse_qs(urlsplit(response.headers["location"]).query)
    assert query["realmId"] == [other]


def test_keys_in_the_body_and_in_the_header(books: Books) -> None:
    """Both ways of naming the app work; wrong keys are invalid_client with 401."""
    form = {"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]}
    good = token(books, basic=False, **form)
    bad = books.http.post(
        endpoints(books)["token_endpoint"], data=form, auth=(books.ready["client_id"], "wrong")
    )

    assert good.status_code == 200
    assert good.headers["intuit_tid"]
    assert (bad.status_code, bad.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
    ],
)
def test_incomplete_token_calls(books: Books, form: dict[str, str], error: str) -> None:
    """A missing part is named by RFC 6749's word."""
    response = token(books, **form)

    assert (response.status_code, response.json()["error"]) == (400, error)


def test_access_token_ends_after_an_hour(books: Books) -> None:
    """401 in the gateway's lower-case shape, with the header Intuit sends."""
    advance(books, 3601)

    response = books.get("customer/1")

    body = response.json()
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert body["fault"]["error"][0]["code"] == "3200"
    assert body["fault"]["error"][0]["message"] == (
        "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    )
    assert body["fault"]["error"][0]["detail"].startswith("Token expired: AB01")
    assert isinstance(body["time"], int)
    assert set(body) >= {"warnings", "intuitObject", "queryResponse", "cdcresponse", "requestId"}


def test_refresh_value_changes_once_a_day(books: Books) -> None:
    """The same value within a day, another one after it; the old one has a day of grace."""
    first = books.ready["refresh_token"]
    same = refresh(books, first).json()["refresh_token"]
    advance(books, 24 * 3600)
    rotated = refresh(books, first).json()["refresh_token"]

    in_grace = refresh(books, first)
    advance(books, 24 * 3600 + 1)
    after = refresh(books, first)

    assert same == first
    assert rotated != first
    assert in_grace.json()["refresh_token"] == rotated
    assert (after.status_code, after.json()) == (400, DEAD)
    assert refresh(books, rotated).status_code == 200


def test_without_grace_the_old_value_dies_at_once(books: Books) -> None:
    """The stricter reading of the documentation."""
    books.switch(rotation_grace_hours=0)
    advance(books, 25 * 3600)
    refresh(books, books.ready["refresh_token"])

    assert refresh(books, books.ready["refresh_token"]).json() == DEAD


def test_refresh_token_dies_after_100_idle_days(books: Books) -> None:
    """Use renews it; 100 days without use end it."""
    advance(books, 99 * 86400)
    renewed = refresh(books, books.ready["refresh_token"]).json()["refresh_token"]
    advance(books, 99 * 86400)
    again = refresh(books, renewed).json()["refresh_token"]
    advance(books, 100 * 86400 + 1)

    assert refresh(books, again).json() == DEAD


def test_hard_expiry_is_told_on_request(books: Books) -> None:
    """Five years after consent the token ends whatever its use."""
    reply = refresh(
        books, books.ready["refresh_token"], **{"x-include-refresh-token-hard-expires-in": "true"}
    ).json()

    assert 4.9 * 365 * 86400 < reply["x_refresh_token_hard_expires_in"] < 5.1 * 365 * 86400


def test_access_token_as_refresh_token(books: Books) -> None:
    """The second body of invalid_grant; nothing is used up."""
    response = refresh(books, books.ready["access_token"])

    assert response.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect Token type or clientID",
    }
    assert refresh(books, books.ready["refresh_token"]).status_code == 200


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_ends_both_tokens(books: Books, which: str) -> None:
    """Either token ends the connection; a second revoke is refused."""
    made = connect(books)
    call = {
        "url": endpoints(books)["revocation_endpoint"],
        "json": {"token": made[which]},
        "auth": (books.ready["client_id"], books.ready["client_secret"]),
    }

    first, second = books.http.post(**call), books.http.post(**call)

    assert (first.status_code, second.status_code) == (200, 400)
    assert refresh(books, made["refresh_token"]).json() == DEAD
    assert not alive(books, made["access_token"])


def test_app_removed_by_a_person(books: Books) -> None:
    """Disconnecting inside QuickBooks ends every connection of the company; consent heals."""
    books.act("revoke_app")

    assert refresh(books, books.ready["refresh_token"]).json() == DEAD
    assert not alive(books, books.ready["access_token"])
    assert alive(books, connect(books)["access_token"])


def test_demoted_person(books: Books) -> None:
    """120 for what that person connected; a new consent works."""
    books.act("demote_user")
    error = books.get("customer/1").json()["Fault"]["Error"][0]

    assert (error["code"], error["Message"]) == ("120", "Authorization Failure")
    assert alive(books, connect(books)["access_token"])


def test_an_app_that_was_removed(books: Books) -> None:
    """403 with 3100 for what was connected; a new consent works."""
    books.act("remove_app")
    refused = books.get("customer/1")

    assert refused.status_code == 403
    assert refused.json()["fault"]["error"][0]["code"] == "3100"
    assert alive(books, connect(books)["access_token"])


def test_renewed_elsewhere(books: Books) -> None:
    """Another program took the permission's new value: ours is dead, consent heals."""
    books.act("renewed_elsewhere")

    assert refresh(books, books.ready["refresh_token"]).json() == DEAD
    assert not alive(books, books.ready["access_token"])
    assert alive(books, connect(books)["access_token"])


def test_the_end_of_a_permission_can_be_brought_near(books: Books) -> None:
    """The access token ends, the next refresh tells what is left; 0 days are the end."""
    books.act("permission_ends", days=10)

    assert not alive(books, books.ready["access_token"])
    assert refresh(books, books.ready["refresh_token"]).status_code == 200
    books.act("permission_ends", days=0)
    assert refresh(books, books.ready["refresh_token"]).json() == DEAD


def test_wrong_company_is_403(books: Books) -> None:
    """A good token for another realm: 3100 in the lower-case shape."""
    other = books.control.post("/companies", json={"name": "Other"}).json()["realm_id"]
    books.realm = other

    response = books.get("customer/1")

    error = response.json()["fault"]["error"][0]
    assert response.status_code == 403
    assert (error["code"], error["detail"]) == ("3100", None)
    assert error["message"] == (
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    )
    assert response.json()["fault"]["type"] == "SERVICE"


def test_no_token_is_3202(books: Books) -> None:
    """An empty Authorization header has its own code."""
    response = books.http.get(f"{books.base}/customer/1")

    assert response.status_code == 401
    assert response.json()["fault"]["error"][0]["code"] == "3202"


def test_userinfo_needs_openid(books: Books) -> None:
    """Who consented is told to a token with the openid scope only."""
    where = endpoints(books)["userinfo_endpoint"]
    good = books.http.get(where, headers={"Authorization": f"Bearer {books.token}"})
    narrow = books.http.get(
        where, headers={"Authorization": f"Bearer {connect(books)['access_token']}"}
    )

    assert good.json()["givenName"] == "Craig"
    assert narrow.status_code == 401


def test_clock_tells_the_time(books: Books) -> None:
    """The clock is set and read in ISO; replies carry Pacific time."""
    books.control.post("/clock", json={"now": "2026-07-01T12:00:00+00:00"})
    books.token = connect(books)["access_token"]

    told = datetime.fromisoformat(books.control.get("/clock").json()["now"])

    assert told.date().isoformat() == "2026-07-01"
    assert books.get("customer/1").json()["time"].endswith("-07:00")
