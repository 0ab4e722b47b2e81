"""Which items a query reads: its key condition, from the fields that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from pynamite.entities.member import IndexKeys, KeySlot, Member
from pynamite.entities.paths import unknown_field
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError
from pynamite.expression import nodes
from pynamite.key.ranges import Edge, TextRange, range_of
from pynamite.key.template import Gap, Lead
from pynamite.wire import Misfit

__all__ = ["Bounds", "Selection", "select", "slots_of"]


@attrs.frozen
class Bounds:
    """Bounds on the next field of the sort key: each is a value and whether it is in; or a beginning of its text."""

    field: str
    low: tuple[Any, bool] | None = None
    high: tuple[Any, bool] | None = None
    beginning: str | None = None

    def hold(self, value: Any) -> bool:
        """Tell whether a value lies within the bounds."""
        low = self.low is None or (value >= self.low[0] if self.low[1] else value > self.low[0])
        return bool(low and (self.high is None or (value <= self.high[0] if self.high[1] else value < self.high[0])))


@attrs.frozen
class Selection:
    """What a query reads: its key condition.

    Unless it is ``exact``, the bounds have to be checked on every item afterwards; one that is ``empty`` reads nothing.
    Where several entities are read, ``leads`` has the beginning of the sort key that each of them is to have.
    """

    condition: nodes.Condition
    exact: bool = True
    empty: bool = False
    leads: tuple[Lead, ...] = ()


def slots_of(member: Member[Any], index: str | None) -> tuple[KeySlot, KeySlot | None]:
    """Give the key slots by which an entity is queried.

    Raises:
        DefinitionError: the table has no such index, or the entity takes no part in it.
    """
    if index is None:
        return member.slots[0], member.slots[1] if len(member.slots) > 1 else None
    keys = index_keys(member, index)
    return keys.partition, keys.sort


def index_keys(member: Member[Any], index: str) -> IndexKeys:
    """Give an entity's keys of an index; raises DefinitionError where it has none."""
    if index not in member.indexes:
        known = ", ".join(map(repr, member.indexes)) or "none"
        raise DefinitionError(
            f"entity {member.definition.name!r} takes no part in an index {index!r}; its indexes are {known}: "
            f"declare it with indexes={{{index!r}: (...)}}"
        )
    return member.indexes[index]


def select(
    members: Sequence[Member[Any]], index: str | None, values: Mapping[str, Any], bounds: Bounds | None
) -> Selection:
    """Turn fields and bounds into a key condition.

    Raises:
        KeyValueError: the partition key lacks a field, or a value does not fit its template.
        ExpressionError: a field is given that the key cannot use, or bounds do not fit the sort key.
    """
    _check_fields(members, index, values)
    partitions = {
        (slot.attribute, slot.template.render(values)): slot
        for slot, _ in (slots_of(member, index) for member in members)
    }
    if len(partitions) > 1:
        raise DefinitionError(
            "these entities do not share a partition: their partition keys are "
            + ", ".join(f"{text!r} ({slot.template.entity})" for (_, text), slot in partitions.items())
        )
    (((attribute, text), slot),) = partitions.items()
    partition = nodes.Compare("=", nodes.Path((attribute,)), nodes.Value(slot.template.wire(text)))
    sorts = [sort for _, sort in (slots_of(member, index) for member in members)]
    if sorts[0] is None:
        if bounds is not None:
            raise ExpressionError(f"{_where(members, index)} has no sort key: filter on {bounds.field!r} instead")
        return Selection(partition)
    where = _where(members, index)
    leads = [
        _lead(sort, values, set(values) - set(own.template.fields), where)
        for own, sort in (slots_of(member, index) for member in members)
        if sort is not None
    ]
    if len(leads) > 1:
        if bounds is not None:
            raise ExpressionError(
                f"{where} concerns several entities, whose sort keys have no common field {bounds.field!r}"
            )
        given = bool(
            set(values) - {field for member in members for field in slots_of(member, index)[0].template.fields}
        )
        return _several(partition, sorts[0], leads, given=given)
    condition, exact, empty = _sort_condition(sorts[0], leads[0], bounds, where)
    return Selection(partition if condition is None else nodes.conjunction(partition, condition), exact, empty)


def _several(partition: nodes.Condition, slot: KeySlot, leads: Sequence[Lead], *, given: bool) -> Selection:
    """Select what begins as the sort keys of several entities do, as far as they have that in common.

    ``given`` says that fields besides those of the partition key are: then each entity has a beginning of its own.
    """
    alike = len({(lead.text, lead.next is None) for lead in leads}) == 1
    if alike:
        condition = _led(slot, leads[0])
    elif slot.template.kind == "S" and (common := _common([lead.text for lead in leads])):
        condition = _begins_with(nodes.Path((slot.attribute,)), common)
    else:
        condition = None
    whole = partition if condition is None else nodes.conjunction(partition, condition)
    return Selection(whole, exact=alike or not given, leads=tuple(leads))


def _where(members: Sequence[Member[Any]], index: str | None) -> str:
    names = ", ".join(member.definition.name for member in members)
    return f"the query of {names}" + (f" by index {index!r}" if index else "")


def _check_fields(members: Sequence[Member[Any]], index: str | None, values: Mapping[str, Any]) -> None:
    usable = {
        field: None for member in members for slot in slots_of(member, index) if slot for field in slot.template.fields
    }
    for field in values:
        if field in usable:
            continue
        if all(field not in member.definition.fields for member in members):
            raise KeyValueError(unknown_field(members[0], field), entity=members[0].definition.name, field=field)
        raise ExpressionError(
            f"{_where(members, index)} goes by {', '.join(map(repr, usable)) or 'no field'}, not by {field!r}: use "
            f".filter(attribute({members[0].definition.name}.{field}) == ...), or another index"
        )


def _sort_condition(
    slot: KeySlot, lead: Lead, bounds: Bounds | None, where: str
) -> tuple[nodes.Condition | None, bool, bool]:
    path = nodes.Path((slot.attribute,))
    if bounds is None:
        return _led(slot, lead), True, False
    gap = _bounded(lead, bounds, where)
    if slot.template.kind == "N":
        wanted = _number_range(gap, bounds, where)
        nothing = bool(wanted.low and wanted.high and Decimal(wanted.low.text) > Decimal(wanted.high.text))
        return _ranged(path, "N", wanted, nothing=nothing)
    if bounds.beginning is not None:
        return _begins_with(path, lead.text + _beginning(gap, bounds, where)), True, False
    wanted = range_of(lead.text, gap, _encoded(gap, bounds.low, where), _encoded(gap, bounds.high, where))
    return _ranged(path, "S", wanted, nothing=bool(wanted.low and wanted.high and wanted.low.text > wanted.high.text))


def _led(slot: KeySlot, lead: Lead) -> nodes.Condition | None:
    """Make the condition that the sort key is what fields give, or begins with it; None where they give nothing."""
    path = nodes.Path((slot.attribute,))
    if lead.next is None:
        return nodes.Compare("=", path, nodes.Value(slot.template.wire(lead.text)))
    return _begins_with(path, lead.text) if lead.text else None


def _lead(slot: KeySlot, values: Mapping[str, Any], own: set[str], where: str) -> Lead:
    """Write the sort key as far as fields are given; ``own`` are those that are not of the partition key besides."""
    lead = slot.template.lead(values)
    if lead.next is not None:
        behind = slot.template.gaps[slot.template.gaps.index(lead.next) :]
        before = {gap.field for gap in slot.template.gaps[: -len(behind)]}
        skipped = [gap.field for gap in behind if gap.field in own - before]
        if skipped:
            raise ExpressionError(
                f"{where} gives {skipped[0]!r}, but not {lead.next.field!r}, which comes before it in the sort key "
                f"{slot.template.text!r}: give the fields from the left, without a gap"
            )
    return lead


def _common(texts: Sequence[str]) -> str:
    low, high = min(texts), max(texts)
    return next((low[:i] for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), low[: len(high)])


def _begins_with(path: nodes.Path, text: str) -> nodes.Condition:
    return nodes.Function("begins_with", (path, nodes.Value({"S": text})))


def _bounded(lead: Lead, bounds: Bounds, where: str) -> Gap:
    if lead.next is None:
        raise ExpressionError(
            f"{where} gives the whole sort key already: there is nothing left to be bounded by {bounds.field!r}"
        )
    if lead.next.field != bounds.field:
        raise ExpressionError(
            f"{where} can be bounded by {lead.next.field!r}, the next field of the sort key, not by {bounds.field!r}"
        )
    return lead.next


def _encoded(gap: Gap, bound: tuple[Any, bool] | None, where: str) -> tuple[str, bool] | None:
    if bound is None:
        return None
    value, included = bound
    if isinstance(value, Enum | bool):
        raise ExpressionError(f"{where}: {value!r} has no order: give {gap.field!r} itself")
    try:
        text = gap.codec.encode(value)
    except Misfit as misfit:
        raise KeyValueError(f"{where}: field {gap.field!r}: {misfit.problems[0][1]}", field=gap.field) from None
    if not text:
        raise KeyValueError(
            f"{where}: field {gap.field!r} is bounded by an empty text, which no key has: leave the bound out",
            field=gap.field,
        )
    return text, included


def _beginning(gap: Gap, bounds: Bounds, where: str) -> str:
    text = bounds.beginning
    if not isinstance(text, str) or not text:
        raise KeyValueError(
            f"{where}: begins_with takes a text of one character or more, not {text!r}", field=gap.field
        )
    if gap.end and gap.codec.width is None and gap.end in text:
        raise KeyValueError(
            f"{where}: {text!r} contains {gap.end!r}, which ends field {gap.field!r} in the key", field=gap.field
        )
    return text


def _number_range(gap: Gap, bounds: Bounds, where: str) -> TextRange:
    if bounds.beginning is not None:
        raise ExpressionError(
            f"{where}: {gap.field!r} is a number, which begins with nothing: use between, gt, ge, lt or le"
        )
    low, high = _encoded(gap, bounds.low, where), _encoded(gap, bounds.high, where)
    return TextRange(
        Edge(*low, possible=True) if low else None, Edge(*high, possible=True) if high else None, exact=True
    )


def _ranged(
    path: nodes.Path, kind: str, wanted: TextRange, *, nothing: bool
) -> tuple[nodes.Condition | None, bool, bool]:
    """Make the condition of a range; with it, whether it is exact, and whether it is empty."""
    low, high = wanted.low, wanted.high
    if low is not None and high is not None:
        if nothing:
            return None, True, True
        # BETWEEN takes in both of its bounds.
        exact = wanted.exact and all(edge.included or not edge.possible for edge in (low, high))
        return nodes.Between(path, nodes.Value({kind: low.text}), nodes.Value({kind: high.text})), exact, False
    if low is not None:
        return nodes.Compare(">=" if low.included else ">", path, nodes.Value({kind: low.text})), wanted.exact, False
    if high is not None:
        return nodes.Compare("<=" if high.included else "<", path, nodes.Value({kind: high.text})), wanted.exact, False
    return None, wanted.exact, False
