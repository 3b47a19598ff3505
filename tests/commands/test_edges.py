"""Words no command knows: each gets one clear answer, to the person alone."""

from datetime import timedelta

import pytest

from bot import audit
from bot.models import ReconnectLink, SyncRun
from commands import ALL_COMMANDS
from tests.dispatch.slack_world import FACTS, text_of
from tests.waiting import wait_for

HARBOR = "books-harbor-foods"


@pytest.mark.parametrize("command", [command.name for command in ALL_COMMANDS])
def test_odd_words_get_one_clear_answer_each(bot, command):
    """Emoji, three thousand characters, a stray flag: quoted shortly, with what is possible."""
    bot.record(bot.harbor)
    for text in ("🎉", ":tada: 🎉", "x" * 3000, "blorb " * 500, "\u202eevil *bold* <!channel>"):
        before = len(bot.slack.ephemerals("operator", HARBOR))
        said = bot.ask("operator", command, text, HARBOR)

        nothing = said.startswith(("Nothing to fix", "Nothing the bot did"))
        assert nothing or "“" in said, (command, text[:20], said)
        assert "Something went wrong" not in said
        assert "<!channel>" not in said or "“" in said
        assert len(said) < 2500
        assert len(bot.slack.ephemerals("operator", HARBOR)) == before + 1
    assert bot.rows(SyncRun) == []
    assert bot.rows(ReconnectLink) == []


@pytest.mark.parametrize("command", ["/qb-status", "/qb-errors", "/qb-help", "/qb", "/qb-sync-now"])
def test_only_spaces_are_no_words(bot, command):
    """The same as the command alone."""
    assert "do not understand" not in bot.ask("operator", command, "   \u00a0 ", HARBOR)


def test_a_slip_is_never_shared(bot):
    """--public shares answers, not misunderstandings."""
    before = len(bot.slack.messages(HARBOR))

    for command in ("/qb-status", "/qb", "/qb-sync-now", "/qb-help"):
        assert "“blorb”" in bot.ask("operator", command, "blorb --public", HARBOR)
    bot.ask("operator", "/qb", "--public", HARBOR)

    assert len(bot.slack.messages(HARBOR)) == before


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("harber foods", ""),
        ("“Harbor Foods”", ""),
        ("'harbor foods'", ""),
        ("Hrbr Fds", "Did you mean /qb-status Harbor Foods?"),
        ("--publik", "Did you mean /qb-status --public?"),
        ("public", "Did you mean /qb-status --public?"),
    ],
)
def test_a_companys_name_is_understood_or_asked_back(bot, text, meant):
    """Misspelt, in quotes; what is too far off is asked back."""
    said = bot.ask("operator", "/qb-status", text)

    if meant:
        assert meant in said
        assert "posted today" not in said
    else:
        assert "Harbor Foods · connected" in said
        assert "Blue Ridge" not in said


def test_the_status_names_what_is_possible(bot):
    """The companies the person may see; in a company's channel only that one."""
    said = bot.ask("operator", "/qb-status", "nonsense")
    assert "I do not understand “nonsense”." in said
    assert "/qb-status takes the name of a company: Blue Ridge Outfitters or Harbor Foods." in said

    said = bot.ask("operator", "/qb-status", "nonsense", HARBOR)
    assert "Blue Ridge" not in said
    assert "Next: /qb-status without words." in said


def test_the_list_of_problems_says_where_it_looked(bot):
    """And what is near."""
    bot.incident(bot.harbor, facts=FACTS | {"party": "Zanzibar Zoo"})

    said = bot.ask("operator", "/qb-errors", "zxnzbr zo", HARBOR)

    assert "No open problem fits “zxnzbr zo”." in said
    assert "1 problem is open: /qb-errors lists them all." in said


def test_reconnect_makes_no_link_on_strange_words(bot):
    """It could be another company's."""
    said = bot.ask("operator", "/qb-reconnect", "nonsense")

    assert "I do not understand “nonsense”. No link was made." in said
    assert "/qb-reconnect Blue Ridge Outfitters" in said
    assert bot.rows(ReconnectLink) == []


def test_reconnect_says_that_a_company_is_connected_and_since_when(bot):
    """No alert is promised to turn green; when the link is needed is said."""
    then = bot.services.clock.now() - timedelta(days=2)
    with bot.services.sessions.write() as session:
        session.get_one(type(bot.harbor), bot.harbor.id).realm_id = "9341452000000002"
        audit.append(
            session,
            at=then,
            actor="U1",
            action="connection.connected",
            subject="connection",
            company_id=bot.harbor.id,
            data={},
        )

    said = bot.ask("operator", "/qb-reconnect", "harbor foods")

    assert "Harbor Foods · It is connected since " in said
    assert "nobody has to do anything" in said
    assert "A new link is only needed when posting fails all the same" in said
    assert "turns green" not in said


def test_shared_help_names_nobodys_role(bot):
    """The channel's people are told what can be typed, not what the person who asked may do."""
    bot.say("operator", "/qb-help", "--public", HARBOR)
    shared = wait_for(
        "the shared help",
        lambda: [m for m in bot.slack.messages(HARBOR) if "You can type" in text_of(m)],
    )

    assert "You are" not in text_of(shared[0])
    assert "You are an operator at Harbor Foods." in bot.ask("operator", "/qb-help", "", HARBOR)


def test_a_guests_help_ends_with_whom_to_ask(bot):
    """Not with a command that would be refused."""
    said = bot.ask("guest", "/qb-help", "", HARBOR)

    assert "You have no role at Harbor Foods" in said
    assert "Guests of this workspace cannot have one." in said
    assert "who is an admin here" in said
    assert "Next: /qb-status" not in said


def test_help_explains_a_command_by_its_words(bot):
    """Or says which there are."""
    for text in ("sync now", "/qb-sync-now", "sync-now", "how to push"):
        assert "For an operator or above." in bot.ask("operator", "/qb-help", text, HARBOR)
    said = bot.ask("operator", "/qb-help", "blorb", HARBOR)
    assert "I have no help on “blorb”." in said
    assert "sync-now" in said
