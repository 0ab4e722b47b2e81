"""Where items go to or come from: a table, for one tenant or for all, and the entity that they are of, if they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from pynamite.client import Client
from pynamite.dynamo import DB
from pynamite.dynamo.send import send
from pynamite.dynamo.tenant import Tenancy
from pynamite.entities.epoch import Clock, utc_now
from pynamite.entities.member import Member
from pynamite.entities.records import field_values, read_record
from pynamite.errors import DefinitionError, ItemStructureError, KeyValueError
from pynamite.operation.tables import describe_table
from pynamite.repository.images import read_image
from pynamite.store import Store
from pynamite.transfer.checking import is_item
from pynamite.wire import AttributeValue, Item, describe

__all__ = ["Place", "place_of"]

E = TypeVar("E")


@attrs.frozen
class Place:
    """A table as transfers see it.

    ``keys`` are the table's key attributes with their types, ``index_keys`` those of its indexes. ``items`` is about
    how many it has, as its description says.
    """

    client: Client
    table_name: str
    keys: Mapping[str, str]
    index_keys: Mapping[str, str] = attrs.field(factory=dict)
    member: Member[Any] | None = None
    tenancy: Tenancy | None = None
    items: int = 0
    now: Clock = utc_now

    @property
    def entity(self) -> Member[Any]:
        """The entity, where one was given.

        Raises:
            DefinitionError: none was.
        """
        if self.member is None:
            raise DefinitionError("this needs the entity that the items are of: give entity=")
        return self.member

    def check_item(self, item: Mapping[str, Any]) -> Item:
        """Take an item that was read from a file, and give it as it is stored; an entity's has to fit its class.

        How large it is, and what its numbers are, is looked at by whoever stores it.

        Raises:
            ItemStructureError: it is no item, or does not fit the entity.
            KeyValueError: its key is missing or of another type, or is not what the entity's fields make.
        """
        given: Item = item if is_item(item) else read_image(item)  # type: ignore[assignment]
        stored = self._stored(given)
        self._check_keys(stored)
        if self.member is not None:
            self._check_entity(self.member, stored)
        return stored

    def _stored(self, item: Item) -> Item:
        return item if self.tenancy is None else self.tenancy.stored(item)

    def _check_keys(self, item: Item) -> None:
        for name, kind in self.keys.items():
            value = item.get(name)
            if value is None:
                raise KeyValueError(f"$.{name}: the key attribute is missing")
            if not value.get(kind):
                raise KeyValueError(f"$.{name}: the key attribute is of type {kind}, not {describe(value)}")
        for name, kind in self.index_keys.items():
            if name in item and not item[name].get(kind):
                raise KeyValueError(f"$.{name}: the index key is of type {kind}, not {describe(item[name])}")

    def _check_entity(self, member: Member[Any], item: Item) -> None:
        if not member.is_typed(item):
            told = describe(item[member.type_attribute]) if member.type_attribute in item else "no type"
            raise ItemStructureError(f"$: it is no {member.definition.name}: it has {told}")
        written = member.item(member.instance(item))
        for name in member.key_attributes:
            if written[name] != item[name]:
                raise KeyValueError(
                    f"$.{name}: the key is {describe(item[name])}, but its fields make {describe(written[name])}")

    def item_of(self, record: Mapping[str, Any]) -> Item:
        """Make the item of a record of the entity's fields.

        Raises:
            ItemStructureError: the record does not fit.
            KeyValueError: its key cannot be written.
        """
        member = self.entity
        return member.item(_complete(member, read_record(member, record), self.now))

    def shown(self, item: Item) -> Item:
        """Give an item as it is without the tenant's prefix."""
        return item if self.tenancy is None else self.tenancy.shown(item)

    def fields_of(self, item: Item) -> dict[str, AttributeValue]:
        """Give an item as a record of the entity's fields.

        Raises:
            ItemStructureError: it does not fit the class.
        """
        return field_values(self.entity, self.entity.instance(item))


def _complete(member: Member[E], instance: E, now: Clock) -> E:
    """Fill in what a stored item always has: its stamps, and a version from 1 up."""
    definition = member.definition
    changes: dict[str, Any] = {}
    moment: datetime | None = None
    for plan in (definition.created, definition.updated):
        if plan is not None and getattr(instance, plan.name) is None:
            moment = moment or now()
            changes[plan.alias] = moment
    if definition.version is not None and getattr(instance, definition.version.name) == 0:
        changes[definition.version.alias] = 1
    return attrs.evolve(instance, **changes) if changes else instance  # type: ignore[misc]


def place_of(target: Store | DB, entity: type | None = None) -> Place:
    """Look a table up, by its store or its `dynamo.DB`; an entity has to be one of the store's.

    Raises:
        TypeError: it is neither.
        DefinitionError: an entity is given to a DB, which knows none.
        UnknownEntityError: the store does not hold the entity.
        TableNotFoundError: there is no such table.
    """
    if not isinstance(target, Store | DB):
        raise TypeError(
            f"items are transferred to and from a store or a dynamo.DB, not {target!r}: use table.connect(...), or "
            "dynamo.DB(name, client)")
    tenant = target.session.tenant if isinstance(target, Store) else target.tenant
    if entity is not None and not isinstance(target, Store):
        raise DefinitionError(f"{entity.__name__} is no entity of {target!r}, which knows none: give a store")
    member: Member[Any] | None = None
    if entity is not None and isinstance(target, Store):
        member = target.session.registry.member(entity)
    description = send(target.client, describe_table(target.name))
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    keys = {part["AttributeName"]: types[part["AttributeName"]] for part in description["KeySchema"]}
    return Place(
        target.client, target.name, keys, {name: kind for name, kind in types.items() if name not in keys}, member,
        None if tenant is None else Tenancy.of(tenant, description), description.get("ItemCount") or 0,
        target.session.now if isinstance(target, Store) else utc_now)
