"""A client that refuses what meets a transaction on the way, as the service does, before one that never would.

The embedded engine and DynamoDB Local carry out one write after the other, so that nothing ever meets in them. On AWS
a transaction takes a while, and meanwhile every other write of its items is refused: Developer Guide, "Amazon DynamoDB
Transactions: How it works", "Transaction conflict handling in DynamoDB".
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import botocore.exceptions

from pynamite.dynamo.matching import key_identity
from pynamite.wire import Item

WRITES = {"put_item", "update_item", "delete_item"}


def refusal(code: str, action: str, **more: Any) -> botocore.exceptions.ClientError:
    """Give the client's error for one of the service's codes."""
    answer: Any = {"Error": {"Code": code, "Message": "Transaction is ongoing for the item"}, **more}
    return botocore.exceptions.ClientError(answer, action)


@attrs.define(eq=False)
class ContendedClient:
    """Hands every call on after ``seconds`` on the way, and refuses a write that meets a transaction there.

    ``keys`` are the names of the tables' key attributes. ``refused`` counts refusals by method, ``calls`` the calls.
    """

    client: Any
    keys: tuple[str, ...] = ("PK", "SK")
    seconds: float = 0.005
    refused: Counter[str] = attrs.field(factory=Counter)
    calls: Counter[str] = attrs.field(factory=Counter)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _transactions: set[Any] = attrs.field(factory=set)
    _writes: Counter[Any] = attrs.field(factory=Counter)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method == "raw":  # the calls that meet are those of the methods
            raise AttributeError(method)

        def call(**request: Any) -> Any:
            self.calls[method] += 1
            if method == "transact_write_items":
                with self._transacting([self._touched(entry) for entry in request["TransactItems"]]):
                    return self._hand_on(method, request)
            if method in WRITES:
                with self._writing(self._identity(request), method):
                    return self._hand_on(method, request)
            return self._hand_on(method, request)

        return call

    def _hand_on(self, method: str, request: Any) -> Any:
        time.sleep(self.seconds / 2)
        answer = getattr(self.client, method)(**request)
        time.sleep(self.seconds / 2)
        return answer

    def _identity(self, request: Any) -> Any:
        given: Item = request["Key"] if "Key" in request else request["Item"]
        return request["TableName"], key_identity({name: given[name] for name in self.keys})

    def _touched(self, entry: Any) -> Any:
        ((_, request),) = entry.items()
        return self._identity(request)

    @contextmanager
    def _transacting(self, items: list[Any]) -> Iterator[None]:
        with self._lock:
            met = [item in self._transactions or self._writes[item] > 0 for item in items]
            if any(met):
                self.refused["transact_write_items"] += 1
            else:
                self._transactions.update(items)
        if any(met):
            time.sleep(self.seconds)
            conflict = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
            reasons = [conflict if one else {"Code": "None"} for one in met]
            raise refusal("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        try:
            yield
        finally:
            with self._lock:
                self._transactions.difference_update(items)

    @contextmanager
    def _writing(self, item: Any, method: str) -> Iterator[None]:
        with self._lock:
            met = item in self._transactions
            if met:
                self.refused[method] += 1
            else:
                self._writes[item] += 1
        if met:
            time.sleep(self.seconds)
            raise refusal("TransactionConflictException", method)
        try:
            yield
        finally:
            with self._lock:
                self._writes[item] -= 1
