"""Streams and what has expired, as boto3 sees them behind a server; and answers that are lost on purpose."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from pynamite.local.client import LocalClient
from pynamite.local.faults import Faults
from pynamite.local.server import serve

KEY = {"PK": {"S": "a"}}
VIEW = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
SHOP = {
    "TableName": "shop", "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def connect(boto3_session):
    """Make boto3's clients of a server, and close them at the end."""
    made = []

    def client(server, service="dynamodb", config=None):
        made.append(boto3_session.client(service, endpoint_url=server.url, config=config))
        return made[-1]

    yield client
    for one in made:
        one.close()


def iterator(streams, arn, kind="TRIM_HORIZON", **more):
    """Give an iterator of a stream's only shard."""
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more)["ShardIterator"]


def test_a_stream_is_found_and_read(server, connect):
    """Its description, and the records of a new item, a changed one and one that is gone, binary included."""
    client, streams = connect(server), connect(server, "dynamodbstreams")
    arn = client.create_table(**SHOP, StreamSpecification=VIEW)["TableDescription"]["LatestStreamArn"]
    client.put_item(TableName="shop", Item={**KEY, "b": {"B": b"\xff"}})
    client.update_item(TableName="shop", Key=KEY, UpdateExpression="SET n = :n",
                       ExpressionAttributeValues={":n": {"N": "1.50"}})
    client.delete_item(TableName="shop", Key=KEY)

    (found,) = streams.list_streams(TableName="shop")["Streams"]
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    answer = streams.get_records(ShardIterator=iterator(streams, arn))

    assert (found["StreamArn"], found["TableName"]) == (arn, "shop")
    assert (described["StreamStatus"], described["StreamViewType"]) == ("ENABLED", "NEW_AND_OLD_IMAGES")
    assert isinstance(described["CreationRequestDateTime"], datetime)
    assert [record["eventName"] for record in answer["Records"]] == ["INSERT", "MODIFY", "REMOVE"]
    told = answer["Records"][1]["dynamodb"]
    assert told["Keys"] == KEY
    assert told["OldImage"] == {**KEY, "b": {"B": b"\xff"}}
    assert told["NewImage"] == {**KEY, "b": {"B": b"\xff"}, "n": {"N": "1.5"}}
    assert abs((datetime.now(UTC) - told["ApproximateCreationDateTime"]).total_seconds()) < 60


def test_a_stream_is_read_on(server, connect):
    """By the next iterator, from a place in it, and from now."""
    client, streams = connect(server), connect(server, "dynamodbstreams")
    arn = client.create_table(**SHOP, StreamSpecification=VIEW)["TableDescription"]["LatestStreamArn"]
    client.put_item(TableName="shop", Item=KEY)
    latest = iterator(streams, arn, "LATEST")
    first = streams.get_records(ShardIterator=iterator(streams, arn), Limit=1)
    client.delete_item(TableName="shop", Key=KEY)
    place = first["Records"][0]["dynamodb"]["SequenceNumber"]

    for way in (first["NextShardIterator"], latest,
                iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=place)):
        assert [record["eventName"] for record in streams.get_records(ShardIterator=way)["Records"]] == ["REMOVE"]


def test_streams_refuse_as_the_service_does(server, connect):
    """With the classes that boto3 has for it."""
    streams = connect(server, "dynamodbstreams")
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(
            StreamArn="arn:aws:dynamodb:local:000000000000:table/none/stream/2026-01-01T00:00:00.000")
    with pytest.raises(streams.exceptions.ClientError, match="ValidationException"):
        streams.get_records(ShardIterator="nonsense")


def test_the_servers_timer_sweeps(connect):
    """What has expired is gone by itself, and the stream says that it was the service."""
    with serve(sweep_seconds=0.05) as server:
        client, streams = connect(server), connect(server, "dynamodbstreams")
        arn = client.create_table(**SHOP, StreamSpecification=VIEW)["TableDescription"]["LatestStreamArn"]
        client.update_time_to_live(
            TableName="shop", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        client.put_item(TableName="shop", Item={**KEY, "expires": {"N": str(int(time.time()) - 10)}})
        client.put_item(TableName="shop", Item={"PK": {"S": "b"}, "expires": {"N": str(int(time.time()) + 1000)}})

        deadline = time.monotonic() + 20
        while client.scan(TableName="shop")["Count"] == 2 and time.monotonic() < deadline:
            time.sleep(0.02)

        assert client.scan(TableName="shop")["Items"][0]["PK"] == {"S": "b"}
        last = streams.get_records(ShardIterator=iterator(streams, arn))["Records"][-1]
        assert (last["eventName"], last["dynamodb"]["Keys"]) == ("REMOVE", KEY)
        assert last["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def test_a_lost_answer_is_a_cut_connection(connect):
    """Not an error of the service: the write is done, and whoever tries again is answered."""
    faults = Faults()
    with LocalClient() as engine, serve(faults.around(engine)) as server:
        engine.create_table(**SHOP)
        once, again = connect(server, config=ONCE), connect(server)
        faults.lose_response("PutItem")
        with pytest.raises(ConnectionClosedError):
            once.put_item(TableName="shop", Item=KEY)
        assert engine.get_item(TableName="shop", Key=KEY)["Item"] == KEY
        faults.lose_response("DeleteItem")
        assert again.delete_item(TableName="shop", Key=KEY)["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_lost_request_is_a_cut_connection(connect):
    """And nothing is done."""
    faults = Faults()
    with LocalClient() as engine, serve(faults.around(engine)) as server:
        engine.create_table(**SHOP)
        faults.lose_request("PutItem")
        with pytest.raises(ConnectionClosedError):
            connect(server, config=ONCE).put_item(TableName="shop", Item=KEY)
        assert engine.scan(TableName="shop")["Count"] == 0
