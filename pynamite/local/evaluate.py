"""What conditions, filters and projections say of an item.

Trees are bound (`Path` with plain names, `Value` leaves) and checked; items are in wire form. A condition is compiled
once into a function of the item: for a page of a query that is one compilation and many calls.

The rules are those of the Developer Guide, "Condition and filter expressions, operators, and functions": values of two
types are never equal and have no order, numbers are compared as exact decimals, text by its UTF-8 bytes, and what is
not there is unequal to everything.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from pynamite.expression.nodes import (
    And,
    Between,
    Compare,
    Condition,
    Function,
    In,
    Not,
    Or,
    Path,
    Projection,
    Size,
    Step,
    Value,
)
from pynamite.wire import AttributeValue, Item, equal

__all__ = ["Getter", "Predicate", "equal", "getter", "holds", "keep", "lookup", "predicate", "project", "projector"]

Predicate = Callable[[Item], bool]
Getter = Callable[[Item], AttributeValue | None]


def holds(condition: Condition, item: Item) -> bool:
    """Tell whether a condition holds for an item; an item that is not there is ``{}``.

    >>> holds(Compare(">", Path(("total",)), Value({"N": "100"})), {"total": {"N": "100.5"}})
    True
    """
    kept = _KEPT.get(id(condition))
    return (predicate(condition) if kept is None else kept[1])(item)


_KEPT: dict[int, tuple[Condition, Predicate]] = {}
_MOST_KEPT = 4096


def keep(condition: Condition) -> Condition:
    """Give a condition back which is to be asked again and again, and compile it for `holds` once and for all."""
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    # As long as the condition is kept, no other one has its identity.
    _KEPT[id(condition)] = condition, predicate(condition)
    return condition


def project(projection: Projection, item: Item) -> Item:
    """Give those parts of an item that a projection names; elements of a list close ranks, in their order.

    >>> project(Projection((Path(("a", "b")),)), {"a": {"M": {"b": {"S": "x"}, "c": {"S": "y"}}}})
    {'a': {'M': {'b': {'S': 'x'}}}}
    """
    return projector(projection)(item)


def predicate(condition: Condition) -> Predicate:
    """Compile a condition into a function that tells whether it holds for an item."""
    return _COMPILERS[type(condition)](condition)


def getter(operand: Any) -> Getter:
    """Compile an operand into a function that gives its value for an item, None if there is none."""
    kind = type(operand)
    if kind is Value:
        wire = operand.wire
        return lambda item: wire
    if kind is Path:
        steps = operand.steps
        if len(steps) == 1:
            return operator.methodcaller("get", steps[0])
        return lambda item: lookup(steps, item)
    if kind is Size:
        measured = getter(operand.path)
        return lambda item: _size(measured(item))
    raise TypeError(f"{operand!r} has no value: bind the tree first, so that it has paths and Values only")


def lookup(steps: Sequence[Step], item: Item) -> AttributeValue | None:
    """Give the value at a path, None if there is none."""
    value: AttributeValue | None = {"M": item}
    for step in steps:
        if value is None:
            return None
        if isinstance(step, str):
            value = value.get("M", _EMPTY).get(step)
        else:
            elements = value.get("L", ())
            value = elements[step] if step < len(elements) else None
    return value


_EMPTY: dict[str, Any] = {}


def _size(value: AttributeValue | None) -> AttributeValue | None:
    if value is None:
        return None
    ((kind, content),) = value.items()
    if kind in {"N", "BOOL", "NULL"}:
        return None
    if kind == "S":
        # The service counts UTF-16 units, as Java does: a character beyond U+FFFF is two.
        return {"N": str(len(content) if content.isascii() else len(content.encode("utf-16-le")) // 2)}
    return {"N": str(len(content))}


def _unequal(one: AttributeValue | None, other: AttributeValue | None) -> bool:
    return not equal(one, other)


def _ordering(test: Callable[[Any, Any], bool]) -> Callable[[AttributeValue | None, AttributeValue | None], bool]:
    """Lift an order of contents to an order of values: of one type, and one that has an order."""

    def ordered(one: AttributeValue | None, other: AttributeValue | None) -> bool:
        if one is None or other is None:
            return False
        ((kind, content),) = one.items()
        rival = other.get(kind)
        if rival is None:
            return False
        if kind == "N":
            return test(Decimal(content), Decimal(rival))
        # Text compares by code points, which is the order of its UTF-8 bytes.
        return kind in {"S", "B"} and test(content, rival)

    return ordered


_TESTS: dict[str, Callable[[AttributeValue | None, AttributeValue | None], bool]] = {
    "=": equal,
    "<>": _unequal,
    "<": _ordering(operator.lt),
    "<=": _ordering(operator.le),
    ">": _ordering(operator.gt),
    ">=": _ordering(operator.ge),
}


def _compare(node: Compare) -> Predicate:
    test = _TESTS[node.operator]
    left, right = getter(node.left), getter(node.right)
    return lambda item: test(left(item), right(item))


def _between(node: Between) -> Predicate:
    at_most = _TESTS["<="]
    operand, low, high = getter(node.operand), getter(node.low), getter(node.high)

    def within(item: Item) -> bool:
        value = operand(item)
        return at_most(low(item), value) and at_most(value, high(item))

    return within


def _in(node: In) -> Predicate:
    operand = getter(node.operand)
    options = [getter(option) for option in node.options]

    def among(item: Item) -> bool:
        value = operand(item)
        return value is not None and any(equal(value, option(item)) for option in options)

    return among


def _and(node: And) -> Predicate:
    parts = [predicate(part) for part in node.parts]
    return lambda item: all(part(item) for part in parts)


def _or(node: Or) -> Predicate:
    parts = [predicate(part) for part in node.parts]
    return lambda item: any(part(item) for part in parts)


def _not(node: Not) -> Predicate:
    part = predicate(node.part)
    return lambda item: not part(item)


def _function(node: Function) -> Predicate:
    operands = [getter(argument) for argument in node.arguments]
    if len(operands) == 1:
        (operand,) = operands
        if node.name == "attribute_exists":
            return lambda item: operand(item) is not None
        return lambda item: operand(item) is None
    test = _FUNCTIONS[node.name]
    first, second = operands

    def called(item: Item) -> bool:
        one, other = first(item), second(item)
        return one is not None and other is not None and test(one, other)

    return called


def _begins_with(value: AttributeValue, prefix: AttributeValue) -> bool:
    ((kind, content),) = value.items()
    return kind in {"S", "B"} and kind in prefix and content.startswith(prefix[kind])


def _contains(value: AttributeValue, sought: AttributeValue) -> bool:
    ((kind, content),) = value.items()
    if kind == "L":
        return any(equal(element, sought) for element in content)
    ((sought_kind, member),) = sought.items()
    if kind == sought_kind:
        return kind in {"S", "B"} and member in content
    return kind == sought_kind + "S" and (
        any(equal({"N": one}, sought) for one in content) if kind == "NS" else member in content
    )


def _has_type(value: AttributeValue, name: AttributeValue) -> bool:
    return name.get("S") in value


_FUNCTIONS: dict[str, Callable[[AttributeValue, AttributeValue], bool]] = {
    "attribute_type": _has_type,
    "begins_with": _begins_with,
    "contains": _contains,
}

_COMPILERS: dict[type, Callable[[Any], Predicate]] = {
    And: _and,
    Between: _between,
    Compare: _compare,
    Function: _function,
    In: _in,
    Not: _not,
    Or: _or,
}


def projector(projection: Projection) -> Callable[[Item], Item]:
    """Compile a projection into a function that gives those parts of an item."""
    if all(len(path.steps) == 1 for path in projection.paths):
        names = [str(path.steps[0]) for path in projection.paths]
        return lambda item: {name: item[name] for name in names if name in item}
    wanted: dict[Any, Any] = {}
    for path in projection.paths:
        level = wanted
        for step in path.steps[:-1]:
            level = level.setdefault(step, {})
        level[path.steps[-1]] = None
    return lambda item: _pick_members(item, wanted)


def _pick_members(content: dict[str, AttributeValue], wanted: dict[Any, Any]) -> dict[str, AttributeValue]:
    picked = {}
    for name, inner in wanted.items():
        if name in content and (value := _pick(content[name], inner)) is not None:
            picked[name] = value
    return picked


def _pick(value: AttributeValue, wanted: dict[Any, Any] | None) -> AttributeValue | None:
    """Give what is wanted of a value, all of it if that is None; None if nothing of it is there."""
    if wanted is None:
        return value
    if "M" in value:
        members = _pick_members(value["M"], wanted)
        return {"M": members} if members else None
    elements = value.get("L", ())
    indexes = sorted(index for index in wanted if isinstance(index, int) and index < len(elements))
    picked = [_pick(elements[index], wanted[index]) for index in indexes]
    found = [element for element in picked if element is not None]
    return {"L": found} if found else None
