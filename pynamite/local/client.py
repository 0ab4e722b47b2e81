"""The embedded engine behind boto3's client interface."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self

from pynamite.local import parameters
from pynamite.local.actions import alter, batch, items, query, scan, tables, time_to_live, transact
from pynamite.local.failures import Exceptions, RefusedError, client_error, invalid, lone_surrogate
from pynamite.local.storage import Storage
from pynamite.local.values import MisshapenError

__all__ = ["LocalClient"]

_MISSHAPEN = "A value of the request is none of the types of an AttributeValue"

Action = Callable[[Storage, Mapping[str, Any]], dict[str, Any]]


class LocalClient:
    """DynamoDB in this process, in one SQLite file.

    It has the methods of ``boto3.client("dynamodb")``, takes the same parameters, gives the same answers and raises
    the same errors (``botocore.exceptions.ClientError``, or one of ``client.exceptions``). Many threads may use one
    client, and many processes one file. ``path`` is the file's, which is made when there is none; ``None`` is a
    private memory that ends with the client. With ``synchronous="FULL"`` each write waits for the disk; with
    ``"NORMAL"`` the last ones may be lost if the power fails (not if the process does), and the file stays whole.
    ``snapshot`` is what another client's `snapshot` gave: a memory that begins with it, in a tenth of a millisecond.

    Raises:
        UnreachableError: the file is none of ours, or there is no such folder.
    """

    def __init__(
        self, path: str | None = None, *, synchronous: Literal["NORMAL", "FULL"] = "NORMAL",
        snapshot: bytes | None = None,
    ) -> None:
        if snapshot is not None and path is not None:
            raise ValueError("a snapshot becomes a memory, never a file: leave the path out")
        self._storage = Storage(path, synchronous=synchronous, snapshot=snapshot)
        self._requests = itertools.count(1)
        self._session = secrets.token_hex(16).upper()
        self.exceptions = Exceptions()

    def __repr__(self) -> str:
        return f"LocalClient({self._storage.path!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        # As a file does: what nobody can use any more is closed. Python 3.13 warns of connections that are not.
        if hasattr(self, "_storage"):
            self._storage.close()

    @property
    def path(self) -> str | None:
        """The file's path; None for a memory."""
        return self._storage.path

    def close(self) -> None:
        """Close the file; a memory is gone with it. Closing twice does nothing, any other call after it fails."""
        self._storage.close()

    def snapshot(self) -> bytes:
        """Give all that is in the database at this moment, to begin other clients with: ``LocalClient(snapshot=...)``.

        >>> with LocalClient() as one, LocalClient(snapshot=one.snapshot()) as other:
        ...     other.list_tables()["TableNames"]
        []
        """
        return self._storage.snapshot()

    def _call(self, name: str, action: Action, request: Mapping[str, Any]) -> dict[str, Any]:
        parameters.check(name, request)
        try:
            answer = action(self._storage, request)
        except RefusedError as refused:
            raise client_error(refused, name, self._metadata()) from None
        except MisshapenError:
            parameters.refuse(name, request)
            raise client_error(invalid(_MISSHAPEN), name, self._metadata()) from None
        except UnicodeEncodeError as error:
            raise client_error(lone_surrogate(error), name, self._metadata()) from None
        except sqlite3.Error as error:
            raise self._storage.trouble(error, name) from error
        answer["ResponseMetadata"] = self._metadata()
        return answer

    def _metadata(self) -> dict[str, Any]:
        return {
            "RequestId": f"{self._session}{next(self._requests):020d}", "HTTPStatusCode": 200, "HTTPHeaders": {},
            "RetryAttempts": 0}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """BatchGetItem: read up to 100 items of any tables."""
        return self._call("BatchGetItem", batch.batch_get_item, request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """BatchWriteItem: put and delete up to 25 items of any tables."""
        return self._call("BatchWriteItem", batch.batch_write_item, request)

    def create_table(self, **request: Any) -> dict[str, Any]:
        """CreateTable; the table is ACTIVE at once."""
        return self._call("CreateTable", tables.create_table, request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """DeleteItem: take one item away."""
        return self._call("DeleteItem", items.delete_item, request)

    def delete_table(self, **request: Any) -> dict[str, Any]:
        """DeleteTable; the table is gone at once."""
        return self._call("DeleteTable", tables.delete_table, request)

    def describe_table(self, **request: Any) -> dict[str, Any]:
        """DescribeTable; the numbers of items and bytes are exact."""
        return self._call("DescribeTable", tables.describe_table, request)

    def describe_time_to_live(self, **request: Any) -> dict[str, Any]:
        """DescribeTimeToLive."""
        return self._call("DescribeTimeToLive", time_to_live.describe_time_to_live, request)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem: read one item."""
        return self._call("GetItem", items.get_item, request)

    def list_tables(self, **request: Any) -> dict[str, Any]:
        """ListTables: up to 100 names."""
        return self._call("ListTables", tables.list_tables, request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem: put one item in the place of what is there."""
        return self._call("PutItem", items.put_item, request)

    def query(self, **request: Any) -> dict[str, Any]:
        """Query: read a page of one partition."""
        return self._call("Query", query.query, request)

    def scan(self, **request: Any) -> dict[str, Any]:
        """Scan: read a page of a table or an index."""
        return self._call("Scan", scan.scan, request)

    def transact_get_items(self, **request: Any) -> dict[str, Any]:
        """TransactGetItems: read up to 100 items as they are at one moment."""
        return self._call("TransactGetItems", transact.transact_get_items, request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems: up to 100 writes, all or none."""
        return self._call("TransactWriteItems", transact.transact_write_items, request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem: change one item, or make it."""
        return self._call("UpdateItem", items.update_item, request)

    def update_table(self, **request: Any) -> dict[str, Any]:
        """UpdateTable; a new index is filled at once."""
        return self._call("UpdateTable", alter.update_table, request)

    def update_time_to_live(self, **request: Any) -> dict[str, Any]:
        """UpdateTimeToLive; an expired item stays until it is swept."""
        return self._call("UpdateTimeToLive", time_to_live.update_time_to_live, request)
