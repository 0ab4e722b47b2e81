"""Records of a stream: written in the transaction of the write that they tell of."""

from __future__ import annotations

import time
from typing import Any

from pynamite.dynamodb_json import to_json
from pynamite.local.definition import Table
from pynamite.local.storage import Session
from pynamite.local.values import measure
from pynamite.wire import Item

__all__ = ["RETENTION_SECONDS", "last_sequence", "record", "trim"]

RETENTION_SECONDS = 24 * 3600
"""How long a record can be read: API Reference, "GetRecords"."""

_TRIM_EVERY = 1024
_INSERT = (
    "INSERT INTO stream_record (stream, at, event, expired, size, keys, old, new) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
# Records are in the order of time: the walk ends at the first that is young enough.
_TRIM = """
DELETE FROM stream_record WHERE at < :oldest AND seq < ifnull(
    (SELECT seq FROM stream_record WHERE at >= :oldest ORDER BY seq LIMIT 1), 9223372036854775807)
"""


def record(session: Session, table: Table, old: Item | None, new: Item | None, *, expired: bool = False) -> None:
    """Tell the table's stream of a change; one that changes nothing is not told.

    ``expired`` marks what was swept away because its time had come.
    """
    assert table.stream is not None
    if old == new:
        return
    item: Any = new if old is None else old
    event = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    keys = table.key_of(item)
    view = table.stream.view
    told_old = old if view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"} else None
    told_new = new if view in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"} else None
    size = sum(measure(part) for part in (keys, told_old, told_new) if part is not None)
    now = time.time()
    sequence = session.connection.execute(_INSERT, (
        table.stream.id, now, event, expired, size, to_json(keys), _json(told_old), _json(told_new))).lastrowid
    assert sequence is not None
    if sequence % _TRIM_EVERY == 0:
        trim(session, now)


def _json(item: Item | None) -> bytes | None:
    return None if item is None else to_json(item)


def trim(session: Session, now: float) -> None:
    """Delete the records that are too old to be read, and the streams that ended so long ago."""
    oldest = now - RETENTION_SECONDS
    session.connection.execute(_TRIM, {"oldest": oldest})
    session.connection.execute("DELETE FROM stream WHERE ended < ?", (oldest,))


def last_sequence(session: Session) -> int:
    """Give the number of the last record that was written to any stream."""
    found = session.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stream_record'").fetchone()
    return 0 if found is None else int(found[0])
