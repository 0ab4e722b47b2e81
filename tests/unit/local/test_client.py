"""The client as a user of boto3's meets it: answers, errors, parameters."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, OperationNotPageableError, ParamValidationError

from pynamite.client import Client
from pynamite.local.client import LocalClient
from tests.unit.local.shapes import key, put, refusal, schema


def test_an_answer_has_the_metadata_of_boto3s(shop):
    """Programs look at the HTTP status and log the request's id."""
    metadata = shop.put_item(TableName="shop", Item=key("a"))["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (200, 0)
    assert metadata["RequestId"] != shop.put_item(TableName="shop", Item=key("a"))["ResponseMetadata"]["RequestId"]


def test_it_is_a_client():
    """`connect` hands it on as it does boto3's."""
    assert isinstance(LocalClient(), Client)
    assert repr(LocalClient()) == "LocalClient(None)"


def test_an_error_can_be_caught_by_its_name(shop):
    """`client.exceptions` has the service's errors, each a ClientError."""
    put(shop, "a", n={"N": "1"})
    with pytest.raises(shop.exceptions.ConditionalCheckFailedException) as caught:
        shop.put_item(
            TableName="shop",
            Item=key("a"),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert isinstance(caught.value, shop.exceptions.ClientError)
    assert caught.value.operation_name == "PutItem"
    assert caught.value.response["Item"] == {**key("a"), "n": {"N": "1"}}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert shop.exceptions.from_code("ConditionalCheckFailedException") is type(caught.value)
    with pytest.raises(AttributeError, match="no error called 'nonsense'"):
        _ = shop.exceptions.nonsense


@pytest.mark.parametrize(
    "method, request_, message",
    [
        ("get_item", {"TableName": "shop"}, 'Missing required parameter in input: "Key"'),
        ("get_item", {"TableName": "shop", "Key": key("a"), "Foo": 1}, 'Unknown parameter in input: "Foo"'),
        ("get_item", {"TableName": 1, "Key": key("a")}, "Invalid type for parameter TableName"),
        ("get_item", {"TableName": "", "Key": key("a")}, "Invalid length for parameter TableName"),
        ("get_item", {"TableName": "shop", "Key": {"pk": {"X": "a"}}}, 'Unknown parameter in Key.pk: "X"'),
        ("put_item", {"TableName": "shop", "Item": {"pk": {"S": 1}}}, "Invalid type for parameter Item.pk.S"),
        ("put_item", {"TableName": "shop", "Item": {**key("a"), "x": None}}, "Invalid type for parameter Item.x"),
        ("query", {"TableName": "shop", "Limit": 0}, "Invalid value for parameter Limit"),
        ("query", {"TableName": "shop", "Limit": None}, "Invalid type for parameter Limit"),
        ("batch_write_item", {"RequestItems": {"shop": []}}, "Invalid length for parameter RequestItems.shop"),
        (
            "transact_write_items",
            {"TransactItems": [{"Update": {"TableName": "shop", "Key": key("a")}}]},
            'Missing required parameter in TransactItems[0].Update: "UpdateExpression"',
        ),
        ("create_table", {"TableName": "shop", "KeySchema": []}, "Invalid length for parameter KeySchema"),
    ],
)
def test_parameters_are_checked_as_boto3_does(engine, method, request_, message):
    """A mistyped or unknown parameter raises botocore's own error, in its words."""
    with pytest.raises(ParamValidationError) as caught:
        getattr(engine, method)(**request_)
    assert message in str(caught.value)


def test_a_text_without_utf8_is_refused(shop):
    """A lone surrogate has no bytes."""
    assert refusal(shop.put_item, TableName="shop", Item={**key("a"), "x": {"S": "\ud800"}}) == (
        "SerializationException: '\\ud800' has a lone surrogate, which UTF-8 cannot hold"
    )
    assert refusal(shop.get_item, TableName="shop", Key=key("\ud800")).startswith("SerializationException")


@pytest.mark.parametrize(
    "name, message",
    [
        ("ab", "Member must have length greater than or equal to 3"),
        ("a" * 256, "Member must have length less than or equal to 255"),
        ("a b c", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
    ],
)
def test_names_of_tables_are_checked(engine, name, message):
    """The words are the service's."""
    assert refusal(engine.get_item, TableName=name, Key=key("a")) == (
        f"ValidationException: 1 validation error detected: Value '{name}' at 'tableName' failed to "
        f"satisfy constraint: {message}"
    )


def test_a_table_can_be_named_by_its_arn(shop):
    """As in the API, an ARN stands for the name."""
    arn = shop.describe_table(TableName="shop")["Table"]["TableArn"]
    put(shop, "a")
    assert shop.get_item(TableName=arn, Key=key("a"))["Item"] == key("a")


def test_a_legacy_parameter_beside_an_expression_is_refused(shop):
    """What came before expressions is known, but not mixed with them."""
    assert refusal(
        shop.get_item, TableName="shop", Key=key("a"), AttributesToGet=["pk"], ProjectionExpression="pk"
    ) == (
        "ValidationException: Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}"
    )


def test_every_refusal_is_a_client_error(engine):
    """Whatever the engine refuses looks like the service's refusal."""
    with pytest.raises(ClientError) as caught:
        engine.describe_table(TableName="nowhere")
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Requested resource not found: Table: nowhere not found",
    }
    assert refusal(engine.get_item, TableName="nowhere", Key=key("a")) == (
        "ResourceNotFoundException: Requested resource not found"
    )
    assert schema("pk") == [{"AttributeName": "pk", "KeyType": "HASH"}]


def test_what_the_engine_has_not_is_refused_when_it_is_called(engine):
    """Any action that boto3's client knows; a name that it does not know is no attribute."""
    with pytest.raises(engine.exceptions.UnknownOperationException, match="the embedded engine has no ListBackups"):
        engine.list_backups()
    with pytest.raises(ParamValidationError, match="Missing required parameter"):
        engine.create_backup()
    with pytest.raises(AttributeError, match="no attribute 'list_nonsense'"):
        _ = engine.list_nonsense


def test_a_paginator_reads_all_pages(shop):
    """It is botocore's own, on the engine's method."""
    for number in range(5):
        put(shop, "a", f"{number}")
    pages = shop.get_paginator("query").paginate(
        TableName="shop",
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "a"}},
        PaginationConfig={"PageSize": 2},
    )
    assert [len(page["Items"]) for page in pages] == [2, 2, 1]
    assert shop.can_paginate("scan") and not shop.can_paginate("get_item") and not shop.can_paginate("nonsense")
    with pytest.raises(OperationNotPageableError):
        shop.get_paginator("get_item")
    assert not shop.streams().can_paginate("get_records")


def test_a_waiter_waits(shop):
    """Tables are there at once, and gone at once."""
    assert "table_exists" in shop.waiter_names
    shop.get_waiter("table_exists").wait(TableName="shop")
    shop.delete_table(TableName="shop")
    shop.get_waiter("table_not_exists").wait(TableName="shop")
    with pytest.raises(ValueError, match="Waiter does not exist: nonsense"):
        shop.get_waiter("nonsense")
    assert shop.streams().waiter_names == []
