"""Pages of rows: a stretch of a table or an index, read until the limit, 1 MB or the end."""

from __future__ import annotations

import sqlite3
from typing import Any

import attrs

from pynamite.dynamodb_json import from_json, items_from_json, to_json
from pynamite.expression import nodes
from pynamite.local.answers import Json
from pynamite.local.definition import Index, RowKey, Table
from pynamite.local.evaluate import predicate, projector
from pynamite.local.glance import passing
from pynamite.local.key_condition import Stretch
from pynamite.local.storage import Session
from pynamite.local.values import measure
from pynamite.wire import Item

__all__ = ["LARGEST_PAGE", "Page", "Reader", "Start"]

LARGEST_PAGE = 1024 * 1024
"""Bytes; a page ends with the item that reaches it, before filter and projection."""

_BUNCH = 256


@attrs.frozen
class Start:
    """Where a page starts: after the row with this key; ``entry`` is its place in the index that is read."""

    key: RowKey
    entry: RowKey | None = None


@attrs.frozen
class Page:
    """What was read: the items that passed, how many were looked at, their size, and where to go on.

    Items that are given whole are ``wires``, the JSON that they are stored as; others are ``cut``.
    """

    wires: list[bytes]
    cut: list[Item] | None
    count: int
    scanned_count: int
    size: int
    last_key: Item | None

    def items(self) -> list[Item]:
        """Read the items."""
        return items_from_json(self.wires) if self.cut is None else self.cut

    def as_json(self) -> Json:
        """Give the items as JSON."""
        return Json.list_of(self.wires if self.cut is None else map(to_json, self.cut))


@attrs.frozen
class Reader:
    """How to read a page: of what, what to keep of it, and when to stop."""

    table: Table
    index: Index | None = None
    stretch: Stretch | None = None
    start: Start | None = None
    forward: bool = True
    limit: int | None = None
    segment: tuple[int, int] | None = None
    filter: nodes.Condition | None = None
    projection: nodes.Projection | None = None
    whole_items: bool = True
    """Give all attributes of an index's items, not just those that it holds."""
    count_only: bool = False

    def read(self, session: Session) -> Page:
        """Read the page."""
        statement, values = self._statement(-1 if self.limit is None else self.limit)
        read = session.connection.execute(statement, values)
        if self.index is None or self.index.attributes is None:
            wires, size = _whole(read)
            items = None
        else:
            wires, items, size = _cut(read, self.index)
        read.close()
        full = size >= LARGEST_PAGE or len(wires) == self.limit
        last_key = self._last_key(from_json(wires[-1])) if full else None
        scanned = len(wires)
        if self.whole_items:
            items = None
        if self.filter is not None:
            if items is None:
                wires = list(filter(passing(self.filter), wires))
            else:
                items = list(filter(predicate(self.filter), items))
        count = len(wires if items is None else items)
        if self.count_only:
            return Page([], None, count, scanned, size, last_key)
        if self.projection is not None:
            cut = projector(self.projection)
            items = [cut(item) for item in (items_from_json(wires) if items is None else items)]
        return Page(wires, items, count, scanned, size, last_key)

    def _last_key(self, item: Item) -> Item:
        key = self.table.key_of(item)
        if self.index is not None:
            key.update({part.name: item[part.name] for part in self.index.parts})
        return key

    def _statement(self, limit: int) -> tuple[str, list[Any]]:
        """Give the statement for the rows, and its values; the texts are few, and SQLite keeps them ready."""
        index = self.index
        parameters: list[Any]
        if index is None:
            source, where, parameters, pk, sk = "item", ["t = ?"], [self.table.id], "pk", "sk"
            columns = [pk, sk]
        else:
            source = "entry CROSS JOIN item ON item.id = entry.item"
            where, parameters, pk, sk = ["x = ?"], [index.id], "entry.pk", "entry.sk"
            columns = [pk, sk, "item_pk", "item_sk"]
        if self.stretch is not None:
            columns = columns[1:]
            where.append(f"{pk} = ?")
            parameters.append(self.stretch.pk)
            if self.stretch.low:
                where.append(f"{sk} >= ?")
                parameters.append(self.stretch.low)
            if self.stretch.high is not None:
                where.append(f"{sk} < ?")
                parameters.append(self.stretch.high)
        if self.start is not None:
            marks = ", ".join("?" * len(columns))
            where.append(f"({', '.join(columns)}) {'>' if self.forward else '<'} ({marks})")
            parameters += (*(self.start.entry or ()), *self.start.key)[-len(columns) :]
        if self.segment is not None:
            where.append("hash % ? = ?")
            parameters += reversed(self.segment)
        order = ", ".join(columns if self.forward else [f"{column} DESC" for column in columns])
        text = f"SELECT size, wire FROM {source} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?"  # noqa: S608
        return text, [*parameters, limit]


def _whole(read: sqlite3.Cursor) -> tuple[list[bytes], int]:
    """Read rows up to the end of a page; give the items' JSON, and the size of all."""
    wires: list[bytes] = []
    size = 0
    # In bunches: where they are within the page, nothing has to be done for the single row.
    while bunch := read.fetchmany(_BUNCH):
        bunch_size = sum([row[0] for row in bunch])
        if size + bunch_size < LARGEST_PAGE:
            wires += [row[1] for row in bunch]
            size += bunch_size
            continue
        for row_size, wire in bunch:
            wires.append(wire)
            size += row_size
            if size >= LARGEST_PAGE:
                return wires, size
    return wires, size


def _cut(read: sqlite3.Cursor, index: Index) -> tuple[list[bytes], list[Item], int]:
    """Read rows of an index that holds parts of the items; give those, too, and the size of the parts."""
    wires: list[bytes] = []
    items: list[Item] = []
    size = 0
    for _, wire in read:
        item = index.projected(from_json(wire))
        wires.append(wire)
        items.append(item)
        size += measure(item)
        if size >= LARGEST_PAGE:
            break
    return wires, items, size
