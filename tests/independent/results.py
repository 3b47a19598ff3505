"""Reads what a client's test runner wrote, in the XML form that most runners know."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test: its name, whether it passed, and the first line of what went wrong."""

    name: str
    passed: bool
    skipped: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """All tests of a client; those that cannot apply stand apart with their reason."""

    counted: tuple[Outcome, ...]
    apart: tuple[tuple[Outcome, str], ...]

    @property
    def passed(self) -> int:
        """How many of the counted tests passed."""
        return sum(one.passed for one in self.counted)

    @property
    def share(self) -> float:
        """Passed of all counted, 0 to 1; 0 when nothing ran."""
        return self.passed / len(self.counted) if self.counted else 0.0


def read(path: Path, cannot: Mapping[str, str]) -> Result:
    """The tests of a result file. Raises OSError or ElementTree.ParseError."""
    counted: list[Outcome] = []
    apart: list[tuple[Outcome, str]] = []
    for case in ElementTree.parse(path).iter("testcase"):
        outcome = _outcome(case)
        reason = cannot.get(outcome.name)
        if reason is not None:
            apart.append((outcome, reason))
        else:
            counted.append(outcome)
    return Result(tuple(counted), tuple(apart))


def _outcome(case: ElementTree.Element) -> Outcome:
    name = f"{case.get('classname', '')} {case.get('name', '')}".strip()
    for word in ("failure", "error"):
        found = case.find(word)
        if found is not None:
            text = (found.get("message") or found.text or word).strip()
            return Outcome(name, passed=False, why=text.splitlines()[0][:300])
    skipped = case.find("skipped") is not None
    return Outcome(name, passed=not skipped, skipped=skipped, why="skipped" if skipped else "")
