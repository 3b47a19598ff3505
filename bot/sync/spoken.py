"""The words of a record that a mapping may explain: SKUs, accounts, classes, locations, taxes."""

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session

from bot.models import Mapping as Mapped
from bot.models import Record
from bot.sync import mappings
from bot.sync.records import BillIn, BillLineIn, InvoiceIn, InvoiceLineIn, ItemIn, RecordIn

Word = tuple[int, str, str]  # source id, kind of word, folded word


def words(model: RecordIn) -> Iterator[tuple[str, str]]:
    """Yield kind and word; ANY is the word for what a person chose for all of a kind."""
    if isinstance(model, ItemIn):
        yield mappings.ACCOUNT, model.income_account or mappings.ANY
    if not isinstance(model, InvoiceIn | BillIn):
        return
    for what in (mappings.CLASS, mappings.LOCATION, mappings.TAX_CODE):
        yield what, mappings.ANY
    if model.location:
        yield mappings.LOCATION, model.location
    if isinstance(model, BillIn) and model.payable_account:
        yield mappings.ACCOUNT, model.payable_account
    for line in model.lines:
        yield from _of_line(line)


def _of_line(line: InvoiceLineIn | BillLineIn) -> Iterator[tuple[str, str]]:
    if isinstance(line, BillLineIn):
        yield mappings.ACCOUNT, line.account
    elif line.sku:
        yield mappings.SKU, line.sku
    if line.class_name:
        yield mappings.CLASS, line.class_name
    # How a line without a code is posted may be chosen as well.
    yield mappings.TAX_CODE, line.tax_code or mappings.ANY


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
