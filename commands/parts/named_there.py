"""Which company's QuickBooks has the record that an explained text names, and what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot import forwarded, mirror
from bot.dispatch.model import Call
from bot.dispatch.reply import bullets, line, link, strong
from bot.domain import ConnectionState, JsonValue, Payload
from bot.forwarded import Report
from bot.forwarded.causes import GONE_ACTIVE
from bot.models import Company, Connection, Forwarded, Incident
from bot.render import Text, day, listed, money, waiting_amounts
from bot.render.words import upfirst
from bot.services import Services
from bot.slack import blocks
from commands.parts import which_alert

# Takes the explained text in as a report, and opens the preview of the fix of its cause.
FIX_IT = "explain:fix"
_LONGEST = 4_000


@dataclass(frozen=True)
class There:
    """A company, and what the text is about in its books."""

    company: Company
    row: Forwarded

    @property
    def active_now(self) -> bool:
        """Whether QuickBooks shows as active by now what the text calls inactive."""
        return self.row.settled_at is not None


def where(services: Services, companies: Sequence[Company], text: str) -> list[There]:
    """The companies whose QuickBooks has what the text names: where it fits the error, if any does.

    Of several companies those count whose books are read; an old copy proves nothing.
    """
    read = [one for one in companies if len(companies) == 1 or _is_read(services, one)]
    rows = [There(one, meant(services, one, text)) for one in read]
    sure = [one for one in rows if one.row.facts.get("qbo_id")]
    fits = [one for one in sure if one.row.facts.get("gone")]
    several = [one for one in rows if one.row.facts.get("candidates")]
    found = fits or sure or several
    return [_fresh(services, one, text) for one in found]


def unread(services: Services, companies: Sequence[Company]) -> list[str]:
    """The names of those companies whose books cannot be read now."""
    return [one.name for one in companies if not _is_read(services, one)]


def meant(services: Services, company: Company, text: str, *, fresh: bool = False) -> Forwarded:
    """What a text is about in a company's books; `fresh` asks QuickBooks where it has to."""
    return forwarded.meant(services, company.id or 0, Report(text[:_LONGEST]), fresh=fresh)


def _is_read(services: Services, company: Company) -> bool:
    with services.sessions.read() as session:
        row = session.get(Connection, company.id)
    connected = row is not None and row.state is ConnectionState.CONNECTED
    return connected and mirror.loaded(services, company.id or 0)


def _fresh(services: Services, there: There, text: str) -> There:
    """Ask QuickBooks itself, where the text calls inactive what our copy shows as active."""
    if there.row.facts.get("active") is not True:
        return there
    return replace(there, row=meant(services, there.company, text, fresh=True))


def of_all(services: Services, call: Call, found: Sequence[There]) -> list[Text | Payload]:
    """What each company has of it, with the button or the alert that mends it there."""
    parts: list[Text | Payload] = []
    for there in found:
        parts += of_one(services, call, there)
        alert = _alert(services, there)
        if alert is not None:
            buttons = which_alert.fix_buttons(services, alert)
            parts += which_alert.row_of(services, alert, buttons, company=there.company.name)
    return parts


def of_one(services: Services, call: Call, there: There) -> list[Text | Payload]:
    """The record that the text names, or those it may mean; with the button that mends it."""
    facts, company = there.row.facts, there.company
    if facts.get("candidates"):
        items = [[link(str(one["what"]), str(one["link"]))] for one in facts["candidates"]]
        return [line(f"It may mean one of these at {company.name}:"), bullets(*items)]
    parts: list[Text | Payload] = [record_line(facts, company.name)]
    if facts.get("gone") == GONE_ACTIVE and _alert(services, there) is None:
        label = f"Reactivate {facts.get('name', '')}"[:60]
        value = f"{call.id}:{company.id}:{there.row.subject}"
        button = blocks.button(f"{label}…", FIX_IT, value)
        parts.append(blocks.actions([button]))
    return parts


def _alert(services: Services, there: There) -> Incident | None:
    row = there.row
    return which_alert.of_cause(services, row.company_id, row.problem, row.subject)


def waiting(services: Services, there: There) -> str:
    """What an alert of ours holds for the same record: "3 invoices, $823.00"; "" for nothing."""
    alert = _alert(services, there)
    return waiting_amounts(alert.facts) if alert is not None else ""


def active_by_now(found: Sequence[There]) -> list[Text | Payload]:
    """What to say of a record that is active again: nothing is left to do here."""
    facts = found[0].row.facts
    name = f"{facts.get('list', 'record')} {facts.get('name', '')}".strip()
    places = listed([one.company.name for one in found])
    said = line(
        "QuickBooks shows it as active. Let the tool that reports it try again: it may go through."
    )
    title = line(strong(f"{upfirst(name)} is active by now at {places}"))
    return [title, said, *(record_line(one.row.facts, one.company.name) for one in found)]


def record_line(facts: Mapping[str, JsonValue], company: str = "") -> Text:
    """Name a record of QuickBooks, with its state and its address."""
    card = facts.get("found") or {}
    kind, name = str(card.get("kind") or "record"), str(card.get("name") or "")
    state = {True: "active", False: "INACTIVE"}.get(card.get("active", ""), "")
    said = " · ".join(part for part in (*_document(card), state, company) if part)
    address = link("Open it in QuickBooks ↗", str(card.get("link") or ""))
    return line(f"I found the {kind} ", strong(name), f" · {said} · " if said else " · ", address)


def _document(card: Mapping[str, JsonValue]) -> list[str]:
    """Whose a document is, its total and its day: what the text says may be of another one."""
    amount = card.get("amount")
    total = money(Decimal(str(amount)), str(card["currency"])) if amount is not None else ""
    dated = f"dated {day(card['date'])}" if card.get("date") else ""
    return [str(card.get("party") or ""), total, dated]
