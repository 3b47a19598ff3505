"""/qb-errors and /qb-reconnect, as people read them."""

from datetime import timedelta

from bot.domain import RecordState
from bot.models import ImportRun, Storm
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for


def test_open_problems_are_listed_by_family_with_money_and_a_link(bot):
    """Connection first; each with its money, its button and the way to the alert."""
    first = bot.incident(bot.harbor)
    bot.alert(first, [("details", str(first.id))], "books-harbor-foods")
    bot.incident(bot.ridge, "connection_lost", subject="connection")

    answer = bot.answer("operator", "/qb-errors")
    said = text_of(answer)

    assert "1 invoice, $420.00 not posted" in said
    assert "press “Try again…”" in said
    links = [
        element
        for block in answer["blocks"]
        for part in block.get("elements", [])
        for item in part.get("elements", [])
        for element in item.get("elements", [item])
        if element.get("type") == "link"
    ]
    assert "/archives/" in links[0]["url"]


def test_closed_books_stand_under_a_heading_of_their_own(bot):
    """Nobody looks for a day that is closed under Connection; the real one still comes first."""
    closed = bot.incident(bot.harbor, "closed_period", facts=FACTS | {"number": "1600"})
    bot.hold(bot.record(bot.harbor, amount="50.00", state=RecordState.HELD), closed)
    bot.incident(bot.harbor, "filed_tax", subject="filed:2026-10")
    bot.incident(bot.harbor, "connection_lost", subject="connection")

    said = bot.ask("operator", "/qb-errors", channel="books-harbor-foods")

    assert said.index("Connection") < said.index("Closed books and filed sales tax")
    after = said[said.index("Closed books and filed sales tax") :]
    assert "1600 is dated in closed books" in after
    assert "Other" not in said


def test_words_narrow_the_list(bot):
    """Families, names and numbers; nothing fitting is said."""
    bot.incident(bot.harbor, facts=FACTS | {"party": "Zebra Zoo"})
    bot.incident(bot.harbor, "too_long", facts=FACTS | {"party": "Yak Yard"})

    assert "Too" not in bot.ask("operator", "/qb-errors", "zebra", "books-harbor-foods")
    assert "No open problem fits “wombat”" in bot.ask(
        "operator", "/qb-errors", "wombat", "books-harbor-foods"
    )


def test_no_problems_is_good_news(bot):
    """In one calm sentence."""
    said = bot.ask("operator", "/qb-errors", channel="books-harbor-foods")

    assert said == "No open problems at Harbor Foods. Nothing to do."


def test_hundreds_of_problems_still_fit_one_answer(bot):
    """The first are shown, the rest counted, with how to narrow it."""
    for number in range(60):
        bot.incident(bot.harbor, facts=FACTS | {"party": f"Customer {number} " + "x" * 80})

    said = bot.ask("operator", "/qb-errors", channel="books-harbor-foods")

    assert "60 open problems" in said
    assert "45 more: /qb-errors page 2. Or narrow it" in said


def test_page_by_page_every_problem_is_listed_once(bot):
    """Each page says what to type for the next one; a page past the last is the last."""
    names = [f"Invoice 7{number:02d}:" for number in range(32)]
    for name in names:
        bot.incident(bot.harbor, facts=FACTS | {"number": name.split()[1].strip(":")})

    pages = [bot.ask("operator", "/qb-errors", f"harbor foods page {page}") for page in (1, 2, 3)]
    assert "17 more: /qb-errors harbor foods page 2." in pages[0]
    assert "Page 2 of 3." in pages[1]
    assert "2 more: /qb-errors harbor foods page 3." in pages[1]
    assert "more: /qb-errors" not in pages[2]
    assert [sum(page.count(name) for page in pages) for name in names] == [1] * 32, pages[0]
    assert all("32 open problems" in page for page in pages)
    assert "Page 3 of 3." in bot.ask("operator", "/qb-errors", "harbor foods page 9")

    narrowed = bot.ask("operator", "/qb-errors", "unknown page 2", "books-harbor-foods")
    assert "Page 2 of 3." in narrowed
    assert "2 more: /qb-errors unknown page 3." in narrowed


def test_reconnect_finds_the_company_that_needs_it(bot):
    """Only one is not connected: its link comes at once, for this person only."""
    answer = bot.answer("operator", "/qb-reconnect")

    assert "Blue Ridge Outfitters" in text_of(answer)
    assert "only for you, works once, for 10 minutes" in text_of(answer)
    assert "/reconnect/" in str(answer["blocks"])


def test_a_reconnect_link_is_never_shared(bot):
    """--public changes nothing about it."""
    answer = bot.answer("operator", "/qb-reconnect", "--public", "books-blue-ridge")

    assert "/reconnect/" in str(answer["blocks"])
    assert "/reconnect/" not in str(bot.slack.messages("books-blue-ridge"))


def test_a_command_in_another_companys_channel_is_refused(bot):
    """The wrong channel cannot touch another client."""
    said = bot.ask("operator", "/qb-reconnect", "blue ridge", "books-harbor-foods")

    assert "This channel belongs to Harbor Foods" in said
    assert bot.audit("reconnect.link") == []


def test_a_guest_is_refused_everywhere(bot):
    """With the people to ask."""
    for command in ("/qb-status", "/qb-errors", "/qb-reconnect", "/qb-sync-now", "/qb"):
        said = bot.ask("guest", command, "status" if command == "/qb" else "", "books-harbor-foods")
        assert "can do this at Harbor Foods" in said
        assert "Guests of this workspace cannot" in said


def test_the_status_offers_reconnect_where_it_is_needed(bot):
    """A button in a private answer works like one on an alert."""
    incident = bot.incident(bot.ridge, "connection_lost", subject="connection")

    answer = bot.answer("operator", "/qb-status")
    pressed = bot.press("operator", answer["id"], "fix:reconnect", "general")

    assert pressed["acked"], pressed
    bot.view("operator", says="Only for you, works once")
    assert bot.clicks()[0].value == str(incident.id)


def test_a_phones_dash_still_shares(bot):
    """Two hyphens become a dash on a phone."""
    bot.say("operator", "/qb-errors", "—public", "books-harbor-foods")

    wait_for(
        "the shared answer",
        lambda: [
            m
            for m in bot.slack.messages("books-harbor-foods")
            if "No open problems at Harbor Foods" in text_of(m)
        ],
    )


def test_what_is_posted_and_changed_is_never_called_not_posted(bot):
    """A posted invoice that somebody changed: what changed, without a word of posting."""
    facts = {
        "record_type": "invoice",
        "number": "1042",
        "what": "edited",
        "happened": "changed",
        "groups": ["money"],
        "rows": [
            {
                "group": "money",
                "what": "total",
                "was": "$25.00",
                "books": "$20.00",
                "source": "$25.00",
                "changed_there": True,
            }
        ],
    }
    bot.incident(bot.harbor, "changed_in_books", facts=facts)

    said = bot.ask("operator", "/qb-errors", "harbor")
    assert "total $25.00 → $20.00" in said
    assert "not posted" not in said
    assert "no document waits" not in said


def held(bot, problem, amount, **more):
    """An alert whose cause holds one invoice of that amount."""
    incident = bot.incident(bot.harbor, problem, **more)
    record = bot.record(bot.harbor, amount=amount, state=RecordState.HELD)
    bot.hold(record, incident)
    return incident


def test_the_alerts_of_a_storm_are_one_line_and_what_holds_most_is_first(bot):
    """Count and money together, however many small alerts there are; the next step ends it."""
    now = bot.services.clock.now()
    small = [held(bot, "too_long", 1) for _n in range(20)]
    storm = bot.add(Storm(company_id=bot.harbor.id, problem="inactive_record", opened_at=now))
    for _n in range(8):
        held(bot, "inactive_record", 1000, storm_id=storm.id)
    held(bot, "too_long", 500, facts=FACTS | {"party": "Great Blue"})
    bot.add(
        ImportRun(
            company_id=bot.harbor.id, source_id=bot.source(bot.harbor).id, file="shop.csv",
            started_at=now - timedelta(hours=1), taken_at=now, refused_count=1,
            refused=[{"line": 4, "external_id": "o4", "reason": "the date is missing"}],
        )
    )  # fmt: skip

    answer = bot.answer("operator", "/qb-errors", channel="books-harbor-foods")
    said = text_of(answer)

    assert f"{len(small) + 9} open problems" in said
    together = bot.services.render.many("inactive_record", 8)
    assert said.count(together) == 1
    assert f"{together} · 8 invoices, $8,000.00 not posted · press “Open one…”" in said
    assert said.index("$8,000.00 not posted") < said.index("$500.00 not posted")
    assert said.index("$500.00 not posted") < said.index("$1.00 not posted")
    assert "7 more: /qb-errors page 2. Or narrow it" in said
    assert said.index("shop.csv") < said.index("Next: open an alert")
    assert said.endswith("nothing changes before you say.")


def test_few_alerts_of_a_storm_stay_lines_of_their_own(bot):
    """What was narrowed, or is nearly settled, is read one by one, with its own button."""
    now = bot.services.clock.now()
    storm = bot.add(Storm(company_id=bot.harbor.id, problem="unknown", opened_at=now))
    for name in ("Zebra Zoo", *["Yak Yard"] * 6):
        held(bot, "unknown", 10, storm_id=storm.id, facts=FACTS | {"party": name})

    assert "Open one…" in bot.ask("operator", "/qb-errors", "", "books-harbor-foods")
    said = bot.ask("operator", "/qb-errors", "zebra", "books-harbor-foods")
    assert "1 of 7 open problems" in said
    assert "press “Try again…”" in said
