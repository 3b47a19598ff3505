"""The parts of an alert as blocks: who, how much, since when, compared, done so far, offered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain import IncidentState, JsonValue, Payload
from bot.knowledge import Problem
from bot.models import Company, Incident
from bot.render import (
    ProblemText,
    Text,
    clean,
    day,
    moment,
    money,
    plural,
    shorten,
    to_slack,
    waiting_amounts,
)
from bot.render.words import counted, spaced, span
from bot.services import FixButton
from bot.slack import blocks

log = structlog.get_logger(__name__)

EXAMPLES = 5
STORY_LINES = 8
NAME = 100
_USER = re.compile(r"^[UW][A-Z0-9]{6,}$")
BAD_FACTS = (ValueError, TypeError, KeyError, ArithmeticError, AttributeError)


@dataclass(frozen=True)
class View:
    """Everything a message is made from."""

    incident: Incident
    company: Company
    problem: Problem
    facts: Mapping[str, JsonValue]
    text: ProblemText
    buttons: Mapping[str, FixButton]
    paused: int
    cause: str
    # What other tools reported of it, as blocks.
    reported: tuple[Payload, ...] = ()
    # The alert this one is part of, and how many earlier ones are part of this one.
    parent: Incident | None = None
    parent_title: str = ""
    parent_url: str = ""
    # How it is called once it ended with an alert about the same posted record.
    parent_fixed: str = ""
    earlier: int = 0
    # What earlier cases of the problem taught.
    experience: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """The state a reader sees."""
        state = self.incident.state
        if state is IncidentState.RESOLVED:
            return self._settled
        if self.incident.paused_by_id and state is not IncidentState.WORKING:
            return "paused"
        return state.value

    @property
    def _settled(self) -> str:
        """How a settled one ended: it may only be told elsewhere now, or be set aside."""
        if self.incident.story.get("undone"):
            return "undone"
        if self.incident.story.get("exempt"):
            return "exempt"
        if self.parent is not None and self.parent.state is not IncidentState.RESOLVED:
            return "part"
        return "resolved"

    @property
    def head(self) -> str:
        """The title without its count."""
        return self.text.title.rsplit(" · ", 1)[0]

    @property
    def fixed(self) -> str:
        """The title of a settled one, with what its fix has posted."""
        return f"{self.parent_fixed or self.text.fixed}{done_words(self.incident)}"

    @property
    def outcome(self) -> Mapping[str, JsonValue]:
        """How it ended, empty while it has not."""
        found = self.incident.story.get("outcome")
        return found if isinstance(found, dict) else {}


def done_words(incident: Incident) -> str:
    """The end of a settled title: " · 14 documents posted", or linked where none was; or ""."""
    ended = incident.story.get("outcome")
    known = ended if isinstance(ended, dict) else {}
    return counted_done(int(known.get("posted") or 0), int(known.get("linked") or 0))


def counted_done(posted: int, linked: int) -> str:
    """As `done_words`, of these counts."""
    for word, count in (("posted", posted), ("linked", linked)):
        if count:
            return f" · {plural(count, 'document')} {word}"
    return ""


def inert(value: JsonValue, limit: int = NAME) -> str:
    """One harmless line of a fact."""
    return shorten(clean(str(value)), limit)


def summary(view: View) -> Payload:
    """Company · money · dates · since when · who."""
    facts = view.facts
    amounts = "" if _nothing_there(view) else _amounts(facts)
    details = [amounts, _dates(facts), _since(view)]
    run = [blocks.words(inert(facts["company"]), bold=True)]
    run += [blocks.words(f" · {detail}") for detail in details if detail]
    run += _who(view)
    return blocks.rich_text(blocks.line(*run))


def _nothing_there(view: View) -> bool:
    """Whether a person ended it and none of its documents went to QuickBooks: no sum of theirs."""
    ended = view.outcome
    settled = view.state == "resolved" and bool(ended.get("by")) and not ended.get("elsewhere")
    return settled and not (ended.get("posted") or ended.get("linked"))


def _amounts(facts: Mapping[str, JsonValue]) -> str:
    try:
        return waiting_amounts(facts, taxed=True) or counted(facts)
    except BAD_FACTS as error:
        log.warning("amounts of an incident cannot be read", reason=str(error))
        return ""


def _dates(facts: Mapping[str, JsonValue]) -> str:
    first, last = facts.get("first_date"), facts.get("last_date")
    if not first or not last:
        return ""
    try:
        return f"dated {span(first, last)}"
    except BAD_FACTS:
        return ""


def _since(view: View) -> str:
    """Since when it is so: a try that failed does not begin it anew."""
    opened = view.incident.opened_at
    try:
        since = datetime.fromisoformat(str(view.facts.get("since") or opened))
        first = since if view.incident.reopened else min(since, opened)
        return f"since {moment(first, view.company.time_zone)}"
    except BAD_FACTS:
        return f"since {moment(opened, view.company.time_zone)}"


def _who(view: View) -> list[Payload]:
    if view.state in ("open", "partly") and view.incident.claimed_by:
        run = [blocks.words(" · "), person(view.incident.claimed_by), blocks.words(" has it")]
        return [*run, *_put_off(view)]
    if view.state == "open":
        return [blocks.words(" · nobody on it"), *_put_off(view)]
    worker = str(view.incident.story.get("worker") or "")
    if view.state == "working" and worker:
        return [blocks.words(" · "), *signature(view.incident.story, worker)]
    return []


def _put_off(view: View) -> list[Payload]:
    until = view.incident.snoozed_until
    if until is None:
        return []
    return [blocks.words(f" · put off until {moment(until, view.company.time_zone)}")]


def signature(story: Mapping[str, JsonValue], by: str) -> list[Payload]:
    """Who did it; where two did, who asked and who approved."""
    asked_by = str(story.get("asked_by") or "")
    if not asked_by or asked_by == by:
        return [person(by)]
    return [
        blocks.words("asked by "),
        person(asked_by),
        blocks.words(", approved by "),
        person(by),
    ]


def person(by: str) -> Payload:
    """A person by name; nobody is "by itself"."""
    return blocks.person(by) if _USER.match(by) else blocks.words(inert(by) or "by itself")


def comparison(view: View) -> Payload:
    """Ours and theirs side by side, every word inert; {} where there are not two."""
    ours, theirs = view.facts.get("ours"), view.facts.get("theirs")
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return {}
    dots = "space" in str(view.facts.get("differ"))
    source = inert(view.facts.get("source") or "The source")
    listed = f" ({inert(theirs['list'])})" if theirs.get("list") else ""
    left = [source, *_card(view, ours, dots)]
    right = [f"QuickBooks{listed}", *_card(view, theirs, dots), *_standing(view, theirs)]
    fields = ["\n".join(rows) for rows in (left, right)]
    return blocks.section(fields=fields)


def _card(view: View, side: Mapping[str, JsonValue], dots: bool) -> list[str]:
    name = spaced(side.get("name", "")) if dots else inert(side.get("name", ""))
    rows = [shorten(name, NAME)]
    if "sku" in side or "price" in side:
        rows.append(f"SKU {inert(side['sku'])}" if side.get("sku") else "no SKU")
        if side.get("price"):
            rows.append(_money(side["price"], view.facts))
        return rows
    rows.append(inert(side["email"]) if side.get("email") else "no e-mail")
    if side.get("phone"):
        rows.append(inert(side["phone"]))
    address = ", ".join(inert(side[key]) for key in ("street", "city") if side.get(key))
    return [*rows, address or "no address"]


def _standing(view: View, theirs: Mapping[str, JsonValue]) -> list[str]:
    rows = []
    if theirs.get("active") is False:
        rows.append("INACTIVE")
    if theirs.get("balance") not in (None, ""):
        rows.append(f"balance {_money(theirs['balance'], view.facts)}")
    return rows


def _money(value: JsonValue, facts: Mapping[str, JsonValue]) -> str:
    try:
        return money(value, str(facts.get("currency") or "USD"))
    except BAD_FACTS:
        return inert(value)


def headed(word: str, text: Text) -> Payload:
    """A text with a bold word before it; {} when there is no text."""
    found = to_slack(text)
    if not found:
        return {}
    elements = list(found[0]["elements"])
    if elements[0]["type"] == "rich_text_section":
        first = dict(elements[0])
        first["elements"] = [blocks.words(f"{word}  ", bold=True), *first["elements"]]
        return {**found[0], "elements": [first, *elements[1:]]}
    return {**found[0], "elements": [blocks.line(blocks.words(word, bold=True)), *elements]}


def paused_others(view: View) -> Payload:
    """How many alerts wait for this one."""
    if not view.paused:
        return {}
    verb = "is" if view.paused == 1 else "are"
    words = f"{plural(view.paused, 'other alert')} {verb} paused until then."
    return blocks.rich_text(blocks.line(blocks.words(words)))


def examples(view: View) -> Payload:
    """Up to five documents; the rest is in Details."""
    given = view.facts.get("examples")
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    if not rows:
        return {}
    items = [[blocks.words(_example(row, view.facts))] for row in rows[:EXAMPLES]]
    elements = [blocks.bullets(items)]
    total = view.facts.get("documents") or 0
    more = int(total) - len(items) if str(total).isdigit() else 0
    if more > 0:
        elements.append(blocks.line(blocks.words(f"and {more:,} more: all in Details")))
    return blocks.rich_text(*elements)


def _example(row: Mapping[str, JsonValue], facts: Mapping[str, JsonValue]) -> str:
    parts = [f"{inert(row.get('type') or 'document')} {inert(row.get('number') or '')}".strip()]
    parts[0] = parts[0][:1].upper() + parts[0][1:]
    if row.get("party"):
        parts.append(inert(row["party"]))
    if row.get("amount") not in (None, ""):
        parts.append(_money(row["amount"], {**facts, **row}))
    if row.get("date"):
        try:
            parts.append(day(row["date"]))
        except BAD_FACTS:
            parts.append(inert(row["date"]))
    return " · ".join(parts)


def story(view: View) -> Payload:
    """What was done so far, newest last."""
    given = view.incident.story.get("lines")
    lines = given[-STORY_LINES:] if isinstance(given, list) else []
    items = [
        [*_signed(view, line), blocks.words(f" · {inert(line.get('text'), 300)}")] for line in lines
    ]
    return blocks.rich_text(blocks.bullets(items)) if items else {}


def _signed(view: View, line: Mapping[str, JsonValue]) -> list[Payload]:
    at = moment(line["at"], view.company.time_zone)
    return [person(str(line.get("by") or "")), blocks.words(f", {at}")]


def progress(view: View) -> Payload:
    """How far the work is."""
    found = view.incident.story.get("progress")
    if not isinstance(found, dict):
        return blocks.context("Working …")
    done, total = int(found.get("done") or 0), int(found.get("total") or 0)
    count = f" {done:,} of {total:,}" if total else ""
    return blocks.context(f"{inert(found.get('words') or 'working')}{count} …")


def outcome(view: View) -> Payload:
    """How it ended: who, when, what; or that it settled by itself."""
    ended = view.outcome
    if not ended:
        return {}
    zone = view.company.time_zone
    lines = [inert(line, 300) for line in ended.get("lines") or []]
    if not ended.get("by"):
        return blocks.rich_text(blocks.line(blocks.words(_by_nobody(view, ended, lines))))
    began = view.incident.story.get("began") or ended["at"]
    run = signature(view.incident.story, str(ended["by"]))
    run.append(blocks.words(f", {moment(began, zone)}"))
    run += [blocks.words(f" · {said}") for said in lines]
    read_back = not any(ended.get(one) for one in ("elsewhere", "by_word", "left_out"))
    if view.state == "resolved" and read_back:
        run.append(blocks.words(f" · read back {moment(ended['at'], zone)}"))
    return blocks.rich_text(blocks.line(*run))


def _by_nobody(view: View, ended: Mapping[str, JsonValue], lines: list[str]) -> str:
    at = moment(ended["at"], view.company.time_zone)
    if view.state != "resolved":
        return f"{at}: {' · '.join(lines)}"
    if ended.get("seen"):
        words = inert(ended["seen"], 300)
        return " · ".join([f"{words[:1].upper()}{words[1:]}", *lines, f"read back {at}"])
    return f"Settled by itself, {at}: {' · '.join(lines) or 'the check finds it no more.'}"


def came_back(view: View) -> Payload:
    """Say that it was settled before."""
    if not view.incident.reopened:
        return {}
    lines = view.incident.story.get("lines")
    ends = [row for row in lines if isinstance(row, dict)] if isinstance(lines, list) else []
    before = f"({plural(view.incident.reopened, 'time')})"
    words = f"Came back: it was settled before {before}"
    if view.incident.story.get("others"):
        words = f"Back with other records: the earlier ones stay settled {before}"
    # The last line says that it is back, the one before it how it had been settled.
    if len(ends) < 2 or not ends[-2].get("by"):
        return blocks.context(f"{words}.")
    last = ends[-2]
    at = moment(last["at"], view.company.time_zone)
    run = [blocks.words(f"{words}, last by "), person(str(last["by"])), blocks.words(f", {at}.")]
    return blocks.rich_text(blocks.line(*run))
