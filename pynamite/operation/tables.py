"""CreateTable, DescribeTable, DeleteTable, ListTables and UpdateTable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from pynamite.errors import DefinitionError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema
from pynamite.operation.operation import Operation

__all__ = [
    "TableNames",
    "create_table",
    "delete_table",
    "describe_table",
    "index_parameters",
    "key_parameters",
    "list_tables",
    "update_table",
]

ON_DEMAND = "PAY_PER_REQUEST"


def create_table(table_name: str, schema: KeySchema, *, indexes: Sequence[IndexSchema] = (),
                 billing_mode: str = ON_DEMAND, **options: Any) -> Operation[dict[str, Any]]:
    """Make a CreateTable; its result is the table's description.

    ``options`` are further parameters of the API (``StreamSpecification=...``, ``Tags=...``); None leaves one out.

    Raises:
        DefinitionError: two keys give the same attribute different types.
    """
    request: dict[str, Any] = {
        "TableName": table_name,
        "KeySchema": key_parameters((schema.partition,), () if schema.sort is None else (schema.sort,)),
        "AttributeDefinitions": _definitions(table_name, schema, indexes),
        "BillingMode": billing_mode,
    }
    on_demand = billing_mode == ON_DEMAND
    throughput = None if on_demand else options.get("ProvisionedThroughput")
    for parameter, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
        shapes = [index_parameters(index) for index in indexes if index.local is local]
        if throughput is not None and not local:
            shapes = [{**shape, "ProvisionedThroughput": throughput} for shape in shapes]
        if shapes:
            request[parameter] = shapes
    request.update({name: value for name, value in options.items() if value is not None})
    return Operation("CreateTable", "create_table", request, _read_description)


def key_parameters(partition: Iterable[KeyAttribute], sort: Iterable[KeyAttribute]) -> list[dict[str, str]]:
    """Give a ``KeySchema`` parameter."""
    return [{"AttributeName": part.name, "KeyType": "HASH"} for part in partition] + [
        {"AttributeName": part.name, "KeyType": "RANGE"} for part in sort]


def index_parameters(index: IndexSchema) -> dict[str, Any]:
    """Give an index's entry in ``GlobalSecondaryIndexes`` or ``LocalSecondaryIndexes``."""
    projection: dict[str, Any] = (
        {"ProjectionType": index.projection} if isinstance(index.projection, str)
        else {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projection)})
    return {"IndexName": index.name, "KeySchema": key_parameters(index.partition, index.sort), "Projection": projection}


def _definitions(table_name: str, schema: KeySchema, indexes: Sequence[IndexSchema]) -> list[dict[str, str]]:
    parts = [schema.partition, *([schema.sort] if schema.sort else [])]
    for index in indexes:
        parts += [*index.partition, *index.sort]
    types: dict[str, str] = {}
    problems = [
        f"table {table_name!r} has the key attribute {part.name!r} as {types[part.name]} and as {part.type}: "
        "an attribute has one type in all keys"
        for part in parts if types.setdefault(part.name, part.type) != part.type]
    if problems:
        raise DefinitionError(problems)
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


def describe_table(table_name: str) -> Operation[dict[str, Any]]:
    """Make a DescribeTable; its result is the table's description, as under ``Table`` in the API."""
    return Operation("DescribeTable", "describe_table", {"TableName": table_name}, _read_description)


def delete_table(table_name: str) -> Operation[dict[str, Any]]:
    """Make a DeleteTable; its result is the table's last description."""
    return Operation("DeleteTable", "delete_table", {"TableName": table_name}, _read_description)


def update_table(table_name: str, **changes: Any) -> Operation[dict[str, Any]]:
    """Make an UpdateTable with the API's parameters; its result is the table's description."""
    return Operation("UpdateTable", "update_table", {"TableName": table_name, **changes}, _read_description)


def _read_description(answer: dict[str, Any]) -> dict[str, Any]:
    description: dict[str, Any] = answer.get("TableDescription") or answer.get("Table") or {}
    return description


@attrs.frozen
class TableNames:
    """One page of ListTables; ``last`` is where the next page starts, None after the last."""

    names: list[str]
    last: str | None = None


def list_tables(*, start: str | None = None, limit: int | None = None) -> Operation[TableNames]:
    """Make a ListTables of one page (up to 100 names)."""
    request = {"ExclusiveStartTableName": start, "Limit": limit}
    told = {name: value for name, value in request.items() if value is not None}
    return Operation("ListTables", "list_tables", told, _read_names)


def _read_names(answer: dict[str, Any]) -> TableNames:
    return TableNames(list(answer.get("TableNames", ())), answer.get("LastEvaluatedTableName"))
