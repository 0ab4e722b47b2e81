"""BatchGetItem and BatchWriteItem: many items in one call, each for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pynamite.dynamodb_json import items_from_json, to_json
from pynamite.expression import nodes
from pynamite.local import rows
from pynamite.local.answers import Json
from pynamite.local.capacity import Consumed, check_report
from pynamite.local.collections import Collections, check_metrics
from pynamite.local.definition import RowKey, Table
from pynamite.local.evaluate import projector
from pynamite.local.expressions import Expressions
from pynamite.local.failures import KEY_MISMATCH, SUPPLIED_SEVERAL, invalid
from pynamite.local.keys import check_scalars, check_table_name, request_key
from pynamite.local.storage import Session, Storage
from pynamite.local.values import checked_item
from pynamite.local.writes import Change, check_size
from pynamite.wire import Item

__all__ = ["batch_get_item", "batch_write_item"]

_MOST_READ = 100
_MOST_WRITTEN = 25
_LARGEST_ANSWER = 16 * 1024 * 1024
_DUPLICATES = "Provided list of item keys contains duplicates"


def batch_get_item(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Read items; what does not fit into 16 MB is given back as unprocessed."""
    report = check_report(request)
    wanted = request["RequestItems"]
    _check_some(wanted)
    if sum(len(one["Keys"]) for one in wanted.values()) > _MOST_READ:
        raise invalid("Too many items requested for the BatchGetItem call")
    asked = [_read_keys(name, one) for name, one in wanted.items()]
    answer: dict[str, Any] = {"Responses": {}, "UnprocessedKeys": {}}
    consumption: list[Consumed] = []
    with storage.reading() as session:
        located = []
        for name, keys, projection, entered in asked:
            table = session.table(name)
            check_scalars(table, entered)
            located.append((table, keys, [request_key(table, key) for key in keys], projection))
        room = _LARGEST_ANSWER
        for table, keys, row_keys, projection in located:
            options = wanted[table.name] if table.name in wanted else next(
                one for name, one in wanted.items() if check_table_name(name) == table.name)
            consumed = Consumed(table)
            wires, room, done = _read(session, table, row_keys, room, consumed, options.get("ConsistentRead", False))
            if as_json and projection is None:
                answer["Responses"][table.name] = Json.list_of(wires)
            else:
                items = items_from_json(wires)
                cut = items if projection is None else list(map(projector(projection), items))
                answer["Responses"][table.name] = Json.list_of(map(to_json, cut)) if as_json else cut
            if done < len(keys):
                answer["UnprocessedKeys"][table.name] = {**options, "Keys": keys[done:]}
            consumption.append(consumed)
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption]
    return answer


def _check_some(wanted: Mapping[str, Any]) -> None:
    if not wanted:
        raise invalid("1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
                      "Member must have length greater than or equal to 1")


def _read_keys(name: str, wanted: Mapping[str, Any]) -> tuple[str, list[Item], nodes.Projection | None, list[str]]:
    table_name = check_table_name(name)
    expressions = Expressions(wanted, "ProjectionExpression")
    projection = expressions.projection()
    expressions.finish()
    keys = [checked_item(key)[0] for key in wanted["Keys"]]
    if len(set(map(_written, keys))) < len(keys):
        raise invalid(_DUPLICATES)
    return table_name, keys, projection, expressions.entered


def _written(key: Item) -> bytes:
    """Give a text that is equal for equal keys, whatever the table's key is."""
    return to_json(dict(sorted(key.items())))


def _read(session: Session, table: Table, keys: list[RowKey], room: int, consumed: Consumed,
          consistent: bool) -> tuple[list[bytes], int, int]:
    """Read items while there is room; give their JSON, the room that is left, and how many keys were done."""
    wires: list[bytes] = []
    for done, key in enumerate(keys):
        row = rows.find(session, table, key)
        size = 0 if row is None else row.size
        if size > room:
            return wires, 0, done
        room -= size
        consumed.read(size, consistent=consistent)
        if row is not None:
            wires.append(row.wire)
    return wires, room, len(keys)


def batch_write_item(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Put and delete items; all of them are checked before the first is written."""
    report = check_report(request)
    collections = Collections() if check_metrics(request) else None
    wanted = request["RequestItems"]
    _check_some(wanted)
    if sum(map(len, wanted.values())) > _MOST_WRITTEN:
        raise invalid("Too many items requested for the BatchWriteItem call")
    asked = [(check_table_name(name), [_change(entry) for entry in entries]) for name, entries in wanted.items()]
    consumption: list[Consumed] = []
    with storage.writing() as session:
        located = []
        for name, changes in asked:
            table = session.table(name)
            keys: dict[RowKey, Change] = {}
            for change in changes:
                key = _locate(change, table)
                if key in keys:
                    raise invalid(_DUPLICATES)
                keys[key] = change
            located.append((table, keys))
        for table, keys in located:
            consumed = Consumed(table)
            for key, change in keys.items():
                consumed.write(change.apply(session, table, key).done)
            consumption.append(consumed)
        if collections is not None:
            for table, keys in located:
                for key, change in keys.items():
                    collections.add(session, table, key, change.item)
    answer: dict[str, Any] = {"UnprocessedItems": {}}
    if collections is not None:
        answer.update(collections.of_several())
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption]
    return answer


def _locate(change: Change, table: Table) -> RowKey:
    # A batch tells of a put what it tells of a delete: that its key does not fit.
    if not all(part.type in change.item.get(part.name, ()) for part in table.parts):
        raise invalid(KEY_MISMATCH)
    return change.locate(table)


def _change(entry: Mapping[str, Any]) -> Change:
    if len(entry) != 1:
        raise invalid(SUPPLIED_SEVERAL)  # also where there is none
    ((kind, told),) = entry.items()
    make = _MAKERS[kind]
    return make(told)


def _put(told: Mapping[str, Any]) -> Change:
    item, size = checked_item(told["Item"])
    check_size(size)
    return Change.put({}, item, size)


def _delete(told: Mapping[str, Any]) -> Change:
    return Change.delete({}, checked_item(told["Key"])[0])


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Change]] = {"PutRequest": _put, "DeleteRequest": _delete}
