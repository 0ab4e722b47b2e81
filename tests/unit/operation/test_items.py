"""GetItem, PutItem, UpdateItem and DeleteItem: the requests that are made, and how the answers are read."""

from __future__ import annotations

import pytest

from pynamite.expression import nodes
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.put import put_item
from pynamite.operation.update import update_item

KEY = {"PK": {"S": "a"}, "SK": {"S": "b"}}
ITEM = {**KEY, "n": {"N": "1"}}
CONDITION = nodes.Compare("=", nodes.Path(("status",)), nodes.Value({"S": "OPEN"}))
CONDITIONAL = {
    "ConditionExpression": "#n0 = :v0",
    "ExpressionAttributeNames": {"#n0": "status"},
    "ExpressionAttributeValues": {":v0": {"S": "OPEN"}},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def test_a_get_asks_for_the_key_alone():
    """What is not asked for is not in the request."""
    operation = get_item("shop", KEY)
    assert (operation.action, operation.method, operation.table_name) == ("GetItem", "get_item", "shop")
    assert operation.request == {"TableName": "shop", "Key": KEY}
    assert operation.key == KEY


def test_a_get_with_projection_and_consistent_read():
    """Names become placeholders in the order of their use, each once."""
    projection = nodes.Projection((nodes.Path(("a", "b", 0)), nodes.Path(("c", "a"))))
    assert get_item("shop", KEY, projection=projection, consistent_read=True).request == {
        "TableName": "shop", "Key": KEY, "ProjectionExpression": "#n0.#n1[0], #n2.#n0",
        "ExpressionAttributeNames": {"#n0": "a", "#n1": "b", "#n2": "c"}, "ConsistentRead": True}


def test_a_get_gives_the_item_or_none():
    """A missing item is None, an empty one is empty."""
    read = get_item("shop", KEY).read
    assert read({"Item": ITEM}) == ITEM
    assert read({"Item": {}}) == {}
    assert read({}) is None


def test_a_put_without_condition():
    """An unconditional put has no expression, and gives the whole answer."""
    operation = put_item("shop", ITEM, key=KEY)
    assert (operation.action, operation.method, operation.key) == ("PutItem", "put_item", KEY)
    assert operation.request == {"TableName": "shop", "Item": ITEM}
    assert operation.read({"Attributes": ITEM}) == {"Attributes": ITEM}


def test_a_put_with_condition_asks_for_the_old_item_on_failure():
    """The old item is what makes the error useful."""
    assert put_item("shop", ITEM, key=KEY, condition=CONDITION).request == {
        "TableName": "shop", "Item": ITEM, **CONDITIONAL}
    quiet = put_item("shop", ITEM, key=KEY, condition=CONDITION, return_values="ALL_OLD", old_on_failure=False).request
    assert "ReturnValuesOnConditionCheckFailure" not in quiet
    assert quiet["ReturnValues"] == "ALL_OLD"


def test_an_update_and_its_condition_share_one_numbering():
    """Names that both use are one placeholder; values never are."""
    status = nodes.Path(("status",))
    update = nodes.Update(sets=(nodes.Set(status, nodes.Value({"S": "OPEN"})),))
    operation = update_item("shop", KEY, update, condition=CONDITION)
    assert (operation.action, operation.method, operation.key) == ("UpdateItem", "update_item", KEY)
    assert operation.request == {
        "TableName": "shop", "Key": KEY, "UpdateExpression": "SET #n0 = :v0", "ConditionExpression": "#n0 = :v1",
        "ExpressionAttributeNames": {"#n0": "status"},
        "ExpressionAttributeValues": {":v0": {"S": "OPEN"}, ":v1": {"S": "OPEN"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD", "ReturnValues": "ALL_NEW"}


def test_an_update_without_actions_has_no_expression():
    """DynamoDB takes an update of nothing, but no empty expression."""
    assert update_item("shop", KEY, nodes.Update(), return_values=None).request == {"TableName": "shop", "Key": KEY}


@pytest.mark.parametrize("make", [
    lambda: update_item("shop", KEY, nodes.Update()), lambda: delete_item("shop", KEY, return_values="ALL_OLD")])
def test_attributes_are_read_where_there_are_any(make):
    """An answer without attributes is None."""
    read = make().read
    assert read({"Attributes": ITEM}) == ITEM
    assert read({}) is None


def test_a_delete():
    """A delete has a condition and return values, if asked for."""
    assert delete_item("shop", KEY).request == {"TableName": "shop", "Key": KEY}
    operation = delete_item("shop", KEY, condition=CONDITION, return_values="ALL_OLD")
    assert (operation.action, operation.method, operation.key) == ("DeleteItem", "delete_item", KEY)
    assert operation.request == {"TableName": "shop", "Key": KEY, **CONDITIONAL, "ReturnValues": "ALL_OLD"}


def test_a_tree_that_is_not_bound_is_refused():
    """A Python value has to be an AttributeValue before it is sent."""
    condition = nodes.Compare("=", nodes.Path(("a",)), nodes.Literal(1))
    with pytest.raises(TypeError):
        delete_item("shop", KEY, condition=condition)
