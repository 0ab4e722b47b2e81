"""The engine's answers as JSON: what the methods give, written down."""

from __future__ import annotations

import pytest

from pynamite.dynamodb_json import from_json
from pynamite.local.client import LocalClient

TABLE = {
    "TableName": "shop",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "G")],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "keys",
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "KeySchema": [{"AttributeName": "G", "KeyType": "HASH"}],
        }
    ],
}
KEY = {"PK": {"S": "a"}, "SK": {"S": "1"}}
ABSENT = {"PK": {"S": "a"}, "SK": {"S": "9"}}
ITEMS = [
    {**KEY, "G": {"S": "g"}, "n": {"N": "1"}, "B": {"B": b"\x00\xff"}, 'é"\\': {"S": "\U0001f600"}},
    {"PK": {"S": "a"}, "SK": {"S": "2"}, "G": {"S": "g"}, "n": {"N": "2"}, "b": {"BS": [b"x"]}},
    {"PK": {"S": "a"}, "SK": {"S": "3"}, "m": {"M": {"n": {"N": "7"}}}},
]
QUERY = {
    "TableName": "shop",
    "KeyConditionExpression": "PK = :a",
    "ExpressionAttributeValues": {":a": {"S": "a"}},
    "ReturnConsumedCapacity": "TOTAL",
}
BY_INDEX = {
    "TableName": "shop",
    "IndexName": "keys",
    "KeyConditionExpression": "G = :g",
    "ExpressionAttributeValues": {":g": {"S": "g"}},
}
UPDATE = {
    "TableName": "shop",
    "Key": KEY,
    "UpdateExpression": "SET n = n + :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


@pytest.fixture
def client():
    """A client with a few items."""
    with LocalClient() as client:
        client.create_table(**TABLE)
        for item in ITEMS:
            client.put_item(TableName="shop", Item=item)
        yield client


def filtered(request, text, **values):
    """Give a query with a filter."""
    return {**request, "FilterExpression": text,
            "ExpressionAttributeValues": {**request["ExpressionAttributeValues"], **values}}


@pytest.mark.parametrize(
    "method, request_",
    [
        ("get_item", {"TableName": "shop", "Key": KEY}),
        ("get_item", {"TableName": "shop", "Key": ABSENT, "ReturnConsumedCapacity": "TOTAL"}),
        ("get_item", {"TableName": "shop", "Key": KEY, "ProjectionExpression": "n, B"}),
        ("query", QUERY),
        ("query", {**QUERY, "Limit": 2}),
        ("query", {**QUERY, "Select": "COUNT"}),
        ("query", {**QUERY, "ProjectionExpression": "n"}),
        ("query", filtered(QUERY, "n > :one", **{":one": {"N": "1"}})),
        ("query", filtered(QUERY, "m.n = :seven", **{":seven": {"N": "7"}})),
        ("query", filtered(QUERY, "B = :b", **{":b": {"B": b"\x00\xff"}})),
        ("query", {**filtered(QUERY, "n > :one", **{":one": {"N": "1"}}), "Select": "COUNT"}),
        ("query", BY_INDEX),
        ("query", filtered(BY_INDEX, "PK = :a", **{":a": {"S": "a"}})),
        ("scan", {"TableName": "shop", "Limit": 1}),
        ("scan", {"TableName": "shop", "IndexName": "keys", "Select": "COUNT"}),
        ("batch_get_item", {"RequestItems": {"shop": {"Keys": [KEY, ABSENT]}}, "ReturnConsumedCapacity": "TOTAL"}),
        ("batch_get_item", {"RequestItems": {"shop": {"Keys": [KEY], "ProjectionExpression": "B"}}}),
        ("transact_get_items", {
            "TransactItems": [{"Get": {"TableName": "shop", "Key": key}} for key in (KEY, ABSENT)]}),
        ("transact_get_items", {
            "TransactItems": [{"Get": {"TableName": "shop", "Key": KEY, "ProjectionExpression": "n"}}]}),
    ],
)  # fmt: skip
def test_an_answer_as_json_is_that_of_the_method(client, method, request_):
    """Whole items, parts of them and counts, filtered or not: the JSON reads as the method's answer."""
    wanted = getattr(client, method)(**request_)
    del wanted["ResponseMetadata"]
    assert from_json(client.raw(method, request_)) == wanted


@pytest.mark.parametrize("returned", ["ALL_NEW", "ALL_OLD", "UPDATED_NEW", "NONE"])
def test_what_a_write_returns_is_json(client, returned):
    """The new item is given as it is stored, and everything else is written."""
    found = from_json(client.raw("update_item", {**UPDATE, "ReturnValues": returned}))
    new = client.get_item(TableName="shop", Key=KEY)["Item"]
    wanted = {"ALL_NEW": new, "ALL_OLD": ITEMS[0], "UPDATED_NEW": {"n": {"N": "2"}}, "NONE": None}[returned]
    assert found.get("Attributes") == wanted


def test_a_refusal_is_the_method_s(client):
    """The error is that of the method."""
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.raw("put_item", {"TableName": "shop", "Item": KEY, "ConditionExpression": "attribute_not_exists(PK)"})


def test_what_has_no_items_is_the_method_s_answer(client):
    """Other actions are answered as their methods answer."""
    assert client.raw("list_tables", {})["TableNames"] == ["shop"]


def test_a_method_that_somebody_replaced_is_called(client, monkeypatch):
    """Who listens in a method's place, in a subclass or for a while, is not passed by."""
    monkeypatch.setattr(client, "get_item", lambda **_: {"Item": {}})
    assert client.raw("get_item", {"TableName": "shop", "Key": KEY}) == {"Item": {}}
