"""Put the names and values of a request into a parsed expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import Path, Placeholder, Value, layout, leaves, transform
from pynamite.wire import AttributeValue

__all__ = [
    "Prepared", "Undefined", "fill", "fill_known", "placeholders", "prepare", "undefined_name", "undefined_value",
]

N = TypeVar("N")
T = TypeVar("T")

Plan = Callable[[Mapping[str, AttributeValue]], Any]

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


@attrs.frozen
class Prepared(Generic[T]):
    """A parsed tree with its names, ready for any number of values; ``tree`` still has its placeholders."""

    tree: T
    _plan: Plan | None

    def fill(self, values: Mapping[str, AttributeValue] | None = None) -> T:
        """Give the tree with these values; parts without any are shared.

        Raises:
            ExpressionError: a value is not defined, in the service's words.
        """
        if self._plan is None:
            return self.tree
        filled: T = self._plan(_NONE if values is None else values)
        return filled


def prepare(node: N, names: Mapping[str, str] | None = None) -> Prepared[N]:
    """Fill the names of a parsed tree, and find where its values go.

    Raises:
        ExpressionError: a name is not defined, in the service's words.
    """
    known = _NONE if names is None else names
    named = transform(node, lambda leaf: _named(leaf, known) if isinstance(leaf, Path) else leaf)
    return Prepared(named, _plan_of(named))


def _plan_of(node: Any) -> Plan | None:
    """Compile how a part of a tree is filled; None if there is nothing to fill."""
    if isinstance(node, Placeholder):
        return _plan_of_value(node.name)
    if isinstance(node, tuple):
        return _plan_of_parts(tuple, node)
    kind = type(node)
    return _plan_of_parts(lambda parts: kind(*parts), [getattr(node, name) for name in layout(node)])


def _plan_of_value(name: str) -> Plan:
    def take(values: Mapping[str, AttributeValue]) -> Value:
        wire = values.get(name)
        if wire is None:
            raise undefined_value(name)
        return Value(wire)

    return take


def _plan_of_parts(build: Callable[[list[Any]], Any], parts: Iterable[Any]) -> Plan | None:
    plans: list[tuple[Any, Plan | None]] = []
    for part in parts:  # No comprehension: an expression may be 300 operators deep, and each takes its frames.
        plans.append((part, _plan_of(part)))  # noqa: PERF401
    if all(plan is None for _, plan in plans):
        return None
    return lambda values: build([part if plan is None else plan(values) for part, plan in plans])


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
