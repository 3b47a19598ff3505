"""The words of a record that a mapping may explain: SKUs, accounts, classes, locations, taxes."""

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session

from bot.models import Mapping as Mapped
from bot.models import Record
from bot.sync import mappings
from bot.sync.kinds import kind_of
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
    kind, data = kind_of(model), as_payload(model)
    if kind.any_account:
        yield mappings.ACCOUNT, mappings.ANY
    for path in kind.accounts:
        yield from ((mappings.ACCOUNT, said) for said in kind.said(data, path))
    if kind.sku_lines:
        yield from ((mappings.SKU, said) for said in kind.said(data, "lines.sku"))
    if kind.tagged:
        # How a document, or a line, without a word of its own is posted may be chosen as well.
        for what, path in _TAGS:
            yield what, mappings.ANY
            yield from ((what, said) for said in kind.said(data, path))


def mapped(
    session: Session, records: Iterable[Record], models: Mapping[int, RecordIn]
) -> dict[Word, Mapped]:
    """Read what people said the words of these records stand for."""
    said: dict[tuple[int, str], set[str]] = {}
    for record in records:
        for what, word in words(models[record.id or 0]):
            said.setdefault((record.source_id, what), set()).add(word)
    return {
        (source_id, what, key): row
        for (source_id, what), wanted in said.items()
        for key, row in mappings.find_many(session, source_id, what, wanted).items()
    }
