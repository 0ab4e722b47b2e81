"""Query: the items of one partition, in the order of their sort keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.local import legacy
from pynamite.local.actions.reading import (
    answer_of,
    check_enumerations,
    check_filter,
    check_start,
    check_start_names,
    check_start_parts,
    find_index,
    given_start,
    select,
    start_of,
)
from pynamite.local.capacity import check_report
from pynamite.local.expressions import Expressions
from pynamite.local.failures import invalid
from pynamite.local.key_condition import stretch_of, terms_of
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
    if expressions.legacy:
        legacy.condition_of(request, "QueryFilter")
        legacy.projection_of(request)
    given = given_start(request)
    if "KeyConditionExpression" not in request and "KeyConditions" not in request:
        raise invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    condition = expressions.key_condition()
    filter = expressions.condition("FilterExpression")
    projection = expressions.projection()
    expressions.finish()
    terms = legacy.key_terms_of(request) if condition is None else terms_of(condition)
    with storage.reading() as session:
        table = session.table(name)
        index = find_index(table, request)
        partition = (table.partition,) if index is None else index.partition
        sort = table.parts[1:] if index is None else index.sort
        # The service goes through the key, and looks at each part's place in the start before its condition.
        if given is not None:
            check_start_names(table, index, given, queried=True)
            check_start_parts(given, partition)
        stretch = stretch_of(terms, partition, sort)
        if given is not None:
            check_start_parts(given, sort)
        start = start_of(table, index, given)
        check_start(start, stretch)
        check_scalars(table, expressions.entered)
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
