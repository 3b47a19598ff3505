"""How an alert ended other than by its own fix: set aside, or as part of another one."""

from dataclasses import replace

from bot.domain import IncidentState, Payload
from bot.incidents import changed
from bot.incidents.parts import View, inert, outcome, person
from bot.render import day, moment, plural
from bot.slack import blocks


def exception(view: View) -> Payload:
    """Who said why that it is no problem, until when, what went on; and that this ended."""
    found = view.incident.story["exempt"]
    zone = view.company.time_zone
    until = day(found["until"], time_zone=zone)
    lines = [
        [
            blocks.words(f"Not a problem: {inert(found['reason'], 300)}", bold=True),
            blocks.words(" · "),
            person(str(found["by"])),
            blocks.words(f", {moment(found['at'], zone)}, until {until}."),
        ]
    ]
    freed = int(found.get("freed") or 0)
    if freed:
        goes = "goes" if freed == 1 else "go"
        lines.append([blocks.words(f"{plural(freed, 'record')} {goes} on to QuickBooks.")])
    ended = found.get("ended")
    if isinstance(ended, dict):
        lines.append(_ended(str(ended.get("by") or ""), moment(ended["at"], zone)))
    return blocks.rich_text(*(blocks.line(*line) for line in lines))


def _ended(by: str, at: str) -> list[Payload]:
    again = "It is looked at again; what is still there has an alert."
    if not by:
        return [blocks.words(f"The time is over, {at}. {again}")]
    return [blocks.words("Taken back by "), person(by), blocks.words(f", {at}. {again}")]


def part_of(view: View) -> Payload:
    """The alert it is part of, with its address; how that one ended; {} for one of its own."""
    if view.parent is None or view.state not in ("part", "resolved"):
        return {}
    title = inert(view.parent_title)
    named = (
        blocks.link(view.parent_url, f"{title} →")
        if view.parent_url
        else blocks.words(title, bold=True)
    )
    if view.parent.state is not IncidentState.RESOLVED:
        waits = ". What waited here waits for that one; this ends with it."
        if changed.is_posted(view.parent.problem):
            waits = ". That one asks about both sides; this ends with it."
        return blocks.rich_text(blocks.line(blocks.words("Part of: "), named, blocks.words(waits)))
    first = blocks.line(blocks.words("Ended with: "), named)
    below = outcome(replace(view, incident=view.parent, parent=None))
    return blocks.rich_text(first, *below.get("elements", []))


def earlier(view: View) -> Payload:
    """How many earlier alerts are part of this one; {} for none."""
    if not view.earlier:
        return {}
    verb = "is" if view.earlier == 1 else "are"
    return blocks.context(f"{plural(view.earlier, 'earlier alert')} {verb} part of this one.")
