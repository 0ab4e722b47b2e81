"""Writes that are made again: they differ from an earlier one in the item, and in the values of their condition alone.

Those are a moment, by which items have expired, a version, and what a caller's condition compares with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from pynamite.entities.expiry import another, second_wire
from pynamite.entities.member import Member
from pynamite.entities.shapes import Shapes
from pynamite.expression import nodes
from pynamite.expression.shape import shape_of
from pynamite.operation.operation import Operation
from pynamite.wire import AttributeValue, Item

__all__ = ["StandingWrite", "standing_write"]

_SHAPES = "write: shapes"


@attrs.frozen(eq=False)
class StandingWrite:
    """A write that was made in full, with the names of its values that are of a moment, a version, or a condition."""

    operation: Operation[Any]
    moments: Sequence[str]
    versions: Sequence[str]
    given: Sequence[str]

    def again(
        self,
        key: Item,
        changes: Mapping[str, Any],
        moment: datetime | None,
        version: int | None,
        where: nodes.Condition | None,
    ) -> Operation[Any]:
        """Make the write of another item, at another moment, of another version, and with a condition of the shape."""
        if not self.moments and not self.versions and not self.given:
            return self.operation.again(key, changes)
        values: dict[str, AttributeValue] = dict(self.operation.request["ExpressionAttributeValues"])
        if moment is not None:
            second = second_wire(moment)
            for name in self.moments:
                values[name] = second
        for name in self.versions:
            values[name] = {"N": str(version)}
        if self.given:
            values.update(zip(self.given, shape_of(where)[1], strict=True))
        return self.operation.again(key, {**changes, "ExpressionAttributeValues": values})


def standing_write(
    member: Member[Any],
    identity: tuple[Any, ...],
    in_full: Callable[[datetime | None, int | None, nodes.Condition | None], Operation[Any]],
    moment: datetime | None,
    version: int | None,
    where: nodes.Condition | None,
) -> StandingWrite:
    """Give what was made ``in_full`` for others like it; at first, it is made now."""
    shape, given = shape_of(where)
    key = (*identity, shape, None if version is None else version > 0)
    shapes: Shapes = member.standing.setdefault(_SHAPES, Shapes())
    known: StandingWrite | None = shapes.get(key)
    if known is None:
        operation = in_full(moment, version, where)
        # What a value is of is found by what else it would be at another moment, of another version, and so on.
        moments = () if moment is None else operation.differing(in_full(another(moment), version, where))
        versions = operation.differing(in_full(moment, version + 1, where)) if version else ()
        other = None if where is None else nodes.transform(where, _other_value)
        names = operation.differing(in_full(moment, version, other)) if given else ()
        known = StandingWrite(operation, moments, versions, names)
        if len(names) == len(given):
            shapes.keep(key, known)
        else:  # The entity's own condition says a part of it already.
            known = StandingWrite(operation, (), (), ())
    return known


def _other_value(leaf: Any) -> Any:
    return nodes.Value({"S": f"not {leaf.wire!r}"}) if isinstance(leaf, nodes.Value) else leaf
