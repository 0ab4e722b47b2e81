"""What an item has besides itself: companions that are kept in step with it, and the items of its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pynamite.dynamo.matching import key_identity
from pynamite.entities.companions import Companion
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.errors import DefinitionError
from pynamite.repository.writing.guards import Identity
from pynamite.repository.writing.intents import Create, Delete, Intent, Outcome, Put
from pynamite.repository.writing.making import made
from pynamite.wire import Item

__all__ = ["agrees", "companions_of", "followers", "identity_of"]


def identity_of(intent: Intent[Any]) -> Identity:
    """Tell the item of an intent from all others."""
    return intent.member.table_name, key_identity(intent.key)


def followers(intent: Intent[Any], outcome: Outcome, now: Callable[[], datetime]) -> Iterable[tuple[str, Intent[Any]]]:
    """Give the writes by which companions and history follow an item, each with what it is.

    Raises:
        DefinitionError: a companion cannot be kept in step.
        ItemStructureError: a companion, or the item that was there, does not fit its class.
    """
    owner, registry = intent.member, intent.session.registry
    common: dict[str, Any] = {"session": intent.session, "on_failure": intent.on_failure, "kept": True}
    before = companions_of(registry, owner, owner.definition.companions, outcome.old)
    after = companions_of(registry, owner, owner.definition.companions, outcome.new)
    for identity, (member, instance) in before.items():
        if identity not in after:
            yield "companion", Delete(**common, member=member, values=member.values_of(instance))
    for identity, (member, instance) in after.items():
        whole = made(member, instance, now)
        if identity not in before:
            yield "companion", Create(**common, member=member, instance=whole)
        elif member.item(instance) != member.item(before[identity][1]):
            yield "companion", Put(**common, member=member, instance=whole, inherited=_filled_in(member, instance))
    for member, instance in companions_of(registry, owner, owner.definition.history, outcome.new).values():
        yield "history", Create(**common, member=member, instance=made(member, instance, now))


def _filled_in(member: Member[Any], instance: object) -> tuple[str, ...]:
    """Name the fields of a companion that it has from its making, and not from its owner."""
    created = member.definition.created
    names = [*member.shards, *([] if created is None else [created.name])]
    return tuple(name for name in names if getattr(instance, name) is None)


def companions_of(
    registry: Registry, owner: Member[Any], companions: Iterable[Companion], item: Item | None
) -> dict[Identity, tuple[Member[Any], Any]]:
    """Make the instances that an owner's item has as companions, or as history, by what tells their items apart.

    Raises:
        DefinitionError: two of them have one key, or one would have to count by itself.
        UnknownEntityError: one is of no entity of the table.
    """
    if item is None or not companions:
        return {}
    instance = owner.instance(item)
    found: dict[Identity, tuple[Member[Any], Any]] = {}
    for companion in companions:
        for made_of_it in companion.make(instance):
            member: Member[Any] = registry.member(type(made_of_it))
            _check_counting(owner, member, made_of_it)
            identity = member.table_name, key_identity(member.key(member.values_of(made_of_it)))
            first, same = found.setdefault(identity, (member, made_of_it))
            if first.item(same) != member.item(made_of_it):
                raise DefinitionError(
                    f"{owner.definition.name} has two companions with one key, {same!r} and {made_of_it!r}: give each "
                    "a key of its own"
                )
    return found


def _check_counting(owner: Member[Any], member: Member[Any], instance: object) -> None:
    name, version = member.definition.name, member.definition.version
    if version is not None:
        raise DefinitionError(
            f"entity {name!r} is a companion of {owner.definition.name!r}, which keeps it in step, and has a version "
            f"of its own, {version.name!r}: make it an ordinary field"
        )
    for numbering in member.definition.numberings:
        if getattr(instance, numbering.field) is None:
            raise DefinitionError(
                f"entity {name!r} is a companion of {owner.definition.name!r}, and has no {numbering.field!r}: a "
                "companion takes no number of a sequence, since it is made again and again; give it one"
            )


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
