"""Streams switched on and off, with a table's description."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamite.local.failures import invalid, not_in_set
from pynamite.local.storage import Session
from pynamite.local.streams.records import last_sequence

__all__ = ["check_specification", "end", "start", "switch"]

_VIEWS = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
_NO_VIEW = "Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams."
_VIEW_OF_NOTHING = "Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present."


def check_specification(told: Mapping[str, Any] | None) -> bool | None:
    """Tell whether a StreamSpecification switches a stream on or off; None where there is none."""
    if told is None:
        return None
    view = told.get("StreamViewType")
    if view is not None and view not in _VIEWS:
        raise not_in_set("streamSpecification.streamViewType", view, _VIEWS)
    if told["StreamEnabled"] and view is None:
        raise invalid(_NO_VIEW)
    if not told["StreamEnabled"] and view is not None:
        raise invalid(_VIEW_OF_NOTHING)
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
    wanted = check_specification(told)
    if told is None or wanted is None:
        return
    running = "StreamSpecification" in description
    if wanted and running:
        raise invalid("Table already has an enabled stream")
    if not wanted and not running:
        raise invalid("Table has no stream to disable")
    if wanted:
        start(session, table_id, description, told)
    else:
        end(session, table_id)
        del description["StreamSpecification"]  # the label of the last stream stays
