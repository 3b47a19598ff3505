"""A table or view of a database, read by a watermark; nothing is ever written there."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    and_,
    column,
    create_engine,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.domain import JsonValue, Payload, RecordType
from bot.sources.model import Options, Page, Reach, SourceKind, SourceTrouble
from bot.sources.nested import nested
from bot.sync.control import KINDS, TotalIn, parse_total
from bot.sync.kinds import kind_of
from bot.sync.reading import own_day, parse_record
from bot.sync.records import BadRow, RecordIn

PAGE = 1_000
_MOST_OF_A_DAY = 40_000
_READ_ONLY = {"postgresql": "SET TRANSACTION READ ONLY", "sqlite": "PRAGMA query_only = ON"}
_NAIVE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{6})?")
_DAYS = ("date", "due_date", "original_date", "day")
_DAY = timedelta(days=1)
_DIGITS = 15  # of a float, all that it keeps

Name = Annotated[str, Field(min_length=1, max_length=200)]
Row = Mapping[str, Any]


class Part(Options):
    """A list within a record, from a table of its own: the lines of an order.

    `parent`: its column that holds the record's id. `order`: the column it is sorted by.
    """

    table: Name
    parent: Name
    order: Name
    fields: dict[str, Name]


class Totals(Options):
    """Another table or view, one row a day and type: what the system itself says it has.

    `fields`: key of a total (docs/intake.md) → column; without `type` it is of the table's.
    """

    table: Name
    fields: Annotated[dict[str, Name], Field(min_length=2)]

    @model_validator(mode="after")
    def _enough(self) -> "Totals":
        lacking = [name for name in ("day", "count") if name not in self.fields]
        if lacking:
            raise ValueError(f"totals: fields needs {' and '.join(lacking)}")
        return self


class Table(Options):
    """Where records are read.

    `url`: an SQLAlchemy address. `watermark`: a column that grows with every change (a moment or
    a number), `id`: one that tells rows apart. `fields`: key of the record → column. `overlap`: so
    many seconds (or numbers) before the watermark are read again at each turn, because what is
    committed late carries an older mark. `totals`: where its totals are read; without it documents
    are counted in the table itself.
    """

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    type: Literal[*(kind.value for kind in RecordType)]  # type: ignore[valid-type]
    table: Name
    db_schema: Annotated[str, Field(max_length=200)] = ""
    watermark: Name
    id: Name
    fields: Annotated[dict[str, Name], Field(min_length=1)]
    lists: dict[str, Part] = Field(default_factory=dict)
    overlap: Annotated[int, Field(ge=0, le=7 * 86_400)] = 300
    totals: Totals | None = None


def read(reach: Reach, options: Table, cursor: Payload) -> Iterator[Page]:
    """Yield a page of rows after another, in the order of watermark and id."""
    engine = _engine(options.url)
    try:
        mark = _before(_from_json(cursor.get("mark")), options.overlap)
        key: object = None
        name = f"table {options.table}"
        blank = _blank(engine, options)
        highest = _from_json(cursor.get("mark"))
        while True:
            rows, lists = _page(engine, options, mark, key)
            items: list[RecordIn | BadRow] = [
                parse_record(_record(options, row, lists), None, reach.time_zone) for row in rows
            ]
            if key is None and blank:
                items.append(BadRow(None, "", blank))
            if rows:
                mark, key = rows[-1][options.watermark], rows[-1][options.id]
                highest = mark if highest is None else max(mark, highest)
            if items:
                yield Page(tuple(items), {"mark": _as_json(highest)}, name)
            if len(rows) < PAGE:
                return
    except (SQLAlchemyError, TypeError, UnicodeError) as error:
        raise SourceTrouble(_words(error, options.url)) from None
    finally:
        engine.dispose()


def totals(reach: Reach, options: Table, day: date) -> list[TotalIn | BadRow]:
    """Count the documents of a day by their date, not by their mark: what was passed over shows."""
    if options.totals is not None:
        return _said(reach, options, options.totals, day)
    fields = options.fields
    if options.type not in KINDS or not {"external_id", "date"} <= fields.keys():
        return []
    engine = _engine(options.url)
    try:
        rows = _around(engine, options, day)
    except (SQLAlchemyError, TypeError, UnicodeError) as error:
        raise SourceTrouble(_words(error, options.url)) from None
    finally:
        engine.dispose()
    found: dict[str | None, list[Payload]] = defaultdict(list)
    for row in rows:
        said = {name: _value(row[fields[name]], name) for name in _counted_by(options)}
        if str(own_day(said["date"], reach.time_zone))[:10] == day.isoformat():
            found[str(said.get("currency") or "") or None].append(said)
    # None of them is a word too: what is here of that day is then too many.
    return [_total(options, day, code, rows) for code, rows in (found or {None: []}).items()]


def _said(reach: Reach, options: Table, asked: Totals, day: date) -> list[TotalIn | BadRow]:
    """What the declared table says of a day; it may know nothing of one."""
    engine = _engine(options.url)
    try:
        rows = _between(engine, options, asked.table, asked.fields, "day", (day, day + _DAY))
    except (SQLAlchemyError, TypeError, UnicodeError) as error:
        raise SourceTrouble(_words(error, options.url, "The totals")) from None
    finally:
        engine.dispose()
    found: list[TotalIn | BadRow] = []
    for row in rows:
        said = {name: _value(row[column], name) for name, column in asked.fields.items()}
        count = str(said["count"])
        total = {
            "type": options.type,
            **said,
            "day": str(own_day(said["day"], reach.time_zone))[:10],
            "count": int(count) if count.isdecimal() else said["count"],
        }
        found.append(parse_total(total))
    return found


def _counted_by(options: Table) -> list[str]:
    wanted = ("external_id", "date", kind_of(options.type).amount, "currency")
    return [name for name in wanted if name in options.fields]


def _around(engine: Engine, options: Table, day: date) -> Sequence[Row]:
    """The rows from a day before to a day after: theirs may be the day of another time zone."""
    fields = {name: options.fields[name] for name in _counted_by(options)}
    found = _between(engine, options, options.table, fields, "date", (day - _DAY, day + 2 * _DAY))
    if len(found) > _MOST_OF_A_DAY:
        raise SourceTrouble(f"More than {_MOST_OF_A_DAY:,} documents stand around {day}.")
    return found


def _between(
    engine: Engine,
    options: Table,
    name: str,
    fields: Mapping[str, str],
    key: str,
    days: tuple[date, date],
) -> Sequence[Row]:
    """These columns of a table's rows dated from the first of these days to before the other."""
    dated: ColumnElement[Any] = column(fields[key])
    names = dict.fromkeys(fields.values())
    source = table(name, *(column(one) for one in names), schema=_schema(options))
    first, end = days
    # As text: every database takes it for whatever the column is.
    wanted = select(source).where(dated >= first.isoformat(), dated < end.isoformat())
    with engine.connect() as opened:
        rows = _connected(engine, opened).execute(wanted.limit(_MOST_OF_A_DAY + 1)).mappings()
        return [dict(row) for row in rows]


def _total(
    options: Table, day: date, currency: str | None, rows: list[Payload]
) -> TotalIn | BadRow:
    named = list(dict.fromkeys(str(row["external_id"]) for row in rows if row["external_id"]))
    key = kind_of(options.type).amount
    amounts = [row.get(key) for row in rows if row["external_id"]]
    told = key in options.fields and None not in amounts and len(amounts) == len(named)
    return parse_total(
        {
            "day": day.isoformat(),
            "type": options.type,
            "count": len(named),
            "amount": str(sum((Decimal(str(one)) for one in amounts), Decimal(0)))
            if told
            else None,
            "currency": currency,
            "documents": named,
        }
    )


def _engine(url: str) -> Engine:
    try:
        return create_engine(make_url(url), poolclass=NullPool)
    except (ArgumentError, ValueError):
        msg = "The address of the database is no SQLAlchemy URL, such as postgresql://host/name."
        raise SourceTrouble(msg) from None
    except (ModuleNotFoundError, SQLAlchemyError) as error:
        msg = f"The driver of the database is not installed here: {str(error)[:100]}."
        raise SourceTrouble(msg) from None


def _connected(engine: Engine, connection: Connection) -> Connection:
    statement = _READ_ONLY.get(engine.dialect.name)
    if statement:
        connection.execute(text(statement))
    return connection


def _page(
    engine: Engine, options: Table, mark: object, key: object
) -> tuple[Sequence[Row], dict[str, dict[str, list[Row]]]]:
    """The next rows, and the members of their lists by the id of the row."""
    marked: ColumnElement[Any] = column(options.watermark)
    own: ColumnElement[Any] = column(options.id)
    names = dict.fromkeys([options.watermark, options.id, *options.fields.values()])
    source = table(options.table, *(column(name) for name in names), schema=_schema(options))
    wanted = select(source).where(marked.is_not(None)).order_by(marked, own).limit(PAGE)
    if mark is not None and key is None:
        wanted = wanted.where(marked >= mark)
    elif mark is not None:
        wanted = wanted.where(or_(marked > mark, and_(marked == mark, own > key)))
    with engine.connect() as opened:
        connection = _connected(engine, opened)
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
        ids = [row[options.id] for row in rows]
        lists = {
            name: _members(connection, options, part, ids) for name, part in options.lists.items()
        }
    return rows, lists


def _members(
    connection: Connection, options: Table, part: Part, ids: Sequence[object]
) -> dict[str, list[Row]]:
    if not ids:
        return {}
    parent: ColumnElement[Any] = column(part.parent)
    names = dict.fromkeys([part.parent, part.order, *part.fields.values()])
    source = table(part.table, *(column(name) for name in names), schema=_schema(options))
    wanted = select(source).where(parent.in_(ids)).order_by(parent, column(part.order))
    found = [dict(row) for row in connection.execute(wanted).mappings()]
    return {key: list(rows) for key, rows in groupby(found, lambda row: str(row[part.parent]))}


def _schema(options: Table) -> str | None:
    return options.db_schema or None


def _blank(engine: Engine, options: Table) -> str:
    """Say how many rows can never be read, having no watermark."""
    source = table(options.table, column(options.watermark), schema=_schema(options))
    with engine.connect() as opened:
        connection = _connected(engine, opened)
        blank = column(options.watermark).is_(None)
        count = connection.execute(select(func.count()).select_from(source).where(blank)).scalar()
    if not count:
        return ""
    are = "row has" if count == 1 else "rows have"
    return f"{count:,} {are} no value in {options.watermark}; without it a row cannot be read"


def _record(options: Table, row: Row, lists: Mapping[str, Mapping[str, list[Row]]]) -> Payload:
    made: Payload = {"type": options.type, **_object(options.fields, row)}
    for name, part in options.lists.items():
        members = lists[name].get(str(row[options.id]), [])
        made[name] = [_object(part.fields, member) for member in members]
    return made


def _object(fields: Mapping[str, str], row: Row) -> Payload:
    return nested((name, _value(row[column], name)) for name, column in fields.items())


def _value(value: object, name: str) -> JsonValue:
    """A column's value as a source would write it; a moment without a zone is a day as it stands.

    As a version it is taken for UTC: versions are only compared with each other.
    """
    if isinstance(value, str) and _NAIVE.fullmatch(value) and name in (*_DAYS, "version"):
        # Databases without a type for moments give them as text.
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.isoformat()
        return f"{value.isoformat()}Z" if name == "version" else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if value is None or isinstance(value, str | bool):
        return value
    return str(value) if isinstance(value, int) else f"{value!s}"


def _before(mark: object, overlap: int) -> object:
    if isinstance(mark, datetime):
        return mark - timedelta(seconds=overlap)
    if isinstance(mark, str) and _NAIVE.fullmatch(mark):
        moment = datetime.fromisoformat(mark) - timedelta(seconds=overlap)
        # As the database wrote it: text is compared letter by letter.
        return moment.isoformat(mark[10], "microseconds" if "." in mark else "seconds")
    return mark - overlap if isinstance(mark, int | Decimal) else mark


def _as_json(mark: object) -> JsonValue:
    if isinstance(mark, datetime):
        return {"moment": mark.isoformat()}
    if isinstance(mark, Decimal | float):
        return {"number": str(mark)}
    return mark if isinstance(mark, int | str) else None


def _from_json(kept: JsonValue) -> object:
    if isinstance(kept, dict) and "moment" in kept:
        return datetime.fromisoformat(str(kept["moment"]))
    return Decimal(str(kept["number"])) if isinstance(kept, dict) else kept


def _words(error: Exception, url: str, what: str = "The database") -> str:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    first = said[0] if said else type(error).__name__
    secret = make_url(url).password
    clean = first.replace(str(secret), "…") if secret else first
    return f"{what} cannot be read: {clean[:200].rstrip('.')}."


def _declares(options: Table) -> bool:
    return options.totals is not None


KIND = SourceKind("sql", "a table or view of a database", Table, read, totals, _declares)
