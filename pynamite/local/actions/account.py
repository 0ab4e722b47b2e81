"""What clients ask besides tables and items: limits, endpoints, backups, insights."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamite.local.actions.tables import save, table_of
from pynamite.local.definition import Table
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.keys import check_table_name
from pynamite.local.storage import Session, Storage

__all__ = [
    "describe_continuous_backups",
    "describe_contributor_insights",
    "describe_endpoints",
    "describe_limits",
    "update_continuous_backups",
]

_LIMITS = {
    "AccountMaxReadCapacityUnits": 80_000, "AccountMaxWriteCapacityUnits": 80_000,
    "TableMaxReadCapacityUnits": 40_000, "TableMaxWriteCapacityUnits": 40_000}
"""The service's own for a new account; the engine holds nobody to them."""
_RECOVERY = "PointInTimeRecovery"
_DAYS = 35


def describe_limits(_storage: Storage, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the limits of provisioned throughput."""
    return dict(_LIMITS)


def describe_endpoints(_storage: Storage, _request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell where the service is."""
    return {"Endpoints": [{"Address": "dynamodb.local.amazonaws.com", "CachePeriodInMinutes": 1440}]}


def describe_continuous_backups(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell whether a table is backed up continuously."""
    name = check_table_name(request["TableName"])
    with storage.reading() as session:
        return _described(_table_of(session, name))


def update_continuous_backups(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Note that a table is to be backed up continuously, or no longer; the file itself is all the backup there is."""
    name = check_table_name(request["TableName"])
    wanted = request["PointInTimeRecoverySpecification"]
    days = wanted.get("RecoveryPeriodInDays", _DAYS)
    if not 1 <= days <= _DAYS:
        raise invalid(f"RecoveryPeriodInDays is a number from 1 to {_DAYS}: {days}")
    with storage.writing() as session:
        table = _table_of(session, name)
        description = {key: value for key, value in table.description.items() if key != _RECOVERY}
        if wanted["PointInTimeRecoveryEnabled"]:
            since = table.description.get(_RECOVERY, {}).get("Since", time.time())
            description[_RECOVERY] = {"Since": since, "Days": days}
        save(session, table, description)
        return _described(session.table(name))


def _table_of(session: Session, name: str) -> Table:
    found = session.tables().get(name)
    if found is None:
        raise RefusedError("TableNotFoundException", f"Table not found: {name}")
    return found


def _described(table: Table) -> dict[str, Any]:
    recovery = table.description.get(_RECOVERY)
    told: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if recovery is not None:
        now = time.time()
        told = {
            "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": recovery["Days"],
            "EarliestRestorableDateTime": datetime.fromtimestamp(
                max(recovery["Since"], now - recovery["Days"] * 24 * 3600), UTC),
            "LatestRestorableDateTime": datetime.fromtimestamp(now, UTC)}
    return {"ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": told}}


def describe_contributor_insights(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell that nobody watches who asks for what."""
    name = check_table_name(request["TableName"])
    index = request.get("IndexName")
    with storage.reading() as session:
        table = table_of(session, name)
    if index is not None and index not in table.by_name:
        raise RefusedError("ResourceNotFoundException", f"Requested resource not found: Index: {index} not found")
    told = {"TableName": name, "ContributorInsightsStatus": "DISABLED"}
    return told if index is None else {**told, "IndexName": index}
