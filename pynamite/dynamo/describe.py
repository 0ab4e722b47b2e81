"""What a table's description says, in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.errors import DefinitionError

__all__ = ["HELP", "index_partition", "summary"]

HELP = """\
A key is "PK.SK" (the first dot separates), ["PK", "SK"], ("PK", "SK") or {"PK": ..., "SK": ...}.

One item      db.get(key, "a, b.c")     db.put(key, {...})       db.create(key, {...})
              db.update(key, {"a.b[0]": 5, "views": Increment("views")})     db.delete(key)
Many items    db.get_partition("PK", startswith="SK")     db.query("PK")     db.scan()     with db.batch() as batch: ...
The table     db.info()     db.status     db.describe     db.table     db.records     db.PK     db.SK

dynamo has show_schema(db), show_partition(db), remove_meta(item), create_table(name), list_tables(), describe_all(),
and the operators of an update: Increment, Decrement, SetAdd, SetRemove, ListAppend, ListPrepend, ListRemove,
IfNotExists, Remove.
"""


def summary(description: Mapping[str, Any]) -> dict[str, Any]:
    """Give the main facts of a table's description."""
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    indexes = [
        *(description.get("LocalSecondaryIndexes") or ()),
        *(description.get("GlobalSecondaryIndexes") or ()),
    ]
    billing = description.get("BillingModeSummary") or {}
    return {
        "name": description["TableName"],
        "status": description["TableStatus"],
        "items": description.get("ItemCount", 0),
        "size": description.get("TableSizeBytes", 0),
        "key": {part["AttributeName"]: types[part["AttributeName"]] for part in description["KeySchema"]},
        "indexes": {index["IndexName"]: [part["AttributeName"] for part in index["KeySchema"]] for index in indexes},
        "billing": billing.get("BillingMode", "PROVISIONED"),
    }


def index_partition(description: Mapping[str, Any], name: str) -> str:
    """Give the partition key attribute of an index.

    Raises:
        DefinitionError: there is no such index, or its partition key has several attributes.
    """
    indexes = {
        index["IndexName"]: [part["AttributeName"] for part in index["KeySchema"] if part["KeyType"] == "HASH"]
        for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
        for index in description.get(kind) or ()
    }
    table_name = description["TableName"]
    if name not in indexes:
        listed = ", ".join(map(repr, indexes)) or "none"
        raise DefinitionError(f"table {table_name!r} has no index {name!r}; its indexes are: {listed}")
    if len(indexes[name]) > 1:
        raise DefinitionError(
            f"the partition key of index {name!r} has the attributes {', '.join(map(repr, indexes[name]))}: "
            "query it with KeyConditionExpression=")
    return str(indexes[name][0])
