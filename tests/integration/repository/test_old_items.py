"""Verbs that give the old item: `pop` deletes, `swap` puts."""

from __future__ import annotations

import pytest

from pynamite import attribute, evolve
from pynamite.errors import ConditionFailedError, ItemStructureError, KeyValueError
from tests.integration.repository.shop import Order, Status, User, order

KEY = {"account_id": "1"}
ANN = User(account_id="1", email="1@example.com")


def test_pop_gives_what_it_deletes(filled):
    """By keywords, a mapping or an instance; None where nothing is."""
    users = filled[User]
    assert users.pop(account_id="1") == ANN
    assert users.pop(KEY) is None
    assert filled[Order].pop(order(1)) == order(1, total=10)
    assert filled[Order].get(order(1)) is None
    assert users.count() == 1


def test_swap_gives_what_it_replaces(filled):
    """None where nothing was; index keys are written as put writes them."""
    orders = filled[Order]
    paid = order(1, total=11, status=Status.PAID)
    assert orders.swap(paid) == order(1, total=10)
    assert orders.query("GSI1", status=Status.PAID).all() == [paid]
    assert orders.swap(order(99)) is None
    assert orders.require(order(99)) == order(99)


def test_where_guards_both(filled):
    """The error has the item, and nothing happens; where it holds, it does."""
    users = filled[User]
    for act in (lambda where: users.pop(KEY, where=where), lambda where: users.swap(ANN, where=where)):
        with pytest.raises(ConditionFailedError, match="condition of") as failed:
            act(attribute(User.visits) > 0)
        assert failed.value.item == ANN
        assert act(attribute(User.visits) == 0) == ANN
        users.put(ANN)


def test_a_foreign_item_is_refused(shop):
    """It is neither deleted nor replaced; an item that is not there yet is no foreign one."""
    shop.db.put(["USER#1", "PROFILE"], {"_type": "Robot"})
    with pytest.raises(ConditionFailedError, match="another type"):
        shop[User].pop(KEY)
    with pytest.raises(ConditionFailedError, match="another type"):
        shop[User].swap(ANN)
    assert shop.db.get(["USER#1", "PROFILE"])["_type"] == "Robot"


def test_an_old_item_that_does_not_fit_is_told(shop):
    """It is gone by then: a note on the error has it."""
    for act in (lambda: shop[User].pop(KEY), lambda: shop[User].swap(ANN)):
        shop.db.put(["USER#1", "PROFILE"], {"_type": "User", "account_id": "1", "email": 5})
        with pytest.raises(ItemStructureError, match=r"\$\.email") as wrong:
            act()
        assert "'email': Decimal('5')" in wrong.value.__notes__[0]
    assert shop[User].require(KEY) == ANN


def test_mistakes_are_told_before_anything_is_sent(filled):
    """A key without a field, an instance of another class, a value that does not fit."""
    with pytest.raises(KeyValueError):
        filled[Order].pop(account_id="1")
    with pytest.raises(TypeError):
        filled[User].swap(order(1))
    with pytest.raises(ItemStructureError):
        filled[User].swap(evolve(ANN, email=5))
    assert filled[User].require(KEY) == ANN
