"""Creating, putting, getting and deleting single items."""

from __future__ import annotations

import pickle
from decimal import Decimal

import botocore.exceptions
import pytest

from pynamite import Table, attribute, entity, field
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError
from tests.integration.repository.shop import NOON, Address, Order, Status, User, order


def test_what_is_created_is_got_by_keywords_mapping_and_instance(shop):
    """The three ways to give a key find the same item."""
    user = User(account_id="1", email="a@b.c", balance=Decimal("0.1"), tags={"x", "y"}, address=Address("Main", "01"))
    assert shop[User].create(user) == user
    assert shop[User].get(account_id="1") == user
    assert shop[User].get({"account_id": "1"}) == user
    assert shop[User].get(User(account_id="1", email="other"), consistent_read=True) == user


def test_an_absent_item_is_none_or_an_error(shop):
    """None from get, while require raises with the key in its message and its facts."""
    assert shop[Order].get(account_id="1", placed_at=NOON, order_id="o0") is None
    with pytest.raises(ItemNotFoundError, match=r"there is no User with account_id='404'") as missing:
        shop[User].require(account_id="404")
    assert missing.value.operation == "GetItem"
    assert missing.value.key == {"PK": "USER#404", "SK": "PROFILE"}
    assert missing.value.table_name == shop.name
    assert isinstance(missing.value, LookupError)


def test_create_refuses_what_is_there_and_shows_it(shop):
    """The error carries the old item as an instance, the client's error as its cause, and pickles."""
    shop[User].create(User(account_id="1", email="first"))
    with pytest.raises(ItemExistsError, match=r"there is a User with account_id='1'.* already") as refused:
        shop[User].create(User(account_id="1", email="second"))
    error = refused.value
    assert error.item == User(account_id="1", email="first")
    assert (error.operation, error.table_name, error.code) == ("PutItem", shop.name, "ConditionalCheckFailedException")
    assert error.key == {"PK": "USER#1", "SK": "PROFILE"}
    assert isinstance(error.__cause__, botocore.exceptions.ClientError)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.item, copy.key, str(copy)) == (error.item, error.key, str(error))
    assert shop[User].require(account_id="1").email == "first"


def test_put_creates_and_replaces_as_a_whole(shop):
    """What the second put does not have is gone."""
    shop[User].put(User(account_id="1", email="a", nickname="ann", tags={"x"}))
    assert shop[User].put(User(account_id="1", email="b")) == User(account_id="1", email="b")
    assert shop[User].require(account_id="1") == User(account_id="1", email="b")


def test_put_with_a_condition_gives_the_old_item_when_it_fails(filled):
    """A put whose where does not hold changes nothing."""
    with pytest.raises(ConditionFailedError, match="put") as failed:
        filled[User].put(User(account_id="1", email="x"), where=attribute(User.visits) > 3)
    assert not isinstance(failed.value, ItemExistsError)
    assert failed.value.item == User(account_id="1", email="1@example.com")
    assert filled[User].require(account_id="1").email == "1@example.com"


def test_put_with_a_condition_on_an_absent_item_has_no_old_item(shop):
    """Where nothing is there, the failed condition has no item to show."""
    with pytest.raises(ConditionFailedError) as failed:
        shop[User].put(User(account_id="1", email="x"), where=attribute(User.email).exists())
    assert failed.value.item is None
    assert shop[User].get(account_id="1") is None


def test_delete_tells_whether_there_was_an_item(filled):
    """True, then False; must_exist makes the second one an error."""
    assert filled[User].delete(account_id="1") is True
    assert filled[User].delete({"account_id": "1"}) is False
    with pytest.raises(ItemNotFoundError, match="account_id='1'") as missing:
        filled[User].delete(account_id="1", must_exist=True)
    assert isinstance(missing.value.__cause__, botocore.exceptions.ClientError)


def test_delete_with_a_condition_keeps_the_item_when_it_fails(filled):
    """The old item comes with the error, and stays."""
    with pytest.raises(ConditionFailedError) as failed:
        filled[User].delete(account_id="1", where=attribute(User.visits) > 0, must_exist=True)
    assert failed.value.item == filled[User].require(account_id="1")
    assert filled[User].delete(account_id="1", where=attribute(User.visits) == 0) is True


def test_get_many_is_aligned_with_its_keys(filled):
    """None stands where there is no item, a key given twice gives two results, and mappings and instances mix."""
    keys = [{"account_id": "2"}, {"account_id": "404"}, User(account_id="1", email=""), {"account_id": "2"}]
    found = filled[User].get_many(keys)
    assert [user and user.account_id for user in found] == ["2", None, "1", "2"]
    assert filled[User].get_many([]) == []


def test_many_items_go_in_chunks(shop):
    """More than one batch of each kind: 130 items put, got, and deleted."""
    orders = [order(n) for n in range(130)]
    shop[Order].put_many(iter(orders))
    assert shop[Order].get_many(orders) == orders
    assert shop[Order].count(account_id="1") == 130
    shop[Order].delete_many(orders[1:])
    assert shop[Order].partition(account_id="1") == orders[:1]


def test_of_several_puts_of_one_key_the_last_wins(shop):
    """In a batch as in a sequence of checked puts."""
    for checked in (False, True):
        shop[User].put_many([User(account_id="1", email=text) for text in "abc"], checked=checked)
        assert shop[User].require(account_id="1").email == "c"
        shop[User].delete_many([{"account_id": "1"}], checked=checked)
        assert shop[User].get(account_id="1") is None


def test_count_is_of_a_partition_an_index_or_the_table(filled):
    """Fields choose the partition; without them everything of this entity is counted."""
    assert filled[Order].count() == 12
    assert filled[Order].count(account_id="1") == 6
    assert filled[Order].count("GSI1", status=Status.OPEN) == 12
    assert filled[Order].count("GSI1", status=Status.PAID) == 0
    assert filled[Order].count({"account_id": "2"}) == 6
    assert filled[Order].count("GSI1") == 12


def test_a_key_field_with_an_options_name_is_given_by_mapping(client, table_name):
    """Fields called where, must_exist, upsert and key do not collide with options."""

    @entity(pk="W#<where>#<must_exist>", sk="U#<upsert>#<index>")
    class Odd:
        where: str
        must_exist: int
        upsert: str
        index: str
        consistent_read: str = ""

    store = Table(table_name, Odd).connect(client)
    store.create_table()
    odd = Odd(where="w", must_exist=1, upsert="u", index="i")
    key = {"where": "w", "must_exist": 1, "upsert": "u", "index": "i"}
    store[Odd].create(odd)
    assert store[Odd].get(key) == odd
    assert store[Odd].partition({"where": "w", "must_exist": 1}) == [odd]
    assert store[Odd].query({"where": "w", "must_exist": 1}).ge(upsert="t").all() == [odd]
    assert store[Odd].update(key, {"consistent_read": "x"}).consistent_read == "x"
    assert store[Odd].delete(key, must_exist=True) is True


def test_a_table_without_sort_key_and_one_without_fields_in_its_key(client, table_name):
    """Keys of one attribute, and keys that are constants, work with every verb."""

    @entity(pk="SETTINGS")
    class Settings:
        theme: str = "light"

    @entity(pk="COUNTER#<name>")
    class Counter:
        name: str
        value: int = 0

    store = Table(table_name, Settings, Counter, sk=None).connect(client)
    store.create_table()
    store[Settings].create(Settings(theme="dark"))
    assert store[Settings].require() == Settings(theme="dark")
    assert store[Settings].update({}, {"theme": "blue"}) == Settings(theme="blue")
    assert store[Settings].query().all() == [Settings(theme="blue")]
    store[Counter].create(Counter(name="a"))
    assert store[Counter].update({"name": "a"}, attribute(Counter.value).add(2)).value == 2
    assert store[Counter].query(name="a").first() == Counter(name="a", value=2)
    assert store[Settings].delete(must_exist=True)
    assert store[Counter].scan().all() == [Counter(name="a", value=2)]


def test_fields_that_live_in_the_key_alone(client, table_name):
    """A key_only field is no attribute of the item, and comes back from the key."""

    @entity(pk="ROOM#<room>", sk="SEAT#<seat:pad(3)>")
    class Seat:
        room: str = field(key_only=True)
        seat: int = field(key_only=True)
        taken: bool = False

    store = Table(table_name, Seat).connect(client)
    store.create_table()
    seats = [Seat(room="a", seat=n) for n in (2, 10, 1)]
    store[Seat].put_many(seats)
    assert [seat.seat for seat in store[Seat].partition(room="a")] == [1, 2, 10]
    assert store[Seat].update(seats[0], {"taken": True}) == Seat(room="a", seat=2, taken=True)
    assert store.db.get(["ROOM#a", "SEAT#001"]) == {"PK": "ROOM#a", "SK": "SEAT#001", "_type": "Seat", "taken": False}
    assert store[Seat].query(room="a").gt(seat=2).all() == [Seat(room="a", seat=10)]
    assert store[Seat].update({"room": "b", "seat": 7}, {"taken": True}, upsert=True) == Seat(
        room="b", seat=7, taken=True
    )
