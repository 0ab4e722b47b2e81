"""Updates: changes in every form, their guards, upserts and re-reading."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import attrs
import botocore.exceptions
import pytest

from pynamite import Increment, Table, attribute, entity, field, path
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemNotFoundError,
    ItemStructureError,
)
from tests.integration.repository.shop import NOON, Address, Order, Status, Task, User, order

KEY = {"account_id": "1"}


def test_changes_mix_in_one_update(filled):
    """Typed changes, dicts of values and operators: one call, and the new instance."""
    new = filled[User].update(
        KEY,
        attribute(User.visits).add(2),
        {"email": "new", "balance": Increment("balance", 3)},
        attribute(User.tags).add({"vip"}),
        attribute(User.address).set(Address("Main", "01")),
    )
    assert new == User(
        account_id="1", email="new", visits=2, balance=Decimal(3), tags={"vip"}, address=Address("Main", "01")
    )
    assert filled[User].require(KEY) == new
    newer = filled[User].update(new, attribute(User.address).at(lambda a: a.zip).set("02"), {"address.street": "Side"})
    assert newer.address == Address("Side", "02")


def test_an_update_needs_an_item(shop):
    """Nothing is made by an update, unless it is an upsert."""
    with pytest.raises(ItemNotFoundError, match="there is no User with account_id='1'") as missing:
        shop[User].update(KEY, {"email": "x"})
    assert isinstance(missing.value.__cause__, botocore.exceptions.ClientError)
    assert pickle.loads(pickle.dumps(missing.value)).key == {"PK": "USER#1", "SK": "PROFILE"}
    assert shop[User].get(KEY) is None


def test_a_condition_that_fails_shows_the_item(filled):
    """The item is the instance that is there, and stays as it is."""
    with pytest.raises(ConditionFailedError, match="condition of update .* account_id='1'") as failed:
        filled[User].update(KEY, {"email": "x"}, where=(attribute(User.visits) > 3) | attribute(User.tags).exists())
    assert failed.value.item == User(account_id="1", email="1@example.com")
    assert filled[User].update(KEY, {"email": "x"}, where=attribute(User.visits) == 0).email == "x"


def test_an_update_without_changes_is_a_mistake(filled):
    """An instance alone says nothing about what is to change: the error names save."""
    with pytest.raises(TypeError, match=r"save\("):
        filled[User].update(User(account_id="1", email="changed"))
    assert filled[User].require(KEY).email == "1@example.com"


@pytest.mark.differs(backend="moto", reason="moto answers an update without an expression without attributes")
def test_an_empty_dict_changes_nothing_and_checks_the_rest(filled):
    """A dict that happens to be empty is no mistake: the item is given, the condition checked, and the item needed."""
    user = filled[User].require(KEY)
    assert filled[User].update(KEY, {}) == user
    assert filled[User].update(KEY, where=attribute(User.tags).absent()) == user
    with pytest.raises(ConditionFailedError):
        filled[User].update(KEY, where=attribute(User.tags).exists())
    with pytest.raises(ItemNotFoundError):
        filled[User].update({"account_id": "404"}, {})


def test_attributes_that_the_class_does_not_know_survive(filled):
    """An update and a save leave what they do not name."""
    filled.db.update(["USER#1", "PROFILE"], {"legacy": {"deep": [1, 2]}})
    user = filled[User].update(KEY, {"visits": 5})
    filled[User].save(attrs.evolve(user, email="saved"), since=user)
    item = filled.db.get(["USER#1", "PROFILE"])
    assert (item["legacy"], item["visits"], item["email"]) == ({"deep": [1, 2]}, 5, "saved")


def test_none_and_empty_sets_leave_the_item(filled):
    """Set to None or to the empty set, a field's attribute goes; discarding the last element does the same."""
    users = filled[User]
    users.update(KEY, {"nickname": "ann", "tags": {"a"}, "address": Address("Main", "01")})
    users.update(KEY, {"nickname": None, "tags": set(), "address": None})
    assert {"nickname", "tags", "address"}.isdisjoint(filled.db.get(["USER#1", "PROFILE"]))
    users.update(KEY, {"tags": {"a"}})
    assert users.update(KEY, attribute(User.tags).discard({"a", "b"})).tags == set()
    assert "tags" not in filled.db.get(["USER#1", "PROFILE"])


WRONG_CHANGES: list[tuple[Any, type[Exception], str]] = [
    ({"visits": "abc"}, ItemStructureError, r"\$\.visits: expected int, got 'abc'"),
    ({"visits": 3.7}, ItemStructureError, r"\$\.visits"),
    ({"visits": True}, ItemStructureError, r"\$\.visits"),
    ({"visits": 10**38 + 1}, ItemStructureError, r"\$\.visits"),
    ({"balance": Decimal("NaN")}, ItemStructureError, r"\$\.balance"),
    ({"email": None}, ItemStructureError, r"\$\.email"),
    ({"address": {"street": "Main"}}, ItemStructureError, r"\$\.address"),
    ({"address.zip": 1}, ItemStructureError, r"\$\.address\.zip"),
    ({"address.nope": "x"}, ExpressionError, "nope"),
    ({"vists": 1}, ExpressionError, "no field 'vists'; did you mean 'visits'"),
    ({"account_id": "2"}, DefinitionError, r"'account_id'.*part of the table key.*move"),
    ({"PK": "x"}, ExpressionError, "no field 'PK'"),
    ({"_type": "x"}, ExpressionError, "no field '_type'"),
    ({"visits": 1, "visits[0]": 2}, ExpressionError, "visits"),
    ({"email": Increment("email")}, ExpressionError, "email"),
    ({"a..b": 1}, ExpressionError, r"a\.\.b"),
    (["visits", 1], TypeError, "changes such as"),
]


def test_a_change_that_cannot_be_made_is_refused_before_any_call(filled):
    """One clear error that names the field, and the item as it was."""
    before = filled.db.get(["USER#1", "PROFILE"])
    for changes, error, words in WRONG_CHANGES:
        with pytest.raises(error, match=words):
            filled[User].update(KEY, changes)
        with pytest.raises(error, match=words):
            filled[User].update({"account_id": "3"}, {"email": "x"}, changes, upsert=True)
    assert filled.db.get(["USER#1", "PROFILE"]) == before
    assert filled.db.get(["USER#3", "PROFILE"]) is None


def test_where_takes_a_condition_only(filled):
    """A forgotten attribute(...) is a TypeError that says so."""
    for wrong in (True, {"visits": 1}, "visits > 3"):
        with pytest.raises(TypeError, match="where= takes a condition"):
            filled[User].update(KEY, {"email": "x"}, where=wrong)
    with pytest.raises(ExpressionError, match="no field 'nope'"):
        filled[User].delete(KEY, where=path("nope") > 1)
    assert filled[User].require(KEY).email == "1@example.com"


def test_an_upsert_makes_a_whole_item_or_changes_the_one_there(shop):
    """Type, key fields and changes are written; what has a default reads as it."""
    user = shop[User].update(KEY, {"email": "a"}, attribute(User.visits).add(1), upsert=True)
    assert user == User(account_id="1", email="a", visits=1) == shop[User].require(KEY)
    assert shop[User].update(KEY, {"email": "b"}, attribute(User.visits).add(1), upsert=True).visits == 2
    assert shop[User].scan().all() == [User(account_id="1", email="b", visits=2)]


def test_an_upsert_without_a_required_field_is_refused(shop):
    """It could make half an item: the missing fields are named."""
    with pytest.raises(ExpressionError, match="without 'email'"):
        shop[User].update(KEY, {"visits": 1}, upsert=True)
    assert shop[User].get(KEY) is None


def test_an_operator_on_a_validated_field_goes_by_rereading(filled):
    """Refused as it is; with reread=True the result is validated, and an invalid one is not written."""
    key = order(1)
    with pytest.raises(ExpressionError, match="reread=True"):
        filled[Order].update(key, attribute(Order.total).add(5))
    assert filled[Order].update(key, attribute(Order.total).add(5), reread=True).total == 15
    with pytest.raises(ItemStructureError, match="total"):
        filled[Order].update(key, attribute(Order.total).subtract(16), reread=True)
    with pytest.raises(ItemStructureError, match=r"\$\.total"):
        filled[Order].update(key, {"total": -1})
    assert filled[Order].require(key).total == 15


def test_rereading_keeps_to_where_and_to_what_is_there(filled):
    """The condition is checked against what was read; an absent item is an error."""
    with pytest.raises(ConditionFailedError) as failed:
        filled[Order].update(order(1), attribute(Order.total).add(5), reread=True, where=attribute(Order.total) > 10)
    assert failed.value.item == order(1, total=10)
    with pytest.raises(ItemNotFoundError):
        filled[Order].update(order(99), attribute(Order.total).add(5), reread=True)
    assert filled[Order].get(order(99)) is None


def test_rereading_upserts(shop):
    """An absent item is made from the changes and the defaults, with its index keys."""
    new = shop[Order].update(order(1), attribute(Order.total).add(5), reread=True, upsert=True)
    assert new == order(1, total=5)
    assert shop[Order].query("GSI1", status=Status.OPEN).all() == [new]
    with pytest.raises(ConditionFailedError, match="there is no Order yet"):
        shop[Order].update(order(2), {"total": 5}, attribute(Order.status).set_if_absent(Status.OPEN), reread=True,
                           upsert=True, where=attribute(Order.total).exists())  # fmt: skip


def test_a_validator_of_the_whole_instance_goes_by_rereading(client, table_name):
    """A validator that looks at another field sees the item as it is stored."""

    def not_below_low(instance, _, value):
        if value < instance.low:
            raise ValueError("high is below low")

    @entity(pk="R#<id>", sk="R")
    class Range:
        id: str
        low: int = 0
        high: int = field(default=9, validator=not_below_low)

    store = Table(table_name, Range).connect(client)
    store.create_table()
    store[Range].create(Range(id="1", low=5))
    with pytest.raises(ExpressionError, match="reread=True"):
        store[Range].update({"id": "1"}, {"high": 7})
    assert store[Range].update({"id": "1"}, {"high": 7}, reread=True).high == 7
    with pytest.raises(ItemStructureError, match="high is below low"):
        store[Range].update({"id": "1"}, {"high": 4}, reread=True)
    assert store[Range].require(id="1").high == 7


def test_save_writes_the_difference(filled):
    """Only what differs is sent, so that another's change of another field stays."""
    old = filled[User].require(KEY)
    filled[User].update(KEY, {"visits": 9})
    assert filled[User].save(attrs.evolve(old, email="new"), since=old).visits == 9
    with pytest.raises(ConditionFailedError, match="account_id='1'.*changed by others since it was read") as failed:
        filled[User].save(attrs.evolve(old, email="newer"), since=old)
    assert failed.value.item.email == "new"


def test_save_without_a_difference_gives_what_is_stored(filled):
    """Nothing to write, but the item has to be there."""
    old = filled[User].require(KEY)
    assert filled[User].save(old, since=old) == old
    filled[User].delete(KEY)
    for changed in (old, attrs.evolve(old, email="x")):
        with pytest.raises(ItemNotFoundError):
            filled[User].save(changed, since=old)
    assert filled[User].get(KEY) is None


def test_save_refuses_another_key_and_what_does_not_fit(filled):
    """Each before any call."""
    old = filled[User].require(KEY)
    with pytest.raises(DefinitionError, match="move"):
        filled[User].save(attrs.evolve(old, account_id="2"), since=old)
    with pytest.raises(ItemStructureError, match=r"\$\.visits"):
        filled[User].save(attrs.evolve(old, visits="many"), since=old)
    with pytest.raises(TypeError, match="User"):
        filled[User].save(order(1), since=old)
    assert filled[User].require(KEY) == old


def test_save_takes_an_absent_attribute_for_the_default_that_it_reads_as(filled):
    """Items of older versions of the class, and NULLs of other programs, read as defaults and can be saved."""
    filled.db.put(["USER#7", "PROFILE"], {"_type": "User", "account_id": "7", "email": "a", "nickname": None})
    old = filled[User].require(account_id="7")
    new = attrs.evolve(old, visits=1, tags={"x"}, balance=Decimal(2), nickname="ann")
    assert filled[User].save(new, since=old) == new
    filled.db.update(["USER#7", "PROFILE"], {"visits": 0})
    with pytest.raises(ConditionFailedError):
        filled[User].save(attrs.evolve(new, visits=2), since=new)


def test_save_removes_and_recomputes(shop):
    """None takes an attribute away, and the index keys follow."""
    task = shop[Task].create(Task(account_id="1", number=1, owner="ann", due="2026"))
    new = shop[Task].save(attrs.evolve(task, due=None, title="x"), since=task)
    assert new == Task(account_id="1", number=1, owner="ann", title="x")
    assert {"GSI1PK", "GSI1SK", "due"}.isdisjoint(shop.db.get(["USER#1", "TASK#1"]))
    assert shop[Task].query("GSI1", owner="ann").all() == []


def test_an_instance_of_another_entity_is_refused(filled):
    """Every verb says what it takes."""
    for act in (filled[User].create, filled[User].put, filled[User].get, filled[User].delete):
        with pytest.raises(TypeError, match="User"):
            act(order(1))
    with pytest.raises(TypeError, match="User"):
        filled[User].put_many([User(account_id="9", email="x"), order(1)])
    with pytest.raises(TypeError, match="keywords, or as one"):
        filled[User].get(KEY, account_id="1")
    assert filled[User].get(account_id="9") is None
    assert NOON.tzinfo is not None
