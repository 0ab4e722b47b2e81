"""Access patterns, as they follow from declarations; each call that is listed is one that works."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum

import attrs
import pytest

from pynamite import Index, IndexKey, Table, by, entity, first_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Status(Enum):
    OPEN = "OPEN"
    PAID = "PAID"


@attrs.define
class Place:
    country: str
    city: str


@entity(pk="CUSTOMER#<customer_id>", sk="PROFILE", indexes={"Places": ("<place.country>", "<place.city>")})
class Customer:
    customer_id: str
    place: Place = attrs.Factory(lambda: Place("no", "Oslo"))


@entity(
    pk="CUSTOMER#<customer_id>",
    sk="ORDER#<placed_at>#<order_id>",
    indexes={
        "GSI1": ("STATUS#<status>", "<placed_at>"),
        "Days": ("ORDERS#<placed_at:day>", "<placed_at>"),
        "Shards": ("S#<order_id:shard(4)>", "<total:pad(5)>"),
        "States": ("C#<customer_id>", by("status", {Status.OPEN: "OPEN#<total:pad(5)>", Status.PAID: "PAID"})),
    },
)
class Order:
    customer_id: str
    order_id: str
    placed_at: datetime
    status: Status = Status.OPEN
    total: int = 0


@entity(pk=first_of("USER#<user_id>", "CART#<cookie>"), sk="ITEM#<product>",
        indexes={"GSI1": IndexKey("STATUS#<product>", "<quantity>")})
class CartItem:
    product: str
    quantity: int = 1
    user_id: str | None = None
    cookie: str | None = None


INDEXES = [Index("GSI1", projection="KEYS_ONLY"), Index("Days"), Index("Shards"), Index("States"), Index("Places")]


@pytest.fixture(scope="module")
def table():
    return Table("shop", Customer, Order, CartItem, indexes=INDEXES)


def calls(table, entity, index=None):
    return [one.call for one in table.access_patterns() if one.entity == entity and one.index == index]


def test_the_tables_key_gives_a_get_and_a_query_for_each_beginning_of_the_sort_key(table):
    """A whole key is a get; each beginning can be bounded by the field behind it."""
    assert calls(table, "Order") == [
        "store[Order].get(customer_id=..., placed_at=..., order_id=...)",
        "store[Order].query(customer_id=...).ge(placed_at=...)",
        "store[Order].query(customer_id=..., placed_at=...).ge(order_id=...)",
    ]
    assert calls(table, "Customer") == ["store[Customer].get(customer_id=...)"]


def test_an_index_is_queried_up_to_its_whole_key_and_hydrated_where_it_has_keys_only(table):
    """A whole key of an index may be several items."""
    assert calls(table, "Order", "GSI1") == [
        'store[Order].query("GSI1", status=...).ge(placed_at=...).hydrate()',
        'store[Order].query("GSI1", status=..., placed_at=...).hydrate()',
    ]


def test_a_bucket_of_time_is_queried_with_bounds_and_walked(table):
    """The moments in a bucket are bounded, never given."""
    assert calls(table, "Order", "Days") == [
        'store[Order].query("Days", placed_at=...).ge(placed_at=...)',
        'store[Order].walk_back("Days", placed_at=..., most_buckets=...)',
    ]


def test_a_shard_is_not_needed_and_its_number_is_told(table):
    """A query looks under all shards."""
    first, second = [one for one in table.access_patterns() if one.index == "Shards"]
    assert first.call == 'store[Order].query("Shards").ge(total=...)'
    assert (first.partition_fields, first.sort_fields, first.bounded_by, first.shards) == ((), (), "total", 4)
    assert (second.partition_fields, second.sort_fields, second.bounded_by) == ((), ("total",), None)


def test_what_chooses_a_template_comes_before_its_fields(table):
    """A sort key that depends on the status is bounded once the status is given."""
    assert calls(table, "Order", "States") == [
        'store[Order].query("States", customer_id=...)',
        'store[Order].query("States", customer_id=..., status=...).ge(total=...)',
        'store[Order].query("States", customer_id=..., status=..., total=...)',
        'store[Order].query("States", customer_id=..., status=...)',
    ]


def test_each_variant_of_a_partition_key_is_a_pattern(table):
    """A cart is read by its user, or by its cookie."""
    assert calls(table, "CartItem") == [
        "store[CartItem].get(user_id=..., product=...)",
        "store[CartItem].query(user_id=...).ge(product=...)",
        "store[CartItem].get(cookie=..., product=...)",
        "store[CartItem].query(cookie=...).ge(product=...)",
    ]


def test_names_inside_of_fields_are_given_as_a_mapping(table):
    """They are no keywords."""
    assert calls(table, "Customer", "Places") == [
        'store[Customer].query("Places", {"place.country": ...}).ge(**{"place.city": ...})',
        'store[Customer].query("Places", {"place.country": ..., "place.city": ...})',
    ]


def test_entities_with_one_partition_template_are_a_collection(table):
    """The templates are compared up to the names in them."""
    assert [str(one) for one in table.access_patterns() if one.verb == "collection"] == [
        "Customer, Order by customer_id (the table): store.collection(Customer, Order, customer_id=...)",
    ]


def test_a_pattern_reads_as_a_sentence(table):
    """str() tells entity, fields, bounds, place and call."""
    (pattern,) = [one for one in table.access_patterns() if one.entity == "Order" and one.bounded_by == "order_id"]
    assert str(pattern) == (
        "Order by customer_id, placed_at, bounds on order_id (the table): "
        "store[Order].query(customer_id=..., placed_at=...).ge(order_id=...)"
    )


def test_a_pattern_says_by_which_keys_it_reads(table):
    """In the words of the templates, up to the field that can be bounded; variants of one call are told together."""
    conditions = {one.call: one.key_condition for one in table.access_patterns()}
    assert conditions["store[Order].get(customer_id=..., placed_at=..., order_id=...)"] == (
        "PK = CUSTOMER#<customer_id> and SK = ORDER#<placed_at>#<order_id>")
    assert conditions["store[Order].query(customer_id=..., placed_at=...).ge(order_id=...)"] == (
        "PK = CUSTOMER#<customer_id> and SK begins with ORDER#<placed_at>#")
    assert conditions['store[Order].query("Days", placed_at=...).ge(placed_at=...)'] == (
        "DaysPK = ORDERS#<placed_at:day>")
    assert conditions['store[Order].query("States", customer_id=...)'] == (
        "StatesPK = C#<customer_id> and StatesSK begins with OPEN# or StatesPK = C#<customer_id> and StatesSK = PAID")
    assert conditions["store.collection(Customer, Order, customer_id=...)"] == "PK = CUSTOMER#<customer_id>"


@entity(pk="MEMBER#<name>", sk="MEMBER", unique=[("team", "number")])
class Member:
    name: str
    team: str
    number: int


def test_what_is_unique_is_a_way_to_find_one():
    """A guard item leads to the item that has the values."""
    (pattern,) = [one for one in Table("team", Member).access_patterns() if one.verb == "get_unique"]
    assert pattern.call == "store[Member].get_unique(team=..., number=...)"
    assert pattern.key_condition == "PK = UNIQUE#Member#team+number#<team:escape>#<number>"


@entity(pk="LONELY")
class Settings:
    theme: str = "dark"


def test_a_singleton_is_got_with_nothing():
    """A table without sort key has no collections."""
    assert [str(one) for one in Table("settings", Settings, sk=None).access_patterns()] == [
        "Settings (the table): store[Settings].get()"
    ]
