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
    check_index_throughput,
    check_throughput,
    check_units,
    types_of,
)
from pynamite.local.table_settings import SETTINGS, apply_settings, check_settings

__all__ = ["update_table"]

_GLOBAL = "GlobalSecondaryIndexes"
_KEPT = ("DeletionProtectionEnabled",)
_ALONE = {
    "SSESpecification": "Server-Side Encryption modification must be the only operation",
    "TableClass": "TableClass modification must be the only operation",
    "DeletionProtectionEnabled": "DeletionProtection modification must be the only operation",
    "WarmThroughput": "WarmThroughput must be the only operation",
}
_CHANGES = (
    "BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates", "StreamSpecification", *SETTINGS,
    *_KEPT)


def update_table(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Alter a table; what is altered is in force at once."""
    name = check_table_name(request["TableName"])
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    check_settings(request)
    _check_changes([change for change in _CHANGES if request.get(change) not in (None, [])])
    if request.get("BillingMode") == "PROVISIONED" and "ProvisionedThroughput" not in request:
        raise invalid_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    if "ProvisionedThroughput" in request:
        check_units(request["ProvisionedThroughput"])
    _check_updates(updates)
    _check_company(request, updates)
    with storage.writing() as session:
        table = table_of(session, name)
        description = copy.deepcopy(table.description)
        description.update({kept: request[kept] for kept in _KEPT if kept in request})
        switch(session, table.id, description, request.get("StreamSpecification"))
        apply_settings(description, request, update=True)
        _alter_throughput(description, request)
        switched = description["BillingMode"] != table.description["BillingMode"]
        for update in updates:
            if not (switched and "Update" in update):  # then it has been told with the way of paying
                _alter_index(session, table, description, update, request.get("AttributeDefinitions", ()))
        _drop_unused_definitions(description)
        save(session, table, description)
        altered = session.table(name)
        for update in updates:
            if "Create" in update:
                rows.enter(session, altered, altered.by_name[update["Create"]["IndexName"]])
        return {"TableDescription": described(session, altered)}


def _check_changes(changes: Sequence[str]) -> None:
    if not changes:
        raise invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
            "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
            "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
            "required")
    for change, told in _ALONE.items():
        if change in changes and len(changes) > 1:
            raise invalid_parameter(f"{told} in the request")
    if "OnDemandThroughput" in changes and not set(changes) <= {"OnDemandThroughput", "BillingMode"}:
        raise invalid_parameter("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")


def _check_company(request: Mapping[str, Any], updates: Sequence[Mapping[str, Any]]) -> None:
    """Refuse changes that the service does not make together."""
    throughput = "ProvisionedThroughput" in request and "BillingMode" not in request
    streamed = "StreamSpecification" in request
    indexed = any("Update" not in update for update in updates)
    if throughput and streamed:
        raise invalid_parameter("You cannot modify stream status while updating table IOPS")
    if throughput and indexed:
        raise invalid_parameter("You cannot create or delete index while updating table IOPS")
    if streamed and indexed:
        raise invalid_parameter("You cannot create or delete index while changing stream status")


def _check_updates(updates: Sequence[Mapping[str, Any]]) -> None:
    names: set[str] = set()
    for update in updates:
        if not update:
            raise invalid_parameter(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null")
        if len(update) > 1:
            raise invalid_parameter(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")
        ((_, told),) = update.items()
        if told["IndexName"] in names:
            raise invalid_parameter("Only one global secondary index update per index is allowed simultaneously. "
                                    f"Index: {told['IndexName']}")
        names.add(told["IndexName"])
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
        check_throughput(mode, throughput)
        _see_change("table", "table", description["ProvisionedThroughput"], throughput)
        description["ProvisionedThroughput"] = throughput


def _see_change(what: str, kind: str, current: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    if current == wanted:
        units = " ".join(
            f"Current {name} provisioned for the {kind}: {wanted[name]}. Requested {name}: {wanted[name]}."
            for name in ("ReadCapacityUnits", "WriteCapacityUnits"))
        raise invalid(
            f"The provisioned throughput for the {what} will not change. The requested value equals the current "
            f"value. {units} Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
            "limits.")


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
    check_throughput(mode, throughput)
    for index in indexes:
        if index["IndexName"] not in deleted:
            check_index_throughput(mode, index, missed="must be specified")
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
        if name in table.by_name:
            raise invalid(f"Cannot {kind.lower()} an index that is not a GlobalSecondaryIndex: {name}")
        raise RefusedError(
            "ResourceNotFoundException", f"Requested resource not found: Index {name} for table {table.name}")
    if kind == "Update":
        _alter_index_throughput(
            description["BillingMode"], next(index for index in indexes if index["IndexName"] == name), told)
        return
    description[_GLOBAL] = [index for index in indexes if index["IndexName"] != name]
    if not description[_GLOBAL]:
        del description[_GLOBAL]
    rows.remove_index(session, table.by_name[name])


def _alter_index_throughput(mode: str, index: dict[str, Any], told: Mapping[str, Any]) -> None:
    name, wanted = told["IndexName"], told.get("ProvisionedThroughput")
    if mode == "PAY_PER_REQUEST":
        if wanted is not None:
            raise invalid_parameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: "
                                    f"{name} when BillingMode is PAY_PER_REQUEST")
        if not told.keys() & {"OnDemandThroughput", "WarmThroughput"}:
            raise invalid_parameter(f"The only Updates for index: {name} when TableThroughputMode is PAY_PER_REQUEST "
                                    "can be to OnDemandThroughput, WarmThroughput")
    elif wanted is None:
        if "WarmThroughput" not in told:
            raise invalid_parameter(
                f"Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {name}")
    else:
        _see_change(f"index {name}", "index", index["ProvisionedThroughput"], wanted)
        index["ProvisionedThroughput"] = wanted


def _create_index(session: Session, table: Table, description: dict[str, Any], told: Mapping[str, Any],
                  definitions: Sequence[Mapping[str, str]]) -> None:
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    for name, kind in types_of(definitions).items():
        if types.setdefault(name, kind) != kind:
            raise invalid_parameter(f"Attribute {name} has another type in the table: {types[name]}")
    if any(one["AttributeName"] not in types for one in told["KeySchema"]):
        raise invalid_parameter(f"AttributeDefinitions is not specified for index: {told['IndexName']}")
    check_global_index(told, types)
    check_index_throughput(description["BillingMode"], told, missed="must be specified")
    if told["IndexName"] in table.by_name:
        raise invalid("Attempting to create an index which already exists")
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
