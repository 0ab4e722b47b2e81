"""Exporting a table, with its declaration and its items, as a NoSQL Workbench model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamite.dynamo.db import DB
from pynamite.dynamo.send import pages, send
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.errors import WorkbenchError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema
from pynamite.key.tenant import SEPARATOR
from pynamite.operation.scan import scan
from pynamite.operation.tables import describe_table
from pynamite.store import Store
from pynamite.table import Table
from pynamite.wire import Item
from pynamite.workbench.model import SERVICE, VERSION, AttributeDeclaration, Facet, Model, ModelIndex, ModelTable
from pynamite.workbench.write import write_model

__all__ = ["OTHERS", "create_nosql_workbench", "export_model"]

OTHERS = "Other items"
"""The facet of the items that belong to no entity."""

# "Jun 22, 2020, 11:55 PM": as Workbench writes dates.
_DATE = "%b %d, %Y, %I:%M %p"

Exported = Store | Table | DB | str
"""What can be exported: a store, a table without items, or a table of plain items, also by its name."""


def create_nosql_workbench(
    store_or_table: Exported | None = None,
    filename: str | os.PathLike[str] = "table.json",
    *,
    name: str | None = None,
    author: str = "",
    description: str = "",
    now: datetime | None = None,
) -> Model:
    """Write a table as a model that NoSQL Workbench imports, and give the model.

    A `Store` is exported with its items, a `Table`, which is not connected, without; each entity is a facet, with its
    key templates as aliases, and each item is in exactly one: those of no entity have a facet of their own. The plain
    items of a `DB`, or of a table on AWS that is named, have no facets. Without a table it is the one on AWS that
    DYNAMO_TABLE_NAME names.

    The model is called as the table is, unless ``name`` says otherwise. The same declaration with the same items makes
    the same file, so that it can be kept under version control: dates are in it only if ``now`` is given.

    Raises:
        WorkbenchError: an index has several partition or sort attributes, for which the format has no form.
        OperationError: the database said no.
        OSError: the file cannot be written.
    """
    model = export_model(store_or_table, name=name, author=author, description=description, now=now)
    write_model(model, filename)
    return model


def export_model(
    store_or_table: Exported | None = None,
    *,
    name: str | None = None,
    author: str = "",
    description: str = "",
    now: datetime | None = None,
) -> Model:
    """Make the model of a table as `create_nosql_workbench` does, without writing it.

    Raises:
        WorkbenchError: an index has several partition or sort attributes, for which the format has no form.
        OperationError: the database said no.
    """
    table = _table(store_or_table)
    dates = {} if now is None else {"DateCreated": now.strftime(_DATE), "DateLastModified": now.strftime(_DATE)}
    metadata = {"Author": author, **dates, "Description": description, "AWSService": SERVICE, "Version": VERSION}
    return Model(table.name if name is None else name, (table,), metadata)


def _table(given: Exported | None) -> ModelTable:
    if isinstance(given, Store):
        registry = given.session.registry
        return _declared(registry, _items(given, registry))
    if isinstance(given, Table):
        return _declared(given.registry, [])
    if given is None or isinstance(given, str):
        with DB(given) as db:
            return _described(db)
    if isinstance(given, DB):
        return _described(given)
    raise TypeError(f"create_nosql_workbench takes a Store, a Table, a DB or a table's name, not {given!r}")


def _items(store: Store, registry: Registry) -> list[Item]:
    """Read the items as they are stored, those of the store's tenant alone."""
    tenant = store.session.tenant
    items = [item for page in pages(store.client, scan(store.name)) for item in page.items]
    if tenant is None:
        return items
    prefix = tenant + SEPARATOR
    return [item for item in items if item[registry.schema.partition.name].get("S", "").startswith(prefix)]


def _declared(registry: Registry, items: Iterable[Item]) -> ModelTable:
    schema, indexes = registry.schema, list(registry.indexes.values())
    rows: dict[type | None, list[Item]] = {cls: [] for cls in registry.members}
    for item in items:
        member = registry.identify(item)
        rows.setdefault(None if member is None else member.cls, []).append(item)
    declared = {cls: _attributes(member) for cls, member in registry.members.items()}
    kinds = {name: kind for names in declared.values() for name, kind in names.items()}
    table = _model_table(registry.table_name, schema, indexes, kinds, [item for own in rows.values() for item in own])
    order = [own.name for own in table.attributes]
    strip = _stripping(registry)
    facets = []
    for cls, member in registry.members.items():
        aliases = [slot.template.text for slot in member.slots]
        own = [name for name in order if name in declared[cls]]
        facets.append(
            Facet(
                member.definition.name,
                aliases[0],
                aliases[1] if len(aliases) > 1 else None,
                tuple(own),
                _sorted(map(strip, rows[cls]), schema, order),
            )
        )
    if others := rows.get(None):
        names = tuple(name for name in order if any(name in item for item in others))
        sort = None if schema.sort is None else schema.sort.name
        title = OTHERS if OTHERS not in {facet.name for facet in facets} else f"{OTHERS} of no entity"
        facets.append(Facet(title, schema.partition.name, sort, names, _sorted(map(strip, others), schema, order)))
    table.facets = tuple(facets)
    return table


def _stripping(registry: Registry) -> Callable[[Item], Item]:
    """Give what takes the tenant's prefix from the partition keys of an item."""
    prefixes = {
        slot.attribute: slot.prefix
        for member in registry.members.values()
        for slot in (*member.slots, *(own for keys in member.indexes.values() for own in keys.slots))
        if slot.prefix
    }

    def strip(item: Item) -> Item:
        return {
            name: {"S": value["S"].removeprefix(prefixes[name])} if name in prefixes and "S" in value else value
            for name, value in item.items()
        }

    return strip


def _attributes(member: Member[Any]) -> dict[str, str]:
    """Give the attributes that an entity's items have besides the table's keys, each with its type; "" if unknown."""
    found: dict[str, str] = {}
    for plan in member.definition.fields.values():
        if not plan.options.key_only and not plan.options.rest and plan.attribute not in member.key_attributes:
            kinds = plan.stored_kinds - {"NULL"}
            found[plan.attribute] = next(iter(kinds)) if len(kinds) == 1 else ""
    for keys in member.indexes.values():
        for slot in keys.slots:
            if slot.own:
                found.setdefault(slot.attribute, slot.template.kind)
    if member.type_attribute is not None:
        found[member.type_attribute] = "S"
    return found


def _described(db: DB) -> ModelTable:
    """Make the model of a table of plain items from its description."""
    description = send(db.client, describe_table(db.name))
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    partition, sort = _parts(description, types)
    schema = KeySchema(next(iter(partition)), next(iter(sort), None))
    indexes = [
        IndexSchema(index["IndexName"], *_parts(index, types), _projection(index["Projection"]), local)
        for key, local in (("GlobalSecondaryIndexes", False), ("LocalSecondaryIndexes", True))
        for index in sorted(description.get(key) or (), key=lambda index: str(index["IndexName"]))
    ]
    items = [item for page in pages(db.client, scan(db.name)) for item in page.items]
    table = _model_table(db.name, schema, indexes, {}, items)
    table.rows = _sorted(items, schema, [own.name for own in table.attributes])
    return table


def _parts(
    described: Mapping[str, Any], types: Mapping[str, Any]
) -> tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]:
    found: dict[str, list[KeyAttribute]] = {"HASH": [], "RANGE": []}
    for part in described["KeySchema"]:
        found[part["KeyType"]].append(KeyAttribute(part["AttributeName"], types[part["AttributeName"]]))
    return tuple(found["HASH"]), tuple(found["RANGE"])


def _projection(described: Mapping[str, Any]) -> Any:
    kind = described.get("ProjectionType", "ALL")
    return kind if kind != "INCLUDE" else tuple(sorted(described.get("NonKeyAttributes", ())))


def _key_attributes(schema: KeySchema, indexes: Iterable[IndexSchema]) -> list[KeyAttribute]:
    own = [schema.partition, *([schema.sort] if schema.sort is not None else [])]
    return [*own, *(part for index in indexes for part in (*index.partition, *index.sort))]


def _model_table(
    name: str, schema: KeySchema, indexes: Sequence[IndexSchema], kinds: Mapping[str, str], items: Iterable[Item]
) -> ModelTable:
    """Make a table without rows; ``kinds`` has the types of declared attributes, those of others are the items'."""
    types: dict[str, str] = {}
    seen: dict[str, set[str]] = {}
    for item in items:
        for attribute, value in item.items():
            seen.setdefault(attribute, set()).update(value)
    for attribute in (*kinds, *sorted(seen)):
        # Of several types that the items have, the same one is told each time.
        observed = sorted(seen.get(attribute, set()) - {"NULL"})
        types.setdefault(attribute, kinds.get(attribute) or (observed[0] if observed else "S"))
    for part in _key_attributes(schema, indexes):
        if part.name not in schema.names:
            types[part.name] = part.type
    attributes = tuple(AttributeDeclaration(own, kind) for own, kind in types.items() if own not in schema.names)
    return ModelTable(
        name,
        schema.partition,
        schema.sort,
        attributes,
        indexes=tuple(map(_index, indexes)),
        billing_mode="PAY_PER_REQUEST",
    )


def _index(index: IndexSchema) -> ModelIndex:
    partition, sort = list(index.partition), list(index.sort)
    if len(partition) > 1 or len(sort) > 1:
        raise WorkbenchError(
            f"index {index.name!r} has a key of {len(partition)} and {len(sort)} attributes, but NoSQL Workbench knows "
            "one partition and one sort attribute: export the table without the index"
        )
    projection: Any = index.projection if isinstance(index.projection, str) else tuple(index.projection)
    return ModelIndex(index.name, partition[0], sort[0] if sort else None, projection, index.local)


def _sorted(items: Iterable[Item], schema: KeySchema, order: Sequence[str]) -> list[Item]:
    """Put rows in the order of their keys, and their attributes in that of the declaration."""
    ranks = {name: rank for rank, name in enumerate((*schema.names, *order))}

    def key(item: Item) -> tuple[Any, ...]:
        return tuple(_comparable(item[name]) for name in schema.names)

    return [
        {name: _canonical(item[name]) for name in sorted(item, key=lambda name: ranks[name])}
        for item in sorted(items, key=key)
    ]


def _comparable(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content.encode() if kind == "S" else bytes(content)


def _canonical(value: Mapping[str, Any]) -> dict[str, Any]:
    """Give a value with its sets in order: the database gives them back in its own."""
    ((kind, content),) = value.items()
    match kind:
        case "SS" | "BS":
            return {kind: sorted(content)}
        case "NS":
            return {kind: sorted(content, key=Decimal)}
        case "L":
            return {kind: [_canonical(own) for own in content]}
        case "M":
            return {kind: {name: _canonical(own) for name, own in content.items()}}
        case "B":
            return {kind: bytes(content)}
        case _:
            return {kind: content}
