"""Tables: made in every form, listed, described, reached through boto3."""

from __future__ import annotations

from decimal import Decimal

import pytest
from boto3.dynamodb.conditions import Attr, Key

from pynamite import dynamo
from pynamite.dynamo import records
from pynamite.errors import DefinitionError, OperationError
from pynamite.key.schema import IndexSchema, KeyAttribute


def test_a_table_with_other_key_names(client, table_name):
    """Keys are given and shown under the table's own names, in their types."""
    dynamo.create_table(table_name, client, pk="id", sk=("range", "N"))
    db = dynamo.DB(table_name, client, pk="id", sk="range")
    assert (db.PK, db.SK) == ("id", "range")
    assert db.put(["a", 5], {"PK": "an attribute"})["range"] == 5
    db.put({"id": "a", "range": -1}, {"n": 1})
    db.put(["a", Decimal("1.5")], {"n": 2})
    assert [item["range"] for item in db.get_partition("a")] == [-1, Decimal("1.5"), 5]
    assert db.get(["a", 5], "PK") == {"PK": "an attribute"}
    assert dynamo.show_schema(db) == {"a": [-1, Decimal("1.5"), 5]}


def test_a_table_without_sort_key(client, table_name):
    """The whole string is the key; every partition has one item."""
    dynamo.create_table(table_name, client, pk="id", sk=None)
    db = dynamo.DB(table_name, client, pk="id", sk=None)
    assert db.put("a.b.c", {"n": 1})["id"] == "a.b.c"
    assert db.get({"id": "a.b.c"}, "n") == {"n": 1}
    assert [item["n"] for item in db.query("a.b.c")] == [1]
    assert db.delete("a.b.c") == {"id": "a.b.c"}
    with db.batch() as batch:
        batch.put("x", {})
        batch.put("y", {})
    assert dynamo.show_schema(db) == {"x": [], "y": []}


def test_indexes_of_every_kind(client, table_name):
    """Global and local, typed, with projections."""
    description = dynamo.create_table(table_name, client, indexes=[
        "GSI1", IndexSchema("ByRank", KeyAttribute("rank", "N"), projection="KEYS_ONLY"),
        IndexSchema("ByTotal", KeyAttribute("PK"), KeyAttribute("total", "N"), projection=["title"], local=True)])
    assert description["TableStatus"] == "ACTIVE"
    db = dynamo.DB(table_name, client)
    assert db.info()["indexes"] == {"ByTotal": ["PK", "total"], "GSI1": ["GSI1PK", "GSI1SK"], "ByRank": ["rank"]}
    db.put("a.1", {"rank": 5, "total": 2, "title": "x", "more": 1})
    db.put("a.2", {"rank": 5, "total": 1, "title": "y", "more": 1})
    assert sorted(item["SK"] for item in db.query(5, IndexName="ByRank")) == ["1", "2"]
    by_total = db.query("a", IndexName="ByTotal")
    assert [item["title"] for item in by_total] == ["y", "x"]
    assert "more" not in by_total[0]


def test_a_table_is_made_once(client, table_name):
    """Unless it may be there; another key is another table."""
    dynamo.create_table(table_name, client)
    with pytest.raises(OperationError, match=f"'{table_name}' is there already; exist_ok=True") as error:
        dynamo.create_table(table_name, client)
    assert error.value.code == "ResourceInUseException"
    assert dynamo.create_table(table_name, client, exist_ok=True)["TableName"] == table_name
    with pytest.raises(DefinitionError, match=table_name):
        dynamo.create_table(table_name, client, pk="id", exist_ok=True)


def test_tables_are_listed_and_described(client, table_name):
    """All pages of them."""
    dynamo.create_table(table_name, client)
    assert table_name in dynamo.list_tables(client)
    assert dynamo.describe_all(client)[table_name]["KeySchema"][0]["AttributeName"] == "PK"
    db = dynamo.DB(table_name, client)
    info = db.info()
    assert (info["name"], info["status"], info["key"]) == (table_name, "ACTIVE", {"PK": "S", "SK": "S"})
    assert (info["billing"], info["tenant"]) == ("PAY_PER_REQUEST", None)


def test_the_table_object_has_boto3s_item_methods(db):
    """Plain values and condition objects, on every backend."""
    table = db.table
    assert table.name == table.table_name == db.name
    assert table.table_status == "ACTIVE"
    table.put_item(Item={"PK": "a", "SK": "b", "n": 1, "tags": {"x"}})
    assert table.get_item(Key={"PK": "a", "SK": "b"})["Item"] == {"PK": "a", "SK": "b", "n": 1, "tags": {"x"}}
    assert table.update_item(
        Key={"PK": "a", "SK": "b"}, UpdateExpression="SET n = n + :one", ConditionExpression=Attr("tags").contains("x"),
        ExpressionAttributeValues={":one": 1}, ReturnValues="UPDATED_NEW")["Attributes"] == {"n": 2}
    table.put_item(Item={"PK": "a", "SK": "c", "n": 5})
    found = table.query(
        KeyConditionExpression=Key("PK").eq("a") & Key("SK").begins_with("b"), FilterExpression=Attr("n").gt(1))
    assert [item["n"] for item in found["Items"]] == [2]
    page = table.scan(Limit=1)
    assert page["Count"] == 1
    assert table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])["Count"] == 1
    assert table.delete_item(Key={"PK": "a", "SK": "b"}, ReturnValues="ALL_OLD")["Attributes"]["n"] == 2
    assert "Item" not in table.get_item(Key={"PK": "a", "SK": "b"})
    assert dynamo.table_connection(db.name, db.client).get_item(Key={"PK": "a", "SK": "c"})["Item"]["n"] == 5


def test_entities_are_found_by_the_tables_name(db):
    """A Table of entities declares them; a DB of the same name shows them."""
    records.bind(db.name, [int, str])
    assert db.records == (int, str)
    records.bind(db.name, [])
    assert db.records == ()
