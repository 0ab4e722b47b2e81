"""Batches and transactions."""

from __future__ import annotations

import pytest

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import key, put, refusal, table

PUT = {"Put": {"TableName": "shop", "Item": key("new")}}
CHECK = {"ConditionCheck": {"TableName": "shop", "Key": key("a"), "ConditionExpression": "attribute_exists(pk)"}}


def cancellation(client, *actions, **request):
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=list(actions), **request)
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert caught.value.response["Error"]["Message"] == (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]"
    )
    return caught.value.response["CancellationReasons"]


def test_a_batch_reads_what_is_there(shop):
    """Items of several tables, projected by each table's own projection."""
    shop.create_table(**table(TableName="other"))
    put(shop, "a", x={"S": "1"})
    shop.put_item(TableName="other", Item={**key("a"), "x": {"S": "2"}})
    answer = shop.batch_get_item(
        RequestItems={
            "shop": {"Keys": [key("a"), key("nothing")]},
            "other": {"Keys": [key("a")], "ProjectionExpression": "x"},
        }
    )
    assert answer["Responses"] == {"shop": [{**key("a"), "x": {"S": "1"}}], "other": [{"x": {"S": "2"}}]}
    assert answer["UnprocessedKeys"] == {}


def test_a_batch_reads_no_more_than_sixteen_megabytes(shop):
    """What does not fit is given back, with its options, to be asked for again."""
    keys = [key("a", f"{number:02}") for number in range(45)]
    for one in keys:
        shop.put_item(TableName="shop", Item={**one, "x": {"S": "x" * 400_000}})
    first = shop.batch_get_item(RequestItems={"shop": {"Keys": keys, "ConsistentRead": True}})
    rest = first["UnprocessedKeys"]
    assert rest == {"shop": {"Keys": keys[41:], "ConsistentRead": True}}
    second = shop.batch_get_item(RequestItems=rest)
    assert len(first["Responses"]["shop"] + second["Responses"]["shop"]) == 45


def test_a_batch_writes_and_deletes(shop):
    """Puts and deletes of up to 25 items."""
    put(shop, "old")
    answer = shop.batch_write_item(
        RequestItems={"shop": [{"PutRequest": {"Item": key("new")}}, {"DeleteRequest": {"Key": key("old")}}]}
    )
    assert answer["UnprocessedItems"] == {}
    assert shop.scan(TableName="shop")["Items"] == [key("new")]


@pytest.mark.parametrize(
    "entries, message",
    [
        (
            [{"PutRequest": {"Item": key("a")}}, {"DeleteRequest": {"Key": key("a")}}],
            "Provided list of item keys contains duplicates",
        ),
        ([{"PutRequest": {"Item": {"pk": {"S": "a"}}}}], "The provided key element does not match the schema"),
        (
            [{"PutRequest": {"Item": key("")}}],
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                "cannot contain an empty string "
                "value. Key: pk"
            ),
        ),
        (
            [{"PutRequest": {"Item": key("good")}}, {"PutRequest": {"Item": {**key("b"), "total": {"S": "x"}}}}],
            (
                "One or more parameter values were invalid: Type mismatch for Index Key total Expected: "
                "N Actual: S IndexName: ByTotal"
            ),
        ),
        (
            [{}],
            (
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
                "the supported datatypes"
            ),
        ),
        (
            [{"PutRequest": {"Item": key("a")}, "DeleteRequest": {"Key": key("b")}}],
            (
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
                "the supported datatypes"
            ),
        ),
        (
            [{"PutRequest": {"Item": key(f"p{number}")}} for number in range(26)],
            "Map value must satisfy constraint: [Member must have length less than or equal to 25, ",
        ),
    ],
)
def test_a_batch_that_does_not_fit_writes_nothing(shop, entries, message):
    """All of it is checked first."""
    assert message in refusal(shop.batch_write_item, RequestItems={"shop": entries})
    assert shop.scan(TableName="shop")["Count"] == 0


def test_empty_and_large_batches_are_refused(shop):
    """No request, and more keys than 100."""
    for call in (shop.batch_get_item, shop.batch_write_item):
        assert "Member must have length greater than or equal to 1" in refusal(call, RequestItems={})
    keys = [key(f"p{number}") for number in range(101)]
    assert refusal(shop.batch_get_item, RequestItems={"shop": {"Keys": keys}}).endswith(
        "at 'requestItems.shop.member.keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100"
    )
    assert refusal(shop.batch_get_item, RequestItems={"shop": {"Keys": keys[:100]}, "sales": {"Keys": keys[:1]}}) == (
        "ValidationException: Too many items requested for the BatchGetItem call"
    )
    assert refusal(shop.batch_get_item, RequestItems={"shop": {"Keys": [key("a"), key("a")]}}) == (
        "ValidationException: Provided list of item keys contains duplicates"
    )


def test_a_transaction_does_all(shop):
    """A put, an update, a delete and a check."""
    put(shop, "a", n={"N": "1"})
    put(shop, "old")
    shop.transact_write_items(
        TransactItems=[
            PUT,
            CHECK | {},
            {"Delete": {"TableName": "shop", "Key": key("old")}},
            {
                "Update": {
                    "TableName": "shop",
                    "Key": key("b"),
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            },
        ]
    )
    told = shop.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": "shop", "Key": key("b"), "ProjectionExpression": "n"}},
            {"Get": {"TableName": "shop", "Key": key("old")}},
            {"Get": {"TableName": "shop", "Key": key("new")}},
        ]
    )
    assert told["Responses"] == [{"Item": {"n": {"N": "1"}}}, {}, {"Item": key("new")}]


def test_a_cancelled_transaction_does_nothing_and_tells_why(shop):
    """One reason for each action, in order, with the old item where it was asked for."""
    old = put(shop, "a", n={"S": "text"})
    reasons = cancellation(
        shop,
        PUT,
        {
            "Put": {
                "TableName": "shop",
                "Item": key("a"),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        },
        {
            "ConditionCheck": {
                "TableName": "shop",
                "Key": key("nothing"),
                "ConditionExpression": "attribute_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        },
        {
            "Update": {
                "TableName": "shop",
                "Key": key("c"),
                "UpdateExpression": "SET x.y = :v",
                "ExpressionAttributeValues": {":v": {"S": "v"}},
            }
        },
        {"Delete": {"TableName": "shop", "Key": {"pk": {"N": "1"}, "sk": {"S": "s"}}}},
    )
    assert reasons == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": old},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        {
            "Code": "ValidationError",
            "Message": "The document path provided in the update expression is invalid for update",
        },
        {"Code": "ValidationError", "Message": "The provided key element does not match the schema"},
    ]
    assert shop.scan(TableName="shop")["Items"] == [old]


@pytest.mark.parametrize(
    "actions, message",
    [
        ([PUT, PUT], "Transaction request cannot include multiple operations on one item"),
        ([{}], "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"),
        ([PUT | CHECK], "TransactItems can only contain one of Check, Put, Update or Delete"),
        (
            [PUT, {"Put": {"TableName": "shop", "Item": key("")}}],
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                "cannot contain an empty string "
                "value. Key: pk"
            ),
        ),
        (
            [{"Put": {"TableName": "shop", "Item": key("a"), "ConditionExpression": "x ="}}],
            'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="',
        ),
        (
            [
                {"Put": {"TableName": "shop", "Item": {**key("a", f"{number}"), "x": {"S": "x" * 300_000}}}}
                for number in range(15)
            ],
            "Transaction payload size cannot exceed 4MB. Payload Size: 4200102",
        ),
        (
            [{"Put": {"TableName": "shop", "Item": key(f"p{number}")}} for number in range(101)],
            "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
        ),
    ],
)
def test_a_transaction_that_does_not_fit_is_refused(shop, actions, message):
    """Before any of it is tried."""
    assert refusal(shop.transact_write_items, TransactItems=actions).endswith(message)
    assert shop.scan(TableName="shop")["Count"] == 0


def test_reads_of_a_transaction_are_checked(shop):
    """One item once; a key that does not fit is a reason to cancel."""
    get = {"Get": {"TableName": "shop", "Key": key("a")}}
    assert refusal(shop.transact_get_items, TransactItems=[get, get]) == (
        "ValidationException: Transaction request cannot include multiple operations on one item"
    )
    with pytest.raises(shop.exceptions.TransactionCanceledException) as caught:
        shop.transact_get_items(TransactItems=[get, {"Get": {"TableName": "shop", "Key": {"pk": {"S": "a"}}}}])
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", "ValidationError"]


ADD = {
    "Update": {
        "TableName": "shop",
        "Key": key("n"),
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
}


def test_a_token_makes_a_transaction_happen_once(shop):
    """The same again does nothing; something else under the same token is refused; without a token it happens again."""
    for token in ("one", "one", "two"):
        shop.transact_write_items(TransactItems=[ADD], ClientRequestToken=token)
    assert shop.get_item(TableName="shop", Key=key("n"))["Item"]["n"] == {"N": "2"}
    assert refusal(shop.transact_write_items, TransactItems=[PUT], ClientRequestToken="one").startswith(
        "IdempotentParameterMismatchException: "
    )
    assert "Member must have length less than or equal to 36" in refusal(
        shop.transact_write_items, TransactItems=[PUT], ClientRequestToken="x" * 37
    )


def test_a_cancelled_transaction_does_not_use_its_token_up(shop):
    """It can be sent again when the reason is gone."""
    cancellation(shop, CHECK, PUT, ClientRequestToken="one")
    put(shop, "a")
    shop.transact_write_items(TransactItems=[CHECK, PUT], ClientRequestToken="one")
    assert shop.get_item(TableName="shop", Key=key("new"))["Item"] == key("new")


def test_a_token_is_forgotten_after_ten_minutes(path, monkeypatch):
    """Then the same transaction happens again."""
    clock = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    with LocalClient(path) as client:
        client.create_table(**table())
        for later in (0, 599, 601):
            clock[0] = 1_000_000.0 + later
            client.transact_write_items(TransactItems=[ADD], ClientRequestToken="one")
        assert client.get_item(TableName="shop", Key=key("n"))["Item"]["n"] == {"N": "2"}


def test_transactions_cost_twice(shop):
    """Capacity is told by table."""
    told = shop.transact_write_items(TransactItems=[PUT, ADD], ReturnConsumedCapacity="TOTAL")
    assert told["ConsumedCapacity"] == [{"TableName": "shop", "CapacityUnits": 4.0}]
    told = shop.transact_get_items(
        TransactItems=[{"Get": {"TableName": "shop", "Key": key("n")}}], ReturnConsumedCapacity="TOTAL"
    )
    assert told["ConsumedCapacity"] == [{"TableName": "shop", "CapacityUnits": 2.0}]
    told = shop.batch_write_item(
        RequestItems={"shop": [{"PutRequest": {"Item": key("z")}}]}, ReturnConsumedCapacity="TOTAL"
    )
    assert told["ConsumedCapacity"] == [{"TableName": "shop", "CapacityUnits": 1.0}]
