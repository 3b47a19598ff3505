"""The shapes of replies, one by one, without a server."""

import pytest

from bot.domain import RetryClass
from bot.quickbooks.redaction import HIDDEN, redact
from bot.quickbooks.replies import Reply, fault_of


def read(text, status=400, writing=True):
    """The fault a reply stands for."""
    return fault_of(Reply(status, text, "1-abc"), writing=writing, secrets=("secret-token",))


def test_good_replies_are_no_faults():
    """Also when a name in them is "Fault"."""
    assert read('{"Customer":{"Id":"1"}}', 200) is None
    assert read('{"Customer":{"DisplayName":"Fault"}}', 200) is None
    assert read('{"QueryResponse":{}}', 200) is None
    assert read('{"fault":null,"QueryResponse":{}}', 200) is None


@pytest.mark.parametrize(
    ("text", "status", "code", "retry_class"),
    [
        ('{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"6240"}]}}', 400, "6240", "n"),
        ('{"Fault":{"Error":[{"Message":"m","code":6240}]}}', 400, "6240", "n"),
        ('{"Fault":{"Error":{"Message":"m","code":"610"}}}', 400, "610", "n"),
        ('{"Fault":{"Error":[{"Message":"m","code":"many"}]}}', 400, "many", "n"),
        ('{"Fault":{"Error":[{"Message":"m","code":""}]}}', 200, "", "n"),
        ('{"Fault":{"Error":[]}}', 400, "", "n"),
        ('{"Fault":{"type":"SystemFault"}}', 500, "", "t"),
        ('{"QueryResponse":{"Fault":{"Error":[{"Message":"m","code":"4000"}]}}}', 200, "4000", "n"),
        ('{"CDCResponse":[{"Fault":{"Error":[{"code":"10000"}]}}]}', 200, "10000", "t"),
        ('{"fault":{"error":[{"message":"errorCode=003200; y"}]}}', 401, "3200", "a"),
        ('{"fault":{"error":[{"message":"m","code":"003001"}]}}', 403, "3001", "h"),
        ("", 500, "", "t"),
        ("", 401, "", "a"),
        ("{", 200, "", "t"),
        ("[]", 200, "", "t"),
        ("null", 200, "", "t"),
        ("<html><h1>Bad Gateway</h1></html>", 502, "", "t"),
        ("<html>Not found</html>", 404, "", "n"),
        ('<r><a:Error code="10000"><a:Message>m</a:Message></a:Error></r>', 500, "10000", "t"),
        (
            '{"Fault":{"Error":[{"Message":"a","code":"10000"},{"Message":"b","code":"6240"}]}}',
            400,
            "10000",
            "n",
        ),
        (
            '{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"The account period has '
            'closed","code":"5010"}]}}',
            400,
            "5010",
            "n",
        ),
        (
            '{"Fault":{"Error":[{"Message":"m","Detail":"java.lang.NumberFormatException: For",'
            '"code":"10000"}]}}',
            500,
            "10000",
            "n",
        ),
    ],
)
def test_shapes(text, status, code, retry_class):
    """Code and way on of every shape."""
    fault = read(text, status)
    letters = {
        "n": RetryClass.NEEDS_PERSON,
        "t": RetryClass.TRANSIENT,
        "a": RetryClass.AUTH,
        "h": RetryClass.THROTTLED,
    }

    assert code == fault.code
    assert letters[retry_class] is fault.retry_class
    assert fault.intuit_tid == "1-abc"


def test_xml_words_are_unescaped():
    """Entities of XML are read as the characters they stand for."""
    fault = read(
        '<Error code="1" element="Line"><Message>a &amp; b</Message><Detail>c</Detail></Error>'
    )

    assert (fault.fault_message, fault.detail, fault.element) == ("a & b", "c", "Line")


@pytest.mark.parametrize(
    ("text", "status", "lost"),
    [
        ("", 200, True),
        ("", 500, True),
        ("<html></html>", 503, True),
        ('{"Customer":{"Id":', 200, True),
        ('{"Fault":{"Error":[{"Message":"m","code":"6240"}]}}', 400, False),
        ('{"Fault":{"Error":[{"Message":"m","code":"150"}]}}', 503, False),
        ("", 429, False),
        ("<html></html>", 404, False),
    ],
)
def test_when_a_write_is_in_doubt(text, status, lost):
    """A definite word of QuickBooks, or a refusal at the gate, is no doubt; silence is."""
    assert lost is read(text, status).reply_lost
    assert read(text, status, writing=False).reply_lost is False


def test_no_secret_stays_in_a_fault():
    """Tokens are hidden in the raw text, in the detail and in the message."""
    text = (
        '{"fault":{"error":[{"message":"secret-token","detail":"Token expired: AB016abcDEF99",'
        '"code":"3200"}]},"access_token":"eyJhbGciOiJkaXIi.xyz","x":"RT1-12-H0-abcdef1234"}'
    )

    fault = read(text, 401)

    shown = f"{fault} {fault.raw} {fault.detail} {fault.fault_message}"
    for secret in ("secret-token", "AB016abcDEF99", "eyJhbGciOiJkaXIi", "RT1-12-H0"):
        assert secret not in shown
    assert HIDDEN in fault.raw


def test_redaction_leaves_words_alone():
    """Only what looks like a token is hidden."""
    words = "Bearer of good news: ABC Company, basic plan, RT1, Jane Doe"

    assert words == redact(words, ("", "Jane"))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "<Error code='1'>" * 60_000,
        "<title>" * 100_000,
        "<Fault><Error code='x'><Message>&#0;&#xD800;</Message></Error></Fault>",
        '{"x": 1e999999999}',
        '{"Fault": {"Error": [null, 5, {"code": {"a": 1}, "Message": ["x"]}]}}',
        '{"CDCResponse": [{"QueryResponse": [{"fault": {"error": "x"}}]}]}',
    ],
)
def test_rubbish_is_a_fault_like_any_other(text):
    """Nothing that a broken gateway may answer crashes or holds up a call."""
    for status in (200, 400, 502):
        fault = fault_of(Reply(status, text), writing=True)
        assert fault is not None or status == 200
        assert fault is None or (len(fault.raw) <= 4_000 and str(fault))


def test_raw_is_cut():
    """At most 4,000 characters of a reply are kept."""
    assert len(read("<html>" + "x" * 9000, 500).raw) == 4000
