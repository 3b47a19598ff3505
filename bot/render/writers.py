"""One writer per target: Slack rich text, plain text, HTML. Facts never become markup."""

import html
from collections.abc import Iterable
from dataclasses import replace

from bot.domain import Payload
from bot.render.text import Listing, Paragraph, Span, Spans, Text


def to_plain(text: Text) -> str:
    """Write for notifications, logs and terminals."""
    return "\n".join(_plain_block(block) for block in text.blocks)


def to_slack(text: Text) -> list[Payload]:
    """Write as one rich_text block (an empty list when there is nothing to say)."""
    elements: list[Payload] = []
    last = len(text.blocks) - 1
    for index, block in enumerate(text.blocks):
        if isinstance(block, Listing):
            style = "ordered" if block.ordered else "bullet"
            items = [_section(item) for item in block.items]
            elements.append({"type": "rich_text_list", "style": style, "elements": items})
        else:
            follows = index < last and isinstance(text.blocks[index + 1], Paragraph)
            elements.append(_section(block.spans, end="\n" if follows else ""))
    return [{"type": "rich_text", "elements": elements}] if elements else []


def to_html(text: Text) -> str:
    """Write as HTML; everything is escaped, links open outside."""
    return "\n".join(_html_block(block) for block in text.blocks)


def escape(text: str) -> str:
    """Escape the three characters that Slack's mrkdwn treats as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def _plain_block(block: Paragraph | Listing) -> str:
    if isinstance(block, Paragraph):
        return _plain(block.spans)
    signs = (f"{n}." if block.ordered else "•" for n in range(1, len(block.items) + 1))
    return "\n".join(
        f"{sign} {_plain(item)}" for sign, item in zip(signs, block.items, strict=True)
    )


def _section(spans: Spans, end: str = "") -> Payload:
    elements = [_element(span) for span in _merged(spans)]
    if end:
        elements.append({"type": "text", "text": end})
    return {"type": "rich_text_section", "elements": elements}


def _element(span: Span) -> Payload:
    element: Payload = {"type": "text", "text": span.text}
    if span.url:
        element = {"type": "link", "url": span.url, "text": span.text}
    style = {name: True for name, on in (("bold", span.strong), ("code", span.code)) if on}
    if style:
        element["style"] = style
    return element


def _html_block(block: Paragraph | Listing) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_html(block.spans)}</p>"
    tag = "ol" if block.ordered else "ul"
    return f"<{tag}>{_joined(f'<li>{_html(item)}</li>' for item in block.items)}</{tag}>"


def _html(spans: Spans) -> str:
    return _joined(_html_span(span) for span in _merged(spans))


def _merged(spans: Spans) -> list[Span]:
    """Join neighbours that look alike: a link is one link, however many facts are in its label."""
    merged: list[Span] = []
    for span in spans:
        if merged and _look(merged[-1]) == _look(span):
            merged[-1] = replace(merged[-1], text=merged[-1].text + span.text)
        else:
            merged.append(span)
    return merged


def _look(span: Span) -> tuple[bool, bool, str]:
    return span.strong, span.code, span.url


def _html_span(span: Span) -> str:
    text = html.escape(span.text)
    if span.code:
        text = f"<code>{text}</code>"
    if span.strong:
        text = f"<strong>{text}</strong>"
    if span.url:
        return f'<a href="{html.escape(span.url)}" rel="noopener noreferrer">{text}</a>'
    return text


def _joined(parts: Iterable[str]) -> str:
    return "".join(parts)
