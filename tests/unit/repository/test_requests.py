"""What queries and writes send, as exact text."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError
from pynamite.repository.writing.updates import plan_update
from pynamite.repository.writing.writes import check_write, create_write, delete_write, put_write

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLOCK = partial(datetime.now, UTC)


@entity(
    pk="USER#<account_id>",
    sk="ORDER#<placed_at>#<order_id>",
    indexes={"GSI1": ("STATUS#<status>", "<placed_at>")},
)
class Order:
    account_id: str
    order_id: str
    placed_at: datetime
    status: str | None = "OPEN"
    total: int = 0


@entity(pk="NAME#<name>", sk="<name>#<id>")
class Name:
    name: str
    id: str


@pytest.fixture
def orders():
    return Table("shop", Order, Name, indexes=[Index("GSI1")]).connect("sqlite://")[Order]


@pytest.fixture
def member(orders):
    return orders._member


def asked(query):
    """The parts of a request that its fields and bounds make."""
    request = query.request()
    return request["KeyConditionExpression"], list(request["ExpressionAttributeValues"].values())


ORDER = {"S": "Order"}
PK = {"S": "USER#1"}
MOMENT = "ORDER#2026-05-01T12:00:00.000000Z"


def test_a_query_names_its_table_index_direction_and_type(orders):
    """Everything is a placeholder, numbered in the order of use."""
    assert orders.query("GSI1", status="OPEN").ge(placed_at=NOON).reverse().limit(10).request() == {
        "TableName": "shop",
        "IndexName": "GSI1",
        "KeyConditionExpression": "#n0 = :v0 AND #n1 >= :v1",
        "FilterExpression": "#n2 = :v2",
        "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "GSI1SK", "#n2": "_type"},
        "ExpressionAttributeValues": {
            ":v0": {"S": "STATUS#OPEN"}, ":v1": {"S": "2026-05-01T12:00:00.000000Z"}, ":v2": ORDER,
        },
        "ScanIndexForward": False,
        "Limit": 10,
    }  # fmt: skip


def test_the_request_is_the_one_that_is_sent(orders):
    """Its limit, too: with a filter more is asked for, and of much the service's own pages."""
    query = orders.query(account_id="1")
    assert "Limit" not in query.request()
    assert query.limit(3).request()["Limit"] == 3
    assert query.filter(attribute(Order.total) > 1).limit(3).request()["Limit"] == 50
    assert query.filter(attribute(Order.total) > 1).limit(30).request()["Limit"] == 120
    assert "Limit" not in query.limit(5000).request()
    assert query.filter(attribute(Order.total) > 1).request()["FilterExpression"] == "#n2 = :v2 AND #n3 > :v3"


def test_fields_and_bounds_become_one_condition_on_the_sort_key(orders):
    """The beginning as far as fields are given, and one range."""
    query = orders.query(account_id="1")
    later = NOON.replace(hour=13)
    end = "ORDER#2026-05-01T13:00:00.000000["
    last = {"S": "ORDER#2026-05-01T13:00:00.000000Z"}
    both = "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2"
    assert asked(query) == ("#n0 = :v0 AND begins_with(#n1, :v1)", [PK, {"S": "ORDER#"}, ORDER])
    assert asked(orders.query(account_id="1", placed_at=NOON)) == (
        "#n0 = :v0 AND begins_with(#n1, :v1)", [PK, {"S": MOMENT + "#"}, ORDER],
    )  # fmt: skip
    assert asked(orders.query(account_id="1", placed_at=NOON, order_id="o")) == (
        "#n0 = :v0 AND #n1 = :v1", [PK, {"S": MOMENT + "#o"}, ORDER],
    )  # fmt: skip
    assert asked(query.ge(placed_at=NOON)) == (both, [PK, {"S": MOMENT}, {"S": "ORDER$"}, ORDER])
    assert asked(query.gt(placed_at=NOON))[1][1] == {"S": MOMENT[:-1] + "["}
    assert asked(query.between(placed_at=(NOON, later))) == (both, [PK, {"S": MOMENT}, {"S": end}, ORDER])
    assert asked(query.lt(placed_at=later)) == (both, [PK, {"S": "ORDER#"}, last, ORDER])
    assert asked(query.begins_with(placed_at="2026")) == (
        "#n0 = :v0 AND begins_with(#n1, :v1)", [PK, {"S": "ORDER#2026"}, ORDER],
    )  # fmt: skip
    assert asked(orders.query(account_id="1", placed_at=NOON).gt(order_id="o")) == (
        both, [PK, {"S": MOMENT + "#o"}, {"S": MOMENT + "$"}, ORDER],
    )  # fmt: skip


def test_a_scan_filters_by_type(orders):
    """It has no key condition."""
    assert orders.scan("GSI1").request() == {
        "TableName": "shop", "IndexName": "GSI1", "FilterExpression": "#n0 = :v0",
        "ExpressionAttributeNames": {"#n0": "_type"}, "ExpressionAttributeValues": {":v0": ORDER},
    }  # fmt: skip


KEY = {"account_id": "1", "placed_at": NOON, "order_id": "o"}
WIRE_KEY = {"PK": {"S": "USER#1"}, "SK": {"S": MOMENT + "#o"}}


def test_every_write_is_guarded_by_type(member):
    """Create by absence, put and delete by absence or type, update and check by type."""
    instance = Order(**KEY)  # type: ignore[arg-type]
    ours = "attribute_not_exists(#n0) OR #n1 = :v0"
    guards = {
        "create": create_write(member, instance), "put": put_write(member, instance),
        "delete": delete_write(member, KEY), "must": delete_write(member, KEY, must_exist=True),
        "update": plan_update(member, KEY, [{"total": 1}], CLOCK).write(None), "check": check_write(member, KEY),
    }  # fmt: skip
    conditions = {name: write.operation.request["ConditionExpression"] for name, write in guards.items()}
    assert conditions == {
        "create": "attribute_not_exists(#n0)", "put": ours, "delete": ours, "must": "#n0 = :v0", "update": "#n1 = :v1",
        "check": "#n0 = :v0",
    }  # fmt: skip
    for write in guards.values():
        assert write.operation.request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
        assert write.operation.key == WIRE_KEY


def test_an_update_sends_its_changes_with_the_index_keys(member):
    """One expression, the key of the item, and the new item in return."""
    changes: list[Any] = [{"status": "PAID"}, attribute(Order.total).add(1)]
    operation = plan_update(member, KEY, changes, CLOCK).write(None).operation
    assert operation.request == {
        "TableName": "shop",
        "Key": WIRE_KEY,
        "UpdateExpression": "SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1) + :v2, #n2 = :v3, #n3 = :v4",
        "ConditionExpression": "#n4 = :v5",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ExpressionAttributeNames": {"#n0": "status", "#n1": "total", "#n2": "GSI1PK", "#n3": "GSI1SK", "#n4": "_type"},
        "ExpressionAttributeValues": {
            ":v0": {"S": "PAID"}, ":v1": {"N": "0"}, ":v2": {"N": "1"}, ":v3": {"S": "STATUS#PAID"},
            ":v4": {"S": "2026-05-01T12:00:00.000000Z"}, ":v5": ORDER,
        },
        "ReturnValues": "ALL_NEW",
    }  # fmt: skip
    sparse = plan_update(member, KEY, [{"status": None}], CLOCK).write(None).operation.request
    assert sparse["UpdateExpression"] == "SET #n0 = :v0 REMOVE #n1, #n2"
    assert sparse["ExpressionAttributeValues"][":v0"] == {"NULL": True}


def test_an_upsert_writes_type_and_key_fields(member):
    """And the index keys, if it can tell them."""
    plan = plan_update(member, KEY, [{"status": "OPEN"}], CLOCK, upsert=True)
    names = plan.write(None).operation.request["ExpressionAttributeNames"].values()
    assert set(names) == {"status", "_type", "account_id", "placed_at", "order_id", "GSI1PK", "GSI1SK", "PK"}
    assert plan.rereads == ()
    assert "'GSI1'" in plan_update(member, KEY, [{"total": 1}], CLOCK, upsert=True).rereads[0]


def refused(old):
    return ConditionFailedError("no", response={"Item": old} if old else {}, code="ConditionalCheckFailedException")


def test_what_a_refusal_means_depends_on_the_verb_and_the_old_item(member):
    """There, not there, or somebody else's; without an old item, a create was refused because there is one."""
    instance = Order(**KEY)  # type: ignore[arg-type]
    create, delete = create_write(member, instance), delete_write(member, KEY)
    must = delete_write(member, KEY, must_exist=True)
    own, foreign = member.item(instance), {**WIRE_KEY, "_type": {"S": "Robot"}}
    assert isinstance(create.explain(refused(None)), ItemExistsError)
    exists = create.explain(refused(own))
    assert isinstance(exists, ItemExistsError) and exists.item == instance
    assert "_type='Robot'" in str(create.explain(refused(foreign)))
    assert isinstance(must.explain(refused(None)), ItemNotFoundError)
    assert isinstance(must.explain(refused(foreign)), ItemNotFoundError)
    assert type(must.explain(refused(own))) is ConditionFailedError
    assert type(delete.explain(refused(own))) is ConditionFailedError
    assert "another type" in str(delete.explain(refused(foreign)))
    assert "no _type" in str(delete.explain(refused(WIRE_KEY)))
    assert delete.explain(refused(own)).key == {"PK": "USER#1", "SK": MOMENT + "#o"}


def test_a_request_that_is_looked_at_may_be_changed(orders):
    """What becomes of it is of no concern to the queries that follow."""
    query = orders.query(account_id="1")
    expected = query.request()
    for part in (query.request(), orders.query(account_id="1").request()):
        part["ExpressionAttributeNames"].clear()
        part["ExpressionAttributeValues"].clear()
    assert orders.query(account_id="1").request() == query.request() == expected
