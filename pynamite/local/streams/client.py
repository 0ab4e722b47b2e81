"""The streams of the embedded engine behind boto3's client interface."""

from __future__ import annotations

from typing import Any

from pynamite.local.calling import Caller
from pynamite.local.storage import Storage
from pynamite.local.streams import actions

__all__ = ["LocalStreamsClient"]


class LocalStreamsClient(Caller):
    """DynamoDB Streams in this process: the methods of ``boto3.client("dynamodbstreams")``.

    `LocalClient.streams` gives it; it reads what that client's tables have written, and ends when that is closed.
    """

    service = "dynamodbstreams"

    def __init__(self, storage: Storage, owner: object) -> None:
        super().__init__(storage)
        self._owner = owner  # which closes the storage when it is forgotten

    def __repr__(self) -> str:
        return f"LocalStreamsClient({self._storage.path!r})"

    def describe_stream(self, **request: Any) -> dict[str, Any]:
        """DescribeStream: a stream is one shard."""
        return self._call("DescribeStream", actions.describe_stream, request)

    def get_records(self, **request: Any) -> dict[str, Any]:
        """GetRecords: up to 1000 records or 1 MB from a place on, and the next place."""
        return self._call("GetRecords", actions.get_records, request)

    def get_shard_iterator(self, **request: Any) -> dict[str, Any]:
        """GetShardIterator: a place in a shard."""
        return self._call("GetShardIterator", actions.get_shard_iterator, request)

    def list_streams(self, **request: Any) -> dict[str, Any]:
        """ListStreams: up to 100 streams, of one table or all."""
        return self._call("ListStreams", actions.list_streams, request)
