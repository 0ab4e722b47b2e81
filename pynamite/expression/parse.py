"""DynamoDB's expressions from text to tree: conditions (filters and key conditions, too), updates, projections.

Trees are cached by their text. They have ``#n0`` steps and ``:v0`` placeholders until `fill` binds them. Whatever is
wrong raises an ExpressionError in the service's own words, without its ``Invalid ConditionExpression: `` before them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from pynamite.errors import ExpressionError
from pynamite.expression.fill import fill
from pynamite.expression.grammar import MISPLACED, PREDICATES, Grammar
from pynamite.expression.nodes import (
    Add,
    Arithmetic,
    Between,
    Comparator,
    Compare,
    Condition,
    Delete,
    Function,
    FunctionName,
    IfNotExists,
    In,
    ListAppend,
    Not,
    Operand,
    Path,
    Projection,
    Remove,
    Set,
    SetValue,
    Size,
    Update,
    conjunction,
    disjunction,
)

__all__ = ["fill", "parse_condition", "parse_key_condition", "parse_projection_text", "parse_update"]

COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})

_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")


@lru_cache(maxsize=2048)
def parse_condition(text: str) -> Condition:
    """Read a condition or a filter.

    >>> parse_condition("a = :v")
    Compare(operator='=', left=Path(steps=('a',)), right=Placeholder(name=':v'))

    Raises:
        ExpressionError: the service would refuse the text as it stands, without a look at names and values.
    """
    try:
        return _Conditions(text).whole()
    except RecursionError:
        # Five hundred levels are more than 300 operators can need, so some of the parentheses hold others.
        raise ExpressionError("The expression has redundant parentheses;") from None


def parse_key_condition(text: str) -> Condition:
    """Read a key condition; its grammar is that of conditions, and `check` refuses what a key condition cannot have.

    Raises:
        ExpressionError: as `parse_condition`.
    """
    return parse_condition(text)


@lru_cache(maxsize=2048)
def parse_update(text: str) -> Update:
    """Read an update.

    >>> parse_update("REMOVE a, b[0]").removes
    (Remove(path=Path(steps=('a',))), Remove(path=Path(steps=('b', 0))))

    Raises:
        ExpressionError: the service would refuse the text as it stands, without a look at names and values.
    """
    try:
        return _Updates(text).whole()
    except RecursionError:
        raise ExpressionError("The expression has redundant parentheses;") from None


@lru_cache(maxsize=2048)
def parse_projection_text(text: str) -> Projection:
    """Read a projection as the API has it, ``#n0, a.b``; see `paths.parse_projection` for one made of plain names.

    Raises:
        ExpressionError: the service would refuse the text as it stands, without a look at the names.
    """
    grammar = Grammar(text)
    paths = [grammar.path()]
    while grammar.tokens.accept(","):
        paths.append(grammar.path())
    grammar.finish()
    return Projection(tuple(paths))


class _Conditions(Grammar):
    functions = PREDICATES | {"size"}
    called = "a condition expression"
    tells_size = True

    def whole(self) -> Condition:
        condition = self._condition()
        self.finish()
        return cast("Condition", condition)

    def _condition(self, *, lone: bool = False) -> Condition | Operand:
        """Read ORs of ANDs of NOTs; with ``lone``, a mere operand will do if a parenthesis closes right after it."""
        either: list[Condition] = []
        every: list[Condition] = []
        while True:
            negations = 0
            while self.at_word("NOT"):
                self.tokens.take()
                negations += 1
            part = self._comparison(lone=lone and not (either or every or negations))
            if not isinstance(part, Condition):
                return part
            for _ in range(negations):
                part = Not(part)
            every.append(part)
            if self.at_word("AND"):
                self.tokens.take()
                continue
            either.append(conjunction(*every))
            if not self.at_word("OR"):
                return disjunction(*either)
            every = []
            self.tokens.take()

    def _comparison(self, *, lone: bool) -> Condition | Operand:
        position = self.tokens.position
        left: Condition | Operand
        if self.tokens.accept("("):
            left = self._condition(lone=True)
            self.close(position)
            if isinstance(left, Condition) and not isinstance(left, Function):
                return left
        elif self.at_call():
            left = self.function(*self.call())
        else:
            left = self.operand()
        if lone and self.tokens.current == ")":
            return left
        return self._after(position, left)

    def _after(self, position: int, left: Operand | Function) -> Condition:
        token = self.tokens.current
        word = token.upper()
        if token not in COMPARATORS and word not in {"BETWEEN", "IN"}:
            return self._predicate(position, left)
        self.tokens.take()
        if isinstance(left, Function):
            if left.name in PREDICATES:
                self.note(position, MISPLACED + left.name)
            left = cast("Operand", left)
        if word == "BETWEEN":
            return self._between(left)
        if word == "IN":
            return self._options(left)
        return Compare(cast("Comparator", token), left, self.operand())

    def _predicate(self, position: int, left: Operand | Function) -> Condition:
        """Take a call for the whole condition; anything else needs an operator here."""
        if isinstance(left, Size):
            left = Function(cast("FunctionName", "size"), (left.path,))
        if not isinstance(left, Function):
            raise self.tokens.error()
        if cast("str", left.name) == "size":
            self.note(position, MISPLACED + "size")
        return left

    def _between(self, operand: Operand) -> Condition:
        low = self.operand()
        if not self.at_word("AND"):
            raise self.tokens.error()
        self.tokens.take()
        return Between(operand, low, self.operand())

    def _options(self, operand: Operand) -> Condition:
        self.tokens.expect("(")
        options = [self.operand()]
        while self.tokens.accept(","):
            options.append(self.operand())
        self.tokens.expect(")")
        return In(operand, tuple(options))


class _Updates(Grammar):
    functions = frozenset({"if_not_exists", "list_append"})
    called = "an update expression"

    def whole(self) -> Update:
        sections: dict[str, list[Any]] = {}
        repeated: list[str] = []
        while True:
            section = self.tokens.current.upper()
            if section not in _SECTIONS:
                raise self.tokens.error()
            self.tokens.take()
            if section in sections:
                repeated.append(section)
            actions = sections.setdefault(section, [])
            actions.append(self._action(section))
            while self.tokens.accept(","):
                actions.append(self._action(section))
            if self.tokens.current.upper() not in _SECTIONS:
                break
        self.finish()
        if repeated:
            raise ExpressionError(f'The "{repeated[0]}" section can only be used once in an update expression;')
        return Update(*(tuple(sections.get(section, ())) for section in _SECTIONS))

    def _action(self, section: str) -> Set | Remove | Add | Delete:
        target = self.path()
        match section:
            case "SET":
                self.tokens.expect("=")
                return Set(target, self._value())
            case "REMOVE":
                return Remove(target)
            case "ADD":
                return Add(target, self.placeholder())
            case _:
                return Delete(target, self.placeholder())

    def _value(self) -> SetValue:
        """Read what stands right of ``SET path =``: an operand, or two with + or - between them."""
        position = self.tokens.position
        left = self._first_value()
        operator = self.tokens.current
        if operator not in {"+", "-"} or isinstance(left, Arithmetic):
            return left
        self._refuse_list(position, left)
        self.tokens.take()
        position = self.tokens.position
        right = cast("SetValue", self.operand())
        return Arithmetic("+" if operator == "+" else "-", left, right)

    def _first_value(self) -> SetValue:
        position = self.tokens.position
        if self.tokens.accept("("):
            inner = self._value()
            self.close(position)
            return inner
        if self.at_call():
            return cast("SetValue", self.function(*self.call()))
        return cast("SetValue", self.operand())

    def operand(self) -> Operand:
        position = self.tokens.position
        read = super().operand()
        self._refuse_list(position, cast("SetValue", read))
        return read

    def _refuse_list(self, position: int, value: SetValue) -> None:
        """Note a list_append that is not the whole value of a SET."""
        if isinstance(value, ListAppend):
            self.note(position, MISPLACED + "list_append")

    def function(self, name: str, arguments: tuple[Operand, ...]) -> Operand:
        if len(arguments) == 2:
            first, second = cast("tuple[SetValue, SetValue]", arguments)
            if name == "list_append":
                return cast("Operand", ListAppend(first, second))
            if name == "if_not_exists" and isinstance(first, Path):
                return cast("Operand", IfNotExists(first, second))
        return super().function(name, arguments)
