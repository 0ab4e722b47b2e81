"""What the service refuses in an expression before it looks at any item.

How the engine calls this, for each expression of a request::

    tree = parse_condition(text)                     # the text alone: syntax, reserved words, functions
    condition = bind_condition(tree, names, values)  # with names and values: what is undefined, types of operands

An ExpressionError from either is worded as ``Invalid ConditionExpression: `` and its text. The expressions of a request
are read one after the other, in the order UpdateExpression, ConditionExpression, KeyConditionExpression,
FilterExpression, ProjectionExpression. Names and values that no expression uses (`fill.placeholders`) are refused last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

import attrs

from pynamite.errors import ExpressionError
from pynamite.expression.fill import Prepared, fill_known, prepare
from pynamite.expression.nodes import (
    Arithmetic,
    Compare,
    Condition,
    Function,
    Placeholder,
    Projection,
    Update,
    children,
)
from pynamite.expression.rules import (
    ORDERED,
    SETS,
    TEXTUAL,
    TYPES,
    see_condition,
    see_operators,
    see_projection,
    see_update,
)
from pynamite.wire import AttributeValue

__all__ = ["bind_condition", "bind_projection", "bind_update"]

N = TypeVar("N")

Names = Mapping[str, str] | None
Values = Mapping[str, AttributeValue] | None

_KINDS: dict[str, frozenset[str] | None] = {
    "<": ORDERED, "<=": ORDERED, ">": ORDERED, ">=": ORDERED, "begins_with": TEXTUAL,
    "Size": TYPES - {"N", "BOOL", "NULL"}, "+": frozenset({"N"}), "-": frozenset({"N"}),
    "ListAppend": frozenset({"L"}), "Add": SETS | {"N"}, "Delete": SETS, "Between": None, "attribute_type": None,
}
"""The types of values that an operator or function takes, if not all; None where more than the type counts."""


def bind_condition(tree: Condition, names: Names = None, values: Values = None) -> Condition:
    """Fill a parsed condition, filter or key condition, and see that the service would take it.

    Raises:
        ExpressionError: it would not, in its words.
    """
    return _bind(tree, names, values, see_condition)


def bind_update(tree: Update, names: Names = None, values: Values = None) -> Update:
    """Fill a parsed update, and see that the service would take it.

    Raises:
        ExpressionError: it would not, in its words.
    """
    return _bind(tree, names, values, see_update)


def bind_projection(tree: Projection, names: Names = None) -> Projection:
    """Fill a parsed projection, and see that the service would take it.

    Raises:
        ExpressionError: it would not, in its words.
    """
    return _bind(tree, names, None, see_projection)


@attrs.define
class _Known(Generic[N]):
    """What is known of a parsed tree with its names: ``wants`` are the types of its values, once it was found sound.

    So a text that is sent again and again costs a look at the types of its values; whatever is wrong takes the long
    way, which finds the words.
    """

    prepared: Prepared[N]
    wants: tuple[tuple[str, frozenset[str]], ...] | None = None


@lru_cache(maxsize=2048)
def _known(tree: Any, names: tuple[tuple[str, str], ...]) -> _Known[Any]:
    return _Known(prepare(tree, dict(names)))


def _bind(tree: N, names: Names, values: Values, check: Callable[[Any], None]) -> N:
    try:
        known: _Known[N] = _known(tree, tuple(names.items()) if names else ())
        bound = known.prepared.fill(values)
    except ExpressionError:
        # Something is undefined; but something else may come before it in the service's order.
        check(fill_known(tree, names, values))
        raise
    if known.wants is None or (values and not _fit(known.wants, values)):
        check(bound)
        see_operators(bound)
        known.wants = _wants_of(known.prepared.tree)
    return bound


def _fit(wants: Iterable[tuple[str, frozenset[str]]], values: Mapping[str, AttributeValue]) -> bool:
    return all(not kinds.isdisjoint(values[name]) for name, kinds in wants)


def _wants_of(node: Any) -> tuple[tuple[str, frozenset[str]], ...] | None:
    """Give the values of a tree that have to be of certain types, and these; None where that is not all that counts."""
    inner = children(node)
    placeholders = [child.name for child in inner if type(child) is Placeholder]
    kinds = TYPES if not placeholders else _KINDS.get(_name_of(node), TYPES)
    if kinds is None:
        return None
    wants = [] if kinds is TYPES else [(name, kinds) for name in placeholders]
    for child in inner:
        found = _wants_of(child)
        if found is None:
            return None
        wants.extend(found)
    return tuple(wants)


def _name_of(node: Any) -> str:
    """Give an operator or function as it is called in the text."""
    if isinstance(node, Compare | Arithmetic):
        return node.operator
    return str(node.name) if isinstance(node, Function) else type(node).__name__
