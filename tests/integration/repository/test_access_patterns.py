"""The access patterns that a table lists are calls that work."""

from __future__ import annotations

import re

from pynamite import AccessPattern, Table
from tests.unit.entities.test_patterns import INDEXES, NOON, CartItem, Customer, Order, Place, Status

ORDER = Order(customer_id="1", order_id="7", placed_at=NOON, total=5)
CUSTOMER = Customer(customer_id="1", place=Place("no", "Oslo"))
ITEM = CartItem(user_id="u", product="p", quantity=2)
VALUES = {
    "customer_id": "1", "order_id": "7", "placed_at": NOON, "status": Status.OPEN, "total": 5, "user_id": "u",
    "product": "p", "quantity": 2, "most_buckets": 2, "place.country": "no", "place.city": "Oslo", "cookie": "none",
}


def called(store, pattern: AccessPattern):
    """Make the call, with values for the dots."""
    text = re.sub(r"(\w+)=\.\.\.", r'\1=VALUES["\1"]', pattern.call)
    text = re.sub(r'"([\w.]+)": \.\.\.', r'"\1": VALUES["\1"]', text)
    names = {"store": store, "VALUES": VALUES, "Order": Order, "Customer": Customer, "CartItem": CartItem}
    return eval(text, names)


def test_each_pattern_that_is_listed_finds_its_items(client, table_name):
    """The text of the call, filled in, gives the item that has these values."""
    table = Table(table_name, Customer, Order, CartItem, indexes=INDEXES)
    store = table.connect(client)
    store.create_table()
    for instance in (ORDER, CUSTOMER, ITEM):
        store[type(instance)].create(instance)
    expected = {"Order": [ORDER], "Customer": [CUSTOMER], "CartItem": [ITEM], "Customer, Order": [ORDER, CUSTOMER]}
    patterns = [one for one in table.access_patterns() if "cookie" not in one.partition_fields]
    assert len(patterns) > 15
    for pattern in patterns:
        found = called(store, pattern)
        assert ([found] if pattern.verb == "get" else found.all()) == expected[pattern.entity], str(pattern)
