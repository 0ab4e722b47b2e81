"""Expressions from tree to text, with ``#n0`` for names and ``:v0`` for values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pynamite.errors import ExpressionError, ItemStructureError
from pynamite.expression.nodes import (
    And,
    Arithmetic,
    Between,
    Compare,
    Condition,
    Function,
    IfNotExists,
    In,
    ListAppend,
    ListInsert,
    Literal,
    Not,
    Or,
    Path,
    Projection,
    Size,
    Update,
    Value,
    children,
    leaves,
    transform,
)
from pynamite.wire import AttributeValue, Misfit, to_wire

__all__ = ["Renderer", "bind_plain"]

N = TypeVar("N")


class Renderer:
    """Write the expressions of one request.

    They share one numbering, in the order of first use: ``#n0``, ``#n1`` for names, each once, and ``:v0``, ``:v1``
    for values, which are never merged. So a request has the same text in every process.

    >>> renderer = Renderer()
    >>> renderer.condition(Compare("=", Path(("status",)), Value({"S": "OPEN"})))
    '#n0 = :v0'
    >>> renderer.parameters()
    {'ExpressionAttributeNames': {'#n0': 'status'}, 'ExpressionAttributeValues': {':v0': {'S': 'OPEN'}}}

    Its methods take bound trees: a Literal or a Placeholder in one is a TypeError.
    """

    __slots__ = ("_aliases", "values")

    def __init__(self) -> None:
        self._aliases: dict[str, str] = {}
        self.values: dict[str, AttributeValue] = {}

    @property
    def names(self) -> dict[str, str]:
        """What the request has as ExpressionAttributeNames."""
        return {alias: name for name, alias in self._aliases.items()}

    def parameters(self) -> dict[str, Any]:
        """Give the request's parameters for names and values; without those that would be empty."""
        found: dict[str, Any] = {}
        if self._aliases:
            found["ExpressionAttributeNames"] = self.names
        if self.values:
            found["ExpressionAttributeValues"] = dict(self.values)
        return found

    def condition(self, node: Condition) -> str:
        """Write a condition, filter or key condition."""
        match node:
            case Compare(operator, left, right):
                return f"{self._operand(left)} {operator} {self._operand(right)}"
            case And(parts):
                return " AND ".join(self._grouped(part, Or) for part in parts)
            case Or(parts):
                return " OR ".join(self.condition(part) for part in parts)
            case Not(part):
                return f"NOT {self._grouped(part, And | Or)}"
            case Function(name, arguments):
                return f"{name}({self._list(arguments)})"
            case Between(operand, low, high):
                return f"{self._operand(operand)} BETWEEN {self._operand(low)} AND {self._operand(high)}"
            case In(operand, options):
                return f"{self._operand(operand)} IN ({self._list(options)})"
            case _:
                raise TypeError(f"{node!r} is no condition")

    def _grouped(self, node: Condition, weaker: Any) -> str:
        text = self.condition(node)
        return f"({text})" if isinstance(node, weaker) else text

    def _list(self, operands: Iterable[Any]) -> str:
        return ", ".join(self._operand(operand) for operand in operands)

    def update(self, node: Update) -> str:
        """Write an update: SET, REMOVE, ADD, DELETE, those that there are."""
        sections = (
            ("SET", [f"{self._operand(action.path)} = {self._value(action.value)}" for action in node.sets]),
            ("REMOVE", [self._operand(action.path) for action in node.removes]),
            ("ADD", [f"{self._operand(action.path)} {self._operand(action.value)}" for action in node.adds]),
            ("DELETE", [f"{self._operand(action.path)} {self._operand(action.value)}" for action in node.deletes]),
        )
        return " ".join(f"{word} {', '.join(actions)}" for word, actions in sections if actions)

    def projection(self, node: Projection) -> str:
        """Write a projection."""
        return self._list(node.paths)

    def _value(self, node: Any) -> str:
        if not isinstance(node, Arithmetic):
            return self._operand(node)
        if isinstance(node.left, Arithmetic) or isinstance(node.right, Arithmetic):
            raise ExpressionError("an update adds or subtracts two operands at most; set an attribute in between")
        return f"{self._operand(node.left)} {node.operator} {self._operand(node.right)}"

    def _operand(self, node: Any) -> str:
        kind = type(node)
        if kind is Path:
            return self._path(node)
        if kind is Value:
            name = f":v{len(self.values)}"
            self.values[name] = node.wire
            return name
        if kind is Size:
            return f"size({self._operand(node.path)})"
        if kind is IfNotExists:
            return f"if_not_exists({self._operand(node.path)}, {self._operand(node.default)})"
        if kind is ListAppend:
            return f"list_append({self._operand(node.left)}, {self._operand(node.right)})"
        if kind is ListInsert:
            raise ExpressionError(
                f"DynamoDB cannot insert into a list, as at [{node.index}] of {self._list_of(node)!r}: read the item "
                "and set the whole list, as the update of an entity does with reread=True")
        raise TypeError(f"{node!r} cannot be written: bind the tree first, so that it has paths and Values only")

    @staticmethod
    def _list_of(node: ListInsert) -> str:
        return next((str(leaf) for leaf in leaves(node) if isinstance(leaf, Path)), "a list")

    def _path(self, path: Path) -> str:
        text = ""
        for step in path.steps:
            if isinstance(step, int):
                text += f"[{step}]"
                continue
            alias = self._aliases.get(step)
            if alias is None:
                alias = self._aliases[step] = f"#n{len(self._aliases)}"
            text += f".{alias}" if text else alias
        return text


def bind_plain(node: N) -> N:
    """Turn a tree's Python values into AttributeValues by their own types, as `wire.to_wire` does.

    >>> bind_plain(Compare(">", Path(("total",)), Literal(100))).right
    Value(wire={'N': '100'})

    Raises:
        ItemStructureError: a value cannot be stored; the message has the path that it is compared with or put to.
    """
    try:
        return transform(node, _bound)
    except Misfit:
        raise ItemStructureError(list(_misfits(node, None))) from None


def _bound(leaf: Any) -> Any:
    return Value(to_wire(leaf.value)) if type(leaf) is Literal else leaf


def _misfits(node: Any, path: Path | None) -> Iterable[str]:
    """Word what cannot be stored, with the path that stands nearest."""
    if isinstance(node, Literal):
        try:
            to_wire(node.value)
        except Misfit as misfit:
            where = f"$.{path}" if path else "$"
            yield from (f"{where}{inner}: {message}" for inner, message in misfit.problems)
        return
    inner = children(node)
    if not isinstance(node, And | Or | Not | Update):
        path = next((leaf for leaf in leaves(node) if isinstance(leaf, Path)), path)
    for child in inner:
        yield from _misfits(child, path)
