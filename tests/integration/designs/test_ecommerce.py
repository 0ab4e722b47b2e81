"""The shop: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from examples.designs.ecommerce import (
    MAY,
    Address,
    Customer,
    CustomerHeader,
    Order,
    OrderItem,
    change_email,
    create_customer,
    customer_header,
    customer_with_email,
    customer_with_newest_orders,
    delete_customer,
    fill,
    forget_address,
    order_with_items,
    place_order,
    save_address,
    set_status,
    shop_table,
)
from pynamite import evolve
from pynamite.errors import (
    ConditionFailedError,
    ItemExistsError,
    ItemNotFoundError,
    TransactionCanceledError,
    UniqueViolationError,
)

BERNE = Address("1 Main Street", "Berne", "CH")
BASEL = Address("2 Side Street", "Basel", "CH")


@pytest.fixture
def store(client, table_name):
    """The shop of the sample data."""
    store = shop_table(table_name).connect(client)
    store.create_table()
    fill(store)
    return store


def cy(**more):
    return Customer(**{"username": "cy", "email": "cy@example.com", "name": "Cy", **more})


def test_a_customer_is_registered_with_a_unique_name_and_address(store):
    """A username or an e-mail address that is taken keeps the other from being taken, too."""
    assert create_customer(store, cy()) == cy() == store[Customer].require(username="cy")
    with pytest.raises(ItemExistsError):
        create_customer(store, cy(email="other@example.com"))
    with pytest.raises(UniqueViolationError) as taken:
        create_customer(store, cy(username="di"))
    assert (taken.value.fields, taken.value.owner) == (("email",), {"PK": "CUSTOMER#cy", "SK": "CUSTOMER#cy"})
    assert store[Customer].get(username="di") is None
    assert customer_with_email(store, "other@example.com") is None


def test_an_address_is_kept_under_its_name(store):
    """A new name adds an address, a known one replaces it, and one can be dropped; the others stay."""
    assert save_address(store, "ann", "work", BASEL).addresses == {"home": BERNE, "work": BASEL}
    assert save_address(store, "ann", "home", BASEL).addresses == {"home": BASEL, "work": BASEL}
    assert forget_address(store, "ann", "home").addresses == {"work": BASEL}
    assert save_address(store, "bob", "home", BERNE).addresses == {"home": BERNE}
    with pytest.raises(ItemNotFoundError):
        save_address(store, "eve", "home", BERNE)


def test_a_customer_comes_with_the_newest_orders(store):
    """The newest orders come first, and not more than asked for."""
    found = customer_with_newest_orders(store, "ann", 10)
    assert found.parent == CustomerHeader("ann", "ann@example.com", "Ann")
    assert [order.order_id for order in found.children] == [f"order-{day:02}" for day in range(11, 1, -1)]
    nobody = customer_with_newest_orders(store, "eve")
    assert (nobody.parent, nobody.children) == (None, [])
    bob = customer_with_newest_orders(store, "bob")
    assert bob.parent is not None and bob.children == []


def test_an_order_is_placed_as_a_whole(store):
    """With one thing in it that is there already, or without a customer, nothing is saved."""
    order = Order(username="bob", order_id="order-99", placed_at=MAY, amount=Decimal(5), number_of_items=2)
    items = [OrderItem(order_id="order-99", item_id=n, description=n, price=Decimal(1)) for n in "ab"]
    store[OrderItem].create(items[1])
    with pytest.raises(TransactionCanceledError):
        place_order(store, order, items)
    with pytest.raises(TransactionCanceledError) as no_customer:
        place_order(store, evolve(order, username="eve"), items[:1])
    assert isinstance(no_customer.value.reasons[0], ItemNotFoundError)
    assert store[Order].get(order) is None
    place_order(store, order, items[:1])
    assert store[Order].get(order) == order


def test_the_status_of_an_order_changes(store):
    """An order that is there gets another status."""
    assert set_status(store, "ann", "order-03", "SHIPPED").status == "SHIPPED"
    found = order_with_items(store, "order-03").parent
    assert found is not None and found.status == "SHIPPED"
    with pytest.raises(ItemNotFoundError):
        set_status(store, "ann", "order-77", "SHIPPED")


def test_an_order_comes_with_what_is_in_it(store):
    """By the order's id alone, one query of the index gives the order and its items."""
    found = order_with_items(store, "order-03")
    assert found.parent is not None and found.parent.placed_at == MAY + timedelta(days=3)
    assert [(item.item_id, item.quantity) for item in found.children] == [("item-1", 1), ("item-2", 2)]


def test_trap_orders_sort_before_their_customer(store):
    """One backward query meets the customer first, then the newest orders."""
    query = store.collection(Customer, Order, username="ann").reverse().limit(11)
    assert query.request()["ScanIndexForward"] is False
    measured = query.measured()
    customer, *orders = measured.items
    assert isinstance(customer, Customer) and len(orders) == 10
    assert [order.order_id for order in orders if isinstance(order, Order)][:2] == ["order-11", "order-10"]
    assert (measured.requests, measured.scanned_count) == (1, 11)


def test_trap_one_query_gives_several_entities(store):
    """What one query reads comes back by type: the customer, and the orders; the items' partition is another."""
    groups = store.collection(Customer, Order, username="ann").by_type()
    assert [one.username for one in groups[Customer]] == ["ann"]
    assert len(groups[Order]) == 12


def test_trap_a_header_is_a_part_of_the_customer(store):
    """The header is read without the addresses, which the request does not ask for."""
    assert customer_header(store, "ann") == CustomerHeader("ann", "ann@example.com", "Ann")
    assert customer_header(store, "eve") is None
    request = customer_with_newest_orders(store, "ann").request()
    assert "addresses" not in request["ExpressionAttributeNames"].values()
    assert {"name", "email", "order_id", "amount"} <= set(request["ExpressionAttributeNames"].values())


def test_trap_the_address_goes_along_with_the_customer(store):
    """What stands for the e-mail address changes and goes with the customer, so that the address is free again."""
    ann = store[Customer].require(username="ann")
    changed = change_email(store, ann, "a@example.com")
    assert customer_with_email(store, "ann@example.com") is None
    assert customer_with_email(store, "a@example.com") == changed
    with pytest.raises(ConditionFailedError):  # ann, as she was read before, has another address by now
        change_email(store, ann, "b@example.com")
    with pytest.raises(UniqueViolationError):
        change_email(store, changed, "bob@example.com")
    delete_customer(store, changed)
    with pytest.raises(ItemNotFoundError):
        delete_customer(store, changed)
    assert customer_with_email(store, "a@example.com") is None
    create_customer(store, Customer(username="ann", email="a@example.com", name="Another"))


def test_the_keys_are_those_of_the_design(store):
    """The items have the published keys, but for those that stand for e-mail addresses."""
    keys = {(item["PK"], item["SK"], item.get("GSI1PK"), item.get("GSI1SK")) for item in store.db.scan()}
    assert keys >= {
        ("CUSTOMER#ann", "CUSTOMER#ann", None, None),
        ("UNIQUE#Customer#email#ann@example.com", "UNIQUE#Customer#email#ann@example.com", None, None),
        ("CUSTOMER#ann", "#ORDER#order-00", "ORDER#order-00", "ORDER#order-00"),
        ("ORDER#order-00#ITEM#item-1", "ORDER#order-00#ITEM#item-1", "ORDER#order-00", "ITEM#item-1"),
    }
