"""The entities of a table as one connection has them: under the table's name there, for one tenant, by its clock."""

from __future__ import annotations

from typing import Any

import attrs

from pynamite.entities.epoch import Clock
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.slots import KeySlot
from pynamite.errors import DefinitionError
from pynamite.key.tenant import SEPARATOR

__all__ = ["by_clock", "for_tenant", "renamed"]


def renamed(registry: Registry, table_name: str) -> Registry:
    """Give the same entities in a table of another name."""
    members = {cls: attrs.evolve(member, table_name=table_name) for cls, member in registry.members.items()}
    return attrs.evolve(registry, table_name=table_name, members=_among_themselves(members))


def by_clock(registry: Registry, now: Clock) -> Registry:
    """Give the same entities by a clock of one's own, which tells what has expired."""
    members = {cls: attrs.evolve(member, clock=now) for cls, member in registry.members.items()}
    return attrs.evolve(registry, members=_among_themselves(members))


def _among_themselves(members: dict[type, Member[Any]]) -> dict[type, Member[Any]]:
    """Let changed members have each other as rivals, instead of those that they were made of."""
    for member in members.values():
        member.rivals = tuple(members[rival.cls] for rival in member.rivals)
    return members


def for_tenant(registry: Registry, tenant: str) -> Registry:
    """Give the same entities for one tenant: every partition key, of the table and of its indexes, begins with it.

    Raises:
        DefinitionError: a partition key is no text.
    """
    prefix = tenant + SEPARATOR
    keys = {registry.schema.partition.name: registry.schema.partition.type}
    keys |= {part.name: part.type for index in registry.indexes.values() for part in index.partition[:1]}
    wrong = [name for name, kind in keys.items() if kind != "S"]
    if wrong:
        raise DefinitionError(
            f"table {registry.table_name!r} has no tenants: its partition key {wrong[0]!r} is no text, which a "
            "tenant's name could stand in"
        )

    def prefixed(slot: KeySlot) -> KeySlot:
        return attrs.evolve(slot, prefix=prefix) if slot.attribute in keys else slot

    members: dict[type, Member[Any]] = {}
    for cls, member in registry.members.items():
        indexes = {
            name: attrs.evolve(
                index, partition=tuple(map(prefixed, index.partition)), sort=tuple(map(prefixed, index.sort))
            )
            for name, index in member.indexes.items()
        }
        members[cls] = attrs.evolve(
            member, slots=tuple(map(prefixed, member.slots)), indexes=indexes, prefixes=dict.fromkeys(keys, prefix)
        )
    return attrs.evolve(registry, members=_among_themselves(members))
