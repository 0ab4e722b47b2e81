"""CreateTable and its like: the definitions that are sent, and the descriptions that come back."""

from __future__ import annotations

import pytest

from pynamite.errors import DefinitionError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema
from pynamite.operation.tables import (
    TableNames,
    create_table,
    delete_table,
    describe_table,
    list_tables,
    update_table,
)

SCHEMA = KeySchema(KeyAttribute("PK"), KeyAttribute("SK"))


def test_a_table_with_indexes():
    """Every key attribute is defined once; local and global indexes have their own place."""
    operation = create_table("shop", SCHEMA, indexes=[
        IndexSchema("GSI1", KeyAttribute("GSI1PK"), KeyAttribute("rank", "N")),
        IndexSchema("Inverted", KeyAttribute("SK"), KeyAttribute("PK"), projection="KEYS_ONLY"),
        IndexSchema("ByTotal", KeyAttribute("PK"), KeyAttribute("total", "N"), projection=["title"], local=True),
    ], StreamSpecification=None)
    assert (operation.action, operation.method, operation.table_name) == ("CreateTable", "create_table", "shop")
    assert operation.request == {
        "TableName": "shop",
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "PK", "AttributeType": "S"}, {"AttributeName": "SK", "AttributeType": "S"},
            {"AttributeName": "GSI1PK", "AttributeType": "S"}, {"AttributeName": "rank", "AttributeType": "N"},
            {"AttributeName": "total", "AttributeType": "N"}],
        "BillingMode": "PAY_PER_REQUEST",
        "LocalSecondaryIndexes": [{
            "IndexName": "ByTotal",
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "total", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}}],
        "GlobalSecondaryIndexes": [{
            "IndexName": "GSI1",
            "KeySchema": [
                {"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"}}, {
            "IndexName": "Inverted",
            "KeySchema": [{"AttributeName": "SK", "KeyType": "HASH"}, {"AttributeName": "PK", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}],
    }


def test_a_table_without_sort_key_and_an_index_of_several_attributes():
    """Index keys may have up to four attributes on either side."""
    index = IndexSchema("ByPlace", [KeyAttribute("country"), KeyAttribute("city")], [KeyAttribute("at", "N")])
    request = create_table("shop", KeySchema(KeyAttribute("id", "B")), indexes=[index]).request
    assert request["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert request["GlobalSecondaryIndexes"][0]["KeySchema"] == [
        {"AttributeName": "country", "KeyType": "HASH"}, {"AttributeName": "city", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"}]


def test_provisioned_throughput_holds_for_the_indexes_too():
    """Where nothing else is said, an index has the table's capacity."""
    capacity = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}
    request = create_table("shop", SCHEMA, indexes=[IndexSchema("GSI1", KeyAttribute("x"))], billing_mode="PROVISIONED",
                           ProvisionedThroughput=capacity).request
    assert request["ProvisionedThroughput"] == capacity
    assert request["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == capacity


def test_one_attribute_has_one_type():
    """Keys that disagree about an attribute are refused, and it is named."""
    index = IndexSchema("GSI1", KeyAttribute("PK", "N"))
    with pytest.raises(DefinitionError, match="'PK' as S and as N"):
        create_table("shop", SCHEMA, indexes=[index])


def test_descriptions_are_read_from_every_answer():
    """CreateTable and DescribeTable put the description under different names."""
    assert create_table("shop", SCHEMA).read({"TableDescription": {"TableName": "shop"}}) == {"TableName": "shop"}
    assert describe_table("shop").read({"Table": {"TableName": "shop"}}) == {"TableName": "shop"}
    assert describe_table("shop").request == delete_table("shop").request == {"TableName": "shop"}
    assert update_table("shop", TableClass="STANDARD").request == {"TableName": "shop", "TableClass": "STANDARD"}


def test_names_come_in_pages():
    """A page says where the next one starts."""
    assert list_tables().request == {}
    assert list_tables(start="m", limit=2).request == {"ExclusiveStartTableName": "m", "Limit": 2}
    assert list_tables().read({"TableNames": ["a", "b"], "LastEvaluatedTableName": "b"}) == TableNames(["a", "b"], "b")
    assert list_tables().read({"TableNames": []}) == TableNames([], None)


def test_key_names():
    """The partition key's name comes first."""
    assert SCHEMA.names == ("PK", "SK")
    assert KeySchema(KeyAttribute("id")).names == ("id",)
