"""UpdateTable: indexes made and taken away, billing, throughput, protection."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pynamite.local import rows
from pynamite.local.actions.tables import described, insert_index, save, table_of
from pynamite.local.definition import Table
from pynamite.local.failures import RefusedError, invalid, invalid_parameter
from pynamite.local.keys import check_table_name
from pynamite.local.storage import Session, Storage
from pynamite.local.streams.switch import switch
from pynamite.local.table_checks import (
    MOST_GLOBAL_INDEXES,
    NO_THROUGHPUT,
    check_global_index,
    check_throughput,
    types_of,
)
from pynamite.local.table_settings import SETTINGS, apply_settings, check_settings

__all__ = ["update_table"]

_GLOBAL = "GlobalSecondaryIndexes"
_KEPT = ("DeletionProtectionEnabled",)
_CHANGES = (
    "BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates", "StreamSpecification", *SETTINGS,
    *_KEPT)


def update_table(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Alter a table; what is altered is in force at once."""
    name = check_table_name(request["TableName"])
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    check_settings(request)
    if not any(request.get(change) not in (None, []) for change in _CHANGES):
        raise invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                      "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
    _check_updates(updates)
    with storage.writing() as session:
        table = table_of(session, name)
        description = copy.deepcopy(table.description)
        description.update({kept: request[kept] for kept in _KEPT if kept in request})
        switch(session, table.id, description, request.get("StreamSpecification"))
        apply_settings(description, request, update=True)
        _alter_throughput(description, request)
        for update in updates:
            _alter_index(session, table, description, update, request.get("AttributeDefinitions", ()))
        _drop_unused_definitions(description)
        save(session, table, description)
        altered = session.table(name)
        for update in updates:
            if "Create" in update:
                rows.enter(session, altered, altered.by_name[update["Create"]["IndexName"]])
        return {"TableDescription": described(session, altered)}


def _check_updates(updates: Sequence[Mapping[str, Any]]) -> None:
    for update in updates:
        if len(update) != 1:
            raise invalid_parameter(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null")
    if sum("Update" not in update for update in updates) > 1:
        raise RefusedError(
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")


def _alter_throughput(description: dict[str, Any], request: Mapping[str, Any]) -> None:
    mode = request.get("BillingMode", description["BillingMode"])
    throughput = request.get("ProvisionedThroughput")
    if mode != description["BillingMode"]:
        _switch(description, mode, throughput, request.get("GlobalSecondaryIndexUpdates", ()))
    elif throughput is not None:
        check_throughput(mode, throughput, [])
        if throughput == description["ProvisionedThroughput"]:
            raise invalid(
                "The provisioned throughput for the table will not change. The requested value equals the current "
                f"value. Current ReadCapacityUnits provisioned for the table: {throughput['ReadCapacityUnits']}. "
                f"Requested ReadCapacityUnits: {throughput['ReadCapacityUnits']}. Current WriteCapacityUnits "
                f"provisioned for the table: {throughput['WriteCapacityUnits']}. Requested WriteCapacityUnits: "
                f"{throughput['WriteCapacityUnits']}. Refer to the Amazon DynamoDB Developer Guide for current limits "
                "and how to request higher limits.")
        description["ProvisionedThroughput"] = throughput


def _switch(description: dict[str, Any], mode: str, throughput: Mapping[str, int] | None,
            updates: Sequence[Mapping[str, Any]]) -> None:
    """Pay in another way, for the indexes too: provisioned throughput has to be told for each of them."""
    indexes = [dict(index) for index in description.get(_GLOBAL, ())]
    provisioned = {
        update["Update"]["IndexName"]: update["Update"]["ProvisionedThroughput"]
        for update in updates if "ProvisionedThroughput" in update.get("Update", ())}
    deleted = {update["Delete"]["IndexName"] for update in updates if "Delete" in update}
    for index in indexes:
        index.pop("ProvisionedThroughput", None)
        if index["IndexName"] in provisioned:
            index["ProvisionedThroughput"] = provisioned[index["IndexName"]]
    check_throughput(mode, throughput, [index for index in indexes if index["IndexName"] not in deleted])
    description["BillingMode"] = mode
    description["ProvisionedThroughput"] = throughput or NO_THROUGHPUT
    if mode == "PAY_PER_REQUEST":
        description["OnDemandSince"] = time.time()
    if indexes:
        description[_GLOBAL] = [{"ProvisionedThroughput": NO_THROUGHPUT, **index} for index in indexes]


def _alter_index(session: Session, table: Table, description: dict[str, Any], update: Mapping[str, Any],
                 definitions: Sequence[Mapping[str, str]]) -> None:
    ((kind, told),) = update.items()
    name = told["IndexName"]
    indexes: list[dict[str, Any]] = description.get(_GLOBAL, [])
    if kind == "Create":
        _create_index(session, table, description, told, definitions)
        return
    if name not in {index["IndexName"] for index in indexes}:
        raise RefusedError("ResourceNotFoundException", "Requested resource not found")
    if kind == "Update":
        for index in indexes:
            if index["IndexName"] == name and "ProvisionedThroughput" in told:
                index["ProvisionedThroughput"] = told["ProvisionedThroughput"]
        return
    description[_GLOBAL] = [index for index in indexes if index["IndexName"] != name]
    if not description[_GLOBAL]:
        del description[_GLOBAL]
    rows.remove_index(session, table.by_name[name])


def _create_index(session: Session, table: Table, description: dict[str, Any], told: Mapping[str, Any],
                  definitions: Sequence[Mapping[str, str]]) -> None:
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    for name, kind in types_of(definitions).items():
        if types.setdefault(name, kind) != kind:
            raise invalid_parameter(f"Attribute {name} has another type in the table: {types[name]}")
    check_global_index(told, types)
    provisioned = description["BillingMode"] == "PROVISIONED"
    check_throughput(
        description["BillingMode"], description["ProvisionedThroughput"] if provisioned else None, [told])
    if told["IndexName"] in table.by_name:
        raise invalid(f"Index already exists: {told['IndexName']}")
    indexes = description.setdefault(_GLOBAL, [])
    indexes.append({"ProvisionedThroughput": NO_THROUGHPUT, **told})
    if len(indexes) > MOST_GLOBAL_INDEXES:
        raise RefusedError("LimitExceededException", "Subscriber limit exceeded: GlobalSecondaryIndex count exceeds "
                           f"the per-table limit of {MOST_GLOBAL_INDEXES}")
    description["AttributeDefinitions"] = [
        {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]
    insert_index(session, table.id, told["IndexName"])


def _drop_unused_definitions(description: dict[str, Any]) -> None:
    indexes = [*description.get("LocalSecondaryIndexes", ()), *description.get(_GLOBAL, ())]
    used = {
        one["AttributeName"]
        for schema in (description["KeySchema"], *(index["KeySchema"] for index in indexes)) for one in schema}
    description["AttributeDefinitions"] = [
        one for one in description["AttributeDefinitions"] if one["AttributeName"] in used]
