"""GetItem, PutItem, UpdateItem and DeleteItem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pynamite.dynamodb_json import from_json
from pynamite.expression import nodes
from pynamite.local import rows
from pynamite.local.answers import Json
from pynamite.local.capacity import Consumed, check_report, read_units
from pynamite.local.collections import Collections, check_metrics
from pynamite.local.definition import RowKey, Table
from pynamite.local.evaluate import project
from pynamite.local.expressions import Expressions
from pynamite.local.failures import RefusedError, invalid, not_in_set
from pynamite.local.keys import check_scalars, check_table_name, request_key
from pynamite.local.storage import Storage
from pynamite.local.values import checked_item
from pynamite.local.writes import Change, check_size, returned

__all__ = ["delete_item", "get_item", "put_item", "update_item"]

RETURN_VALUES = ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")


def get_item(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Read one item; ``as_json`` leaves it as it is stored, where it is given whole."""
    name = check_table_name(request["TableName"])
    report = check_report(request)
    expressions = Expressions(request, "ProjectionExpression")
    key, _ = checked_item(request["Key"])
    projection = expressions.projection()
    expressions.finish()

    def locate(table: Table) -> RowKey:
        check_scalars(table, expressions.entered)
        return request_key(table, key)

    try:
        found = storage.find(name, locate)
    except RefusedError:
        found = None  # perhaps the table is another one by now
    table, row = found or _find(storage, name, locate)
    answer: dict[str, Any] = {}
    if row is not None:
        if projection is not None:
            answer["Item"] = project(projection, from_json(row[1]))
        else:
            answer["Item"] = Json(row[1]) if as_json else from_json(row[1])
    if report is not None:
        consumed = Consumed(table, read_units(row[0] if row else 0, consistent=request.get("ConsistentRead", False)))
        answer["ConsumedCapacity"] = consumed.report(report)
    return answer


def _find(storage: Storage, name: str, locate: Callable[[Table], RowKey]) -> tuple[Table, tuple[int, bytes] | None]:
    with storage.reading() as session:
        table = session.table(name)
        row = rows.find(session, table, locate(table))
        return table, None if row is None else (row.size, row.wire)


def put_item(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Put one item in the place of what is there."""
    expressions = Expressions(request, "ConditionExpression")
    item, size = checked_item(request["Item"])
    _check_return_values(request, "ALL_OLD")
    check_size(size)
    return _write(storage, request, Change.put(
        request, item, size, _condition(expressions), expressions.entered), as_json=as_json)


def delete_item(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Take one item away."""
    expressions = Expressions(request, "ConditionExpression")
    key, _ = checked_item(request["Key"])
    _check_return_values(request, "ALL_OLD")
    return _write(storage, request, Change.delete(
        request, key, _condition(expressions), expressions.entered), as_json=as_json)


def update_item(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Change one item, or make it."""
    expressions = Expressions(request, "UpdateExpression", "ConditionExpression")
    key, _ = checked_item(request["Key"])
    _check_return_values(request, *RETURN_VALUES)
    update = expressions.update()
    condition = _condition(expressions)
    return _write(storage, request, Change.update(
        request, key, update or nodes.Update(), condition, expressions.entered), as_json=as_json)


def _condition(expressions: Expressions) -> nodes.Condition | None:
    condition = expressions.condition()
    expressions.finish()
    return condition


def _check_return_values(request: Mapping[str, Any], *allowed: str) -> None:
    value = request.get("ReturnValues")
    if value is not None and value not in RETURN_VALUES:
        raise not_in_set("ReturnValues", value, RETURN_VALUES)
    if value is not None and value not in {"NONE", *allowed}:
        raise invalid("ReturnValues can only be ALL_OLD or NONE")


def _write(storage: Storage, request: Mapping[str, Any], change: Change, *, as_json: bool) -> dict[str, Any]:
    name = check_table_name(request["TableName"])
    report = check_report(request)
    collections = Collections() if check_metrics(request) else None
    with storage.writing() as session:
        table = session.table(name)
        outcome = change.carry_out(session, table)
        if collections is not None:
            collections.add(session, table, change.locate(table), change.item)
    answer: dict[str, Any] = {}
    wanted = request.get("ReturnValues", "NONE")
    if wanted == "ALL_NEW" and as_json and outcome.done is not None:
        answer["Attributes"] = Json(outcome.done.wire)
    elif wanted != "NONE" and (attributes := returned(wanted, outcome, change)):
        answer["Attributes"] = attributes
    if report is not None:
        consumed = Consumed(table)
        consumed.write(outcome.done)
        answer["ConsumedCapacity"] = consumed.report(report)
    if collections is not None:
        answer.update(collections.of_one())
    return answer
