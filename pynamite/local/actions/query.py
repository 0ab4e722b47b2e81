"""Query: the items of one partition, in the order of their sort keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.local.actions.reading import answer_of, check_enumerations, check_filter, find_index, select, start_of
from pynamite.local.capacity import check_report
from pynamite.local.expressions import Expressions
from pynamite.local.failures import invalid
from pynamite.local.key_condition import stretch_of
from pynamite.local.keys import check_scalars, check_table_name
from pynamite.local.pages import Reader
from pynamite.local.storage import Storage

__all__ = ["query"]


def query(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Read one page of a partition of a table or an index."""
    name = check_table_name(request["TableName"])
    report = check_report(request)
    expressions = Expressions(request, "FilterExpression", "KeyConditionExpression", "ProjectionExpression")
    check_enumerations(request)
    if "KeyConditionExpression" not in request and "KeyConditions" not in request:
        raise invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    expressions.parse("FilterExpression", "ProjectionExpression", "KeyConditionExpression")
    filter = expressions.condition("FilterExpression")
    projection = expressions.projection()
    condition = expressions.condition("KeyConditionExpression")
    expressions.finish()
    assert condition is not None
    with storage.reading() as session:
        table = session.table(name)
        check_scalars(table, expressions.entered)
        index = find_index(table, request)
        partition = (table.partition,) if index is None else index.partition
        sort = table.parts[1:] if index is None else index.sort
        stretch = stretch_of(condition, partition, sort)
        start = start_of(table, index, request, stretch=stretch)
        told = "QueryFilter" if "QueryFilter" in request else "Filter Expression"
        check_filter(filter, index, (*partition, *sort), told=told)
        selection = select(request, index, projection)
        reader = Reader(
            table, index, stretch, start, forward=request.get("ScanIndexForward", True), limit=request.get("Limit"),
            filter=filter, projection=projection, whole_items=selection.whole_items,
            count_only=selection.count_only)
        page = reader.read(session)
    fetched = index is not None and index.attributes is not None and selection.whole_items
    return answer_of(page, table, index, request, report, fetched=fetched, as_json=as_json)
