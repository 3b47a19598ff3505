"""The compiled words of one problem file, and how they are rendered: bounded, part by part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import Template, TemplateError  # noqa: TID251  this is bot.render
from jinja2.runtime import Context

from bot.domain import JsonValue
from bot.errors import TemplateFault
from bot.render.marks import clean, fitted, seen, shorten, unmarked
from bot.render.plain import ProblemText
from bot.render.text import Text, parse, words

# A header has 60 characters, of which "🔴 OPEN · " takes 9.
TITLE = 51
LINE = 400
# So much of a name stands in what a phone shows.
NAMED = 40
OUTPUT_LIMIT = 20_000
LINES = ("title", "push", "fixed", "many")
PARTS = ("what", "why", "fix", "prevent")
_RENDER_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)

# Renders one part, or says instead what to show where that fails.
Around = Callable[[str, Callable[[], str | Text]], str | Text]


def brief(facts: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The facts for what a phone shows: a long name gives way to number, amount and verb."""
    long = {name: facts.get(name) for name in ("party", "name")}
    cut = {
        name: shorten(value, NAMED)
        for name, value in long.items()
        if isinstance(value, str) and len(value) > NAMED
    }
    return {**facts, **cut} if cut else facts


def strictly(_part: str, render: Callable[[], str | Text]) -> str | Text:
    """Let a part that fails raise its TemplateFault."""
    return render()


@dataclass(frozen=True)
class Wording:
    """The templates of one problem file. `prepare` makes of the facts what they may see.

    `places` says in which line of the file each part begins.
    """

    lines: Mapping[str, Template]
    body: Template
    prepare: Callable[[Mapping[str, JsonValue]], Mapping[str, JsonValue]] = dict
    limit: int = OUTPUT_LIMIT
    places: Mapping[str, int] = field(default_factory=dict)

    def render(self, given: Mapping[str, JsonValue], around: Around = strictly) -> ProblemText:
        """Render all parts with the facts; each goes through `around`. Raises what that raises."""
        facts = self.prepare(given)

        def part(key: str) -> Text:
            block = self.body.blocks.get(key)
            if block is None:
                return Text()
            found = around(key, lambda: parse(run(self.body, block, facts, self.limit)))
            return found if isinstance(found, Text) else words(found)

        title = self._fitted("title", facts, around, TITLE)
        push = self._fitted("push", brief(facts), around)
        fixed = title.split(" · ")[0]
        if "fixed" in self.lines:
            fixed = self._fitted("fixed", facts, around)
        return ProblemText(title, push, fixed=fixed, **{key: part(key) for key in PARTS})

    def title(self, given: Mapping[str, JsonValue], around: Around = strictly) -> str:
        """Render the title alone. Raises what `around` raises."""
        return self._fitted("title", self.prepare(given), around, TITLE)

    def many(self, count: int) -> str:
        """Say that there are so many of the problem, "" without words. Raises TemplateFault."""
        return unmarked(self._line("many", {"count": count})) if "many" in self.lines else ""

    def _fitted(
        self, key: str, facts: Mapping[str, JsonValue], around: Around, longest: int = LINE
    ) -> str:
        return str(around(key, lambda: fitted(self._line(key, facts), longest)))

    def _line(self, key: str, facts: Mapping[str, JsonValue]) -> str:
        template = self.lines[key]
        return run(template, template.root_render_func, facts, self.limit)


def run(
    template: Template,
    write: Callable[[Context], Iterator[str]],
    facts: Mapping[str, JsonValue],
    limit: int = OUTPUT_LIMIT,
) -> str:
    """Run a template, or one block of it; raises TemplateFault naming it and the reason."""
    parts: list[str] = []
    length = 0
    try:
        for piece in write(template.new_context(dict(facts))):
            parts.append(piece)
            length += len(piece)
            if length > limit:
                msg = f"{template.name}: the text is longer than {limit:,} characters"
                raise TemplateFault(msg)
    except _RENDER_ERRORS as error:
        msg = f"{template.name}: {shorten(clean(str(error)), 300)}"
        raise TemplateFault(msg, _line(error, template)) from error
    return seen("".join(parts))


def _line(error: BaseException, template: Template) -> int:
    """Return the line of the template in which it failed, 0 when it is not known."""
    found = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__jinja_template__") is template:
            found = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return found
