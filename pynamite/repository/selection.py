"""Which items a query reads: its key condition, from the fields that are given."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.member import Member
from pynamite.entities.paths import unknown_field
from pynamite.entities.slots import KeySlot
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError
from pynamite.expression import nodes
from pynamite.key.ranges import Edge, TextRange, after, range_of
from pynamite.key.template import Gap, Lead, wire_of
from pynamite.wire import Misfit

__all__ = ["Bounds", "Selection", "select", "slots_of", "without_buckets"]


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
    """What a query reads: its key conditions, more than one where it looks under several shards.

    Unless it is ``exact``, the bounds have to be checked on every item afterwards; one that is ``empty`` reads nothing.
    Where several entities are read, or one whose key has variants, ``leads`` has for each of them the beginnings that
    its key may have in the attribute ``lead_slot`` of the sort key.
    """

    conditions: tuple[nodes.Condition, ...]
    exact: bool = True
    empty: bool = False
    leads: tuple[tuple[Lead, ...], ...] = ()
    lead_slot: int = 0


def slots_of(member: Member[Any], index: str | None) -> tuple[tuple[KeySlot, ...], tuple[KeySlot, ...]]:
    """Give the key slots by which an entity is queried: those of the partition key and those of the sort key.

    Raises:
        DefinitionError: the table has no such index, or the entity takes no part in it.
    """
    if index is None:
        return member.slots[:1], member.slots[1:]
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
    """Turn fields and bounds into key conditions.

    Raises:
        KeyValueError: the partition key lacks a field, or a value does not fit its template.
        ExpressionError: a field is given that the key cannot use, or bounds do not fit the sort key.
    """
    where = _where(members, index)
    _check_fields(members, index, values)
    partitions = _partitions(members, index, values)
    sorts = [slots_of(member, index)[1] for member in members]
    if not sorts[0]:
        if bounds is not None:
            raise ExpressionError(f"{where} has no sort key: filter on {bounds.field!r} instead")
        return Selection(partitions)
    if len(members) > 1:
        if bounds is not None:
            raise ExpressionError(
                f"{where} concerns several entities, whose sort keys have no common field {bounds.field!r}"
            )
        found = _of_several(members, index, values, where)
    else:
        found = _sort_condition(members[0], index, values, bounds, where)
    if found.condition is not None:
        partitions = tuple(nodes.conjunction(partition, found.condition) for partition in partitions)
    return Selection(partitions, found.exact, found.empty, found.leads, found.lead_slot)


def _of_several(members: Sequence[Member[Any]], index: str | None, values: Mapping[str, Any], where: str) -> _Sorted:
    """Make the condition on the sort key of several entities: each may have beginnings of its own."""
    used = set(_partition_names(members, index))
    leads: list[tuple[Lead, ...]] = []
    slots: list[KeySlot] = []
    for member in members:
        slot = slots_of(member, index)[1][0]
        named = member.definition.values(without_buckets(member, index, values))
        own = _meant(slot.template.leads(named), named, used)
        leads.append(own)
        slots.append(slot)
        used |= {name for lead in own for name in _ways_to_give(member, lead.before)}
    unused = [name for name in values if name not in used]
    if unused:
        raise ExpressionError(
            f"{where} gives {unused[0]!r}, but not what comes before it in the sort keys "
            f"{', '.join(repr(slot.template.text) for slot in slots)}: give the fields from the left, without a gap"
        )
    found = _enclosing(slots[0], [lead for own in leads for lead in own])
    return attrs.evolve(found, leads=tuple(leads))


def _partition_names(members: Sequence[Member[Any]], index: str | None) -> list[str]:
    """Name what the partition keys are made of, fields and names in placeholders."""
    found: list[str] = []
    for member in members:
        names = [name for slot in slots_of(member, index)[0] for name in slot.template.fields]
        found += _ways_to_give(member, names)
    return found


def _ways_to_give(member: Member[Any], names: Sequence[str]) -> list[str]:
    """Name what a query may give for names in placeholders: these, what they are inside of, the fields behind them."""
    return [*names, *(name.partition(".")[0] for name in names), *member.definition.sources(names)]


def _partitions(
    members: Sequence[Member[Any]], index: str | None, values: Mapping[str, Any]
) -> tuple[nodes.Condition, ...]:
    """Make the conditions on the partition key: one, or one for each shard that the values leave open."""
    found: list[tuple[tuple[nodes.Condition, ...], str]] = []
    for member in members:
        slots, _ = slots_of(member, index)
        named = member.definition.values(values)
        ways = [way for slot in slots for way in slot.template.shards(named) if way] or [{}]
        conditions = tuple(
            nodes.conjunction(*(_equals(slot, member.definition.values({**values, **way})) for slot in slots))
            for way in ways
        )
        if not found or conditions != found[0][0]:
            found.append((conditions, member.definition.name))
    if len(found) > 1:
        raise DefinitionError(
            "these entities do not share a partition: their partition keys are "
            + ", ".join(f"{' and '.join(map(_spelled, conditions))} ({name})" for conditions, name in found)
        )
    return found[0][0]


def _spelled(condition: nodes.Condition) -> str:
    leaves = [leaf for leaf in nodes.leaves(condition) if isinstance(leaf, nodes.Value)]
    return ", ".join(repr(next(iter(leaf.wire.values()))) for leaf in leaves)


def without_buckets(member: Member[Any], index: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the values that only say which bucket of time the partition is: in the sort key they may be any."""
    partition, _ = slots_of(member, index)
    gaps = [gap for slot in partition for template in slot.template.templates for gap in template.gaps]
    buckets = {gap.field for gap in gaps if gap.codec.bucket}
    return {name: value for name, value in values.items() if name not in buckets}


def _equals(slot: KeySlot, values: Mapping[str, Any]) -> nodes.Condition:
    text = slot.template.render(values)
    return nodes.Compare("=", nodes.Path((slot.attribute,)), nodes.Value(slot.wire(text)))


def _where(members: Sequence[Member[Any]], index: str | None) -> str:
    names = ", ".join(member.definition.name for member in members)
    return f"the query of {names}" + (f" by index {index!r}" if index else "")


def _check_fields(members: Sequence[Member[Any]], index: str | None, values: Mapping[str, Any]) -> None:
    usable: dict[str, None] = {}
    for member in members:
        partition, sort = slots_of(member, index)
        names = [name for slot in (*partition, *sort) for name in slot.template.fields]
        usable |= dict.fromkeys(_ways_to_give(member, names))
    for field in values:
        if field in usable:
            continue
        if all(field not in member.definition.types for member in members):
            raise KeyValueError(unknown_field(members[0], field), entity=members[0].definition.name, field=field)
        raise ExpressionError(
            f"{_where(members, index)} goes by {', '.join(map(repr, usable)) or 'no field'}, not by {field!r}: use "
            f".filter(attribute({members[0].definition.name}.{field}) == ...), or another index"
        )


@attrs.frozen
class _Sorted:
    """A condition on the sort key, None for all of the partition; as `Selection` otherwise."""

    condition: nodes.Condition | None
    exact: bool = True
    empty: bool = False
    leads: tuple[tuple[Lead, ...], ...] = ()
    lead_slot: int = 0


def _sort_condition(
    member: Member[Any], index: str | None, values: Mapping[str, Any], bounds: Bounds | None, where: str
) -> _Sorted:
    """Make the condition on a sort key: its attributes from the left by equality, the last one given by a range."""
    slots = slots_of(member, index)[1]
    named = member.definition.values(without_buckets(member, index, values))
    used = set(_partition_names([member], index))
    parts: list[nodes.Condition] = []
    for number, slot in enumerate(slots):
        path = nodes.Path((slot.attribute,))
        leads = _bounded_leads(_meant(slot.template.leads(named), named, used), bounds)
        first, *others = leads
        for lead in leads if others else ():
            skipped = [name for name in lead.behind if name in named and name not in {*used, *lead.before}]
            _refuse_unused(member, slot, lead, skipped, where)
        used |= {name for lead in leads for name in _ways_to_give(member, lead.before)}
        if not others and first.next is None:
            parts.append(nodes.Compare("=", path, nodes.Value(slot.wire(first.text))))
            continue
        _refuse_unused(member, slot, first, [name for name in values if name not in used], where)
        if not others:
            last = _last_condition(slot, path, first, bounds, where)
        elif bounds is None:
            last = attrs.evolve(_enclosing(slot, leads), leads=(leads,), lead_slot=number)
        else:
            raise ExpressionError(
                f"{where} cannot be bounded by {bounds.field!r} before the template of the sort key is chosen from "
                f"{slot.template.text!r}: give {' or '.join(map(repr, slot.template.lead(named).behind))}, too"
            )
        if last.condition is not None:
            parts.append(last.condition)
        return attrs.evolve(last, condition=nodes.conjunction(*parts) if parts else None)
    if bounds is not None:
        raise ExpressionError(
            f"{where} gives the whole sort key already: there is nothing left to be bounded by {bounds.field!r}"
        )
    return _Sorted(nodes.conjunction(*parts))


def _meant(leads: tuple[Lead, ...], named: Mapping[str, Any], elsewhere: set[str]) -> tuple[Lead, ...]:
    """Keep, of several beginnings, those of the variants that have the most of what is given in them."""
    if len(leads) == 1:
        return leads
    given = [{name for name in (*lead.before, *lead.behind) if name in named} - elsewhere for lead in leads]
    most = max(map(len, given))
    return tuple(lead for lead, names in zip(leads, given, strict=True) if len(names) == most)


def _bounded_leads(leads: tuple[Lead, ...], bounds: Bounds | None) -> tuple[Lead, ...]:
    """Keep, of several beginnings, those that go on with what is bounded."""
    if bounds is None or len(leads) == 1:
        return leads
    return tuple(lead for lead in leads if lead.next is not None and lead.next.field == bounds.field) or leads


def _refuse_unused(member: Member[Any], slot: KeySlot, lead: Lead, unused: Sequence[str], where: str) -> None:
    """Refuse what is given for a place behind the first one that is missing."""
    if not unused:
        return
    first = next(iter(lead.behind), slot.template.text)
    sources = member.definition.sources([first])
    if set(unused) & set(sources):
        raise ExpressionError(
            f"{where} gives {unused[0]!r}, but {first!r} in the sort key {slot.template.text!r} is made of "
            f"{', '.join(map(repr, sources))}: give all of them, or none"
        )
    raise ExpressionError(
        f"{where} gives {unused[0]!r}, but not {first!r}, which comes before it in the sort key "
        f"{slot.template.text!r}: give the fields from the left, without a gap"
    )


def _last_condition(slot: KeySlot, path: nodes.Path, lead: Lead, bounds: Bounds | None, where: str) -> _Sorted:
    """Make the condition on the attribute whose key is known in part."""
    if bounds is None:
        return _Sorted(_begins_with(path, slot.prefix + lead.text) if slot.prefix + lead.text else None)
    gap = _bounded(lead, bounds, where)
    kind = slot.template.kind
    if bounds.beginning is not None:
        if kind != "S":
            raise ExpressionError(
                f"{where}: {gap.field!r} is no text, so that it begins with nothing: use between, gt, ge, lt or le"
            )
        return _Sorted(_begins_with(path, slot.prefix + lead.text + _beginning(gap, bounds, where)))
    low, high = _encoded(gap, bounds.low, where), _encoded(gap, bounds.high, where)
    if gap.codec.descending:
        low, high = high, low
    if kind == "S":
        return _ranged(path, kind, range_of(slot.prefix + lead.text, gap, low, high), _text_order)
    wanted = TextRange(
        Edge(*low, possible=True) if low else None, Edge(*high, possible=True) if high else None, exact=True
    )
    return _ranged(path, kind, wanted, Decimal if kind == "N" else _text_order)


def _text_order(text: str) -> str:
    return text


def _enclosing(slot: KeySlot, leads: Sequence[Lead]) -> _Sorted:
    """Make the condition that takes in keys of several beginnings, and as little else as can be.

    It is exact where no field took part in a beginning: what an entity has in the partition begins so anyway.
    """
    path = nodes.Path((slot.attribute,))
    exact = not any(lead.before for lead in leads)
    alike = len({(lead.text, lead.next is None) for lead in leads}) == 1
    if alike and slot.prefix + leads[0].text:
        whole = leads[0].next is None
        text = slot.prefix + leads[0].text
        return _Sorted(
            nodes.Compare("=", path, nodes.Value(slot.wire(leads[0].text))) if whole else _begins_with(path, text)
        )
    if slot.template.kind != "S" or not all(lead.text for lead in leads):
        return _Sorted(_begins_with(path, slot.prefix) if slot.prefix else None, exact)
    low = Edge(slot.prefix + min(lead.text for lead in leads))
    ends = [Edge(lead.text) if lead.next is None else Edge(after(lead.text) or "", included=False) for lead in leads]
    if not all(edge.text for edge in ends):
        return _ranged(path, "S", TextRange(low, None, exact), _text_order)
    high = max(ends, key=lambda edge: edge.text)
    high = attrs.evolve(high, text=slot.prefix + high.text)
    return _ranged(path, "S", TextRange(low, high, exact), _text_order)


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
        text = _encode(gap, value)
    except Misfit as misfit:
        raise KeyValueError(f"{where}: field {gap.field!r}: {misfit.problems[0][1]}", field=gap.field) from None
    if not text:
        raise KeyValueError(
            f"{where}: field {gap.field!r} is bounded by an empty text, which no key has: leave the bound out",
            field=gap.field,
        )
    # Of a bucket, the one in which the bound lies is read, and looked through afterwards.
    return text, included or gap.codec.coarse


def _encode(gap: Gap, value: Any) -> str:
    try:
        return (gap.codec.bound or gap.codec.encode)(value)
    except Misfit:
        # A bound is not kept: where the field is a Decimal, a whole number will do, as it does in a condition.
        if isinstance(value, int):
            with contextlib.suppress(Misfit):
                return gap.codec.encode(Decimal(value))
        raise


def _beginning(gap: Gap, bounds: Bounds, where: str) -> str:
    text = bounds.beginning
    if not isinstance(text, str) or not text:
        raise KeyValueError(
            f"{where}: begins_with takes a text of one character or more, not {text!r}", field=gap.field
        )
    if gap.codec.width is not None and len(text) > gap.codec.width:
        raise KeyValueError(
            f"{where}: {text!r} is longer than field {gap.field!r} is in the key, which has {gap.codec.width} "
            "characters",
            field=gap.field,
        )
    if gap.end and gap.codec.width is None and gap.end in text:
        raise KeyValueError(
            f"{where}: {text!r} contains {gap.end!r}, which ends field {gap.field!r} in the key", field=gap.field
        )
    return text


def _ranged(path: nodes.Path, kind: str, wanted: TextRange, order: Callable[[str], Any]) -> _Sorted:
    """Make the condition of a range of key texts."""
    low, high = wanted.low, wanted.high
    if low is not None and high is not None:
        if order(low.text) > order(high.text):
            return _Sorted(None, empty=True)
        # BETWEEN takes in both of its bounds.
        exact = wanted.exact and all(edge.included or not edge.possible for edge in (low, high))
        return _Sorted(nodes.Between(path, _value(kind, low), _value(kind, high)), exact)
    if low is not None:
        return _Sorted(nodes.Compare(">=" if low.included else ">", path, _value(kind, low)), wanted.exact)
    if high is not None:
        return _Sorted(nodes.Compare("<=" if high.included else "<", path, _value(kind, high)), wanted.exact)
    return _Sorted(None, wanted.exact)


def _value(kind: str, edge: Edge) -> nodes.Value:
    return nodes.Value(wire_of(kind, edge.text))
