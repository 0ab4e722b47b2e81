"""UpdateItem."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read, read_attributes, result_of, unread_attributes
from pynamite.operation.conditional import conditional
from pynamite.operation.operation import Operation
from pynamite.operation.resend import update_resend
from pynamite.wire import Item

__all__ = ["update_item"]

_PARSE = result_of(read, read_attributes)
_PARSE_UNREAD = result_of(unread_attributes, read_attributes)


def update_item(table_name: str, key: Item, update: nodes.Update, *, condition: nodes.Condition | None = None,
                return_values: str | None = "ALL_NEW", unread: bool = False) -> Operation[Any]:
    """Make an UpdateItem; its result is what ``return_values`` asks for, None where that is nothing.

    Without a condition the item is made where there is none. An update without actions is allowed: it makes the item
    if need be. The result is left ``unread`` for those who read its JSON themselves, where the client gives it.
    """
    renderer = Renderer()
    request: dict[str, Any] = {"TableName": table_name, "Key": key}
    if update:
        request["UpdateExpression"] = renderer.update(update)
    request.update(conditional(renderer, condition))
    if return_values is not None:
        request["ReturnValues"] = return_values
    resend = update_resend(key, update, condition, return_values=return_values)
    return Operation("UpdateItem", "update_item", request, read_attributes, key, resend=resend,
                     parse=_PARSE_UNREAD if unread else _PARSE)
