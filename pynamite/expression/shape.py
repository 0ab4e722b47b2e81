"""What conditions have in common that differ in their values alone: they are written as the same text."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from pynamite.expression.nodes import And, Between, Compare, Condition, Function, In, Not, Or, Path, Size, Value
from pynamite.wire import AttributeValue

__all__ = ["shape_of"]


def shape_of(condition: Condition | None) -> tuple[Hashable, list[AttributeValue]]:
    """Take a bound condition apart: into its shape, and its values in the order in which `Renderer` names them.

    >>> shape_of(Compare("=", Path(("status",)), Value({"S": "OPEN"})))
    (('=', ('status',), None), [{'S': 'OPEN'}])

    Raises:
        TypeError: it is not bound.
    """
    values: list[AttributeValue] = []
    return (None if condition is None else _shape(condition, values)), values


def _shape(node: Any, values: list[AttributeValue]) -> Hashable:
    # On the way of every query and write with a condition: comparing classes is quicker than matching patterns.
    kind: Any = type(node)
    if kind is Value:
        values.append(node.wire)
        return None
    if kind is Path:
        steps: tuple[str | int, ...] = node.steps
        return steps
    if kind is Compare:
        return node.operator, _shape(node.left, values), _shape(node.right, values)
    if kind is Function:
        return (node.name, *[_shape(one, values) for one in node.arguments])
    if kind is And or kind is Or:
        return (kind, *[_shape(one, values) for one in node.parts])
    if kind is Not:
        return kind, _shape(node.part, values)
    if kind is Between:
        return kind, _shape(node.operand, values), _shape(node.low, values), _shape(node.high, values)
    if kind is In:
        return (kind, _shape(node.operand, values), *[_shape(one, values) for one in node.options])
    if kind is Size:
        return kind, _shape(node.path, values)
    raise TypeError(f"{node!r} has no shape: bind the condition first, so that it has paths and Values only")
