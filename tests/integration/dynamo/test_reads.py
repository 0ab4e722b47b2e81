"""Many plain items: partitions, queries, scans, all pages of them."""

from __future__ import annotations

import itertools

import pytest
from boto3.dynamodb.conditions import Attr, Key

from pynamite import dynamo
from pynamite.errors import DefinitionError


@pytest.fixture
def filled(db):
    """Ten items in partition a, two in b; every other of them is open."""
    with db.batch() as batch:
        for n in range(10):
            batch.put(["a", f"x{n}"], {"n": n, "GSI1PK": "open" if n % 2 else "done", "GSI1SK": f"{9 - n}"})
        batch.put(["b", "x0"], {"n": 100})
        batch.put(["b", "y0"], {"n": 101})
    return db


def numbers(items):
    return [int(item["n"]) for item in items]


def test_a_partition_in_the_order_of_its_sort_keys(filled):
    """All of it, its beginning, backwards, a part of each item."""
    assert numbers(filled.get_partition("a")) == list(range(10))
    assert numbers(filled.get_partition("a", startswith="x")) == list(range(10))
    assert numbers(filled.get_partition("b", startswith="y")) == [101]
    assert numbers(filled.get_partition("a", ScanIndexForward=False, Limit=3)) == [9, 8, 7]
    assert filled.get_partition("b", ProjectionExpression="n") == [{"n": 100}, {"n": 101}]
    assert filled.get_partition("nothing") == []


def test_a_query_by_key_condition_text_and_object(filled):
    """A filter reads on until there is enough."""
    assert numbers(filled.query(KeyConditionExpression=Key("PK").eq("a") & Key("SK").between("x2", "x4"))) == [2, 3, 4]
    assert numbers(filled.query(Key("PK").eq("a") & Key("SK").gt("x7"))) == [8, 9]
    assert numbers(filled.query(
        KeyConditionExpression="PK = :p AND SK < :s", FilterExpression="#n >= :n",
        ExpressionAttributeNames={"#n": "n"}, ExpressionAttributeValues={":p": "a", ":s": "x5", ":n": 3})) == [3, 4]
    assert numbers(filled.query("a", FilterExpression=Attr("n").gte(5), Limit=2)) == [5, 6]


def test_a_query_of_an_index(filled):
    """By its partition key's value, too; the order is the index's."""
    assert numbers(filled.query("open", IndexName="GSI1")) == [9, 7, 5, 3, 1]
    assert numbers(filled.query("x0", IndexName="Inverted")) == [0, 100]
    assert numbers(filled.scan(IndexName="GSI1", FilterExpression=Attr("GSI1PK").eq("done"))) == [8, 6, 4, 2, 0]


def test_a_scan_of_all_and_of_segments(filled):
    """Segments together are the table."""
    assert sorted(numbers(filled.scan())) == [*range(10), 100, 101]
    assert sorted(numbers(filled.scan(FilterExpression=Attr("n").gt(8)))) == [9, 100, 101]
    parts = [numbers(filled.scan(Segment=segment, TotalSegments=3)) for segment in range(3)]
    assert sorted(itertools.chain.from_iterable(parts)) == [*range(10), 100, 101]
    assert len(filled.scan(Limit=5)) == 5
    assert numbers(filled.scan("b")) == [100, 101]


def test_pages_beyond_a_megabyte_are_all_read(db):
    """A page of DynamoDB ends at 1 MB."""
    with db.batch() as batch:
        for n in range(8):
            batch.put(["big", f"{n}"], {"n": n, "blob": "x" * 300_000})
    assert numbers(db.get_partition("big")) == list(range(8))
    assert sorted(numbers(db.scan())) == list(range(8))
    assert numbers(db.query("big", FilterExpression=Attr("n").gt(6))) == [7]
    assert dynamo.query(db, "big", Select="COUNT")["Count"] == 8


def test_a_page_as_boto3_gives_it(filled):
    """With Limit it says where the next one starts."""
    page = dynamo.query(filled, "a", Limit=4)
    assert (numbers(page["Items"]), page["Count"], page["ScannedCount"]) == ([0, 1, 2, 3], 4, 4)
    assert page["LastEvaluatedKey"] == {"PK": "a", "SK": "x3"}
    rest = dynamo.query(filled, "a", ExclusiveStartKey=page["LastEvaluatedKey"])
    assert numbers(rest["Items"]) == [4, 5, 6, 7, 8, 9]
    assert "LastEvaluatedKey" not in rest
    counted = dynamo.query(filled, Key("PK").eq("a"), Select="COUNT", FilterExpression=Attr("n").gte(5))
    assert (counted["Items"], counted["Count"], counted["ScannedCount"]) == ([], 5, 10)
    with pytest.raises(DefinitionError, match=r"dynamo\.query"):
        filled.query("a", Select="COUNT")


def test_a_look_into_the_table(filled):
    """Partitions, their keys, and a few attributes."""
    assert dynamo.show_partition(filled) == {"a": 10, "b": 2}
    assert dynamo.show_schema(filled)["b"] == ["x0", "y0"]
    assert dynamo.user_get_attrs(filled, Key("PK").eq("b"), "n") == [{"n": 100}, {"n": 101}]
    assert dynamo.user_get_attrs(filled, "b", "n", Limit=1) == [{"n": 100}]


def test_an_index_that_is_not_there_is_named(filled):
    """Beside those that there are."""
    with pytest.raises(DefinitionError, match="no index 'GSI9'; its indexes are: 'GSI1', 'Inverted'"):
        filled.query("a", IndexName="GSI9")
