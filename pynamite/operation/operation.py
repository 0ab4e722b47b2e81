"""An operation: one call of the API as a value, made and read without sending anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from pynamite.operation.resend import Resend
from pynamite.wire import Item

__all__ = ["Operation", "read_answer"]

R = TypeVar("R")

_READS = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "Describe", "List")


def read_answer(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the service's answer as it is."""
    return answer


@attrs.define  # Nobody changes one, but frozen ones take three times as long to make, and each call makes one.
class Operation(Generic[R]):
    """One call of the API.

    ``action`` is the API's name of it (``"GetItem"``), ``method`` the client's (``"get_item"``), ``request`` its
    parameters, and ``read`` turns the answer into the result. ``key`` is the key of the item that it is about, in wire
    form, for messages; None where there is not just one. ``resend`` says whether it may be sent again when no answer
    came: a read may, anything else says so by itself. ``parse`` turns an answer that came as JSON into the result; None
    takes the answer as the client's method gives it.
    """

    action: str
    method: str
    request: dict[str, Any]
    read: Callable[[dict[str, Any]], R] = attrs.field(eq=False, repr=False)
    key: Item | None = None
    resend: Resend = attrs.field(
        default=attrs.Factory(lambda made: Resend.SAFE if made.is_read else Resend.NEVER, takes_self=True),
        kw_only=True)
    parse: Callable[[bytes], R] | None = attrs.field(default=None, eq=False, repr=False, kw_only=True)

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing, as its action's name tells."""
        return self.action.startswith(_READS)

    @property
    def table_name(self) -> str | None:
        """The table's name, or None where the request names several or none."""
        names = set(self.request.get("RequestItems", ()))
        if "TableName" in self.request:
            names = {self.request["TableName"]}
        for entry in self.request.get("TransactItems", ()):
            names |= {parameters["TableName"] for parameters in entry.values()}
        return names.pop() if len(names) == 1 else None

    def with_request(self, **changes: Any) -> Operation[R]:
        """Give the same operation with other parameters; a parameter that becomes None is left out."""
        merged: Mapping[str, Any] = {**self.request, **changes}
        return attrs.evolve(self, request={name: value for name, value in merged.items() if value is not None})

    def again(self, key: Item | None, changes: Mapping[str, Any]) -> Operation[R]:
        """Give the same operation about the item of another ``key``, with some parameters changed.

        Whether it may be sent again has to be the same of both.
        """
        return Operation(
            self.action, self.method, {**self.request, **changes}, self.read, key, resend=self.resend,
            parse=self.parse)

    def differing(self, other: Operation[Any]) -> tuple[str, ...]:
        """Name the values of expressions that another operation, which is otherwise the same, has otherwise."""
        values, others = (one.request.get("ExpressionAttributeValues", {}) for one in (self, other))
        return tuple(name for name, value in values.items() if value != others.get(name))
