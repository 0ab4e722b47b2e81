"""A client of boto3's with a short way for the item operations."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pynamite.operation.key_texts import with_plain_keys
from pynamite.transport.guard import METHODS
from pynamite.transport.short import ShortWay

__all__ = ["FastClient"]


class FastClient:
    """A client of boto3's whose item operations take a short way, call by call, as long as nobody listens to them.

    It has all that boto3's client has. ``get_item``, ``query`` and the other item operations give the same answers and
    raise the same errors; what is left out is botocore's event system, its checks of pynamite's own requests, its rules
    for endpoints, and its parsing by shapes. `why_not` tells what keeps a call from the short way. Threads may share
    one client, and a process that was forked off may go on using its own copy of it.
    """

    def __init__(self, client: Any, *, closes_client: bool = True) -> None:
        self._client = client
        self._closes_client = closes_client
        self._short = ShortWay(client)

    def __getattr__(self, name: str) -> Any:
        if name == "_client":  # not there yet: a copy that is being made
            raise AttributeError(name)
        return getattr(self._client, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._client)})

    def __repr__(self) -> str:
        return f"FastClient({self._client!r})"

    @property
    def boto3(self) -> Any:
        """The client of boto3's behind it."""
        return self._client

    def close(self) -> None:
        """Close the connections; boto3's client too, unless it was somebody else's before."""
        self._short.close()
        if self._closes_client:
            self._client.close()

    def why_not(self, method: str = "get_item") -> str | None:
        """Say why calls of this method go all the way through boto3 at the moment; None if they do not."""
        return self._short.why_not(method)

    def raw(self, method: str, request: Mapping[str, Any], /) -> bytes | dict[str, Any]:
        """Give the answer's body as it came; the method's own answer where somebody listens: see `RawClient`."""
        if method in METHODS and method not in self.__dict__:
            told = self._short.attempt(method, request)
            return told if isinstance(told, bytes) else told()
        answer: dict[str, Any] = getattr(self, method)(**with_plain_keys(method, request))
        return answer

    def attempt(self, method: str, request: Mapping[str, Any], /) -> bytes | Callable[[], bytes | dict[str, Any]]:
        """Try a call once, and give the answer's body; or else what goes on with the call: see `AttemptingClient`."""
        own = self.__dict__
        if method in METHODS and method not in own and "raw" not in own:
            return self._short.attempt(method, request)
        return partial(self.raw, method, request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """BatchGetItem: read up to 100 items of any tables."""
        return self._short.call("batch_get_item", request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """BatchWriteItem: put and delete up to 25 items of any tables."""
        return self._short.call("batch_write_item", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """DeleteItem: take one item away."""
        return self._short.call("delete_item", request)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem: read one item."""
        return self._short.call("get_item", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem: put one item in the place of what is there."""
        return self._short.call("put_item", request)

    def query(self, **request: Any) -> dict[str, Any]:
        """Query: read a page of one partition."""
        return self._short.call("query", request)

    def scan(self, **request: Any) -> dict[str, Any]:
        """Scan: read a page of a table or an index."""
        return self._short.call("scan", request)

    def transact_get_items(self, **request: Any) -> dict[str, Any]:
        """TransactGetItems: read up to 100 items as they are at one moment."""
        return self._short.call("transact_get_items", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems: up to 100 writes, all or none."""
        return self._short.call("transact_write_items", {"ClientRequestToken": str(uuid.uuid4()), **request})

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem: change one item, or make it."""
        return self._short.call("update_item", request)
