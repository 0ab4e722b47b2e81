"""Streams switched on and off, with a table's description."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamite.local.failures import invalid, invalid_parameter
from pynamite.local.storage import Session
from pynamite.local.streams.records import last_sequence

__all__ = ["check_specification", "end", "start", "switch"]

_MISMATCHES = {
    True: ("Table is being created with a stream enabled, UpdateViewType is required",
           "Table is being created with a stream disabled, UpdateViewType should not be specified"),
    False: ("If stream is being enabled then UpdateViewType is required",
            "If stream is being disabled, then UpdateViewType must not be specified"),
}
"""What is said of a view that is missing, and of one too many: of a new table, and of one that is there."""


def check_specification(told: Mapping[str, Any] | None, *, new: bool) -> bool | None:
    """Tell whether a StreamSpecification switches a stream on or off; None where there is none."""
    if told is None:
        return None
    view = told.get("StreamViewType")
    missing, too_many = _MISMATCHES[new]
    if told["StreamEnabled"] and view is None:
        raise invalid_parameter(missing)
    if not told["StreamEnabled"] and view is not None:
        raise invalid_parameter(too_many)
    return bool(told["StreamEnabled"])


def start(session: Session, table_id: int, description: dict[str, Any], told: Mapping[str, Any]) -> None:
    """Begin a stream of a table, and note it in the table's description."""
    now = time.time()
    label = _label(now)
    while session.connection.execute(
            "SELECT 1 FROM stream WHERE name = ? AND label = ?", (description["TableName"], label)).fetchone():
        now += 0.001
        label = _label(now)
    cursor = session.connection.execute(
        "INSERT INTO stream (t, name, label, view, key_schema, created, first) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (table_id, description["TableName"], label, told["StreamViewType"], json.dumps(description["KeySchema"]), now,
         last_sequence(session) + 1))
    description["StreamSpecification"] = dict(told)
    description["Stream"] = {"Id": cursor.lastrowid, "Label": label}


def _label(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def end(session: Session, table_id: int) -> None:
    """End a table's stream; what is in it can be read for as long as ever."""
    session.connection.execute(
        "UPDATE stream SET ended = ?, last = ? WHERE t = ? AND ended IS NULL",
        (time.time(), last_sequence(session), table_id))


def switch(session: Session, table_id: int, description: dict[str, Any], told: Mapping[str, Any] | None) -> None:
    """Switch an existing table's stream on or off, as UpdateTable does."""
    wanted = check_specification(told, new=False)
    if told is None or wanted is None:
        return
    running = "StreamSpecification" in description
    if wanted and running:
        raise invalid(f"Table already has an enabled stream: TableName: {description['TableName']}")
    if not wanted and not running:
        raise invalid(f"Table has no stream to disable: TableName: {description['TableName']}")
    if wanted:
        start(session, table_id, description, told)
    else:
        end(session, table_id)
        del description["StreamSpecification"]  # the label of the last stream stays
