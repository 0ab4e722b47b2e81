"""What CreateTable and UpdateTable refuse: names, key schemas, indexes, throughput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamite.local.failures import RefusedError, invalid, invalid_parameter, not_in_set
from pynamite.local.keys import check_table_name

__all__ = [
    "MOST_GLOBAL_INDEXES",
    "MOST_LOCAL_INDEXES",
    "NO_THROUGHPUT",
    "check_definitions",
    "check_global_index",
    "check_local_index",
    "check_throughput",
    "check_unused",
    "types_of",
]

_TYPES = ("B", "N", "S")
_PROJECTIONS = ("ALL", "INCLUDE", "KEYS_ONLY")
_BILLING_MODES = ("PROVISIONED", "PAY_PER_REQUEST")
MOST_LOCAL_INDEXES = 5
MOST_GLOBAL_INDEXES = 20
_MOST_PARTS = 4
"""Of each kind, in a global index: Developer Guide, "Multi-attribute keys pattern"."""

NO_THROUGHPUT = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}

KeySchema = Sequence[Mapping[str, str]]


def types_of(definitions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Check AttributeDefinitions and give the types by name."""
    types: dict[str, str] = {}
    for place, one in enumerate(definitions, 1):
        if one["AttributeType"] not in _TYPES:
            raise not_in_set(f"attributeDefinitions.{place}.member.attributeType", one["AttributeType"], _TYPES)
        if one["AttributeName"] in types:
            raise invalid_parameter(f"Duplicate AttributeName in AttributeDefinitions: {one['AttributeName']}")
        types[one["AttributeName"]] = one["AttributeType"]
    return types


def check_definitions(schema: KeySchema, types: Mapping[str, str]) -> None:
    """Check the key schema of a table."""
    if len(schema) > 2:
        raise invalid("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: "
                      "Member must have length less than or equal to 2")
    _check_schema(schema, types)
    if len(schema) == 2 and schema[1]["KeyType"] != "RANGE":
        raise invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")


def _check_schema(schema: KeySchema, types: Mapping[str, str]) -> None:
    names = _names(schema)
    for place, one in enumerate(schema, 1):
        if one["KeyType"] not in {"HASH", "RANGE"}:
            raise not_in_set(f"keySchema.{place}.member.keyType", one["KeyType"], ("HASH", "RANGE"))
    if any(name not in types for name in names):
        raise invalid_parameter(
            f"Some index key attributes are not defined in AttributeDefinitions. Keys: [{', '.join(names)}], "
            f"AttributeDefinitions: [{', '.join(types)}]")
    if len(set(names)) < len(names):
        raise invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    if schema[0]["KeyType"] != "HASH":
        raise invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")


def check_unused(types: Mapping[str, str], schemas: Sequence[KeySchema]) -> None:
    """Refuse attribute definitions that no key needs."""
    used = {name for schema in schemas for name in _names(schema)}
    if used == types.keys():
        return
    if len(schemas) == 1:
        raise invalid_parameter("Number of attributes in KeySchema does not exactly match number of attributes "
                                "defined in AttributeDefinitions")
    raise invalid_parameter(
        "Some AttributeDefinitions are not used. AttributeDefinitions: "
        f"[{', '.join(types)}], keys used: [{', '.join(sorted(used))}]")


def check_local_index(index: Mapping[str, Any], schema: KeySchema, types: Mapping[str, str]) -> None:
    """Check a local index of a table with this key schema."""
    _check_name(index)
    name, own = index["IndexName"], index["KeySchema"]
    if len(schema) != 2:
        raise invalid_parameter("Table KeySchema does not have a range key, which is required when specifying a "
                                "LocalSecondaryIndex")
    _check_schema(own, types)
    if len(own) != 2 or own[1]["KeyType"] != "RANGE":
        raise invalid_parameter(f"Index KeySchema does not have a range key for index: {name}")
    if own[0]["AttributeName"] != schema[0]["AttributeName"]:
        raise invalid_parameter(
            f"Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. "
            f"index hash key: {own[0]['AttributeName']}, table hash key: {schema[0]['AttributeName']}")
    _check_projection(index)


def check_global_index(index: Mapping[str, Any], types: Mapping[str, str]) -> None:
    """Check a global index."""
    _check_name(index)
    own = index["KeySchema"]
    _check_schema(own, types)
    kinds = [one["KeyType"] for one in own]
    if kinds != sorted(kinds):
        raise invalid("Invalid KeySchema: The HASH key types stand before the RANGE key types")
    for kind, what in (("HASH", "partition"), ("RANGE", "sort")):
        if kinds.count(kind) > _MOST_PARTS:
            raise invalid(f"Too many {what} keys. GSI can have at most {_MOST_PARTS} {what} keys")
    _check_projection(index)


def _names(schema: KeySchema) -> list[str]:
    return [one["AttributeName"] for one in schema]


def _check_name(index: Mapping[str, Any]) -> None:
    check_table_name(index["IndexName"], "IndexName")


def _check_projection(index: Mapping[str, Any]) -> None:
    projection = index["Projection"]
    kind = projection.get("ProjectionType")
    if kind is None:
        raise invalid_parameter("Unknown ProjectionType: null")
    if kind not in _PROJECTIONS:
        raise not_in_set("Projection.ProjectionType", kind, _PROJECTIONS)
    if kind != "INCLUDE" and "NonKeyAttributes" in projection:
        raise invalid_parameter(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and "NonKeyAttributes" not in projection:
        raise invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")


def check_throughput(billing_mode: str, throughput: Mapping[str, int] | None,
                     indexes: Sequence[Mapping[str, Any]]) -> None:
    """Check that there is throughput where it is paid for, and none where it is not."""
    if billing_mode not in _BILLING_MODES:
        raise not_in_set("BillingMode", billing_mode, _BILLING_MODES)
    if billing_mode == "PAY_PER_REQUEST":
        if throughput is not None:
            raise invalid_parameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                    "BillingMode is PAY_PER_REQUEST")
        if index := next((one["IndexName"] for one in indexes if "ProvisionedThroughput" in one), None):
            raise invalid_parameter("ProvisionedThroughput should not be specified for index: "
                                    f"{index} when BillingMode is PAY_PER_REQUEST")
        return
    if throughput is None:
        raise _without_throughput("")
    if index := next((one["IndexName"] for one in indexes if "ProvisionedThroughput" not in one), None):
        raise _without_throughput(f" for index: {index}")


def _without_throughput(where: str) -> RefusedError:
    if where:
        return invalid_parameter(f"ProvisionedThroughput must be specified{where}")
    return invalid_parameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                             "PROVISIONED")
