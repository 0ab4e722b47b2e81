"""What a key condition may be: an AND of simple conditions, one for each key attribute."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import attrs

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import (
    And,
    Comparator,
    Compare,
    Condition,
    Function,
    Path,
    Size,
    Value,
    children,
)
from pynamite.wire import AttributeValue

__all__ = ["KeyTest", "key_conditions"]

_FLIPPED: dict[Comparator, Comparator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@attrs.frozen
class KeyTest:
    """What a key condition asks of one attribute.

    ``operator`` is ``=``, ``<``, ``<=``, ``>``, ``>=``, ``BETWEEN`` or ``begins_with``, and ``values`` are its one or
    (for ``BETWEEN``) two values; the attribute stands left of it.
    """

    name: str
    operator: str
    values: tuple[AttributeValue, ...]


def key_conditions(condition: Condition, key_names: Collection[str]) -> dict[str, KeyTest]:
    """Take a bound and checked key condition apart, by attribute; ``key_names`` are the key attributes of the table.

    Whether the attributes are the right ones, and of the right types, is for the caller to see.

    Raises:
        ExpressionError: it is no key condition, in the service's words; this is the whole message.
    """
    found: dict[str, KeyTest] = {}
    for part in condition.parts if isinstance(condition, And) else (condition,):
        test = _test(part, key_names)
        if test.name in found:
            raise ExpressionError("KeyConditionExpressions must only contain one condition per key")
        found[test.name] = test
    if len(found) > 2:
        raise ExpressionError("Conditions can be of length 1 or 2 only")
    return found


def _test(node: Any, key_names: Collection[str]) -> KeyTest:
    operator = _operator(node)
    operands = children(node)
    if any(isinstance(operand, Size) for operand in operands):
        raise ExpressionError("KeyConditionExpressions cannot contain nested operations")
    paths = [operand for operand in operands if isinstance(operand, Path)]
    for path in paths:
        _see_top_level(path, key_names)
    problem = "Invalid condition in KeyConditionExpression: "
    if len(paths) > 1:
        raise ExpressionError(f"{problem}Multiple attribute names used in one condition")
    if operator in {"BETWEEN", "begins_with"} and not isinstance(operands[0], Path):
        raise ExpressionError(f"{problem}{operator} operator must have the key attribute as its first operand")
    if not paths:
        raise ExpressionError(f"{problem}No key attribute specified")
    if isinstance(node, Compare) and not isinstance(node.left, Path):
        operator = _FLIPPED[node.operator]
    values = tuple(operand.wire for operand in operands if isinstance(operand, Value))
    return KeyTest(str(paths[0].steps[0]), operator, values)


def _operator(node: Any) -> str:
    """Give the operator of a part, which has to be one that keys can be searched by."""
    if isinstance(node, Compare):
        operator: str = node.operator
    elif isinstance(node, Function):
        operator = node.name
    else:
        operator = type(node).__name__.upper()
    if operator in _FLIPPED or operator in {"BETWEEN", "begins_with"}:
        return operator
    raise ExpressionError(f"Invalid operator used in KeyConditionExpression: {operator}")


def _see_top_level(path: Path, key_names: Collection[str]) -> None:
    if len(path.steps) == 1:
        return
    if path.steps[0] in key_names:
        raise ExpressionError(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
            f"Key: {path.steps[0]}")
    raise ExpressionError("KeyConditionExpressions cannot have conditions on nested attributes")
