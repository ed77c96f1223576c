"""The language of criteria, as text and as a tree.

::

    when     := or
    or       := and ("or" and)*
    and      := not ("and" not)*
    not      := "not" not | primary
    primary  := "(" or ")" | "always"
              | ("any" | "all") "lesions" "(" or ")"
              | "at_least" "(" count "," or ("," or)* ")"
              | "verdict" "(" option ")" "in" words
              | fact [("<" | "<=" | ">" | ">=" | "==" | "!=") (limit | word) | "in" words]
    fact     := NAME | NAME "." WORD          a fact, or one word of a list fact: symptoms.hormonal
    limit    := "limit" | "limits." NAME | "convention." NAME
    words    := "[" word ("," word)* "]"

No arithmetic, no numbers: every number stands under a name beside its citation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import Problem
from ..values import Exact

__all__ = [
    "EXPRESSIONS", "Always", "And", "AtLeast", "Compare", "Expression", "Has", "Lesions", "Limit", "Not", "OneOf", "Or",
    "VerdictIn", "parse",
]  # fmt: skip

SHOWN = 24
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Limit:
    """A named number: ``text`` as written beside its citation, ``number`` in the fact's unit once checked."""

    name: str
    text: str = ""
    number: Exact | None = None


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for everyone."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a limit."""

    fact: str
    operator: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word fact is one of ``words``; a bare yes/no fact is ``OneOf(fact, ("yes",))``."""

    fact: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A list fact holds ``word``."""

    fact: str
    word: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``count`` of the parts hold."""

    count: int
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Lesions:
    """``quantifier`` (any, all) over the liver lesions, which are judged by ``part``."""

    quantifier: str
    part: Expression


@dataclass(frozen=True, slots=True)
class VerdictIn:
    """The verdict on another option is one of ``verdicts``."""

    option: str
    verdicts: tuple[str, ...]


Expression = Always | Compare | OneOf | Has | Not | And | Or | AtLeast | Lesions | VerdictIn
EXPRESSIONS = (Always, And, AtLeast, Compare, Has, Lesions, Limit, Not, OneOf, Or, VerdictIn)
"""Every class that a tree may hold."""

_TOKEN = re.compile(
    r"\s*(?:(?P<list>\[[^\]]*\])|(?P<operator><=|>=|==|!=|<|>)|(?P<mark>[(),])|(?P<quoted>\"[^\"]*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_.\-]*)|(?P<number>\d+))"
)


def parse(text: str) -> Expression:
    """The tree of an expression, names not yet checked.

    Raises ``Problem`` (without a place) with the position of what could not be read.
    """
    if text.count("(") > DEEPEST or text.count("not ") > DEEPEST:
        raise Problem("an expression nested too deeply", "a short expression", "Split it.", "bad-expression")
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0

    def _tokens(self) -> list[tuple[str, str, int]]:
        found, position = [], 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                raise self._problem(position, "a fact, a limit by name, `and`, `or`, `not` or brackets")
            found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()
        return found

    def _problem(self, position: int, expected: str) -> Problem:
        rest = self.text[position:].strip()[:SHOWN]
        return Problem(
            f"`{rest}` at character {position + 1} of `{self.text}`" if rest else f"the end of `{self.text}`",
            expected,
            "See the language of criteria in the documentation.",
            "bad-expression",
        )

    def _expected(self, what: str) -> Problem:
        position = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        return self._problem(position, what)

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.tokens[at][:2] if at < len(self.tokens) else ("end", "")

    def _take(self, text: str) -> bool:
        if self._peek()[1] == text and self._peek()[0] in ("name", "mark"):
            self.at += 1
            return True
        return False

    def _demand(self, text: str) -> None:
        if not self._take(text):
            raise self._expected(f"`{text}`")

    def _next(self, kind: str, what: str) -> str:
        if self._peek()[0] != kind:
            raise self._expected(what)
        self.at += 1
        return self.tokens[self.at - 1][1]

    def whole(self) -> Expression:
        tree = self._or()
        if self.at < len(self.tokens):
            raise self._expected("`and`, `or` or the end")
        return tree

    def _or(self) -> Expression:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Expression:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Expression:
        return Not(self._not()) if self._take("not") else self._primary()

    def _primary(self) -> Expression:
        if self._take("("):
            inner = self._or()
            self._demand(")")
            return inner
        word = self._peek()[1]
        if word in ("any", "all") and self._peek(1)[1] == "lesions":
            self.at += 2
            self._demand("(")
            inner = self._or()
            self._demand(")")
            return Lesions(word, inner)
        if self._peek(1)[1] == "(" and word in ("at_least", "verdict"):
            self.at += 2
            return self._at_least() if word == "at_least" else self._verdict()
        return Always() if self._take("always") else self._fact()

    def _at_least(self) -> Expression:
        count = int(self._next("number", "a count"))
        parts = []
        while self._take(","):
            parts.append(self._or())
        self._demand(")")
        return AtLeast(count, tuple(parts))

    def _verdict(self) -> Expression:
        option = self._next("name", "an option")
        self._demand(")")
        self._demand("in")
        return VerdictIn(option, self._words())

    def _words(self) -> tuple[str, ...]:
        inside = self._next("list", "a list such as `[G1, G2]`")[1:-1]
        words = tuple(word.strip().strip('"') for word in inside.split(","))
        if not all(words):
            raise self._expected("words between the commas")
        return words

    def _fact(self) -> Expression:
        name = self._next("name", "a fact")
        kind, text = self._peek()
        if self._take("in"):
            return OneOf(name, self._words())
        if kind != "operator":
            fact, _, member = name.partition(".")
            return Has(fact, member) if member else OneOf(name, ("yes",))
        self.at += 1
        return self._comparison(name, text)

    def _comparison(self, name: str, operator: str) -> Expression:
        kind, text = self._peek()
        if kind not in ("name", "quoted"):
            raise self._expected("`limit`, `limits.NAME`, `convention.NAME` or a word (numbers stand under a name)")
        self.at += 1
        if kind == "name" and (text == "limit" or text.startswith(("limits.", "convention."))):
            return Compare(name, operator, Limit(text))
        word = OneOf(name, (text.strip('"'),))
        if operator == "==":
            return word
        if operator == "!=":
            return Not(word)
        raise self._expected("a limit by name after this operator")
