"""The app's Home tab: whose it is, what it says, and that its buttons are those of the alerts."""

from datetime import timedelta

from bot import jobs
from bot.domain import IncidentState, RecordState, Role
from bot.models import Company, Connection, FixRun, HomeTab, RoleGrant
from commands.home import KEPT
from tests.dispatch.slack_world import FACTS, running, text_of
from tests.waiting import wait_for

CONNECTION = {**FACTS, "reason": "withdrawn", "detail": "refresh refused"}


def _home(bot, who):
    """The tab as Slack shows it to the person now; None while the bot has drawn none."""
    rows = bot.slack.get("home", user=bot.slack.users[who])["homes"]
    return rows[0] if rows else None


def _opened(bot, who, *, says=""):
    """Open the tab and wait until it says something."""
    before = (_home(bot, who) or {}).get("hash")
    assert bot.slack.act(who, "home")["ok"]

    def drawn():
        view = _home(bot, who)
        return view if view and view.get("hash") != before and says in text_of(view) else None

    return wait_for(f"a Home tab that says {says!r}", drawn)


def _shows(bot, who, words):
    """Wait until the tab says something, without opening it again."""

    def look():
        view = _home(bot, who)
        return view if view and words in text_of(view) else None

    return wait_for(f"a Home tab that says {words!r}", look)


def _buttons(view):
    """Every button of the tab with its block."""
    found = []
    for block in view["blocks"]:
        elements = [*block.get("elements", []), block.get("accessory") or {}]
        found += [(block, one) for one in elements if one.get("type") == "button"]
    return found


def _button(view, action, value=None):
    for block, one in _buttons(view):
        if one["action_id"] == action and value in (None, one.get("value")):
            return block, one
    raise AssertionError(f"no button {action} in {text_of(view)}")


def _press(bot, who, view, action, value=None):
    block, one = _button(view, action, value)
    return bot.slack.act(
        who,
        "button",
        view_id=view["id"],
        block_id=block["block_id"],
        action_id=one["action_id"],
    )


def _calm(bot):
    """Both companies connected, nothing open."""
    with bot.services.sessions.write() as session:
        for company in (bot.harbor, bot.ridge):
            session.get_one(Connection, company.id).state = "connected"


def _lost(bot):
    """The alert of the company whose permission is dead."""
    return bot.incident(bot.ridge, "connection_lost", subject="connection", facts=CONNECTION)


def test_the_worst_company_comes_first_with_its_one_button(bot):
    """A lost connection stands above open problems, and each line has the first fix's button."""
    bot.incident(bot.harbor)
    _lost(bot)

    view = _opened(bot, "operator", says="CONNECTION LOST")

    words = text_of(view)
    assert words.index("Blue Ridge Outfitters · 🔴 CONNECTION LOST") < words.index(
        "Harbor Foods · "
    )
    assert "Harbor Foods · 🔴 OPEN: 1 problem" in words
    accessories = [b["accessory"] for b in view["blocks"] if "accessory" in b]
    assert accessories[0]["action_id"] == "fix:reconnect"
    assert [one.get("style") for one in accessories].count("primary") <= 1


def test_all_is_well_is_one_calm_sentence(bot):
    """With nothing open and nothing waiting it says so, without a list of nothing."""
    _calm(bot)

    words = text_of(_opened(bot, "operator"))

    assert words.startswith("Everything is in QuickBooks, and nothing is open.")
    assert "Open by family" not in words
    assert "Waiting for you" not in words


def test_what_is_open_stands_by_family_with_its_money(bot):
    """Each document counts once in a family; sales and payments are separate sums."""
    alert = bot.incident(bot.harbor, "inactive_record", facts=FACTS | {"name": "Jane Doe"})
    invoice = bot.record(
        bot.harbor, number="1042", amount="420.00", state=RecordState.HELD, name="Jane Doe"
    )
    payment = bot.record(bot.harbor, "payment", amount="75.50", state=RecordState.HELD)
    second = bot.incident(bot.harbor, "inactive_record", facts=FACTS | {"name": "Jane Roe"})
    for record, cause in ((invoice, alert), (payment, alert), (invoice, second)):
        bot.hold(record, cause)

    view = _opened(bot, "operator", says="Open by family")

    (table,) = (block for block in view["blocks"] if block["type"] == "table")
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    assert rows[1] == [
        "Inactive or missing records",
        "2",
        "1 invoice, $420.00, and 1 payment, $75.50",
    ]


def test_closed_books_have_a_row_of_their_own(bot):
    """With what they keep back; a lost connection's row does not count it."""
    closed = bot.incident(bot.harbor, "closed_period")
    bot.hold(bot.record(bot.harbor, amount="50.00", state=RecordState.HELD), closed)
    bot.incident(bot.harbor, "network")

    view = _opened(bot, "operator", says="Open by family")

    (table,) = (block for block in view["blocks"] if block["type"] == "table")
    rows = [[cell["text"] for cell in row] for row in table["rows"]][1:]
    assert rows == [
        ["Connection", "1", "–"],
        ["Closed books and filed sales tax", "1", "1 invoice, $50.00"],
    ]


def test_a_changed_record_says_what_changed(bot):
    """It is in QuickBooks: neither the tab nor /qb-fix says that no document waits yet."""
    moved = {"what": "total", "was": "$100.00", "books": "$90.00", "changed_there": True}
    own = {"record_type": "invoice", "number": "1042", "happened": "changed"}
    facts = {"company": "Harbor Foods", "source": "Shop", "currency": "USD", **own}
    bot.incident(bot.harbor, "changed_in_books", facts=facts | {"rows": [moved]})
    apart = {"ours_total": "110.00", "theirs_total": "100.00", "difference": "-10.00"}
    bot.incident(bot.harbor, "total_differs", facts=facts | apart)
    days = {"posted_date": "2026-11-12", "source_date": "2026-11-13"}
    bot.incident(bot.harbor, "day_differs", facts=facts | days)

    tab = text_of(_opened(bot, "operator", says="Open by family"))
    listed = bot.ask("operator", "/qb-fix", channel="books-harbor-foods")
    for said in (tab, listed):
        assert "no document waits" not in said
        assert "total $100.00 → $90.00" in said
        assert "$100.00 in QuickBooks, $110.00 in its source" in said
        assert "11/12/2026 in QuickBooks, 11/13/2026 in its source" in said


def test_a_guest_reads_one_sentence(bot):
    """Who may see nothing is told so, and who may; no name of a company, no money."""
    bot.incident(bot.harbor)

    words = text_of(_opened(bot, "guest"))

    assert "Guests of this workspace cannot." in words
    assert "Harbor Foods" not in words
    assert len(_home(bot, "guest")["blocks"]) == 1


def test_only_ones_own_companies_are_shown(slack, tmp_path):
    """A viewer of one company reads nothing of another client."""
    with running(slack, tmp_path, APPROVERS="") as bot:
        priya = bot.slack.users["approver"]
        bot.add(RoleGrant(company_id=bot.harbor.id, principal=priya, role=Role.VIEWER))
        _lost(bot)

        words = text_of(_opened(bot, "approver", says="Harbor Foods"))

    assert "Blue Ridge" not in words
    assert "CONNECTION LOST" not in words


def test_a_press_opens_the_window_of_the_alert(bot):
    """The trigger of the Home tab opens the same window, and Home itself stays as it is."""
    bot.slack.close_windows()
    alert = bot.incident(bot.harbor)
    view = _opened(bot, "operator", says="Harbor Foods")
    actions = {one["action_id"] for _, one in _buttons(view) if one.get("value") == str(alert.id)}
    (action,) = actions

    answer = _press(bot, "operator", view, action)

    assert answer["acked"]
    (window,) = wait_for("a window", lambda: bot.slack.views("operator"))
    (click,) = bot.clicks()
    assert (click.action, click.value, click.channel_id) == (action, str(alert.id), "")
    # The window is there a moment before its id is written down.
    assert wait_for("its id", lambda: bot.clicks()[0].view_id) == window["id"]
    assert "Harbor Foods" in text_of(_home(bot, "operator"))


def test_who_may_not_is_told_in_a_window(slack, tmp_path):
    """A viewer sees the button; its press is refused with the sentence that says who may."""
    slack.close_windows()
    with running(slack, tmp_path, APPROVERS="") as bot:
        priya = bot.slack.users["approver"]
        bot.add(RoleGrant(company_id=bot.harbor.id, principal=priya, role=Role.VIEWER))
        bot.incident(bot.harbor)
        view = _opened(bot, "approver", says="Harbor Foods")
        (action,) = {one["action_id"] for _, one in _buttons(view)}

        _press(bot, "approver", view, action)

        bot.view("approver", says="Only an operator or above can do this at Harbor Foods")
        wait_for("the record of it", lambda: bot.audit("press.refused"))


def test_it_follows_what_changes(bot):
    """Who has opened it sees a new problem without opening it again, and its end as well."""
    _calm(bot)
    _opened(bot, "operator", says="nothing is open")
    alert = bot.incident(bot.harbor)
    bot.alert(alert, [("details", str(alert.id))], "books-harbor-foods")
    jobs.show_home(bot.queue)

    _shows(bot, "operator", "One problem is open")

    with bot.services.sessions.write() as session:
        row = session.merge(alert)
        row.state, row.resolved_at = IncidentState.RESOLVED, bot.services.clock.now()
        row.story = {"outcome": {"by": bot.slack.users["operator"], "posted": 1}}
    bot.say("operator", "/qb-help")
    wait_for("the audit entry", lambda: bot.audit("command"))
    jobs.show_home(bot.queue)
    words = text_of(_shows(bot, "operator", "nothing is open"))
    assert "1 problem in 30 days · 1 fixed by people" in words


def test_nothing_is_published_while_nothing_changes(bot):
    """Passing time never causes an edit: the same rows are not sent to Slack again."""
    _opened(bot, "operator")
    count = len(bot.slack.calls(0, "views.publish"))

    for _ in range(3):
        jobs.show_home(bot.queue)
        assert bot.queue.wait_idle(5)

    assert len(bot.slack.calls(0, "views.publish")) == count


def test_who_has_not_opened_it_for_days_is_left_alone(bot):
    """Only tabs that were opened in the last days are kept fresh."""
    _calm(bot)
    _opened(bot, "operator")
    with bot.services.sessions.write() as session:
        tab = session.get_one(HomeTab, bot.slack.users["operator"])
        tab.opened_at -= KEPT + timedelta(minutes=1)
    bot.incident(bot.harbor)
    bot.say("operator", "/qb-help")
    wait_for("the audit entry", lambda: bot.audit("command"))
    count = len(bot.slack.calls(0, "views.publish"))

    jobs.show_home(bot.queue)
    assert bot.queue.wait_idle(5)

    assert len(bot.slack.calls(0, "views.publish")) == count


def test_approvals_and_taken_alerts_wait_for_their_person(bot):
    """The approver finds the question with its button; who took an alert finds it too."""
    alert = bot.incident(bot.harbor, claimed_by=bot.slack.users["operator"])
    now = bot.services.clock.now()
    bot.add(
        FixRun(
            incident_id=alert.id,
            company_id=bot.harbor.id,
            fix="retry",
            state="asked",
            plan={"title": "Try again"},
            plan_digest="x",
            role_needed=Role.APPROVER,
            planned_by=bot.slack.users["operator"],
            asked_by=bot.slack.users["operator"],
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
    )

    asked = _opened(bot, "approver", says="Waiting for you")
    taken = _opened(bot, "operator", says="Waiting for you")

    assert "Harbor Foods · approval asked: Try again" in text_of(asked)
    assert _button(asked, "ask:review")[1]["value"] == str(alert.id)
    assert "approval asked" not in text_of(taken)
    assert "you have it" in text_of(taken)


def test_a_slack_without_charts_gets_bars_of_characters(bot):
    """Blocks that Slack rolls out in phases fall back to ones that every workspace draws."""
    bot.incident(bot.harbor)
    bot.slack.post("switches", {"new_blocks": False})
    try:
        view = _opened(bot, "operator", says="Last 30 days")
    finally:
        bot.slack.post("switches", {"new_blocks": True})

    kinds = {block["type"] for block in view["blocks"]}
    assert not kinds & {"table", "data_visualization"}
    assert "█" in str(view["blocks"])


def test_settings_are_a_form_for_admins_alone(bot):
    """An admin sets a company's days and people, in the record by their name; an operator has
    no such button, and one from an older tab is refused."""
    operator, admin = bot.slack.users["operator"], bot.slack.users["admin"]
    assert "Settings…" not in text_of(_opened(bot, "operator"))
    view = _opened(bot, "admin", says="Settings")
    bot.slack.close_windows()

    _press(bot, "admin", view, "company_settings", str(bot.harbor.id))
    window = bot.view("admin", says="The closing date of the books")
    answer = bot.slack.act(
        "admin",
        "submit",
        view_id=window["id"],
        values={
            "set_filed": {"value": "2026-10-31"},
            "set_zone": {"value": "America/Chicago"},
            "set_approvers": {"value": [operator]},
        },
    )

    assert answer["ok"], answer
    bot.view("admin", says="sales tax filed through 10/31/2026")
    with bot.services.sessions.read() as session:
        company = session.get_one(Company, bot.harbor.id)
    assert (company.time_zone, str(company.tax_filed_through)) == ("America/Chicago", "2026-10-31")
    assert company.channel_id == bot.harbor.channel_id
    assert bot.services.access.role(operator, bot.harbor.id) is Role.APPROVER
    assert bot.services.access.role(operator, bot.ridge.id) is Role.OPERATOR
    (entry,) = bot.audit("company.set")
    assert (entry.actor, entry.company_id) == (admin, bot.harbor.id)
    _shows(bot, "admin", "time zone America/Chicago")


def test_a_zone_nobody_knows_is_refused_at_once(bot):
    """The form says what is wrong under its input, and nothing is saved."""
    view = _opened(bot, "admin", says="Settings")
    bot.slack.close_windows()
    _press(bot, "admin", view, "company_settings", str(bot.harbor.id))
    window = bot.view("admin", says="The closing date of the books")

    bot.slack.act(
        "admin",
        "submit",
        view_id=window["id"],
        values={"set_zone": {"value": "Chicago time"}},
    )

    (open_one,) = bot.slack.views("admin")
    assert "That is no time zone." in str(open_one["errors"])
    assert bot.audit("company.set") == []


def test_a_return_of_days_to_come_is_refused_at_once(bot):
    """Nobody has filed it: every sale would be held; the form keeps what was typed."""
    view = _opened(bot, "admin", says="Settings")
    bot.slack.close_windows()
    _press(bot, "admin", view, "company_settings", str(bot.harbor.id))
    window = bot.view("admin", says="The closing date of the books")

    bot.slack.act(
        "admin",
        "submit",
        view_id=window["id"],
        values={"set_filed": {"value": "2099-12-31"}},
    )

    (open_one,) = bot.slack.views("admin")
    assert "that day is still to come" in str(open_one["errors"])
    assert bot.audit("company.set") == []


def test_how_often_a_company_posts_is_set_in_its_form(bot):
    """As words like invoices=5m, by an admin's name; what cannot be read is refused at once."""
    view = _opened(bot, "admin", says="Settings")
    bot.slack.close_windows()
    _press(bot, "admin", view, "company_settings", str(bot.harbor.id))
    window = bot.view("admin", says="The closing date of the books")
    bot.slack.act(
        "admin", "submit", view_id=window["id"], values={"set_pace": {"value": "ducks=5m"}}
    )
    (open_one,) = bot.slack.views("admin")
    assert "is no type of record" in str(open_one["errors"])

    values = {"set_pace": {"value": "invoices=5m, all=1h"}}
    answer = bot.slack.act("admin", "submit", view_id=window["id"], values=values)

    assert answer["ok"], answer
    bot.view("admin", says="posts invoices=5m all=1h")
    (entry,) = bot.audit("schedule.set")
    assert (entry.actor, entry.data["after"]) == (bot.slack.users["admin"], "invoices=5m all=1h")
