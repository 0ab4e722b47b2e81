"""Tenants of one table see their own items only."""

from __future__ import annotations

import pytest
from boto3.dynamodb.conditions import Attr, Key

from pynamite import dynamo
from pynamite.errors import ConditionFailedError, ItemExistsError, KeyValueError
from pynamite.expression import Increment


@pytest.fixture
def tenants(client, table_name):
    """ACME and OTHER with an item each under the same key, and the table as a whole."""
    dynamo.create_table(table_name, client, indexes=["GSI1"])
    acme, other = (dynamo.DB(table_name, client, tenant=tenant) for tenant in ("ACME", "OTHER"))
    acme.put("USER.1", {"n": 1, "GSI1PK": "open", "GSI1SK": "1"})
    other.put("USER.1", {"n": 2, "GSI1PK": "open", "GSI1SK": "1"})
    return acme, other, dynamo.DB(table_name, client)


def test_the_same_key_is_another_item_for_each(tenants):
    """Reads, writes and deletes go to this tenant's item."""
    acme, other, whole = tenants
    acme.update("USER.1", {"n": Increment("n", 10)})
    assert acme.get("USER.1")["n"] == 11
    assert other.get("USER.1")["n"] == 2
    assert acme.delete("USER.1") == {"PK": "USER", "SK": "1"}
    assert other.get("USER.1", "PK, n") == {"PK": "USER", "n": 2}
    assert {item["PK"] for item in whole.scan()} == {"OTHER@USER"}


def test_partitions_of_table_and_index_are_stored_with_the_tenant(tenants):
    """What is read comes back without it."""
    acme, _, whole = tenants
    assert acme.get("USER.1")["GSI1PK"] == "open"
    stored = whole.get(["ACME@USER", "1"])
    assert (stored["PK"], stored["GSI1PK"], stored["GSI1SK"]) == ("ACME@USER", "ACME@open", "1")
    acme.update("USER.1", {"GSI1PK": "done"})
    assert whole.get(["ACME@USER", "1"])["GSI1PK"] == "ACME@done"
    assert acme.update("USER.1", {"GSI1PK": "x"}, ReturnValues="ALL_NEW")["GSI1PK"] == "x"


def test_queries_and_scans_of_every_kind(tenants):
    """By partition, by key condition, by index, with filters, page by page."""
    acme, other, _ = tenants
    assert [item["n"] for item in other.get_partition("USER")] == [2]
    assert [item["n"] for item in acme.query("USER")] == [1]
    assert [item["n"] for item in acme.query("open", IndexName="GSI1")] == [1]
    assert [item["GSI1PK"] for item in acme.query(Key("GSI1PK").eq("open"), IndexName="GSI1")] == ["open"]
    assert [item["n"] for item in acme.scan()] == [1]
    assert [item["n"] for item in acme.scan(FilterExpression=Attr("n").eq(2) | Attr("n").eq(1))] == [1]
    assert [item["n"] for item in acme.scan(IndexName="GSI1", FilterExpression=Attr("GSI1PK").eq("open"))] == [1]
    assert acme.query(KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": "OTHER@USER"}) == []
    assert dynamo.show_schema(acme) == {"USER": ["1"]}
    acme.put("USER.2", {"n": 3})
    page = dynamo.query(acme, "USER", Limit=1)
    assert page["LastEvaluatedKey"] == {"PK": "USER", "SK": "1"}
    assert [item["n"] for item in acme.query("USER", ExclusiveStartKey=page["LastEvaluatedKey"])] == [3]


def test_a_sort_key_that_is_an_indexes_partition_key(db, client):
    """It is stored with the tenant, too, and found by its beginning all the same."""
    acme = dynamo.DB(db.name, client, tenant="ACME")
    for sort in ("x1", "x2", "y1"):
        acme.put(["a", sort], {"n": sort})
        acme.put(["b", sort], {"n": sort})
    assert db.get(["ACME@a", "ACME@x1"])["n"] == "x1"
    assert acme.get("a.x1", "PK, SK") == {"PK": "a", "SK": "x1"}
    assert [item["SK"] for item in acme.get_partition("a", startswith="x")] == ["x1", "x2"]
    assert [item["SK"] for item in acme.query(Key("PK").eq("a") & Key("SK").between("x2", "y1"))] == ["x2", "y1"]
    assert [item["PK"] for item in acme.query("x1", IndexName="Inverted")] == ["a", "b"]
    assert dynamo.show_partition(acme) == {"a": 3, "b": 3}


def test_errors_show_keys_and_items_without_the_tenant(tenants):
    """As everything else that is read."""
    acme, _, _ = tenants
    with pytest.raises(ItemExistsError) as exists:
        acme.create("USER.1", {})
    assert (exists.value.key, exists.value.item["PK"]) == ({"PK": "USER", "SK": "1"}, "USER")
    with pytest.raises(ConditionFailedError) as failed:
        acme.update("USER.1", {"n": 5}, ConditionExpression=Attr("PK").ne("USER"))
    assert failed.value.item["GSI1PK"] == "open"


def test_a_batch_is_the_tenants(tenants):
    """Puts, updates and deletes."""
    acme, other, _ = tenants
    with acme.batch() as batch:
        batch.put("USER.2", {"n": 3})
        batch.update("USER.3", {"n": 4})
        batch.delete("USER.1")
    assert dynamo.show_schema(acme) == {"USER": ["2", "3"]}
    assert dynamo.show_schema(other) == {"USER": ["1"]}


def test_a_table_by_numbers_has_no_tenants(client, table_name):
    """A number cannot have a name before it."""
    dynamo.create_table(table_name, client, pk=("id", "N"), sk=None)
    with pytest.raises(KeyValueError, match="partition key is of type S; 'id' is not"):
        dynamo.DB(table_name, client, pk="id", sk=None, tenant="ACME").put(1, {})
