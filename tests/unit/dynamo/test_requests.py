"""What DB's methods send, looked at without sending it."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, Key

from pynamite.dynamo.requests import Requests
from pynamite.dynamo.tenant import Tenancy
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError
from tests.unit.dynamo.test_tenant import DESCRIPTION

SHOP = Requests("shop", "PK", "SK")
ACME = Requests("shop", "PK", "SK", Tenancy.of("ACME", DESCRIPTION))
KEY = {"PK": {"S": "a"}, "SK": {"S": "b"}}


def test_a_projection_always_has_the_partition_key():
    """So an item without any of it can be told from none; what was not asked for is stripped."""
    operation, added = SHOP.get("a.b", "name, x.PK", {"ConsistentRead": True})
    assert operation.request == {
        "TableName": "shop", "Key": KEY, "ProjectionExpression": "#n0, #n1.#n2, #n2", "ConsistentRead": True,
        "ExpressionAttributeNames": {"#n0": "name", "#n1": "x", "#n2": "PK"}}
    assert added == ["PK"]
    assert SHOP.get("a.b", "PK, name", {})[1] == []
    assert SHOP.get("a.b", None, {"ProjectionExpression": "name"})[1] == ["PK"]
    assert SHOP.get("a.b", None, {})[0].request == {"TableName": "shop", "Key": KEY}


def test_the_callers_placeholders_never_clash():
    """Names and values of a condition are numbered anew, after those of the update."""
    options = {"ConditionExpression": "#n0 = :v0", "ExpressionAttributeNames": {"#n0": "status"},
               "ExpressionAttributeValues": {":v0": "OPEN"}}
    request = SHOP.update("a.b", {"_updated": "x", "_created": "y"}, options, "UPDATED_NEW").request
    assert request == {
        "TableName": "shop", "Key": KEY, "UpdateExpression": "SET #n0 = :v0, #n1 = :v1",
        "ConditionExpression": "#n2 = :v2",
        "ReturnValues": "UPDATED_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ExpressionAttributeNames": {"#n0": "_updated", "#n1": "_created", "#n2": "status"},
        "ExpressionAttributeValues": {":v0": {"S": "x"}, ":v1": {"S": "y"}, ":v2": {"S": "OPEN"}}}


def test_the_return_values_asked_for_win():
    """The default is only that."""
    assert SHOP.update("a.b", {}, {"ReturnValues": "ALL_OLD"}, "UPDATED_NEW").request["ReturnValues"] == "ALL_OLD"
    with pytest.raises(DefinitionError, match="ReturnValues='ALL'"):
        SHOP.update("a.b", {}, {"ReturnValues": "ALL"}, "UPDATED_NEW")
    with pytest.raises(DefinitionError, match="ReturnValues='ALL_NEW' is none of NONE, ALL_OLD"):
        SHOP.put("a.b", {}, {"ReturnValues": "ALL_NEW"})


def test_an_option_that_is_none_is_as_if_it_were_not_there():
    """So that options can be handed on."""
    empty = dict.fromkeys(
        ["ConditionExpression", "ReturnValues", "ExpressionAttributeNames", "ExpressionAttributeValues"])
    changes = {"_updated": "x", "_created": "y"}
    assert SHOP.update("a.b", changes, empty, "ALL_NEW") == SHOP.update("a.b", changes, {}, "ALL_NEW")
    assert SHOP.delete("a.b", empty) == SHOP.delete("a.b", {})
    read = dict.fromkeys([
        "IndexName", "FilterExpression", "ProjectionExpression", "Limit", "Select", "ExclusiveStartKey",
        "ConsistentRead"])
    partition = SHOP.partition("a")
    assert SHOP.query(partition, {**read, "ScanIndexForward": None}) == SHOP.query(partition, {})
    assert SHOP.scan({**read, "Segment": None, "TotalSegments": None}) == SHOP.scan({})


def test_a_partition_is_a_key_condition():
    """Of the whole partition, or of the sort keys that begin so."""
    whole = SHOP.query(SHOP.partition("a"), {"ScanIndexForward": False, "Limit": 5})
    assert whole.request == {
        "TableName": "shop", "KeyConditionExpression": "#n0 = :v0", "Limit": 5, "ScanIndexForward": False,
        "ExpressionAttributeNames": {"#n0": "PK"}, "ExpressionAttributeValues": {":v0": {"S": "a"}}}
    part = SHOP.query(SHOP.partition("a", "b"), {})
    assert part.request["KeyConditionExpression"] == "#n0 = :v0 AND begins_with(#n1, :v1)"
    assert SHOP.partition("a", "") == SHOP.partition("a")


@pytest.mark.parametrize(
    ("partition", "startswith", "told"),
    [("", None, "'PK' is empty"), (None, None, "'PK' cannot be None"), ("a", 5, "not 5"), ({"a"}, None, "'PK'")])
def test_a_wrong_partition_is_named(partition: Any, startswith: Any, told: str):
    """Before any call."""
    with pytest.raises(KeyValueError, match=told):
        SHOP.partition(partition, startswith)


def test_a_table_without_sort_key_has_nothing_that_begins():
    """The error says so."""
    with pytest.raises(KeyValueError, match="has no sort key"):
        Requests("shop", "id", None).partition("a", "b")


def test_a_query_takes_texts_and_conditions():
    """Both forms make the same request."""
    text = {"KeyConditionExpression": "PK = :p", "FilterExpression": "price > :t",
            "ExpressionAttributeValues": {":p": "a", ":t": 5}}
    objects = {"KeyConditionExpression": Key("PK").eq("a"), "FilterExpression": Attr("price").gt(5)}
    assert SHOP.query(None, text).request == SHOP.query(None, objects).request


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({}, DefinitionError, "needs a partition key"),
        ({"KeyConditionExpression": "PK ="}, ExpressionError, "Invalid KeyConditionExpression"),
        ({"KeyConditionExpression": Key("PK").eq("a"), "Limit": 0}, DefinitionError, "Limit= .* not 0"),
        ({"KeyConditionExpression": Key("PK").eq("a"), "Limit": True}, DefinitionError, "Limit="),
        ({"KeyConditionExpression": Key("PK").eq("a"), "Segment": 1}, DefinitionError, "'Segment'"),
        ({"KeyConditionExpression": Key("PK").eq("a"), "ExpressionAttributeValues": {":x": 1}}, ExpressionError, ":x"),
    ],
)
def test_a_wrong_query_is_told(options: dict[str, Any], error: type[Exception], told: str):
    """Before any call, with what is wrong in it."""
    with pytest.raises(error, match=told):
        SHOP.query(None, options)


def test_a_tenants_requests_have_the_tenant_in_every_partition_key():
    """In keys, items, key conditions and starts; the operation's own key is shown as it was given."""
    operation, _ = ACME.get("a.b", None, {})
    assert operation.request["Key"] == {"PK": {"S": "ACME@a"}, "SK": {"S": "b"}}
    assert operation.key == KEY
    put, size = ACME.put("a.b", {"GSI1PK": "open"}, {})
    assert put.request["Item"]["GSI1PK"] == {"S": "ACME@open"}
    assert size > SHOP.put("a.b", {"GSI1PK": "open"}, {})[1]
    query = ACME.query(Key("GSI1PK").eq("open"), {"IndexName": "GSI1", "ExclusiveStartKey": {"PK": "a", "SK": "b"}})
    assert query.request["ExpressionAttributeValues"] == {":v0": {"S": "ACME@open"}}
    assert query.request["ExclusiveStartKey"] == {"PK": {"S": "ACME@a"}, "SK": {"S": "b"}}
    with pytest.raises(KeyValueError, match="'ByRank'"):
        ACME.query(Key("rank").eq(1), {"IndexName": "ByRank"})


def test_a_tenants_scan_is_filtered_whatever_the_callers_filter_says():
    """An OR in the filter cannot get around the tenant."""
    assert ACME.scan({}).request["FilterExpression"] == "begins_with(#n0, :v0)"
    request = ACME.scan({"FilterExpression": Attr("a").exists() | Attr("b").exists()}).request
    assert request["FilterExpression"] == (
        "begins_with(#n0, :v0) AND (attribute_exists(#n1) OR attribute_exists(#n2))")
    assert request["ExpressionAttributeValues"] == {":v0": {"S": "ACME@"}}
