"""Rules in CEL, read into functions of a scope."""

import ast
import re

from kitserve.crds.cel.functions import (
    FUNCTIONS,
    MACROS,
    METHODS,
    OPERATORS,
    Expression,
    Scope,
    Value,
    call,
    either,
    member,
)

_TOKEN = re.compile(
    r'\s*(r"""(?:.|\n)*?"""'
    r"|'(?:\\.|[^'\\])*'"
    r'|"(?:\\.|[^"\\])*"'
    r"|\d+|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[-+<>!?:.,()\[\]])"
)
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+",))
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


def read(rule: str) -> Expression:
    """Return a rule's function. Raises ValueError for what isn't in this part of CEL."""
    reader = _Reader(rule)
    expression = reader.choice()
    if reader.next():
        raise ValueError(f"{reader.next()} is left of {rule}")
    return expression


class _Reader:
    """Reads from the first word on, with a method for each level of binding."""

    def __init__(self, rule: str) -> None:
        self._words = _TOKEN.findall(rule)
        self._at = 0
        if re.sub(r"\s", "", "".join(self._words)) != re.sub(r"\s", "", rule):
            raise ValueError(f"not all of {rule} is read")

    def next(self) -> str:
        """Return the word that is read next; empty at the end."""
        return self._words[self._at] if self._at < len(self._words) else ""

    def _take(self, wanted: str = "") -> str:
        word = self.next()
        if not word or (wanted and word != wanted):
            raise ValueError(f"{word} where {wanted or 'more'} is expected")
        self._at += 1
        return word

    def choice(self) -> Expression:
        """Read `condition ? one : other`, or one level below."""
        condition = self._binary(0)
        if self.next() != "?":
            return condition
        self._take("?")
        one = self.choice()
        self._take(":")
        other = self.choice()
        return lambda scope: one(scope) if condition(scope) is True else other(scope)

    def _binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self.next() in _LEVELS[level]:
            left = _combine(self._take(), left, self._binary(level + 1))
        return left

    def _unary(self) -> Expression:
        if self.next() == "!":
            self._take()
            negated = self._unary()
            return lambda scope: not negated(scope)
        return self._postfix(self._primary())

    def _postfix(self, value: Expression) -> Expression:
        while self.next() in {".", "["}:
            if self._take() == "[":
                value = _member_of(value, self.choice())
                self._take("]")
            else:
                name = self._take()
                value = self._call(value, name) if self.next() == "(" else _field_of(value, name)
        return value

    def _call(self, value: Expression, name: str) -> Expression:
        self._take("(")
        if name in MACROS:
            variable = self._take()
            self._take(",")
            body = self.choice()
            self._take(")")
            return lambda scope: MACROS[name](scope, variable, value(scope), body)
        arguments = self._arguments()
        return lambda scope: call(METHODS[name], value(scope), *(argument(scope) for argument in arguments))

    def _arguments(self, end: str = ")") -> list[Expression]:
        found: list[Expression] = []
        while self.next() != end:
            found.append(self.choice())
            if self.next() != end:
                self._take(",")
        self._take(end)
        return found

    def _primary(self) -> Expression:
        word = self._take()
        if word == "(":
            inner = self.choice()
            self._take(")")
            return inner
        if word == "[":
            items = self._arguments("]")
            return lambda scope: [item(scope) for item in items]
        if word == "has":
            self._take("(")
            return self._has()
        if self.next() == "(":
            self._take("(")
            arguments = self._arguments()
            return lambda scope: call(FUNCTIONS[word], *(argument(scope) for argument in arguments))
        return _literal(word)

    def _has(self) -> Expression:
        """Read what is in `has(…)`: a value and the field that is looked for."""
        start = self._at
        self.choice()
        field, end = self._words[self._at - 1], self._at
        self._at = start
        words = self._words
        self._words = words[: end - 2]
        holder = self.choice()
        self._words, self._at = words, end
        self._take(")")
        return lambda scope: field in holder(scope)


def _literal(word: str) -> Expression:
    if word in _CONSTANTS:
        constant = _CONSTANTS[word]
        return lambda _scope: constant
    if word[0].isdigit() or word[0] in "'\"" or word.startswith('r"'):
        value = ast.literal_eval(word)
        return lambda _scope: value
    return lambda scope: member(scope, word)


def _combine(sign: str, left: Expression, right: Expression) -> Expression:
    if sign in {"||", "&&"}:
        return either(left, right, sign == "||")
    function = OPERATORS[sign]
    return lambda scope: function(left(scope), right(scope))


def _member_of(holder: Expression, index: Expression) -> Expression:
    return lambda scope: member(holder(scope), index(scope))


def _field_of(holder: Expression, name: str) -> Expression:
    def field(scope: Scope) -> Value:
        return member(holder(scope), name)

    return field
