"""Requests and answers as JSON: nothing is lost on the way, and wrong types are told as the service tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.local.failures import RefusedError
from pynamite.local.server.payload import decode, encode, is_plain, operations, parameters_of, read_request

PLACE = "com.amazonaws.dynamodb.v20120810"
LEAVES = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=8)),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda content: {"B": content}, st.binary(max_size=8)),
    st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda members: {"SS": members}, st.lists(st.text(max_size=3), min_size=1, max_size=3)),
    st.builds(lambda members: {"BS": members}, st.lists(st.binary(max_size=3), min_size=1, max_size=3)),
)
NAMES = st.one_of(st.text(min_size=1, max_size=4), st.sampled_from(["B", "BS", "S", "M", "null"]))
VALUES = st.recursive(LEAVES, lambda values: st.one_of(
    st.builds(lambda elements: {"L": elements}, st.lists(values, max_size=3)),
    st.builds(lambda members: {"M": members}, st.dictionaries(NAMES, values, max_size=3))), max_leaves=10)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=4)


@given(ITEMS)
def test_what_is_written_is_read(item):
    """An item survives the way over JSON, binary and attributes called "B" included."""
    request = {"TableName": "shop", "Item": item}
    body = encode(request)
    assert read_request("dynamodb", "PutItem", decode(body)) == request
    if is_plain(body):
        assert decode(body) == request


def test_names_of_attributes_are_no_binary():
    """What looks like a binary value, but stands where the model has a text, is left alone."""
    request = {"TableName": "shop", "Key": {"B": {"S": "a"}}, "ExpressionAttributeNames": {"B": "eA=="}}
    assert read_request("dynamodb", "GetItem", decode(encode(request))) == request


def test_a_moment_is_written_as_seconds():
    """As DescribeTable tells when a table was made."""
    assert encode({"CreationDateTime": datetime(1970, 1, 2, tzinfo=UTC)}) == b'{"CreationDateTime":86400.0}'


def test_a_lone_surrogate_is_written_as_an_escape():
    """A message that quotes one is JSON all the same."""
    assert json.loads(encode({"message": "\ud800"})) == {"message": "\ud800"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"5", b"null", b'{"a":NaN}', b'{"a":"\xff"}', b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}",
])
def test_what_is_no_json_object_is_refused(body):
    """Without a message, as by the service."""
    with pytest.raises(RefusedError) as caught:
        decode(body)
    assert (caught.value.code, caught.value.message) == ("SerializationException", "")


@pytest.mark.parametrize("place, value, message", [
    ("TableName", 23, "NUMBER_VALUE cannot be converted to String"),
    ("TableName", 34.56, "DECIMAL_VALUE cannot be converted to String"),
    ("TableName", False, "FALSE_VALUE cannot be converted to String"),
    ("TableName", [], "Unrecognized collection type class java.lang.String"),
    ("TableName", {}, "Start of structure or map found where not expected"),
    ("ConsistentRead", "maybe", "Unexpected token received from parser"),
    ("ConsistentRead", 1, "NUMBER_VALUE cannot be converted to Boolean"),
    ("ConsistentRead", [], "Unrecognized collection type class java.lang.Boolean"),
    ("Limit", "23", "STRING_VALUE cannot be converted to Integer"),
    ("Limit", True, "TRUE_VALUE cannot be converted to Integer"),
    ("AttributesToGet", "a", "Unexpected field type"),
    ("AttributesToGet", {}, "Start of structure or map found where not expected"),
    ("AttributesToGet", [None], "NULL_VALUE cannot be converted to String"),
    ("ExclusiveStartKey", "a", "Unexpected field type"),
    ("ExclusiveStartKey", [], f"Unrecognized collection type java.util.Map<java.lang.String, {PLACE}.AttributeValue>"),
    ("ExpressionAttributeNames", [], "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"),
    ("ExclusiveStartKey", {"pk": "a"}, "Unexpected value type in payload"),
    ("ExclusiveStartKey", {"pk": []}, f"Unrecognized collection type class {PLACE}.AttributeValue"),
    ("ExclusiveStartKey", {"pk": {"B": 23}}, "only base-64-encoded strings are convertible to bytes"),
    ("ExclusiveStartKey", {"pk": {"B": {}}}, "Start of structure or map found where not expected"),
    ("ExclusiveStartKey", {"pk": {"B": "23456"}},
     "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
    ("ExclusiveStartKey", {"pk": {"B": "=+/="}}, "Invalid last non-pad Base64 character dectected"),
    ("ExclusiveStartKey", {"pk": {"B": "eB=="}}, "Invalid last non-pad Base64 character dectected"),
    ("ExclusiveStartKey", {"pk": {"L": [{"N": 1}]}}, "NUMBER_VALUE cannot be converted to String"),
])
def test_a_wrong_type_is_told_in_the_words_of_the_service(place, value, message):
    """The sentences are those that dynalite's tests recorded of AWS."""
    with pytest.raises(RefusedError) as caught:
        read_request("dynamodb", "Query", {"TableName": "shop", place: value})
    assert (caught.value.code, caught.value.message) == ("SerializationException", message)


@pytest.mark.parametrize("operation, request_, messages", [
    ("GetItem", {"TableName": None}, ["Value null at 'tableName'", "Value null at 'key'"]),
    ("BatchGetItem", {"RequestItems": {"shop": {"Keys": []}}},
     ["'requestItems.shop.member.keys' failed to satisfy constraint: Member must have length greater than or equal"]),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "shop"}}]},
     ["Value null at 'transactItems.1.member.put.item' failed to satisfy constraint: Member must not be null"]),
    ("Query", {"TableName": "shop", "Limit": 0},
     ["Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"]),
])
def test_what_is_missing_or_too_small_is_told_all_at_once(operation, request_, messages):
    """With the path to it, in small letters, as the service has it."""
    with pytest.raises(RefusedError) as caught:
        read_request("dynamodb", operation, request_)
    told = caught.value.message
    assert told.startswith(f"{len(messages)} validation error")
    assert [message for message in messages if message not in told] == []


def test_what_the_service_does_not_know_is_left_out():
    """So are members that are null; whole numbers may be written with a fraction."""
    told = {"TableName": "shop", "Limit": 1.5, "IndexName": None, "Colour": "red"}
    assert read_request("dynamodb", "Scan", told) == {"TableName": "shop", "Limit": 1}


def test_the_operations_are_those_of_the_model():
    """Of both services, with their parameters."""
    assert {"GetItem", "ExecuteStatement"} <= set(operations("dynamodb"))
    assert operations("dynamodbstreams") == ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    assert "TableName" in parameters_of("dynamodb", "GetItem")
