"""The embedded engine behind boto3's client interface."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self

from pynamite.local import parameters
from pynamite.local.actions import account, alter, batch, items, query, scan, tables, tags, time_to_live, transact
from pynamite.local.answers import as_json
from pynamite.local.calling import Action, Caller, unknown_operation
from pynamite.local.storage import Storage
from pynamite.local.streams.client import LocalStreamsClient
from pynamite.local.sweeping import sweep

__all__ = ["LocalClient"]

_READY: dict[str, tuple[str, Action]] = {
    "batch_get_item": ("BatchGetItem", partial(batch.batch_get_item, as_json=True)),
    "delete_item": ("DeleteItem", partial(items.delete_item, as_json=True)),
    "get_item": ("GetItem", partial(items.get_item, as_json=True)),
    "put_item": ("PutItem", partial(items.put_item, as_json=True)),
    "query": ("Query", partial(query.query, as_json=True)),
    "scan": ("Scan", partial(scan.scan, as_json=True)),
    "transact_get_items": ("TransactGetItems", partial(transact.transact_get_items, as_json=True)),
    "update_item": ("UpdateItem", partial(items.update_item, as_json=True)),
}
"""The actions whose answers have stored items in them, by the client's methods."""


class LocalClient(Caller):
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
        super().__init__(Storage(path, synchronous=synchronous, snapshot=snapshot))

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

    def __getattr__(self, name: str) -> Any:
        """Refuse the rest of DynamoDB's actions when they are called, as a service without them does."""
        if name.startswith("_") or name not in parameters.methods():
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        action = parameters.methods()[name]

        def refuse(**request: Any) -> dict[str, Any]:
            return self._call(action, unknown_operation(action), request)

        return refuse

    @property
    def path(self) -> str | None:
        """The file's path; None for a memory."""
        return self._storage.path

    def close(self) -> None:
        """Close the file; a memory is gone with it. Closing twice does nothing, any other call after it fails."""
        self._storage.close()

    def streams(self) -> LocalStreamsClient:
        """Give a client of the streams of these tables, with the methods of ``boto3.client("dynamodbstreams")``."""
        return LocalStreamsClient(self._storage, self)

    def snapshot(self) -> bytes:
        """Give all that is in the database at this moment, to begin other clients with: ``LocalClient(snapshot=...)``.

        >>> with LocalClient() as one, LocalClient(snapshot=one.snapshot()) as other:
        ...     other.list_tables()["TableNames"]
        []
        """
        return self._storage.snapshot()

    def sweep(self, now: float | None = None) -> int:
        """Delete what has expired, and the records of streams that are too old; give how many items are gone.

        An item has expired when its time-to-live attribute is a number of seconds since 1970 that has passed, by
        ``now`` (None: by the clock), but not by more than five years. A stream's record of it names the service as
        who did it.
        """
        return sweep(self._storage, now)

    def raw(self, method: str, request: Mapping[str, Any], /) -> bytes | dict[str, Any]:
        """Do what a method does with a request; an answer that has items in it is given as DynamoDB's JSON.

        Items that are given whole are not read for it: they are stored as JSON.
        """
        if method not in _READY or _is_replaced(self, method):
            answer: dict[str, Any] = getattr(self, method)(**request)
            return answer
        name, action = _READY[method]
        return as_json(self._answer(name, action, request))

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        """BatchExecuteStatement: up to 25 statements of PartiQL, each for itself."""
        return self._call("BatchExecuteStatement", _partiql().batch_execute_statement, request)

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

    def describe_continuous_backups(self, **request: Any) -> dict[str, Any]:
        """DescribeContinuousBackups: whether a table is said to be backed up."""
        return self._call("DescribeContinuousBackups", account.describe_continuous_backups, request)

    def describe_contributor_insights(self, **request: Any) -> dict[str, Any]:
        """DescribeContributorInsights: always DISABLED."""
        return self._call("DescribeContributorInsights", account.describe_contributor_insights, request)

    def describe_endpoints(self, **request: Any) -> dict[str, Any]:
        """DescribeEndpoints: one, of a service that is not there."""
        return self._call("DescribeEndpoints", account.describe_endpoints, request)

    def describe_limits(self, **request: Any) -> dict[str, Any]:
        """DescribeLimits: the service's own, which nobody is held to here."""
        return self._call("DescribeLimits", account.describe_limits, request)

    def describe_table(self, **request: Any) -> dict[str, Any]:
        """DescribeTable; the numbers of items and bytes are exact."""
        return self._call("DescribeTable", tables.describe_table, request)

    def describe_time_to_live(self, **request: Any) -> dict[str, Any]:
        """DescribeTimeToLive."""
        return self._call("DescribeTimeToLive", time_to_live.describe_time_to_live, request)

    def execute_statement(self, **request: Any) -> dict[str, Any]:
        """ExecuteStatement: one statement of PartiQL."""
        return self._call("ExecuteStatement", _partiql().execute_statement, request)

    def execute_transaction(self, **request: Any) -> dict[str, Any]:
        """ExecuteTransaction: up to 100 statements of PartiQL as one."""
        return self._call("ExecuteTransaction", _partiql().execute_transaction, request)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem: read one item."""
        return self._call("GetItem", items.get_item, request)

    def list_tables(self, **request: Any) -> dict[str, Any]:
        """ListTables: up to 100 names."""
        return self._call("ListTables", tables.list_tables, request)

    def list_tags_of_resource(self, **request: Any) -> dict[str, Any]:
        """ListTagsOfResource: a table's tags, all of them."""
        return self._call("ListTagsOfResource", tags.list_tags_of_resource, request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem: put one item in the place of what is there."""
        return self._call("PutItem", items.put_item, request)

    def query(self, **request: Any) -> dict[str, Any]:
        """Query: read a page of one partition."""
        return self._call("Query", query.query, request)

    def scan(self, **request: Any) -> dict[str, Any]:
        """Scan: read a page of a table or an index."""
        return self._call("Scan", scan.scan, request)

    def tag_resource(self, **request: Any) -> dict[str, Any]:
        """TagResource: give a table tags."""
        return self._call("TagResource", tags.tag_resource, request)

    def transact_get_items(self, **request: Any) -> dict[str, Any]:
        """TransactGetItems: read up to 100 items as they are at one moment."""
        return self._call("TransactGetItems", transact.transact_get_items, request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems: up to 100 writes, all or none."""
        return self._call("TransactWriteItems", transact.transact_write_items, request)

    def untag_resource(self, **request: Any) -> dict[str, Any]:
        """UntagResource: take a table's tags away."""
        return self._call("UntagResource", tags.untag_resource, request)

    def update_continuous_backups(self, **request: Any) -> dict[str, Any]:
        """UpdateContinuousBackups: note a setting that changes nothing here."""
        return self._call("UpdateContinuousBackups", account.update_continuous_backups, request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """UpdateItem: change one item, or make it."""
        return self._call("UpdateItem", items.update_item, request)

    def update_table(self, **request: Any) -> dict[str, Any]:
        """UpdateTable; a new index is filled at once."""
        return self._call("UpdateTable", alter.update_table, request)

    def update_time_to_live(self, **request: Any) -> dict[str, Any]:
        """UpdateTimeToLive; an expired item stays until it is swept."""
        return self._call("UpdateTimeToLive", time_to_live.update_time_to_live, request)


def _partiql() -> Any:
    """Give the actions of PartiQL, which few programs use, and which take a while to import."""
    from pynamite.local.partiql import actions

    return actions


_OWN = {method: getattr(LocalClient, method) for method in _READY}


def _is_replaced(client: LocalClient, method: str) -> bool:
    """Tell whether somebody has put something else in the place of a method, in a subclass or for a while."""
    return getattr(type(client), method) is not _OWN[method] or method in vars(client)
