"""Errors of other apps in Slack: watched channels, the message shortcut, and the fix button."""

import json
import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from bot import mirror
from bot.dispatch.hearing import EXPLAIN_MESSAGE, words_of
from bot.domain import ConnectionState, RecordState
from bot.forwarded.answering import ANSWERING
from bot.models import (
    CommandRun,
    Connection,
    Forwarded,
    Incident,
    MirrorState,
    Unexplained,
    WatchedChannel,
)
from bot.slack import blocks
from bot.work.sweeping import sweep
from commands.parts import report_reply
from tests.dispatch.slack_world import text_of
from tests.waiting import wait_for

INACTIVE = (
    "Export of SO-1042 failed: The customer you're trying to use has been made inactive. "
    "Customer: Jane Doe"
)


@pytest.fixture
def cin7(bot):
    """Another app in #general, which is watched for Harbor Foods; Jane Doe is inactive there."""
    made = bot.slack.post("users", {"name": "cin7", "real_name": "Cin7 Core", "is_bot": True})
    app = made["user"]["id"]
    for who in (app, "bot"):
        bot.slack.act("admin", "invite", channel=bot.slack.channels["general"], target=who)
    now = bot.services.clock.now()
    with bot.services.sessions.write() as session:
        session.add(
            WatchedChannel(
                channel_id=bot.slack.channels["general"],
                company_id=bot.harbor.id,
                by="U",
                created_at=now,
            )
        )
        jane = {"Id": "58", "DisplayName": "Jane Doe", "Active": False, "SyncToken": "0"}
        mirror.put(session, bot.harbor.id, "Customer", jane, now)
        session.add(MirrorState(company_id=bot.harbor.id, loaded_at=now))
        # The other company has one of the name that is active; its permission is lost.
        mirror.put(session, bot.ridge.id, "Customer", jane | {"Active": True}, now)
        session.add(MirrorState(company_id=bot.ridge.id, loaded_at=now))
    return app


def write(bot, who, text="", channel="general", **more):
    """Write a message; gives its ts."""
    answer = bot.slack.act(who, "message", channel=bot.slack.channels[channel], text=text, **more)
    assert answer["ok"], answer
    return answer["message"]["ts"]


def thread(bot, ts, channel="general"):
    """The bot's answers below a message."""
    found = bot.slack.get("messages", channel=bot.slack.channels[channel], thread_ts=ts)
    return [row for row in found["messages"] if row["ts"] != ts]


def reports(bot, count):
    """Wait until so many reports are read and their answers decided."""

    def look():
        rows = bot.rows(Forwarded)
        settled = [row for row in rows if row.answer not in ("due", "posting")]
        return settled if len(rows) == count == len(settled) else None

    return wait_for(f"{count} reports", look)


def test_another_apps_error_is_answered_in_its_thread_once_per_cause(bot, cin7):
    """The first one gets what it is, who, the alert's button; the second one counts in silence."""
    first = write(bot, cin7, INACTIVE)
    [row] = reports(bot, 1)
    assert (row.tool, row.problem, row.subject) == ("Cin7 Core", "inactive_record", "Customer:58")
    [said] = thread(bot, first)
    assert "Jane Doe inactive" in text_of(said)
    assert "fix:reactivate" in json.dumps(said["blocks"])
    assert "reported by Cin7 Core" in text_of(said)

    second = write(bot, cin7, INACTIVE.replace("1042", "1043"))
    assert [row.answer for row in reports(bot, 2)] == ["done", "never"]
    assert thread(bot, second) == []
    [incident] = bot.rows(Incident)
    assert incident.facts["reported"]["count"] == 2


def test_each_error_of_a_message_is_one_report(bot, cin7):
    """The items of a list and the attachments of a message are not mixed; chat beside is none."""
    items = ("SO-1 6240 Duplicate Name Exists Error", f"SO-2 {INACTIVE}", "SO-3 exported")
    sections = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": item}]}
        for item in items
    ]
    kept = {"type": "rich_text_list", "style": "bullet", "elements": sections}
    write(bot, cin7, "", blocks=[{"type": "rich_text", "elements": [kept]}])
    told = [row.problem for row in reports(bot, 2)]
    assert told == ["duplicate_name", "inactive_record"]

    write(bot, cin7, "", attachments=[{"text": items[0]}, {"text": "Hello"}, {"text": items[1]}])
    rows = reports(bot, 4)[2:]
    assert [(row.problem, "SO-1 " in row.text, "SO-2 " in row.text) for row in rows] == [
        ("duplicate_name", True, False), ("inactive_record", False, True),
    ]  # fmt: skip


def test_a_row_of_a_table_is_one_line():
    """Cells side by side, so that a row is told by itself."""
    rows = [[{"type": "raw_text", "text": cell} for cell in row] for row in ("ab", "cd")]
    assert words_of({"blocks": [{"type": "table", "rows": rows}]}, 100) == "a\tb\nc\td"


def test_blocks_and_attachments_are_read(bot, cin7):
    """Apps write in blocks, fields and old attachments; bold runs of a line stay one sentence."""
    rich = [
        {"type": "header", "text": {"type": "plain_text", "text": "Sync failed"}},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "The customer "},
                        {"type": "text", "text": "Jane Doe", "style": {"bold": True}},
                        {"type": "text", "text": " you're trying to use has been made inactive"},
                    ],
                }
            ],
        },
    ]
    write(bot, cin7, "", blocks=rich)
    write(
        bot,
        cin7,
        "",
        attachments=[{"fallback": "x", "fields": [{"title": "Why", "value": INACTIVE}]}],
    )
    rows = reports(bot, 2)
    assert {row.subject for row in rows} == {"Customer:58"}
    assert any("The customer Jane Doe you're trying" in row.text for row in rows)


def test_what_has_no_alert_is_explained_all_the_same(bot, cin7):
    """A tool that was turned away once: no alert yet, and no word of buttons that are not there."""
    ts = write(bot, cin7, "ThrottleExceeded: too many requests (3001)")
    reports(bot, 1)
    [said] = thread(bot, ts)
    assert "Cin7 Core does not reach QuickBooks" in text_of(said)
    assert "It is settled" not in text_of(said)
    assert bot.rows(Incident) == []


def test_an_error_that_nothing_explains_is_answered_and_counted(bot, cin7):
    """It is announced as one of QuickBooks: raw text, a safe next step, and a gap to be filled."""
    text = "QuickBooks export error: flux capacitor misaligned for order SO-9"
    ts = write(bot, cin7, text)
    reports(bot, 1)
    [answer] = thread(bot, ts)
    assert "met an error that the bot does not know" in text_of(answer)
    assert "QuickBooks export error: flux" in text_of(answer)
    [row] = bot.rows(Unexplained)
    assert row.text.startswith("QuickBooks export error: flux capacitor misaligned")


def test_a_pasted_text_that_nothing_explains_is_counted(bot):
    """Though it is like none; a question about a name is not, nor what another ledger said."""
    text = "QuickBooks export failed: the flux capacitor was misaligned for this order today"
    assert "do not know" in bot.ask("operator", "/qb-explain", text, channel="books-harbor-foods")
    assert [row.text for row in bot.rows(Unexplained)] == [text]
    xero = "Xero error: a contact with the name Kim Lee already exists in the organisation"
    for other in ("where is it", xero):
        bot.ask("operator", "/qb-explain", other, channel="books-harbor-foods")
    assert len(bot.rows(Unexplained)) == 1


def test_nothing_else_is_answered(bot, cin7):
    """People, chat of apps, threads, edits, other channels, the bot itself: left alone."""
    write(bot, "operator", INACTIVE)
    mine = write(bot, cin7, "Good morning! 12 orders came in, 6240 sold in all.")
    write(bot, cin7, INACTIVE, thread_ts=mine)
    bot.slack.act(cin7, "edit", channel=bot.slack.channels["general"], ts=mine, text=INACTIVE)
    bot.services.slack.post(bot.slack.channels["general"], INACTIVE)
    bot.slack.act("admin", "invite", channel=bot.slack.channels["books-blue-ridge"], target=cin7)
    write(bot, cin7, INACTIVE, channel="books-blue-ridge")
    # Events are handled in order enough: the last one shows that those before were heard.
    write(bot, cin7, INACTIVE)
    [row] = reports(bot, 1)
    assert row.channel_id == bot.slack.channels["general"]


def test_a_second_delivery_is_answered_once(bot, cin7):
    """Slack delivers an event again when it thinks it was lost."""
    bot.slack.post("faults", {"fault": "duplicate_envelope", "match": {"type": "message"}})
    first = write(bot, cin7, INACTIVE)
    reports(bot, 1)
    write(bot, cin7, "Error 6240: The name supplied already exists.")
    reports(bot, 2)
    assert len(thread(bot, first)) == 1


def test_what_could_not_be_kept_is_delivered_again(bot, cin7):
    """A crash before the row: Slack gets no acknowledgement, and the error is not lost."""
    engine = bot.services.sessions.engine
    with engine.begin() as database:
        database.execute(sql("ALTER TABLE forwarded RENAME TO away"))
    with capture_logs() as told:
        first = write(bot, cin7, INACTIVE)
        wait_for("the crash", lambda: [row for row in told if row["event"] == "message not kept"])
    with engine.begin() as database:
        database.execute(sql("ALTER TABLE away RENAME TO forwarded"))
    assert [row.message_ts for row in reports(bot, 1)] == [first]
    assert len(thread(bot, first)) == 1


def test_a_late_acknowledgement_makes_no_second_answer(bot, cin7):
    """Slack gives up waiting for the row and delivers the event again: it is kept once."""
    with closing(sqlite3.connect(bot.services.sessions.engine.url.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        before = bot.door.last_envelope_at
        first = write(bot, cin7, INACTIVE)
        once = wait_for("the event", lambda: newer(bot.door.last_envelope_at, before))
        wait_for("it again", lambda: newer(bot.door.last_envelope_at, once))
        assert thread(bot, first) == []
    write(bot, cin7, "Error 6240: The name supplied already exists.")
    assert [row.answer for row in reports(bot, 2)] == ["done", "done"]
    assert len(thread(bot, first)) == 1


def newer(moment, before):
    """The moment, when it is another one."""
    return moment if moment != before else None


@pytest.mark.parametrize(
    ("fault", "answers", "ends"),
    [("reset_after", 1, "posting"), ("error:not_in_channel", 0, "never")],
)
def test_an_answer_whose_fate_is_not_known_is_not_given_twice(bot, cin7, fault, answers, ends):
    """A lost reply of Slack may mean that it is there; a refusal is not asked again."""
    bot.slack.post("faults", {"fault": fault, "match": {"method": "chat.postMessage"}})
    first = write(bot, cin7, INACTIVE)
    [row] = wait_for("the end", lambda: [row for row in bot.rows(Forwarded) if row.answer == ends])
    wait_for("the answer", lambda: len(thread(bot, first)) == answers)
    report_reply.reply(bot.services, str(row.id))
    assert len(thread(bot, first)) == answers


@pytest.mark.parametrize("posted", [True, False])
def test_an_answer_that_a_dead_worker_began_is_looked_for_first(bot, cin7, posted):
    """A kill around the post: found in the thread it stays alone, else it is given after all."""
    if posted:
        bot.slack.post("faults", {"fault": "reset_after", "match": {"method": "chat.postMessage"}})
    first = write(bot, cin7, INACTIVE)
    ended = "posting" if posted else "done"
    [row] = wait_for("it", lambda: [row for row in bot.rows(Forwarded) if row.answer == ended])
    wait_for("the answer", lambda: len(thread(bot, first)) == 1)
    if not posted:
        [said] = thread(bot, first)
        bot.services.slack.client.chat_delete(channel=said["channel"], ts=said["ts"])
    with bot.services.sessions.write() as session:
        row.answer, row.answering_at = "posting", bot.services.clock.now() - 2 * ANSWERING
        session.add(row)

    sweep(bot.services)
    wait_for("the end", lambda: bot.rows(Forwarded)[0].answer == "done")
    assert len([one for one in thread(bot, first) if not one.get("deleted")]) == 1


def test_a_channel_is_watched_by_an_admins_word(bot):
    """Operators may not; with several companies one is named; unwatch ends it."""
    assert "Only an admin" in bot.ask("operator", "/qb-explain", "watch Harbor Foods")
    assert "Which company" in bot.ask("admin", "/qb-explain", "watch")
    assert "Do you mean Harbor Foods?" in bot.ask("admin", "/qb-explain", "watch Habor Fods")
    assert bot.rows(WatchedChannel) == []
    assert "are now explained in their threads" in bot.ask(
        "admin", "/qb-explain", "watch harbor foods"
    )
    [row] = bot.rows(WatchedChannel)
    assert (row.channel_id, row.company_id) == (bot.slack.channels["general"], bot.harbor.id)
    assert "Do you mean Harbor Foods?" in bot.ask("admin", "/qb-explain", "unwatch Habor Fods")
    assert len(bot.rows(WatchedChannel)) == 1
    assert "no longer look" in bot.ask("admin", "/qb-explain", "unwatch")
    assert bot.rows(WatchedChannel) == []
    assert [row.action for row in bot.audit("channel.watched")] == ["channel.watched"]


def test_a_channel_without_the_bot_is_said(bot):
    """Watching a channel the bot cannot hear would be silence without a word."""
    made = bot.slack.post("channels", {"name": "quiet", "members": [bot.slack.users["admin"]]})
    bot.slack.channels["quiet"] = made["channel"]["id"]
    said = bot.ask("admin", "/qb-explain", "watch harbor foods", channel="quiet")
    assert "not in this channel yet" in said


def shortcut(bot, who, ts, channel="general"):
    """Use the shortcut on a message and read the answer that only this person sees."""
    before = len(bot.slack.ephemerals(who, channel))
    acked = bot.slack.act(
        who, "shortcut", callback_id=EXPLAIN_MESSAGE, channel=bot.slack.channels[channel], ts=ts
    )
    assert acked["acked"], acked
    return wait_for("an answer", lambda: bot.slack.ephemerals(who, channel)[before:])[0]


def test_the_shortcut_explains_any_message_to_one_person_alone(bot, cin7):
    """A colleague's message too; with the record found and the button that mends it."""
    ts = write(bot, "approver", f"look at this --public: {INACTIVE}")
    said = shortcut(bot, "operator", ts)
    assert "Jane Doe inactive" in text_of(said)
    assert "I found the customer Jane Doe · INACTIVE · Harbor Foods" in text_of(said)
    assert "explain:fix" in json.dumps(said["blocks"])
    assert [row.public for row in bot.rows(CommandRun)] == [False]
    assert bot.rows(Incident) == []  # asking alone makes no alert


def test_each_line_of_a_message_or_of_what_is_typed_is_one_error(bot, cin7):
    """Line breaks are kept; the button of one line is about that line's record."""
    text = (
        "QuickBooks sync report\n1. Invoice INV-1: The account period has closed (6210)\n"
        "2. Invoice INV-2: customer Jane Doe is inactive (610)"
    )
    typed = bot.ask("operator", "/qb-explain", text)
    ts = write(bot, "approver", text)
    said = shortcut(bot, "operator", ts)
    for one in (typed, text_of(said)):
        assert "It tells of 2 errors" in one
        assert "closed" in one
        assert "I found the customer Jane Doe · INACTIVE" in one
    buttons = re.findall(r'"value": "(\d+:\d+:[^"]+)"', json.dumps(said["blocks"]))
    assert [one.split(":", 2)[2] for one in buttons] == ["Customer:58"]


def test_the_words_of_a_message_are_never_a_command(bot):
    """A message that says "unwatch", or names the help, is explained like any other."""
    bot.add(
        WatchedChannel(
            channel_id=bot.slack.channels["general"], company_id=bot.harbor.id, by="U",
            created_at=bot.services.clock.now(),
        )
    )  # fmt: skip
    said = shortcut(bot, "admin", write(bot, "approver", "unwatch"))
    assert "do not know" in text_of(said)
    assert len(bot.rows(WatchedChannel)) == 1


def test_the_button_makes_the_alert_and_opens_the_fix(bot, cin7):
    """Pressed by somebody who may, the text becomes a report with its alert."""
    said = bot.answer("operator", "/qb-explain", INACTIVE)
    assert "I found the customer Jane Doe" in text_of(said)
    pressed = bot.slack.act(
        "operator", "button", channel=bot.slack.channels["general"], ts=said["ts"],
        action_id="explain:fix",
    )  # fmt: skip
    assert pressed["acked"], pressed
    # QuickBooks is not here: the window says so, and the alert stands.
    bot.view("operator", says="QuickBooks")
    [incident] = wait_for("the alert", lambda: bot.rows(Incident))
    assert (incident.problem, incident.subject) == ("inactive_record", "Customer:58")
    assert incident.facts["reported"]["tool"] == "Dana"


def test_a_document_found_in_quickbooks_is_not_found_twice(bot, cin7):
    """What QuickBooks has under the number is told once, though the bot posted it itself."""
    invoice = {
        "Id": "77", "DocNumber": "INV-1001", "SyncToken": "0", "TxnDate": "2026-01-05",
        "TotalAmt": 194.7, "CustomerRef": {"value": "58", "name": "Jane Doe"},
    }  # fmt: skip
    with bot.services.sessions.write() as session:
        mirror.put(session, bot.harbor.id, "Invoice", invoice, bot.services.clock.now())
    posted = {"number": "INV-1001", "state": RecordState.POSTED, "qbo_id": "77"}
    bot.record(bot.harbor, name="Jane Doe", **posted)
    taken = "Sale SO-773: Duplicate Document Number Error. DocNumber=INV-1001 code 6140"

    said = text_of(bot.answer("operator", "/qb-explain", taken, "books-harbor-foods"))

    assert said.count("I found the") == 1
    assert "SO-773" in said


def connect(bot, company):
    """Let QuickBooks let the bot in."""
    with bot.services.sessions.write() as session:
        row = session.get_one(Connection, company.id)
        row.state = ConnectionState.CONNECTED
        session.add(row)


def test_of_several_companies_the_one_is_meant_where_it_fits(bot, cin7):
    """Inactive in one, active in the other: the one with the trouble, and its button."""
    connect(bot, bot.ridge)
    said = bot.answer("operator", "/qb-explain", INACTIVE)
    assert "I found the customer Jane Doe · INACTIVE · Harbor Foods" in text_of(said)
    assert "Blue Ridge" not in text_of(said)
    assert "explain:fix" in json.dumps(said["blocks"])


def test_where_it_fits_two_companies_both_are_shown(bot, cin7):
    """Nothing is guessed: each has its own button."""
    connect(bot, bot.ridge)
    jane = {"Id": "58", "DisplayName": "Jane Doe", "Active": False, "SyncToken": "1"}
    with bot.services.sessions.write() as session:
        mirror.put(session, bot.ridge.id, "Customer", jane, bot.services.clock.now())
    said = bot.answer("operator", "/qb-explain", INACTIVE)
    for name in ("Harbor Foods", "Blue Ridge Outfitters"):
        assert f"I found the customer Jane Doe · INACTIVE · {name}" in text_of(said)
    assert json.dumps(said["blocks"]).count("explain:fix") == 2


def test_what_our_copy_alone_shows_as_active_is_said_so(bot, cin7):
    """QuickBooks cannot be asked here: neither "inactive" nor "active by now" would be sure."""
    jane = {"Id": "58", "DisplayName": "Jane Doe", "Active": True, "SyncToken": "1"}
    with bot.services.sessions.write() as session:
        mirror.put(session, bot.harbor.id, "Customer", jane, bot.services.clock.now())
    said = bot.ask("operator", "/qb-explain", f"Harbor Foods {INACTIVE}")
    assert "Customer Jane Doe: said to be inactive" in said
    assert "When the bot last read QuickBooks, it was active" in said


def test_a_name_that_is_not_found_is_said_with_the_lists_that_were_read(bot, cin7):
    """The name stands in the title, and taken it is somewhere else."""
    taken = "Harbor Foods: Duplicate Name Exists Error (6240): “Zoe Zink”"
    said = bot.ask("operator", "/qb-explain", taken)
    assert "Name Zoe Zink is taken" in said
    assert "has not seen “Zoe Zink” among" in said


def test_details_show_the_whole_text(bot, cin7):
    """The alert shows the beginning of a long text; Details has all of it, and QuickBooks' id."""
    write(bot, cin7, f"{INACTIVE}. {'And so on. ' * 40}The end.")
    reports(bot, 1)
    [incident] = bot.rows(Incident)
    button = blocks.button("Details", "details", str(incident.id))
    posted = bot.services.slack.post(
        bot.slack.channels["general"], "alert", [blocks.actions([button])]
    )
    bot.press("operator", posted.ts, "details", "general")
    shown = text_of(bot.view("operator", says="For support"))
    assert "The end." in shown
    assert "QuickBooks id: 58" in shown


def test_an_unknown_text_names_the_nearest_known_problem(bot):
    """Not known is said as such, with what it is most like and how much."""
    said = bot.ask("operator", "/qb-explain", "some account thing was not to be found for the item")
    assert "do not know" in said


def test_words_of_a_hostile_message_are_bounded():
    """A deep, long or odd message gives at most so many letters, and takes no time."""
    deep = {"text": "x"}
    for _ in range(500):
        deep = {"blocks": [deep]}
    assert words_of(deep, 100) == ""
    assert len(words_of({"text": "y" * 5_000_000}, 100)) == 100
    assert words_of({"blocks": [1, None, "s", {"text": {"text": "a &lt;b&gt;"}}]}, 100) == "a <b>"


def test_what_tells_of_no_error_gets_no_step_about_a_record(bot):
    """There is none to look for; a text that sounds like an error has it."""
    looking = "whether the record is there already"
    said = bot.ask("operator", "/qb-explain", "hello there, are you well?")
    assert "do not know" in said
    assert looking not in said
    said = bot.ask("operator", "/qb-explain", "QuickBooks export error: flux capacitor misaligned")
    assert looking in said
