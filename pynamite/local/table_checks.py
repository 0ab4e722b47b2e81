"""What CreateTable and UpdateTable refuse: names, key schemas, indexes, throughput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamite.local.failures import invalid, invalid_parameter

__all__ = [
    "MOST_GLOBAL_INDEXES",
    "MOST_LOCAL_INDEXES",
    "NO_THROUGHPUT",
    "check_definitions",
    "check_global_index",
    "check_index_throughput",
    "check_local_index",
    "check_throughput",
    "check_units",
    "check_unused",
    "types_of",
]

_MOST_UNITS = 1_000_000_000_000
MOST_LOCAL_INDEXES = 5
MOST_GLOBAL_INDEXES = 20
_MOST_PARTS = 4
"""Of each kind, in a global index: Developer Guide, "Multi-attribute keys pattern"."""

NO_THROUGHPUT = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}

KeySchema = Sequence[Mapping[str, str]]


def types_of(definitions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Check AttributeDefinitions and give the types by name."""
    types: dict[str, str] = {}
    for one in definitions:
        if one["AttributeName"] in types:
            raise invalid(f"Attribute Name is duplicated: {one['AttributeName']}")
        types[one["AttributeName"]] = one["AttributeType"]
    return types


def check_definitions(schema: KeySchema, types: Mapping[str, str]) -> None:
    """Check the key schema of a table."""
    if len(schema) > len(types):
        raise invalid("Invalid KeySchema: Some index key attribute have no definition")
    _check_schema(schema, types)
    _check_second(schema)


def _check_second(schema: KeySchema) -> None:
    if len(schema) == 2 and schema[1]["KeyType"] != "RANGE":
        raise invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")


def _check_schema(schema: KeySchema, types: Mapping[str, str]) -> None:
    names = _names(schema)
    if any(name not in types for name in names):
        raise invalid_parameter(
            f"Some index key attributes are not defined in AttributeDefinitions. Keys: [{', '.join(names)}], "
            f"AttributeDefinitions: [{', '.join(types)}]")
    if len(set(names)) < len(names):
        raise invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name"
                      if len(names) == 2 else "The KeySchema contains multiple key attributes with the same name")
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
    name, own = index["IndexName"], index["KeySchema"]
    if len(schema) != 2:
        raise invalid_parameter("Table KeySchema does not have a range key, which is required when specifying a "
                                "LocalSecondaryIndex")
    _check_schema(own, types)
    _check_second(own)
    if len(own) != 2:
        raise invalid_parameter(f"Index KeySchema does not have a range key for index: {name}")
    if own[0]["AttributeName"] != schema[0]["AttributeName"]:
        raise invalid_parameter(
            f"Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. "
            f"index hash key: {own[0]['AttributeName']}, table hash key: {schema[0]['AttributeName']}")
    _check_projection(index)


def check_global_index(index: Mapping[str, Any], types: Mapping[str, str]) -> None:
    """Check a global index."""
    own = index["KeySchema"]
    _check_schema(own, types)
    kinds = [one["KeyType"] for one in own]
    if kinds != sorted(kinds):
        raise invalid_parameter("All HASH key attributes must precede RANGE key attributes in the KeySchema")
    for kind in ("HASH", "RANGE"):
        if kinds.count(kind) > _MOST_PARTS:
            raise invalid_parameter(f"The KeySchema exceeds the maximum allowed number of {kind} key attributes")
    _check_projection(index)


def _names(schema: KeySchema) -> list[str]:
    return [one["AttributeName"] for one in schema]


def _check_projection(index: Mapping[str, Any]) -> None:
    projection = index["Projection"]
    kind = projection.get("ProjectionType")
    if kind is None:
        raise invalid_parameter("Unknown ProjectionType: null")
    if kind != "INCLUDE" and "NonKeyAttributes" in projection:
        raise invalid_parameter(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and "NonKeyAttributes" not in projection:
        raise invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    names = projection.get("NonKeyAttributes", ())
    if again := next((name for place, name in enumerate(names) if name in names[:place]), None):
        raise invalid_parameter(f"Duplicate element in NonKeyAttributes: {again}")


def check_throughput(billing_mode: str, throughput: Mapping[str, int] | None) -> None:
    """Check that there is throughput where it is paid for, and none where it is not."""
    if billing_mode == "PAY_PER_REQUEST":
        if throughput is not None:
            raise invalid_parameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                    "BillingMode is PAY_PER_REQUEST")
        return
    if throughput is None:
        raise invalid_parameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
                                "PROVISIONED")
    check_units(throughput)


def check_units(throughput: Mapping[str, int]) -> None:
    """Check that throughput is not beyond all bounds."""
    for name in ("ReadCapacityUnits", "WriteCapacityUnits"):
        if throughput[name] > _MOST_UNITS:
            raise invalid(f"Given value {throughput[name]} for {name} is out of bounds")


def check_index_throughput(billing_mode: str, index: Mapping[str, Any], *, missed: str = "is not specified") -> None:
    """Check the same of a global index."""
    name, given = index["IndexName"], "ProvisionedThroughput" in index
    if given and billing_mode == "PAY_PER_REQUEST":
        raise invalid_parameter(f"ProvisionedThroughput should not be specified for index: {name} when BillingMode is "
                                "PAY_PER_REQUEST")
    if not given and billing_mode == "PROVISIONED":
        raise invalid_parameter(f"ProvisionedThroughput {missed} for index: {name}")
