"""What a source says it has of a day: read, checked and kept; the newest word counts."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlmodel import Session, select

from bot.domain import DOCUMENTS, JsonValue, RecordType
from bot.models import Company, ControlTotal, Source
from bot.services import Services
from bot.sync.fields import Currency, Day, Key, MaybeMoney
from bot.sync.intake import IntakeReport
from bot.sync.reading import explain
from bot.sync.records import BadRow

# The check that compares what sources say they have with what is here.
CHECK = "missing_documents"
MOST_NAMED = 50_000
_MOST_COUNTED = 1_000_000
KINDS = tuple(kind.value for kind in RecordType if kind in DOCUMENTS)


class TotalIn(BaseModel):
    """How many documents of a type a source has of a day, their sum, and which."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    day: Day
    type: Literal[*KINDS]  # type: ignore[valid-type]
    count: Annotated[int, Field(strict=True, ge=0, le=_MOST_COUNTED)]
    amount: MaybeMoney = None
    currency: Currency = None
    documents: Annotated[list[Key], Field(max_length=MOST_NAMED)] | None = None

    @model_validator(mode="after")
    def _agree(self) -> "TotalIn":
        named = self.documents
        if named is not None and len(set(named)) != len(named):
            raise ValueError("documents names one twice")
        if named is not None and len(named) != self.count:
            raise ValueError(f"documents names {len(named):,}, count says {self.count:,}")
        return self


def parse_total(data: JsonValue, line: int | None = None) -> TotalIn | BadRow:
    """Check one total; what is wrong comes back as a BadRow naming the key."""
    if not isinstance(data, Mapping):
        return BadRow(line, "", "is not a total: a JSON object is needed")
    try:
        return TotalIn.model_validate(data)
    except ValidationError as error:
        return BadRow(line, "", explain(error))
    except (RecursionError, UnicodeError):
        return BadRow(line, "", "cannot be read as a total")


def keep(services: Services, source_id: int, rows: Iterable[TotalIn | BadRow]) -> IntakeReport:
    """Keep what a source says; of one day, type and currency the newest word counts."""
    report = IntakeReport()
    with services.sessions.read() as session:
        company = session.get_one(Company, session.get_one(Source, source_id).company_id)
    today = services.clock.today(company.time_zone)
    good: list[TotalIn] = []
    for row in rows:
        if isinstance(row, BadRow):
            report.refused.append(row)
        elif row.day > today:
            reason = f"day {row.day.isoformat()} is still to come; say its total when it is over"
            report.refused.append(BadRow(None, "", reason, row.type))
        else:
            good.append(row)
    if good:
        with services.sessions.write() as session:
            for row in good:
                _keep_one(session, services, company, source_id, row, report)
    return report


def _keep_one(
    session: Session,
    services: Services,
    company: Company,
    source_id: int,
    said: TotalIn,
    report: IntakeReport,
) -> None:
    currency = said.currency or company.currency
    row = session.exec(
        select(ControlTotal).where(
            ControlTotal.source_id == source_id,
            ControlTotal.day == said.day,
            ControlTotal.type == RecordType(said.type),
            ControlTotal.currency == currency,
        )
    ).first()
    now = said.count, said.amount, list(said.documents or ())
    if row is not None and (row.count, row.amount, row.documents) == now:
        report.unchanged += 1
        return
    if row is None:
        report.accepted += 1
        row = ControlTotal(
            company_id=company.id or 0,
            source_id=source_id,
            day=said.day,
            type=RecordType(said.type),
            currency=currency,
            count=said.count,
            said_at=services.clock.now(),
        )
    else:
        report.updated += 1
    row.count, row.amount, row.documents = now
    row.said_at = services.clock.now()
    session.add(row)
    session.flush()
