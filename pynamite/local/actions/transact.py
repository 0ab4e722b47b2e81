"""TransactGetItems and TransactWriteItems: many items as one, in one SQLite transaction."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pynamite.dynamodb_json import to_json
from pynamite.expression import nodes
from pynamite.local import rows
from pynamite.local.answers import Json
from pynamite.local.capacity import Consumed, check_report
from pynamite.local.collections import Collections, check_metrics
from pynamite.local.definition import RowKey, Table
from pynamite.local.evaluate import project
from pynamite.local.expressions import Expressions
from pynamite.local.failures import EmptyKeyError, RefusedError, cancelled, invalid
from pynamite.local.keys import check_scalars, check_table_name, request_key
from pynamite.local.storage import Session, Storage
from pynamite.local.values import checked_item
from pynamite.local.writes import Change, check_size

__all__ = ["is_new", "transact_get_items", "transact_write_items", "write_all"]

_MOST = 100
_LARGEST = 4 * 1024 * 1024
_LONGEST_TOKEN = 36
_TOKEN_SECONDS = 600.0
_SAME_ITEM = "Transaction request cannot include multiple operations on one item"
_NO_REASON: Mapping[str, Any] = {"Code": "None"}
_REASON_CODES = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ValidationException": "ValidationError",
}


def transact_get_items(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Read items as they all are at one moment."""
    report = check_report(request)
    _check_count(request["TransactItems"])
    asked = []
    for one in request["TransactItems"]:
        get = one["Get"]
        expressions = Expressions(get, "ProjectionExpression")
        key, _ = checked_item(get["Key"])
        projection = expressions.projection()
        expressions.finish()
        asked.append((check_table_name(get["TableName"]), key, projection, expressions.entered))
    found: list[tuple[rows.Row | None, nodes.Projection | None]] = []
    consumption: dict[str, Consumed] = {}
    with storage.reading() as session:
        tables = [session.table(name) for name, _, _, _ in asked]
        for table, (_, _, _, entered) in zip(tables, asked, strict=True):
            check_scalars(table, entered)
        attempts = [_attempt(table, key) for table, (_, key, _, _) in zip(tables, asked, strict=True)]
        keys = _keys_or_cancel(tables, attempts)
        _check_distinct(tables, keys)
        for table, row_key, (_, _, projection, _) in zip(tables, keys, asked, strict=True):
            row = rows.find(session, table, row_key)
            consumed = consumption.setdefault(table.name, Consumed(table))
            consumed.read(row.size if row else 0, consistent=True, times=2)
            found.append((row, projection))
    answer: dict[str, Any] = {"Responses": _as_json(found) if as_json else [
        {} if row is None else {"Item": _cut(row, projection)} for row, projection in found]}
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption.values()]
    return answer


def _cut(row: rows.Row, projection: nodes.Projection | None) -> Any:
    return row.item() if projection is None else project(projection, row.item())


def _as_json(found: Sequence[tuple[rows.Row | None, nodes.Projection | None]]) -> Json:
    wires = [
        b"{}" if row is None else b'{"Item":%b}' % (
            row.wire if projection is None else to_json(project(projection, row.item())))
        for row, projection in found]
    return Json.list_of(wires)


def _attempt(table: Table, key: Any) -> RowKey | RefusedError:
    try:
        return request_key(table, key)
    except EmptyKeyError:
        raise
    except RefusedError as refused:
        return refused


def _keys_or_cancel(tables: Sequence[Table], attempts: Sequence[RowKey | RefusedError]) -> list[RowKey]:
    """Give the keys, if all are; a key that does not fit is a reason to cancel."""
    keys = [attempt for attempt in attempts if not isinstance(attempt, RefusedError)]
    if len(keys) == len(attempts):
        return keys
    _check_distinct(
        [table for table, attempt in zip(tables, attempts, strict=True) if not isinstance(attempt, RefusedError)], keys)
    raise cancelled([_reason(attempt) if isinstance(attempt, RefusedError) else _NO_REASON for attempt in attempts])


def _check_count(actions: Sequence[Any]) -> None:
    if len(actions) > _MOST:
        raise invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
                      f"Member must have length less than or equal to {_MOST}")


def _check_distinct(tables: Sequence[Table], keys: Sequence[RowKey]) -> None:
    if len({(table.id, key) for table, key in zip(tables, keys, strict=True)}) < len(keys):
        raise invalid(_SAME_ITEM)


def transact_write_items(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out all writes, or none if one of them cannot be."""
    report = check_report(request)
    collections = Collections() if check_metrics(request) else None
    actions = request["TransactItems"]
    _check_count(actions)
    token = request.get("ClientRequestToken")
    if token is not None and len(token) > _LONGEST_TOKEN:
        raise invalid(f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy "
                      f"constraint: Member must have length less than or equal to {_LONGEST_TOKEN}")
    asked = [_change(action) for action in actions]
    _check_size([change for _, change in asked])
    consumption: dict[str, Consumed] = {}
    with storage.writing() as session:
        tables = [session.table(name) for name, _ in asked]
        if token is None or is_new(session, token, actions):
            changes = [change for _, change in asked]
            for table, done in zip(tables, write_all(session, tables, changes), strict=True):
                consumption.setdefault(table.name, Consumed(table)).write(done, times=2)
        else:
            for table in tables:
                consumption.setdefault(table.name, Consumed(table)).read(0, consistent=True, times=2)
        if collections is not None:
            for table, (_, change) in zip(tables, asked, strict=True):
                if change.kind != "ConditionCheck":
                    collections.add(session, table, change.locate(table), change.item)
    answer: dict[str, Any] = {} if collections is None else collections.of_several()
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption.values()]
    return answer


def _change(action: Mapping[str, Any]) -> tuple[str, Change]:
    if not action:
        raise invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request")
    if len(action) > 1:
        raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
    ((kind, told),) = action.items()
    name = check_table_name(told["TableName"])
    kinds = ("UpdateExpression", "ConditionExpression") if kind == "Update" else ("ConditionExpression",)
    expressions = Expressions(told, *kinds)
    item, size = checked_item(told["Item" if kind == "Put" else "Key"])
    if kind == "Put":
        check_size(size)
    update = expressions.update() if kind == "Update" else None
    condition = expressions.condition()
    expressions.finish()
    if kind == "Put":
        return name, Change.put(told, item, size, condition, expressions.entered)
    if kind == "Update":
        return name, Change.update(told, item, update or nodes.Update(), condition, expressions.entered)
    if kind == "Delete":
        return name, Change.delete(told, item, condition, expressions.entered)
    return name, Change.check(told, item, condition, expressions.entered)


def _check_size(changes: Sequence[Change]) -> None:
    size = 0
    for change in changes:
        size += change.size
        if size > _LARGEST:
            raise invalid(f"Transaction payload size cannot exceed 4MB. Payload Size: {size}")


def is_new(session: Session, token: str, actions: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether these actions have yet to be carried out, and remember that they will have been."""
    now = time.time()
    fingerprint = hashlib.sha256(json.dumps(actions, sort_keys=True, default=_plain).encode()).digest()
    session.connection.execute("DELETE FROM token WHERE expires <= ?", (now,))
    known = session.connection.execute("SELECT fingerprint FROM token WHERE token = ?", (token,)).fetchone()
    if known is None:
        session.connection.execute("INSERT INTO token VALUES (?, ?, ?)", (token, fingerprint, now + _TOKEN_SECONDS))
        return True
    if known[0] != fingerprint:
        raise RefusedError(
            "IdempotentParameterMismatchException",
            "DynamoDB rejected the request because you retried a request with a different payload but with an "
            "idempotent token that was already used.")
    return False


def _plain(value: Any) -> str:
    return to_json({"": {"B": bytes(getattr(value, "value", value))}}).decode()


def write_all(session: Session, tables: Sequence[Table], changes: Sequence[Change]) -> list[rows.Write | None]:
    """Carry out all changes; if any cannot be, find out about each of them, and cancel."""
    for change, table in zip(changes, tables, strict=True):
        change.check_paths(table)
    attempts = [_locate(change, table) for change, table in zip(changes, tables, strict=True)]
    located = [(table, key) for table, key in zip(tables, attempts, strict=True) if not isinstance(key, RefusedError)]
    _check_distinct([table for table, _ in located], [key for _, key in located])
    done: list[rows.Write | None] = []
    reasons: list[Mapping[str, Any]] = []
    for change, table, key in zip(changes, tables, attempts, strict=True):
        if isinstance(key, RefusedError):
            reasons.append(_reason(key))
            continue
        try:
            change.check_targets(table)
            done.append(change.apply(session, table, key).done)
            reasons.append(_NO_REASON)
        except EmptyKeyError:
            raise
        except RefusedError as refused:
            reasons.append(_reason(refused))
    if len(done) < len(changes):
        raise cancelled(reasons)
    return done


def _locate(change: Change, table: Table) -> RowKey | RefusedError:
    try:
        return change.locate(table)
    except EmptyKeyError:
        raise
    except RefusedError as refused:
        return refused


def _reason(refused: RefusedError) -> Mapping[str, Any]:
    return {"Code": _REASON_CODES[refused.code], "Message": refused.message, **refused.extra}
