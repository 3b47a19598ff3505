"""Say which account of QuickBooks is meant: by its full name, kept by its id, of a fitting kind."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from sqlmodel import Session, select

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, mapping_steps
from bot.fixes.model import RELEASE, Choice, Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Company, Incident, MirrorRow
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import accounts, likely, mappings

_TITLE = "Choose account"
_WHICH = "which"
_HINT = "By its full name, with the account above it."
# A menu holds 100 options.
_MOST = 95
_LABEL = 75
# What a line of a bill on an account of such a kind means for the books.
_MEANS = {
    "Bank": "each such line stands in the bank's register, as if the money had moved already",
    "Credit Card": "each such line stands in the card's register, as if it had been charged",
    "Equity": "each such line changes the owners' equity, and no expense is shown",
}
# Names less alike than this (of 100) are not.
_ALIKE = 70


@dataclass(frozen=True)
class _Scene:
    """The accounts that fit, and the one that is chosen or proposed.

    `told_apart`: the first one is likelier than others; else they stand by name alone. `other`:
    one of another kind may be found too, `typed` is the input for it once that is chosen.
    """

    rows: Sequence[MirrorRow]
    chosen: MirrorRow | None
    told_apart: bool
    other: bool = False
    typed: Choice | None = None


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the mapping to the account a person chooses; no account is changed."""
    preview = Preview.captured(services, incident)
    facts = _facts(services, incident)
    with services.sessions.read() as session:
        scene = _scene(session, preview.company, facts, choices)
    if not scene.rows:
        return preview.refuse(
            _TITLE,
            f"QuickBooks has no active account of a kind that fits ({_kinds(facts)}). Press "
            "Create account on the alert, or have one added in the chart of accounts.",
        )
    inputs = _inputs(scene)
    if scene.chosen is None:
        ask = "Choose which account of QuickBooks is meant."
        return preview.ask(_TITLE, inputs, Role.OPERATOR, **_named(facts), ask=ask)
    if choosing.read(services, scene.chosen) is None:
        return preview.refuse(_TITLE, choosing.gone(scene.chosen))
    return _mapped(preview, facts, scene.chosen, inputs)


def _mapped(
    preview: Preview,
    facts: Mapping[str, JsonValue],
    row: MirrorRow,
    inputs: tuple[Choice, ...],
) -> Plan:
    name = accounts.full_name(row)
    kind = str(row.data.get("AccountType") or "account")
    mind = _MEANS.get(kind, "") if _role(facts) == accounts.LINE else ""
    made = preview.plan(
        title=_TITLE,
        submit="Use and post" if preview.documents else "Use this",
        steps=(
            mapping_steps.map_step(facts, "Account", row.qbo_id, name),
            RELEASE,
        ),
        choices=inputs,
        changes=[{"what": _word(facts), "before": _before(facts), "after": f"{name} ({kind})"}],
        checked=[f"{name} is active, of the kind {kind}", "no account is changed"],
        undo=mapping_steps.UNDO,
        role=Role.OPERATOR,
    )
    return replace(
        made, facts={**made.facts, **_named(facts), "ask": "", "instead": name, "mind": mind}
    )


def _facts(services: Services, incident: Incident) -> Payload:
    """The alert's facts, with the word a document says for an account that is known by its id."""
    facts: Payload = dict(incident.facts)
    if facts.get("word") or "source_id" in facts:
        return facts
    preview = Preview.of(services, incident)
    source = next((one.source_id for one in (*preview.records, *preview.others)), 0)
    name = str(facts.get("name") or "")
    return {"what": mappings.ACCOUNT, "word": name, "source_id": source, **facts}


def _word(facts: Mapping[str, JsonValue]) -> str:
    said = str(facts.get("word") or "")
    return upfirst(mapping_steps.everything(facts)) if said == mappings.ANY else f"“{said}”"


def _before(facts: Mapping[str, JsonValue]) -> str:
    if facts.get("reason") == "inactive":
        return "an inactive account"
    return "several accounts" if facts.get("reason") == "several" else "no account"


def _named(facts: Mapping[str, JsonValue]) -> Payload:
    said = str(facts.get("word") or "")
    anything = said == mappings.ANY
    name = mapping_steps.everything(facts) if anything else said
    return {"subject_name": name, "for_new_items": anything}


def _kinds(facts: Mapping[str, JsonValue]) -> str:
    kinds = accounts.TYPES[_role(facts)]
    return " or ".join(kinds) if kinds else "any but receivables and payables"


def _role(facts: Mapping[str, JsonValue]) -> str:
    if facts.get("what") == mappings.DEPOSIT_TO:
        return accounts.MONEY
    role = str(facts.get("role") or "")
    if role in accounts.TYPES:
        return role
    kind = facts.get("account_type")
    return next((name for name, kinds in accounts.TYPES.items() if kind in kinds), accounts.INCOME)


def _scene(
    session: Session, company: Company, facts: Mapping[str, JsonValue], given: Mapping[str, str]
) -> _Scene:
    rows = mirror.in_use(session, company.id or 0, "Account")
    role = _role(facts)
    named = [str(one["qbo_id"]) for one in facts.get("candidates") or []]
    own = str(facts.get("qbo_id") or "")
    fitting = [row for row in rows if accounts.fits(role, row) and row.qbo_id != own]
    if role in (accounts.PAYABLE, accounts.RECEIVABLE):
        home = company.currency
        fitting = [row for row in fitting if accounts.currency_of(row, company) == home]
    past = _past(session, company, facts)
    reasons = _reasons(facts, role, named, _used(session, company), past)
    if role == accounts.LINE:
        usual = [row for row in fitting if row.data.get("AccountType") not in _MEANS]
        if given.get(_WHICH) == choosing.OTHER:
            return _typed(usual, fitting, given.get(choosing.NAME, ""))
        fitting = usual
    ranked = sorted(fitting, key=lambda row: (*reasons(row), accounts.full_name(row).casefold()))
    proposed = _proposed(ranked, facts, named, role)
    chosen = accounts.by_id(ranked, given.get(_WHICH, proposed))
    told_apart = len({reasons(row) for row in ranked}) > 1
    return _Scene(ranked[:_MOST], chosen, told_apart, role == accounts.LINE)


def _typed(usual: Sequence[MirrorRow], fitting: Sequence[MirrorRow], value: str) -> _Scene:
    """The account a person found by typing: any that a line takes, unusual ones too."""
    ranked = sorted(usual, key=lambda row: (accounts.line_rank(row), accounts.full_name(row)))
    row = accounts.by_id(fitting, value.partition(":")[2])
    hint = "No line stands on such an account; choose another." if value and row is None else _HINT
    label = "Found in the chart of accounts"
    wanted = choosing.search(choosing.NAME, label, "Account", row, hint=hint)
    return _Scene(ranked[:_MOST], row, told_apart=True, other=True, typed=wanted)


def _reasons(
    facts: Mapping[str, JsonValue],
    role: str,
    named: Sequence[str],
    used: Counter[str],
    past: frozenset[str],
) -> Callable[[MirrorRow], tuple[float, ...]]:
    """What makes an account likelier than another, the smaller the likelier."""
    said = "" if facts.get("word") == mappings.ANY else str(facts.get("word") or "")

    def reasons(row: MirrorRow) -> tuple[float, ...]:
        is_named = row.qbo_id in named
        name = accounts.full_name(row).casefold()
        alike = fuzz.WRatio(said.casefold(), name) if said else 0
        found: list[float] = [
            row.qbo_id not in past,
            not is_named,
            -used[row.qbo_id] if is_named else 0,
        ]
        found.append(-alike if alike >= _ALIKE else 0)
        if role == accounts.INCOME:
            # Sales of goods before services and fees, what items sell on before what none does.
            found += [accounts.income_rank(row), -used[row.qbo_id], not name.startswith("sales")]
        elif role == accounts.LINE:
            found.append(accounts.line_rank(row))
        return tuple(found)

    return reasons


def _past(session: Session, company: Company, facts: Mapping[str, JsonValue]) -> frozenset[str]:
    """The accounts this very word stood for before, or stands for at another source."""
    said, source_id = str(facts.get("word") or ""), int(facts.get("source_id") or 0)
    if not said or said == mappings.ANY:
        return frozenset()
    what = str(facts.get("what") or mappings.ACCOUNT)
    chosen = likely.chosen_before(session, company.id or 0, source_id, what, said)
    return frozenset(qbo_id for entity, qbo_id in chosen if entity == "Account")


def _proposed(
    ranked: Sequence[MirrorRow], facts: Mapping[str, JsonValue], named: Sequence[str], role: str
) -> str:
    """What is filled in beforehand: a namesake, the default of the kind, else nothing."""
    if named and ranked and ranked[0].qbo_id in named:
        return ranked[0].qbo_id
    if role in (accounts.PAYABLE, accounts.RECEIVABLE) and ranked:
        return ranked[0].qbo_id
    if role == accounts.INCOME:
        found = accounts.obvious_income(ranked)
        said = facts.get("word") == mappings.ANY or facts.get("reason") == "inactive"
        return found.qbo_id if found is not None and said else ""
    return ""


def _used(session: Session, company: Company) -> Counter[str]:
    """How many items sell on each account."""
    rows = session.exec(
        select(MirrorRow).where(MirrorRow.company_id == company.id, MirrorRow.entity == "Item")
    )
    return Counter(str((row.data.get("IncomeAccountRef") or {}).get("value") or "") for row in rows)


def _inputs(scene: _Scene) -> tuple[Choice, ...]:
    options = [(row.qbo_id, _label(row)) for row in scene.rows]
    if scene.other:
        options.append((choosing.OTHER, "Another account…"))
    chosen = scene.chosen.qbo_id if scene.chosen is not None else ""
    menu = Choice(
        _WHICH,
        "Which account of QuickBooks",
        initial=choosing.OTHER if scene.typed is not None else chosen,
        hint=_HINT + (" What fits best by name and kind is first." if scene.told_apart else ""),
        options=tuple(options),
        shown=True,
    )
    return (menu,) if scene.typed is None else (menu, scene.typed)


def _label(row: MirrorRow) -> str:
    kind = str(row.data.get("AccountType") or "")
    return f"{accounts.full_name(row)[: _LABEL - len(kind) - 3]} · {kind}"


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    """Only where the kind has one default: the account QuickBooks itself would take."""
    return bool(facts.get("default"))


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    if facts.get("what", mappings.ACCOUNT) not in (mappings.ACCOUNT, mappings.DEPOSIT_TO):
        return False
    # Where a document needs the kind itself, no name is to be mapped.
    named = bool(facts.get("word") or facts.get("name"))
    return named and facts.get("role") != accounts.RECEIVABLE and not facts.get("only")


FIX = Fix(
    name="map_account",
    label="Choose account…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=mapping_steps.why_not_kept,
    agreed=_agreed,
    offered=_offered,
)
