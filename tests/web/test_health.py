"""/healthz, /metrics, and how the edge refuses."""

from datetime import timedelta

from sqlalchemy import text


def test_a_well_bot_says_so(edge):
    """200, and each part is named."""
    reply = edge.http.get("/healthz")

    assert reply.status_code == 200
    assert reply.json() | {"last_sweep": None} == {
        "ok": True,
        "database": "ok",
        "slack": "ok",
        "sweep": "ok",
        "last_sweep": None,
    }


def test_a_lost_slack_connection_is_not_well(edge):
    """503 names the part."""
    edge.pulse["slack"] = False
    reply = edge.http.get("/healthz")

    assert reply.status_code == 503
    assert reply.json()["slack"] == "not connected"


def test_a_late_sweep_is_not_well(edge):
    """Nothing unfinished would be found any more."""
    edge.pulse["swept"] -= timedelta(minutes=10)

    assert edge.http.get("/healthz").status_code == 503


def test_metrics_are_prometheus_text(edge):
    """Counters of jobs are there."""
    reply = edge.http.get("/metrics")

    assert reply.status_code == 200
    assert "qb_jobs_waiting" in reply.text


def test_every_answer_carries_the_security_headers(edge):
    """Pages, JSON, refusals alike."""
    for path in ("/healthz", "/reconnect/nothing", "/nowhere", "/intake/shop/records"):
        headers = edge.http.get(path).headers

        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["cache-control"] == "no-store", path
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "server" not in headers, path


def test_refusals_are_one_sentence(edge):
    """No framework words, no stack."""
    assert edge.http.get("/nowhere").json() == {"error": "There is nothing at this address."}
    reply = edge.http.get("/nudge")

    assert reply.status_code == 405
    assert reply.json() == {"error": "This address does not take that method; it takes POST."}


def test_an_unexpected_error_is_one_sentence_too(edge):
    """The marked border: the reason is in the log, not in the answer."""
    with edge.services.sessions.write() as session:
        session.connection().execute(text("DROP TABLE reconnectlink"))
    reply = edge.http.get("/reconnect/anything")

    assert reply.status_code == 500
    assert "log" in reply.json()["error"]
    assert "reconnectlink" not in reply.text


def test_slack_by_http_gets_the_raw_body(edge):
    """A signature needs every byte as it came."""
    body = b"payload=%7B%22a%22%3A+1%7D&x=%E2%82%AC"
    reply = edge.http.post("/slack/events", content=body, headers={"X-Given": "yes"})

    assert reply.content == body
    assert reply.headers["x-seen"] == "yes"
