"""Tables and their indexes, as the engine works with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

import attrs

from pynamite.key.schema import KeyAttribute, KeyType
from pynamite.local.ordering import join, key_bytes
from pynamite.wire import AttributeValue, Item

__all__ = ["LARGEST_PARTITION", "LARGEST_SORT", "TABLE_ARN", "Index", "Stream", "Table", "bytes_of", "read_table"]

RowKey = tuple[bytes, bytes]
"""The partition key and the sort key of a row; the sort key is empty where there is none."""


TABLE_ARN = "arn:aws:dynamodb:local:000000000000:table/"
"""What the ARN of every table begins with; the name follows."""

LARGEST_PARTITION = 2048
LARGEST_SORT = 1024
"""Bytes that the values of a partition key and of a sort key may have: Developer Guide, "Service, account, and table
quotas"."""


def bytes_of(parts: Sequence[KeyAttribute], item: Mapping[str, AttributeValue]) -> bytes:
    """Write the key attributes ``parts`` of an item that has them all, with the types that they must have."""
    return join([key_bytes(part.type, item[part.name][part.type]) for part in parts])


def _index_bytes(parts: Sequence[KeyAttribute], item: Item, largest: int) -> bytes | None:
    written = []
    for part in parts:
        content = item.get(part.name, _ABSENT).get(part.type)
        if not content:
            return None
        written.append(key_bytes(part.type, content))
    return join(written) if sum(map(len, written)) <= largest else None


_ABSENT: AttributeValue = {}


@attrs.frozen
class Index:
    """A secondary index; ``id`` is its number in the file."""

    name: str
    id: int
    local: bool
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...]
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    attributes: frozenset[str] | None
    """The names that it holds, with all keys; None is all of them."""

    @property
    def parts(self) -> tuple[KeyAttribute, ...]:
        """All key attributes, the partition's first."""
        return self.partition + self.sort

    def row_key(self, item: Item) -> RowKey | None:
        """Give where an item stands in the index.

        None if it stands nowhere: it has not all of the index's key attributes, or (it was there before the index)
        has one of another type, an empty one or one that is too long.
        """
        pk = _index_bytes(self.partition, item, LARGEST_PARTITION)
        if pk is None:
            return None
        if not self.sort:
            return pk, b""
        sk = _index_bytes(self.sort, item, LARGEST_SORT)
        return None if sk is None else (pk, sk)

    def projected(self, item: Item) -> Item:
        """Give the part of an item that the index holds."""
        if self.attributes is None:
            return item
        return {name: value for name, value in item.items() if name in self.attributes}


def _parts_of(table: Table) -> tuple[KeyAttribute, ...]:
    return (table.partition,) if table.sort is None else (table.partition, table.sort)


def _names_of(table: Table) -> frozenset[str]:
    return frozenset(part.name for part in table.parts)


def _key_names_of(table: Table) -> frozenset[str]:
    return table.names.union(part.name for index in table.indexes for part in index.parts)


def _indexes_of(table: Table) -> dict[str, Index]:
    return {index.name: index for index in table.indexes}


@attrs.frozen
class Stream:
    """The stream that a table writes to; ``id`` is its number in the file, ``view`` what is told of an item."""

    id: int
    view: Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


@attrs.frozen
class Table:
    """A table; ``id`` is its number in the file, ``description`` what DescribeTable tells."""

    name: str
    id: int
    partition: KeyAttribute
    sort: KeyAttribute | None
    indexes: tuple[Index, ...]
    description: dict[str, Any] = attrs.field(eq=False, repr=False)
    stream: Stream | None = None
    parts: tuple[KeyAttribute, ...] = attrs.field(init=False, default=attrs.Factory(_parts_of, takes_self=True))
    names: frozenset[str] = attrs.field(init=False, default=attrs.Factory(_names_of, takes_self=True))
    key_names: frozenset[str] = attrs.field(init=False, default=attrs.Factory(_key_names_of, takes_self=True))
    """The attributes that are keys, of the table or of an index."""
    by_name: dict[str, Index] = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_indexes_of, takes_self=True))

    def row_key(self, item: Item) -> RowKey:
        """Give where an item stands, from its key (which has been checked)."""
        first, sort = self.partition, self.sort
        pk = key_bytes(first.type, item[first.name][first.type])
        return pk, key_bytes(sort.type, item[sort.name][sort.type]) if sort is not None else b""

    def key_of(self, item: Item) -> Item:
        """Give the key attributes of an item."""
        return {part.name: item[part.name] for part in self.parts}


def read_table(table_id: int, description: str, index_ids: Mapping[str, int]) -> Table:
    """Read a table from its stored description (JSON)."""
    told: dict[str, Any] = json.loads(description)
    types = {one["AttributeName"]: one["AttributeType"] for one in told["AttributeDefinitions"]}
    partition, *others = _parts(told["KeySchema"], types)
    keys = {part.name for part in (partition, *others)}
    indexes = [
        _index(shape, types, keys, index_ids, local=local)
        for parameter, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False))
        for shape in told.get(parameter, ())]
    sort = others[0] if others else None
    return Table(told["TableName"], table_id, partition, sort, tuple(indexes), told, _stream(told))


def _stream(told: Mapping[str, Any]) -> Stream | None:
    wanted = told.get("StreamSpecification")
    return None if wanted is None else Stream(told["Stream"]["Id"], wanted["StreamViewType"])


def _parts(schema: Iterable[Mapping[str, str]], types: Mapping[str, str]) -> tuple[KeyAttribute, ...]:
    return tuple(
        KeyAttribute(one["AttributeName"], cast("KeyType", types[one["AttributeName"]])) for one in schema)


def _index(shape: Mapping[str, Any], types: Mapping[str, str], table_keys: set[str], index_ids: Mapping[str, int], *,
           local: bool) -> Index:
    schema = shape["KeySchema"]
    partition = _parts((one for one in schema if one["KeyType"] == "HASH"), types)
    sort = _parts((one for one in schema if one["KeyType"] == "RANGE"), types)
    projection = shape["Projection"]["ProjectionType"]
    names = None
    if projection != "ALL":
        names = frozenset(table_keys | {part.name for part in partition + sort}
                          | set(shape["Projection"].get("NonKeyAttributes", ())))
    return Index(shape["IndexName"], index_ids[shape["IndexName"]], local, partition, sort, projection, names)
