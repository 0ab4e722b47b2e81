"""GetItem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read, read_item, result_of, unread_item
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend
from pynamite.wire import Item

__all__ = ["get_item", "get_unread"]

_PARSE = result_of(read, read_item)
_PARSE_UNREAD = result_of(unread_item, read_item)


def get_item(table_name: str, key: Item, *, projection: nodes.Projection | None = None,
             consistent_read: bool = False) -> Operation[Item | None]:
    """Make a GetItem that gives the item, or None where there is none.

    An item that has none of the projection's paths is ``{}`` on some backends and missing on others: project a key
    attribute, too, where the difference matters.
    """
    request = _request(table_name, key, projection, consistent_read=consistent_read)
    return Operation("GetItem", "get_item", request, read_item, key, parse=_PARSE)


def get_unread(table_name: str, key: Item, *, projection: nodes.Projection | None = None,
               consistent_read: bool = False,
               parse: Callable[[bytes], Any] | None = None) -> Operation[Any]:
    """Make a GetItem as `get_item` does, for those who read the item's JSON themselves, where the client gives it.

    It gives `Unread`, or what ``parse`` gives in its place (`ready_item` makes one); otherwise a dict.
    """
    request: dict[str, Any] = {"TableName": table_name, "Key": key}
    if projection is not None or consistent_read:
        request = _request(table_name, key, projection, consistent_read=consistent_read)
    return Operation("GetItem", "get_item", request, read_item, key, resend=Resend.SAFE, parse=parse or _PARSE_UNREAD)


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
