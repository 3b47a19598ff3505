"""Blocks of the messages, previews and answers the bot posts, for pages to draw."""

from typing import Any

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Block:
    """A section with mrkdwn text."""
    return {"type": "section", "text": mrkdwn(text), **more}


def fields(*texts: str) -> Block:
    """A section of fields."""
    return {"type": "section", "fields": [mrkdwn(text) for text in texts]}


def context(*texts: str) -> Block:
    """A context line."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def button(label: str, action_id: str, value: str = "1", **more: Any) -> Block:
    """A button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, "value": value, **more}


def actions(*elements: Block, block_id: str = "actions") -> Block:
    """A row of elements."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def text_input(action_id: str, **more: Any) -> Block:
    """A plain_text_input."""
    return {"type": "plain_text_input", "action_id": action_id, **more}


def rich_lines(*lines: list[Block]) -> Block:
    """A rich_text block with one section a line."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": line} for line in lines],
    }


def words(text: str, **style: bool) -> Block:
    """A text element of rich text."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


ALERT_TEXT = "Harbor Foods: 14 invoices, $38,210.50 not posted; Jane Doe is inactive in QuickBooks"


def open_alert() -> list[Block]:
    """An open alert: the same person twice."""
    return [
        {
            "type": "header",
            "text": plain("🔴 OPEN · Same Jane Doe? · 14 invoices not posted"),
        },
        context(
            "Harbor Foods  ·  *$38,210.50* of sales, dated 10/28–11/21  ·  since 9:02 AM  ·  "
            "nobody on it"
        ),
        fields(
            "*Shop*\nJane  Doe \njane@doe.com\n12 Elm St",
            "*QuickBooks*\nJane Doe · `INACTIVE`\njane@doe.com\n12 Elm St · balance $0.00 · "
            "last invoice <https://qbo.example/app/invoice?txnId=88|02/11>",
        ),
        section("Same e-mail and street; only spaces differ."),
        section(
            "*Why*  QuickBooks did not take the new customer: the name is in use. Names are "
            "shared by customers, vendors and employees."
        ),
        actions(
            button("Reactivate and post 14…", "fix_reactivate", style="primary"),
            button("Different people…", "fix_different"),
            button("I'll take it", "take"),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": plain("Snooze…"), "value": "snooze"},
                    {"text": plain("History"), "value": "history"},
                    {"text": plain("All 14 invoices"), "value": "all"},
                    {"text": plain("Details"), "value": "details"},
                ],
            },
        ),
        context(
            "Code 6240 · check *Customers before push* · read "
            "<!date^1795338120^{date_short_pretty} {time}|9:02 AM>"
        ),
    ]


def dead_connection() -> list[Block]:
    """An alert of a lost connection."""
    return [
        {
            "type": "header",
            "text": plain("🔴 OPEN · QuickBooks connection lost · 212 documents wait"),
        },
        context("Blue Ridge  ·  sales *$81,240.00*, payments *$44,018.20* wait since 8:47 AM"),
        section(
            "QuickBooks no longer accepts our permission (renewed elsewhere or withdrawn). "
            "Somebody with access must allow it again.\n9 other alerts are paused until then."
        ),
        actions(
            button("Reconnect…", "reconnect", style="primary"), button("Who can do this?", "who")
        ),
    ]


def working() -> list[Block]:
    """The same message while a fix runs."""
    return [
        {"type": "header", "text": plain("🔵 WORKING · Same Jane Doe?")},
        section("Dana, 9:06 · customer active again ✔\nposting invoices 9 of 14 …"),
    ]


def fixed() -> list[Block]:
    """The same message when the trouble is gone."""
    return [
        {"type": "header", "text": plain("✅ FIXED · Jane Doe · 14 invoices posted")},
        section("Dana, 9:06 · *14 of 14* in QuickBooks, *$38,210.50* · read back 9:07"),
        actions(button("What can be undone", "undo"), button("History", "history")),
    ]


def storm() -> list[Block]:
    """One message with the causes of a storm as a table."""

    def row(*cells: str) -> list[Block]:
        return [{"type": "raw_text", "text": cell} for cell in cells]

    return [
        {
            "type": "header",
            "text": plain("🔴 OPEN · 500 documents not posted in 4 minutes · 3 causes"),
        },
        {
            "type": "table",
            "column_settings": [
                {"is_wrapped": True},
                {"align": "right"},
                {"align": "right"},
                {},
            ],
            "rows": [
                row("Cause", "Documents", "Not posted", "State"),
                row("Income account “Sales:Web” not found", "312", "$81,400.00", "open"),
                row("41 SKUs not mapped", "176", "$22,918.40", "open"),
                row("QuickBooks busy", "12", "$1,204.00", "retrying by itself"),
            ],
        },
    ]


def preview_modal() -> Block:
    """The preview of a fix, with a field and a choice."""
    return {
        "type": "modal",
        "callback_id": "preview",
        "title": plain("Reactivate and post"),
        "submit": plain("Ask Priya or Sam"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            section("*Jane Doe*\ninactive, shown as “Jane Doe (deleted)” → *active*, “Jane Doe”"),
            {"type": "divider"},
            fields(
                "*Posts*\n14 invoices",
                "*Receivables*\n+$38,210.50",
                "*Sales*\n$35,216.13",
                "*Sales tax*\n$2,994.37",
            ),
            fields(
                "*October*\n$6,120.00 (2 invoices)\ntax FILED through 10/31",
                "*November*\n$32,090.50\nclosed through 09/30",
            ),
            section(
                "*Checked*  not a merged-away customer · no balancing entries at deactivation · "
                "numbers free · nobody is e-mailed"
            ),
            {
                "type": "input",
                "block_id": "reason",
                "label": plain("Why is this right?"),
                "hint": plain("Kept in the audit record."),
                "element": text_input("reason_text", multiline=True, max_length=200),
            },
            {
                "type": "input",
                "block_id": "scope",
                "label": plain("Which invoices"),
                "element": {
                    "type": "static_select",
                    "action_id": "scope_choice",
                    "initial_option": {"text": plain("All 14"), "value": "all"},
                    "options": [
                        {"text": plain("All 14"), "value": "all"},
                        {
                            "text": plain("Post 12, hold the 2 of October"),
                            "value": "twelve",
                            "description": plain("October's tax is filed"),
                        },
                    ],
                },
            },
            {
                "type": "input",
                "block_id": "tell",
                "optional": True,
                "label": plain("Afterwards"),
                "element": {
                    "type": "checkboxes",
                    "action_id": "tell_choice",
                    "options": [
                        {"text": mrkdwn("Tell me when she has paid"), "value": "paid"},
                        {"text": mrkdwn("Keep her active"), "value": "keep"},
                    ],
                },
            },
            context("An approver must agree, because of the filed month: Priya or Sam."),
        ],
    }
