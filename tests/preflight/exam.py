"""The exam: preflight says what becomes of a posting, then the same posting is tried.

Companies with other settings and other habits are drawn at random. Each first gets a few postings
whose answers teach what is open; then its records are foreseen from the mirror alone and posted in
a plain loop.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from sqlmodel import select

from bot import mirror
from bot.models import Company, Record
from bot.quickbooks import QuickBooksFault
from bot.sync import resolve
from bot.sync.lookup import load_lookup
from bot.sync.preflight import known, learning, references, rules
from bot.sync.preflight.model import Certainty, Posting, Verdict
from bot.sync.reading import stored_record
from tests.preflight.defects import DEFECTS, LESSONS, clean
from tests.preflight.model import Defect, Draft
from tests.preflight.world import World, open_world
from tests.quickbooks.simulator import connected_bench, settings_for

CLEAN = Defect("nothing", clean)
_SHARE_CLEAN = 0.3
_AT_ONCE = 100
_LESSONS_EACH = 2
# One refusal, told by several codes of QuickBooks' choice.
_SAME = {"2500": "610", "6200": "6210"}
_SWITCHES = {
    "inactive_names_collide": (False, True),
    "double_spaces_collide": (False, True),
    "display_name_limit": (100, 500),
    "account_number_limit": (7, 20),
    "invoice_and_credit_memo_share_numbers": (False, True),
    "warn_duplicate_numbers": (True, True, False),
    "bill_numbers_per_vendor": (False, True),
    "closed_without_password_refuses": (False, True),
    "inactive_reference_code": (610, 2500),
    "closed_books_code": (6200, 6210),
    "duplicate_name_form": (1, 2, 3, 4, 5),
}
DEFAULTS = {name: values[0] for name, values in _SWITCHES.items()} | {
    "display_name_limit": 500,
    "account_number_limit": 20,
    "invoice_and_credit_memo_share_numbers": True,
    "bill_numbers_per_vendor": True,
    "closed_without_password_refuses": True,
    "closed_books_code": 6210,
}


@dataclass(frozen=True)
class Row:
    """One record of the exam: what was said of it and what became of it; "" for taken."""

    defect: str
    said: str
    became: str
    ours: bool
    problems: tuple[str, str]

    @property
    def agrees(self) -> bool:
        """Whether it became what was said; what the bot itself would not post is left out."""
        return _SAME.get(self.said, self.said) == _SAME.get(self.became, self.became)

    @property
    def false_alarm(self) -> bool:
        """Whether it was said to fail for sure and was taken."""
        return bool(self.said) and not self.became

    @property
    def same_alert(self) -> bool:
        """Whether holding it tells the same problem as the refusal."""
        return self.problems[0] == self.problems[1]


@dataclass
class Result:
    """All rows, and what the companies were like."""

    seed: int
    rows: list[Row] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)

    @property
    def counted(self) -> list[Row]:
        """What QuickBooks' answer can be compared for."""
        return [row for row in self.rows if not row.ours]

    @property
    def agreement(self) -> float:
        """The share of records that became what was said."""
        return sum(row.agrees for row in self.counted) / max(1, len(self.counted))

    def wrong(self) -> Counter:
        """What was said and became, by defect, where these differ."""
        return Counter((r.defect, r.said, r.became) for r in self.counted if not r.agrees)


def run(simulator, folder: Path, *, count: int, companies: int, seed: int) -> Result:
    """Foresee and post `count` records, spread over some companies."""
    rng, result = Random(seed), Result(seed)
    for number in range(companies):
        switches = {name: rng.choice(values) for name, values in _SWITCHES.items()}
        simulator.control("POST", "/switches", switches)
        country = "CA" if number % 4 == 3 else "US"
        several = rng.random() < 0.3
        place = folder / str(number)
        place.mkdir(parents=True)
        settings = settings_for(simulator, place)
        try:
            with connected_bench(
                simulator, settings, place, f"exam {number}", country=country
            ) as bench:
                world = open_world(bench, country, several_currencies=several)
                _teach(world, rng)
                share = count // companies + (number < count % companies)
                result.rows += _examine(world, rng, share)
        finally:
            simulator.control("POST", "/switches", DEFAULTS)
        result.companies.append(_told(country, several, switches))
    return result


def _told(country: str, several: bool, switches: dict) -> str:
    currencies = "several currencies" if several else "one currency"
    said = ", ".join(f"{name}={value}" for name, value in switches.items())
    return f"{country}, {currencies}; {said}"


def _teach(world: World, rng: Random) -> None:
    by_name = {one.name: one for one in DEFECTS}
    for _ in range(_LESSONS_EACH):
        for name in LESSONS:
            list(_play(world, rng, [by_name[name]]))


def _examine(world: World, rng: Random, count: int) -> Iterator[Row]:
    possible = [one for one in DEFECTS if one.where(world)]
    drawn = [CLEAN if rng.random() < _SHARE_CLEAN else rng.choice(possible) for _ in range(count)]
    for start in range(0, count, _AT_ONCE):
        yield from _play(world, rng, drawn[start : start + _AT_ONCE])


def _play(world: World, rng: Random, drawn: Sequence[Defect]) -> Iterator[Row]:
    """Foresee these records together, then post them one after the other."""
    drafts = [one.make(world, rng) for one in drawn]
    for one, (posting, said) in zip(drawn, foreseen(world, drafts), strict=True):
        yield _tried(world, one.name, posting, said)


def foreseen(world: World, drafts: Sequence[Draft]) -> list[tuple[Posting, tuple[Verdict, ...]]]:
    """What preflight says of records, from the database alone: nothing here can call QuickBooks."""
    shop = world.shop
    shop.hand_over(*(draft.record for draft in drafts))
    ids = [str(draft.record["external_id"]) for draft in drafts]
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
        rows = session.exec(select(Record).where(Record.external_id.in_(ids))).all()
        by_id = {row.external_id: row for row in rows}
        records = [by_id[one] for one in ids]
        now = shop.services.clock.now()
        table = load_lookup(
            session, shop.services.settings, company, records, custom_numbers=True, now=now
        )
        postings = [
            _posting(table, record, draft) for record, draft in zip(records, drafts, strict=True)
        ]
        seen = known.load(session, table, postings)
        return [(one, rules.verdicts(seen, one)) for one in postings]


def _posting(table, record: Record, draft: Draft) -> Posting:
    """The record as it would be written, also where the bot itself would hold it before."""
    blind = replace(table, rows={}, merged={})
    ready = resolve.resolve(blind, record, stored_record(record.payload))
    assert isinstance(ready, resolve.Ready), (draft.record, ready)
    if draft.spoil is not None:
        draft.spoil(ready.payload)
    return Posting(record, ready.entity, ready.payload)


def _tried(world: World, defect: str, posting: Posting, said: tuple[Verdict, ...]) -> Row:
    shop, fault = world.shop, None
    try:
        reply = shop.bench.books.write("create", posting.entity, posting.payload, str(uuid.uuid4()))
    except QuickBooksFault as refused:
        fault = refused
    now = shop.services.clock.now()
    with shop.services.sessions.write() as session:
        learning.learn(session, shop.company_id, said, fault, None, now)
        if fault is None:
            mirror.put(session, shop.company_id, posting.entity, reply.payload, now)
    if fault is None and posting.entity in ("Payment", "BillPayment"):
        for key in references.keys_of(posting):
            world.learn_of(*key)  # what is open on a paid document comes with the next capture
    expected = rules.refusal(said)
    ours = expected is None and any(one.certainty is Certainty.OURS for one in said)
    told = _problem(world, expected.code, expected.text) if expected else ""
    was = _problem(world, fault.code, f"{fault.message} {fault.detail}") if fault else ""
    code = expected.code if expected else ""
    return Row(defect, code, fault.code if fault else "", ours, (told, was))


def _problem(world: World, code: str, text: str) -> str:
    return world.shop.services.knowledge.classify("qbo", code, text).problem


def page(result: Result, count: int) -> str:
    """docs/preflight.md's numbers."""
    by_defect: dict[str, list[Row]] = {}
    for row in result.rows:
        by_defect.setdefault(row.defect, []).append(row)
    refused = sum(bool(row.became) for row in result.counted)
    alarms = sum(row.false_alarm for row in result.counted)
    missed = sum(bool(row.became) and not row.said for row in result.counted)
    lines = [
        "`make preflight` opens companies of other habits, foresees from the copy of the books "
        "what becomes of random records (one in three has no defect), posts each all the same, and "
        "compares the first sure reason with QuickBooks' own answer.",
        "",
        f"{len(result.rows):,} of {count:,} records in {len(result.companies)} companies, seed "
        f"{result.seed}: {len(result.counted):,} compared, of them {refused:,} refused by "
        f"QuickBooks. Agreement **{result.agreement:.2%}**, said to fail for sure but taken: "
        f"**{alarms}**, refused without having been foreseen: {missed}.",
        "",
        "| wrong with it | records | refused | foreseen | agree |",
        "|---|---|---|---|---|",
    ]
    order = [CLEAN, *DEFECTS]
    for defect in order:
        rows = by_defect.get(defect.name, [])
        compared = [row for row in rows if not row.ours]
        kept = len(rows) - len(compared)
        note = f" ({kept} held by the bot itself)" if kept else ""
        lines.append(
            f"| {defect.name} | {len(rows)}{note} | {sum(bool(r.became) for r in compared)} "
            f"| {sum(bool(r.said) for r in compared)} | {sum(r.agrees for r in compared)} |"
        )
    lines += ["", "The companies:", "", *(f"- {one}" for one in result.companies)]
    return "\n".join(lines) + "\n"
