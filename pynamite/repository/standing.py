"""Selections, and queries, of one shape: they differ in their values alone, so that what is given is checked once.

The shape of a selection is which fields are given. It is learnt from one that was made in full, where nothing but the
texts in the keys depends on the values, and code can write these. Queries have more in common than that: their filter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from pynamite.entities.expiry import another, second_wire
from pynamite.entities.member import Member
from pynamite.entities.slots import KeySlot
from pynamite.expression import nodes
from pynamite.key.template import KeyTemplate, wire_of
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.repository.selection import Bounds, Selection, select, slots_of
from pynamite.wire import AttributeValue, Item

__all__ = ["Chosen", "Shape", "StandingRead", "choose"]

_SHAPES = "read: shapes"


@attrs.frozen(eq=False)
class _Place:
    """A key attribute in a condition: its text is the whole of it, or its beginning."""

    slot: KeySlot
    template: KeyTemplate
    whole: bool

    @property
    def kind(self) -> str:
        """The type of what the attribute is compared with."""
        return self.slot.template.kind if self.whole else "S"

    def condition(self, value: AttributeValue) -> nodes.Condition:
        """Give the condition on the attribute."""
        path = nodes.Path((self.slot.attribute,))
        if self.whole:
            return nodes.Compare("=", path, nodes.Value(value))
        return nodes.Function("begins_with", (path, nodes.Value(value)))


@attrs.frozen(eq=False)
class Shape:
    """Which attributes of a key are given, and what writes their texts of values by name.

    ``stored`` has, for each, the type that it is stored as, and what its text is prefixed by.
    """

    places: Sequence[_Place]
    texts: Callable[[Mapping[str, Any]], list[str]]
    stored: Sequence[tuple[str, str]] = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda shape: [(place.kind, place.slot.prefix) for place in shape.places], takes_self=True),
    )

    def choose(self, given: Mapping[str, Any]) -> Chosen | None:
        """Choose what has these values; None where one of them needs a closer look."""
        try:
            texts = self.texts(given)
        except Exception:  # noqa: BLE001 - whatever it was, a selection in full says it in its words
            return None
        return Chosen(shape=self, values=[
            wire_of(kind, prefix + text) for (kind, prefix), text in zip(self.stored, texts, strict=True)])


class Chosen:
    """What a query selects: one selection; or a shape and its values, of which a selection can be made."""

    def __init__(
        self, made: Selection | None = None, *, shape: Shape | None = None, values: Sequence[AttributeValue] = ()
    ) -> None:
        self._made = made
        self.shape = shape
        self.values = values
        self.empty = made is not None and made.empty
        self.parts = 1 if made is None else len(made.conditions)

    @cached_property
    def selection(self) -> Selection:
        """The selection."""
        if self._made is not None:
            return self._made
        assert self.shape is not None
        pairs = zip(self.shape.places, self.values, strict=True)
        return Selection((nodes.conjunction(*(place.condition(value) for place, value in pairs)),))


def choose(
    members: Sequence[Member[Any]], index: str | None, given: Mapping[str, Any], bounds: Bounds | None
) -> Chosen:
    """Turn fields and bounds into what is selected, as `select` does, and raise what that raises."""
    if bounds is not None or len(members) > 1:
        return Chosen(select(members, index, given, bounds))
    known: dict[Hashable, Shape | None] = members[0].standing.setdefault(_SHAPES, {})
    identity = (index, *given)
    shape = known.get(identity)
    chosen = None if shape is None else shape.choose(given)
    if chosen is not None:
        return chosen
    made = select(members, index, given, None)
    if identity not in known:
        known[identity] = _learn(members[0], index, given, made)
    return Chosen(made)


@attrs.frozen(eq=False)
class StandingRead:
    """A query that was made in full, for others that differ in their values, and in where they start and end.

    The values of its key condition come first in it. ``moments`` are the names of those that are of the moment by which
    items have expired, ``filtered`` of those of the caller's own filter.
    """

    operation: Operation[ReadPage]
    moments: Sequence[str]
    filtered: Sequence[str]

    @classmethod
    def made(
        cls, in_full: Callable[..., Operation[ReadPage]], moment: datetime | None, filtered: Sequence[AttributeValue]
    ) -> StandingRead:
        """Make it by what makes it in full at a ``moment``, with these values in the filter."""
        operation = in_full(moment=moment)
        moments = () if moment is None else operation.differing(in_full(moment=another(moment)))
        # The caller's filter is the last of what is written.
        names = list(operation.request.get("ExpressionAttributeValues", {}))
        return cls(operation, moments, names[len(names) - len(filtered) :])

    def again(
        self,
        values: Sequence[AttributeValue],
        moment: datetime | None,
        filtered: Sequence[AttributeValue],
        *,
        limit: int | None,
        start: Item | None,
    ) -> Operation[ReadPage]:
        """Make the query of other values in the key, at another moment, and with other values in the filter."""
        known = self.operation.request["ExpressionAttributeValues"]
        written = {**known, **dict(zip(known, values, strict=False))}
        if moment is not None:
            second = second_wire(moment)
            for name in self.moments:
                written[name] = second
        written.update(zip(self.filtered, filtered, strict=True))
        changes: dict[str, Any] = {"ExpressionAttributeValues": written}
        if limit is not None:
            changes["Limit"] = limit
        if start is not None:
            changes["ExclusiveStartKey"] = start
        return self.operation.again(None, changes)


def _learn(member: Member[Any], index: str | None, given: Mapping[str, Any], made: Selection) -> Shape | None:
    """Find the shape of a selection that was made in full; None if it has none that gives the same."""
    places: list[_Place] = []
    partition, sort = slots_of(member, index)
    named = member.definition.values(given)
    for slot in (*partition, *sort):
        template = slot.template
        if not isinstance(template, KeyTemplate) or any(gap.codec.texts or gap.codec.bucket for gap in template.gaps):
            return None
        lead = template.lead(named)
        if lead.next is None:
            places.append(_Place(slot, template, whole=True))
            continue
        if slot.prefix + lead.text:
            first = next(number for number, gap in enumerate(template.gaps) if gap is lead.next)
            places.append(_Place(slot, attrs.evolve(template, gaps=template.gaps[:first]), whole=False))
        break
    texts = member.coded.texts([place.template for place in places])
    shape = None if texts is None else Shape(places, texts)
    chosen = None if shape is None else shape.choose(given)
    return shape if chosen is not None and chosen.selection == made else None
