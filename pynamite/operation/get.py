"""GetItem."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.operation import Operation
from pynamite.wire import Item

__all__ = ["get_item"]


def get_item(table_name: str, key: Item, *, projection: nodes.Projection | None = None,
             consistent_read: bool = False) -> Operation[Item | None]:
    """Make a GetItem that gives the item, or None where there is none.

    An item that has none of the projection's paths is ``{}`` on some backends and missing on others: project a key
    attribute, too, where the difference matters.
    """
    request: dict[str, Any] = {"TableName": table_name, "Key": key}
    if projection is not None:
        renderer = Renderer()
        request["ProjectionExpression"] = renderer.projection(projection)
        request.update(renderer.parameters())
    if consistent_read:
        request["ConsistentRead"] = True
    return Operation("GetItem", "get_item", request, read_item, key)


def read_item(answer: dict[str, Any]) -> Item | None:
    """Read the answer of GetItem."""
    return answer.get("Item")
