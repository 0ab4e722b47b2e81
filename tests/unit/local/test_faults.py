"""Faults on demand: each is what boto3's client would raise, and happens where it was asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from pynamite.connect import connect
from pynamite.local.client import LocalClient
from pynamite.local.faults import Faults
from pynamite.pytest_plugin import Clock
from tests.unit.local.shapes import key, put, table

OPEN = {
    "TableName": "shop", "IndexName": "ByStatus", "KeyConditionExpression": "#s = :open",
    "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":open": {"S": "OPEN"}}}


@pytest.fixture
def clock():
    """A clock that stands still."""
    return Clock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def faults(clock):
    """Nothing goes wrong yet."""
    return Faults(clock)


@pytest.fixture
def shop(faults):
    """A client with the table `shop`, with which things may go wrong."""
    with LocalClient() as client:
        client.create_table(**table())
        yield faults.around(client)


def there(shop, pk="a"):
    """Tell whether an item is there, past all faults."""
    return "Item" in shop.client.get_item(TableName="shop", Key=key(pk))


def test_a_faulty_client_is_a_client(shop):
    """It has all methods, and what is no operation, too."""
    taken: Any = connect(shop)
    assert taken is shop
    assert shop.path is None
    assert repr(shop) == "FaultyClient(LocalClient(None))"
    with pytest.raises(shop.exceptions.ResourceNotFoundException):
        shop.describe_table(TableName="none")


@pytest.mark.parametrize("fault, code, status", [
    ("throttle", "ProvisionedThroughputExceededException", 400), ("conflict", "TransactionConflictException", 400),
    ("fail", "InternalServerError", 500),
])
def test_a_refusal_comes_as_often_as_asked_for_and_does_nothing(shop, faults, fault, code, status):
    """With the code that callers look at; other actions go well."""
    getattr(faults, fault)("PutItem", times=2)
    assert faults.pending == [f"{fault}('PutItem', times=2)"]
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            put(shop, "a")
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert not there(shop)
    put(shop, "a")
    assert there(shop)
    assert faults.pending == []


def test_a_conflict_in_a_transaction_names_the_action(shop, faults):
    """It is a reason to cancel, the first one's."""
    faults.conflict("TransactWriteItems")
    item = {"Put": {"TableName": "shop", "Item": key("a")}}
    with pytest.raises(ClientError) as caught:
        shop.transact_write_items(TransactItems=[item, {"Put": {"TableName": "shop", "Item": key("b")}}])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["TransactionConflict", "None"]
    assert not there(shop)


def test_a_lost_request_does_nothing(shop, faults):
    """Nobody was reached."""
    faults.lose_request("PutItem")
    with pytest.raises(EndpointConnectionError):
        put(shop, "a")
    assert not there(shop)


def test_a_lost_response_is_that_of_something_done(shop, faults):
    """Or of something refused: nobody knows."""
    faults.lose_response("PutItem", times=2)
    with pytest.raises(ConnectionClosedError):
        put(shop, "a")
    assert there(shop)
    with pytest.raises(ConnectionClosedError):
        shop.put_item(TableName="shop", Item=key("a"), ConditionExpression="attribute_not_exists(pk)")


def test_faults_of_one_action_come_in_order(shop, faults):
    """Those of any action meet the next one."""
    faults.throttle("GetItem")
    faults.fail()
    with pytest.raises(ClientError, match="InternalServerError"):
        put(shop, "a")
    with pytest.raises(ClientError, match="ProvisionedThroughput"):
        shop.get_item(TableName="shop", Key=key("a"))
    assert "Item" not in shop.get_item(TableName="shop", Key=key("a"))


def test_faults_can_be_taken_back(shop, faults):
    """All at once."""
    faults.fail(times=5)
    faults.stale_index_reads(milliseconds=1000)
    faults.clear()
    put(shop, "a", status={"S": "OPEN"}, total={"N": "1"})
    assert shop.query(**OPEN)["Count"] == 1


def test_an_index_is_read_as_it_was(shop, faults, clock):
    """By the clock; the table itself, and what the index held before, are there at once."""
    put(shop, "a", status={"S": "OPEN"}, total={"N": "1"})
    faults.stale_index_reads(milliseconds=500_000)
    put(shop, "b", status={"S": "OPEN"}, total={"N": "2"})
    clock.advance(seconds=250)
    shop.delete_item(TableName="shop", Key=key("a"))
    assert there(shop, "b")
    assert [item["pk"]["S"] for item in shop.query(**OPEN)["Items"]] == ["a"]
    clock.advance(seconds=250)
    assert [item["pk"]["S"] for item in shop.query(**OPEN)["Items"]] == ["a", "b"]
    clock.advance(seconds=250)
    assert [item["pk"]["S"] for item in shop.scan(TableName="shop", IndexName="ByStatus")["Items"]] == ["b"]
    assert shop.scan(TableName="shop")["Count"] == 1


def test_a_consistent_read_of_a_local_index_is_up_to_date(shop, faults):
    """DynamoDB promises that."""
    faults.stale_index_reads(milliseconds=500_000)
    put(shop, "a", total={"N": "1"})
    local = {"TableName": "shop", "IndexName": "ByTotal"}
    assert shop.scan(**local)["Count"] == 0
    assert shop.scan(**local, ConsistentRead=True)["Count"] == 1


def test_real_time_counts_as_well():
    """Where there is no other clock."""
    faults = Faults()
    with LocalClient() as client:
        client.create_table(**table())
        shop = faults.around(client)
        faults.stale_index_reads(milliseconds=0.001)
        put(shop, "a", status={"S": "OPEN"}, total={"N": "1"})
        assert shop.query(**OPEN)["Count"] == 1


@pytest.mark.parametrize("ask, message", [
    (lambda faults: faults.throttle("put_item"), "'put_item' is no action; these are: .*BatchGetItem, .*PutItem"),
    (lambda faults: faults.fail("Query", times=0), "nothing happens 0 times: give 1 or more"),
    (lambda faults: faults.stale_index_reads(milliseconds=-1), "an index cannot be -1 ms old"),
])
def test_what_cannot_happen_is_refused(faults, ask, message):
    """At once, so that no test waits for it in vain."""
    with pytest.raises(ValueError, match=message):
        ask(faults)
    assert faults.pending == []


def test_a_snapshot_begins_another_database(engine):
    """With all that is in this one, and apart from it; a file's can be taken, too."""
    engine.create_table(**table())
    item = put(engine, "a", photo={"B": b"\x00"})
    with LocalClient(snapshot=engine.snapshot()) as other:
        put(other, "b")
        assert other.get_item(TableName="shop", Key=key("a"))["Item"] == item
    assert engine.scan(TableName="shop")["Items"] == [item]


def test_a_snapshot_becomes_no_file(path):
    """It would hide what is in the file."""
    with LocalClient() as one, pytest.raises(ValueError, match="never a file: leave the path out"):
        LocalClient(path, snapshot=one.snapshot())
