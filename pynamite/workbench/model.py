"""A NoSQL Workbench model: its tables, their keys, facets, indexes and rows.

What the format has besides is kept under ``extra``, as it was read, so that writing a model gives it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import attrs

from pynamite.errors import WorkbenchError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema, KeyType
from pynamite.wire import Item, normalize_number

__all__ = [
    "SERVICE",
    "VERSION",
    "AttributeDeclaration",
    "Facet",
    "Model",
    "ModelIndex",
    "ModelTable",
    "Repair",
    "key_identity",
]

SERVICE = "Amazon DynamoDB"
VERSION = "3.0"


@attrs.frozen
class Repair:
    """Something in a file that was not as DynamoDB, or the format, has it, and what was made of it.

    ``place`` is where it stands in the file, ``$.DataModel[0].TableData[3].PK``.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def _data_access() -> dict[str, Any]:
    # Where rows come from, if they come from MySQL: every table and facet of Workbench's has it.
    return {"DataAccess": {"MySql": {}}}


@attrs.define
class AttributeDeclaration:
    """An attribute as a table declares it, besides the keys; ``type`` is DynamoDB's, such as ``"S"``."""

    name: str
    type: str = "S"
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define
class ModelIndex:
    """A secondary index; ``projection`` is "ALL", "KEYS_ONLY", or the attributes besides the keys."""

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None = None
    projection: Literal["ALL", "KEYS_ONLY"] | tuple[str, ...] = "ALL"
    local: bool = False
    extra: dict[str, Any] = attrs.field(factory=dict)

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """Its key attributes, the partition key's first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


@attrs.define
class Facet:
    """One kind of items in a table: what its keys stand for, which attributes it has, and its rows.

    The aliases are names for the keys, or templates of them, as the author liked: ``"AccountId"``,
    ``"USER#<account_id>"``. ``rows`` are items in wire form.
    """

    name: str
    partition_alias: str | None = None
    sort_alias: str | None = None
    attributes: tuple[str, ...] = ()
    rows: list[Item] = attrs.field(factory=list)
    extra: dict[str, Any] = attrs.field(factory=_data_access)


@attrs.define
class ModelTable:
    """A table of a model; ``rows`` are those that no facet has, in wire form."""

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None = None
    attributes: tuple[AttributeDeclaration, ...] = ()
    facets: tuple[Facet, ...] = ()
    indexes: tuple[ModelIndex, ...] = ()
    rows: list[Item] = attrs.field(factory=list)
    billing_mode: str | None = None
    extra: dict[str, Any] = attrs.field(factory=_data_access)

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """The table's key attributes, the partition key's first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @property
    def items(self) -> Iterator[Item]:
        """Every row of the table, in wire form: those of the facets first."""
        for facet in self.facets:
            yield from facet.rows
        yield from self.rows

    @property
    def key_types(self) -> dict[str, KeyType]:
        """The types of all key attributes, of the table and of its indexes."""
        parts = [*self.keys, *(part for index in self.indexes for part in index.keys)]
        found: dict[str, KeyType] = {}
        for part in parts:
            found.setdefault(part.name, part.type)
        return found

    @property
    def schema(self) -> KeySchema:
        """The table's key, as CreateTable takes it."""
        return KeySchema(self.partition, self.sort)

    @property
    def index_schemas(self) -> list[IndexSchema]:
        """The indexes, as CreateTable takes them; a projection names no keys, which every index has."""
        found = []
        for index in self.indexes:
            names = {part.name for part in (*self.keys, *index.keys)}
            projection: Any = index.projection
            if not isinstance(projection, str):
                projection = tuple(dict.fromkeys(name for name in projection if name not in names)) or "KEYS_ONLY"
            sort = () if index.sort is None else (index.sort,)
            found.append(IndexSchema(index.name, (index.partition,), sort, projection, index.local))
        return found


@attrs.define
class Model:
    """A NoSQL Workbench model; ``metadata`` is the file's own, with author, dates, description and version.

    ``repairs`` is what was mended when it was read.
    """

    name: str
    tables: tuple[ModelTable, ...]
    metadata: dict[str, Any] = attrs.field(factory=lambda: {"AWSService": SERVICE, "Version": VERSION})
    extra: dict[str, Any] = attrs.field(factory=dict)
    repairs: tuple[Repair, ...] = attrs.field(default=(), eq=False)

    def table(self, name: str) -> ModelTable:
        """Give the table of a name.

        Raises:
            WorkbenchError: the model has none of this name.
        """
        for table in self.tables:
            if table.name == name:
                return table
        known = ", ".join(repr(table.name) for table in self.tables) or "none"
        raise WorkbenchError(f"the model {self.name!r} has no table {name!r}; its tables are {known}")


def key_identity(table: ModelTable, row: Item) -> tuple[Any, ...]:
    """Give what two rows with the same key have in common; numbers are equal by value."""
    found: list[Any] = []
    for part in table.keys:
        content = row[part.name][part.type]
        found.append(normalize_number(content) if part.type == "N" else content)
    return tuple(found)
