"""TransactWriteItems and TransactGetItems: made of the operations that go alone, too."""

from __future__ import annotations

import pytest

from pynamite.errors import DefinitionError
from pynamite.expression import nodes
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.put import put_item
from pynamite.operation.transact import condition_check, transact_get, transact_write
from pynamite.operation.update import update_item

STATUS = nodes.Path(("status",))
THERE = nodes.Function("attribute_exists", (STATUS,))
OPEN = nodes.Update(sets=(nodes.Set(STATUS, nodes.Value({"S": "OPEN"})),))


def key(n: int) -> dict[str, dict[str, str]]:
    return {"PK": {"S": str(n)}}


def test_every_write_has_its_place():
    """Put, update, delete and condition check, without the parameters that a transaction does not take."""
    operation = transact_write([
        put_item("shop", {**key(1), "n": {"N": "1"}}, key=key(1), return_values="ALL_OLD"),
        update_item("shop", key(2), OPEN, condition=THERE),
        delete_item("shop", key(3)),
        condition_check("shop", key(4), THERE),
    ], token="once")
    there = {
        "ConditionExpression": "attribute_exists(#n0)", "ExpressionAttributeNames": {"#n0": "status"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    assert (operation.action, operation.method) == ("TransactWriteItems", "transact_write_items")
    assert operation.request == {
        "ClientRequestToken": "once",
        "TransactItems": [
            {"Put": {"TableName": "shop", "Item": {**key(1), "n": {"N": "1"}}}},
            {"Update": {"TableName": "shop", "Key": key(2), "UpdateExpression": "SET #n0 = :v0",
                        "ExpressionAttributeValues": {":v0": {"S": "OPEN"}}, **there}},
            {"Delete": {"TableName": "shop", "Key": key(3)}},
            {"ConditionCheck": {"TableName": "shop", "Key": key(4), **there}},
        ]}
    assert operation.read({}) is None


def test_gets_come_back_in_their_order():
    """An item that is not there is None, in its place."""
    operation = transact_get([get_item("shop", key(n), consistent_read=True) for n in (1, 2)])
    assert operation.request == {
        "TransactItems": [{"Get": {"TableName": "shop", "Key": key(1)}}, {"Get": {"TableName": "shop", "Key": key(2)}}]}
    assert operation.read({"Responses": [{}, {"Item": key(2)}]}) == [None, key(2)]


@pytest.mark.parametrize(
    ("operations", "told"),
    [
        ([], "1 to 100 operations, not 0"),
        ([delete_item("shop", key(n)) for n in range(101)], "1 to 100 operations, not 101"),
        ([delete_item("shop", key(1)), get_item("shop", key(2))], "operation 1 of the transaction is GetItem"),
        ([delete_item("shop", key(1)), put_item("shop", key(1), key=key(1))],
         "operations 0 and 1 of the transaction both concern {'PK': '1'} in table 'shop'"),
        ([update_item("shop", key(1), nodes.Update())], "update of {'PK': '1'} in table 'shop' changes nothing"),
    ],
)
def test_what_no_transaction_can_be_is_refused(operations, told):
    """The error names the operation, before any call."""
    with pytest.raises(DefinitionError) as error:
        transact_write(operations)
    assert told in str(error.value)


def test_the_same_key_of_two_tables_is_two_items():
    """Items are told by table and key."""
    operation = transact_write([delete_item("a", key(1)), delete_item("b", key(1))])
    assert len(operation.request["TransactItems"]) == 2


def test_a_transaction_of_gets_takes_gets_only():
    """The error says what it takes."""
    with pytest.raises(DefinitionError, match="it takes get only"):
        transact_get([delete_item("a", key(1))])
