"""Items whose time has come are deleted: Developer Guide, "How it works: DynamoDB Time to Live (TTL)"."""

from __future__ import annotations

import re
import time
from decimal import Decimal

from pynamite.dynamodb_json import from_json
from pynamite.local import rows
from pynamite.local.definition import RowKey, Table
from pynamite.local.storage import Storage
from pynamite.local.streams.records import trim
from pynamite.wire import Item

__all__ = ["TIME_TO_LIVE", "sweep"]

TIME_TO_LIVE = "TimeToLive"
"""Where a table's description keeps the name of the attribute."""

_OLDEST_SECONDS = 5 * 365 * 24 * 3600
"""What expired so long ago is taken for a mistake, and stays."""
_AT_ONCE = 100
_ROWS = "SELECT pk, sk, wire FROM item WHERE t = ? AND instr(wire, ?)"
_PLAIN = re.compile(r"[A-Za-z0-9_.#/ -]+")
"""Names that stand in an item's JSON as they are, so that items without them need not be read."""


def sweep(storage: Storage, now: float | None) -> int:
    """Delete the expired items of all tables, and trim the streams; give how many items were deleted."""
    moment = time.time() if now is None else now
    with storage.reading() as session:
        tables = [table for table in session.tables().values() if TIME_TO_LIVE in table.description]
    swept = sum(_sweep_table(storage, table, moment) for table in tables)
    with storage.writing() as session:
        trim(session, moment)
    return swept


def _sweep_table(storage: Storage, table: Table, now: float) -> int:
    name: str = table.description[TIME_TO_LIVE]
    with storage.reading() as session:
        keys: list[RowKey] = [
            (pk, sk)
            for pk, sk, wire in session.connection.execute(
                _ROWS, (table.id, name.encode() if _PLAIN.fullmatch(name) else b""))
            if _has_expired(from_json(wire), name, now)]
    # A few at a time, so that nobody's write waits for long.
    return sum(
        _delete(storage, table.name, keys[start : start + _AT_ONCE], now) for start in range(0, len(keys), _AT_ONCE))


def _delete(storage: Storage, table_name: str, keys: list[RowKey], now: float) -> int:
    deleted = 0
    with storage.writing() as session:
        table = session.tables().get(table_name)
        name = None if table is None else table.description.get(TIME_TO_LIVE)
        if table is None or name is None:
            return 0
        for key in keys:
            row = rows.find(session, table, key)
            # It may have been deleted or written again since it was seen.
            if row is not None and _has_expired(item := row.item(), name, now):
                rows.remove(session, table, key, row, item, expired=True)
                deleted += 1
    return deleted


def _has_expired(item: Item, name: str, now: float) -> bool:
    told = item.get(name, {}).get("N")
    return told is not None and now - _OLDEST_SECONDS <= Decimal(told) < now
