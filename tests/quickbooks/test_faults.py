"""Every fault of QuickBooks comes out as one kind of exception with the right way on."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from bot.domain import RetryClass
from bot.quickbooks import QuickBooksFault

ALWAYS = 3  # as often as one call tries
T, H, N, S = (
    RetryClass.TRANSIENT,
    RetryClass.THROTTLED,
    RetryClass.NEEDS_PERSON,
    RetryClass.STALE,
)


@dataclass(frozen=True)
class Case:
    """A switched fault and what a write must make of it."""

    fault: str
    code: str
    status: int
    retry_class: RetryClass
    says: str
    lost: bool = False
    options: tuple = ()

    def __str__(self):
        return self.fault + "".join(f"-{value}" for _, value in self.options)


CASES = [
    Case("forbidden_3100", "3100", 403, N, "ApplicationAuthorizationFailed"),
    Case("throttled", "3001", 429, H, "ThrottleExceeded", options=(("format", "json"),)),
    Case("throttled", "3001", 429, H, "ThrottleExceeded", options=(("format", "xml"),)),
    Case("throttled", "", 429, H, "Empty reply", options=(("format", "empty"),)),
    Case("server_error", "10000", 500, T, "application error", lost=True),
    Case("unavailable_html", "", 503, T, "503 Service Temporarily Unavailable", lost=True),
    Case("empty_body", "", 200, T, "Empty reply with HTTP 200", lost=True),
    Case("reset_before", "no_reply", 0, T, "connection broke", lost=True),
    Case("localised_6140", "6140", 400, N, "document en double"),
    Case("code_missing", "", 400, N, ""),
    Case("code:120", "120", 401, N, "Authorization Failure"),
    Case("code:130", "130", 401, T, "Wrong Cluster"),
    Case("code:140", "140", 403, N, "Locked Out"),
    Case("code:150", "150", 503, T, "Maintenance"),
    Case("code:500", "500", 400, N, "Unsupported Operation"),
    Case("code:5010", "5010", 400, S, "working on this at the same time"),
    Case("code:6000", "6000", 400, T, "one name at a time"),
    Case("code:6190", "6190", 400, N, "Invalid Company Status"),
    Case("code:6210", "6210", 400, N, "period has closed"),
    Case("code:6240", "6240", 400, N, "Duplicate Name"),
    Case("code:10200", "10200", 400, N, "Company Reset"),
]


def write(bench, request_id=None):
    """Create a customer."""
    return bench.books.write(
        "create", "Customer", {"DisplayName": "Jane Doe"}, request_id or str(uuid4())
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fault(bench, case):
    """Code, status, words and the way on are read from the reply, whatever its shape."""
    bench.simulator.fault(
        case.fault, ALWAYS, {"realm": bench.realm, "operation": "create"}, **dict(case.options)
    )

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    fault = caught.value
    assert (case.code, case.status) == (fault.code, fault.http_status)
    assert fault.retry_class is case.retry_class
    assert case.says in f"{fault.fault_message} {fault.detail}"
    assert fault.reply_lost is case.lost
    assert fault.platform == "qbo"
    assert fault.message
    assert bool(fault.intuit_tid) is (case.status != 0)


def test_two_errors_in_one_fault(bench):
    """All errors are kept, the first one leads."""
    bench.simulator.fault("two_errors", 1, {"realm": bench.realm, "operation": "create"})

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    assert len(caught.value.errors) == 2
    assert caught.value.errors[0].code == caught.value.code


@pytest.mark.parametrize("fault", ["xml_fault", "fault_in_200"])
def test_a_fault_in_another_dress(bench, fault):
    """XML, and a fault inside HTTP 200, are read like any other fault."""
    bench.simulator.fault(fault, ALWAYS, {"realm": bench.realm, "operation": "create"}, code="6240")

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    assert caught.value.code == "6240"
    assert caught.value.retry_class is N
    assert not caught.value.reply_lost


@pytest.mark.parametrize(
    "fault",
    ["unauthorized", "throttled", "server_error", "unavailable_html", "empty_body", "reset_before"],
)
def test_what_passes_heals_in_silence(bench, fault):
    """One refused, failed or broken try is repeated; the caller notices nothing."""
    bench.simulator.fault(fault, 1, {"realm": bench.realm, "operation": "create"})

    write(bench)

    assert bench.books.count("Customer") == 1


def test_reads_heal_too(bench):
    """A query that fails once is asked again."""
    bench.simulator.fault("reset_before", 2, {"realm": bench.realm, "operation": "query"})

    assert bench.books.query("Customer") == []


def test_a_read_is_never_in_doubt(bench):
    """Only writes can have happened unseen."""
    bench.simulator.fault("reset_before", ALWAYS, {"realm": bench.realm, "operation": "query"})

    with pytest.raises(QuickBooksFault) as caught:
        bench.books.query("Customer")

    assert not caught.value.reply_lost
    assert caught.value.retry_class is T


@pytest.mark.parametrize("fault", ["reset_after"])
def test_a_lost_reply_is_replayed_and_written_once(bench, fault):
    """The write took effect, its reply was lost: the same requestid brings the reply back."""
    request_id = str(uuid4())
    bench.simulator.fault(fault, 2, {"realm": bench.realm, "operation": "create"})

    reply = write(bench, request_id)

    assert reply.payload["DisplayName"] == "Jane Doe"
    assert bench.books.count("Customer") == 1
    done = [row for row in bench.simulator.writes(bench.realm) if not row["replayed"]]
    assert [row["requestid"] for row in done] == [request_id]


def test_a_write_that_stays_lost_is_in_doubt(bench):
    """After three lost replies the outcome is unknown; the same requestid settles it later."""
    request_id = str(uuid4())
    bench.simulator.fault("reset_after", ALWAYS, {"realm": bench.realm, "operation": "create"})

    with pytest.raises(QuickBooksFault) as caught:
        write(bench, request_id)

    assert caught.value.reply_lost
    assert caught.value.retry_class is T
    assert write(bench, request_id).payload["DisplayName"] == "Jane Doe"
    assert bench.books.count("Customer") == 1


def test_doubt_outlives_a_later_refusal(bench):
    """Lost, then throttled twice: what became of the first try still is not known."""
    match = {"realm": bench.realm, "operation": "create"}
    bench.simulator.fault("reset_after", 1, match)
    bench.simulator.fault("throttled", 2, match)

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    assert caught.value.retry_class is H
    assert caught.value.reply_lost


def test_a_definite_answer_ends_the_doubt(bench):
    """Lost, then refused for its content: the write did not happen."""
    match = {"realm": bench.realm, "operation": "create"}
    bench.simulator.fault("reset_before", 1, match)
    bench.simulator.fault("code:2050", 1, match)

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    assert caught.value.code == "2050"
    assert not caught.value.reply_lost


def test_a_refusal_that_may_be_our_own_echo_keeps_the_doubt(bench):
    """Lost, then "name already exists": the name may be the one we just wrote."""
    match = {"realm": bench.realm, "operation": "create"}
    bench.simulator.fault("reset_before", 1, match)
    bench.simulator.fault("code:6240", 1, match)

    with pytest.raises(QuickBooksFault) as caught:
        write(bench)

    assert caught.value.code == "6240"
    assert caught.value.reply_lost


def test_data_faults_are_never_repeated(bench):
    """What only a person can mend is asked once."""
    bench.simulator.fault("code:6240", 1, {"realm": bench.realm, "operation": "create"})
    before = len(bench.simulator.requests(bench.realm))

    with pytest.raises(QuickBooksFault):
        write(bench)

    assert len(bench.simulator.requests(bench.realm)) == before + 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_time_outs(bench, settings, simulator, fault):
    """A reply that is too late counts as lost; the repetition finds or does the work, once."""
    bench.settings = settings.model_copy(update={"QUICKBOOKS_TIMEOUT_SECONDS": 0.5})
    impatient = bench.another().company(bench.company_id)
    simulator.fault(fault, 1, {"realm": bench.realm, "operation": "create"}, seconds=1)

    impatient.write("create", "Customer", {"DisplayName": "Late"}, str(uuid4()))

    assert bench.books.count("Customer") == 1


def test_nobody_listens(bench, settings):
    """Without a connection nothing was sent: not in doubt, and worth another try."""
    bench.settings = settings.model_copy(update={"QUICKBOOKS_API_URL": "http://127.0.0.1:9/v3"})
    books = bench.another().company(bench.company_id)

    with pytest.raises(QuickBooksFault, match="no connection could be made") as caught:
        books.write("create", "Customer", {"DisplayName": "x"}, str(uuid4()))

    assert (caught.value.code, caught.value.retry_class) == ("no_reply", T)
    assert not caught.value.reply_lost


def test_cool_down_after_throttling(bench, settings):
    """With limits on, a company that stays throttled is left in peace for a minute."""
    bench.settings = settings.model_copy(update={"QUICKBOOKS_PER_MINUTE": 450})
    books = bench.another().company(bench.company_id)
    bench.simulator.fault("throttled", ALWAYS, {"realm": bench.realm, "operation": "query"})
    with pytest.raises(QuickBooksFault) as caught:
        books.count("Customer")
    asked = len(bench.simulator.requests(bench.realm))

    with pytest.raises(QuickBooksFault) as second:
        books.count("Customer")

    assert caught.value.retry_after >= 60
    assert second.value.retry_class is H
    assert len(bench.simulator.requests(bench.realm)) == asked
