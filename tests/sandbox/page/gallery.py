"""Every block and element Slack has, as messages, a modal and a Home tab the page must draw."""

from typing import Any

from tests.sandbox.page.wireframes import (
    Block,
    actions,
    button,
    context,
    mrkdwn,
    plain,
    rich_lines,
    section,
    text_input,
    words,
)

MONTHS = ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov")


def options(*names: str, **more: Any) -> list[Block]:
    """Options with their names as values."""
    return [{"text": plain(name), "value": name.lower(), **more} for name in names]


def raw(text: str) -> Block:
    """A cell of text."""
    return {"type": "raw_text", "text": text}


def number(value: float, text: str = "") -> Block:
    """A cell of a number."""
    return {"type": "raw_number", "value": value, **({"text": text} if text else {})}


def table() -> Block:
    """A table with aligned columns."""
    rows = [
        [raw("cause"), raw("documents"), raw("not posted"), raw("state")],
        [
            raw("Income account “Sales:Web” not found"),
            raw("312"),
            raw("$81,400.00"),
            {"type": "rich_text", "elements": rich_lines([words("open", bold=True)])["elements"]},
        ],
        [raw("41 SKUs not mapped"), raw("176"), raw("$22,918.40"), raw("open")],
        [raw("QuickBooks busy"), raw("12"), raw("$1,204.00"), raw("retrying by itself")],
    ]
    right = {"align": "right"}
    return {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}, right, right]}


def data_table(count: int = 12) -> Block:
    """A table with a caption, pages and numbers that can be sorted."""
    body = [
        [raw(f"INV-{1040 + n}"), raw(f"Customer {n}"), number(100 * (n * 7 % 12) + 20.5)]
        for n in range(count)
    ]
    return {
        "type": "data_table",
        "caption": "Documents that wait",
        "page_size": 5,
        "row_header_column_index": 0,
        "rows": [[raw("Number"), raw("Customer"), raw("Total")], *body],
    }


def series(name: str, *values: float) -> Block:
    """One line or bar colour of a chart."""
    points = [{"label": month, "value": value} for month, value in zip(MONTHS, values, strict=True)]
    return {"name": name, "data": points}


def chart(kind: str, title: str) -> Block:
    """A chart of one kind."""
    if kind == "pie":
        parts = {"duplicates": 14, "mapping": 9, "inactive": 6, "connection": 2}
        spec: Block = {
            "type": kind,
            "segments": [{"label": label, "value": value} for label, value in parts.items()],
        }
    else:
        axes = {"categories": list(MONTHS), "x_label": "Month", "y_label": "Documents"}
        all_series = [
            series("not posted", 42, 35, 51, 28, 19, 7),
            series("fixed by people", 30, 31, 40, 25, 18, 7),
            series("fixed by itself", 12, 4, 9, 3, 1, 0),
        ]
        spec = {"type": kind, "series": all_series, "axis_config": axes}
    return {"type": "data_visualization", "title": title, "chart": spec}


def task(number_: int, title: str, status: str, **more: Any) -> Block:
    """One task of a plan."""
    return {
        "type": "task_card",
        "task_id": str(number_),
        "title": title,
        "status": status,
        **more,
    }


def plan() -> Block:
    """The steps of a fix while it runs."""
    detail = rich_lines([words("9 of 14 invoices, $24,100.00 so far")])
    source = {"type": "url", "url": "https://qbo.example/app/invoice?txnId=88", "text": "INV-1049"}
    return {
        "type": "plan",
        "title": "Reactivate and post",
        "tasks": [
            task(1, "Customer active again", "complete"),
            task(2, "Post 14 invoices", "in_progress", details=detail, sources=[source]),
            task(3, "Read back from QuickBooks", "pending"),
            task(4, "Tell the shop", "error", output=rich_lines([words("The shop is away")])),
        ],
    }


def card(name: str, text: str) -> Block:
    """A card with an icon, a body and two buttons."""
    image = {"type": "image", "image_url": "https://img.example/a.png", "alt_text": name}
    return {
        "type": "card",
        "icon": image,
        "title": mrkdwn(f"*{name}*"),
        "subtitle": mrkdwn("connected · posted 4 min ago"),
        "body": mrkdwn(text),
        "subtext": mrkdwn("complete through 11/21"),
        "actions": [
            button("Check now", f"check_{name[0]}", style="primary"),
            button("Details", f"det_{name[0]}"),
        ],
    }


def carousel() -> Block:
    """Cards side by side."""
    names = ("Harbor Foods", "Blue Ridge", "Cedar Clinic", "Delta Freight")
    return {
        "type": "carousel",
        "elements": [card(name, "0 missing, 0 extra, 0 differing") for name in names],
    }


def container(*, collapsed: bool = False) -> Block:
    """A box that folds."""
    return {
        "type": "container",
        "title": plain("Details"),
        "subtitle": plain("what QuickBooks said, word for word"),
        "is_collapsible": True,
        "default_collapsed": collapsed,
        "child_blocks": [
            section("Code `6240` · *Duplicate Name Exists Error*"),
            context("intuit_tid 1-5f2c-88"),
        ],
    }


def rich() -> Block:
    """Every part of rich text."""
    sections = [
        {"type": "rich_text_section", "elements": [words("one "), words("bold", bold=True)]},
        {"type": "rich_text_section", "elements": [words("two "), words("italic", italic=True)]},
    ]
    inner = {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": sections}
    line = [
        words("See "),
        {"type": "link", "url": "https://example.com", "text": "the books"},
        words(", ask "),
        {"type": "user", "user_id": "U0PRIYA001"},
        words(" in "),
        {"type": "channel", "channel_id": "C0HARBOR01"},
        words(" "),
        {"type": "usergroup", "usergroup_id": "S0APPROVE1"},
        words(" "),
        {"type": "broadcast", "range": "here"},
        words(" "),
        {"type": "emoji", "name": "white_check_mark"},
        words(" "),
        {"type": "color", "value": "#0b6e5f"},
        words(" "),
        {"type": "date", "timestamp": 1795338120, "format": "{date_num}", "fallback": "a day"},
        words(" "),
        words("gone", strike=True),
        words(" "),
        words("code", code=True),
    ]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": line},
            {"type": "rich_text_list", "style": "ordered", "elements": sections},
            inner,
            {"type": "rich_text_quote", "elements": [words("What the shop said")]},
            {"type": "rich_text_preformatted", "elements": [words("POST /v3/company/1/invoice")]},
        ],
    }


MARKDOWN = (
    "# Morning receipt\n\nComplete through **11/21**. _Nothing_ is missing.\n\n"
    "- shop: 212 orders\n- QuickBooks: 212 documents\n\n| Day | Total |\n|---|---:|\n"
    "| 11/20 | $12,100.00 |\n| 11/21 | $26,110.50 |\n\n> read back at 7:02\n\n`6240` "
    "[the rule](https://example.com)"
)
VIDEO = {
    "type": "video",
    "alt_text": "How to reconnect",
    "title": plain("Reconnect QuickBooks in one minute"),
    "title_url": "https://example.com/v",
    "thumbnail_url": "https://img.example/v.png",
    "video_url": "https://example.com/v/embed",
    "author_name": "Dana",
    "provider_name": "Help",
    "description": plain("Where the button is and what to allow"),
}
CONFIRM = {
    "title": plain("Snooze this alert?"),
    "text": mrkdwn("It stays open and comes back *tomorrow at 9*."),
    "confirm": plain("Snooze"),
    "deny": plain("Keep it here"),
}


def every_element() -> Block:
    """All elements an actions block takes."""
    return actions(
        button("Plain", "b1"),
        button("Primary", "b2", style="primary"),
        button("Danger", "b3", style="danger", confirm=CONFIRM),
        button("Link", "b4", url="https://example.com"),
        {"type": "static_select", "action_id": "s1", "options": options("One", "Two")},
        {"type": "external_select", "action_id": "s3", "placeholder": plain("Look for one")},
        {"type": "users_select", "action_id": "s4", "placeholder": plain("Who?")},
        {"type": "conversations_select", "action_id": "s5", "placeholder": plain("Where?")},
        {"type": "channels_select", "action_id": "s6", "initial_channel": "C0HARBOR01"},
        {"type": "datepicker", "action_id": "d1", "initial_date": "2026-11-22"},
        {"type": "timepicker", "action_id": "d2", "initial_time": "09:30"},
        {"type": "datetimepicker", "action_id": "d3", "initial_date_time": 1795338120},
        {"type": "checkboxes", "action_id": "c1", "options": options("Mine", "Theirs")},
        {"type": "radio_buttons", "action_id": "c2", "options": options("Now", "Later")},
        {"type": "overflow", "action_id": "o1", "options": options("Snooze…", "History")},
        block_id="every",
    )


def message_sets() -> dict[str, list[Block]]:
    """Messages that together hold every block a message may hold."""
    feedback = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "fb",
                "positive_button": {"text": plain("Helpful"), "value": "yes"},
                "negative_button": {"text": plain("Not helpful"), "value": "no"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "del"},
        ],
    }
    image = {"type": "image", "image_url": "https://img.example/a.png", "alt_text": "A receipt"}
    several = {"type": "multi_static_select", "action_id": "s2", "options": options("One", "Two")}
    return {
        "tables": [section("Where it stands"), table()],
        "data": [data_table(), chart("bar", "Documents, last six months")],
        "charts": [chart("line", "Time to fix"), chart("area", "Not posted")],
        "pie": [chart("pie", "Open by family"), plan()],
        "cards": [card("Harbor Foods", "212 documents wait, $125,258.20"), carousel()],
        "boxes": [container(), {**container(collapsed=True), "title": plain("History")}],
        "text": [rich(), {"type": "divider"}, {"type": "markdown", "text": MARKDOWN}],
        "media": [VIDEO, {**image, "title": plain("Receipt")}, feedback],
        "controls": [
            section("Pick", accessory=image),
            section("Several", accessory=several),
            every_element(),
        ],
    }


def field(name: str, element: Block, **more: Any) -> Block:
    """An input block."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name.replace("_", " ").capitalize()),
        "element": {"action_id": name, **element},
        **more,
    }


def modal() -> Block:
    """A modal with every input."""
    levels = ("default", "info", "warning", "error", "success")
    alerts = [
        {"type": "alert", "level": level, "text": plain(f"October is filed ({level})")}
        for level in levels
    ]
    pick = {"options": options("All 14", "Only November")}
    grouped = {
        "option_groups": [
            {"label": plain("Sales"), "options": options("Web", "Shop")},
            {"label": plain("Purchases"), "options": options("Bills")},
        ]
    }
    return {
        "type": "modal",
        "callback_id": "gallery",
        "title": plain("Every input"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            *alerts,
            field("reason", text_input("reason", multiline=True, max_length=200)),
            field("name", text_input("name", placeholder=plain("As in the shop")), optional=True),
            field("email", {"type": "email_text_input"}, optional=True),
            field("link", {"type": "url_text_input"}, optional=True),
            field("amount", {"type": "number_input", "is_decimal_allowed": True}, optional=True),
            field("note", {"type": "rich_text_input"}, optional=True, hint=plain("Kept.")),
            field("scope", {"type": "static_select", **pick}),
            field("account", {"type": "static_select", **grouped}, optional=True),
            field(
                "accounts",
                {"type": "multi_static_select", "max_selected_items": 2, **grouped},
                optional=True,
            ),
            field("customer", {"type": "external_select", "min_query_length": 2}, optional=True),
            field("customers", {"type": "multi_external_select"}, optional=True),
            field("person", {"type": "users_select"}, optional=True),
            field("people", {"type": "multi_users_select"}, optional=True),
            field("channel", {"type": "conversations_select"}, optional=True),
            field("channels", {"type": "multi_channels_select"}, optional=True),
            field("day", {"type": "datepicker", "initial_date": "2026-11-01"}),
            field("hour", {"type": "timepicker"}, optional=True),
            field("moment", {"type": "datetimepicker"}, optional=True),
            field("tell", {"type": "checkboxes", "options": options("Me", "Priya")}, optional=True),
            field("when", {"type": "radio_buttons", "options": options("Now", "At night")}),
            field("csv", {"type": "file_input", "filetypes": ["csv"]}, optional=True),
        ],
    }


def home() -> Block:
    """A Home tab as the bot may draw it."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Two things need somebody")},
            section(
                "*Blue Ridge*  CONNECTION LOST 8:47 AM · 212 wait, $125,258.20",
                accessory=button("Reconnect…", "reconnect", style="primary"),
            ),
            section(
                "*Harbor Foods*  14 invoices not posted, $38,210.50",
                accessory=button("Look…", "look"),
            ),
            {"type": "divider"},
            chart("bar", "Last 30 days"),
            data_table(7),
            container(collapsed=True),
            context("Next check at 10:05"),
        ],
    }
