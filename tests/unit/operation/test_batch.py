"""BatchGetItem and BatchWriteItem: requests by table, and what was not processed."""

from __future__ import annotations

from pynamite.expression import nodes
from pynamite.operation.batch import BatchGetPage, batch_get, batch_write, delete_entry, put_entry

ONE = {"PK": {"S": "1"}}
TWO = {"PK": {"S": "2"}}


def test_a_batch_get_by_table():
    """Projection and consistency are said for every table."""
    operation = batch_get(
        {"a": [ONE, TWO], "b": [ONE]}, projection=nodes.Projection((nodes.Path(("x",)),)), consistent_read=True)
    shared = {"ProjectionExpression": "#n0", "ExpressionAttributeNames": {"#n0": "x"}, "ConsistentRead": True}
    assert (operation.action, operation.method, operation.table_name) == ("BatchGetItem", "batch_get_item", None)
    assert operation.request == {"RequestItems": {"a": {"Keys": [ONE, TWO], **shared}, "b": {"Keys": [ONE], **shared}}}


def test_a_batch_get_gives_items_and_what_is_left():
    """Keys that were not looked up are no missing items."""
    answer = {"Responses": {"a": [ONE]}, "UnprocessedKeys": {"a": {"Keys": [TWO]}}}
    assert batch_get({"a": [ONE, TWO]}).read(answer) == BatchGetPage({"a": [ONE]}, {"a": [TWO]})
    assert batch_get({"a": [ONE]}).read({"Responses": {}, "UnprocessedKeys": {}}) == BatchGetPage({}, {})


def test_a_batch_write_by_table():
    """Entries are puts and deletes; the result is what is left."""
    entries = [put_entry(ONE), delete_entry(TWO)]
    assert entries == [{"PutRequest": {"Item": ONE}}, {"DeleteRequest": {"Key": TWO}}]
    operation = batch_write({"a": entries})
    assert (operation.action, operation.method) == ("BatchWriteItem", "batch_write_item")
    assert operation.request == {"RequestItems": {"a": entries}}
    assert operation.read({"UnprocessedItems": {"a": entries[1:]}}) == {"a": entries[1:]}
    assert operation.read({}) == {}
