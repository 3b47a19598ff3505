"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from sandbox.slack.blocks.composition import BLOCK_ID, URL
from sandbox.slack.blocks.spec import Flag, Many, Shape, Spec, Text, Typed, Whole

_STYLE = Shape(
    optional={
        "bold": Flag(),
        "italic": Flag(),
        "strike": Flag(),
        "code": Flag(),
        "underline": Flag(),
        "highlight": Flag(),
        "client_highlight": Flag(),
        "unlink": Flag(),
    }
)
_STYLED: dict[str, Spec] = {"style": _STYLE}
PARTS: dict[str, Shape] = {
    "text": Shape({"text": Text()}, _STYLED),
    "link": Shape({"url": URL}, {**_STYLED, "text": Text(3000, 0), "unsafe": Flag()}),
    "user": Shape({"user_id": Text(64)}, _STYLED),
    "usergroup": Shape({"usergroup_id": Text(64)}, _STYLED),
    "team": Shape({"team_id": Text(64)}, _STYLED),
    "channel": Shape({"channel_id": Text(64)}, _STYLED),
    "broadcast": Shape({"range": Text(choices=("here", "channel", "everyone"))}, _STYLED),
    "emoji": Shape(
        {"name": Text(255)}, {**_STYLED, "unicode": Text(255), "skin_tone": Whole(1, 6)}
    ),
    "color": Shape({"value": Text(9)}, _STYLED),
    "date": Shape(
        {"timestamp": Whole(0, 99_999_999_999), "format": Text(255)},
        {**_STYLED, "url": URL, "fallback": Text(255)},
    ),
}
_PART = Typed(PARTS)
_LINE = Typed(PARTS, ("text", "link", "emoji", "user", "channel", "usergroup", "date", "broadcast"))
_SECTION = Shape({"elements": Many(_PART, 1000, 0)})
SECTIONS: dict[str, Shape] = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": Shape(
        {"elements": Many(_LINE, 1000, 0)}, {"border": Whole(0, 1), "language": Text(64)}
    ),
    "rich_text_quote": Shape({"elements": Many(_PART, 1000, 0)}, {"border": Whole(0, 1)}),
    "rich_text_list": Shape(
        {
            "elements": Many(Typed({"rich_text_section": _SECTION}), 1000),
            "style": Text(choices=("bullet", "ordered")),
        },
        {"indent": Whole(0, 8), "offset": Whole(0, 100_000), "border": Whole(0, 1)},
    ),
}
RICH_TEXT = Typed(
    {"rich_text": Shape({"elements": Many(Typed(SECTIONS), 1000)}, {"block_id": BLOCK_ID})}
)
