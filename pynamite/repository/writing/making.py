"""What an item is given besides what its user says: stamps of time, its version, and a shard that is chosen once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs

from pynamite.entities.changes import BoundChanges, bind_changes
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.member import Member
from pynamite.entities.paths import unknown_field
from pynamite.entities.slots import KeySlot
from pynamite.entities.structs import worded
from pynamite.errors import ExpressionError, ItemStructureError, KeyValueError
from pynamite.expression import nodes
from pynamite.expression.update import IfNotExists, Increment

__all__ = [
    "Stamped",
    "evolved",
    "expected_version",
    "follows_once",
    "made",
    "once_condition",
    "stamped",
    "version_of",
    "version_refusal",
    "waits_for",
]

E = TypeVar("E")

Clock = Callable[[], datetime]


def evolved(member: Member[E], instance: E, changes: Mapping[str, Any]) -> E:
    """Give an instance with other values in some fields.

    Raises:
        KeyValueError: there is no such field.
        ItemStructureError: the class refuses the values.
    """
    fields = member.definition.fields
    unknown = [name for name in changes if name not in fields]
    name = member.definition.name
    if unknown:
        raise KeyValueError(unknown_field(member, unknown[0]), entity=name, field=unknown[0])
    given = {fields[field].alias: value for field, value in changes.items()}
    try:
        changed: E = attrs.evolve(cast("Any", instance), **given)
    except Exception as error:
        raise ItemStructureError([f"$: {name} refuses the values: {worded(error)}"], entity=name) from error
    return changed


def made(member: Member[E], instance: E, now: Clock, *, new: bool = False) -> E:
    """Give an instance as it is when its item is written: stamped, of the next version, and in a shard.

    A ``new`` item has version 1, whatever the instance was before.
    """
    if not member.definition.is_stamped and not member.shards:
        return instance
    created, updated, version = member.definition.created, member.definition.updated, member.definition.version
    filled: dict[str, Any] = {
        field: choose() for field, choose in member.shards.items() if getattr(instance, field) is None
    }
    if member.definition.is_dated:
        moment = now()
        if created is not None and getattr(instance, created.name) is None:
            filled[created.name] = moment
        if updated is not None:
            filled[updated.name] = moment
    if version is not None:
        filled[version.name] = 1 if new else version_of(member, instance) + 1
    return evolved(member, instance, filled) if filled else instance


def version_of(member: Member[E], instance: E) -> int:
    """Give the version that an instance says it has.

    Raises:
        ItemStructureError: it is no whole number from 0 up.
    """
    plan = member.definition.version
    assert plan is not None
    version = getattr(instance, plan.name)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ItemStructureError(
            [f"$.{plan.name}: expected a version, a whole number from 0 up, got {version!r}"],
            entity=member.definition.name,
        )
    return version


def version_refusal(member: Member[Any]) -> ExpressionError:
    """Make the error that a write changes the version itself."""
    plan = member.definition.version
    assert plan is not None
    return ExpressionError(
        f"field {plan.name!r} of entity {member.definition.name!r} is the version, which every write counts up: leave "
        "it as it is"
    )


def expected_version(member: Member[E], key: Mapping[str, Any] | E) -> int | None:
    """Give the version that a writer knows: that of an instance, which may be given for a key; None for mere fields."""
    if member.definition.version is None or isinstance(key, Mapping):
        return None
    return version_of(member, key)


@attrs.frozen(eq=False)
class Stamped:
    """The changes of an update together with its stamps.

    ``once`` has the values of fields that an upsert gives to an item only if it makes it.
    """

    changes: BoundChanges
    once: Mapping[str, Any]


def stamped(
    member: Member[Any], changes: BoundChanges, now: Clock, *, upsert: bool, version: int | None = None
) -> Stamped:
    """Add its stamps and its version to an update, and for an upsert what a new item is made with.

    ``version`` is the one that the item has to have; without, whatever it has is counted up.

    Raises:
        ExpressionError: the update changes the updated field or the version itself.
    """
    created, updated, counter = member.definition.created, member.definition.updated, member.definition.version
    given: dict[str, Any] = {}
    once: dict[str, Any] = {}
    if updated is not None and updated.name in changes.touched:
        raise ExpressionError(
            f"field {updated.name!r} of entity {member.definition.name!r} has the moment of the last change, which "
            "every write sets: leave it out"
        )
    if counter is not None:
        if counter.name in changes.touched:
            raise version_refusal(member)
        given[counter.name] = Increment(counter.name) if version is None else version + 1
    moment = now() if member.definition.is_dated else None
    if updated is not None:
        given[updated.name] = moment
    if upsert:
        once = {field: choose() for field, choose in member.shards.items()}
        if created is not None:
            once[created.name] = moment
        known = {*changes.touched, *member.key_fields}
        once = {field: value for field, value in once.items() if field not in known}
    if not given and not once:
        return Stamped(changes, once)
    stamps = bind_changes(member, [{**given, **{field: IfNotExists(field, value) for field, value in once.items()}}])
    update = attrs.evolve(changes.update, sets=changes.update.sets + stamps.update.sets)
    both = attrs.evolve(
        changes,
        update=update,
        touched=changes.touched | stamps.touched,
        known={**changes.known, **stamps.known},
        rereads=tuple(dict.fromkeys((*changes.rereads, *stamps.rereads))),
        whole=changes.whole or stamps.whole,
    )
    return Stamped(both, once)


def follows_once(member: Member[Any], keys: IndexKeys, once: Mapping[str, Any]) -> bool:
    """Tell whether an upsert can write the key of an index without reading: only if the item is new, or as it is.

    So it is where the key is made of nothing but the table key and what never changes after the item was made (and the
    last change, of which it is known).
    """
    constant = {*member.key_fields, *once}
    updated = member.definition.updated
    if keys.when is not None or not set(keys.fields) <= {*constant, *([] if updated is None else [updated.name])}:
        return False
    return all(
        set(member.definition.sources(slot.template.fields)) <= constant
        for slot in keys.slots
        if waits_for(member, slot, once)
    )


def waits_for(member: Member[Any], slot: KeySlot, once: Mapping[str, Any]) -> list[str]:
    """Name the fields in a key that an upsert sets only if it makes the item."""
    return [field for field in member.definition.sources(slot.template.fields) if field in once]


def once_condition(member: Member[Any], slot: KeySlot, once: Mapping[str, Any]) -> list[nodes.Condition]:
    """Give the conditions under which the key of an index may be left as it is, if it is there.

    An item that has the field, but no key yet (its index is newer), has to be read first.
    """
    fields = [member.definition.fields[field].attribute for field in waits_for(member, slot, once)]
    return [
        nodes.disjunction(
            nodes.Function("attribute_not_exists", (nodes.Path((attribute,)),)),
            nodes.Function("attribute_exists", (nodes.Path((slot.attribute,)),)),
        )
        for attribute in fields
    ]
