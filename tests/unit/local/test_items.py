"""Single items: what is stored, what is given back, and what is refused in what order."""

from __future__ import annotations

import pytest

from tests.unit.local.shapes import key, put, refusal

INVALID = "ValidationException: One or more parameter values were invalid: "
NOT_VALID = "ValidationException: One or more parameter values are not valid. "


def test_an_item_comes_back_as_it_was_put(shop):
    """All types, numbers normalised."""
    item = put(
        shop,
        "a",
        text={"S": "é\x00😀"},
        number={"N": "1.50"},
        data={"B": b"\x00\xff"},
        flag={"BOOL": False},
        nothing={"NULL": True},
        items={"L": [{"M": {"B": {"B": b"x"}}}, {"BS": [b"b", b"a"]}]},
    )
    stored = {**item, "number": {"N": "1.5"}, "items": {"L": [{"M": {"B": {"B": b"x"}}}, {"BS": [b"a", b"b"]}]}}
    assert shop.get_item(TableName="shop", Key=key("a"))["Item"] == stored
    assert item["number"] == {"N": "1.50"}, "what was given is left alone"


def test_what_is_not_there_has_no_item(shop):
    """An absent item is an answer without Item; a projection of nothing is an empty one."""
    assert "Item" not in shop.get_item(TableName="shop", Key=key("a"))
    put(shop, "a")
    assert shop.get_item(TableName="shop", Key=key("a"), ProjectionExpression="nothing")["Item"] == {}


def test_put_replaces_and_gives_the_old(shop):
    """A put is the whole item."""
    old = put(shop, "a", one={"S": "1"})
    answer = shop.put_item(TableName="shop", Item={**key("a"), "two": {"S": "2"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == old
    assert shop.get_item(TableName="shop", Key=key("a"))["Item"] == {**key("a"), "two": {"S": "2"}}
    assert "Attributes" not in shop.put_item(TableName="shop", Item=key("new"), ReturnValues="ALL_OLD")


def test_delete_gives_the_old_and_nothing_twice(shop):
    """Deleting what is not there is no error."""
    old = put(shop, "a")
    assert shop.delete_item(TableName="shop", Key=key("a"), ReturnValues="ALL_OLD")["Attributes"] == old
    assert "Attributes" not in shop.delete_item(TableName="shop", Key=key("a"), ReturnValues="ALL_OLD")


@pytest.mark.parametrize(
    "return_values, attributes",
    [
        ("NONE", None),
        ("ALL_OLD", {**key("a"), "n": {"N": "1"}, "m": {"M": {"x": {"S": "1"}, "y": {"S": "2"}}}}),
        ("ALL_NEW", {**key("a"), "n": {"N": "2"}, "m": {"M": {"x": {"S": "3"}, "y": {"S": "2"}}}}),
        ("UPDATED_OLD", {"n": {"N": "1"}, "m": {"M": {"x": {"S": "1"}}}}),
        ("UPDATED_NEW", {"n": {"N": "2"}, "m": {"M": {"x": {"S": "3"}}}}),
    ],
)
def test_an_update_gives_what_is_asked_for(shop, return_values, attributes):
    """Of a map, UPDATED_NEW and UPDATED_OLD have only what was changed."""
    put(shop, "a", n={"N": "1"}, m={"M": {"x": {"S": "1"}, "y": {"S": "2"}}})
    answer = shop.update_item(
        TableName="shop",
        Key=key("a"),
        UpdateExpression="SET m.x = :x ADD n :one",
        ReturnValues=return_values,
        ExpressionAttributeValues={":x": {"S": "3"}, ":one": {"N": "1"}},
    )
    assert answer.get("Attributes") == attributes


def test_an_update_makes_what_is_not_there(shop):
    """With or without an expression."""
    shop.update_item(TableName="shop", Key=key("a"))
    assert shop.get_item(TableName="shop", Key=key("a"))["Item"] == key("a")
    assert "Attributes" not in shop.update_item(
        TableName="shop", Key=key("b"), UpdateExpression="REMOVE x", ReturnValues="UPDATED_NEW"
    )


def test_a_failed_condition_gives_the_old_item_when_asked(shop):
    """And changes nothing."""
    old = put(shop, "a", n={"N": "1"})
    for wanted, item in (("ALL_OLD", old), ("NONE", None)):
        with pytest.raises(shop.exceptions.ConditionalCheckFailedException) as caught:
            shop.update_item(
                TableName="shop",
                Key=key("a"),
                UpdateExpression="SET n = :n",
                ConditionExpression="n = :n",
                ExpressionAttributeValues={":n": {"N": "2"}},
                ReturnValuesOnConditionCheckFailure=wanted,
            )
        assert caught.value.response.get("Item") == item
    assert shop.get_item(TableName="shop", Key=key("a"))["Item"] == old


@pytest.mark.parametrize(
    "item, message",
    [
        ({"pk": {"S": "a"}}, INVALID + "Missing the key sk in the item"),
        ({"pk": {"N": "1"}, "sk": {"S": "s"}}, INVALID + "Type mismatch for key pk expected: S actual: N"),
        (key(""), NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"),
        (key("x" * 2049), INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
        (key("a", "é" * 513), INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
        (
            {**key("a"), "status": {"N": "1"}},
            INVALID + "Type mismatch for Index Key status Expected: S Actual: N IndexName: ByStatus",
        ),
        (
            {**key("a"), "status": {"S": ""}},
            NOT_VALID
            + "A value specified for a secondary index key is not supported. The AttributeValue for a key attribute "
            "cannot contain an empty string value. IndexName: ByStatus, IndexKey: status",
        ),
        ({**key("a"), "": {"S": "x"}}, "ValidationException: Empty attribute name"),
        (
            {**key("a"), "x": {"S": "x" * 409_600}},
            "ValidationException: Item size has exceeded the maximum allowed size",
        ),
    ],
)
def test_an_item_that_does_not_fit_is_refused(shop, item, message):
    """In the words of the service, and nothing is stored."""
    assert refusal(shop.put_item, TableName="shop", Item=item) == message
    assert shop.scan(TableName="shop")["Count"] == 0


@pytest.mark.parametrize(
    "item_key", [{}, {"pk": {"S": "a"}}, {**key("a"), "x": {"S": "x"}}, {"pk": {"N": "1"}, "sk": {"S": "s"}}]
)
def test_a_key_that_does_not_fit_is_refused(shop, item_key):
    """By all that take a key."""
    for call in (shop.get_item, shop.delete_item, shop.update_item):
        assert refusal(call, TableName="shop", Key=item_key) == (
            "ValidationException: The provided key element does not match the schema"
        )


def test_the_largest_item_and_keys_fit(shop):
    """409,600 bytes, a partition key of 2,048 and a sort key of 1,024: not one more."""
    largest = {**key("p" * 2048, "s" * 1024), "x": {"S": "x" * (409_600 - 2048 - 1024 - 5)}}
    shop.put_item(TableName="shop", Item=largest)
    assert (
        refusal(
            shop.update_item,
            TableName="shop",
            Key=key("p" * 2048, "s" * 1024),
            UpdateExpression="SET y = :y",
            ExpressionAttributeValues={":y": {"S": ""}},
        )
        == "ValidationException: Item size to update has exceeded the maximum allowed size"
    )


@pytest.mark.parametrize(
    "request_, message",
    [
        (
            {"UpdateExpression": "SET pk = :v"},
            INVALID + "Cannot update attribute pk. This attribute is part of the key",
        ),
        (
            {"UpdateExpression": "SET x ="},
            'ValidationException: Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="',
        ),
        ({"UpdateExpression": ""}, "ValidationException: Invalid UpdateExpression: The expression can not be empty;"),
        (
            {"UpdateExpression": "SET x.y = :v"},
            "ValidationException: The document path provided in the update expression is invalid for update",
        ),
        (
            {"UpdateExpression": "SET #n = :v"},
            (
                "ValidationException: Invalid UpdateExpression: An expression attribute name used in "
                "the document path is not "
                "defined; attribute name: #n"
            ),
        ),
        (
            {
                "UpdateExpression": "SET x = :v",
                "ConditionExpression": "attribute_exists(#t.x)",
                "ExpressionAttributeNames": {"#t": "total"},
            },
            (
                "ValidationException: Key attributes must be scalars; list random access '[]' and "
                "map lookup '.' are not allowed: "
                "IndexKey: total"
            ),
        ),
        (
            {"UpdateExpression": "SET #t = :v", "ExpressionAttributeNames": {"#t": "total"}},
            INVALID + "Type mismatch for Index Key total Expected: N Actual: S IndexName: ByTotal",
        ),
        (
            {
                "UpdateExpression": "SET #s = :e",
                "ExpressionAttributeNames": {"#s": "status"},
                "ExpressionAttributeValues": {":e": {"S": ""}},
            },
            NOT_VALID
            + "The update expression attempted to update a secondary index key to a value that is not supported. "
            "The AttributeValue for a key attribute cannot contain an empty string value.",
        ),
        (
            {"UpdateExpression": "SET x = :v", "ExpressionAttributeNames": {"#n": "n"}},
            "ValidationException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}",
        ),
        (
            {"UpdateExpression": "SET x = :v", "ExpressionAttributeNames": {}},
            "ValidationException: ExpressionAttributeNames must not be empty",
        ),
        (
            {"UpdateExpression": "SET x = :v", "ExpressionAttributeValues": {"v": {"S": "x"}}},
            'ValidationException: ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
        ),
        (
            {"UpdateExpression": "SET x = :v", "ExpressionAttributeValues": {":v": {"SS": []}}},
            (
                "ValidationException: ExpressionAttributeValues contains invalid value: One or more "
                "parameter values were invalid: "
                "An string set  may not be empty for key :v"
            ),
        ),
        (
            {},
            (
                "ValidationException: ExpressionAttributeValues can only be specified when using expressions: "
                "UpdateExpression and ConditionExpression are null"
            ),
        ),
        (
            {"UpdateExpression": "SET x = :v", "ReturnValues": "EVERYTHING"},
            (
                "ValidationException: 1 validation error detected: Value 'EVERYTHING' at "
                "'returnValues' failed to satisfy "
                "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
            ),
        ),
    ],
)
def test_an_update_that_does_not_fit_is_refused(shop, request_, message):
    """In the words of the service, and the item stays as it was."""
    old = put(shop, "a")
    request_ = {"ExpressionAttributeValues": {":v": {"S": "v"}}, **request_}
    assert refusal(shop.update_item, TableName="shop", Key=key("a"), **request_) == message
    assert shop.get_item(TableName="shop", Key=key("a"))["Item"] == old


def test_only_an_update_gives_new_values(shop):
    """A put and a delete have the old item to give, or nothing."""
    assert refusal(shop.put_item, TableName="shop", Item=key("a"), ReturnValues="ALL_NEW") == (
        "ValidationException: ReturnValues can only be ALL_OLD or NONE"
    )


def test_expressions_come_before_the_table(engine):
    """Of two mistakes the service tells the one that it can see without the table."""
    assert refusal(
        engine.put_item,
        TableName="nowhere",
        Item=key("a"),
        ConditionExpression="x =",
    ).startswith("ValidationException: Invalid ConditionExpression")


def test_capacity_is_told(shop):
    """Reads by 4 KB, writes by 1 KB, each index by itself."""
    answer = shop.put_item(
        TableName="shop",
        Item={**key("a"), "status": {"S": "OPEN"}, "total": {"N": "1"}, "x": {"S": "x" * 1500}},
        ReturnConsumedCapacity="INDEXES",
    )["ConsumedCapacity"]
    assert answer == {
        "TableName": "shop",
        "CapacityUnits": 6.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"ByTotal": {"CapacityUnits": 1.0}},
        "GlobalSecondaryIndexes": {"ByStatus": {"CapacityUnits": 2.0}, "Keys": {"CapacityUnits": 1.0}},
    }
    for consistent, units in ((True, 1.0), (False, 0.5)):
        assert shop.get_item(
            TableName="shop",
            Key=key("a"),
            ConsistentRead=consistent,
            ReturnConsumedCapacity="TOTAL",
        )["ConsumedCapacity"] == {"TableName": "shop", "CapacityUnits": units}
    assert "enum value set: [INDEXES, TOTAL, NONE]" in refusal(
        shop.get_item, TableName="shop", Key=key("a"), ReturnConsumedCapacity="SOME"
    )
