"""GetItem."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read, unread_item
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend
from pynamite.operation.unread import Unread
from pynamite.wire import Item

__all__ = ["get_item", "get_unread"]


def get_item(table_name: str, key: Item, *, projection: nodes.Projection | None = None,
             consistent_read: bool = False) -> Operation[Item | None]:
    """Make a GetItem that gives the item, or None where there is none.

    An item that has none of the projection's paths is ``{}`` on some backends and missing on others: project a key
    attribute, too, where the difference matters.
    """
    request = _request(table_name, key, projection, consistent_read=consistent_read)
    return Operation("GetItem", "get_item", request, read_item, key, parse=read)


def get_unread(table_name: str, key: Item, *, projection: nodes.Projection | None = None,
               consistent_read: bool = False) -> Operation[Item | Unread | None]:
    """Make a GetItem as `get_item` does, for those who read the item's JSON themselves, where the client gives it."""
    request = _request(table_name, key, projection, consistent_read=consistent_read)
    return Operation("GetItem", "get_item", request, read_item, key, resend=Resend.SAFE, parse=unread_item)


def _request(table_name: str, key: Item, projection: nodes.Projection | None, *,
             consistent_read: bool) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": table_name, "Key": key}
    if projection is not None:
        renderer = Renderer()
        request["ProjectionExpression"] = renderer.projection(projection)
        request.update(renderer.parameters())
    if consistent_read:
        request["ConsistentRead"] = True
    return request


def read_item(answer: dict[str, Any]) -> Item | None:
    """Read the answer of GetItem."""
    return answer.get("Item")
