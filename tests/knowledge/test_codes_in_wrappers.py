"""Every code of the problem files, in the forms that tools show faults in: the kind is its own."""

import pytest

from tests.words import knowledge

KNOWLEDGE = knowledge()
# What QuickBooks Online and the Desktop both have, each for something else; HTTP statuses, which
# are no codes; and codes under which the words of the fault say what happened.
_TWO_MEANINGS = frozenset({"1000", "1010", "2000", "2010", "3000", "3100", "3200", "3260"})
_STATUSES = frozenset({"400", "500"})
_UMBRELLAS = frozenset({"1000", "1010", "1020", "3180", "3210", "6000", "10000", "10100"})
# Codes of Windows that any program may show: QuickBooks must be named beside them.
_OF_WINDOWS = frozenset({"0x80010105", "0x80040154", "0x800401F3", "0x800706BA"})
WRAPPERS = {
    "qbo": (
        '{{"Fault":{{"Error":[{{"Message":"x","Detail":"","code":"{code}"}}],'
        '"type":"ValidationFault"}}}}',
        '<IntuitResponse><Fault type="ValidationFault"><Error code="{code}"><Message>x</Message>'
        "</Error></Fault></IntuitResponse>",
        "{{'Fault': {{'Error': [{{'Message': 'x', 'code': '{code}', 'element': ''}}]}}}}",
        '{{"Fault"=>{{"Error"=>[{{"Message"=>"x", "code"=>"{code}"}}]}}}}',
        "QuickBooks error {code}",
        "QuickBooks: invoice 1042 was refused ({code})",
        "QuickBooks Online: code: {code}",
        "QuickBooks a refusé la facture 1042 (code {code})",
        "QuickBooks: Fehler {code} beim Buchen der Rechnung 1042",
        "QuickBooks: error {code} al crear la factura 1042",
        "QBO ValidationFault ({code})",
        "Error {code}",
    ),
    "qbd": (
        '<CustomerAddRs requestID="1" statusCode="{code}" statusSeverity="Warn" '
        'statusMessage="x" />',
        '&lt;BillAddRs statusCode="{code}" statusSeverity="Warn" statusMessage="x" /&gt;',
        "{{'statusCode': '{code}', 'statusSeverity': 'Warn', 'statusMessage': 'x'}}",
        '{{"statusCode":"{code}","statusSeverity":"Warn","statusMessage":"x"}}',
        '{{"statusCode"=>"{code}", "statusSeverity"=>"Warn", "statusMessage"=>"x"}}',
        "QuickBooks Desktop error {code}",
        "QuickBooks Desktop: invoice 1042 was refused ({code})",
        "QuickBooks Desktop: Fehler {code}",
        "QuickBooks Desktop a refusé la facture (code {code})",
        "QuickBooks Desktop: código {code}",
    ),
    "qbwc": (
        "{code}: x",
        "QuickBooks Web Connector ({code})",
        "<hresult>{code}</hresult>",
        "{{'hresult': '{code}', 'message': 'x'}}",
        "QuickBooks Web Connector a échoué: {code}",
        "QuickBooks Web Connector, Fehler {code}",
    ),
}


def _codes(platform: str) -> list[str]:
    """The codes that a row of this platform claims without any words."""
    rows = (row for problem in KNOWLEDGE.problems.values() for row in problem.matches)
    return sorted(
        {
            row.code
            for row in rows
            if row.code and not row.pattern and not row.http and row.platform == platform
            if row.code.isdigit() or platform == "qbwc"
        }
        - {"0"}
        - _STATUSES
        - _UMBRELLAS
        - _OF_WINDOWS
    )


def _kind(platform: str, code: str, text: str) -> str:
    return KNOWLEDGE.problem(KNOWLEDGE.classify(platform, code, text).problem).kind


def _two(code: str) -> bool:
    return code in _TWO_MEANINGS


def _short(code: str) -> bool:
    """Numbers of three digits that begin with 4 or 5 are statuses wherever no fault names them."""
    return len(code) == 3 and code[0] in "45"


@pytest.mark.parametrize("told", [True, False], ids=["platform told", "untold"])
@pytest.mark.parametrize(
    ("platform", "wrapper"),
    [(platform, wrapper) for platform, forms in WRAPPERS.items() for wrapper in forms],
)
def test_the_kind_is_that_of_the_code(platform, wrapper, told):
    """JSON, XML, Python, Ruby, in brackets, after a word, in four languages."""
    hint = platform if told else ""
    fault = "statusCode" in wrapper or "Fault" in wrapper
    codes = [code for code in _codes(platform) if fault or told or not _two(code)]
    codes = [code for code in codes if fault or not _short(code)]
    if platform == "qbwc":
        codes = [code for code in codes if not code.isdigit()]
    # A number that stands alone belongs to the platform that is told, or to the likelier one.
    if wrapper == "Error {code}" and not told:
        codes = [code for code in codes if code not in _codes("qbd")]

    wrong = [
        code
        for code in codes
        if _kind(hint, "", wrapper.format(code=code)) != _kind(platform, code, "")
    ]

    assert len(codes) >= 15
    assert not wrong


def test_every_platform_has_its_codes():
    """The test above looks at all of them."""
    assert sum(len(_codes(platform)) for platform in WRAPPERS) >= 250
