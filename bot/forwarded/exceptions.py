"""One exception that is written in two lines, its message and its detail, as the one error it is.

So write python-quickbooks, quickbooks-ruby, and Intuit's own packages for .NET and PHP. Two
exceptions below each other stay two.
"""

import re

# “QB Validation Exception 610: Object Not Found” is followed by what QuickBooks says of it.
_OF_PYTHON = re.compile(r"\bQB (?:[A-Z][a-z]+ ){0,3}Exception \d{1,6}: *(?P<message>.*)$")
# “Quickbooks::IntuitRequestException: Object Not Found:”, “… Intuit.Ipp.Exception.IdsException: …”.
_OF_CLASS = re.compile(
    r"\b\w{2,60}(?:Exception|Fault)(?: was thrown)?\b[^:]{0,40}: *(?P<message>.*)$"
)
# “Details: …”, “Detail=…”: nobody begins an error of its own so.
_DETAIL = re.compile(
    r"\W{0,4}(?:error )?(?:details?|inner exception|additional info\w*)\b\W{1,4}", re.I
)
# A number of its own, a day, a bullet or its own record begins something new.
_NEW = re.compile(r"\s*(?:[-*•]\s|\d{1,3}[.)]\s|\[?\d{4}-\d\d|[A-Z]{1,6}-\d)")
_SHORTEST = 4
# A stack trace goes on for long; the detail stands at its beginning.
_MOST = 3


def joined(text: str) -> str:
    """The text with each exception's detail on the line of its message; else as it is."""
    if "Exception" not in text and "Fault" not in text:
        return text
    lines: list[str] = []
    taken = 0
    for line in text.split("\n"):
        if lines and taken < _MOST and _continues(lines[-1], line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
            taken += 1
        else:
            lines.append(line)
            taken = 0
    return "\n".join(lines)


def _continues(head: str, line: str) -> bool:
    """Whether a line is the detail of the exception before it."""
    if not line.strip() or _head(line) is not None or _NEW.match(line):
        return False
    found = _head(head)
    if found is None:
        return False
    message = found["message"].strip(" :.").casefold()
    if found.re is _OF_PYTHON or line[0].isspace() or _DETAIL.match(line):
        return True
    return len(message) >= _SHORTEST and line.strip().casefold().startswith(message)


def _head(line: str) -> re.Match[str] | None:
    return _OF_PYTHON.search(line) or _OF_CLASS.search(line)
