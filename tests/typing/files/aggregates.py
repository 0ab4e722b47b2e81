"""Collections, aggregates, walks over buckets, images, access patterns."""

from datetime import datetime
from typing import Any, assert_type

from pynamite import (
    AccessPattern,
    Aggregate,
    BucketQuery,
    Groups,
    Index,
    Page,
    Query,
    Repository,
    Store,
    StreamRecord,
    Table,
    attribute,
    entity,
)


@entity(pk="CUSTOMER#<username>", sk="CUSTOMER#<username>")
class Customer:
    username: str
    name: str = ""


@entity(pk="CUSTOMER#<username>", sk="#ORDER#<order_id>", indexes={"GSI1": ("ORDERS#<created:day>", "<created>")})
class Order:
    username: str
    order_id: str
    created: datetime
    total: int = 0


@entity(pk="CUSTOMER#<username>", sk="STAR#<repo>")
class Star:
    username: str
    repo: str


def collections(store: Store) -> None:
    assert_type(store.collection(Customer, Order, username="a"), Query[Customer | Order])
    assert_type(store.collection(Customer, Order, {"username": "a"}), Query[Customer | Order])
    assert_type(store.collection("GSI1", Customer, Order, username="a"), Query[Customer | Order])
    assert_type(store.collection(Customer, Order, Star, username="a").all(), list[Customer | Order | Star])
    groups = store.collection(Customer, Order, username="a").by_type()
    assert_type(groups, Groups[Customer | Order])
    assert_type(groups[Order], list[Order])
    assert_type(groups.first(Customer), Customer | None)
    assert_type(len(groups), int)
    groups["Order"]  # ERROR
    groups[Order][0].name  # ERROR
    groups.first(Customer).name  # ERROR
    store.collection(5, username="a")  # ERROR


def aggregates(store: Store) -> None:
    found = store.aggregate(Customer, Order, username="a")
    assert_type(found, Aggregate[Customer, Order])
    assert_type(found.reverse().limit(10).consistently().hydrate(), Aggregate[Customer, Order])
    assert_type(found.parent, Customer | None)
    assert_type(found.children, list[Order])
    assert_type(store.aggregate("GSI1", Order, Star, Customer, {"a": 1}), Aggregate[Order, Star | Customer])
    assert_type(store.aggregate(Customer, Order, Star, username="a").children, list[Order | Star])
    for order in found.children:
        assert_type(order.total, int)
    found.parent.name  # ERROR
    found.children.total  # ERROR
    found.parent = None  # ERROR
    found.limit("10")  # ERROR
    found.filter(attribute(Order.total) > 5)  # ERROR


def buckets(orders: Repository[Order], now: datetime) -> None:
    walk = orders.walk_back("GSI1", created=now, most_buckets=30)
    assert_type(walk, BucketQuery[Order])
    assert_type(walk.filter(attribute(Order.total) > 5).limit(25), BucketQuery[Order])
    assert_type(walk.all(), list[Order])
    assert_type(walk.first(), Order | None)
    assert_type(walk.page(10, None), Page[Order])
    assert_type(walk.count(), int)
    assert_type(orders.walk_forward({"created": now}, most_buckets=3), BucketQuery[Order])
    for order in walk:
        assert_type(order.created, datetime)
    orders.walk_back("GSI1", created=now)  # ERROR
    orders.walk_back("GSI1", created=now, most_buckets="30")  # ERROR
    walk.filter("total > 5")  # ERROR
    walk.reverse()  # ERROR


def images(store: Store, event: dict[str, Any]) -> None:
    orders = store[Order]
    assert_type(orders.from_image(event), Order)
    assert_type(orders.from_record(event), StreamRecord[Order])
    assert_type(orders.from_record(event).old, Order | None)
    change = store.from_record(event)
    if isinstance(change.new, Order):
        assert_type(change.new.total, int)
    orders.from_record(event).new.total  # ERROR
    orders.from_image("text")  # ERROR


table = Table("shop", Customer, Order, Star, indexes=[Index("GSI1")])
assert_type(table.access_patterns(), list[AccessPattern])
assert_type(table.access_patterns()[0].partition_fields, tuple[str, ...])
assert_type(table.connect("sqlite://", name="shop-test"), Store)
assert_type(table.definition("shop-test"), dict[str, Any])
table.connect("sqlite://", name=5)  # ERROR
