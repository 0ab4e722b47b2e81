"""DeleteItem."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read, read_attributes, result_of
from pynamite.operation.conditional import conditional
from pynamite.operation.operation import Operation
from pynamite.operation.resend import delete_resend
from pynamite.wire import Item

__all__ = ["delete_item"]

_PARSE = result_of(read, read_attributes)


def delete_item(table_name: str, key: Item, *, condition: nodes.Condition | None = None,
                return_values: str | None = None, old_matters: bool = True) -> Operation[Item | None]:
    """Make a DeleteItem; with ``return_values="ALL_OLD"`` its result is the deleted item, None where there was none.

    Such a result is lost with the answer, so that the deletion is not sent again then, unless ``old_matters`` is False.
    """
    request: dict[str, Any] = {"TableName": table_name, "Key": key, **conditional(Renderer(), condition)}
    if return_values is not None:
        request["ReturnValues"] = return_values
    resend = delete_resend(condition, return_values=return_values if old_matters else None)
    return Operation("DeleteItem", "delete_item", request, read_attributes, key, resend=resend, parse=_PARSE)
