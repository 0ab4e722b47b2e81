"""What an item has besides itself: companions that are kept in step with it, and the items of its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import attrs

from pynamite.dynamo.send import key_identity
from pynamite.entities.companions import Companion
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.errors import DefinitionError
from pynamite.repository.writing.guards import Identity
from pynamite.repository.writing.intents import Create, Delete, Intent, Outcome, Put
from pynamite.repository.writing.making import made
from pynamite.wire import Item

__all__ = ["Wanted", "agrees", "followers", "identity_of", "wanted_by"]


def identity_of(intent: Intent[Any]) -> Identity:
    """Tell the item of an intent from all others."""
    return intent.member.table_name, key_identity(intent.key)


@attrs.frozen(eq=False)
class Wanted:
    """An item that its owner wants to be there."""

    member: Member[Any]
    instance: Any
    item: Item


def followers(intent: Intent[Any], outcome: Outcome, now: Callable[[], datetime]) -> Iterable[tuple[str, Intent[Any]]]:
    """Give the writes by which companions and history follow an item, each with what it is.

    A put makes all companions anew, so that items which were there before get theirs.

    Raises:
        DefinitionError: a companion cannot be kept in step.
        ItemStructureError: a companion, or the item that was there, does not fit its class.
    """
    definition, owner, registry = intent.member.definition, intent.member, intent.session.registry
    common: dict[str, Any] = {"session": intent.session, "on_failure": intent.on_failure, "kept": True}
    before = wanted_by(registry, owner, definition.companions, outcome.old)
    after = wanted_by(registry, owner, definition.companions, outcome.new)
    for identity, gone in before.items():
        if identity not in after:
            values = gone.member.values_of(gone.instance)
            yield "companion", Delete(**common, member=gone.member, values=values)
    for identity, come in after.items():
        whole = made(come.member, come.instance, now)
        if identity not in before:
            yield "companion", Create(**common, member=come.member, instance=whole)
        elif isinstance(intent, Put) or come.item != before[identity].item:
            yield "companion", Put(**common, member=come.member, instance=whole, inherited=_filled_in(come))
    for come in wanted_by(registry, owner, definition.history, outcome.new).values():
        yield "history", Create(**common, member=come.member, instance=made(come.member, come.instance, now))


def _filled_in(wanted: Wanted) -> tuple[str, ...]:
    """Name the fields of a companion that it has from its making, and not from its owner."""
    created = wanted.member.definition.created
    names = [*wanted.member.shards, *([] if created is None else [created.name])]
    return tuple(name for name in names if getattr(wanted.instance, name) is None)


def wanted_by(
    registry: Registry, member: Member[Any], companions: Iterable[Companion], item: Item | None
) -> dict[Identity, Wanted]:
    """Make all that an item of an entity wants to have besides itself, by what tells them apart.

    Raises:
        DefinitionError: a companion cannot be kept in step.
        ItemStructureError: a companion, or the item, does not fit its class.
    """
    if item is None or not companions:
        return {}
    owner = member.instance(item)
    found: dict[Identity, Wanted] = {}
    for companion in companions:
        for instance in companion.make(owner):
            one = _one(registry, member, instance)
            key = one.member.key(one.member.values_of(instance))
            there = found.setdefault((one.member.table_name, key_identity(key)), one)
            if there.item != one.item:
                raise DefinitionError(
                    f"{member.definition.name} has two companions with one key, {there.instance!r} and "
                    f"{instance!r}: give each a key of its own"
                )
    return found


def _one(registry: Registry, of: Member[Any], instance: Any) -> Wanted:
    member: Member[Any] = registry.member(type(instance))
    definition, owner = member.definition, of.definition.name
    if definition.version is not None:
        raise DefinitionError(
            f"entity {definition.name!r} is a companion of {owner!r}, which keeps it in step, and has a version of "
            f"its own, {definition.version.name!r}: make it an ordinary field"
        )
    for numbering in definition.numberings:
        if getattr(instance, numbering.field) is None:
            raise DefinitionError(
                f"entity {definition.name!r} is a companion of {owner!r}, and has no {numbering.field!r}: a companion "
                "takes no number of a sequence, since it is made anew again and again; give it one"
            )
    return Wanted(member, instance, member.item(instance))


def agrees(follower: Intent[Any], intent: Intent[Any], outcome: Outcome | None) -> bool:
    """Tell whether an intent, and its outcome if that is known, leave an item as another item wants to have it.

    So it is with edges that mirror each other: each is the other's companion.
    """
    if follower.member.cls is not intent.member.cls:
        return False
    member: Member[Any] = follower.member
    if isinstance(follower, Delete):
        return isinstance(intent, Delete) or (outcome is not None and outcome.old is not None and outcome.new is None)
    if not isinstance(follower, Create | Put):
        return False
    if outcome is not None:
        return outcome.new is not None and _bare(member, outcome.new) == _bare(member, member.item(follower.instance))
    if not isinstance(intent, Create | Put):
        return False
    return _bare(member, member.item(intent.instance)) == _bare(member, member.item(follower.instance))


def _bare(member: Member[Any], item: Item) -> Item:
    """Give an item without what it has from its making: its stamps, and where it was put by chance."""
    definition = member.definition
    chosen = [definition.fields[name] for name in member.shards]
    made_with = {plan.attribute for plan in (definition.created, definition.updated, *chosen) if plan is not None}
    kept = {slot.attribute for keys in member.indexes.values() for slot in keys.slots if slot.own}
    return {name: value for name, value in item.items() if name not in made_with | kept}
