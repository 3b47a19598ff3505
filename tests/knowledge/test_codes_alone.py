"""A code alone, beside its own sentence, beside another one, or on another machine."""

import pytest

from bot.knowledge.signs import signs
from tests.words import knowledge

KNOWLEDGE = knowledge()
# Sentences of QuickBooks Desktop, as it writes them, and what they report.
DESKTOP = (
    ("3260", "Insufficient permission level to perform this action.", "permission"),
    (
        "3171",
        "An attempt was made to modify a Bill with a date that is on or before the closing date "
        "of the company.",
        "closed_period",
    ),
    (
        "3175",
        "There was an error adding, modifying or deleting Customer because it is already in use. "
        "QuickBooks error message: The transaction could not be locked.",
        "stale_object",
    ),
    (
        "3176",
        "There was an error modifying Vendor because it is already in use. The application failed "
        "to acquire the lock.",
        "stale_object",
    ),
    (
        "3170",
        "There was an error when modifying a Customer. QuickBooks error message: This list has "
        "been modified by another user.",
        "stale_object",
    ),
    (
        "3250",
        "This feature is not enabled or not available in this version of QuickBooks.",
        "unsupported",
    ),
    ("3270", "missing posting account", "missing_account"),
    ("3070", 'The string "Very long" in the field "Name" is too long.', "too_long"),
    ("3100", 'The name "Lopez" of the list element is already in use.', "duplicate_name"),
    ("3150", 'There is a missing element: "CustomerRef"', "missing_required_field"),
    (
        "3090",
        'There was an error when storing "A:B" in the "customer name" field. Names in this list '
        "cannot contain a colon.",
        "invalid_characters",
    ),
    ("3000", 'The given object ID "8-1" in the field "list id" is invalid.', "missing_record"),
    ("3120", 'Object "8-1" specified in the request cannot be found.', "missing_record"),
    (
        "3140",
        'There is an invalid reference to QuickBooks Item Sales Tax "GST" in the Invoice.',
        "tax_currency",
    ),
)


@pytest.mark.parametrize("form", ["{1}", "{0} {1}", "Error {0}: {1}", "QuickBooks error {0}: {1}"])
@pytest.mark.parametrize("case", DESKTOP, ids=lambda case: case[0])
def test_a_sentence_of_the_desktop_is_the_desktops(case, form):
    """With its number or without, the platform untold: its kind, and the Desktop's steps."""
    code, sentence, kind = case

    found = KNOWLEDGE.classify("", "", form.format(code, sentence))

    assert KNOWLEDGE.problem(found.problem).kind == kind
    assert found.platform in ("qbd", "qbwc")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("error 6240", "duplicate_name"),
        ("6240", "duplicate_name"),
        ("code 3180", "stale_object"),
        ("QB error 6000", "validation_other"),
        ("quickbooks desktop error 3250", "unsupported"),
        ("what does QuickBooks error 610 mean?", "missing_record"),
        ("QBWC1085", "server_error"),
        ("0x80040408", "network"),
        ("QuickBooks error 500", "server_error"),
    ],
)
def test_a_text_that_is_nothing_but_a_code_is_that_code(text, kind):
    """A person types it, with words such as error or QuickBooks, or without."""
    assert KNOWLEDGE.problem(KNOWLEDGE.classify("", "", text).problem).kind == kind


@pytest.mark.parametrize("code", ["3000", "2010", "3100", "1000"])
def test_a_number_of_two_meanings_is_not_sure(code):
    """The likelier platform first, the other one named, and no claim of 0.8."""
    found = KNOWLEDGE.classify("", "", f"QuickBooks error {code}")
    kinds = {KNOWLEDGE.problem(one.problem).kind for one in found.others}

    assert found.confidence < 0.8
    assert kinds - {KNOWLEDGE.problem(found.problem).kind}


@pytest.mark.parametrize("hint", ["", "qbo"])
@pytest.mark.parametrize(
    "text",
    [
        "Coffee machine on floor 2 is broken again, error 3001 on the display",
        "Washing machine shows error 6000 again",
        "Printer error 6140, replace toner",
        "Paper jam in tray 3. Error 6002-11.",
        "Parcel locker error 6210, customer informed",
        "Card declined at terminal 4, error 3200",
        "room 6140",
        "Error 6140 in game lobby",
    ],
)
def test_the_number_of_a_machine_is_none_of_quickbooks(hint, text):
    """Whoever forwards it may say that it is QuickBooks Online's."""
    assert KNOWLEDGE.classify(hint, "", text).problem == "unknown"


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (
            "6210",
            '{"Fault":{"Error":[{"Message":"Duplicate Name Exists Error","code":"6210"}]}}',
            "duplicate_name",
        ),
        (
            "6240",
            "Fault 6240: Duplicate Document Number Error : You must specify a different number.",
            "duplicate_document_number",
        ),
        (
            "2010",
            "Invalid Reference Id : Accounts element id 999 not found (code 2010)",
            "missing_account",
        ),
    ],
)
def test_quickbooks_own_sentence_decides_against_the_code(code, text, kind):
    """The two contradict each other: nobody is sure, and the words are what was seen."""
    found = KNOWLEDGE.classify("qbo", code, text)

    assert KNOWLEDGE.problem(found.problem).kind == kind
    assert found.confidence < 0.8


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        ("6000", "Business Validation Error: You must specify a different account", "mapping"),
        ("6000", "Business Validation Error: You must select a payment method", "inactive"),
        ("2500", "Invalid Reference Id : The employee Kim Lee is inactive", "inactive"),
        ("3140", 'invalid reference to QuickBooks Sales Tax "City" in the SalesReceipt', "mapping"),
    ],
)
def test_under_a_code_of_many_errors_the_words_tell_which(code, words, kind):
    """6000, 2500 and 3140 only say that something was refused."""
    platform = "qbd" if code == "3140" else "qbo"

    found = KNOWLEDGE.classify(platform, code, words)

    assert KNOWLEDGE.problem(found.problem).family == kind


@pytest.mark.parametrize(
    ("text", "http"),
    [
        ('{ status: 400, body: \'{"Fault":{"Error":[{"Message":"x"}]}}\' }', 400),
        ("QuickBooks API query failed with status 500", 500),
        ("Intuit returned HTTP 503", 503),
        ("QBO answered with status code 502", 502),
    ],
)
def test_a_number_introduced_as_a_status_is_no_code(text, http):
    """Whoever forwards it may have taken the status for the code."""
    seen = signs("qbo", str(http), text)

    assert seen.http == http
    assert seen.codes == ()


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("401", "Unauthorized", "token_expired"),
        ("403", "Forbidden", "permission"),
        ("429", "Too Many Requests", "throttled"),
        ("503", "", "server_error"),
    ],
)
def test_a_status_that_is_told_as_the_code_is_one(code, text, kind):
    """Tools have one field for both."""
    assert KNOWLEDGE.problem(KNOWLEDGE.classify("qbo", code, text).problem).kind == kind


def test_the_code_500_of_a_fault_stays_a_code():
    """QuickBooks has an error of that number, which comes with status 400."""
    seen = signs(
        "qbo", "500", "Unsupported Operation : Operation CREATE CATEGORY is not supported."
    )

    assert [code.code for code in seen.codes] == ["500"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Le numéro de document est un doublon. code=6140", "duplicate_document_number"),
        ("Une erreur s'est produite : le nom fourni existe déjà. (code 6240)", "duplicate_name"),
        ("Le client n'a pas pu être créé, code d'erreur 6240", "duplicate_name"),
        ("El número de documento está duplicado. QuickBooks 6140", "duplicate_document_number"),
        ("Factura rechazada: código 6210", "closed_period"),
        ("Fehler 6140 in QuickBooks: Belegnummer doppelt", "duplicate_document_number"),
        ("Kunde konnte nicht angelegt werden. Fehler: 6240", "duplicate_name"),
    ],
)
def test_a_code_is_enough_in_any_language(text, kind):
    """Beside the word code or error and a word of bookkeeping, whatever the language."""
    assert KNOWLEDGE.problem(KNOWLEDGE.classify("", "", text).problem).kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Object Not Found : Something you're trying to use has been made inacti", "inactive"),
        ("Object Not Found : Something you're trying to use has been made in", "inactive"),
        ("Duplicate Name Exists Error: The name supplied alrea", "duplicates"),
        ("Stale Object Error : You and Jane Doe were working on this at the sa", "platform"),
        ("Account Period Closed, Cannot Update Through Services : The acc", "connection"),
    ],
)
def test_a_sentence_that_was_cut_is_known(text, kind):
    """Tools cut messages in the middle of a word."""
    assert KNOWLEDGE.problem(KNOWLEDGE.classify("", "", text).problem).family == kind


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("6250: You can't create this name because it already exists", "duplicate_name"),
        ("QuickBooks error 6250: the name is in use", "duplicate_name"),
        ("QBO 6250 customer missing or inactive", "inactive_reference"),
        ("QuickBooks 6250: the name belongs to an inactive customer", "inactive_reference"),
        ("customer A inactive AND vendor B inactive. 610", "inactive_reference"),
        ("Customer Jane Doe was not found. 610", "missing_record"),
        ('QuickBooks error 610: the tax code "HST ON" is inactive', "tax_code_inactive"),
        ("QuickBooks Online: tax code GST 10 is not active", "tax_code_inactive"),
        ("SaasAnt: Invalid Reference", "missing_record"),
        ('Dext: Supplier "Acme Ltd" is not active', "inactive_reference"),
    ],
)
def test_the_words_beside_a_number_decide_which_it_is(text, problem):
    """One number is given to several troubles, and a number may stand at the end of a sentence."""
    assert KNOWLEDGE.classify("", "", text).problem == problem


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ('QuickBooks Desktop error -3175: Customer "Kim" is locked by user Maria', "Maria"),
        (
            "3175 the invoice is open in another QuickBooks window (user Dana), will try again",
            "Dana",
        ),
        ("QuickBooks 3176: Vendor Acme is being edited by Sam Lee on PC-3", "Sam Lee"),
        ("QuickBooks 3175: It is in use by another user.", None),
    ],
)
def test_whoever_locks_a_record_is_named(text, user):
    """Only a person: "another user" is nobody to ask."""
    found = KNOWLEDGE.classify("qbd", "", text)

    assert KNOWLEDGE.problem(found.problem).kind == "stale_object"
    assert found.facts.get("user") == user
