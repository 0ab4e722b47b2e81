"""Pages of rows: a stretch of a table or an index, read until the limit, 1 MB or the end."""

from __future__ import annotations

from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.local.definition import Index, RowKey, Table
from pynamite.local.evaluate import predicate, projector
from pynamite.local.key_condition import Stretch
from pynamite.local.storage import Session
from pynamite.local.values import measure
from pynamite.wire import Item, from_json, items_from_json

__all__ = ["LARGEST_PAGE", "Page", "Reader", "Start"]

LARGEST_PAGE = 1024 * 1024
"""Bytes; a page ends with the item that reaches it, before filter and projection."""


@attrs.frozen
class Start:
    """Where a page starts: after the row with this key; ``entry`` is its place in the index that is read."""

    key: RowKey
    entry: RowKey | None = None


@attrs.frozen
class Page:
    """What was read: the items that passed, how many were looked at, their size, and where to go on."""

    items: list[Item]
    count: int
    scanned_count: int
    size: int
    last_key: Item | None


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
        size = 0
        wires: list[bytes] = []
        limit = -1 if self.limit is None else self.limit
        full = False
        projected: list[Item] | None = [] if self._cut_down() else None
        statement, values = self._statement(limit)
        rows = session.connection.execute(statement, values)
        for row_size, wire in rows:
            if projected is None:
                wires.append(wire)
                size += row_size
            else:
                assert self.index is not None
                item = self.index.projected(from_json(wire))
                projected.append(item)
                wires.append(wire)
                size += measure(item)
            if size >= LARGEST_PAGE or len(wires) == limit:
                full = True
                break
        rows.close()
        last_key = self._last_key(from_json(wires[-1])) if full else None
        if self.count_only and self.filter is None:
            return Page([], len(wires), len(wires), size, last_key)
        items = items_from_json(wires) if projected is None or self.whole_items else projected
        if self.filter is not None:
            passes = predicate(self.filter)
            items = [item for item in items if passes(item)]
        count = len(items)
        if self.projection is not None:
            cut = projector(self.projection)
            items = [cut(item) for item in items]
        return Page([] if self.count_only else items, count, len(wires), size, last_key)

    def _cut_down(self) -> bool:
        return self.index is not None and self.index.attributes is not None

    def _last_key(self, item: Item) -> Item:
        key = self.table.key_of(item)
        if self.index is not None:
            key.update({part.name: item[part.name] for part in self.index.parts})
        return key

    def _statement(self, limit: int) -> tuple[str, list[Any]]:
        return self._item_statement(limit) if self.index is None else self._entry_statement(self.index, limit)

    def _item_statement(self, limit: int) -> tuple[str, list[Any]]:
        where = ["t = ?"]
        values: list[Any] = [self.table.id]
        comparison = ">" if self.forward else "<"
        direction = "" if self.forward else " DESC"
        if self.stretch is not None:
            where, values = self._stretched(self.stretch, where, values)
            order = f"sk{direction}"
            if self.start is not None:
                where.append(f"sk {comparison} ?")
                values.append(self.start.key[1])
        else:
            order = f"pk{direction}, sk{direction}"
            if self.start is not None:
                where.append(f"(pk, sk) {comparison} (?, ?)")
                values.extend(self.start.key)
        if self.segment is not None:
            where.append("hash % ? = ?")
            values.extend((self.segment[1], self.segment[0]))
        return (f"SELECT size, wire FROM item WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?", [*values, limit])

    def _entry_statement(self, index: Index, limit: int) -> tuple[str, list[Any]]:
        where = ["x = ?"]
        values: list[Any] = [index.id]
        comparison = ">" if self.forward else "<"
        direction = "" if self.forward else " DESC"
        columns = ["entry.pk", "entry.sk", "item_pk", "item_sk"]
        if self.stretch is not None:
            columns = columns[1:]
            where, values = self._stretched(self.stretch, where, values, "entry.")
        if self.start is not None:
            assert self.start.entry is not None
            place = (*self.start.entry, *self.start.key)[-len(columns) :]
            where.append(f"({', '.join(columns)}) {comparison} ({', '.join('?' * len(columns))})")
            values.extend(place)
        if self.segment is not None:
            where.append("hash % ? = ?")
            values.extend((self.segment[1], self.segment[0]))
        order = ", ".join(column + direction for column in columns)
        return (f"SELECT size, wire FROM entry CROSS JOIN item ON item.id = entry.item "
                f"WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?", [*values, limit])

    @staticmethod
    def _stretched(stretch: Stretch, where: list[str], values: list[Any],
                   of: str = "") -> tuple[list[str], list[Any]]:
        where = [*where, f"{of}pk = ?"]
        values = [*values, stretch.pk]
        if stretch.low:
            where.append(f"{of}sk >= ?")
            values.append(stretch.low)
        if stretch.high is not None:
            where.append(f"{of}sk < ?")
            values.append(stretch.high)
        return where, values
