"""Expressions in plain English, for people who will never read the syntax."""

from __future__ import annotations

from typing import Protocol

from ._syntax import Always, And, AtLeast, Compare, Expression, Has, Lesions, Not, OneOf, Or, VerdictIn

__all__ = ["Names", "in_english"]

_OPERATORS = {
    "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least", "==": "is", "!=": "is not",
}  # fmt: skip
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class Names(Protocol):
    """How facts, words and options are called by people."""

    def fact(self, name: str) -> str:
        """The title of a fact, as it stands inside a sentence."""

    def word(self, fact: str, word: str) -> str:
        """The title of a value."""

    def option(self, name: str) -> str:
        """The title of an option."""


def in_english(node: Expression, names: Names) -> str:
    """The expression as a clause, without capital and full stop."""
    match node:
        case Always():
            return "always"
        case Compare(fact, operator, limit):
            return f"{names.fact(fact)} {_OPERATORS[operator]} {limit.text}"
        case OneOf(fact, words):
            return _one_of(fact, words, names, "is")
        case Has(fact, word):
            return f"{names.fact(fact)} include {names.word(fact, word)}"
        case Not(part):
            return _negated(part, names)
        case And(parts):
            return " and ".join(_bracketed(part, names) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part, names) for part in parts)
        case AtLeast(count, parts):
            return f"at least {count} of: {'; '.join(in_english(part, names) for part in parts)}"
        case Lesions(quantifier, part):
            return f"for {quantifier} lesion, {in_english(part, names)}"
        case VerdictIn(option, verdicts):
            possible = _either([verdict.replace("_", " ") for verdict in verdicts])
            return f"the verdict on {names.option(option)} is {possible}"
    raise AssertionError(node)


def _one_of(fact: str, words: tuple[str, ...], names: Names, verb: str) -> str:
    if words == ("yes",):
        return names.fact(fact) if verb == "is" else f"no {names.fact(fact)}"
    return f"{names.fact(fact)} {verb} {_either([names.word(fact, word) for word in words])}"


def _negated(part: Expression, names: Names) -> str:
    match part:
        case Compare(fact, operator, limit):
            return f"{names.fact(fact)} {_OPERATORS[_NEGATED[operator]]} {limit.text}"
        case OneOf(fact, words):
            return _one_of(fact, words, names, "is not")
        case Has(fact, word):
            return f"{names.fact(fact)} do not include {names.word(fact, word)}"
        case _:
            return f"not ({in_english(part, names)})"


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _bracketed(part: Expression, names: Names) -> str:
    text = in_english(part, names)
    return f"({text})" if isinstance(part, And | Or | AtLeast | Lesions) else text
