"""What a firm's own problem file may hold: the parsed template is compared with a list.

Jinja's sandbox keeps a template from reaching Python, and still lets it make a text of 300 MB,
loop for ever and read other files. So nothing counts that is not named here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch

from jinja2 import nodes

from bot.render.wording import PARTS

# Filters of Jinja's own that are useful in a sentence; ours come on top (environment.FILTERS).
JINJA_FILTERS = frozenset(
    {"capitalize", "default", "first", "int", "join", "last", "length", "lower", "replace",
     "string", "trim", "upper"}
)  # fmt: skip
JINJA_TESTS = frozenset({"defined", "false", "none", "number", "string", "true", "undefined"})
LOOP_WORDS = frozenset({"first", "index", "last", "length"})
LONGEST_TEMPLATE = 20_000
_LONGEST_WORD = 500
_LARGEST_NUMBER = 1_000_000
_LONGEST_LIST = 10
_DEEPEST = 30
_LOOPS_INSIDE = 2
_LOOPS = 10
# Filters and functions in loops inside loops: each of them is done 625 times.
_FILTERS_INSIDE = 40

# What holds other things and does nothing by itself.
_HOLDERS: tuple[type[nodes.Node], ...] = (
    nodes.And,
    nodes.Compare,
    nodes.CondExpr,
    nodes.If,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Slice,
    nodes.Sub,
    nodes.Template,
    nodes.TemplateData,
)
# What a loop may go over; when it is rendered, only lists count.
_LOOPED = (nodes.Call, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Name, nodes.Tuple)
# How people write what is refused.
_WRITTEN: Mapping[type[nodes.Node], str] = {
    nodes.Add: "+",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.CallBlock: "{% call %}",
    nodes.Concat: "~",
    nodes.Dict: "a table in braces",
    nodes.Div: "/",
    nodes.Extends: "{% extends %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.FloorDiv: "//",
    nodes.FromImport: "{% import %}",
    nodes.Import: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.Macro: "{% macro %}",
    nodes.Mod: "%",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.With: "{% with %}",
}


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a file, and in which line (0: in no line of its own)."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True)
class _Place:
    """Where in the template a node stands."""

    depth: int = 0
    loops: int = 0


def flaws(
    tree: nodes.Template, filters: Collection[str], functions: Collection[str]
) -> Iterator[Flaw]:
    """Yield everything in a parsed template that is not on the list."""
    known = _Known(frozenset(filters), frozenset(functions))
    yield from _walk(tree, _Place(), known)
    loops = list(tree.find_all(nodes.For))
    if len(loops) > _LOOPS:
        yield Flaw(0, f"there are more than {_LOOPS} loops")
    inside = [one for outer in loops for one in outer.find_all(nodes.For) if one is not outer]
    if sum(len(list(one.find_all((nodes.Filter, nodes.Call)))) for one in inside) > _FILTERS_INSIDE:
        yield Flaw(0, f"loops inside loops have more than {_FILTERS_INSIDE} filters")


@dataclass(frozen=True)
class _Known:
    filters: frozenset[str]
    functions: frozenset[str]


def _walk(node: nodes.Node, place: _Place, known: _Known) -> Iterator[Flaw]:
    if place.depth > _DEEPEST:
        yield Flaw(node.lineno, f"it is nested more than {_DEEPEST} deep")
        return
    for reason in _reasons(node, place, known):
        yield Flaw(node.lineno, reason)
    if type(node) in _WRITTEN:
        return
    loops = place.loops + isinstance(node, nodes.For)
    for child in node.iter_child_nodes():
        # The name of a function is judged with its call.
        if isinstance(node, nodes.Call) and child is node.node:
            continue
        yield from _walk(child, _Place(place.depth + 1, loops), known)


@singledispatch
def _reasons(node: nodes.Node, _place: _Place, _known: _Known) -> Iterator[str]:
    """Yield what is wrong with one node; what has no rule below must be a mere holder."""
    if not isinstance(node, _HOLDERS):
        yield f"{_WRITTEN.get(type(node)) or type(node).__name__} is not allowed here"


@_reasons.register
def _block(node: nodes.Block, place: _Place, _known: _Known) -> Iterator[str]:
    if node.name not in PARTS or place.depth != 1:
        yield f"block {node.name} is not allowed here; there are {', '.join(PARTS)}"


@_reasons.register
def _for(node: nodes.For, place: _Place, _known: _Known) -> Iterator[str]:
    if not isinstance(node.target, nodes.Name) or node.recursive:
        yield "a loop takes one thing at a time from a list of facts"
    if not isinstance(node.iter, _LOOPED):
        yield "a loop goes over a list of facts and nothing else"
    if place.loops >= _LOOPS_INSIDE:
        yield f"loops stand more than {_LOOPS_INSIDE} deep in each other"


@_reasons.register
def _name(node: nodes.Name, _place: _Place, known: _Known) -> Iterator[str]:
    if node.name in known.functions:
        yield f"{node.name} needs its brackets: {node.name}()"
    elif node.name.startswith("_") or node.name in ("self", "super", "varargs", "kwargs", "caller"):
        yield f"there is no fact “{node.name}”"


@_reasons.register
def _const(node: nodes.Const, _place: _Place, _known: _Known) -> Iterator[str]:
    value = node.value
    if isinstance(value, str) and len(value) > _LONGEST_WORD:
        yield f"a text in quotes has more than {_LONGEST_WORD} characters"
    elif isinstance(value, int | float) and not abs(value) <= _LARGEST_NUMBER:
        yield f"a number is larger than {_LARGEST_NUMBER:,}"


@_reasons.register
def _listed(node: nodes.List | nodes.Tuple, _place: _Place, _known: _Known) -> Iterator[str]:
    if len(node.items) > _LONGEST_LIST:
        yield f"a list has more than {_LONGEST_LIST} parts"


@_reasons.register
def _filter(node: nodes.Filter, _place: _Place, known: _Known) -> Iterator[str]:
    if node.name not in known.filters:
        yield f"there is no filter “{node.name}” here"
    yield from _arguments(node)


@_reasons.register
def _test(node: nodes.Test, _place: _Place, _known: _Known) -> Iterator[str]:
    if node.name not in JINJA_TESTS:
        yield f"there is no test “{node.name}” here"
    yield from _arguments(node)


@_reasons.register
def _call(node: nodes.Call, _place: _Place, known: _Known) -> Iterator[str]:
    if not isinstance(node.node, nodes.Name):
        yield "only functions by their name can be called"
    elif node.node.name not in known.functions:
        yield f"there is no function “{node.node.name}” here"
    yield from _arguments(node)


def _arguments(node: nodes.Filter | nodes.Test | nodes.Call) -> Iterator[str]:
    if node.dyn_args is not None or node.dyn_kwargs is not None or node.kwargs:
        yield "what stands in the brackets is given by place, without names and stars"


@_reasons.register
def _getattr(node: nodes.Getattr, _place: _Place, _known: _Known) -> Iterator[str]:
    if not isinstance(node.node, nodes.Name | nodes.Getitem) or node.attr.startswith("_"):
        yield f"“.{node.attr}” is not allowed here: only a fact has parts, as in ours.name"
    elif node.node == nodes.Name("loop", "load") and node.attr not in LOOP_WORDS:
        yield f"“loop.{node.attr}” is not allowed; there are {', '.join(sorted(LOOP_WORDS))}"


@_reasons.register
def _getitem(node: nodes.Getitem, _place: _Place, _known: _Known) -> Iterator[str]:
    parts: list[nodes.Expr | None] = [node.arg]
    if isinstance(node.arg, nodes.Slice):
        parts = [node.arg.start, node.arg.stop, node.arg.step]
    numbers = [part for part in parts if part is not None]
    if not all(isinstance(one, nodes.Const) and isinstance(one.value, int) for one in numbers):
        yield "only a number may stand in square brackets, as in twins[0] or twins[1:]"
