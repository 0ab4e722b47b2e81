"""One declaration, several tables: the name is what the table is called where it is connected."""

from __future__ import annotations

import pytest

from pynamite import Table, attribute, dynamo
from pynamite.errors import DefinitionError, ItemExistsError, ItemNotFoundError
from tests.integration.repository.shop import Order, Task, User, order, shop_table


def test_a_table_is_called_otherwise_where_it_is_connected(client, table_name):
    """Every verb goes to the table of that name, and every error names it."""
    declared = shop_table("shop")
    store = declared.connect(client, name=table_name)
    store.create_table()
    user = store[User].create(User(account_id="1", email="e"))
    store[Order].put_many([order(1), order(2)])
    store[User].update({"account_id": "1"}, attribute(User.visits).add(1))
    store[Task].create(Task(account_id="1", number=1))
    store[Task].move({"account_id": "1", "number": 1}, {"number": 2})
    with store.transaction() as tx:
        tx[User].update({"account_id": "1"}, attribute(User.visits).add(1))
        tx[Order].delete(order(2))
    assert store.name == store.db.name == table_name and declared.name == "shop"
    assert store[User].require(account_id="1").visits == 2
    assert store.collection(User, Order, Task, account_id="1").count() == 3
    assert store.aggregate(User, Order, account_id="1").children == [order(1)]
    with pytest.raises(ItemExistsError) as caught:
        store[User].create(user)
    assert caught.value.table_name == table_name
    with pytest.raises(ItemNotFoundError, match=table_name):
        store[User].require(account_id="2")
    assert dynamo.DB(table_name, client).records == declared.entities


def test_several_tables_share_a_client(client, table_name):
    """Each keeps its items to itself; tenants go with names."""
    shop, other = Table("shop", User), shop_table("other")
    here = shop.connect(client, name=table_name)
    there = other.connect(here.client, name=f"{table_name}-2", tenant="acme")
    for store in (here, there):
        store.create_table()
    here[User].create(User(account_id="1", email="here"))
    there[User].create(User(account_id="1", email="there"))
    assert (here[User].require(account_id="1").email, there[User].require(account_id="1").email) == ("here", "there")


def test_a_name_is_a_text():
    """An environment variable that is set to nothing is found at once."""
    with pytest.raises(DefinitionError, match="name"):
        shop_table("shop").connect("sqlite://", name="")
