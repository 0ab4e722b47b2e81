"""Scan: all items of a table or an index, or one segment of them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from pynamite.local import legacy
from pynamite.local.actions.reading import (
    answer_of,
    check_enumerations,
    check_filter,
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
from pynamite.local.keys import check_scalars, check_table_name
from pynamite.local.pages import Reader, Start
from pynamite.local.storage import Storage

__all__ = ["scan"]

_MOST_SEGMENTS = 1_000_000


def scan(storage: Storage, request: Mapping[str, Any], *, as_json: bool = False) -> dict[str, Any]:
    """Read one page of a table or an index."""
    name = check_table_name(request["TableName"])
    report = check_report(request)
    expressions = Expressions(request, "FilterExpression", "ProjectionExpression")
    check_enumerations(request)
    if expressions.legacy:
        legacy.projection_of(request)
        legacy.condition_of(request, "ScanFilter")
    given = given_start(request)
    segment = _segment(request)
    filter = expressions.condition("FilterExpression")
    projection = expressions.projection()
    expressions.finish()
    with storage.reading() as session:
        table = session.table(name)
        index = find_index(table, request)
        if given is not None:
            check_start_names(table, index, given, queried=False)
            if index is not None:
                check_start_parts(given, index.parts)
        start = start_of(table, index, given)
        if start is not None and segment is not None:
            _check_segment(start, segment)
        check_scalars(table, expressions.entered)
        check_filter(filter, index)
        selection = select(request, index, projection)
        reader = Reader(
            table, index, None, start, limit=request.get("Limit"), segment=segment, filter=filter,
            projection=projection, whole_items=selection.whole_items, count_only=selection.count_only)
        page = reader.read(session)
    fetched = index is not None and index.attributes is not None and selection.whole_items
    return answer_of(page, table, index, request, report, fetched=fetched, as_json=as_json)


def _segment(request: Mapping[str, Any]) -> tuple[int, int] | None:
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is None and total is None:
        return None
    if total is None:
        raise invalid("The TotalSegments parameter is required but was not present in the request "
                      "when Segment parameter is present")
    if total > _MOST_SEGMENTS:
        raise invalid(f"1 validation error detected: Value '{total}' at 'totalSegments' failed to satisfy constraint: "
                      f"Member must have value less than or equal to {_MOST_SEGMENTS}")
    if segment is None:
        raise invalid("The Segment parameter is required but was not present in the request "
                      "when parameter TotalSegments is present")
    if segment >= total:
        raise invalid("The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                      f"Segment: {segment} is not less than TotalSegments: {total}")
    return segment, total


def _check_segment(start: Start, segment: tuple[int, int]) -> None:
    number, total = segment
    if zlib.crc32(start.key[0]) % total != number:
        raise invalid("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
                      f"with correct Segment. TotalSegments: {total} Segment: {number}")
