"""Read, check, write: updates that need the item, differences of two instances, and moves to another key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs

from pynamite.dynamo.backoff import BACKOFF, Backoff
from pynamite.dynamo.send import send
from pynamite.entities.changes import BoundChanges
from pynamite.entities.member import Member
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemNotFoundError,
    OperationError,
    TransactionCanceledError,
)
from pynamite.expression import nodes
from pynamite.local.apply import apply_update, value_of
from pynamite.local.evaluate import holds, lookup
from pynamite.operation.get import get_item
from pynamite.operation.transact import transact_write
from pynamite.repository.session import Session
from pynamite.repository.writing.making import evolved, made
from pynamite.repository.writing.unfit import explained, told_as_unfit
from pynamite.repository.writing.updates import UpdatePlan, extended
from pynamite.repository.writing.writes import (
    Write,
    create_write,
    delete_write,
    read_as_far_as_it_fits,
    update_write,
)
from pynamite.wire import AttributeValue, Item, item_from_wire

__all__ = ["checked", "difference_write", "move", "move_writes", "perform", "read_stored", "reread_update"]

E = TypeVar("E")
R = TypeVar("R")

ATTEMPTS = 10
"""How often an item that keeps changing is read again before the caller is told."""


def perform(session: Session, write: Write[Any]) -> Any:
    """Send a write and give its result; a failed condition is worded for the entity.

    Raises:
        OperationError: the write was refused.
    """
    try:
        return send(session.client, write.operation)
    except ConditionFailedError as error:
        raise write.explain(error) from error.__cause__
    except OperationError as error:
        raise explained(write, error) from error.__cause__


def read_stored(session: Session, member: Member[Any], values: Mapping[str, Any]) -> Item | None:
    """Read an item of an entity as of now; None if there is none, or a foreign one."""
    item = send(session.client, get_item(member.table_name, member.key(values), consistent_read=True))
    return item if item is not None and member.is_typed(item) else None


def _unchanged(item: Item, attributes: Iterable[str]) -> nodes.Condition:
    """Give the condition that these attributes are as they were read."""
    parts: list[nodes.Condition] = []
    for name in attributes:
        path = nodes.Path((name,))
        if name in item:
            parts.append(nodes.Compare("=", path, nodes.Value(item[name])))
        else:
            parts.append(nodes.Function("attribute_not_exists", (path,)))
    return nodes.conjunction(*parts)


def _not_found(member: Member[Any], values: Mapping[str, Any]) -> ItemNotFoundError:
    return ItemNotFoundError(
        f"there is no {member.definition.name} with {member.shown_key(values)} in table {member.table_name!r}",
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
    )


def _retrying(attempt: Callable[[], R | None], member: Member[Any], values: Mapping[str, Any], backoff: Backoff) -> R:
    for number in range(ATTEMPTS):
        result = attempt()
        if result is not None:
            return result
        backoff.wait(number)
    raise ConditionFailedError(
        f"{member.definition.name} with {member.shown_key(values)} was changed by others each of {ATTEMPTS} times that "
        "it was read: try again later",
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
    )


def reread_update(
    session: Session, plan: UpdatePlan, where: nodes.Condition | None, *, backoff: Backoff = BACKOFF
) -> Any:
    """Update an item after reading it.

    The result is validated, its index keys recomputed, and what was read must still hold.

    Raises:
        ItemNotFoundError: there is no such item, and the plan is no upsert.
        ItemStructureError: the item would not fit its class any more.
        ConditionFailedError: ``where`` did not hold, or the item kept changing.
    """
    member = plan.member

    def attempt() -> Any:
        item = read_stored(session, member, plan.values)
        if item is None:
            if not plan.upsert:
                raise _not_found(member, plan.values)
            return _create(session, plan, where)
        _refuse_unless("update", member, plan.values, where, item)
        with told_as_unfit(member, plan.values, plan.changes.update, item):
            changes = _settled(member, plan.changes.update, item)
            new = apply_update(changes, item)
        kept = member.index_attributes(member.values_of(member.instance(new)))
        update = extended(
            changes,
            {
                name: value
                for name, value in kept.items()
                if value != item.get(name) and _is_touched(member, plan.changes, name)
            },
        )
        conditions = [_unchanged(item, _read_attributes(member, plan.changes)), *([where] if where is not None else [])]
        return _once(session, update_write(member, plan.values, update, nodes.conjunction(*conditions)))

    return member.instance(_retrying(attempt, member, plan.values, backoff))


def _refuse_unless(
    verb: str, member: Member[Any], values: Mapping[str, Any], where: nodes.Condition | None, item: Item
) -> None:
    """Raise ConditionFailedError unless a condition holds for an item that was read."""
    if where is None or holds(where, item):
        return
    raise ConditionFailedError(
        f"the condition of {verb} did not hold for the {member.definition.name} that was read",
        item=read_as_far_as_it_fits(member, item),
        operation="UpdateItem",
        table_name=member.table_name,
        key=item_from_wire(member.key(values)),
    )


def checked(session: Session, member: Member[E], changed: E, where: nodes.Condition | None) -> E:
    """Give the item as it is stored, for a save that has nothing to change.

    Raises:
        ItemNotFoundError: it is gone.
        ConditionFailedError: ``where`` does not hold.
    """
    values = member.values_of(changed)
    item = read_stored(session, member, values)
    if item is None:
        raise _not_found(member, values)
    _refuse_unless("save", member, values, where, item)
    return member.instance(item)


def _settled(member: Member[Any], update: nodes.Update, item: Item) -> nodes.Update:
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


def _once(session: Session, write: Write[Any]) -> Any:
    """Send a write whose condition may have been overtaken: None says that it was."""
    try:
        return perform(session, write)
    except ItemNotFoundError:
        raise
    except ConditionFailedError:
        return None


def _create(session: Session, plan: UpdatePlan, where: nodes.Condition | None) -> Item | None:
    """Make the item of an upsert that found none; None if somebody else was faster."""
    member = plan.member
    if where is not None and not holds(where, {}):
        raise ConditionFailedError(
            f"the condition of update did not hold: there is no {member.definition.name} yet",
            operation="UpdateItem",
            table_name=member.table_name,
            key=item_from_wire(member.key(plan.values)),
        )
    bare = _bare(member, plan.values)
    with told_as_unfit(member, plan.values, plan.changes.update, bare):
        new = apply_update(_settled(member, plan.changes.update, bare), bare)
    instance = member.instance(new)
    write = create_write(member, instance)
    try:
        perform(session, write)
    except ConditionFailedError as error:
        there = (error.response or {}).get("Item")
        if there and not member.is_typed(there):
            raise
        return None
    made: Item = write.operation.request["Item"]
    return made


def _bare(member: Member[Any], values: Mapping[str, Any]) -> Item:
    bare = dict(member.key(values))
    for name in (name for name in member.key_fields if name in values):
        plan = member.definition.fields[name]
        written: AttributeValue | None = plan.to_wire(values[name])
        if written is not None and not plan.options.key_only:
            bare[plan.attribute] = member.stored(plan.attribute, written)
    return bare


def difference_write(
    member: Member[E], changed: E, since: E, now: Callable[[], datetime], where: nodes.Condition | None = None
) -> Write[E] | None:
    """Make the smallest update that turns one instance into another; None where they do not differ.

    It is conditional on the attributes that it changes, and on those that the index keys are made of besides; and
    stamped by the clock ``now``.

    Raises:
        DefinitionError: the two have different keys.
        ItemStructureError: the changed instance does not fit its class.
    """
    values = member.values_of(changed)
    updated = member.definition.updated
    if updated is not None:
        # Set by the write itself, it is no difference.
        changed = evolved(member, changed, {updated.name: getattr(since, updated.name)})
    old_item, new_item = member.item(since), member.item(changed)
    if member.key(member.values_of(since)) != member.key(values):
        raise DefinitionError(
            f"save of {member.definition.name!r}: the two instances have different keys; use move(...) for that"
        )
    names = [name for name in dict.fromkeys((*old_item, *new_item)) if old_item.get(name) != new_item.get(name)]
    if not names:
        return None
    if updated is not None:
        new_item = member.item(evolved(member, changed, {updated.name: now()}))
        names = [name for name in dict.fromkeys((*old_item, *new_item)) if old_item.get(name) != new_item.get(name)]
    update = extended(nodes.Update(), {name: new_item.get(name) for name in names})
    attributes = {plan.attribute: plan.name for plan in member.definition.fields.values()}
    touched = frozenset(attributes[name] for name in names if name in attributes)
    depends = _read_attributes(member, BoundChanges(update, touched, {}))
    own = {name for name in names if name in attributes or name not in member.reserved}
    concerned = sorted({*own, *depends} - ({updated.attribute} if updated is not None else set()))
    conditions = [_reads_as_in(member, since, old_item, name) for name in concerned]
    conditions += [] if where is None else [where]
    return attrs.evolve(
        update_write(member, values, update, nodes.conjunction(*conditions)), verb="save", where=where
    )


def _reads_as_in(member: Member[E], since: E, item: Item, name: str) -> nodes.Condition:
    """Give the condition that a stored attribute reads as it does in an instance, whose item this is.

    An item may lack what reads as its field's default, or have a NULL for None: another program, or an older version of
    the class, wrote it.
    """
    alike = [_unchanged(item, [name])]
    path = nodes.Path((name,))
    plan = next((plan for plan in member.definition.fields.values() if plan.attribute == name), None)
    if plan is not None:
        value = getattr(since, plan.name)
        if name in item and not plan.required and plan.absent_value() == value:
            alike.append(nodes.Function("attribute_not_exists", (path,)))
        if name not in item and plan.nullable and plan.null() == value:
            alike.append(nodes.Function("attribute_type", (path, nodes.Value({"S": "NULL"}))))
    return alike[0] if len(alike) == 1 else nodes.disjunction(*alike)


def move(
    session: Session,
    member: Member[E],
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
    where: nodes.Condition | None = None,
    *,
    backoff: Backoff = BACKOFF,
) -> E:
    """Take an item to another key, in one transaction; what its class does not declare comes along.

    Raises:
        ItemNotFoundError: there is no such item.
        ConditionFailedError: ``where`` does not hold for it.
        ItemExistsError: there is one under the new key.
        DefinitionError: the changes do not change the key.
    """

    def attempt() -> E | None:
        item = read_stored(session, member, values)
        if item is None:
            raise _not_found(member, values)
        _refuse_unless("move", member, values, where, item)
        instance = member.instance(item)
        create = _create_elsewhere(member, member.key(values), instance, changes, session.now)
        unknown = _unknown(member, item)
        create = attrs.evolve(
            create, operation=create.operation.with_request(Item={**unknown, **create.operation.request["Item"]})
        )
        # A field that was absent may be set meanwhile: it would be lost.
        others = sorted((set(item) | _stored_attributes(member)) - set(member.key_attributes))
        delete = delete_write(member, values, _unchanged(item, others) if others else None, must_exist=True)
        try:
            send(session.client, transact_write([delete.operation, create.operation]))
        except TransactionCanceledError as error:
            gone, taken = (*error.reasons, None, None)[:2]
            if isinstance(taken, ConditionFailedError):
                raise create.explain(taken) from error.__cause__
            if isinstance(gone, ConditionFailedError):
                return None
            raise
        return member.instance(create.operation.request["Item"])

    return _retrying(attempt, member, values, backoff)


def _create_elsewhere(
    member: Member[E], key: Item, instance: E, changes: Mapping[str, Any], now: Callable[[], datetime]
) -> Write[E]:
    create = create_write(member, made(member, evolved(member, instance, changes), now))
    if create.operation.key == key:
        raise DefinitionError(
            f"move of {member.definition.name!r}: the changes leave the key as it is; use update(...)"
        )
    return create


def _stored_attributes(member: Member[Any]) -> set[str]:
    """Name the attributes of the fields, those that an item has and those that it may have."""
    plans = member.definition.fields.values()
    return {plan.attribute for plan in plans if not plan.options.key_only and not plan.options.rest}


def move_writes(
    member: Member[E],
    loaded: E,
    changes: Mapping[str, Any],
    now: Callable[[], datetime],
    where: nodes.Condition | None = None,
) -> tuple[Write[E], Write[E]]:
    """Make the two writes that take an item, as it was loaded, to another key.

    Raises:
        DefinitionError: the changes do not change the key.
        ItemStructureError, KeyValueError: the moved instance does not fit its class, or its key.
    """
    values, item = member.values_of(loaded), member.item(loaded)
    create = _create_elsewhere(member, member.key(values), loaded, changes, now)
    names = sorted((_stored_attributes(member) | (set(item) - member.reserved)) - set(member.key_attributes))
    conditions = [_reads_as_in(member, loaded, item, name) for name in names]
    conditions += [] if where is None else [where]
    delete = delete_write(member, values, nodes.conjunction(*conditions) if conditions else None, must_exist=True)
    return attrs.evolve(delete, verb="move", where=where), create


def _unknown(member: Member[Any], item: Item) -> Item:
    """Give what an item has besides what its class writes; the rest field, where there is one, has all of that."""
    if member.definition.rest is not None:
        return {}
    own = {plan.attribute for plan in member.definition.fields.values() if not plan.options.key_only}
    written = own | set(member.key_attributes)
    written |= {slot.attribute for keys in member.indexes.values() for slot in keys.slots}
    return {name: value for name, value in item.items() if name not in written and name != member.type_attribute}
