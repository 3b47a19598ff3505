"""All problems, read once and checked at start."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from bot.errors import ConfigError
from bot.knowledge.classify import Classified, best, signs
from bot.knowledge.problem import Match, Problem, read_problem
from bot.render import block_names

REQUIRED_BLOCKS = frozenset({"what", "why", "fix", "prevent"})
UNKNOWN = "unknown"


class Knowledge:
    """The problem files: what each is, and how it is recognised."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        self.problems: Mapping[str, Problem] = MappingProxyType(dict(problems))
        self._rows = tuple(row for problem in problems.values() for row in problem.matches)
        _refuse_double_claims(self._rows)

    @classmethod
    def load(cls, folder: Path) -> "Knowledge":
        """Read templates/ (or templates/problems/); raises ConfigError naming file and reason."""
        inner = folder / "problems"
        return cls._load(inner if inner.is_dir() else folder)

    @classmethod
    def _load(cls, folder: Path) -> "Knowledge":
        paths = sorted(path for path in folder.glob("*.md.j2") if not path.name.startswith("_"))
        if not paths:
            msg = f"There is no problem file in {folder.name}."
            raise ConfigError(msg)
        problems = {problem.name: problem for problem in map(read_problem, paths)}
        if UNKNOWN not in problems:
            msg = f"{UNKNOWN}.md.j2 is missing: it explains what nothing else explains"
            raise ConfigError(msg)
        _require_blocks(paths)
        return cls(problems)

    def problem(self, name: str) -> Problem:
        """Return a problem; what has no file is explained as `unknown`."""
        return self.problems.get(name) or self.problems[UNKNOWN]

    def classify(
        self, platform: str, code: object, text: str, http_status: int | None = None
    ) -> Classified:
        """Recognise an error: code first, then pattern, then text; else `unknown`, confidence 0.

        `facts` holds the named groups of the pattern that matched. The same input always gets
        the same answer.
        """
        seen = signs(platform, code, text, http_status)
        return best(self._rows, seen) or Classified(UNKNOWN, 0.0, ("nothing known matches",))

    def validate(self, fix_names: Collection[str]) -> None:
        """Check what lies above this layer: every fix a file names must exist."""
        for problem in self.problems.values():
            missing = sorted(set(problem.fixes) - set(fix_names))
            if missing:
                msg = f"{problem.name}.md.j2: there is no fix named {', '.join(missing)}"
                raise ConfigError(msg)


def _refuse_double_claims(rows: Collection[Match]) -> None:
    claimed: dict[tuple[str, str, int, str], Match] = {}
    for row in rows:
        first = claimed.setdefault(row.claim, row)
        if first is not row:
            msg = (
                f"{row.problem}.md.j2: platform {row.platform}, code {row.code or '–'} and pattern "
                f"{row.claim[3] or '–'} are claimed by {first.problem}.md.j2 already"
            )
            raise ConfigError(msg)


def _require_blocks(paths: Collection[Path]) -> None:
    for path in paths:
        missing = sorted(REQUIRED_BLOCKS - block_names(path))
        if missing:
            msg = f"{path.name}: block {', '.join(missing)} is missing"
            raise ConfigError(msg)
