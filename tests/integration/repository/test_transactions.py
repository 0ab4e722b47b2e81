"""Transactions: all of it or nothing, and why."""

from __future__ import annotations

import pickle
import uuid

import attrs
import botocore.exceptions
import pytest

from pynamite import Table, attribute
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    OperationError,
    TableNotFoundError,
    TransactionCanceledError,
    UnknownEntityError,
)
from tests.integration.repository.shop import Order, Status, Task, User, order


def test_all_verbs_happen_together(filled):
    """Create, put, update, delete, save and check in one: what each of them does alone, and index keys with them."""
    changed = order(4, total=44, status=Status.PAID)
    with filled.transaction() as tx:
        tx[User].create(User(account_id="3", email="c"))
        tx[User].put(User(account_id="1", email="new"), where=attribute(User.email) == "1@example.com")
        tx[Order].update(order(1), {"status": Status.PAID}, where=attribute(Order.total) == 10)
        tx[Order].update(order(20), {"total": 200, "status": Status.PAID}, upsert=True)
        tx[Order].delete(order(2), must_exist=True)
        tx[Order].delete(account_id="1", placed_at=order(3).placed_at, order_id="o3")
        tx[Order].save(changed, since=order(4, total=40))
        tx[User].check({"account_id": "2"}, where=attribute(User.visits) == 0)
        tx[Order].check(account_id="2", placed_at=order(1).placed_at, order_id="o1")
    assert [user.email for user in filled[User].get_many([{"account_id": n} for n in "13"]) if user] == ["new", "c"]
    assert [one.order_id for one in filled[Order].partition(account_id="1")] == ["o0", "o1", "o4", "o5", "o20"]
    paid = filled[Order].query("GSI1", status=Status.PAID).all()
    assert paid == [order(1, total=10, status=Status.PAID), changed, order(20, total=200, status=Status.PAID)]


def test_a_cancelled_transaction_says_why_for_each_operation(filled):
    """Each reason has its class, old item and key; the message names operations, the client's error is the cause."""
    with pytest.raises(TransactionCanceledError) as cancelled, filled.transaction() as tx:
        tx[User].put(User(account_id="9", email="fine"))
        tx[User].create(User(account_id="1", email="x"))
        tx[Order].update(order(99), {"status": Status.PAID})
        tx[Order].update(order(1), {"status": Status.PAID}, where=attribute(Order.total) > 100)
        tx[Order].delete(order(98), must_exist=True)
        tx[User].check({"account_id": "404"})
        tx[Order].check(order(2), where=attribute(Order.total) == 0)
    error = cancelled.value
    assert [type(reason) for reason in error.reasons] == [
        type(None), ItemExistsError, ItemNotFoundError, ConditionFailedError, ItemNotFoundError, ItemNotFoundError,
        ConditionFailedError,
    ]  # fmt: skip
    assert [getattr(reason, "item", None) for reason in error.reasons] == [
        None, User(account_id="1", email="1@example.com"), None, order(1, total=10), None, None, order(2, total=20),
    ]  # fmt: skip
    assert error.reasons[1] is not None and error.reasons[1].key == {"PK": "USER#1", "SK": "PROFILE"}
    assert error.reasons[1].code == "ConditionalCheckFailed"
    assert "operation 1 (create User): there is a User with account_id='1'" in str(error)
    assert "operation 5 (check User): there is no User with account_id='404'" in str(error)
    assert isinstance(error.__cause__, botocore.exceptions.ClientError)
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) and [str(one) for one in copy.reasons] == [str(one) for one in error.reasons]
    assert filled[User].get(account_id="9") is None


def test_a_foreign_item_cancels_a_transaction(filled):
    """Under the key of a put, an upsert, a delete, a check."""
    filled.db.put(["USER#3", "PROFILE"], {"_type": "Robot"})
    mine = User(account_id="3", email="mine")
    acts = {
        "create": (lambda users: users.create(mine), ItemExistsError),
        "put": (lambda users: users.put(mine), ConditionFailedError),
        "upsert": (lambda users: users.update(mine, {"email": "x"}, upsert=True), ConditionFailedError),
        "update": (lambda users: users.update(mine, {"email": "x"}), ItemNotFoundError),
        "delete": (lambda users: users.delete(mine), ConditionFailedError),
        "check": (lambda users: users.check(mine), ItemNotFoundError),
    }
    for act, kind in acts.values():
        with pytest.raises(TransactionCanceledError, match="another type") as cancelled, filled.transaction() as tx:
            act(tx[User])
        assert type(cancelled.value.reasons[0]) is kind
    assert filled.db.get(["USER#3", "PROFILE"])["_type"] == "Robot"


def test_nothing_is_sent_when_the_block_raises(filled):
    """The error goes on as it is."""
    with pytest.raises(ZeroDivisionError), filled.transaction() as tx:
        tx[User].delete(account_id="1")
        raise ZeroDivisionError
    assert filled[User].get(account_id="1") is not None


def test_an_empty_transaction_sends_nothing(client, table_name):
    """Not even where the table is missing."""
    store = Table(table_name, User).connect(client)
    with store.transaction():
        pass
    assert not store.exists()


def test_mistakes_are_found_in_the_block(filled):
    """At the verb, before anything is sent."""
    old = filled[User].require(account_id="1")
    for act, error in (
        (lambda tx: tx[User].create(order(1)), TypeError),
        (lambda tx: tx[User].put("x"), TypeError),
        (lambda tx: tx[User].create(User(account_id="5", email=5)), ItemStructureError),  # type: ignore[arg-type]
        (lambda tx: tx[User].update({"account_id": "1"}, {"account_id": "2"}), DefinitionError),
        (lambda tx: tx[Order].update(order(1), attribute(Order.total).add(1)), ExpressionError),
        (lambda tx: tx[User].save(attrs.evolve(old, account_id="7"), since=old), DefinitionError),
        (lambda tx: tx[int], UnknownEntityError),
    ):  # fmt: skip
        with pytest.raises(error), filled.transaction() as tx:
            tx[User].delete(account_id="2")
            act(tx)
    assert filled[User].count() == 2


def test_an_item_takes_part_once(filled):
    """Twice is refused with the numbers of the operations, before anything is sent."""
    with pytest.raises(DefinitionError, match="operations 1 and 2"), filled.transaction() as tx:
        tx[User].delete(account_id="2")
        tx[User].update({"account_id": "1"}, {"email": "x"})
        tx[User].check({"account_id": "1"})
    assert filled[User].require(account_id="1").email == "1@example.com"
    assert filled[User].get(account_id="2") is not None


def test_a_hundred_operations_fit_and_no_more(shop):
    """The service's limit, refused before anything is sent."""
    with shop.transaction() as tx:
        for n in range(100):
            tx[Task].create(Task(account_id="1", number=n))
    assert shop[Task].count(account_id="1") == 100
    with pytest.raises(DefinitionError, match="1 to 100"), shop.transaction() as tx:
        for n in range(101):
            tx[Task].create(Task(account_id="2", number=n))
    assert shop[Task].count(account_id="2") == 0


def test_a_transaction_is_used_in_a_block_and_once(filled):
    """Outside of a block, behind it, or in a second one, writes would be lost: each is an error."""
    tx = filled.transaction()
    with pytest.raises(RuntimeError, match="not begun"):
        tx[User].delete(account_id="1")
    with tx:
        tx[User].delete(account_id="1")
        with pytest.raises(RuntimeError, match="begun before"):
            tx.__enter__()
    with pytest.raises(RuntimeError, match="has ended"):
        tx[User].delete(account_id="2")
    with pytest.raises(RuntimeError, match="begin another"), tx:
        pass
    assert [user.account_id for user in filled[User].scan()] == ["2"]


@pytest.mark.differs(backend="moto", reason="moto 5 does not know tokens")
def test_a_token_makes_it_harmless_to_repeat(filled):
    """The same transaction under the same token happens once; another one under it is refused."""
    token = uuid.uuid4().hex
    for _ in range(2):
        with filled.transaction(token=token) as tx:
            tx[User].update({"account_id": "1"}, attribute(User.visits).add(1))
    assert filled[User].require(account_id="1").visits == 1
    other = filled.transaction(token=token)
    with pytest.raises(OperationError, match="IdempotentParameterMismatch|different"), other:
        other[User].delete(account_id="1")
    assert filled[User].count() == 2


def test_a_token_has_1_to_36_characters(shop):
    """Another one is refused when the transaction is made."""
    for wrong in ("", "x" * 37, 5):
        with pytest.raises(ValueError, match="1 to 36"):
            shop.transaction(token=wrong)


def test_a_missing_table_is_named(client, table_name):
    """In a transaction as anywhere."""
    store = Table(table_name, User).connect(client)
    with pytest.raises(TableNotFoundError, match=table_name), store.transaction() as tx:
        tx[User].create(User(account_id="1", email="x"))
