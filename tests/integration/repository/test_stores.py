"""Stores: repositories of one's own, tables side by side on one client, and files that are opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import pytest

from pynamite import Index, Repository, Store, Table, entity
from pynamite.errors import DefinitionError, OperationError, TableNotFoundError, UnknownEntityError
from tests.integration.repository.shop import NOON, Order, Status, Task, User, order, shop_table

E = TypeVar("E")


class Counting(Repository[E]):
    def how_many(self) -> int:
        return self.scan().count()


class Orders(Counting[Order]):
    def open_since(self, day: datetime) -> list[Order]:
        return self.query("GSI1", status=Status.OPEN).ge(placed_at=day).all()


class LateOrders(Orders):
    """A subclass of a subclass is for the same entity."""


def test_a_repository_of_ones_own_has_the_verbs_and_more(filled):
    """The entity is found through bases that are generic, and through subclasses."""
    for kind in (Orders, LateOrders):
        orders = kind(filled)
        assert (orders.entity, orders.how_many()) == (Order, 12)
        assert len(orders.open_since(order(5).placed_at)) == 2
        assert orders.require(order(1)) == order(1, total=10)
        assert kind.__name__ in repr(orders)
    assert Counting(filled, User).how_many() == 2
    with pytest.raises(TypeError, match="Counting does not say"):
        Counting(filled)


def test_a_store_knows_its_entities_only(shop):
    """Another class is an error that names those that there are."""
    with pytest.raises(UnknownEntityError, match="User, Order, Task"):
        shop[str]
    with pytest.raises(UnknownEntityError, match="does not hold"):
        Orders(Table("other", User).connect(shop.client))
    assert "User" in repr(shop) and "Order" in repr(shop[Order]) and "Order" in repr(shop[Order].scan())


def test_two_tables_share_a_client(client, table_name):
    """Each has its own items, under the same keys."""
    left, right = (Table(f"{table_name}-{side}", User).connect(client) for side in ("left", "right"))
    for store in (left, right):
        store.create_table()
    left[User].create(User(account_id="1", email="left"))
    right[User].create(User(account_id="1", email="right"))
    assert (left[User].require(account_id="1").email, right[User].require(account_id="1").email) == ("left", "right")
    left.delete_table()
    assert not left.exists() and right[User].count() == 1
    assert right.client is left.client is client


def test_a_table_is_created_once(shop):
    """Again is an error, unless that is all right; with another key it never is."""
    shop.create_table(exist_ok=True)
    with pytest.raises(OperationError, match=shop.name):
        shop.create_table()
    with pytest.raises(DefinitionError, match="pk|key"):
        Table(shop.name, *other_keys(), pk="id", sk=None).connect(shop.client).create_table(exist_ok=True)
    shop.delete_table()
    with pytest.raises(TableNotFoundError):
        shop.delete_table()


def other_keys() -> tuple[type[Any], ...]:
    @entity(pk="<id>")
    class Other:
        id: str

    return (Other,)


def test_a_file_that_is_opened_again_has_everything(tmp_path, table_name):
    """Items, indexes and numbers are as they were; a store that is left is closed."""
    url = f"sqlite:///{tmp_path}/shop.db"
    with shop_table(table_name).connect(url) as store:
        assert isinstance(store, Store)
        store.create_table()
        store[Order].put_many(order(n, total=10**37 + n) for n in range(3))
        cursor = store[Order].query(account_id="1").page(1).cursor
    with pytest.raises(Exception, match="closed"):
        store[Order].count()
    with shop_table(table_name).connect(url) as again:
        again.create_table(exist_ok=True)
        assert again[Order].query("GSI1", status=Status.OPEN).all() == [order(n, total=10**37 + n) for n in range(3)]
        assert again[Order].query(account_id="1").page(9, cursor).items == [order(n, total=10**37 + n) for n in (1, 2)]


def test_a_client_that_was_handed_in_stays_open(tmp_path, table_name):
    """Only the store that made the client closes it."""
    with shop_table(table_name).connect(f"sqlite:///{tmp_path}/shop.db") as owner:
        owner.create_table()
        with shop_table(table_name).connect(owner.client) as guest:
            guest[User].create(User(account_id="1", email="x"))
        assert owner[User].count() == 1


def test_making_and_connecting_a_table_calls_nobody(table_name):
    """Nothing is sent before the first verb, wherever the table is."""
    store = shop_table(table_name).connect("http://127.0.0.1:9")
    query = store[Order].query(account_id="1").ge(placed_at=NOON).limit(3)
    assert query.request()["TableName"] == table_name
    assert store.transaction()[Task] is not None


def test_the_type_attribute_is_no_key():
    """What tells the entities apart can neither be filtered by nor be kept in step if it is a key."""

    @entity(pk="U#<id>", sk="U", indexes={"ByType": ("USER",)})
    class Plain:
        id: str

    with pytest.raises(DefinitionError, match="index 'ByType' has the type attribute '_type' as a key"):
        Table("table", Plain, indexes=[Index("ByType", pk="_type", sk=None)])
    with pytest.raises(DefinitionError, match="table 'table' has the type attribute 'SK' as a key"):
        Table("table", Plain, indexes=[Index("ByType", sk=None)], type_attribute="SK")
