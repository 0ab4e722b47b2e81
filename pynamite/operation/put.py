"""PutItem."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read
from pynamite.operation.conditional import conditional
from pynamite.operation.operation import Operation, read_answer
from pynamite.operation.resend import put_resend
from pynamite.wire import Item

__all__ = ["put_item"]


def put_item(table_name: str, item: Item, *, key: Item, condition: nodes.Condition | None = None,
             return_values: str | None = None, old_on_failure: bool = True,
             as_told: bool = True) -> Operation[dict[str, Any]]:
    """Make a PutItem; its result is the service's whole answer.

    ``key`` is the item's key, for messages. A condition that fails gives the old item with its error, unless
    ``old_on_failure`` is False. Unless the answer is wanted ``as_told``, its metadata may be missing.
    """
    request: dict[str, Any] = {"TableName": table_name, "Item": item}
    if condition is not None:
        request.update(conditional(Renderer(), condition, old_on_failure=old_on_failure))
    if return_values is not None:
        request["ReturnValues"] = return_values
    resend = put_resend(item, key, condition, return_values=return_values, old_on_failure=old_on_failure)
    return Operation("PutItem", "put_item", request, read_answer, key, resend=resend, parse=None if as_told else read)
