"""Reads a query statement; what does not parse is refused as 4000, as QuickBooks words it."""

import re
from dataclasses import dataclass

from sandbox.quickbooks.faults import QboFault, fault

TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<mark><=|>=|!=|[=<>(),*])
    )""",
    re.VERBOSE | re.DOTALL,
)
OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "LIKE", "IN")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the statement and the column it starts at."""

    kind: str
    text: str
    column: int
    line: int = 1

    @property
    def upper(self) -> str:
        """Keywords are case-insensitive."""
        return self.text.upper()


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: a text, a number, true or false, or today."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """`property operator value`; IN has several values."""

    prop: str
    sign: Token
    values: tuple[Value, ...]

    @property
    def operator(self) -> str:
        """`=`, `IN` and so on, in upper case."""
        return self.sign.upper


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed statement; `count` is `count(*)`, `everything` is `*`."""

    entity: str
    count: bool = False
    everything: bool = True
    fields: tuple[Token, ...] = ()
    """Named ones: instead of `*`, or besides it."""
    where: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    limit: int = 100


def parse(statement: str) -> Query:
    """The query of a statement. Raises QboFault 4000, or 4001 for a page out of range."""
    return _Parser(_tokens(statement)).query()


def unquote(literal: str) -> str:
    """The text of a quoted literal: backslash escapes the next character."""
    return re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL)


def _tokens(statement: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while statement[position:].strip():
        match = TOKEN.match(statement, position)
        if match is None:
            raise _lexical(statement, position)
        kind = str(match.lastgroup)
        start = match.start(kind)
        if tokens and tokens[-1].kind == "string" and kind == "word" and start == position:
            raise _apostrophe(statement, position)
        line, column = _place(statement, start)
        tokens.append(Token(kind, match.group(kind), column, line))
        position = match.end()
    line, column = _place(statement, len(statement))
    tokens.append(Token("end", "<EOF>", column, line))
    return tokens


def _place(statement: str, position: int) -> tuple[int, int]:
    before = statement[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _apostrophe(statement: str, position: int) -> QboFault:
    """An unescaped apostrophe ends the text too early: `'Joe's'`."""
    rest = re.match(r"\w+", statement[position:])
    line, column = _place(statement, position - 1)
    text = rest.group() if rest else ""
    return fault(
        "4000",
        f'QueryParserError: Encountered " <STRING> "\'{text}" at line {line}, column {column}',
    )


def _lexical(statement: str, position: int) -> QboFault:
    skipped = len(statement[position:]) - len(statement[position:].lstrip())
    at = position + skipped
    line, column = _place(statement, at)
    if statement[at] == "'":
        # A text that never ends: the scanner reads to the end of the statement.
        line, end = _place(statement, len(statement))
        return fault(
            "4000",
            f"QueryParserError: Lexical error at line {line}, column {end}.  "
            f'Encountered: <EOF> after : "{statement[at:]}"',
        )
    shown = statement[at]
    return fault(
        "4000",
        f"QueryParserError: Lexical error at line {line}, column {column}.  "
        f'Encountered: "{shown}" ({ord(shown)}), after : ""',
    )


KINDS = {"word": "<IDENTIFIER>", "number": "<INTEGER>", "string": "<STRING>"}


def unexpected(token: Token) -> QboFault:
    """4000 for a word that cannot stand where it stands."""
    if token.kind == "end":
        seen = '"<EOF>"'
    elif token.kind in KINDS:
        seen = f'" {KINDS[token.kind]} "{token.text} ""'
    else:
        seen = f'" "{token.text}" "{token.text} ""'
    return fault(
        "4000",
        f"QueryParserError: Encountered {seen} at line {token.line}, column {token.column}.",
    )


class _Parser:
    """Walks the tokens of one statement."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        self._keyword("SELECT")
        count, everything, fields = self._selection()
        self._keyword("FROM")
        entity = self._take("word").text
        where = self._where() if self._accept("WHERE") else ()
        order = self._order()
        start, limit = self._page()
        if self._here.kind != "end":
            raise unexpected(self._here)
        return Query(entity, count, everything, fields, where, order, start, limit)

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _take(self, kind: str) -> Token:
        token = self._here
        if token.kind != kind:
            raise unexpected(token)
        self._at += 1
        return token

    def _accept(self, *words: str) -> bool:
        if self._here.kind in ("word", "mark") and self._here.upper in words:
            self._at += 1
            return True
        return False

    def _keyword(self, word: str) -> None:
        if not self._accept(word):
            raise unexpected(self._here)

    def _selection(self) -> tuple[bool, bool, tuple[Token, ...]]:
        """Whether `count(*)`, whether `*`, and the fields named."""
        if self._here.upper == "COUNT":
            self._at += 1
            for mark in ("(", "*", ")"):
                self._keyword(mark)
            return True, True, ()
        everything = self._accept("*")
        names = [] if everything else [self._take("word")]
        while self._accept(","):
            names.append(self._take("word"))
        return False, everything, tuple(names)

    def _where(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        bracketed = self._accept("(")
        prop = self._take("word").text
        token = self._here
        operator = token.upper
        if operator not in OPERATORS:
            raise unexpected(token)
        self._at += 1
        values = self._values() if operator == "IN" else (self._value(),)
        if bracketed:
            self._keyword(")")
        return Condition(prop, token, values)

    def _values(self) -> tuple[Value, ...]:
        self._keyword("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._keyword(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._here
        if token.kind == "string":
            value = Value("string", unquote(token.text))
        elif token.kind == "number":
            value = Value("number", token.text)
        elif token.upper in ("TRUE", "FALSE"):
            value = Value("boolean", token.text.lower())
        elif token.upper == "CURRENT_DATE":
            value = Value("today", "")
        else:
            raise unexpected(token)
        self._at += 1
        return value

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self._accept("ORDER"):
            self._keyword("BY")
        elif not self._accept("ORDERBY"):
            return ()
        order = [self._direction()]
        while self._accept(","):
            order.append(self._direction())
        return tuple(order)

    def _direction(self) -> tuple[str, bool]:
        prop = self._take("word").text
        if self._accept("DESC"):
            return prop, True
        self._accept("ASC")
        return prop, False

    def _page(self) -> tuple[int, int]:
        start, limit = 1, 100
        while self._here.upper in ("STARTPOSITION", "MAXRESULTS"):
            word = self._here.upper
            self._at += 1
            token = self._take("number")
            if not token.text.lstrip("-").isdigit():
                raise unexpected(token)
            number = int(token.text)
            if word == "STARTPOSITION":
                start = _at_least_one(number)
            else:
                limit = _at_least_one(number)
        if limit > 1000:
            raise fault(
                "4001",
                f"QueryValidationError: value {limit} is too large. Max allowed value is 1000",
            )
        return start, limit


def _at_least_one(number: int) -> int:
    if number < 1:
        raise fault(
            "4001",
            f"QueryValidationError: value {number} is too small. Min allowed value is 1",
        )
    return number
