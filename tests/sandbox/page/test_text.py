"""Text of other people is only ever text, and every block type is drawn."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import DANA, HARBOR, PRIYA, Opener, Slack

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)",
    "O'Brien & Söhne <GmbH>",
    "שלום עולם",
    "‮txt.exe",
    "👩‍👩‍👧‍👦 🇺🇸 é",
    "__proto__",
)

RUNS = "script, img, iframe, object, embed, svg[onload], a[href^=javascript]"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _everywhere(name: str) -> list[dict[str, Any]]:
    cell = {"type": "raw_text", "text": name}
    return [
        {"type": "header", "text": w.plain(name[:150])},
        w.section(_escaped(name)),
        {"type": "section", "text": w.plain(name), "fields": [w.mrkdwn(_escaped(name))]},
        w.context(_escaped(name)),
        w.rich_lines([w.words(name), w.words(name, bold=True, code=True)]),
        {"type": "table", "rows": [[cell], [cell]]},
        w.actions(
            w.button(name[:75], "press"),
            {
                "type": "static_select",
                "action_id": "choose",
                "options": [{"text": w.plain(name[:75]), "value": name}],
            },
        ),
    ]


def test_a_name_is_inert_everywhere(slack: Slack, open_tab: Opener) -> None:
    """A name from QuickBooks is shown as it is, in every block, and never runs."""
    tab = open_tab()
    for name in HOSTILE:
        ts = slack.post(_escaped(name), blocks=_everywhere(name))

        message = tab.message(ts)
        expect(message.locator(".header-text")).to_have_text(name)
        expect(message.locator(".rt-text").first).to_have_text(name)
        expect(message.locator("td")).to_have_text(name)
        expect(message.locator(".field")).to_have_text(name)
        expect(message.locator("button[data-action-id=press]")).to_contain_text(name)
        message.locator("[data-action-id=choose]").click()
        expect(tab.find("[data-testid=option]")).to_contain_text(name)
        tab.page.keyboard.press("Escape")
    assert tab.find(".conversation").locator(RUNS).count() == 0


def test_people_topics_and_files_of_any_name(slack: Slack, open_tab: Opener) -> None:
    """Names of people, topics, files and typed words are inert as well."""
    harbor = slack.world.channels[HARBOR]
    for number, name in enumerate(HOSTILE):
        stranger = f"U0STRANGE{number}"
        slack.order("users", id=stranger, name="strange", real_name=name)
        harbor.members.append(stranger)
        harbor.topic = name
        slack.act(stranger, "message", channel=HARBOR, text=_escaped(f"I am {name}"))
        slack.act(stranger, "file", channel=HARBOR, name=f"{name[:40]}.csv", content="1")
    tab = open_tab()

    authors = tab.find(".conversation .msg-name")
    expect(authors).to_have_text(list(HOSTILE))
    expect(tab.find(".topbar-topic")).to_have_text(HOSTILE[-1])
    for name in HOSTILE:
        expect(tab.find(".conversation")).to_contain_text(f"I am {name}")
    tab.find("[data-testid=person]").click()
    expect(tab.find("[data-testid=option]")).to_have_count(5 + len(HOSTILE))
    tab.find("[data-testid=option]").last.click()
    expect(tab.find("[data-testid=person]")).to_contain_text(HOSTILE[-1])
    assert tab.find("#app").locator(RUNS).count() == 0


def test_links_lead_only_to_safe_places(slack: Slack, open_tab: Opener) -> None:
    """Web, mail and telephone addresses are links; scripts and data are plain text."""
    text = (
        "<https://example.com/a?b=1&amp;c=2|the books> <mailto:jane@doe.com|jane@doe.com> "
        "<javascript:alert(1)|press me> https://bare.example/x."
    )
    rich = {"type": "link", "url": "data:text/html,<script>alert(1)</script>", "text": "data"}
    ts = slack.post("x", blocks=[w.section(text), w.rich_lines([rich])])
    tab = open_tab()

    links = tab.message(ts).locator("a")
    found = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert found == [
        "https://example.com/a?b=1&c=2",
        "mailto:jane@doe.com",
        "https://bare.example/x",
    ]
    rels = links.evaluate_all("all => all.map(a => [a.target, a.rel].join())")
    assert set(rels) == {"_blank,noopener noreferrer"}
    expect(tab.message(ts)).to_contain_text("<javascript:alert(1)|press me>")
    expect(tab.message(ts)).to_contain_text("data")


def test_mrkdwn_is_read_as_slack_reads_it(slack: Slack, open_tab: Opener) -> None:
    """Marks, code, quotes, mentions and dates become what they mean; lone signs stay."""
    text = (
        "*bold* _italic_ ~gone~ `code *not bold*` snake_case_name 2 * 3 * 4 :warning:\n"
        "&gt; quoted *line*\n"
        "• first\n"
        f"<@{PRIYA}> <#{HARBOR}> <!here> <!subteam^S0APPROVE1> "
        "<!date^1764000000^{date_num}|a day>\n"
        "```\nraw &lt;pre&gt; *stars*\n```"
    )
    ts = slack.post("x", blocks=[w.section(text)])
    tab = open_tab(DANA)

    body = tab.message(ts).locator(".md")
    expect(body.locator("strong").first).to_have_text("bold")
    expect(body.locator("em")).to_have_text("italic")
    expect(body.locator("s")).to_have_text("gone")
    expect(body.locator(".code")).to_have_text("code *not bold*")
    expect(body).to_contain_text("snake_case_name 2 * 3 * 4 ⚠️")
    expect(body.locator("blockquote")).to_have_text("quoted line")
    expect(body.locator(".md-item")).to_contain_text("first")
    expect(body.locator(".mention").nth(0)).to_have_text("@Priya")
    expect(body.locator(".mention").nth(1)).to_have_text("#books-harbor-foods")
    expect(body.locator(".mention").nth(2)).to_have_text("@here")
    expect(body.locator(".mention").nth(3)).to_have_text("@approvers")
    expect(body.locator("time")).to_have_text("2025-11-24")
    expect(body.locator("pre")).to_have_text("raw <pre> *stars*")


def test_rich_text_is_never_parsed(slack: Slack, open_tab: Opener) -> None:
    """Stars and entities inside rich text and tables stay letters."""
    name = "*A&amp;B* <!channel> _x_ `y`"
    ts = slack.post("x", blocks=[w.rich_lines([w.words(name)])])
    tab = open_tab()

    expect(tab.message(ts).locator(".rt-text")).to_have_text(name)
    expect(tab.message(ts).locator("strong, em, code, .mention")).to_have_count(0)


def _rich(*lines: list[dict[str, Any]]) -> dict[str, Any]:
    return w.rich_lines(*lines)


ALL_BLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "image": (
        {"type": "image", "image_url": "https://img.example/a.png", "alt_text": "A chart"},
        "A chart",
    ),
    "markdown": (
        {"type": "markdown", "text": "# Title\n\n**bold**\n\n| A |\n|---|\n| 1 |"},
        "Title",
    ),
    "rich_list": (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "indent": 0,
                    "elements": [
                        {"type": "rich_text_section", "elements": [w.words("one")]},
                        {"type": "rich_text_section", "elements": [w.words("two")]},
                    ],
                },
                {"type": "rich_text_quote", "elements": [w.words("quoted")]},
                {"type": "rich_text_preformatted", "elements": [w.words("raw")]},
            ],
        },
        "quoted",
    ),
    "data_table": (
        {
            "type": "data_table",
            "caption": "Waiting documents",
            "rows": [
                [{"type": "raw_text", "text": "Number"}, {"type": "raw_text", "text": "Total"}],
                [{"type": "raw_text", "text": "INV-1"}, {"type": "raw_number", "value": 1200}],
            ],
        },
        "1,200",
    ),
    "card": (
        {
            "type": "card",
            "title": w.mrkdwn("Blue Ridge"),
            "body": w.mrkdwn("212 documents wait"),
            "actions": [w.button("Reconnect…", "reconnect")],
        },
        "212 documents wait",
    ),
    "container": (
        {
            "type": "container",
            "title": w.plain("Details"),
            "is_collapsible": True,
            "child_blocks": [w.section("code 6240")],
        },
        "code 6240",
    ),
    "plan": (
        {
            "type": "plan",
            "title": w.plain("Reactivate and post"),
            "tasks": [
                {
                    "type": "task_card",
                    "task_id": "1",
                    "title": "Customer active again",
                    "status": "complete",
                },
                {"type": "task_card", "task_id": "2", "title": "Post 14", "status": "pending"},
            ],
        },
        "1 of 2",
    ),
    "data_visualization": (
        {
            "type": "data_visualization",
            "title": "Not posted",
            "chart": {"type": "pie", "segments": [{"label": "names", "value": 3}]},
        },
        "names",
    ),
    "alert": ({"type": "alert", "level": "warning", "text": w.plain("October is filed")}, "filed"),
    "unknown": ({"type": "hologram"}, "Block “hologram” is not shown"),
}


def test_every_block_type_is_drawn(slack: Slack, open_tab: Opener) -> None:
    """Also a block the sandbox's Slack would refuse or does not know has a visible place."""
    stamps = {}
    for kind, (block, _) in ALL_BLOCKS.items():
        stamps[kind] = slack.post(kind)
        stored = slack.world.channels[HARBOR].messages[stamps[kind]]
        stored.blocks = [{"block_id": "b1", **block}]
    tab = open_tab()

    for kind, (_, words) in ALL_BLOCKS.items():
        expect(tab.message(stamps[kind]).locator(".block").first).to_contain_text(words)


def test_attachments_carry_their_colour(slack: Slack, open_tab: Opener) -> None:
    """Blocks inside an attachment stand beside a bar of its colour."""
    blocks = [w.section("inside"), w.actions(w.button("Press", "press"))]
    ts = slack.post("x", attachments=[{"color": "#c9372c", "blocks": blocks}])
    tab = open_tab()

    attachment = tab.message(ts).locator(".attachment")
    expect(attachment).to_contain_text("inside")
    expect(attachment.locator("button[data-action-id=press]")).to_be_visible()
    bar = attachment.evaluate("one => getComputedStyle(one).getPropertyValue('--bar')")
    assert bar.strip() == "#c9372c"
