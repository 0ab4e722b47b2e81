"""TransactWriteItems and TransactGetItems: several operations as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import attrs

from pynamite.errors import DefinitionError
from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import read, result_of, unread_items
from pynamite.operation.conditional import conditional
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend
from pynamite.wire import Item, item_from_wire

__all__ = ["TRANSACTION_SIZE", "condition_check", "transact_get", "transact_write", "with_token"]

R = TypeVar("R")

# "Up to 100 actions": API Reference, "TransactWriteItems", "TransactGetItems".
TRANSACTION_SIZE = 100

_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete", "ConditionCheck": "ConditionCheck"}
_NOT_IN_TRANSACTIONS = {"ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ConsistentRead"}


def condition_check(table_name: str, key: Item, condition: nodes.Condition) -> Operation[None]:
    """Make a check that an item fulfils a condition; the API has it inside of a transaction only."""
    request: dict[str, Any] = {"TableName": table_name, "Key": key, **conditional(Renderer(), condition)}
    return Operation("ConditionCheck", "transact_write_items", request, _nothing, key)


def _nothing(_answer: dict[str, Any]) -> None:
    return None


def transact_write(operations: Sequence[Operation[Any]], token: str | None = None) -> Operation[None]:
    """Make one TransactWriteItems of puts, updates, deletes and condition checks: all of them happen, or none.

    ``token`` makes sending it again within ten minutes harmless.

    Raises:
        DefinitionError: an operation cannot be part of a transaction, two concern the same item, or there are none or
            more than 100.
    """
    _check(operations, set(_WRITES), "put, update, delete and condition_check")
    for operation in operations:
        if operation.action == "UpdateItem" and "UpdateExpression" not in operation.request:
            raise DefinitionError(f"the update of {_about(operation)} changes nothing: a transaction does not take it")
    entries = [{_WRITES[operation.action]: _parameters(operation)} for operation in operations]
    request: dict[str, Any] = {"TransactItems": entries}
    if token is not None:
        request["ClientRequestToken"] = token
    resend = Resend.NEVER if token is None else Resend.TOKEN
    return Operation(
        "TransactWriteItems", "transact_write_items", request, _nothing, resend=resend,
        parse=result_of(read, _nothing))


def with_token(operation: Operation[R], token: str) -> Operation[R]:
    """Give a transaction a token, unless it has one; any other operation stays as it is."""
    if operation.action != "TransactWriteItems" or "ClientRequestToken" in operation.request:
        return operation
    return attrs.evolve(operation.with_request(ClientRequestToken=token), resend=Resend.TOKEN)


def transact_get(operations: Sequence[Operation[Any]], *, unread: bool = False) -> Operation[list[Any]]:
    """Make one TransactGetItems of gets: one consistent view of all items, in the order of ``operations``.

    Items are left ``unread`` for those who read their JSON themselves, where the client gives it.

    Raises:
        DefinitionError: an operation is no get, two concern the same item, or there are none or more than 100.
    """
    _check(operations, {"GetItem"}, "get")
    entries = [{"Get": _parameters(operation)} for operation in operations]
    return Operation("TransactGetItems", "transact_get_items", {"TransactItems": entries}, _read_items,
                     parse=result_of(unread_items if unread else read, _read_items))


def _read_items(answer: dict[str, Any]) -> list[Item | None]:
    # TransactGetItems answers an absent item with an empty entry: API Reference, "ItemResponse".
    return [response.get("Item") for response in answer["Responses"]]


def _parameters(operation: Operation[Any]) -> dict[str, Any]:
    return {name: value for name, value in operation.request.items() if name not in _NOT_IN_TRANSACTIONS}


def _check(operations: Sequence[Operation[Any]], actions: set[str], words: str) -> None:
    if not 1 <= len(operations) <= TRANSACTION_SIZE:
        raise DefinitionError(
            f"a transaction takes 1 to {TRANSACTION_SIZE} operations, not {len(operations)}; "
            "split it where that is safe")
    seen: dict[str, int] = {}
    for number, operation in enumerate(operations):
        if operation.action not in actions:
            raise DefinitionError(f"operation {number} of the transaction is {operation.action}: it takes {words} only")
        first = seen.setdefault(_about(operation), number)
        if first != number:
            raise DefinitionError(
                f"operations {first} and {number} of the transaction both concern {_about(operation)}; "
                "an item can take part once only: make them one")


def _about(operation: Operation[Any]) -> str:
    key = dict(sorted(item_from_wire(operation.key or {}).items()))
    return f"{key!r} in table {operation.table_name!r}"
