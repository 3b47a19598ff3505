"""Recorded errors are recognised: by code, then pattern, then text; any shape and language."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.words import knowledge

KNOWLEDGE = knowledge()
CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['problem']}-{case['code']}")
def test_a_recorded_error_is_recognised(case: dict) -> None:
    """Each row: platform, code, HTTP status, text → problem."""
    found = KNOWLEDGE.classify(case["platform"], case["code"], case["text"], case.get("http"))

    assert found.problem == case["problem"]
    assert (found.confidence > 0) == (case["problem"] != "unknown")
    assert found.evidence


def test_the_code_outweighs_the_language() -> None:
    """A French duplicate number is one: its code and ids are read, not its words."""
    text = (
        "Numéro de document en double : Vous devez indiquer un nombre différent. "
        "DocNumber=INV-0002 is assigned to TxnType=Facture with TxnId=2137"
    )
    found = KNOWLEDGE.classify("qbo", "6140", text, 400)

    assert found.problem == "duplicate_document_number"
    assert found.confidence > 0.9
    assert found.facts == {
        "holder_number": "INV-0002",
        "holder_type": "Facture",
        "holder_id": "2137",
    }


def test_a_code_is_found_in_the_text_of_both_fault_shapes() -> None:
    """Upper-case JSON, the gateway's lower-case JSON, and XML."""
    upper = '{"Fault":{"Error":[{"Message":"X","Detail":"Y : null","code":"6240"}]}}'
    lower = '{"fault":{"error":[{"message":"message=X; errorCode=003200; statusCode=401"}]}}'
    xml = '<Fault type="SERVICE"><Error code="3001"><Message>X</Message></Error></Fault>'

    assert KNOWLEDGE.classify("qbo", "", upper).problem == "duplicate_name"
    assert KNOWLEDGE.classify("qbo", None, lower).problem == "connection_lost"
    assert KNOWLEDGE.classify("qbo", "", xml).problem == "throttled"


def test_named_groups_become_facts() -> None:
    """The field that is too long, its limit and its length are told."""
    text = "String length does not fit. Min:0 Max:21 supported. Supplied length:1,045"
    found = KNOWLEDGE.classify("qbo", 2050, text)

    assert found.facts == {"min": "0", "max": "21", "len": "1,045"}


def test_the_sentence_of_another_product_is_not_ours() -> None:
    """The same words are QuickBooks' only where no other product says them."""
    words = "Duplicate Name Exists Error: The name supplied already exists."

    assert KNOWLEDGE.classify("qbo", "", words).problem == "duplicate_name"
    assert KNOWLEDGE.classify("qbo", "", f"Xero: {words}").problem == "unknown"


def test_talk_counts_only_where_it_quotes_quickbooks() -> None:
    """A question about bookkeeping is none; one that holds a code or a sentence is."""
    asked = "Is the customer inactive, or was it deleted? I can't find it."
    quoted = "I keep getting “The name supplied already exists”, what should I do?"

    assert KNOWLEDGE.classify("qbo", "", asked).problem == "unknown"
    assert KNOWLEDGE.classify("qbo", "", quoted).problem == "duplicate_name"
    assert KNOWLEDGE.classify("qbo", "", "I get error 6240, why?").problem == "duplicate_name"


def test_nothing_doubtful_is_claimed_for_sure() -> None:
    """A tool's own code, and a row that says so, claim 0.7 at most."""
    tool = KNOWLEDGE.classify("qbo", "ONL945", "ONL945: Vendor or supplier not found.")
    row = KNOWLEDGE.classify("qbo", "10100", "Result Set Big Error")

    assert (tool.problem, tool.confidence) == ("missing_record", 0.7)
    assert (row.problem, row.confidence) == ("software_fault", 0.7)


def test_what_nobody_knows_is_unknown() -> None:
    """No guess: problem and kind unknown, confidence 0."""
    found = KNOWLEDGE.classify("qbo", "6999", "Etwas ist schiefgegangen")

    assert (found.problem, found.confidence) == ("unknown", 0.0)
    assert KNOWLEDGE.problem("unknown").kind == "unknown"
    assert KNOWLEDGE.problem("no file of that name").name == "unknown"


@given(st.sampled_from(["qbo", "qbd", "qbwc", "oauth", "?"]), st.text(max_size=12), st.text())
def test_any_input_gets_one_and_the_same_answer(platform: str, code: str, text: str) -> None:
    """Never an exception, always deterministic, always a problem with a file."""
    found = KNOWLEDGE.classify(platform, code, text)

    assert found == KNOWLEDGE.classify(platform, code, text)
    assert found.problem in KNOWLEDGE.problems
    assert 0 <= found.confidence <= 1


def test_endless_text_is_read_only_so_far() -> None:
    """A huge body does not slow the classifier down."""
    found = KNOWLEDGE.classify("qbo", "", "<html>" + "x " * 500_000)

    assert found.problem == "unknown"


@pytest.mark.parametrize(
    "before",
    [
        "Shopify: ",
        "Shopify order #1044 failed: ",
        "Stripe connector: ",
        "PayPal: ",
        "Harbor Foods: ",
        "Order 1044: ",
    ],
)
@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("Customer Timberline Lodge has been made inactive (610)", "inactive_reference"),
        ("Invalid Reference Id: Names element id 58 not found 2500", "missing_record"),
        ("6140 Duplicate Document Number Error: DocNumber=INV-15", "duplicate_document_number"),
        ("The name supplied already exists. : null (6240)", "duplicate_name"),
        (
            "The account period has closed and the account books cannot be updated. 6210",
            "closed_period",
        ),
    ],
)
def test_what_a_shop_or_a_company_passes_on_is_quickbooks_own(
    before: str, said: str, problem: str
) -> None:
    """The name before it takes nothing from a code with its own words."""
    assert KNOWLEDGE.guess("", None, f"{before}{said}").problem == problem


@pytest.mark.parametrize(
    ("platform", "code", "text", "kind"),
    [
        ("qbd", "3140", "Account was not found", "missing_account"),
        ("qbd", "3120", "The expense account is not found", "missing_account"),
        ("qbd", "3140", "Customer not found", "missing_record"),
        ("qbo", "6000", "Savings has the same account type; use another name", "validation_other"),
        ("qbo", "6000", "Choose another account type", "account_mismatch"),
        ("qbo", "TAX_RATE_UNMAPPED", "5% has no QuickBooks tax rate", "tax_currency"),
        ("qbo", "ITEM_UNMAPPED", "Mug has no QuickBooks item", "missing_mapping"),
        ("qbo", "jobcode_inactive", "Job code Depot is archived in QuickBooks", "inactive_record"),
    ],
)
def test_what_is_named_decides_under_a_code(platform: str, code: str, text: str, kind: str) -> None:
    """The object that is missing, the thing that is the same, the value without a match."""
    found = KNOWLEDGE.guess(platform, code, text)

    assert KNOWLEDGE.problem(found.problem).kind == kind


@pytest.mark.parametrize(
    "text",
    ["Shopify: your card was declined 402", "Asana: Payment failed: code 610", "Order 1044: 6140"],
)
def test_a_shop_speaks_for_itself_where_nothing_is_quickbooks_own(text: str) -> None:
    """A number alone, behind another name, is none of QuickBooks' codes."""
    assert KNOWLEDGE.guess("", None, text).problem == "unknown"


@pytest.mark.parametrize(
    "said",
    [
        "Account numbers must follow the plan compatable numbering system.",
        "Zorgles may not be blue",
    ],
)
def test_quickbooks_own_fault_is_never_unknown(said: str) -> None:
    """What it complains of may be new; that QuickBooks refused the record is not."""
    found = KNOWLEDGE.classify("", None, f"Business Validation Error: {said}")
    assert found.problem == "validation_other"
    assert found.confidence < 0.6
    assert (
        KNOWLEDGE.guess("", None, f"Xero: Business Validation Error: {said}").problem == "unknown"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Quickbooks::MissingRealmError (Quickbooks::MissingRealmError)", "connection_lost"),
        ("Quickbooks::RequestTooLarge", "attachment_too_large"),
        ("CustomerProperty 'Pine Street' companyName exceeds 41 characters", "too_long"),
        ("You need to specify at least one VAT rate for it, says QuickBooks", "tax_currency"),
        ("Multi Currency should be enabled in QuickBooks to perform this", "tax_currency"),
    ],
)
def test_short_words_of_a_library_or_a_form_are_known(text: str, problem: str) -> None:
    """As quickbooks-ruby raises them, and as the form's own messages are pasted."""
    assert KNOWLEDGE.classify("", None, text).problem == problem


def test_a_tax_code_that_is_not_there_is_named() -> None:
    """By its name and its list, where the text gives them."""
    text = '3140 There is an invalid reference to QuickBooks SalesTaxCode "TAX" in the InvoiceLine.'
    facts = KNOWLEDGE.classify("qbd", "3140", text).facts
    assert (facts["missing_name"], facts["missing_list"]) == ("TAX", "SalesTaxCode")
