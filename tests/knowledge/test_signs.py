"""What an error text shows: the code it means, in whatever form another tool shows it."""

import re
import signal

import pytest

from bot.knowledge.firm_patterns import readable
from bot.knowledge.literals import keys_of
from bot.knowledge.signs import flatten, signs
from tests.words import knowledge

KNOWLEDGE = knowledge()
STALE = "Stale Object Error : You and Ann were working on this at the same time."


@pytest.mark.parametrize(
    "text",
    [
        '{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"%s","code":"5010"}]}}',
        '{"FAULT":{"ERROR":[{"MESSAGE":"x","DETAIL":"%s","CODE":5010}]}}',
        '"{\\"Fault\\":{\\"Error\\":[{\\"Detail\\":\\"%s\\",\\"code\\":\\"5010\\"}]}}"',
        '<Fault type="ValidationFault"><Error code="5010"><Detail>%s</Detail></Error></Fault>',
        "{'Fault': {'Error': [{'Message': 'x', 'Detail': '%s', 'code': '5010'}]}}",
        '[{:fault_type=>"ValidationFault", :error_code=>"5010", :error_detail=>"%s"}]',
        "['Fault']=> array(1) { ['Error']=> { ['Detail']=> '%s' ['code']=> string(4) '5010' } }",
        "com.intuit.ipp.exception.FMSException: ERROR CODE:5010, ERROR DETAIL:%s",
        "QB Exception 5010: \u202e\x00%s",
        '{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"%s',
    ],
)
def test_every_wrapping_shows_the_same_error(text: str) -> None:
    """JSON in any case, escaped or cut off, XML, Python, Ruby, PHP, Java, hidden marks."""
    found = KNOWLEDGE.classify("", "", text % STALE)

    assert found.problem == "stale_object"
    assert found.facts["user"] == "Ann"
    assert found.confidence >= 0.8


@pytest.mark.parametrize(
    ("platform", "code", "problem"),
    [
        ("qbo", "3100", "wrong_company"),
        ("qbd", "3100", "duplicate_name"),
        ("qbo", "3200", "connection_lost"),
        ("qbd", "3200", "desktop_changed_meanwhile"),
        ("qbo", "500", "wrong_operation"),
        ("qbd", "500", "desktop_not_listed"),
        ("qbo", "600", "request_repeated"),
        ("qbd", "600", "desktop_outcome_unknown"),
        ("qbo", "2000", "software_fault"),
        ("qbd", "2000", "desktop_old_sign_on"),
        ("oauth", "003200", "connection_lost"),
        ("qbwc", "0x8004040a", "desktop_wrong_file"),
    ],
)
def test_a_number_means_what_its_platform_says(platform: str, code: str, problem: str) -> None:
    """The same number is another error on the Desktop; zeros in front and case say nothing."""
    assert KNOWLEDGE.classify(platform, code, "").problem == problem


def test_the_text_decides_where_no_platform_is_told() -> None:
    """The form of the answer tells the Desktop's 3200 from QuickBooks Online's."""
    online = '{"fault":{"error":[{"message":"errorCode=003200; statusCode=401","code":"3200"}]}}'
    desktop = '<CustomerModRs statusCode="3200" statusSeverity="Error" statusMessage="x"/>'

    assert KNOWLEDGE.classify("", "", online).platform in ("qbo", "oauth")
    assert KNOWLEDGE.classify("", "", online).problem == "connection_lost"
    assert KNOWLEDGE.classify("", "", desktop).platform == "qbd"
    assert KNOWLEDGE.classify("", "", desktop).problem == "desktop_changed_meanwhile"


def test_a_wrong_platform_does_not_mislead() -> None:
    """qbXML is the Desktop's, whatever the tool says."""
    text = (
        '<BillAddRs statusCode="3140" statusSeverity="Error" statusMessage='
        '"There is an invalid reference to QuickBooks Vendor &quot;Acme&quot; in the Bill."/>'
    )
    found = KNOWLEDGE.classify("qbo", "", text)

    assert found.problem == "desktop_wrong_reference"
    assert found.platform == "qbd"
    assert found.facts["missing_name"] == "Acme"


@pytest.mark.parametrize(
    "text",
    [
        "Call me at 555-6240 about order 6140 for 3,200.00",
        "Your QuickBooks order 6240 was shipped",
        "ERROR 1062 (23000): Duplicate entry '3100' for key 'PRIMARY'",
        '{"code":"6240","message":"out of stock","service":"shop"}',
        "room 3140",
        "zip code 6240, exit code 3100",
        "Error code 3100: the MySQL connection was closed",
    ],
)
def test_not_every_number_is_a_code(text: str) -> None:
    """Telephones, orders, amounts and the codes of other programs are none."""
    assert KNOWLEDGE.classify("", "", text).problem == "unknown"


def test_the_root_of_several_errors_comes_first() -> None:
    """Access before all, then the account, then the record, then the document; others follow."""
    line = '{"Detail":"Required parameter Line is missing in the request","code":"2020"}'
    account = '{"Detail":"Invalid Reference Id : Accounts element id 7 not found","code":"2500"}'
    access = '{"message":"message=AuthenticationFailed; errorCode=003200; statusCode=401"}'

    document_first = KNOWLEDGE.classify("qbo", "", f'{{"Fault":{{"Error":[{line},{account}]}}}}')
    assert document_first.problem == "missing_account"
    assert document_first.facts["missing_id"] == "7"
    assert "missing_required_field" in {other.problem for other in document_first.others}
    all_three = KNOWLEDGE.classify("", "", f'{{"Fault":{{"Error":[{line},{account},{access}]}}}}')
    assert all_three.problem == "connection_lost"


def test_the_first_of_equals_stays_first() -> None:
    """Two troubles of one document are told in their order."""
    long = '<Error code="2050" element="firstname"><Message>Length exceeds limit</Message></Error>'
    number = '<Error code="2080" element="postalcode"><Message>Illegal format</Message></Error>'

    assert KNOWLEDGE.classify("qbo", "", f"<Fault>{long}{number}</Fault>").problem == "too_long"


def test_what_failed_by_another_request_is_no_cause() -> None:
    """3231 and the good answers beside an error are passed over."""
    text = (
        '<InvoiceAddRs statusCode="0" statusSeverity="Info" statusMessage="Status OK"/>'
        '<BillAddRs statusCode="3231" statusSeverity="Error" statusMessage="Not processed."/>'
        '<CustomerAddRs statusCode="3100" statusSeverity="Error" statusMessage="x"/>'
    )

    assert KNOWLEDGE.classify("qbwc", "", text).problem == "duplicate_name"


def test_throttling_is_told_from_a_lost_right() -> None:
    """It arrives as 403, as XML and inside the words of a library."""
    gateway = "message=ThrottleExceeded; errorCode=003001; statusCode=403"
    xml = f'<Fault type="SERVICE"><Error code="3001"><Message>{gateway}</Message></Error></Fault>'
    library = f"Error returned with status code '403': {{'fault': {{'error': [{gateway!r}]}}}}"

    assert KNOWLEDGE.classify("qbo", "", xml, 403).problem == "throttled"
    assert KNOWLEDGE.classify("qbo", "10000", library).problem == "throttled"


def test_a_page_of_a_gateway_is_read_without_its_markup() -> None:
    """Only where a platform was told: every web server has such pages."""
    page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"

    assert KNOWLEDGE.classify("qbo", "", page).problem == "server_error"
    assert KNOWLEDGE.classify("", "", page).problem == "unknown"
    assert "<" not in flatten(page)


def test_a_decimal_result_is_the_hexadecimal_one() -> None:
    """Logs show HRESULTs as negative numbers too."""
    assert KNOWLEDGE.classify("qbwc", "-2147220472", "").problem == "desktop_not_running"
    assert signs("", "", "COM error -2147220472").codes[0].code == "0x80040408"


def test_what_looks_a_little_like_it_says_so() -> None:
    """No code and no pattern: the nearest known text, its likeness and the words they share."""
    like = KNOWLEDGE.classify(
        "qbo", "", "QuickBooks: the flux of the gl capacitor is not mapped so"
    )
    far = KNOWLEDGE.classify("qbo", "", "the invoice of the moon was carried by nine geese")

    assert like.confidence < 0.8
    assert far.problem == "unknown"
    assert far.confidence == 0
    assert 0 <= far.likeness < 1
    assert far.likeness == 0 or far.facts["nearest"]


@pytest.mark.parametrize(
    "text",
    [
        "account customer vendor invoice tax currency number must be cannot not found " * 20_000,
        "a" * 1_000_000,
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '\\\\"' * 300_000,
        "&amp;" * 200_000,
        "<" * 1_000_000,
        "\x00" * 1_000_000,
        "\u202e" * 1_000_000,
        'code: 6240 "code":"6140" ' * 40_000,
        '"Fault":{"Error":[{"Message":' * 30_000,
        "{{ 9**9 }}{% for x in y %}" * 40_000,
    ],
    ids=range(12),
)
def test_hostile_text_is_read_only_so_far(text: str) -> None:
    """A million letters of anything are answered, and alike each time."""
    found = KNOWLEDGE.classify("", "", text)

    assert found == KNOWLEDGE.classify("", "", text)
    assert found.problem in KNOWLEDGE.problems


# A search of ours takes a thousandth of this; a bad pattern would take hours.
SECONDS = 3.0


def ends(pattern: re.Pattern[str], text: str, seconds: float = SECONDS) -> bool:
    """Whether a search ends by itself; it is broken off where it does not."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        pattern.search(text)
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return True


def test_no_pattern_is_slow_on_its_own_words() -> None:
    """Every pattern of ours ends on a long text made of the words it looks for."""
    rows = [row for problem in KNOWLEDGE.problems.values() for row in problem.matches]
    patterns = {one: row.problem for row in rows for one in (row.pattern, row.unless) if one}
    slow = []
    for pattern, problem in patterns.items():
        words = sorted(keys_of(pattern.pattern)) or ["error"]
        said = " ".join(readable(pattern).replace("…", "a 1 ").split())
        texts = (f"{words[0]} {words[-1]} " * 400, f"{said} " * 400, words[0] * 2_000)
        slow += [
            f"{problem}: {pattern.pattern}"
            for text in texts
            if not ends(pattern, flatten(text)[:20_000])
        ]

    assert len(patterns) > 400
    assert slow == []


def test_a_slow_pattern_would_be_found() -> None:
    """The measure of the test above: what takes for ever is broken off and named."""
    assert not ends(re.compile("([a-z]+ ?)+!"), "frozen " * 400, 0.2)
    assert ends(re.compile("[a-z]+ !"), "frozen " * 400, 0.2)


@pytest.mark.parametrize(
    ("platform", "code", "text", "problem"),
    [
        (
            "",
            "",
            "QuickBooks error message: The list element is in use. (3176) Customer: Seaview Hotel",
            "desktop_in_use",
        ),
        ("", "", "QuickBooks 6240 name exists customer Kim Lee", "duplicate_name"),
        ("", "", "QuickBooks sync: customer Bayside Café inactive (610)", "inactive_reference"),
        ("", "", "Error: 80040408 QuickBooks doesn't start", "desktop_not_running"),
        ("qbd", "80040408", "It does not start", "desktop_not_running"),
        ("", "", "QuickBooks 5000 transactions imported", "unknown"),
        ("", "", "#define QSI_INVALIDTEMP 0x80040414", "unknown"),
        ("", "", "El objeto no está en ejecución. MS_E_NOTRUNNING 0x8004040A", "unknown"),
    ],
)
def test_a_code_is_read_where_tools_put_it(platform, code, text, problem):
    """In brackets, glued to the name, a Windows code without its 0x; never another's constant."""
    assert KNOWLEDGE.guess(platform, code, text).problem == problem


def test_an_http_status_told_as_the_code_is_none() -> None:
    """400 of a tool says nothing of what happened: the words do."""
    text = "QuickBooks already has a vendor with this name"

    assert KNOWLEDGE.guess("qbo", "400", text).problem == "duplicate_name"


def test_the_field_and_its_length_are_told() -> None:
    """Of a text that is too long: what was supplied, and in which field."""
    found = KNOWLEDGE.guess("", "", "Code=2050 … Supplied length:25 property=DocNumber")

    assert found.facts == {"len": "25", "field": "DocNumber"}
