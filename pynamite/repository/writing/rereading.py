"""Read, check, write: updates that need the item, differences of two instances, and moves to another key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs

from pynamite.dynamo.send import send
from pynamite.entities.changes import BoundChanges
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError
from pynamite.expression import nodes
from pynamite.local.apply import apply_update, value_of
from pynamite.local.evaluate import lookup
from pynamite.operation.get import get_item
from pynamite.repository.concerning import Concerning
from pynamite.repository.expiring import there
from pynamite.repository.session import Session
from pynamite.repository.writing.making import evolved, made, version_of, version_refusal
from pynamite.repository.writing.unfit import told_as_unfit
from pynamite.repository.writing.updates import UpdatePlan, extended
from pynamite.repository.writing.writes import of_type, vacant
from pynamite.wire import AttributeValue, Item

__all__ = [
    "Difference",
    "as_read",
    "difference",
    "elsewhere",
    "loaded_as",
    "read_stored",
    "reread",
    "settled",
    "unchanged",
    "unknown_of",
    "upserted",
]

E = TypeVar("E")


def read_stored(session: Session, member: Member[Any], key: Item) -> Item | None:
    """Read an item of an entity as of now; None if there is none, an expired or a foreign one."""
    with Concerning(member, key):
        item = send(session.client, get_item(member.table_name, key, consistent_read=True))
    return there(member, [item], include_expired=False)[0]


def unchanged(item: Item, attributes: Iterable[str]) -> nodes.Condition:
    """Give the condition that these attributes are as they were read."""
    parts: list[nodes.Condition] = []
    for name in attributes:
        path = nodes.Path((name,))
        if name in item:
            parts.append(nodes.Compare("=", path, nodes.Value(item[name])))
        else:
            parts.append(nodes.Function("attribute_not_exists", (path,)))
    return nodes.conjunction(*parts)


def settled(member: Member[Any], update: nodes.Update, item: Item) -> nodes.Update:
    """Turn what the service has no words for into values: insertions, and changes of a set that the item does not hold.

    It would count from the empty set where an absent one stands for the field's default, and refuses NULL.
    """
    plans = {plan.attribute: plan for plan in member.definition.fields.values()}
    sets, removes = [_inserted(action, item) for action in update.sets], list(update.removes)
    adds: list[nodes.Add] = []
    deletes: list[nodes.Delete] = []
    actions: tuple[nodes.Add | nodes.Delete, ...] = (*update.adds, *update.deletes)
    for action in actions:
        plan = plans.get(str(action.path.steps[0])) if len(action.path.steps) == 1 else None
        stored = None if plan is None else item.get(plan.attribute)
        if plan is None or not plan.nullable or (stored is not None and "NULL" not in stored):
            adds += [action] if isinstance(action, nodes.Add) else []
            deletes += [action] if isinstance(action, nodes.Delete) else []
            continue
        current = plan.absent_value() if stored is None else plan.null()
        members = plan.read(cast("nodes.Value", action.value).wire, plan.kind)
        there = current if isinstance(current, set | frozenset) else type(members)()
        written = plan.to_wire(there | members if isinstance(action, nodes.Add) else there - members)
        if written is None:
            removes.append(nodes.Remove(action.path))
        else:
            sets.append(nodes.Set(action.path, nodes.Value(written)))
    return nodes.Update(tuple(sets), tuple(removes), tuple(adds), tuple(deletes))


def _inserted(action: nodes.Set, item: Item) -> nodes.Set:
    """Turn an insertion into the list that results; None, where that is stored, holds no elements."""
    insertion = action.value
    if not isinstance(insertion, nodes.ListInsert):
        return action
    there = insertion.list
    if isinstance(there, nodes.IfNotExists) and "NULL" in (lookup(there.path.steps, item) or {}):
        insertion = attrs.evolve(insertion, list=nodes.Value({"L": []}))
    return nodes.Set(action.path, nodes.Value(value_of(insertion, item)))


def _is_touched(member: Member[Any], changes: BoundChanges, attribute: str) -> bool:
    return any(
        attribute == slot.attribute and changes.touched & set(keys.fields)
        for keys in member.indexes.values()
        for slot in keys.slots
    )


def _read_attributes(member: Member[Any], changes: BoundChanges) -> list[str]:
    """Name the attributes on which the result depends: the fields that change, and the others of their index keys."""
    fields = set(member.definition.fields) if changes.whole else set(changes.touched)
    for keys in member.indexes.values():
        if keys.kept and changes.touched & set(keys.fields):
            fields |= set(keys.fields)
    plans = [member.definition.fields[name] for name in sorted(fields)]
    own = [
        plan.attribute
        for plan in plans
        # Every write sets that of the last change: whatever it was, the result is the same.
        if not (plan.options.updated or plan.options.key_only or plan.options.rest)
        and plan.attribute not in member.key_attributes
    ]
    return [*own, *sorted(changes.sources - {*own, *member.key_attributes})]


def upserted(plan: UpdatePlan, member: Member[E]) -> E:
    """Give the instance that an upsert makes where it finds no item; ``member`` is its entity, at one moment.

    Raises:
        ItemStructureError: it does not fit its class.
        OperationError: a change cannot be made of nothing.
    """
    bare = _bare(member, plan.values)
    with told_as_unfit(member, plan.values, plan.changes.update, bare):
        new = apply_update(settled(member, plan.changes.update, bare), bare)
    return member.instance(new)


def reread(plan: UpdatePlan, item: Item) -> tuple[nodes.Update, Item]:
    """Give what an update sends, and the item that comes of it, where the item was read before.

    The result is validated as a whole, and its index keys are made anew.

    Raises:
        ItemStructureError: the item would not fit its class any more.
        OperationError: a change cannot be made of what is there.
    """
    member = plan.member
    with told_as_unfit(member, plan.values, plan.changes.update, item):
        changes = settled(member, plan.changes.update, item)
        new = apply_update(changes, item)
    kept = member.index_attributes(member.values_of(member.instance(new)))
    written = {
        name: value
        for name, value in kept.items()
        if value != item.get(name) and _is_touched(member, plan.changes, name)
    }
    update = extended(changes, written)
    return update, apply_update(update, item)


def as_read(
    member: Member[Any], item: Item | None, plan: UpdatePlan | None = None, *, fields: Iterable[str] | None = None
) -> nodes.Condition:
    """Give the condition that an item is as it was read: by its version, or attribute by attribute.

    Of an update's ``plan``, only the attributes on which its result depends; of some ``fields``, only those.
    """
    if item is None:
        return vacant(member)
    if plan is not None:
        return unchanged(item, _read_attributes(member, plan.changes))
    version = member.definition.version
    if version is not None and version.attribute in item:
        return unchanged(item, [version.attribute])
    plans = [one for one in member.definition.fields.values() if fields is None or one.name in fields]
    names = {one.attribute for one in plans if not one.options.key_only} | (set(item) if fields is None else set())
    found = sorted(names - set(member.key_attributes))
    return unchanged(item, found) if any(name in item for name in found) else _there(member, item, found)


def _there(member: Member[Any], item: Item, lacking: Sequence[str]) -> nodes.Condition:
    """Give the condition that an item is there, without these attributes."""
    return nodes.conjunction(of_type(member), *([unchanged(item, lacking)] if lacking else []))


def _bare(member: Member[Any], values: Mapping[str, Any]) -> Item:
    bare = dict(member.key(values))
    for name in (name for name in member.key_fields if name in values):
        plan = member.definition.fields[name]
        written: AttributeValue | None = plan.to_wire(values[name])
        if written is not None and not plan.options.key_only:
            bare[plan.attribute] = member.stored(plan.attribute, written)
    return bare


@attrs.frozen(eq=False)
class Difference:
    """The smallest update that turns one instance into another.

    ``touched`` are the fields in which they differ; ``condition`` says that what differs is stored as it was in the
    first one, and ``version`` which version the item has to have, for an entity that counts them.
    """

    values: Mapping[str, Any]
    update: nodes.Update
    touched: frozenset[str]
    condition: nodes.Condition | None
    version: int | None


def difference(member: Member[E], changed: E, since: E, now: Callable[[], datetime]) -> Difference | None:
    """Find the difference of two instances; None where there is none.

    It is conditional on the attributes that it changes, and on those that the index keys are made of besides, or on the
    version alone; and stamped by the clock ``now``.

    Raises:
        DefinitionError: the two have different keys.
        ItemStructureError: the changed instance does not fit its class.
        ExpressionError: they have different versions.
    """
    member = member.at(now)
    values = member.values_of(changed)
    updated, version = member.definition.updated, member.definition.version
    if version is not None and getattr(changed, version.name) != getattr(since, version.name):
        raise version_refusal(member)
    # Set by the write itself, these are no difference.
    given = {plan.name: getattr(since, plan.name) for plan in (updated, version) if plan is not None}
    changed = evolved(member, changed, given) if given else changed
    old_item, new_item = member.item(since), member.item(changed)
    if member.key(member.values_of(since)) != member.key(values):
        raise DefinitionError(
            f"save of {member.definition.name!r}: the two instances have different keys; use move(...) for that"
        )
    if old_item == new_item:
        return None
    expected = None if version is None else version_of(member, since)
    stamps: dict[str, Any] = {} if updated is None else {updated.name: now()}
    if version is not None and expected is not None:
        stamps[version.name] = expected + 1
    if stamps:
        new_item = member.item(evolved(member, changed, stamps))
    names = [name for name in dict.fromkeys((*old_item, *new_item)) if old_item.get(name) != new_item.get(name)]
    update = extended(nodes.Update(), {name: new_item.get(name) for name in names})
    attributes = {plan.attribute: plan.name for plan in member.definition.fields.values()}
    touched = frozenset(attributes[name] for name in names if name in attributes)
    if expected is not None:
        return Difference(values, update, touched, None, expected)
    depends = _read_attributes(member, BoundChanges(update, touched, {}))
    own = {name for name in names if name in attributes or name not in member.reserved}
    concerned = sorted({*own, *depends} - ({updated.attribute} if updated is not None else set()))
    condition = nodes.conjunction(*(reads_as_in(member, since, old_item, name) for name in concerned))
    return Difference(values, update, touched, condition, None)


def loaded_as(member: Member[E], loaded: E) -> nodes.Condition | None:
    """Give the condition that an item reads as it was loaded; None where nothing but its key could tell."""
    item = member.item(loaded)
    names = {
        plan.attribute
        for plan in member.definition.fields.values()
        if not plan.options.key_only and not plan.options.rest
    }
    concerned = sorted((names | (set(item) - member.reserved)) - set(member.key_attributes))
    parts = [reads_as_in(member, loaded, item, name) for name in concerned]
    return nodes.conjunction(*parts) if parts else None


def reads_as_in(member: Member[E], since: E, item: Item, name: str) -> nodes.Condition:
    """Give the condition that a stored attribute reads as it does in an instance, whose item this is.

    An item may lack what reads as its field's default, or have a NULL for None: another program, or an older version of
    the class, wrote it.
    """
    path = nodes.Path((name,))
    alike = [unchanged(item, [name])]
    if name == member.duration and name in item:
        # What is left of a time does not tell which moment that was.
        alike = [nodes.Function("attribute_exists", (path,))]
    plan = next((plan for plan in member.definition.fields.values() if plan.attribute == name), None)
    if plan is not None:
        value = getattr(since, plan.name)
        if name in item and not plan.required and plan.absent_value() == value:
            alike.append(nodes.Function("attribute_not_exists", (path,)))
        if name not in item and plan.nullable and plan.null() == value:
            alike.append(nodes.Function("attribute_type", (path, nodes.Value({"S": "NULL"}))))
    return alike[0] if len(alike) == 1 else nodes.disjunction(*alike)


def elsewhere(
    member: Member[E], loaded: E, changes: Mapping[str, Any], now: Callable[[], datetime]
) -> E:
    """Give an instance as it is made under another key.

    Raises:
        DefinitionError: the changes leave the key as it is.
        KeyValueError, ItemStructureError: the changes do not fit.
        ExpressionError: they change the version.
    """
    version = member.definition.version
    if version is not None and version.name in changes:
        raise version_refusal(member)
    new = made(member, evolved(member, loaded, changes), now)
    if member.key(member.values_of(new)) == member.key(member.values_of(loaded)):
        raise DefinitionError(
            f"move of {member.definition.name!r}: the changes leave the key as it is; use update(...)"
        )
    return new


def unknown_of(member: Member[Any], item: Item) -> Item:
    """Give what an item has besides what its class writes; the rest field, where there is one, has all of that."""
    if member.definition.rest is not None:
        return {}
    own = {plan.attribute for plan in member.definition.fields.values() if not plan.options.key_only}
    written = own | set(member.key_attributes)
    written |= {slot.attribute for keys in member.indexes.values() for slot in keys.slots}
    return {name: value for name, value in item.items() if name not in written and name != member.type_attribute}
