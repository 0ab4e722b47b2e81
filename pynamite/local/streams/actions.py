"""ListStreams, DescribeStream, GetShardIterator and GetRecords.

A stream is one shard, which ends when the stream does.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pynamite.dynamodb_json import from_json
from pynamite.local.definition import TABLE_ARN
from pynamite.local.failures import RefusedError, invalid, invalid_parameter, not_in_set
from pynamite.local.keys import check_table_name
from pynamite.local.storage import Session, Storage
from pynamite.local.streams.records import RETENTION_SECONDS, last_sequence

__all__ = ["describe_stream", "get_records", "get_shard_iterator", "list_streams"]

_MOST_STREAMS = 100
_MOST_RECORDS = 1000
_LARGEST_ANSWER = 1024 * 1024
_ITERATOR_SECONDS = 15 * 60
"""How long an iterator can be used: API Reference, "GetShardIterator"."""
_ITERATOR_TYPES = ("TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
_REGION = TABLE_ARN.split(":")[3]
_SERVICE = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}

_STREAM = "SELECT id, name, label, view, key_schema, created, ended, first, last FROM stream "
_RECORDS = (
    "SELECT seq, at, event, expired, size, keys, old, new FROM stream_record "
    "WHERE stream = ? AND seq >= ? AND at >= ? ORDER BY seq LIMIT ?")


class _Stream(NamedTuple):
    id: int
    name: str
    label: str
    view: str
    key_schema: str
    created: float
    ended: float | None
    first: int
    last: int | None

    @property
    def arn(self) -> str:
        return f"{TABLE_ARN}{self.name}/stream/{self.label}"

    @property
    def shard(self) -> str:
        return f"shardId-{int(self.created * 1000):020d}-{self.id:08x}"


def _sequence(number: int) -> str:
    return f"{number:021d}"


def list_streams(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """List the streams of a table, or all, those that have ended and can still be read, too."""
    limit = request.get("Limit", _MOST_STREAMS)
    name = request.get("TableName")
    start = request.get("ExclusiveStartStreamArn")
    where = ["(ended IS NULL OR ended >= ?)"]
    values: list[Any] = [_horizon()]
    if name is not None:
        where.append("name = ?")
        values.append(check_table_name(name))
    with storage.reading() as session:
        if start is not None:
            where.append("id > ?")
            values.append(_find(session, start).id)
        text = f"{_STREAM}WHERE {' AND '.join(where)} ORDER BY id LIMIT ?"
        found = [_Stream._make(row) for row in session.connection.execute(text, (*values, limit + 1))]
    answer: dict[str, Any] = {"Streams": [
        {"StreamArn": one.arn, "TableName": one.name, "StreamLabel": one.label} for one in found[:limit]]}
    if len(found) > limit:
        answer["LastEvaluatedStreamArn"] = found[limit - 1].arn
    return answer


def _horizon() -> float:
    return time.time() - RETENTION_SECONDS


def _find(session: Session, arn: str) -> _Stream:
    name, _, label = arn.removeprefix(TABLE_ARN).partition("/stream/")
    row = session.connection.execute(
        f"{_STREAM}WHERE name = ? AND label = ? AND (ended IS NULL OR ended >= ?)",
        (name, label, _horizon())).fetchone()
    if row is None or not arn.startswith(TABLE_ARN):
        raise RefusedError("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")
    return _Stream._make(row)


def describe_stream(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what a stream is, and its shard."""
    with storage.reading() as session:
        stream = _find(session, request["StreamArn"])
    numbers = {"StartingSequenceNumber": _sequence(stream.first)}
    if stream.last is not None:
        numbers["EndingSequenceNumber"] = _sequence(max(stream.first, stream.last))
    shards = [{"ShardId": stream.shard, "SequenceNumberRange": numbers}]
    if request.get("ExclusiveStartShardId", "") >= stream.shard:
        shards = []
    return {"StreamDescription": {
        "StreamArn": stream.arn, "StreamLabel": stream.label,
        "StreamStatus": "ENABLED" if stream.ended is None else "DISABLED", "StreamViewType": stream.view,
        "CreationRequestDateTime": datetime.fromtimestamp(stream.created, UTC), "TableName": stream.name,
        "KeySchema": json.loads(stream.key_schema), "Shards": shards}}


def get_shard_iterator(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Give a place in a shard to read from, which is good for 15 minutes."""
    kind, number = request["ShardIteratorType"], request.get("SequenceNumber")
    if kind not in _ITERATOR_TYPES:
        raise not_in_set("ShardIteratorType", kind, _ITERATOR_TYPES)
    by_number = kind in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}
    if by_number and (number is None or not number.isdecimal()):
        raise invalid_parameter("Invalid SequenceNumber")
    if number is not None and not by_number:
        raise invalid_parameter("SequenceNumber should not be passed for this iterator type")
    with storage.reading() as session:
        stream = _find(session, request["StreamArn"])
        if request["ShardId"] != stream.shard:
            raise RefusedError("ResourceNotFoundException", "Shard does not exist")
        if kind == "TRIM_HORIZON":
            place = stream.first
        elif kind == "LATEST":
            place = last_sequence(session) + 1
        else:
            assert number is not None
            place = int(number)
            _see_in_reach(session, stream, place)
            place += kind == "AFTER_SEQUENCE_NUMBER"
    return {"ShardIterator": _iterator(stream, place)}


def _see_in_reach(session: Session, stream: _Stream, place: int) -> None:
    last = last_sequence(session) if stream.last is None else stream.last
    if not stream.first <= place <= max(last, stream.first):
        raise invalid_parameter("Invalid SequenceNumber")
    if stream.created >= _horizon():
        return
    oldest = session.connection.execute(
        "SELECT ifnull(min(seq), ?) FROM stream_record WHERE stream = ? AND at >= ?",
        (last + 1, stream.id, _horizon())).fetchone()[0]
    if place < oldest:
        raise RefusedError(
            "TrimmedDataAccessException",
            "The operation attempted to read past the oldest stream record in a shard.")


def _iterator(stream: _Stream, place: int) -> str:
    told = base64.urlsafe_b64encode(json.dumps([stream.shard, place, time.time()]).encode()).decode()
    return f"{stream.arn}|1|{told}"


def get_records(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Read the records from a place on, up to 1000 or 1 MB, and give the place after them."""
    limit = request.get("Limit", _MOST_RECORDS)
    if limit > _MOST_RECORDS:
        raise invalid_parameter(f"Limit should be less than or equal to {_MOST_RECORDS}")
    arn, shard, place = _read_iterator(request["ShardIterator"])
    with storage.reading() as session:
        stream = _find(session, arn)
        if shard != stream.shard:
            raise invalid("Invalid ShardIterator")
        records: list[dict[str, Any]] = []
        size = 0
        for row in session.connection.execute(_RECORDS, (stream.id, place, _horizon(), limit)):
            size += row[4]
            if records and size > _LARGEST_ANSWER:
                break
            records.append(_record(stream, row))
            place = row[0] + 1
    answer: dict[str, Any] = {"Records": records}
    # A shard that has ended is closed: after its last record there is nowhere to go.
    if stream.last is None or place <= stream.last:
        answer["NextShardIterator"] = _iterator(stream, place)
    return answer


def _read_iterator(text: str) -> tuple[str, str, int]:
    try:
        arn, _, told = text.split("|")
        shard, place, issued = json.loads(base64.urlsafe_b64decode(told))
        expired = time.time() - issued > _ITERATOR_SECONDS
    except (ValueError, TypeError, binascii.Error):
        raise invalid("Invalid ShardIterator") from None
    if expired:
        raise RefusedError("ExpiredIteratorException", "The provided iterator exceeds the maximum age allowed.")
    return arn, shard, int(place)


def _record(stream: _Stream, row: Any) -> dict[str, Any]:
    sequence, at, event, expired, size, keys, old, new = row
    told: dict[str, Any] = {
        "ApproximateCreationDateTime": datetime.fromtimestamp(int(at), UTC), "Keys": from_json(keys)}
    if new is not None:
        told["NewImage"] = from_json(new)
    if old is not None:
        told["OldImage"] = from_json(old)
    told.update(SequenceNumber=_sequence(sequence), SizeBytes=size, StreamViewType=stream.view)
    record: dict[str, Any] = {
        "eventID": f"{stream.id:08x}{sequence:024x}", "eventName": event, "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": _REGION, "dynamodb": told}
    if expired:
        record["userIdentity"] = dict(_SERVICE)
    return record
