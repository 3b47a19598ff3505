"""The words of a record that a mapping may explain: SKUs, accounts, classes, terms, parties …"""

from collections.abc import Iterable, Iterator

from sqlmodel import Session

from bot.domain import Payload
from bot.models import Mapping as Mapped
from bot.models import Record
from bot.sync import mappings
from bot.sync.kinds import kind_of
from bot.sync.kinds.model import Kind
from bot.sync.reading import as_payload
from bot.sync.records import RecordIn

_TAGS = (
    (mappings.LOCATION, "location"),
    (mappings.CLASS, "lines.class"),
    (mappings.TAX_CODE, "lines.tax_code"),
)
Word = tuple[int, str, str]  # source id, kind of word, folded word


def words(model: RecordIn) -> Iterator[tuple[str, str]]:
    """Yield kind and word; ANY is the word for what a person chose for all of a kind."""
    return _words(kind_of(model), as_payload(model))


def words_of(record: Record) -> Iterator[tuple[str, str]]:
    """As `words`, of a stored record."""
    return _words(kind_of(record), record.payload)


def _words(kind: Kind, data: Payload) -> Iterator[tuple[str, str]]:
    if kind.any_account:
        yield mappings.ACCOUNT, mappings.ANY
    for path in kind.accounts:
        yield from ((mappings.ACCOUNT, said) for said in kind.said(data, path))
    if kind.sku_lines:
        yield from ((mappings.SKU, said) for said in kind.said(data, "lines.sku"))
    # How a document, or a line, without a word of its own is posted may be chosen as well.
    for what, path in (*(_TAGS if kind.tagged else ()), *kind.words):
        yield what, mappings.ANY
        yield from ((what, said) for said in kind.said(data, path))
    if kind.type.value in mappings.PARTIES:
        yield kind.type.value, str(data.get("external_id") or "")
    for refers, external_id in kind.references(data):
        if refers.value in mappings.PARTIES:
            yield refers.value, external_id


def mapped(session: Session, records: Iterable[Record]) -> dict[Word, Mapped]:
    """Read what people said the words of these records stand for, in one query a source."""
    said: dict[int, set[tuple[str, str]]] = {}
    for record in records:
        folded = said.setdefault(record.source_id, set())
        for what, word in words_of(record):
            folded.add((what, mappings.key_of(word, what)))
    return {
        (source_id, row.what, row.key): row
        for source_id, wanted in said.items()
        for row in mappings.with_keys(session, source_id, {key for _, key in wanted})
        if (row.what, row.key) in wanted
    }
