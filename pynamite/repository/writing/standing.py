"""Updates of one shape: they differ in their values alone, so that the rest of the request is made once.

A shape is which fields are set or counted, in which order, and which index keys are there then. It is learnt from a
request that was made in full, and used only where the values can be put into that one: where nothing else depends on
them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs

from pynamite.entities.annotations import without_none
from pynamite.entities.changes import actions_of
from pynamite.entities.codec.encoder import make_value
from pynamite.entities.conditions import bind_value
from pynamite.entities.expiry import second_wire
from pynamite.entities.member import Member
from pynamite.entities.shapes import Shapes
from pynamite.entities.structs import FieldPlan
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.expression.shape import shape_of
from pynamite.operation.operation import Operation
from pynamite.operation.resend import facts
from pynamite.repository.writing.index_keys import WrittenKeys, written_keys
from pynamite.repository.writing.writes import Write, moment_of
from pynamite.wire import LARGEST_ITEM, AttributeValue, value_size

__all__ = ["learn_update", "standing_update"]

_WRITERS = "update: writers"
_SHAPES = "update: shapes"
_KEYS = "update: index keys"

_PLAIN = frozenset(
    {str, int, bool, float, Decimal, bytes, datetime, date, UUID, list, tuple, dict, set, frozenset, type(None)}
)
"""Classes of values that are no operators: what sets a field to one of them needs no closer look."""

_NO_KEYS: tuple[Mapping[str, AttributeValue], tuple[str, ...]] = ({}, ())

Writer = Callable[[Any], AttributeValue]

Part = tuple[Any, type | None, str | None, int | None]
"""What an update does to one field, apart from the value.

These are the field's name, and the class that it was taken from where it was; the operator by which it is counted, None
where it is set; and what it counts as where there is none, None where there has to be one.
"""

Changes = Iterable[Change | Mapping[str, Any]]


class _NotStandingError(Exception):
    """An update, or a value of one, needs a closer look."""


class _Source(Enum):
    """Where a value of a request comes from that is none of the change's."""

    FIXED = "the first request of the shape"
    STAMP = "the moment of the last change"
    NEXT = "the version that the item gets"
    MOMENT = "the moment by which items have expired"
    VERSION = "the version that the item has"


@attrs.frozen(eq=False)
class _Shape:
    """What all updates of one shape have in common.

    ``before`` is one of them, with the values ``known``, and ``ready`` the same, whose item is read with its answer;
    ``writers`` make those that are of its changes, by their names in the request, and ``sources`` say where others come
    from that differ; ``kept`` are the names of those of index keys, by attribute, and ``given`` of those in the
    caller's condition. ``sets`` has the names of those that the changes set attributes to, and ``facts`` what is true
    of them.
    """

    before: Operation[Any]
    ready: Operation[Any]
    known: Mapping[str, AttributeValue]
    writers: Sequence[tuple[str, Writer]]
    sources: Sequence[tuple[str, _Source]]
    kept: Sequence[tuple[str, str]]
    given: Sequence[str]
    sets: Sequence[tuple[str, str]]
    facts: tuple[bool, ...]


def standing_update(
    member: Member[Any],
    key: Mapping[str, Any],
    changes: Changes,
    now: Callable[[], datetime],
    version: int | None = None,
    where: nodes.Condition | None = None,
    *,
    ready: bool = False,
) -> tuple[Operation[Any], datetime | None] | None:
    """Make the update of the item with a key, stamped by the clock ``now``, from an earlier one of the same shape.

    It gives the moment, too, by which that tells what has expired, where items of the table do.

    The item has to be of the version, if that is known. What comes of it is an instance at once, if it is to be
    ``ready``, and that can be. None where there was no such update, or a value needs a closer look. What an upsert
    needs is not for this.

    Raises:
        KeyValueError: the key cannot be written.
    """
    shapes: Shapes | None = member.standing.get(_SHAPES)
    if shapes is None:
        return None
    try:
        parts, values = _taken_apart(changes)
        asked, given = shape_of(where)
        kept, lost = _kept(member, key, parts, values) if member.indexes else _NO_KEYS
        shape: _Shape | None = shapes.get((parts, None if version is None else version > 0, asked, lost))
        if shape is None:
            return None
        written = dict(shape.known)
        for (name, write), value in zip(shape.writers, values, strict=True):
            written[name] = write(value)
        written.update([(name, kept[attribute]) for attribute, name in shape.kept])
        if where is not None and _facts(shape.sets, written, where) != shape.facts:
            return None
    except Exception:  # noqa: BLE001 - whatever it was, the careful path says it in its words
        return None
    stamp = now() if member.definition.is_dated else None
    wire = member.key(key)
    moment = moment_of(member)
    if shape.sources:
        of_sources = _of_sources(member, stamp, moment, version)
        for name, source in shape.sources:
            written[name] = of_sources[source]
    written.update(zip(shape.given, given, strict=True))
    before = shape.ready if ready else shape.before
    return before.again(wire, {"Key": wire, "ExpressionAttributeValues": written}), moment


def _kept(
    member: Member[Any], key: Mapping[str, Any], parts: tuple[Part, ...], values: Sequence[Any]
) -> tuple[Mapping[str, AttributeValue], tuple[str, ...]]:
    """Write the attributes of the index keys that follow an update; and name those that the item loses.

    Raises KeyError where they are made of a field of which only the database knows the value.
    """
    known: Shapes = member.standing.setdefault(_KEYS, Shapes())
    found: WrittenKeys | None = known.get(parts)
    if found is None:
        found = written_keys(member, {part[0] for part in parts})
        known.keep(parts, found)
    if not found.indexes:
        return _NO_KEYS
    given = {name: value for (name, _, operator, _), value in zip(parts, values, strict=True) if operator is None}
    written = found.attributes({**key, **given})
    there = {attribute: value for attribute, value in written.items() if value is not None}
    return there, tuple([attribute for attribute in written if attribute not in there])


def _of_sources(
    member: Member[Any], stamp: datetime | None, moment: datetime | None, version: int | None
) -> dict[_Source, AttributeValue]:
    """Give the values of all sources that there are."""
    found: dict[_Source, AttributeValue] = {}
    updated = member.definition.updated
    if updated is not None:
        stored = updated.to_wire(stamp)
        assert stored is not None
        found[_Source.STAMP] = stored
    if moment is not None:
        found[_Source.MOMENT] = second_wire(moment)
    if version is not None:
        found[_Source.VERSION], found[_Source.NEXT] = {"N": str(version)}, {"N": str(version + 1)}
    return found


def _facts(
    sets: Sequence[tuple[str, str]], written: Mapping[str, AttributeValue], where: nodes.Condition
) -> tuple[bool, ...]:
    """Tell what matters of the values that are set to whether the update may be sent again."""
    return facts({attribute: written[name] for attribute, name in sets}, where)


def learn_update(changes: Changes, made: Write[Any], where: nodes.Condition | None) -> None:
    """Keep an update that was made in full for others of its shape, if its values are where they are looked for."""
    member, operation = made.member, made.operation
    updated = member.definition.updated
    if member.translates or (updated is not None and _hangs_together(member, updated)):
        return
    known: Mapping[str, AttributeValue] = operation.request.get("ExpressionAttributeValues", {})
    try:
        parts, values = _taken_apart(changes)
        writers, count = _writers(member, parts)
        kept, lost = _kept(member, made.values, parts, values)
        written = [(name, write(value)) for (name, write), value in zip(writers, values, strict=True)]
    except Exception:  # noqa: BLE001 - as above
        return
    asked, given = shape_of(where)
    # In the order in which they are rendered: stamps, index keys, the entity's own condition, the caller's.
    names = map(":v{}".format, itertools.count(count))
    others = [(next(names), source) for source in _stamps(member, made.version)]
    keys = [(attribute, next(names)) for attribute in kept]
    others += [(next(names), source) for source in _guards(member, made.version)]
    asks = [next(names) for _ in given]
    written += [(name, kept[attribute]) for attribute, name in keys] + list(zip(asks, given, strict=True))
    whole = count + len(others) + len(keys) + len(asks) == len(known)
    if not (parts and whole and all(known.get(name) == value for name, value in written)):
        return
    sources = [(name, source) for name, source in others if source is not _Source.FIXED]
    fields = member.definition.fields
    sets = [
        (fields[part[0]].attribute, name) for part, (name, _) in zip(parts, writers, strict=True) if part[2] is None]
    ready = attrs.evolve(operation, parse=member.coded.changed_answer or operation.parse)
    identity = (parts, None if made.version is None else made.version > 0, asked, lost)
    true = () if where is None else _facts(sets, known, where)
    shapes: Shapes = member.standing.setdefault(_SHAPES, Shapes())
    shapes.keep(identity, _Shape(operation, ready, known, writers, sources, keys, asks, sets, true))


def _stamps(member: Member[Any], version: int | None) -> list[_Source]:
    """Name the sources of the values that an update is stamped with."""
    definition, found = member.definition, list[_Source]()
    if definition.version is not None:
        # One that is not known is counted up: what it begins with, and by how much.
        found += [_Source.FIXED, _Source.FIXED] if version is None else [_Source.NEXT]
    if definition.updated is not None:
        found.append(_Source.STAMP)
    return found


def _guards(member: Member[Any], version: int | None) -> list[_Source]:
    """Name the sources of the values in the condition that every update of the entity has."""
    definition, found = member.definition, list[_Source]()
    if member.type_attribute is not None:
        found.append(_Source.FIXED)
    if definition.ttl is not None:
        found.append(_Source.MOMENT)
    if version:
        found.append(_Source.VERSION)
    return found


def _writers(member: Member[Any], parts: Iterable[Part]) -> tuple[list[tuple[str, Writer]], int]:
    """Find what writes the values of an update, by their names in the request; and how many values that has."""
    writers: list[tuple[str, Writer]] = []
    count = 0
    for name, _, operator, start in parts:
        settable = _settable(member, name)
        if settable is None:
            raise _NotStandingError
        # What a field counts as where there is none is a value, too, and stands before the other.
        count += start is not None
        writers.append((f":v{count}", settable.set if operator is None else settable.count))
        count += 1
    return writers, count


def _taken_apart(changes: Changes) -> tuple[tuple[Part, ...], list[Any]]:
    """Take an update apart into what it does, and the values that it does it with.

    Raises _NotStandingError where it does something else than to set and count fields.
    """
    parts: list[Part] = []
    values: list[Any] = []
    for change in changes:
        if type(change) is Change:
            part, value = _part(change.action)
            parts.append(part)
            values.append(value)
        elif type(change) is dict and _PLAIN.issuperset(map(type, change.values())):
            parts += [(name, None, None, None) for name in change]
            values += change.values()
        else:
            for path, action in actions_of((change,)):
                part, value = _part(action)
                if path != action.path:
                    raise _NotStandingError
                parts.append(part)
                values.append(value)
    return tuple(parts), values


def _part(action: Any) -> tuple[Part, Any]:
    """Take an action apart."""
    # On the way of every update: comparing classes takes a fraction of what matching patterns does.
    path = action.path
    if type(action) is nodes.Set and len(path.steps) == 1:
        value = action.value
        if type(value) is nodes.Literal:
            return (path.steps[0], path.owner, None, None), value.value
        if type(value) is nodes.Arithmetic and type(value.right) is nodes.Literal:
            start, counted = None, value.left
            if type(counted) is nodes.IfNotExists and type(counted.default) is nodes.Literal:
                start, counted = counted.default.value, counted.path
                if type(start) is not int:
                    raise _NotStandingError
            if type(counted) is nodes.Path and counted.steps == path.steps:
                return (path.steps[0], path.owner, value.operator, start), value.right.value
    raise _NotStandingError


@attrs.frozen(eq=False)
class _Settable:
    """How the values of a field are written which an update sets, or counts up."""

    set: Writer
    count: Writer


def _settable(member: Member[Any], name: Any) -> _Settable | None:
    """Find how a field is set or counted; None where more than its own attribute, and index keys, depend on it."""
    known: dict[str, _Settable | None] = member.standing.setdefault(_WRITERS, {})
    if name not in known:
        plan = member.definition.fields.get(name)
        known[name] = None if plan is None or plan.options.updated or _hangs_together(member, plan) else _Settable(
            _setting(member, plan), _counting(member, plan)
        )
    return known[name]


def _setting(member: Member[Any], plan: FieldPlan) -> Writer:
    made = make_value(plan.kind, plan.write, member.definition.struct.hooks)
    return _within(plan.to_wire) if made is None else made


def _counting(member: Member[Any], plan: FieldPlan) -> Writer:
    kind, hooks = without_none(plan.kind), member.definition.struct.hooks
    # A whole number may be added to a Decimal, which is not written as one.
    made = None if kind is Decimal else make_value(kind, hooks(kind)[0], hooks)
    return made or _within(lambda value: bind_value(member, value, plan.kind, "the change").wire)


def _within(write: Callable[[Any], AttributeValue | None]) -> Writer:
    """Let what is written be there, and not be larger than an item may be."""

    def checked(value: Any) -> AttributeValue:
        written = write(value)
        if written is None or value_size(written) > LARGEST_ITEM:
            raise _NotStandingError
        return written

    return checked


def _hangs_together(member: Member[Any], plan: FieldPlan) -> bool:
    """Tell whether something else depends on a field than index keys, or its value on something else."""
    options = plan.options
    return (
        plan.name in member.key_fields
        or plan.validator is not None
        or plan.own.converter is not None
        or isinstance(plan.own.default, attrs.Factory)  # type: ignore[arg-type]
        or options.rest
        or options.key_only
        or options.ttl
        or plan.attribute in member.key_attributes
    )
