"""Whether a write may be sent again when no answer came: told from its tree, when its operation is made.

A lost answer leaves open whether the write was done. To send it again is harmless if doing it twice leaves what doing
it once does, if its own effect leaves its condition true (else the second try would be refused because of the first),
and if its answer does not tell what was there before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.wire import AttributeValue, Item, equal

__all__ = ["Resend", "delete_resend", "facts", "put_resend", "update_resend"]


class Resend(Enum):
    """How an operation may be sent again after a try of which nobody knows whether it was done."""

    SAFE = "safe"
    """As often as need be: twice is as good as once."""
    TOKEN = "token"  # noqa: S105 - the service's word for what it knows a request by
    """For ten minutes: the service knows it again by its token."""
    COMPARE = "compare"
    """A put of a new item: where the item is there already and is the same, the try before was done."""
    NEVER = "never"
    """Not at all: it might be done twice, or refused because it has been done."""


_TELLS_OLD = {"ALL_OLD", "UPDATED_OLD"}
_SETS = {"SS", "NS", "BS"}


@attrs.frozen
class _Effect:
    """What a write leaves: the ``values`` that attributes have for sure, and whether the others are as before.

    Attributes that are ``changed`` have an unknown value unless ``values`` tells it; None stands for an attribute that
    is not there. All others are ``kept`` as they were, or gone.
    """

    values: Mapping[str, AttributeValue | None]
    changed: Collection[str]
    kept: bool

    def keeps(self, condition: nodes.Condition) -> bool:
        """Tell whether the condition holds afterwards, if it held before."""
        if self._surely(condition):
            return True
        if isinstance(condition, nodes.And | nodes.Or):
            return all(self.keeps(part) for part in condition.parts)
        paths = [leaf for leaf in nodes.leaves(condition) if isinstance(leaf, nodes.Path)]
        return self.kept and all(path.steps[0] not in self.values and path.steps[0] not in self.changed
                                 for path in paths)

    def _surely(self, condition: nodes.Condition) -> bool:
        """Tell whether the condition holds afterwards, whatever was before."""
        match condition:
            case nodes.And(parts):
                return all(self._surely(part) for part in parts)
            case nodes.Or(parts):
                return any(self._surely(part) for part in parts)
            case nodes.Function("attribute_exists", (nodes.Path((str(name),)),)):
                return self.values.get(name) is not None
            case nodes.Function("attribute_not_exists", (nodes.Path((str(name), *_)),)):
                return self._absent(name)
            case nodes.Compare("=", nodes.Path((str(name),)), nodes.Value(wire)) | nodes.Compare(
                    "=", nodes.Value(wire), nodes.Path((str(name),))):
                return equal(self.values.get(name), wire)
            case _:
                return False

    def _absent(self, name: str) -> bool:
        if name in self.values:
            return self.values[name] is None
        return not self.kept and name not in self.changed


def facts(values: Mapping[str, AttributeValue | None], condition: nodes.Condition | None) -> tuple[bool, ...]:
    """Tell of the values that a write leaves what matters about them to its condition.

    Two writes of one shape, of which the same is true, may be sent again in the same cases.
    """
    found: list[bool] = []
    _add_facts(values, condition, found)
    return tuple(found)


def _add_facts(values: Mapping[str, AttributeValue | None], condition: Any, found: list[bool]) -> None:
    kind = type(condition)
    if kind is nodes.And or kind is nodes.Or:
        for part in condition.parts:
            _add_facts(values, part, found)
    elif kind is nodes.Compare and condition.operator == "=":
        for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if type(one) is nodes.Path and type(other) is nodes.Value:
                found.append(equal(values.get(str(one.steps[0])), other.wire))
    elif kind is nodes.Function:
        found += [values.get(str(one.steps[0])) is None for one in condition.arguments if type(one) is nodes.Path]


def put_resend(item: Item, key: Collection[str], condition: nodes.Condition | None, *,
               return_values: str | None = None, old_on_failure: bool = True) -> Resend:
    """Tell it of a put; ``key`` names its key attributes, ``old_on_failure`` says that a refusal has the old item."""
    keeps = condition is None or _Effect(item, (), kept=False).keeps(condition)
    if condition is not None and not keeps and old_on_failure and _asks_for_none(condition, key):
        return Resend.COMPARE
    return _safe_if(keeps and return_values not in _TELLS_OLD)


def _asks_for_none(condition: nodes.Condition, key: Collection[str]) -> bool:
    """Tell whether a condition can hold only where there is no item."""
    match condition:
        case nodes.And(parts):
            return any(_asks_for_none(part, key) for part in parts)
        case nodes.Function("attribute_not_exists", (nodes.Path((name,)),)):
            return name in key
        case _:
            return False


def delete_resend(condition: nodes.Condition | None, *, return_values: str | None = None) -> Resend:
    """Tell it of a deletion."""
    if return_values in _TELLS_OLD:
        return Resend.NEVER
    return _safe_if(condition is None or _Effect({}, (), kept=False).keeps(condition))


def update_resend(key: Item, update: nodes.Update, condition: nodes.Condition | None, *,
                  return_values: str | None = None) -> Resend:
    """Tell it of an update."""
    if return_values in _TELLS_OLD or not _idempotent(update):
        return Resend.NEVER
    return _safe_if(condition is None or _effect_of(key, update).keeps(condition))


def _safe_if(harmless: bool) -> Resend:
    return Resend.SAFE if harmless else Resend.NEVER


def _effect_of(key: Item, update: nodes.Update) -> _Effect:
    # The key is among what changes: an update makes an item where there is none.
    values: dict[str, AttributeValue | None] = dict(key)
    for action in update.sets:
        if isinstance(action.value, nodes.Value) and len(action.path.steps) == 1:
            values[str(action.path.steps[0])] = action.value.wire
    for removal in update.removes:
        if len(removal.path.steps) == 1:
            values[str(removal.path.steps[0])] = None
    return _Effect(values, {str(path.steps[0]) for path in _targets(update)}, kept=True)


def _targets(update: nodes.Update) -> list[nodes.Path]:
    actions: tuple[nodes.Set | nodes.Remove | nodes.Add | nodes.Delete, ...] = (
        *update.sets, *update.removes, *update.adds, *update.deletes)
    return [action.path for action in actions]


def _idempotent(update: nodes.Update) -> bool:
    """Tell whether doing the update a second time leaves everything as the first time did."""
    changed = _targets(update)
    # A list element that is removed lets the next one move up; one that is set beyond the end is appended.
    if any(isinstance(path.steps[-1], int) for path in changed):
        return False
    added = all(isinstance(action.value, nodes.Value) and _SETS.issuperset(action.value.wire) for action in update.adds)
    return added and all(_same_again(action, changed) for action in update.sets)


def _same_again(action: nodes.Set, changed: Collection[nodes.Path]) -> bool:
    value = action.value
    if isinstance(value, nodes.IfNotExists) and value.path == action.path:
        value = value.default
    read = [leaf for leaf in nodes.leaves(value) if isinstance(leaf, nodes.Path)]
    return not any(_overlap(path, other) for path in read for other in changed)


def _overlap(one: nodes.Path, other: nodes.Path) -> bool:
    return all(a == b for a, b in zip(one.steps, other.steps, strict=False))
