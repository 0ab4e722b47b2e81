"""Batches of keys of one partition by pynamite's own transport: what is sent, and what is sent again."""

from __future__ import annotations

import json
import logging
from typing import Any

import boto3
import pytest

from pynamite import Table, entity
from pynamite.connect import connect
from pynamite.dynamo.backoff import Backoff
from pynamite.dynamodb_json import to_json
from pynamite.errors import UnprocessedItemsError
from tests.scripted_server import answer
from tests.transports import without_moto


@entity(pk="SHOP#<shop>", sk="ORDER#<number:pad(3)>")
class Order:
    shop: str
    number: int


@pytest.fixture
def orders(server):
    """The repository of a table behind the scripted server."""
    client = without_moto(boto3.client("dynamodb", endpoint_url=server.url, region_name="us-east-1"))
    fast: Any = connect(client, transport="fast")
    yield Table("shop", Order).connect(fast)[Order]
    fast.close()
    client.close()


def key(number: int, shop: str = "ann") -> dict[str, Any]:
    return {"PK": {"S": f"SHOP#{shop}"}, "SK": {"S": f"ORDER#{number:03d}"}}


def found(*numbers: int, left: list[int] | None = None) -> bytes:
    """Make an answer with these orders, which leaves keys over."""
    items = [
        {**key(number), "_type": {"S": "Order"}, "shop": {"S": "ann"}, "number": {"N": str(number)}}
        for number in numbers]
    undone = {"shop": {"Keys": [key(number) for number in left]}} if left else {}
    return answer(to_json({"Responses": {"shop": items}, "UnprocessedKeys": undone}))


def asked(server) -> list[list[dict[str, Any]]]:
    """Give the keys of each request."""
    return [json.loads(body)["RequestItems"]["shop"]["Keys"] for body in server.bodies]


def given(*numbers: int) -> list[dict[str, Any]]:
    return [{"shop": "ann", "number": number} for number in numbers]


def numbers_of(orders: list[Order | None]) -> list[int | None]:
    return [None if order is None else order.number for order in orders]


def test_keys_are_asked_for_in_chunks_each_once(orders, server):
    """100 at a time, in their order; what was asked for twice is given twice."""
    server.answers(found(*range(100)), found(100, 0))
    assert numbers_of(orders.get_many(given(*range(101), 101))) == [*range(101), None]
    server.answers(found(2, 1))
    assert numbers_of(orders.get_many(given(1, 2, 1))) == [1, 2, 1]
    assert asked(server) == [[key(n) for n in range(100)], [key(100), key(101)], [key(1), key(2)]]


def test_keys_that_were_left_over_are_asked_for_again_with_the_rest(orders, server, monkeypatch):
    """They come first; those that stay undone are told as they were given."""
    monkeypatch.setattr(Backoff, "wait", lambda *_: None)
    server.answers(found(*range(98), left=[98, 99]), found(98, 99, 100))
    assert numbers_of(orders.get_many(given(*range(101)))) == [*range(101)]
    assert asked(server)[1] == [key(98), key(99), key(100)]
    server.answers(*[found(1, left=[2])] * 20)
    with pytest.raises(UnprocessedItemsError) as error:
        orders.get_many(given(1, 2))
    assert list(error.value.unprocessed) == given(2)


def test_several_partitions_are_asked_for_together(orders, server):
    """As soon as one key is of another, all of them are made one by one."""
    orders.get_many([*given(1), {"shop": "bob", "number": 1}])
    assert asked(server) == [[key(1), key(1, "bob")]]


def test_the_log_tells_the_keys_as_they_are_sent(orders, caplog):
    """Whatever they are kept as."""
    caplog.set_level(logging.DEBUG, "pynamite")
    orders.get_many(given(1, 2))
    assert repr({"RequestItems": {"shop": {"Keys": [key(1), key(2)]}}}) in caplog.text


def test_a_busy_service_is_asked_again_for_the_same_keys(orders, server):
    """A try that was refused, or had no answer, is followed by one with the same keys."""
    throttled = b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"no"}'
    server.answers(answer(throttled, 400), None, found(1, 2))
    assert numbers_of(orders.get_many(given(1, 2))) == [1, 2]
    assert asked(server) == [[key(1), key(2)]] * 3
