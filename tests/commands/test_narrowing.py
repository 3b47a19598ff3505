"""/qb-errors for one document or name, what was left out on purpose, and rows still refused."""

from datetime import timedelta
from decimal import Decimal

from bot.domain import RecordState, Role
from bot.models import FixRun, FixStep, ImportRun, MirrorRow
from tests.dispatch.slack_world import FACTS

CHANNEL = "books-harbor-foods"


def held(bot, number, problem="unknown", kind="invoice", **more):
    """A held document with the alert of what holds it."""
    row = bot.record(bot.harbor, kind, number=number, name="Jane Doe", amount=Decimal("420.00"),
                     state=RecordState.HELD)  # fmt: skip
    incident = bot.incident(bot.harbor, problem, facts=FACTS | {"number": number} | more)
    bot.hold(row, incident)
    return incident


def test_a_documents_number_narrows_to_the_problem_that_holds_it(bot):
    """INV-1100 is neither INV-1101 nor INV-110."""
    for number in ("INV-1100", "INV-1101", "INV-110"):
        held(bot, number, "too_long", element="DocNumber")

    said = bot.ask("operator", "/qb-errors", "INV-1100", CHANNEL)

    assert "1 of 3 open problems" in said
    assert "INV-1101" not in said
    assert said.count("press “") == 1


def test_a_document_that_no_problem_holds_is_told_with_its_place(bot):
    """Also when others are open."""
    held(bot, "INV-1101")
    bot.record(bot.harbor, number="INV-1100", name="Jane Doe", amount=Decimal("10.00"))

    said = bot.ask("operator", "/qb-errors", "invoice INV-1100", CHANNEL)

    assert "No open problem holds “INV-1100”." in said
    assert "waits to be posted since" in said
    assert "INV-1101" not in said


def test_bills_are_found_by_their_number_everywhere(bot):
    """In the open problems, in plain words, in the look-up, and to post one at once."""
    held(bot, "B-1048", kind="bill", record_type="bill")
    bot.record(bot.harbor, "bill", number="B-2000", name="Paper Mill", amount=Decimal("9.00"))

    assert "not posted" in bot.ask("operator", "/qb-errors", "bill B-1048", CHANNEL)
    assert "bill B-2000 (Paper Mill, $9.00)" in bot.ask("operator", "/qb", "bill 2000", CHANNEL)
    assert "bill B-2000" in bot.ask("operator", "/qb-find", "bill 2000", CHANNEL)
    assert "bill B-1048" in bot.ask("operator", "/qb-sync-now", "bill 1048", CHANNEL)
    assert "Paper Mill" in bot.ask("operator", "/qb-errors", "paper mill", CHANNEL)


def test_the_list_names_only_buttons_that_the_message_has(bot):
    """A merged-away customer cannot be made active again."""
    merged = {"list": "customer", "entity": "Customer", "qbo_id": "58", "name": "Jane Doe",
              "link": "", "balance": None, "merged": True,
              "survivor": {"name": "Jane Q Doe", "qbo_id": "59"}}  # fmt: skip
    bot.incident(bot.harbor, "inactive_record", facts=FACTS | merged)

    said = bot.ask("operator", "/qb-errors", channel=CHANNEL)

    assert "Reactivate" not in said
    assert "press “Use another" in said


def test_an_unlinked_customer_is_not_said_to_be_in_quickbooks(bot):
    """QuickBooks has somebody of that name; ours is not linked to them yet."""
    now = bot.services.clock.now()
    bot.record(bot.harbor, "customer", name="Jane Doe", external_id="c1", state=RecordState.HELD)
    bot.add(MirrorRow(company_id=bot.harbor.id, entity="Customer", qbo_id="58", name="Jane Doe",
                      folded="jane doe", active=True, read_at=now))  # fmt: skip

    said = bot.ask("operator", "/qb", "jane doe", CHANNEL)

    assert "not linked; QuickBooks has a customer of that name" in said
    assert "in QuickBooks (customer)" not in said


def test_what_was_left_out_on_purpose_is_listed_with_who_and_why(bot):
    """/qb-errors all, and skipped alone."""
    row = bot.record(bot.harbor, number="1042", name="Jane Doe", state=RecordState.SKIPPED,
                     skip_reason="a test, no real business")  # fmt: skip
    incident = bot.incident(bot.harbor)
    now = bot.services.clock.now()
    run = bot.add(FixRun(incident_id=incident.id, company_id=bot.harbor.id, fix="skip",
                         plan_digest="d", role_needed=Role.APPROVER, planned_by="",
                         state="done", approved_by=bot.slack.users["approver"], created_at=now,
                         expires_at=now))  # fmt: skip
    bot.add(FixStep(run_id=run.id, seq=1, action="skip", change={"record_id": row.id},
                    state="done", done_at=now))  # fmt: skip

    everything = bot.ask("operator", "/qb-errors", "all", CHANNEL)
    alone = bot.ask("operator", "/qb-errors", "skipped", CHANNEL)

    for said in (everything, alone):
        assert "1 record not posted on purpose" in said
        assert "invoice 1042 (Jane Doe): a test, no real business" in said.replace("\n", "")
    assert "open problem" in everything
    assert "open problem" not in alone
    assert "not posted on purpose" not in bot.ask("operator", "/qb-errors", "", CHANNEL)


def imported(bot, file, lines, hours):
    """An import with refused rows, some hours ago; a row of id 0 has none."""
    at = bot.services.clock.now() - timedelta(hours=hours)
    refused = [
        {"line": line, "external_id": key, "reason": "the date is missing"} for line, key in lines
    ]
    bot.add(
        ImportRun(
            company_id=bot.harbor.id, source_id=bot.source(bot.harbor).id, file=file,
            refused=refused, refused_count=len(refused), started_at=at, taken_at=at,
        )
    )  # fmt: skip


def test_rows_refused_still_are_told_of_every_file(bot):
    """Not those that came in since, nor those a later file had refused again."""
    imported(bot, "monday.csv", [(2, "o2"), (3, "o3"), (4, "o4")], 30)
    imported(bot, "tuesday.csv", [(7, "o3"), (8, "")], 20)
    imported(bot, "tuesday.csv", [(9, "")], 10)
    bot.record(bot.harbor, external_id="o2")

    said = bot.ask("operator", "/qb-errors", "", CHANNEL)

    assert said.count("tuesday.csv") == 2
    assert said.index("line 9:") < said.index("line 7:") < said.index("line 4:")
    assert "line 2:" not in said
    assert "line 3:" not in said
    assert "line 8:" not in said
    assert "Nothing to do" not in said


def test_very_many_refused_rows_are_counted(bot):
    """The newest are named, the others counted, file by file."""
    for number in range(8):
        rows = [(line, f"{number}-{line}") for line in range(2, 8)]
        imported(bot, f"file{number}.csv", rows, 20 - number)

    said = bot.ask("operator", "/qb-errors", "", CHANNEL)

    assert said.count("the date is missing") == 10
    assert said.count("6 rows still refused") == 5
    assert "18 more refused rows of 3 older files." in said
