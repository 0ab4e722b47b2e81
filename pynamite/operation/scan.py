"""Scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import Answer, read, result_of, unread_page
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage, read_page
from pynamite.operation.query import read_parameters
from pynamite.wire import Item

__all__ = ["scan"]


def scan(table_name: str, *, index: str | None = None, filter: nodes.Condition | None = None,
         projection: nodes.Projection | None = None, limit: int | None = None, start: Item | None = None,
         select: str | None = None, consistent_read: bool = False, segment: int | None = None,
         total_segments: int | None = None, unread: bool = False,
         parse: Callable[[bytes], Answer] | None = None) -> Operation[ReadPage]:
    """Make a Scan of one page; see `pynamite.operation.query.query` for what it shares with a Query.

    ``segment`` (from 0) of ``total_segments`` reads one part of the table, for several readers side by side.
    """
    request: dict[str, Any] = {"TableName": table_name}
    request.update(read_parameters(
        Renderer(), index=index, filter=filter, projection=projection, limit=limit, start=start, select=select,
        consistent_read=consistent_read))
    if total_segments is not None:
        request.update(Segment=segment or 0, TotalSegments=total_segments)
    return Operation("Scan", "scan", request, read_page,
                     parse=result_of(parse or (unread_page if unread else read), read_page))
