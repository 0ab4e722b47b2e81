"""Items and index entries as rows: found, stored and removed in a session."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import attrs

from pynamite.dynamodb_json import from_json, to_json
from pynamite.local.definition import Index, RowKey, Table
from pynamite.local.storage import Session
from pynamite.local.streams.records import record
from pynamite.wire import Item

__all__ = ["Row", "Write", "enter", "find", "remove", "remove_index", "remove_table", "store"]

_FIND = "SELECT id, size, wire FROM item WHERE t = ? AND pk = ? AND sk = ?"
_INSERT = "INSERT INTO item (t, pk, sk, hash, size, wire) VALUES (?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE item SET size = ?, wire = ? WHERE id = ?"
_DELETE = "DELETE FROM item WHERE id = ?"
_ENTER = "INSERT INTO entry (x, pk, sk, item_pk, item_sk, item) VALUES (?, ?, ?, ?, ?, ?)"
_LEAVE = "DELETE FROM entry WHERE x = ? AND pk = ? AND sk = ? AND item_pk = ? AND item_sk = ?"


class Row(NamedTuple):
    """A stored item: its number, its size in DynamoDB's bytes, and its DynamoDB JSON."""

    id: int
    size: int
    wire: bytes

    def item(self) -> Item:
        """Read the item."""
        return from_json(self.wire)


@attrs.frozen
class Write:
    """What a write did: sizes in bytes and what each index had to do, for those who count capacity; the new JSON."""

    old_size: int
    new_size: int
    index_writes: tuple[tuple[Index, int], ...] = ()
    wire: bytes = b""


def find(session: Session, table: Table, key: RowKey) -> Row | None:
    """Find an item."""
    found = session.connection.execute(_FIND, (table.id, *key)).fetchone()
    return None if found is None else Row._make(found)


def store(session: Session, table: Table, key: RowKey, row: Row | None, old: Item | None, item: Item,
          size: int) -> Write:
    """Put an item where ``row`` stands (None: where nothing stands); ``old`` is the row's item, if it has been read."""
    pk, sk = key
    wire = to_json(item)
    execute = session.connection.execute
    if row is None:
        row_id = execute(_INSERT, (table.id, pk, sk, zlib.crc32(pk), size, wire)).lastrowid
        assert row_id is not None
    else:
        row_id = row.id
        execute(_UPDATE, (size, wire, row_id))
    old_size = 0 if row is None else row.size
    if table.stream is not None:
        if row is not None and old is None:
            old = row.item()
        record(session, table, old, item)
    if not table.indexes or (row is not None and row.wire == wire):
        return Write(old_size, size, wire=wire)
    if row is not None and old is None:
        old = row.item()
    return Write(old_size, size, _reindex(session, table, key, row_id, old, item), wire)


def remove(session: Session, table: Table, key: RowKey, row: Row, old: Item | None, *, expired: bool = False) -> Write:
    """Take an item away; ``expired`` is told by the table's stream."""
    session.connection.execute(_DELETE, (row.id,))
    if table.stream is not None:
        if old is None:
            old = row.item()
        record(session, table, old, None, expired=expired)
    if not table.indexes:
        return Write(row.size, 0)
    return Write(row.size, 0, _reindex(session, table, key, row.id, row.item() if old is None else old, None))


def _reindex(session: Session, table: Table, key: RowKey, row_id: int, old: Item | None,
             item: Item | None) -> tuple[tuple[Index, int], ...]:
    execute = session.connection.execute
    writes = []
    for index in table.indexes:
        entered = None if item is None else index.row_key(item)
        if old is None:
            left = None
        elif item is not None and all(old.get(part.name) == item.get(part.name) for part in index.parts):
            left = entered
        else:
            left = index.row_key(old)
        if left != entered:
            if left is not None:
                execute(_LEAVE, (index.id, *left, *key))
            if entered is not None:
                execute(_ENTER, (index.id, *entered, *key, row_id))
            writes.append((index, (left is not None) + (entered is not None)))
        elif entered is not None and (index.attributes is None or _differ(index, old, item)):
            writes.append((index, 1))
    return tuple(writes)


def _differ(index: Index, old: Item | None, item: Item | None) -> bool:
    return index.projected(old or {}) != index.projected(item or {})


def enter(session: Session, table: Table, index: Index) -> None:
    """Fill a new index from the table's items."""
    rows = session.connection.execute("SELECT id, pk, sk, wire FROM item WHERE t = ?", (table.id,))
    for row_id, pk, sk, wire in rows:
        entered = index.row_key(from_json(wire))
        if entered is not None:
            session.connection.execute(_ENTER, (index.id, *entered, pk, sk, row_id))


def remove_table(session: Session, table: Table) -> None:
    """Take away all items of a table, and its entries in the indexes."""
    for index in table.indexes:
        remove_index(session, index)
    session.connection.execute("DELETE FROM item WHERE t = ?", (table.id,))


def remove_index(session: Session, index: Index) -> None:
    """Take away an index with all its entries."""
    session.connection.execute("DELETE FROM entry WHERE x = ?", (index.id,))
    session.connection.execute("DELETE FROM definition_index WHERE id = ?", (index.id,))
