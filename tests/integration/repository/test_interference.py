"""Somebody else writes between the read and the write of one verb."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import attribute
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError
from pynamite.repository.writing import unit
from tests.integration.repository.meddler import Meddler
from tests.integration.repository.shop import Order, Status, Task, User, order, shop_table


@pytest.fixture
def meddled(filled):
    """A store on a client that lets others act."""

    def make(act, times=1):
        meddler: Any = Meddler(filled.client, act, times)
        return shop_table(filled.name).connect(meddler)

    return make


def test_an_update_that_was_overtaken_reads_again(filled, meddled):
    """Neither change is lost."""
    key = order(1)
    store = meddled(lambda: filled[Order].update(key, {"total": 100}), times=1)
    assert store[Order].update(key, attribute(Order.total).add(1), reread=True).total == 101


def test_an_index_key_takes_in_what_others_changed(filled, meddled):
    """The half that was read is stale: the key is made of what is there when it is written."""
    task = filled[Task].put(Task(account_id="1", number=1, owner="ann", due="1"))
    store = meddled(lambda: filled[Task].update(task, {"owner": "bob", "due": "2"}))
    new = store[Task].update(task, {"due": "3"}, reread=True)
    assert (new.owner, new.due) == ("bob", "3")
    assert filled[Task].query("GSI1", owner="bob").all() == [new]


def test_a_change_of_another_field_is_no_reason_to_read_again(filled, meddled):
    """Only what the result depends on has to be as it was read."""
    store = meddled(lambda: filled[Order].update(order(1), {"status": Status.PAID}), times=99)
    new = store[Order].update(order(1), attribute(Order.total).add(1), reread=True)
    assert (new.total, new.status) == (11, Status.PAID)
    assert store.client.times == 98


def test_an_item_that_goes_is_not_made_again(filled, meddled):
    """Neither by an update nor by a move."""
    store = meddled(lambda: filled[Order].delete(order(1)))
    with pytest.raises(ItemNotFoundError):
        store[Order].update(order(1), attribute(Order.total).add(1), reread=True)
    store = meddled(lambda: filled[Order].delete(order(2)))
    with pytest.raises(ItemNotFoundError):
        store[Order].move(order(2), {"order_id": "new"})
    assert [one.order_id for one in filled[Order].partition(account_id="1")] == ["o0", "o3", "o4", "o5"]


def test_an_upsert_that_was_overtaken_changes_what_is_there(filled, meddled):
    """Somebody made the item first."""
    store = meddled(lambda: filled[Order].create(order(9, total=5)))
    assert store[Order].update(order(9), attribute(Order.total).add(1), reread=True, upsert=True).total == 6


def test_a_move_takes_the_latest(filled, meddled):
    """What was changed meanwhile comes along; a key that was taken meanwhile is an error."""
    store = meddled(lambda: filled[User].update({"account_id": "1"}, {"visits": 7}))
    assert store[User].move({"account_id": "1"}, {"account_id": "3"}).visits == 7
    store = meddled(lambda: filled[User].create(User(account_id="4", email="x")))
    with pytest.raises(ItemExistsError):
        store[User].move({"account_id": "3"}, {"account_id": "4"})
    assert filled[User].require(account_id="3").visits == 7


def test_a_move_loses_nothing_that_is_added_meanwhile(filled, meddled):
    """A field that the item did not have when it was read comes along, too."""
    store = meddled(lambda: filled[User].update({"account_id": "1"}, {"nickname": "ann"}))
    assert store[User].move({"account_id": "1"}, {"account_id": "3"}).nickname == "ann"


def test_a_move_holds_to_its_condition_whenever_it_reads(filled, meddled):
    """What others did meanwhile makes it fail."""
    store = meddled(lambda: filled[User].update({"account_id": "1"}, {"visits": 7}))
    with pytest.raises(ConditionFailedError, match="condition of move") as failed:
        store[User].move({"account_id": "1"}, {"account_id": "3"}, where=attribute(User.visits) == 0)
    assert failed.value.item == filled[User].require(account_id="1", consistent_read=True)
    assert filled[User].get(account_id="3") is None


def test_an_item_that_keeps_changing_is_given_up(filled, meddled, monkeypatch):
    """With an error that says so, and without a trace."""
    monkeypatch.setattr(unit, "BACKOFF", Backoff(sleep=lambda _: None))
    monkeypatch.setattr(unit, "ATTEMPTS", 5)
    store = meddled(lambda: filled[Order].update(order(1), attribute(Order.total).add(1), reread=True), times=99)
    with pytest.raises(ConditionFailedError, match="changed by others each of 5 times"):
        store[Order].update(order(1), attribute(Order.total).add(1000), reread=True)
    assert filled[Order].require(order(1)).total == 15
