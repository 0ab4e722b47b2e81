"""Moving items to another key."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from pynamite import Table, entity, field
from pynamite.errors import DefinitionError, ItemExistsError, ItemNotFoundError, ItemStructureError, KeyValueError
from tests.integration.repository.shop import Order, Status, User, order


def test_a_move_takes_everything_along(filled):
    """The item is under its new key only, with other changes, unknown attributes and recomputed index keys."""
    address = ["USER#1", f"ORDER#{order(1).placed_at:%Y-%m-%dT%H:%M:%S.000000Z}#o1"]
    filled.db.update(address, {"legacy": [1]})
    moved = filled[Order].move(order(1), {"order_id": "new", "status": Status.PAID, "placed_at": order(8).placed_at})
    assert moved == order(8, order_id="new", status=Status.PAID, total=10) == filled[Order].require(moved)
    assert filled[Order].get(order(1)) is None
    assert filled[Order].query("GSI1", status=Status.PAID).all() == [moved]
    assert filled.db.get_partition("USER#1")[5]["legacy"] == [1]
    assert filled[Order].count(account_id="1") == 6


def test_a_move_to_a_key_that_is_taken_changes_nothing(filled):
    """The error shows who is there, and comes at once."""
    with pytest.raises(ItemExistsError, match="already") as taken:
        filled[User].move({"account_id": "1"}, {"account_id": "2"})
    assert taken.value.item == User(account_id="2", email="2@example.com")
    assert isinstance(taken.value.__cause__, botocore.exceptions.ClientError)
    filled.db.put(["USER#3", "PROFILE"], {"_type": "Robot"})
    with pytest.raises(ItemExistsError, match="another type"):
        filled[User].move({"account_id": "1"}, {"account_id": "3"})
    assert filled[User].require(account_id="1").email == "1@example.com"


def test_a_move_needs_an_item_and_another_key(filled):
    """Nothing there, nothing different, nothing known: each is an error of its own."""
    with pytest.raises(ItemNotFoundError):
        filled[User].move({"account_id": "404"}, {"account_id": "405"})
    with pytest.raises(DefinitionError, match="update"):
        filled[User].move({"account_id": "1"}, {"email": "x"})
    with pytest.raises((KeyValueError, ItemStructureError), match="no field 'nope'"):
        filled[User].move({"account_id": "1"}, {"account_id": "9", "nope": 1})
    with pytest.raises(KeyValueError, match="empty"):
        filled[User].move({"account_id": "1"}, {"account_id": ""})
    with pytest.raises(ItemStructureError, match="visits"):
        filled[User].move({"account_id": "1"}, {"account_id": "9", "visits": "x"})
    with pytest.raises(ItemStructureError, match="total"):
        filled[Order].move(order(1), {"order_id": "z", "total": -1})
    assert filled[User].scan().count() == 2
    assert filled[Order].count() == 12


def test_a_foreign_item_is_not_moved(filled):
    """What is under the key belongs to somebody else: there is no such user."""
    filled.db.put(["USER#3", "PROFILE"], {"_type": "Robot"})
    with pytest.raises(ItemNotFoundError):
        filled[User].move({"account_id": "3"}, {"account_id": "4"})
    assert filled.db.get(["USER#3", "PROFILE"])["_type"] == "Robot"


def test_a_move_can_empty_the_rest_field(client, table_name):
    """The rest field says what else the item has; what it loses does not come back."""

    @entity(pk="N#<id>", sk="N")
    class Note:
        id: str
        extra: dict[str, Any] = field(factory=dict, rest=True)

    store = Table(table_name, Note).connect(client)
    store.create_table()
    store[Note].put(Note(id="1", extra={"a": 1, "b": 2}))
    assert store[Note].move({"id": "1"}, {"id": "2"}) == Note(id="2", extra={"a": 1, "b": 2})
    moved = store[Note].move({"id": "2"}, {"id": "3", "extra": {"b": 3}})
    assert moved == store[Note].require(id="3") == Note(id="3", extra={"b": 3})


def test_an_item_of_nothing_but_its_key_is_moved(client, table_name):
    """There is nothing that could have changed meanwhile, but its being there."""

    @entity(pk="A#<left>", sk="B#<right>")
    class Edge:
        left: str = field(key_only=True)
        right: str = field(key_only=True)

    store = Table(table_name, Edge, type_attribute=None).connect(client)
    store.create_table()
    store[Edge].create(Edge(left="a", right="b"))
    assert store[Edge].move({"left": "a", "right": "b"}, {"right": "c"}) == Edge(left="a", right="c")
    assert store[Edge].scan().all() == [Edge(left="a", right="c")]


def test_an_item_of_many_attributes_is_moved(client, table_name):
    """The check that nothing changed meanwhile names every attribute, and fits into an expression."""

    @entity(pk="N#<id>", sk="N")
    class Wide:
        id: str
        extra: dict[str, Any] = field(factory=dict, rest=True)

    store = Table(table_name, Wide).connect(client)
    store.create_table()
    wide = store[Wide].put(Wide(id="1", extra={f"attribute{n}": n for n in range(140)}))
    assert store[Wide].move(wide, {"id": "2"}) == Wide(id="2", extra=wide.extra)
    assert store[Wide].get(wide) is None


def test_an_attribute_of_an_index_that_the_class_does_not_use_comes_along(client, table_name):
    """Another program's index key is an unknown attribute like any other."""
    from pynamite import Index

    @entity(pk="A#<id>", sk="A", indexes={"GSI1": ("X#<x>", "<id>")})
    class Indexed:
        id: str
        x: str

    @entity(pk="B#<id>", sk="B")
    class Plain:
        id: str

    store = Table(table_name, Indexed, Plain, indexes=[Index("GSI1")]).connect(client)
    store.create_table()
    store[Plain].put(Plain(id="1"))
    store.db.update(["B#1", "B"], {"GSI1PK": "other", "GSI1SK": "program"})
    store[Plain].move({"id": "1"}, {"id": "2"})
    assert store.db.get_partition("B#2")[0]["GSI1PK"] == "other"
