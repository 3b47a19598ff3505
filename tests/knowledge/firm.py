"""Problem files as a firm writes them."""

from pathlib import Path

from bot.fixes.registry import by_name
from bot.knowledge import FirmFile, Ours
from tests.words import knowledge

FIXES = frozenset(by_name())
OURS = Ours(knowledge().ours, FIXES)
FRONT = """title = "{{ record_title() }}: frozen at the bank{{ tail() }}"
push = "{{ company }}: {{ not_posted() }}; {{ the_record() }} is frozen"
family = "platform"
kind = "validation_other"
severity = "error"
fixes = ["retry"]

[[match]]
platform = "any"
code = "77001"
pattern = "frozen by (?P<user>[A-Za-z ]{1,40})"
"""
BLOCKS = {
    "what": "The bank froze {{ the_record() }}.",
    "why": "{{ fact('user', 'Somebody') }} asked for it.",
    "fix": "1. Call Priya.\n2. Press **Try again** here.",
    "prevent": "Tell the bank early.",
}


def written(folder: Path, name: str, front: str = FRONT, **blocks: str) -> Path:
    """Write a problem file of the firm."""
    parts = {**BLOCKS, **blocks}
    body = "\n".join(f"{{% block {key} %}}\n{parts[key]}\n{{% endblock %}}" for key in parts)
    path = folder / f"{name}.md.j2"
    path.write_text(f"+++\n{front}\n+++\n{body}\n", encoding="utf-8")
    return path


def reasons(one: FirmFile) -> str:
    """All flaws on one line."""
    return " · ".join(str(flaw) for flaw in one.flaws)
