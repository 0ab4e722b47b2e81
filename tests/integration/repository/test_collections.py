"""One query for several entities of a partition."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pynamite import Table, entity
from pynamite.errors import DefinitionError, ExpressionError, KeyValueError, UnknownEntityError
from tests.integration.repository.shop import Order, Task, User, order


def test_a_collection_comes_in_the_order_of_its_sort_keys_in_either_direction(filled):
    """Orders before the profile, tasks behind it; other entities and foreign items are left out."""
    filled[Task].put(Task(account_id="1", number=1))
    filled.db.put(["USER#1", "ORDER#x"], {"_type": "Robot"})
    filled.db.put(["USER#1", "Z"], {})
    user, task, orders = User(account_id="1", email="1@example.com"), Task(account_id="1", number=1), filled[Order]
    everything = [*orders.partition(account_id="1"), user, task]
    assert filled.collection(User, Order, Task, account_id="1").all() == everything
    assert filled.collection(Task, Order, User, account_id="1").reverse().all() == everything[::-1]
    assert filled.collection(User, Task, account_id="1").reverse().limit(1).all() == [task]
    assert filled.collection(User, Order, account_id="1").count() == 7
    assert filled.collection(Order, account_id="1").all() == everything[:-2]


def test_a_field_of_one_entitys_sort_key_narrows_that_entity(filled):
    """The others, which do not have it in their keys, come as they are; two that have it are both narrowed."""
    placed_at = order(3).placed_at
    found = filled.collection(User, Order, account_id="1", placed_at=placed_at)
    assert found.all() == [order(3, total=30), User(account_id="1", email="1@example.com")]
    assert found.count() == 2
    assert len(found.page(1).items) == 1


def test_a_narrowed_collection_keeps_to_whole_values(client, table_name):
    """The number 1 is not the beginning of 12, where the sort key ends with it."""

    @entity(pk="A#<id>", sk="X#<n>")
    class Left:
        id: str
        n: int

    @entity(pk="A#<id>", sk="X#<n>#more")
    class Right:
        id: str
        n: int

    store = Table(table_name, Left, Right).connect(client)
    store.create_table()
    store[Left].put_many(Left(id="1", n=n) for n in (1, 12))
    store[Right].put_many(Right(id="1", n=n) for n in (1, 12))
    assert store.collection(Left, Right, id="1", n=1).all() == [Left(id="1", n=1), Right(id="1", n=1)]
    assert store.collection(Left, Right, id="1").count() == 4


def test_entities_of_one_number_key_share_a_collection(client, table_name):
    """A sort key that is a number has no beginning: it is given whole or not at all."""

    @entity(pk="A#<id>", sk="<at>")
    class Rise:
        id: str
        at: Decimal

    @entity(pk="A#<id>", sk="<at>")
    class Fall:
        id: str
        at: Decimal

    store = Table(table_name, Rise, Fall, sk="at", same_key=[(Rise, Fall)]).connect(client)
    store.create_table()
    store[Rise].put(Rise(id="1", at=Decimal(10)))
    store[Fall].put(Fall(id="1", at=Decimal(9)))
    assert store.collection(Rise, Fall, id="1").all() == [Fall(id="1", at=Decimal(9)), Rise(id="1", at=Decimal(10))]
    assert store.collection(Rise, Fall, id="1", at=Decimal(10)).all() == [Rise(id="1", at=Decimal(10))]


def test_collections_that_cannot_be_are_refused(filled, client, table_name):
    """No entities, unknown ones, bounds, filters, and different partitions."""
    with pytest.raises(TypeError, match="collection"):
        filled.collection(account_id="1")
    with pytest.raises(UnknownEntityError, match="int"):
        filled.collection(User, int, account_id="1")
    with pytest.raises(KeyValueError, match="'account_id'"):
        filled.collection(User, Order)
    with pytest.raises(ExpressionError, match="several entities"):
        filled.collection(User, Order, account_id="1").ge(placed_at=order(1).placed_at)

    @entity(pk="OTHER#<account_id>", sk="X")
    class Other:
        account_id: str

    store = Table(table_name + "-2", User, Other).connect(client)
    with pytest.raises(DefinitionError, match=r"'USER#1' \(User\), 'OTHER#1' \(Other\)"):
        store.collection(User, Other, account_id="1")
