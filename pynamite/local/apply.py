"""What an update makes of an item.

Updates are bound and checked, items are in wire form with normalised numbers. The rules are those of the Developer
Guide, "Update expressions", and of the service where that page is silent:

- every value is taken from the item as it was before, whatever the order of the actions;
- every target's parent has to be there before any value is looked at;
- an index past a list's end appends, several in the order of the indexes; elements are removed by their old indexes;
- a set that loses its last member is removed, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from typing import Any

from pynamite.errors import ExpressionError
from pynamite.expression.nodes import (
    Add,
    Arithmetic,
    Delete,
    IfNotExists,
    ListAppend,
    ListInsert,
    Path,
    Remove,
    Set,
    SetValue,
    Update,
    Value,
)
from pynamite.expression.paths import overlap
from pynamite.local.evaluate import lookup
from pynamite.wire import AttributeValue, Item, Misfit, normalize_number

__all__ = ["ABSENT", "INVALID_PATH", "WRONG_TYPE", "apply_update", "value_of"]

INVALID_PATH = "The document path provided in the update expression is invalid for update"
ABSENT = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"

Action = Set | Remove | Add | Delete

# Wide enough for any sum of two numbers to be exact: 38 digits each, from 1E-130 to 9.99E+125.
_EXACT = Context(prec=400)


def apply_update(update: Update, item: Item) -> Item:
    """Give the item as it is after an update; the item given is not changed (what is left alone is shared).

    >>> from pynamite.expression.parse import fill, parse_update
    >>> apply_update(fill(parse_update("SET n = n + :one"), None, {":one": {"N": "1"}}), {"n": {"N": "41"}})
    {'n': {'N': '42'}}

    Raises:
        ExpressionError: the item has no place for a target, lacks an attribute that is read, or has one of another
            type, in the service's words.
    """
    actions: tuple[Action, ...] = (*update.sets, *update.removes, *update.adds, *update.deletes)
    for action in actions:
        if len(action.path.steps) > 1:
            _see_parent(action.path, item)
    return _write(item, [(action.path, _result(action, item)) for action in actions])


def _see_parent(path: Path, item: Item) -> None:
    parent = lookup(path.steps[:-1], item)
    if parent is None or ("L" if isinstance(path.steps[-1], int) else "M") not in parent:
        raise ExpressionError(INVALID_PATH)


def _result(action: Action, item: Item) -> AttributeValue | None:
    """Give the value that an action puts at its target; None removes what is there."""
    if isinstance(action, Set):
        return value_of(action.value, item)
    if isinstance(action, Remove):
        return None
    assert isinstance(action.value, Value)
    old = lookup(action.path.steps, item)
    if isinstance(action, Add):
        return _added(old, action.value.wire)
    return _without(old, action.value.wire)


def value_of(node: SetValue, item: Item) -> AttributeValue:
    """Give what a SET puts in its place, taken from the item as it was before.

    Raises:
        ExpressionError: the item lacks an attribute that is read, or has one of another type, in the service's words.
    """
    if isinstance(node, Value):
        return node.wire
    if isinstance(node, Path):
        found = lookup(node.steps, item)
        if found is None:
            raise ExpressionError(ABSENT)
        return found
    if isinstance(node, IfNotExists):
        # The default has to have a value even where it is not needed: so does the service.
        default = value_of(node.default, item)
        return lookup(node.path.steps, item) or default
    if isinstance(node, Arithmetic):
        left = _operand(node.left, item, "N")
        right = _operand(node.right, item, "N")
        return _sum(left, right, subtract=node.operator == "-")
    if isinstance(node, ListAppend):
        first = _operand(node.left, item, "L")
        return {"L": [*first, *_operand(node.right, item, "L")]}
    if isinstance(node, ListInsert):
        there = _operand(node.list, item, "L")
        return {"L": [*there[: node.index], *_operand(node.elements, item, "L"), *there[node.index :]]}
    raise TypeError(f"{node!r} has no value: bind the tree first, so that it has paths and Values only")


def _operand(node: SetValue, item: Item, kind: str) -> Any:
    """Give the content of an operand that has to be of this type."""
    value = value_of(node, item)
    if kind not in value:
        raise ExpressionError(WRONG_TYPE)
    return value[kind]


def _sum(left: str, right: str, *, subtract: bool = False) -> AttributeValue:
    if len(left) < 19 > len(right) and left.lstrip("-").isdecimal() and right.lstrip("-").isdecimal():
        # Counters, above all: whole numbers far from any limit, whose texts are as they are stored.
        return {"N": str(int(left) - int(right) if subtract else int(left) + int(right))}
    operate = _EXACT.subtract if subtract else _EXACT.add
    total = operate(Decimal(left), Decimal(right))
    try:
        return {"N": normalize_number(str(total))}
    except Misfit:
        raise ExpressionError(_unfit(total)) from None


def _unfit(total: Decimal) -> str:
    """Word why the service cannot keep a sum; it speaks of overflow, too, where there are more than 38 digits."""
    if total.adjusted() < -130:
        return "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    return "Number overflow. Attempting to store a number with magnitude larger than supported range"


def _added(old: AttributeValue | None, operand: AttributeValue) -> AttributeValue:
    """ADD: to a number, members to a set, or elements to a list; to nothing, the operand itself."""
    ((kind, content),) = operand.items()
    if old is None:
        return operand
    if kind not in old:
        raise ExpressionError(WRONG_TYPE)
    if kind == "N":
        return _sum(old["N"], content)
    if kind == "L":  # only AttributeUpdates does this
        return {"L": [*old["L"], *content]}
    present = set(_members(kind, old[kind]))
    new = [member for member, key in zip(content, _members(kind, content), strict=True) if key not in present]
    # The service gives a set in the order of its members: numbers by value, text and binary by their bytes.
    return {kind: sorted([*old[kind], *new], key=Decimal if kind == "NS" else None)} if new else old


def _without(old: AttributeValue | None, operand: AttributeValue) -> AttributeValue | None:
    """DELETE: members from a set; what is left of it, None if nothing is."""
    ((kind, content),) = operand.items()
    if old is None:
        return None
    if kind not in old:
        raise ExpressionError(WRONG_TYPE)
    gone = set(_members(kind, content))
    left = [member for member, key in zip(old[kind], _members(kind, old[kind]), strict=True) if key not in gone]
    return {kind: left} if left else None


def _members(kind: str, content: Iterable[Any]) -> Iterable[Any]:
    """Give the members of a set as what tells them apart: numbers by value."""
    convert: Callable[[Any], Any] = Decimal if kind == "NS" else bytes if kind == "BS" else str
    return map(convert, content)


def _write(item: Item, results: list[tuple[Path, AttributeValue | None]]) -> Item:
    """Put each result at its target, in a copy of whatever holds it."""
    if all(len(path.steps) == 1 for path, _ in results):
        written = dict(item)
        for path, result in results:
            _put_member(written, path.steps[0], result)
        return written
    if found := overlap(path for path, _ in results):
        one, other = str(found[0]), str(found[1])
        raise ExpressionError(f"the paths {one!r} and {other!r} overlap; change each part of an item once")
    targets: dict[Any, Any] = {}
    for path, result in results:
        level = targets
        for step in path.steps[:-1]:
            level = level.setdefault(step, {})
        level[path.steps[-1]] = (result,)
    return _write_members(item, targets)


def _put_member(members: dict[str, Any], name: Any, result: AttributeValue | None) -> None:
    if result is None:
        members.pop(name, None)
    else:
        members[name] = result


def _write_members(members: dict[str, Any], targets: dict[Any, Any]) -> dict[str, Any]:
    written = dict(members)
    for name, target in targets.items():
        result = target[0] if isinstance(target, tuple) else _write_inside(members[name], target)
        _put_member(written, name, result)
    return written


def _write_inside(value: AttributeValue, targets: dict[Any, Any]) -> AttributeValue:
    if "M" in value:
        return {"M": _write_members(value["M"], targets)}
    return {"L": _write_elements(value["L"], targets)}


def _write_elements(elements: list[AttributeValue], targets: dict[int, Any]) -> list[AttributeValue]:
    written: list[AttributeValue | None] = list(elements)
    for index in sorted(targets):
        target = targets[index]
        result = target[0] if isinstance(target, tuple) else _write_inside(elements[index], target)
        if index < len(elements):
            written[index] = result
        else:
            written.append(result)
    return [element for element in written if element is not None]
