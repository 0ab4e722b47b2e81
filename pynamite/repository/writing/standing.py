"""Updates of one shape: they differ in their values alone, so that the rest of the request is made once.

A shape is which fields are set or counted, in which order. It is learnt from a request that was made in full, and used
only where the values can be put into that one: where nothing else depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from pynamite.entities.changes import actions_of
from pynamite.entities.conditions import bind_value
from pynamite.entities.member import Member
from pynamite.entities.structs import FieldPlan
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.operation.operation import Operation
from pynamite.operation.update import update_again
from pynamite.wire import LARGEST_ITEM, AttributeValue, Item, Misfit, value_size

__all__ = ["UpdateShape", "shape_of"]

_WRITERS = "update: writers"

Writer = Callable[[Any], AttributeValue | None]


@attrs.frozen(eq=False)
class UpdateShape:
    """What an update is, apart from its values.

    ``places`` are the numbers that the values have in the request, whose other values are the same in all; the stamp of
    the last change, if there is one, has the number ``stamped``.
    """

    member: Member[Any]
    identity: Hashable
    values: Sequence[Any]
    writers: Sequence[Writer]
    places: Sequence[int]
    stamped: int | None

    def operation(self, key: Item, now: Callable[[], datetime]) -> Operation[Any] | None:
        """Make the update of an item, stamped by the clock ``now``.

        None where the shape is not known yet, or a value needs a closer look.
        """
        known: Operation[Any] | None = self.member.standing.get(self.identity)
        written = None if known is None else self._written()
        if known is None or written is None:
            return None
        updated = self.member.definition.updated
        if updated is not None:
            stamp = updated.to_wire(now())
            assert stamp is not None
            written[f":v{self.stamped}"] = stamp
        return update_again(known, key, written)

    def learn(self, operation: Operation[Any]) -> None:
        """Keep a request that was made in full, if its values are where they are looked for."""
        written = self._written()
        there: Mapping[str, Any] = operation.request.get("ExpressionAttributeValues", {})
        if written is not None and all(there.get(name) == value for name, value in written.items()):
            self.member.standing[self.identity] = operation

    def _written(self) -> dict[str, AttributeValue] | None:
        found: dict[str, AttributeValue] = {}
        for place, write, value in zip(self.places, self.writers, self.values, strict=True):
            try:
                written = write(value)
            except (Misfit, ExpressionError):
                return None
            if written is None or value_size(written) > LARGEST_ITEM:
                return None
            found[f":v{place}"] = written
        return found


def shape_of(member: Member[Any], changes: Iterable[Change | Mapping[str, Any]]) -> UpdateShape | None:
    """Find the shape of an update; None for one whose parts hang together with others."""
    definition = member.definition
    updated = definition.updated
    if updated is not None and _hangs_together(member, updated):
        return None
    if member.ttl_attribute is not None or member.translates or definition.version is not None:
        return None
    identity: list[Hashable] = [_WRITERS]
    values: list[Any] = []
    writers: list[Writer] = []
    places: list[int] = []
    count = 0
    for path, action in actions_of(changes):
        name = path.steps[0]
        if len(path.steps) > 1 or not isinstance(action, nodes.Set) or path != action.path:
            return None
        settable, part = _settable(member, name), _part(action)
        if settable is None or part is None:
            return None
        what, value, before, after = part
        identity.append((name, path.owner, what))
        values.append(value)
        writers.append(settable.set if what is None else settable.count)
        places.append(count + before)
        count += before + 1 + after
    stamped = None if updated is None else count
    return UpdateShape(member, tuple(identity), values, writers, places, stamped) if values else None


def _part(action: nodes.Set) -> tuple[Hashable, Any, int, int] | None:
    """Take an action apart: what it does, with which value, and how many other values stand before and behind it."""
    match action.value:
        case nodes.Literal(value):
            return None, value, 0, 0
        case nodes.Arithmetic(operator, nodes.IfNotExists(other, nodes.Literal(int() as start)), nodes.Literal(value)):
            if other == action.path and not isinstance(start, bool):
                return (operator, start), value, 1, 0
        case nodes.Arithmetic(operator, nodes.Path() as other, nodes.Literal(value)) if other == action.path:
            return (operator, None), value, 0, 0
    return None


@attrs.frozen(eq=False)
class _Settable:
    """How the values of a field are written which an update sets, or counts up."""

    set: Writer
    count: Writer


def _settable(member: Member[Any], name: Any) -> _Settable | None:
    """Find how a field is set or counted; None where more than its own attribute depends on it."""
    known: dict[str, _Settable | None] = member.standing.setdefault(_WRITERS, {})
    if name not in known:
        plan = member.definition.fields.get(name)
        known[name] = None if plan is None or plan.options.updated or _hangs_together(member, plan) else _Settable(
            plan.to_wire, lambda value: bind_value(member, value, plan.kind, "the change").wire
        )
    return known[name]


def _hangs_together(member: Member[Any], plan: FieldPlan) -> bool:
    """Tell whether something else depends on a field, or its value on something else."""
    options = plan.options
    return (
        plan.name in member.key_fields
        or plan.validator is not None
        or plan.own.converter is not None
        or isinstance(plan.own.default, attrs.Factory)  # type: ignore[arg-type]
        or options.rest
        or options.key_only
        or any(plan.name in keys.fields for keys in member.indexes.values())
        or any(plan.attribute == slot.attribute for keys in member.indexes.values() for slot in keys.slots)
        or plan.attribute in member.key_attributes
    )
