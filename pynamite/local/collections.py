"""How large item collections are: ReturnItemCollectionMetrics.

A collection is what has one partition key, in a table with local indexes and in these: Developer Guide, "Item
collections in Local Secondary Indexes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.dynamodb_json import from_json
from pynamite.local.definition import RowKey, Table
from pynamite.local.failures import not_in_set
from pynamite.local.storage import Session
from pynamite.local.values import measure
from pynamite.wire import Item

__all__ = ["Collections", "check_metrics"]

_GIGABYTE = 1024**3
_METRICS = ("SIZE", "NONE")
_SIZE = "SELECT ifnull(sum(size), 0) FROM item WHERE t = ? AND pk = ?"
_INDEX_SIZE = (
    "SELECT ifnull(sum(item.size), 0) FROM entry CROSS JOIN item ON item.id = entry.item "
    "WHERE entry.x = ? AND entry.pk = ?")
_INDEX_ITEMS = "SELECT item.wire FROM entry CROSS JOIN item ON item.id = entry.item WHERE entry.x = ? AND entry.pk = ?"


def check_metrics(request: Mapping[str, Any]) -> bool:
    """Tell whether a request asks for the sizes of the collections that it writes to."""
    wanted = request.get("ReturnItemCollectionMetrics", "NONE")
    if wanted not in _METRICS:
        raise not_in_set("ReturnItemCollectionMetrics", wanted, _METRICS)
    return bool(wanted == "SIZE")


class Collections:
    """The collections that one request has written to, each once."""

    def __init__(self) -> None:
        self._told: dict[str, dict[bytes, dict[str, Any]]] = {}

    def add(self, session: Session, table: Table, key: RowKey, item: Item) -> None:
        """Measure the collection that an item belongs to; a table without local indexes has none."""
        if not any(index.local for index in table.indexes):
            return
        size = _collection_size(session, table, key[0])
        least = size // _GIGABYTE
        self._told.setdefault(table.name, {})[key[0]] = {
            "ItemCollectionKey": {table.partition.name: item[table.partition.name]},
            "SizeEstimateRangeGB": [float(least), float(least + 1)]}

    def of_one(self) -> dict[str, Any]:
        """Give what the answer to a single write has of it."""
        told = [one for told in self._told.values() for one in told.values()]
        return {"ItemCollectionMetrics": told[0]} if told else {}

    def of_several(self) -> dict[str, Any]:
        """Give what the answer to a batch or a transaction has of it."""
        if not self._told:
            return {}
        return {"ItemCollectionMetrics": {name: list(told.values()) for name, told in self._told.items()}}


def _collection_size(session: Session, table: Table, pk: bytes) -> int:
    execute = session.connection.execute
    size: int = execute(_SIZE, (table.id, pk)).fetchone()[0]
    for index in table.indexes:
        if not index.local:
            continue
        if index.attributes is None:
            size += execute(_INDEX_SIZE, (index.id, pk)).fetchone()[0]
        else:
            size += sum(measure(index.projected(from_json(wire)))
                        for (wire,) in execute(_INDEX_ITEMS, (index.id, pk)))
    return size
