"""Sweeping what has expired, and what a stream keeps for how long."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime

import pytest

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import key, put, refusal, table

VIEW = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
DAY = 24 * 3600
TTL = {"Enabled": True, "AttributeName": "expires"}


@pytest.fixture
def streamed(engine):
    """A client with the table `shop`, which has a stream and a time to live."""
    engine.create_table(**table(StreamSpecification=VIEW))
    engine.update_time_to_live(TableName="shop", TimeToLiveSpecification=TTL)
    return engine


def iterator(client, kind="TRIM_HORIZON", **more):
    """Give an iterator of the stream of `shop`."""
    arn = client.describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    shards = client.streams().describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return client.streams().get_shard_iterator(
        StreamArn=arn, ShardId=shards[0]["ShardId"], ShardIteratorType=kind, **more)["ShardIterator"]


def records(client):
    """Give all records of the stream of `shop`."""
    return client.streams().get_records(ShardIterator=iterator(client))["Records"]


def grow_old(client, seconds):
    """Make what is in the streams so many seconds older."""
    with client._storage.writing() as session:
        session.connection.execute("UPDATE stream_record SET at = at - ?", (seconds,))
        session.connection.execute("UPDATE stream SET created = created - ?, ended = ended - ?", (seconds, seconds))


def test_a_sweep_deletes_what_has_expired(streamed):
    """Later times, other types and items without the attribute stay."""
    put(streamed, "past", expires={"N": "1000000000"})
    for pk, value in (("future", {"N": "1000000002"}), ("text", {"S": "1000000000"}), ("set", {"NS": ["1000000000"]})):
        put(streamed, pk, expires=value)
    put(streamed, "none")
    assert streamed.sweep(1000000001) == 1
    assert {item["pk"]["S"] for item in streamed.scan(TableName="shop")["Items"]} == {"future", "text", "set", "none"}
    assert streamed.sweep(1000000001) == 0


def test_a_sweep_goes_by_the_clock(streamed):
    """Without a moment it is now."""
    put(streamed, "past", expires={"N": str(int(time.time()) - 1)})
    put(streamed, "future", expires={"N": str(int(time.time()) + 3600)})
    assert streamed.sweep() == 1


def test_what_expired_more_than_five_years_ago_stays(streamed):
    """So says the Developer Guide: it is taken for a mistake."""
    put(streamed, "zero", expires={"N": "0"})
    assert streamed.sweep() == 0


def test_a_sweep_takes_items_out_of_their_indexes(streamed):
    """An index that still had them would find nothing."""
    put(streamed, "past", status={"S": "OPEN"}, total={"N": "1"}, expires={"N": "1000000000"})
    streamed.sweep(1000000001)
    assert streamed.scan(TableName="shop", IndexName="ByStatus")["Count"] == 0


def test_a_sweep_leaves_tables_alone_that_have_no_time_to_live(shop):
    """The attribute means nothing there."""
    put(shop, "past", expires={"N": "1"})
    assert shop.sweep() == 0


@pytest.mark.parametrize("name", ["a.b", 'quo"te', "é", "back\\slash", "expires"])
def test_the_attribute_may_have_any_name(engine, name):
    """Names that JSON escapes are found, too."""
    engine.create_table(**table())
    engine.update_time_to_live(TableName="shop", TimeToLiveSpecification={"Enabled": True, "AttributeName": name})
    engine.put_item(TableName="shop", Item={**key("past"), name: {"N": "1000000000"}})
    assert engine.sweep(1000000001) == 1


def test_hundreds_are_swept(streamed):
    """A sweep goes on until all are gone."""
    for start in range(0, 250, 25):
        streamed.batch_write_item(RequestItems={"shop": [
            {"PutRequest": {"Item": {**key(f"{start + n}"), "expires": {"N": "1000000000"}}}} for n in range(25)]})
    assert streamed.sweep(1000000001) == 250


def test_the_record_of_a_swept_item_names_the_service(streamed):
    """As AWS marks what its time-to-live process deletes."""
    put(streamed, "past", expires={"N": "1000000000"})
    streamed.sweep(1000000001)
    put(streamed, "gone")
    streamed.delete_item(TableName="shop", Key=key("gone"))
    told = {record["dynamodb"]["Keys"]["pk"]["S"]: record.get("userIdentity") for record in records(streamed)
            if record["eventName"] == "REMOVE"}
    assert told == {"past": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}, "gone": None}


def test_a_write_that_fails_leaves_no_record(streamed):
    """Records are written in the transaction of the write."""
    put(streamed, "a")
    with pytest.raises(streamed.exceptions.TransactionCanceledException):
        streamed.transact_write_items(TransactItems=[
            {"Put": {"TableName": "shop", "Item": key("b")}},
            {"Put": {"TableName": "shop", "Item": key("a"), "ConditionExpression": "attribute_not_exists(pk)"}}])
    assert [record["dynamodb"]["Keys"] for record in records(streamed)] == [key("a")]


def test_records_are_kept_for_a_day(streamed):
    """Then they cannot be read, and are trimmed with the next sweep."""
    put(streamed, "old")
    grow_old(streamed, DAY + 1)
    put(streamed, "new")
    assert [record["dynamodb"]["Keys"] for record in records(streamed)] == [key("new")]
    streamed.sweep()
    with streamed._storage.reading() as session:
        assert session.connection.execute("SELECT count(*) FROM stream_record").fetchone() == (1,)


def test_many_records_trim_by_themselves(streamed):
    """Who never sweeps keeps no more than a day and a thousand records."""
    put(streamed, "old")
    grow_old(streamed, DAY + 1)
    for start in range(0, 1050, 25):
        streamed.batch_write_item(RequestItems={"shop": [
            {"PutRequest": {"Item": key(f"{start + n}")}} for n in range(25)]})
    with streamed._storage.reading() as session:
        assert session.connection.execute("SELECT min(seq) FROM stream_record").fetchone()[0] > 1


def test_what_was_trimmed_cannot_be_asked_for(streamed):
    """A number before the oldest record is refused by the error that says so."""
    put(streamed, "old")
    number = records(streamed)[0]["dynamodb"]["SequenceNumber"]
    grow_old(streamed, DAY + 1)
    with pytest.raises(streamed.streams().exceptions.TrimmedDataAccessException):
        iterator(streamed, "AT_SEQUENCE_NUMBER", SequenceNumber=number)


def test_a_number_that_the_shard_has_not_is_refused(streamed):
    """It is neither in the past nor in the present."""
    with pytest.raises(streamed.exceptions.ClientError, match="Invalid SequenceNumber"):
        iterator(streamed, "AT_SEQUENCE_NUMBER", SequenceNumber=f"{99:021d}")


def test_an_iterator_is_good_for_a_quarter_of_an_hour(streamed, monkeypatch):
    """Then it has expired."""
    found = iterator(streamed)
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(streamed.streams().exceptions.ExpiredIteratorException):
        streamed.streams().get_records(ShardIterator=found)


def test_a_stream_outlives_its_table_for_a_day(streamed):
    """What was deleted with the table can still be read."""
    put(streamed, "a")
    found = iterator(streamed)
    streamed.delete_table(TableName="shop")
    answer = streamed.streams().get_records(ShardIterator=found)
    assert len(answer["Records"]) == 1 and "NextShardIterator" not in answer
    grow_old(streamed, DAY + 1)
    assert refusal(streamed.streams().get_records, ShardIterator=found).startswith("ResourceNotFoundException")
    assert streamed.streams().list_streams()["Streams"] == []


def test_a_stream_that_is_switched_on_again_is_another(streamed):
    """Each has a label of its own; the last one is the table's."""
    first = streamed.describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    streamed.update_table(TableName="shop", StreamSpecification={"StreamEnabled": False})
    off = streamed.describe_table(TableName="shop")["Table"]
    assert off["LatestStreamArn"] == first and "StreamSpecification" not in off
    put(streamed, "silent")
    streamed.update_table(TableName="shop", StreamSpecification=VIEW)
    second = streamed.describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    assert [one["StreamArn"] for one in streamed.streams().list_streams(TableName="shop")["Streams"]] == [first, second]
    assert records(streamed) == []


def test_streams_are_listed_by_pages(streamed):
    """The last ARN of a page is where the next begins."""
    streamed.create_table(**table(TableName="other", StreamSpecification=VIEW))
    first = streamed.streams().list_streams(Limit=1)
    second = streamed.streams().list_streams(Limit=1, ExclusiveStartStreamArn=first["LastEvaluatedStreamArn"])
    assert [one["TableName"] for page in (first, second) for one in page["Streams"]] == ["shop", "other"]
    assert "LastEvaluatedStreamArn" not in second


def test_a_page_of_records_ends_at_a_megabyte(streamed):
    """As the service's do."""
    for number in range(3):
        put(streamed, f"{number}", body={"S": "x" * 300_000})
        put(streamed, f"{number}", body={"S": "y" * 300_000})
    first = streamed.streams().get_records(ShardIterator=iterator(streamed))
    rest = streamed.streams().get_records(ShardIterator=first["NextShardIterator"])
    assert (len(first["Records"]), len(rest["Records"])) == (2, 2)


def test_a_record_says_when(streamed):
    """By the second, as boto3 has it: an aware moment."""
    put(streamed, "a")
    told = records(streamed)[0]["dynamodb"]["ApproximateCreationDateTime"]
    assert abs((datetime.now(UTC) - told).total_seconds()) < 5


def test_a_stream_is_read_by_another_process(path):
    """Records stand in the file."""
    with LocalClient(path) as writer, LocalClient(path) as reader:
        writer.create_table(**table(StreamSpecification=VIEW))
        put(writer, "a")
        assert len(records(reader)) == 1


def test_a_streams_client_keeps_its_storage_open():
    """It can be all that is left of the client that gave it."""
    streams = LocalClient().streams()
    assert streams.list_streams()["Streams"] == []
    assert repr(streams) == "LocalStreamsClient(None)"


def test_a_file_of_the_first_format_gets_its_streams(path):
    """It is brought up to date when it is opened to be written, and keeps what is in it."""
    with LocalClient(path) as client:
        client.create_table(**table())
        put(client, "a")
    with sqlite3.connect(path) as old:
        old.execute("DROP TABLE stream")
        old.execute("DROP TABLE stream_record")
        old.execute("PRAGMA user_version = 1")
    old.close()
    with LocalClient(path) as client:
        client.update_table(TableName="shop", StreamSpecification=VIEW)
        put(client, "b")
        assert len(records(client)) == 1
        assert client.scan(TableName="shop")["Count"] == 2
