"""Put the names and values of a request into a parsed expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import Path, Placeholder, Value, leaves, transform
from pynamite.wire import AttributeValue

__all__ = ["Undefined", "fill", "fill_known", "placeholders", "undefined_name", "undefined_value"]

N = TypeVar("N")

_NONE: Mapping[str, Any] = {}


class Undefined(str):
    """A path's step whose name is not defined: ``#n0`` itself."""

    __slots__ = ()


def fill(node: N, names: Mapping[str, str] | None = None, values: Mapping[str, AttributeValue] | None = None) -> N:
    """Give the same tree with the names (``#n0``) and values (``:v0``) that it refers to.

    Raises:
        ExpressionError: a name or a value is not defined, in the service's words.
    """
    known_names = _NONE if names is None else names
    known_values = _NONE if values is None else values

    def leaf(old: Any) -> Any:
        if type(old) is Placeholder:
            wire = known_values.get(old.name)
            if wire is None:
                raise undefined_value(old.name)
            return Value(wire)
        for step in old.steps:
            if type(step) is str and step[0] == "#":
                return _named(old, known_names)
        return old

    return transform(node, leaf)


def _named(path: Path, names: Mapping[str, str]) -> Path:
    steps = []
    for step in path.steps:
        if isinstance(step, str) and step[0] == "#":
            if step not in names:
                raise undefined_name(step)
            steps.append(names[step])
        else:
            steps.append(step)  # type: ignore[arg-type]
    return Path(tuple(steps))


def fill_known(node: N, names: Mapping[str, str] | None, values: Mapping[str, AttributeValue] | None) -> N:
    """Fill in what is defined, and leave the rest: placeholders of values, and `Undefined` steps."""
    known_names = names or _NONE
    known_values = values or _NONE

    def leaf(old: Any) -> Any:
        if isinstance(old, Placeholder):
            wire = known_values.get(old.name)
            return old if wire is None else Value(wire)
        return Path(tuple(
            known_names.get(step, Undefined(step)) if isinstance(step, str) and step[0] == "#" else step
            for step in old.steps
        ))

    return transform(node, leaf)


def placeholders(node: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Give the names and the values that a parsed tree refers to."""
    names: set[str] = set()
    values: set[str] = set()
    for leaf in leaves(node):
        if isinstance(leaf, Placeholder):
            values.add(leaf.name)
        else:
            names.update(step for step in leaf.steps if isinstance(step, str) and step[0] == "#")
    return frozenset(names), frozenset(values)


def undefined_name(name: str) -> ExpressionError:
    """Word a name that is not in ExpressionAttributeNames."""
    return ExpressionError(
        f"An expression attribute name used in the document path is not defined; attribute name: {name}")


def undefined_value(name: str) -> ExpressionError:
    """Word a value that is not in ExpressionAttributeValues."""
    return ExpressionError(
        f"An expression attribute value used in expression is not defined; attribute value: {name}")
