"""Code that is made for a class: the lines of a function, and the objects that they name."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

__all__ = ["Source", "UnfitError"]

_LITERALS = (type(None), bool, int, str)


class UnfitError(Exception):
    """A value that made code does not take: the careful path says what is wrong with it, or takes it all the same."""


def _fail() -> NoReturn:
    raise UnfitError


class Source:
    """The code of one function; ``name`` is what it is called in tracebacks."""

    def __init__(self, name: str) -> None:
        self.lines: list[str] = []
        self._name = name
        self._names: dict[str, Any] = {"fail": _fail}
        self._by_identity: dict[int, str] = {}
        self._numbers = itertools.count()
        self._indent = ""

    def named(self, value: Any) -> str:
        """Give what a value is called in the code."""
        if type(value) in _LITERALS:
            return repr(value)
        name = self._by_identity.get(id(value))
        if name is None:
            name = self._by_identity[id(value)] = self.fresh("g")
            self._names[name] = value
        return name

    def fresh(self, letter: str) -> str:
        """Give a name that nothing else has."""
        return f"{letter}{next(self._numbers)}"

    def add(self, *lines: str) -> None:
        """Add lines to the function's body."""
        self.lines += [self._indent + line for line in lines]

    @contextlib.contextmanager
    def indented(self) -> Iterator[None]:
        """Put the lines that are added meanwhile into the block of the last one."""
        before, self._indent = self._indent, self._indent + "    "
        yield
        self._indent = before

    def beside(self) -> Source:
        """Give the code of another function, in which all that is named here has the same name."""
        other = Source(self._name)
        other._names, other._by_identity, other._numbers = self._names, self._by_identity, self._numbers
        return other

    @property
    def text(self) -> str:
        """The body as text."""
        return "\n".join(f"    {line}" for line in self.lines)

    def function(self, *parameters: str) -> Callable[..., Any]:
        """Make the function."""
        text = f"def made({', '.join(parameters)}):\n{self.text}\n"
        names = dict(self._names)
        exec(compile(text, f"<made for {self._name}>", "exec"), names)  # noqa: S102 - made of names and literals alone
        made: Callable[..., Any] = names["made"]
        made.__name__ = made.__qualname__ = self._name
        return made
