"""CreateTable, DescribeTable, ListTables and DeleteTable."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamite.local import rows
from pynamite.local.definition import TABLE_ARN, Table
from pynamite.local.failures import RefusedError, invalid, invalid_parameter, no_table
from pynamite.local.keys import check_table_name
from pynamite.local.storage import Session, Storage
from pynamite.local.streams import switch
from pynamite.local.table_checks import (
    MOST_GLOBAL_INDEXES,
    MOST_LOCAL_INDEXES,
    NO_THROUGHPUT,
    check_definitions,
    check_global_index,
    check_index_throughput,
    check_local_index,
    check_throughput,
    check_unused,
    types_of,
)
from pynamite.local.table_settings import apply_settings, check_settings, check_tags, described_settings

__all__ = [
    "create_table",
    "delete_table",
    "describe_table",
    "described",
    "insert_index",
    "list_tables",
    "save",
    "table_of",
]

_ON_DEMAND = "PAY_PER_REQUEST"
_MOST_NAMES = 100
_KEPT = ("DeletionProtectionEnabled",)
_LOCAL, _GLOBAL = "LocalSecondaryIndexes", "GlobalSecondaryIndexes"


def create_table(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Make a table, which is ACTIVE at once."""
    description = _checked_description(request)
    streamed = switch.check_specification(request.get("StreamSpecification"), new=True)
    name = description["TableName"]
    with storage.writing() as session:
        if name in session.tables():
            raise RefusedError("ResourceInUseException", f"Table already exists: {name}")
        cursor = session.connection.execute(
            "INSERT INTO definition (name, description) VALUES (?, ?)", (name, json.dumps(description)))
        assert cursor.lastrowid is not None
        for parameter in (_LOCAL, _GLOBAL):
            for index in description.get(parameter, ()):
                insert_index(session, cursor.lastrowid, index["IndexName"])
        if streamed:
            switch.start(session, cursor.lastrowid, description, request["StreamSpecification"])
            store(session, cursor.lastrowid, description)
        session.changed()
        return {"TableDescription": described(session, session.table(name))}


def _checked_description(request: Mapping[str, Any]) -> dict[str, Any]:
    name = check_table_name(request["TableName"])
    check_settings(request)
    billing_mode = request.get("BillingMode", "PROVISIONED")
    throughput = request.get("ProvisionedThroughput")
    check_throughput(billing_mode, throughput)
    schema, definitions = request["KeySchema"], request["AttributeDefinitions"]
    types = types_of(definitions)
    check_definitions(schema, types)
    if _LOCAL not in request and _GLOBAL not in request:
        check_unused(types, [schema])
    local, glob = _checked_indexes(request, types, billing_mode)
    check_unused(types, [schema, *(index["KeySchema"] for index in (*local, *glob))])
    description: dict[str, Any] = {
        "TableName": name, "KeySchema": list(schema), "AttributeDefinitions": list(definitions),
        "BillingMode": billing_mode, "CreationDateTime": time.time(), "TableId": str(uuid.uuid4()),
        "ProvisionedThroughput": throughput or NO_THROUGHPUT}
    if local:
        description[_LOCAL] = [dict(index) for index in local]
    if glob:
        description[_GLOBAL] = [{"ProvisionedThroughput": NO_THROUGHPUT, **index} for index in glob]
    description.update({name: request[name] for name in _KEPT if name in request})
    if "Tags" in request:
        description["Tags"] = [{"Key": key, "Value": value} for key, value in check_tags(request["Tags"]).items()]
    apply_settings(description, request, update=False)
    if billing_mode == _ON_DEMAND:
        description["OnDemandSince"] = description["CreationDateTime"]
    return description


def _checked_indexes(request: Mapping[str, Any], types: Mapping[str, str],
                     billing_mode: str) -> tuple[list[Any], list[Any]]:
    names: set[str] = set()
    local = _given_indexes(request, _LOCAL)
    for index in local:
        check_local_index(index, request["KeySchema"], types)
        _check_new(index["IndexName"], names)
    if len(local) > MOST_LOCAL_INDEXES:
        raise invalid_parameter(f"Number of LocalSecondaryIndexes exceeds per-table limit of {MOST_LOCAL_INDEXES}")
    glob = _given_indexes(request, _GLOBAL)
    for index in glob:
        check_global_index(index, types)
        check_index_throughput(billing_mode, index)
        _check_new(index["IndexName"], names)
    if len(glob) > MOST_GLOBAL_INDEXES:
        raise invalid_parameter(
            f"GlobalSecondaryIndex count exceeds the per-table limit of {MOST_GLOBAL_INDEXES}")
    return local, glob


def _given_indexes(request: Mapping[str, Any], parameter: str) -> list[Any]:
    if parameter in request and not request[parameter]:
        raise invalid_parameter(f"List of {parameter} is empty")
    return list(request.get(parameter, ()))


def _check_new(name: str, names: set[str]) -> None:
    if name in names:
        raise invalid_parameter(f"Duplicate index name: {name}")
    names.add(name)


def insert_index(session: Session, table_id: int, name: str) -> None:
    """Give an index its number."""
    session.connection.execute("INSERT INTO definition_index (t, name) VALUES (?, ?)", (table_id, name))


def save(session: Session, table: Table, description: Mapping[str, Any]) -> None:
    """Store a table's altered description."""
    store(session, table.id, description)
    session.changed()


def store(session: Session, table_id: int, description: Mapping[str, Any]) -> None:
    """Write a table's description over the one that is there."""
    session.connection.execute(
        "UPDATE definition SET description = ? WHERE id = ?", (json.dumps(description), table_id))


def table_of(session: Session, name: str) -> Table:
    """Give a table for an action on the table itself, whose error names it."""
    found = session.tables().get(name)
    if found is None:
        raise no_table(name)
    return found


def describe_table(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what a table is."""
    name = check_table_name(request["TableName"])
    with storage.reading() as session:
        return {"Table": described(session, table_of(session, name))}


def list_tables(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Give one page of the tables' names, sorted."""
    limit = request.get("Limit", _MOST_NAMES)
    if limit > _MOST_NAMES:
        raise invalid(f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
                      f"Member must have value less than or equal to {_MOST_NAMES}")
    start = request.get("ExclusiveStartTableName", "")
    with storage.reading() as session:
        names = sorted(name for name in session.tables() if name > start)
    answer: dict[str, Any] = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return answer


def delete_table(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take a table away with all its items."""
    name = check_table_name(request["TableName"])
    with storage.writing() as session:
        table = table_of(session, name)
        if table.description.get("DeletionProtectionEnabled"):
            raise invalid("Resource cannot be deleted as it is currently protected against deletion. "
                          "Disable deletion protection first.")
        told = {**described(session, table), "TableStatus": "DELETING"}
        switch.end(session, table.id)
        rows.remove_table(session, table)
        session.connection.execute("DELETE FROM definition_index WHERE t = ?", (table.id,))
        session.connection.execute("DELETE FROM definition WHERE id = ?", (table.id,))
        session.changed()
        return {"TableDescription": told}


def described(session: Session, table: Table) -> dict[str, Any]:
    """Give a table as DescribeTable tells it."""
    stored = table.description
    count, size = session.connection.execute(
        "SELECT count(*), ifnull(sum(size), 0) FROM item WHERE t = ?", (table.id,)).fetchone()
    made = datetime.fromtimestamp(stored["CreationDateTime"], UTC)
    told: dict[str, Any] = {
        "TableName": table.name, "TableStatus": "ACTIVE", "KeySchema": stored["KeySchema"],
        "AttributeDefinitions": stored["AttributeDefinitions"], "CreationDateTime": made,
        "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, **stored["ProvisionedThroughput"]},
        "ItemCount": count, "TableSizeBytes": size, "TableArn": TABLE_ARN + table.name, "TableId": stored["TableId"],
        "DeletionProtectionEnabled": stored.get("DeletionProtectionEnabled", False)}
    since = stored.get("OnDemandSince", stored["CreationDateTime"] if stored["BillingMode"] == _ON_DEMAND else None)
    if since is not None:  # once it was, the table tells it for ever
        told["BillingModeSummary"] = {
            "BillingMode": stored["BillingMode"],
            "LastUpdateToPayPerRequestDateTime": datetime.fromtimestamp(since, UTC)}
    told.update(described_settings(stored))
    if "StreamSpecification" in stored:
        told["StreamSpecification"] = stored["StreamSpecification"]
    if "Stream" in stored:
        label = stored["Stream"]["Label"]
        told.update(LatestStreamLabel=label, LatestStreamArn=f"{TABLE_ARN}{table.name}/stream/{label}")
    for parameter in (_LOCAL, _GLOBAL):
        if parameter in stored:
            told[parameter] = [_described_index(session, table, index) for index in stored[parameter]]
    return told


def _described_index(session: Session, table: Table, stored: Mapping[str, Any]) -> dict[str, Any]:
    index = table.by_name[stored["IndexName"]]
    count, size = session.connection.execute(
        "SELECT count(*), ifnull(sum(size), 0) FROM entry JOIN item ON item.id = entry.item WHERE x = ?",
        (index.id,)).fetchone()
    told = {**stored, "IndexArn": f"{TABLE_ARN}{table.name}/index/{index.name}", "ItemCount": count,
            "IndexSizeBytes": size}
    if not index.local:
        told["IndexStatus"] = "ACTIVE"
        told["ProvisionedThroughput"] = {"NumberOfDecreasesToday": 0, **stored["ProvisionedThroughput"]}
    return told
