"""Query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import Answer, read, result_of, unread_page
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage, read_page
from pynamite.wire import Item

__all__ = ["ReadPage", "query", "read_parameters"]


def query(table_name: str, *, key_condition: nodes.Condition, index: str | None = None,
          filter: nodes.Condition | None = None, projection: nodes.Projection | None = None, forward: bool = True,
          limit: int | None = None, start: Item | None = None, select: str | None = None,
          consistent_read: bool = False, unread: bool = False,
          parse: Callable[[bytes], Answer] | None = None) -> Operation[ReadPage]:
    """Make a Query of one page.

    ``limit`` counts the items read, before the filter; ``start`` is the `ReadPage.last_key` of the page before;
    ``select="COUNT"`` gives counts only; ``forward=False`` reads from the largest sort key down. Items are
    left ``unread`` for those who read their JSON themselves, where the client gives it; ``parse`` reads the whole
    answer (`ready_page` makes one).
    """
    renderer = Renderer()
    request: dict[str, Any] = {"TableName": table_name, "KeyConditionExpression": renderer.condition(key_condition)}
    request.update(read_parameters(
        renderer, index=index, filter=filter, projection=projection, limit=limit, start=start, select=select,
        consistent_read=consistent_read))
    if not forward:
        request["ScanIndexForward"] = False
    return Operation("Query", "query", request, read_page,
                     parse=result_of(parse or (unread_page if unread else read), read_page))


def read_parameters(renderer: Renderer, *, index: str | None, filter: nodes.Condition | None,
                    projection: nodes.Projection | None, limit: int | None, start: Item | None, select: str | None,
                    consistent_read: bool) -> dict[str, Any]:
    """Give the parameters that Query and Scan share, with all names and values of ``renderer``."""
    parameters: dict[str, Any] = {
        "IndexName": index,
        "FilterExpression": None if filter is None else renderer.condition(filter),
        "ProjectionExpression": None if projection is None else renderer.projection(projection),
        "Limit": limit,
        "ExclusiveStartKey": start,
        "Select": select,
        "ConsistentRead": consistent_read or None,
    }
    told = {name: value for name, value in parameters.items() if value is not None}
    return {**told, **renderer.parameters()}
