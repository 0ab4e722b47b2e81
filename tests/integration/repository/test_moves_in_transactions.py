"""Moving an item as a part of a larger transaction."""

from __future__ import annotations

import attrs
import pytest

from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    TransactionCanceledError,
)
from tests.integration.repository.shop import Order, Status, User, order


def test_a_move_happens_with_the_rest_of_the_transaction(filled):
    """The item is under its new key only, changed, in its index, and the other write is done."""
    with filled.transaction() as tx:
        tx[Order].move(filled[Order].require(order(1)), {"order_id": "new", "status": Status.PAID})
        tx[User].update({"account_id": "1"}, {"visits": 5})
    moved = order(1, order_id="new", status=Status.PAID, total=10)
    assert filled[Order].get(order(1)) is None
    assert filled[Order].require(moved) == moved
    assert filled[Order].query("GSI1", status=Status.PAID).all() == [moved]
    assert filled[User].require(account_id="1").visits == 5


def test_a_move_of_what_has_changed_cancels_the_transaction(filled):
    """The item has to be as it was loaded; the error shows how it is."""
    loaded = filled[Order].require(order(1))
    now = filled[Order].update(loaded, {"total": 99})
    with pytest.raises(TransactionCanceledError) as cancelled, filled.transaction() as tx:
        tx[User].update({"account_id": "1"}, {"visits": 5})
        tx[Order].move(loaded, {"order_id": "new"})
    other, changed, new = cancelled.value.reasons
    assert (other, new) == (None, None)
    assert isinstance(changed, ConditionFailedError) and changed.item == now
    assert filled[Order].require(loaded) == now
    assert filled[User].require(account_id="1").visits == 0


def test_a_move_of_what_is_gone_or_to_what_is_there_cancels_the_transaction(filled):
    """Each reason is told at its write: the delete of the old item, the create of the new one."""
    with pytest.raises(TransactionCanceledError) as cancelled, filled.transaction() as tx:
        tx[User].move(User(account_id="404", email="x"), {"account_id": "405"})
        tx[User].move(filled[User].require(account_id="1"), {"account_id": "2"})
    assert [type(reason) for reason in cancelled.value.reasons] == [
        ItemNotFoundError,
        type(None),
        type(None),
        ItemExistsError,
    ]
    assert filled[User].scan().count() == 2


def test_a_move_that_cannot_be_made_is_refused_at_once(filled):
    """The same key, an unknown field, a value that does not fit, no instance: nothing is sent."""
    user = filled[User].require(account_id="1")
    with filled.transaction() as tx:
        for changes, error in [
            ({"email": "x"}, DefinitionError),
            ({"account_id": "9", "nope": 1}, KeyValueError),
            ({"account_id": ""}, KeyValueError),
            ({"account_id": "9", "visits": "x"}, ItemStructureError),
        ]:
            with pytest.raises(error):
                tx[User].move(user, changes)
        with pytest.raises(TypeError):
            tx[User].move(order(1), {"account_id": "9"})
    assert filled[User].require(user) == user


def test_a_move_finds_what_another_program_wrote_as_it_reads(filled):
    """An item that lacks what is None or a default, or has a NULL there, is as it was loaded."""
    user = filled[User].require(account_id="1")
    filled.db.delete(["USER#1", "PROFILE"])
    filled.db.put(["USER#1", "PROFILE"], {"_type": "User", "account_id": "1", "email": user.email})
    with filled.transaction() as tx:
        tx[User].move(filled[User].require(user), {"account_id": "9"})
    assert filled[User].require(account_id="9") == attrs.evolve(user, account_id="9")
