"""The operators of an update: ``{"views": Increment("views"), "tags": SetAdd("tags", {"new"})}``.

Each turns into actions of the expression tree at the path that stands left of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

import attrs

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.paths import overlap, parse_path

__all__ = [
    "Decrement",
    "IfNotExists",
    "Increment",
    "ListAppend",
    "ListInsert",
    "ListPrepend",
    "ListRemove",
    "Operator",
    "Remove",
    "SetAdd",
    "SetRemove",
    "assemble",
    "build_update",
]

Action = nodes.Set | nodes.Remove | nodes.Add | nodes.Delete

Number = int | Decimal | float


class Operator(ABC):
    """What an update does at a path, where it is more than setting a value."""

    @abstractmethod
    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give the actions on ``target``, with `nodes.Literal` leaves.

        Raises:
            ExpressionError: the operator's own path is malformed, or not the target's where it has to be.
        """


def _amount(operator: Any, _attribute: attrs.Attribute[Any], amount: Any) -> None:
    if isinstance(amount, bool) or not isinstance(amount, (int, Decimal, float)):
        raise ExpressionError(
            f"{type(operator).__name__}({operator.path!r}): the amount is a number, not {amount!r} "
            f"({type(amount).__name__})")


@attrs.frozen
class Increment(Operator):
    """Add ``amount`` to the number at ``path``, counting from 0 where there is none yet.

    >>> Increment("views"), Increment("views", 8)
    (Increment(path='views', amount=1), Increment(path='views', amount=8))
    """

    path: str
    amount: Number = attrs.field(default=1, validator=_amount)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``SET target = if_not_exists(path, 0) + amount``."""
        return (_count(target, self.path, "+", self.amount),)


@attrs.frozen
class Decrement(Operator):
    """Take ``amount`` from the number at ``path``, counting from 0 where there is none yet."""

    path: str
    amount: Number = attrs.field(default=1, validator=_amount)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``SET target = if_not_exists(path, 0) - amount``."""
        return (_count(target, self.path, "-", self.amount),)


def _count(target: nodes.Path, path: str, sign: Any, amount: Number) -> nodes.Set:
    start = nodes.IfNotExists(parse_path(path), nodes.Literal(0))
    return nodes.Set(target, nodes.Arithmetic(sign, start, nodes.Literal(amount)))


def _members(given: Any) -> frozenset[Any]:
    """Take a single member, or a set, list or tuple of members."""
    try:
        return frozenset(given) if isinstance(given, (AbstractSet, list, tuple)) else frozenset({given})
    except TypeError as error:
        raise ExpressionError(
            f"{given!r} cannot be in a set: its members are all str, all numbers or all bytes") from error


@attrs.frozen
class SetAdd(Operator):
    """Add a member, or a set of members, to the set at ``path``, which is made where there is none."""

    path: str
    members: Any = attrs.field(converter=_members)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``ADD target members``; nothing where there are no members."""
        _in_place(self, target)
        return (nodes.Add(target, nodes.Literal(self.members)),) if self.members else ()


@attrs.frozen
class SetRemove(Operator):
    """Take a member, or a set of members, out of the set at ``path``; with its last member the set disappears."""

    path: str
    members: Any = attrs.field(converter=_members)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``DELETE target members``; nothing where there are no members."""
        _in_place(self, target)
        return (nodes.Delete(target, nodes.Literal(self.members)),) if self.members else ()


def _elements(given: Any) -> list[Any]:
    """Take a list of elements, or a single one that is no list."""
    return list(given) if isinstance(given, (list, tuple)) else [given]


@attrs.frozen
class ListAppend(Operator):
    """Put elements at the end of the list at ``path``, which is made where there is none.

    ``elements`` is a list; a single element that is no list may stand alone.
    """

    path: str
    elements: Any = attrs.field(converter=_elements)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``SET target = list_append(if_not_exists(path, []), elements)``."""
        return (nodes.Set(target, nodes.ListAppend(_list_at(self.path), nodes.Literal(self.elements))),)


@attrs.frozen
class ListPrepend(Operator):
    """Put elements at the beginning of the list at ``path``, which is made where there is none."""

    path: str
    elements: Any = attrs.field(converter=_elements)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``SET target = list_append(elements, if_not_exists(path, []))``."""
        return (nodes.Set(target, nodes.ListAppend(nodes.Literal(self.elements), _list_at(self.path))),)


def _list_at(path: str) -> nodes.IfNotExists:
    return nodes.IfNotExists(parse_path(path), nodes.Literal([]))


def _position(operator: Any, _attribute: attrs.Attribute[Any], index: Any) -> None:
    _refuse_no_index(operator, index)


@attrs.frozen
class ListInsert(Operator):
    """Put elements into the list at ``path`` before the one at ``index``, or at the end if it has no such one.

    ``elements`` is a list; a single element that is no list may stand alone. Only an update that reads the item first
    can do it: an entity's, with ``reread=True``.
    """

    path: str
    index: int = attrs.field(validator=_position)
    elements: Any = attrs.field(converter=_elements)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give the insertion, which no expression of the service has."""
        return (nodes.Set(target, nodes.ListInsert(_list_at(self.path), self.index, nodes.Literal(self.elements))),)


def _indexes(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def _natural(operator: Any, _attribute: attrs.Attribute[Any], indexes: tuple[Any, ...]) -> None:
    for index in indexes:
        _refuse_no_index(operator, index)


def _refuse_no_index(operator: Any, index: Any) -> None:
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise ExpressionError(
            f"{type(operator).__name__}({operator.path!r}): {index!r} is no index of a list; "
            "DynamoDB counts from 0, and not from the end")


@attrs.frozen
class ListRemove(Operator):
    """Take the elements at ``indexes`` (one index or several, from 0) out of the list at ``path``; the rest moves up.

    All indexes count in the list as it was before the update; one beyond its end does nothing.
    """

    path: str
    indexes: Any = attrs.field(converter=_indexes, validator=_natural)

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``REMOVE target[i], target[j]``."""
        _in_place(self, target)
        return tuple(nodes.Remove(nodes.Path((*target.steps, index))) for index in sorted(set(self.indexes)))


@attrs.frozen
class IfNotExists(Operator):
    """Set ``value`` only where ``path`` holds nothing yet."""

    path: str
    value: Any

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``SET target = if_not_exists(path, value)``."""
        return (nodes.Set(target, nodes.IfNotExists(parse_path(self.path), nodes.Literal(self.value))),)


@attrs.frozen
class Remove(Operator):
    """Remove the attribute or element; one that is not there stays away."""

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        """Give ``REMOVE target``."""
        return (nodes.Remove(target),)


def _in_place(operator: Any, target: nodes.Path) -> None:
    if parse_path(operator.path) != target:
        raise ExpressionError(
            f"{type(operator).__name__}({operator.path!r}) stands at {str(target)!r}: "
            "it changes what is there, so both paths have to be the same")


def build_update(changes: Mapping[str, Any]) -> nodes.Update:
    """Turn changes by path into an update; a value is set, an `Operator` does what it says.

    An empty set is removed, as DynamoDB has none; None is set as NULL. An operator class that needs no arguments may
    stand without its call (``{"gone": Remove}``).

    >>> str(build_update({"a.b[1]": "x"}).sets[0].path)
    'a.b[1]'

    Raises:
        ExpressionError: a path is malformed, or two paths are the same or one is part of the other.
    """
    actions: list[Action] = []
    for text, change in changes.items():
        target = parse_path(text)
        actions.extend(_operator(text, change).actions(target))
    return assemble(actions)


def assemble(actions: Sequence[Action]) -> nodes.Update:
    """Sort actions into the clauses of one update.

    Raises:
        ExpressionError: two of their paths are the same, or one is part of the other.
    """
    _refuse_overlaps(action.path for action in actions)
    return nodes.Update(
        sets=tuple(action for action in actions if isinstance(action, nodes.Set)),
        removes=tuple(action for action in actions if isinstance(action, nodes.Remove)),
        adds=tuple(action for action in actions if isinstance(action, nodes.Add)),
        deletes=tuple(action for action in actions if isinstance(action, nodes.Delete)),
    )


@attrs.frozen
class _SetValue(Operator):
    value: Any

    def actions(self, target: nodes.Path) -> tuple[Action, ...]:
        return (nodes.Set(target, nodes.Literal(self.value)),)


def _operator(text: str, change: Any) -> Operator:
    if isinstance(change, Operator):
        return change
    if change is Remove or (isinstance(change, AbstractSet) and not change):
        return Remove()
    if isinstance(change, type) and issubclass(change, Operator):
        raise ExpressionError(
            f"{change.__name__} at {text!r} lacks its arguments: write {change.__name__}({text!r}, ...)")
    return _SetValue(change)


def _refuse_overlaps(paths: Iterable[nodes.Path]) -> None:
    if found := overlap(paths):
        one, other, kind = found
        if one == other:
            raise ExpressionError(f"the update changes {str(one)!r} twice; leave one out")
        clash = "of which one is part of the other", "which take the same value for a map and a list"
        why = clash[kind == "conflict"]
        raise ExpressionError(f"the update changes both {str(one)!r} and {str(other)!r}, {why}; leave one out")
