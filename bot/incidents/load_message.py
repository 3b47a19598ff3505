"""The message of a company that is being read: how far it is, edited in place until it is done."""

from bot.domain import JsonValue
from bot.incidents.message import Message
from bot.incidents.parts import inert
from bot.mirror import reading
from bot.models import Company, MirrorLoad
from bot.render import moment, plural
from bot.services import Services
from bot.slack import blocks

EVENT_TYPE = "qb_load"
_CELLS = 20
# Of a company the lists that people know, in the order of the message.
_SHOWN = {
    "Customer": "customer",
    "Vendor": "vendor",
    "Item": "item",
    "Account": "account",
    "Invoice": "invoice",
    "Payment": "payment",
    "Bill": "bill",
}


def build(services: Services, load: MirrorLoad) -> Message:
    """Make the message of a reading as it is now."""
    with services.sessions.read() as session:
        company = session.get_one(Company, load.company_id)
        done = reading.progress(session, load)
    name = inert(company.name)
    state = _state(load)
    said = _said(load, done)
    parts = [
        blocks.alert_header(state, f"{company.name} · {done.done:,} of {done.total:,} records"),
        blocks.rich_text(
            blocks.line(blocks.words(name, bold=True), blocks.words(f" · {said}")),
            *_bar(load, done),
        ),
        blocks.context(_note(load, company)),
    ]
    return Message(
        text=f"{company.name}: {said}",
        blocks=parts,
        metadata={"event_type": EVENT_TYPE, "event_payload": identity(load)},
    )


def identity(load: MirrorLoad) -> dict[str, JsonValue]:
    """What tells this message from any other one in the channel's history."""
    return {"load_id": load.id, "opened": load.started_at.isoformat()}


def _state(load: MirrorLoad) -> str:
    if load.finished_at is not None:
        return "✅ READ"
    return "⏸️ PAUSED" if load.trouble else "🔵 READING"


def _said(load: MirrorLoad, done: reading.Progress) -> str:
    if load.finished_at is not None:
        return (
            f"all {plural(done.total, 'record')} are read from QuickBooks and counted; "
            "none is missing."
        )
    if done.is_whole:
        return (
            f"{plural(done.total, 'record')} came from QuickBooks; the counts are being compared."
        )
    percent = 100 * done.done // done.total if done.total else 0
    return (
        f"its lists and recent documents are being read from QuickBooks: {done.done:,} of "
        f"{plural(done.total, 'record')}, {percent} %."
    )


def _bar(load: MirrorLoad, done: reading.Progress) -> list[dict[str, JsonValue]]:
    if load.finished_at is not None:
        return []
    full = _CELLS * done.done // done.total if done.total else 0
    return [blocks.line(blocks.words("▓" * full + "░" * (_CELLS - full)))]


def _note(load: MirrorLoad, company: Company) -> str:
    since = f"since {moment(load.started_at, company.time_zone)}"
    if load.finished_at is not None:
        many = [
            plural(load.expected[entity], word)
            for entity, word in _SHOWN.items()
            if load.expected.get(entity)
        ]
        return f"{', '.join(many)}. From here on only changes are read. Nothing else to do."
    if load.trouble:
        return f"{load.trouble} What is read stays; it goes on by itself."
    return f"{since} · nothing is posted before it is done · it goes on after a restart by itself"
