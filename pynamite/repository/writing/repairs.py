"""What an item lacks that follows from its fields: index keys, guards of unique values, companions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from pynamite.dynamo.matching import key_identity
from pynamite.dynamo.send import send, send_batch_get
from pynamite.entities.member import Member
from pynamite.entities.unique import OWNER, Guard
from pynamite.errors import ConditionFailedError, ItemStructureError, KeyValueError, UniqueViolationError
from pynamite.expression import nodes
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation
from pynamite.operation.transact import condition_check, transact_get
from pynamite.operation.update import update_item
from pynamite.repository.session import Session
from pynamite.repository.writing.following import companions_of
from pynamite.repository.writing.guards import Holding, Identity, guards_in
from pynamite.repository.writing.making import evolved, made
from pynamite.repository.writing.rereading import as_read
from pynamite.repository.writing.updates import extended
from pynamite.repository.writing.writes import absent, create_write, of_type, put_write
from pynamite.wire import Item, item_from_wire

__all__ = ["Survey", "as_found", "has_guard", "repairs_of", "survey"]

Survey = Mapping[Identity, Item | None]
"""What is stored besides some items, by what tells it apart: the guards and the companions that they should have."""


def survey(session: Session, member: Member[Any], items: Iterable[Item]) -> Survey:
    """Read what items should have beside themselves."""
    keys: dict[Identity, Item] = {}
    for item in items:
        with _named(member, item):
            guards = guards_in(member, item).values()
            companions = companions_of(session.registry, member, member.definition.companions, item).values()
        beside = [*(guard.key for guard in guards), *(one.key(one.values_of(instance)) for one, instance in companions)]
        keys |= {(member.table_name, key_identity(key)): key for key in beside}
    found = send_batch_get(session.client, member.table_name, keys.values(), consistent_read=True)
    return dict(zip(keys, found, strict=True))


@contextlib.contextmanager
def _named(member: Member[Any], item: Item) -> Iterator[None]:
    """Note of which item it is that something is wrong with it."""
    try:
        yield
    except (ItemStructureError, KeyValueError) as error:
        key = {name: item[name] for name in member.key_attributes}
        error.add_note(f"it is the item with the key {item_from_wire(key)!r} in table {member.table_name!r}")
        raise


def repairs_of(session: Session, member: Member[Any], item: Item, beside: Survey) -> list[Operation[Any]]:
    """Make the writes that give an item what follows from its fields; none where nothing is missing or wrong.

    They are conditional on everything that they were worked out from.

    Raises:
        UniqueViolationError: another item has the same unique value.
        ItemExistsError: a foreign item is where a companion should be.
        ItemStructureError, KeyValueError: the item does not fit its class, or its keys cannot be written.
    """
    with _named(member, item):
        index = member.index_attributes(member.values_of(member.instance(item)))
    changed = {name: value for name, value in index.items() if value != item.get(name)}
    others = [*_guard_repairs(session, member, item, beside), *_companion_repairs(session, member, item, beside)]
    if not changed and not others:
        return []
    key = {name: item[name] for name in member.key_attributes}
    condition = nodes.conjunction(of_type(member), as_read(member, item, fields=_contributing(member)))
    if not changed:
        return [condition_check(member.table_name, key, condition), *others]
    return [update_item(member.table_name, key, extended(nodes.Update(), changed), condition=condition), *others]


def _contributing(member: Member[Any]) -> frozenset[str] | None:
    """Name the fields from which something follows; None for all of them."""
    if member.definition.companions:
        return None
    return member.definition.guarded | {field for keys in member.indexes.values() for field in keys.fields}


def _guard_repairs(session: Session, member: Member[Any], item: Item, beside: Survey) -> Iterable[Operation[Any]]:
    rivals: list[Item] = []
    for guard in guards_in(member, item).values():
        stored = beside.get((member.table_name, key_identity(guard.key)))
        if stored == guard.item:
            continue
        holding = Holding(member, taken=guard)
        owner: Item | None = None if stored is None else stored.get(OWNER, {}).get("M")
        if owner is not None and owner != guard.owner:
            check = _check_of_rival(session, member, guard, owner)
            if owner not in rivals:
                rivals.append(owner)
                yield check
            holding.released.append(attrs.evolve(guard, item={**guard.item, OWNER: {"M": owner}}))
        yield holding.write(session.now()).operation


def _check_of_rival(session: Session, member: Member[Any], guard: Guard, rival: Item) -> Operation[Any]:
    """Give the condition that the owner which a guard names has its value no more.

    Raises:
        UniqueViolationError: it has, so that there are two.
    """
    keys = [guard.owner, rival, guard.key]
    own, other, stored = send(session.client, transact_get([get_item(member.table_name, key) for key in keys]))
    held = stored is not None and stored.get(OWNER, {}).get("M") == rival
    if held and has_guard(member, own, guard.text) and has_guard(member, other, guard.text):
        name, first, second = member.definition.name, item_from_wire(rival), item_from_wire(guard.owner)
        raise UniqueViolationError(
            f"{guard.shown} of {name} is had by two items, by the one with the key {first!r} and the one with the key "
            f"{second!r}: {guard.unique.demand} in table {member.table_name!r}; change one of them, "
            "and reindex again",
            fields=guard.unique.names,
            owner=first,
            key=second,
            item=member.instance(other) if other is not None else None,
            table_name=member.table_name,
            entity=name,
        )
    return condition_check(member.table_name, rival, as_found(member, other))


def has_guard(member: Member[Any], item: Item | None, text: str) -> bool:
    """Tell whether an item is this entity's, alive, and has a unique value, which the text of its guard tells."""
    return (
        item is not None
        and member.is_typed(item)
        and not member.has_expired(item)
        and text in guards_in(member, item)
    )


def as_found(member: Member[Any], item: Item | None) -> nodes.Condition:
    """Give the condition that what is under a key has the unique values that it was found with, or none."""
    if item is None:
        return absent(member)
    if not member.is_typed(item):
        return nodes.Not(of_type(member))
    return as_read(member, item, fields=member.definition.guarded)


def _companion_repairs(session: Session, member: Member[Any], item: Item, beside: Survey) -> Iterable[Operation[Any]]:
    wanted = companions_of(session.registry, member, member.definition.companions, item)
    for identity, (companion, instance) in wanted.items():
        stored = beside.get(identity)
        if stored is None or not companion.is_typed(stored) or companion.has_expired(stored):
            write = create_write(companion, made(companion, instance, session.now))
            if stored is not None and not companion.is_typed(stored):
                raise write.explain(
                    ConditionFailedError("", response={"Item": stored}, table_name=companion.table_name)
                )
            yield write.operation
        elif not _is_in_step(companion, stored, instance):
            new = made(companion, instance, session.now)
            yield put_write(companion, new, as_read(companion, stored)).operation


def _is_in_step(companion: Member[Any], stored: Item, instance: Any) -> bool:
    """Tell whether a stored companion is what is made of its owner, but for what was filled in when it was written."""
    try:
        there = companion.instance(stored)
    except ItemStructureError:
        return False
    plans = companion.definition.fields.values()
    filled = [plan.name for plan in plans if plan.options.updated or plan.is_duration]
    filled += [plan.name for plan in plans if plan.options.created and getattr(instance, plan.name) is None]
    filled += [name for name in companion.shards if getattr(instance, name) is None]
    expected = evolved(companion, instance, {name: getattr(there, name) for name in filled})
    index = companion.index_attributes(companion.values_of(there))
    return bool(expected == there) and all(value == stored.get(name) for name, value in index.items())
