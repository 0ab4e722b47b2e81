"""What a picture is of: a table and its indexes, with entities or without, as one tenant sees it; and reading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import attrs

from pynamite.client import Client
from pynamite.dynamo.db import DB
from pynamite.dynamo.send import pages
from pynamite.dynamo.tenant import Tenancy
from pynamite.entities.registry import Registry
from pynamite.errors import DefinitionError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema
from pynamite.operation.scan import scan
from pynamite.repository.session import Session
from pynamite.wire import Item

__all__ = ["Subject", "read", "subject_of_items", "subject_of_session"]


@attrs.frozen(eq=False)
class Subject:
    """A table to be drawn; ``registry`` is None where its items are plain ones.

    Keys are shown without the tenant's prefix, if there is a ``tenancy``.
    """

    name: str
    client: Client
    schema: KeySchema
    indexes: Mapping[str, IndexSchema]
    registry: Registry | None = None
    type_attribute: str | None = None
    tenancy: Tenancy | None = None

    def check_index(self, index: str | None) -> None:
        """Refuse an index that the table does not have.

        Raises:
            DefinitionError: it has none of this name.
        """
        if index is not None and index not in self.indexes:
            known = ", ".join(map(repr, self.indexes)) or "none"
            raise DefinitionError(f"table {self.name!r} has no index {index!r} to be drawn; its indexes are {known}")


def subject_of_session(session: Session) -> Subject:
    """Take a connected table with its entities."""
    registry = session.registry
    return Subject(
        session.table_name,
        session.client,
        registry.schema,
        registry.indexes,
        registry,
        registry.type_attribute,
        None if session.tenant is None else _tenancy(session.tenant, registry),
    )


def _tenancy(tenant: str, registry: Registry) -> Tenancy:
    first = [index.partition[0].name for index in registry.indexes.values()]
    return Tenancy(tenant, registry.schema.partition.name, frozenset({registry.schema.partition.name, *first}), {})


def subject_of_items(db: DB, type_attribute: str | None) -> Subject:
    """Take a table of plain items; its description is asked for."""
    description = db.describe
    types: dict[str, Any] = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}

    def parts(described: Mapping[str, Any], kind: str) -> list[KeyAttribute]:
        names = [part["AttributeName"] for part in described["KeySchema"] if part["KeyType"] == kind]
        return [KeyAttribute(name, types[name]) for name in names]

    def index(described: Mapping[str, Any], *, local: bool) -> IndexSchema:
        projection = described.get("Projection", {})
        kind = projection.get("ProjectionType", "ALL")
        held = tuple(projection.get("NonKeyAttributes", ())) if kind == "INCLUDE" else kind
        return IndexSchema(described["IndexName"], parts(described, "HASH"), parts(described, "RANGE"), held, local)

    indexes = [
        *(index(one, local=True) for one in description.get("LocalSecondaryIndexes") or ()),
        *(index(one, local=False) for one in description.get("GlobalSecondaryIndexes") or ()),
    ]
    (partition,), sort = parts(description, "HASH"), parts(description, "RANGE")
    return Subject(
        db.name,
        db.client,
        KeySchema(partition, sort[0] if sort else None),
        {one.name: one for one in indexes},
        type_attribute=type_attribute,
        tenancy=None if db.tenant is None else Tenancy.of(db.tenant, description),
    )


def read(subject: Subject, index: str | None, limit: int | None) -> tuple[list[Item], bool]:
    """Read the items of a table, or of one of its indexes, ``limit`` at most; with them, whether there are more.

    Items are as they are stored, the tenant's prefix included.

    Raises:
        OperationError: the database said no.
    """
    items = _items(subject, index, None if limit is None or subject.tenancy is not None else limit + 1)
    if limit is None:
        return list(items), False
    found = list(islice(items, limit + 1))
    return found[:limit], len(found) > limit


def _items(subject: Subject, index: str | None, page_size: int | None) -> Iterator[Item]:
    # A page's limit counts what is read before the filter: with a tenant it would make many small pages.
    own = None if subject.tenancy is None else subject.tenancy.own()
    for page in pages(subject.client, scan(subject.name, index=index, filter=own, limit=page_size)):
        yield from page.items
