"""The errors a bookkeeper reads about are known as they are quoted, with no platform told."""

import pytest

from tests.words import knowledge

KNOWLEDGE = knowledge()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Item not found", "missing_record"),
        ("Name already in use", "duplicate_name"),
        ("Income Account could not be found", "missing_account"),
        ("Accounts Payable account not found", "missing_account"),
        ("String length specified does not match", "too_long"),
        ("Duplicate document number", "duplicate_document_number"),
        ("QueryProcessingError", "query_syntax"),
    ],
)
def test_a_quoted_error_is_known_by_its_words_alone(text: str, kind: str) -> None:
    """Short as it is, quoted or not, and not more surely than its words allow."""
    for said in (text, f'"{text}"', f"{text}."):
        found = KNOWLEDGE.classify("", None, said)

        assert KNOWLEDGE.problem(found.problem).kind == kind
        assert 0 < found.confidence < 0.95
