"""What the grammars of conditions, updates and projections have in common: paths, operands, calls, parentheses.

The service reads an expression in two goes, and so does this parser: what breaks the grammar comes first, wherever it
stands; then redundant parentheses; then, from left to right, reserved words, functions and list indexes.
"""

from __future__ import annotations

from typing import cast

from pynamite.errors import ExpressionError
from pynamite.expression.lex import END, Tokens
from pynamite.expression.nodes import Function, FunctionName, Operand, Path, Placeholder, Size, Step
from pynamite.expression.reserved import is_reserved

__all__ = ["PREDICATES", "Grammar"]

PREDICATES = frozenset({"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"})
"""The functions that stand for themselves in a condition."""

FUNCTIONS = PREDICATES | {"size", "if_not_exists", "list_append"}

LARGEST_INDEX = 2**31 - 1

_WORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"})
"""The words of the grammars: no name, in whatever case."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")

MISPLACED = "The function is not allowed to be used this way in an expression; function: "


class Grammar:
    """A recursive descent over one text; a subclass for each kind of expression.

    ``functions`` are those that this kind of expression knows, ``called`` is how the service calls the kind, and
    ``tells_size`` whether it tells how long a text is that is too long.
    """

    functions: frozenset[str] = frozenset()
    called = ""
    tells_size = False

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text, tells_size=self.tells_size)
        self._redundant = False
        self._wrong: list[tuple[int, str]] = []
        self._last_group = (0, 0)

    def finish(self) -> None:
        """See that the text ends here, and raise what was wrong beyond its grammar."""
        if self.tokens.current is not END:
            raise self.tokens.error()
        if self._redundant:
            raise ExpressionError("The expression has redundant parentheses;")
        if self._wrong:
            _, message = min(self._wrong, key=lambda wrong: wrong[0])
            raise ExpressionError(message)

    def note(self, position: int, message: str) -> None:
        """Remember what is wrong at a token, as the grammar has to be followed to the end first."""
        self._wrong.append((position, message))

    def at_word(self, word: str) -> bool:
        """Tell whether the current token is this word of the grammar, in whatever case."""
        return self.tokens.current.upper() == word

    def close(self, opened: int) -> None:
        """Take the closing parenthesis of the group whose opening one was the token at ``opened``."""
        closed = self.tokens.position
        self.tokens.expect(")")
        if self._last_group == (opened + 1, closed - 1):
            self._redundant = True
        self._last_group = (opened, closed)

    def path(self) -> Path:
        """Read a document path."""
        steps: list[Step] = [self._name()]
        while True:
            if self.tokens.accept("."):
                steps.append(self._name())
            elif self.tokens.accept("["):
                steps.append(self._index())
            else:
                return Path(tuple(steps))

    def _name(self) -> str:
        token = self.tokens.current
        if token[:1] == "#" and len(token) > 1:
            return self.tokens.take()
        if not self._is_name(token):
            raise self.tokens.error()
        if is_reserved(token):
            self.note(self.tokens.position, f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return self.tokens.take()

    @staticmethod
    def _is_name(token: str) -> bool:
        return token[:1] in _LETTERS and token.upper() not in _WORDS

    def _index(self) -> int:
        token = self.tokens.current
        if token[:1] not in _DIGITS:
            raise self.tokens.error()
        index = int(token)
        if index > LARGEST_INDEX:
            self.note(self.tokens.position, f"List index is not within the allowable range; index: [{token}]")
        self.tokens.take()
        self.tokens.expect("]")
        return index

    def placeholder(self) -> Placeholder:
        """Read a value's name, ``:v``."""
        token = self.tokens.current
        if token[:1] != ":" or len(token) == 1:
            raise self.tokens.error()
        return Placeholder(self.tokens.take())

    def at_call(self) -> bool:
        """Tell whether a function's name stands here, and the parenthesis after it."""
        return self.tokens.following == "(" and self._is_name(self.tokens.current)

    def call(self) -> tuple[str, tuple[Operand, ...]]:
        """Read a function's name and its operands."""
        position = self.tokens.position
        name = self.tokens.take()
        self.tokens.expect("(")
        arguments = [self.operand()]
        while self.tokens.accept(","):
            arguments.append(self.operand())
        self.tokens.expect(")")
        if name not in FUNCTIONS:
            self.note(position, f"Invalid function name; function: {name}")
        elif name not in self.functions:
            self.note(position, f"The function is not allowed in {self.called}; function: {name}")
        return name, tuple(arguments)

    def operand(self) -> Operand:
        """Read a path, a value's name or a function that gives a value, which may stand in parentheses."""
        position = self.tokens.position
        if self.tokens.accept("("):
            inner = self.operand()
            self.close(position)
            return inner
        if not self.at_call():
            return self.placeholder() if self.tokens.current[:1] == ":" else self.path()
        name, arguments = self.call()
        if name in PREDICATES:
            self.note(position, MISPLACED + name)
        return self.function(name, arguments)

    def function(self, name: str, arguments: tuple[Operand, ...]) -> Operand:
        """Make a function's node.

        One with a wrong number of operands stays a Function, for `check` to refuse: the service looks at that only
        when it knows the names and values.
        """
        if name == "size" and len(arguments) == 1 and isinstance(arguments[0], Path | Placeholder):
            return Size(arguments[0])
        return cast("Operand", Function(cast("FunctionName", name), arguments))
