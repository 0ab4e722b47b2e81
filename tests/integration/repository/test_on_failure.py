"""The errors of one's own: on_failure of every verb of a transaction, and what its error tells otherwise."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from pynamite import Table, Transaction, attribute, entity, evolve, field
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    OperationError,
    StaleVersionError,
    TransactionCanceledError,
    UniqueViolationError,
)


class TakenError(Exception):
    """An error of the application."""


class MissingError(LookupError):
    """Another one."""


@entity(pk="NAME#<name>", sk="NAME")
class Name:
    name: str
    user_id: str


@entity(pk="OLD#<user_id>", sk="v<version:pad(3)>")
class Past:
    user_id: str
    version: int


def named(user: User) -> Name | None:
    return None if user.name is None else Name(name=user.name, user_id=user.user_id)


@entity(pk="USER#<user_id>", sk="USER", companions=named, history=Past)
class User:
    user_id: str
    email: str | None = field(default=None, unique=True)
    name: str | None = None
    visits: int = 0
    version: int = field(default=0, version=True)


@entity(pk="ROOM#<room>", sk="ROOM")
class Room:
    room: str
    seats: int = 2


@entity(pk="ROOM#<room>", sk="GUEST#<guest>")
class Guest:
    room: str
    guest: str


@pytest.fixture
def store(client, table_name):
    """A table with one user and one room; guests take seats."""
    table = Table(table_name, User, Name, Past, Room, Guest)

    @table.on_create(Guest)
    def sit(new: Guest, tx: Transaction) -> None:
        tx[Room].update(
            {"room": new.room}, attribute(Room.seats).subtract(1), where=attribute(Room.seats) > 0,
            on_failure=lambda reason: TakenError(f"{new.room}: {type(reason).__name__}"),
        )  # fmt: skip

    made = table.connect(client)
    made.create_table()
    made[User].create(User(user_id="1", email="a@x", name="ann"))
    made[Room].create(Room(room="blue"))
    return made


def failing(store: Any, act: Any) -> BaseException:
    """Run a transaction that has to fail; give what it raises."""
    with pytest.raises(BaseException) as raised, store.transaction() as tx:
        tx[Room].update({"room": "blue"}, {"seats": 99}, on_failure=ZeroDivisionError)
        act(tx)
    assert store[Room].require(room="blue").seats == 2
    return raised.value


def test_an_error_its_class_or_a_function(store):
    """It is raised from the TransactionCanceledError, which has everything."""
    new = User(user_id="1")
    mine = TakenError("mine")
    assert failing(store, lambda tx: tx[User].create(new, on_failure=mine)) is mine
    cause = mine.__cause__
    assert isinstance(cause, TransactionCanceledError)
    assert [type(reason) for reason in cause.reasons] == [type(None), ItemExistsError]
    assert isinstance(cause.__cause__, Exception) and "operation 1 (create User): there is a User" in str(cause)
    raised = failing(store, lambda tx: tx[User].create(new, on_failure=TakenError))
    assert (type(raised), raised.args, type(raised.__cause__)) == (TakenError, (), TransactionCanceledError)
    seen: list[OperationError] = []

    def made(reason: OperationError) -> MissingError:
        seen.append(reason)
        return MissingError(reason.key)

    raised = failing(store, lambda tx: tx[User].create(new, on_failure=made))
    assert isinstance(raised, MissingError) and raised.args == ({"PK": "USER#1", "SK": "USER"},)
    assert isinstance(seen[0], ItemExistsError) and seen[0].item.email == "a@x"
    assert pickle.loads(pickle.dumps(raised.__cause__)).reasons[1].args == seen[0].args


LATE = User(user_id="1", version=7)
VERBS: dict[str, tuple[Any, type[OperationError]]] = {
    "create": (lambda tx, more: tx[User].create(User(user_id="1"), **more), ItemExistsError),
    "put": (lambda tx, more: tx[User].put(User(user_id="1"), **more), StaleVersionError),
    "update": (lambda tx, more: tx[User].update({"user_id": "9"}, {"visits": 1}, **more), ItemNotFoundError),
    "delete": (lambda tx, more: tx[User].delete(user_id="9", must_exist=True, **more), ItemNotFoundError),
    "save": (lambda tx, more: tx[User].save(evolve(LATE, visits=3), since=LATE, **more), StaleVersionError),
    "move": (lambda tx, more: tx[User].move(User(user_id="9", version=1), {"user_id": "8"}, **more), ItemNotFoundError),
    "check": (lambda tx, more: tx[Room].check({"room": "red"}, **more), ItemNotFoundError),
    "check where": (lambda tx, more: tx[User].check({"user_id": "1"}, attribute(User.visits) > 5, **more),
                    ConditionFailedError),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_one(store, verb):
    """Without it, the TransactionCanceledError is raised."""
    act, kind = VERBS[verb]
    raised = failing(store, lambda tx: act(tx, {"on_failure": MissingError}))
    assert type(raised) is MissingError
    assert isinstance(raised.__cause__, TransactionCanceledError)
    assert type(raised.__cause__.reasons[1]) is kind
    assert type(failing(store, lambda tx: act(tx, {}))) is TransactionCanceledError


def test_what_follows_inherits_it(store):
    """Guards, companions and history are at fault for the verb which they follow from."""
    other = {"user_id": "2"}
    store[User].create(User(user_id="2"))
    store[Past].create(Past(user_id="3", version=1))
    acts = (
        (lambda tx, more: tx[User].update(other, {"email": "a@x"}, **more), UniqueViolationError),
        (lambda tx, more: tx[User].update(other, {"name": "ann"}, **more), ItemExistsError),
        (lambda tx, more: tx[User].create(User(user_id="3"), **more), ItemExistsError),
    )
    for act, kind in acts:
        raised = failing(store, lambda tx: act(tx, {"on_failure": TakenError}))  # noqa: B023 - called at once
        assert type(raised) is TakenError and isinstance(raised.__cause__, TransactionCanceledError)
        assert type(raised.__cause__.reasons[1]) is kind
    raised = failing(store, lambda tx: [
        tx[User].create(User(user_id="7", email="new@x"), on_failure=MissingError),
        tx[User].create(User(user_id="8", email="new@x"), on_failure=TakenError),
    ])  # fmt: skip
    assert type(raised) is TakenError
    assert isinstance(raised.__cause__, TransactionCanceledError)
    assert [type(reason) for reason in raised.__cause__.reasons] == [type(None), type(None), UniqueViolationError]


def test_the_first_that_has_one_is_raised(store):
    """In the order of the operations; what follows comes behind what was asked for."""
    store[User].create(User(user_id="2"))
    acts = [
        lambda tx: tx[User].check({"user_id": "9"}),
        lambda tx: tx[User].update({"user_id": "2"}, {"email": "a@x"}, on_failure=TakenError("guard")),
        lambda tx: tx[Room].check({"room": "red"}, on_failure=MissingError("red")),
        lambda tx: tx[Room].check({"room": "green"}, on_failure=MissingError("green")),
    ]
    raised = failing(store, lambda tx: [act(tx) for act in acts])
    assert str(raised) == "red"
    assert isinstance(raised.__cause__, TransactionCanceledError)
    assert [type(reason) for reason in raised.__cause__.reasons] == [
        type(None), ItemNotFoundError, UniqueViolationError, ItemNotFoundError, ItemNotFoundError,
    ]  # fmt: skip
    assert str(failing(store, lambda tx: [act(tx) for act in acts[:2]])) == "guard"


def test_a_reaction_has_its_own(store):
    """Its error is raised from a single verb, too; it does not inherit that of the verb, which did nothing wrong."""
    store[Guest].create(Guest(room="blue", guest="a"))
    store[Guest].create(Guest(room="blue", guest="b"))
    with pytest.raises(TakenError, match="blue: ConditionFailedError") as raised:
        store[Guest].create(Guest(room="blue", guest="c"))
    assert isinstance(raised.value.__cause__, TransactionCanceledError)
    with pytest.raises(TakenError, match="red: ItemNotFoundError"):
        store[Guest].create(Guest(room="red", guest="c"))
    with pytest.raises(TakenError, match="blue"), store.transaction() as tx:
        tx[Guest].create(Guest(room="blue", guest="c"), on_failure=MissingError)
    with pytest.raises(MissingError), store.transaction() as tx:
        tx[Guest].create(Guest(room="blue", guest="b"), on_failure=MissingError)
    assert store[Guest].count() == 2


def test_actions_that_became_one_have_the_first_ones(store):
    """The reasons are told of each operation."""
    add = attribute(Room.seats).add(1)
    with pytest.raises(MissingError) as raised, store.transaction() as tx:
        tx[Room].update({"room": "red"}, add)
        tx[Room].update({"room": "red"}, add, on_failure=MissingError)
        tx[Room].update({"room": "red"}, add, on_failure=TakenError)
    assert isinstance(raised.value.__cause__, TransactionCanceledError)
    assert [type(reason) for reason in raised.value.__cause__.reasons] == [ItemNotFoundError] * 3
    assert "operations 0, 1 and 2 (update Room): there is no Room" in str(raised.value.__cause__)


def test_it_is_for_failures_alone(store):
    """Neither for what goes well, nor for mistakes and errors that are raised in the block."""
    with store.transaction() as tx:
        tx[Room].update({"room": "blue"}, {"seats": 5}, on_failure=lambda reason: pytest.fail("it was called"))
    with pytest.raises(DefinitionError), store.transaction() as tx:
        tx[Room].update({"room": "blue"}, {"room": "red"}, on_failure=TakenError)
    with pytest.raises(KeyError), store.transaction() as tx:
        tx[Room].check({"room": "red"}, on_failure=TakenError)
        raise KeyError
    assert store[Room].require(room="blue").seats == 5


def test_what_is_no_error_is_refused(store):
    """Where the verb stands; what a function gives, when it is asked for."""
    told = "on_failure= takes an error, the class of one, or a function"
    wrong: Any
    for wrong in ("taken", 5, dict, object()):
        with pytest.raises(TypeError, match=told), store.transaction() as tx:
            tx[Room].delete(room="blue", on_failure=wrong)

    def gives_a_text(reason: OperationError) -> Any:
        return "taken"

    def is_broken(reason: OperationError) -> Any:
        raise ZeroDivisionError

    with pytest.raises(TypeError, match="on_failure gave 'taken', which is no error") as raised:  # noqa: SIM117
        with store.transaction() as tx:
            tx[Room].check({"room": "red"}, on_failure=gives_a_text)
    assert isinstance(raised.value.__cause__, ItemNotFoundError)
    with pytest.raises(ZeroDivisionError) as broken, store.transaction() as tx:
        tx[Room].check({"room": "red"}, on_failure=is_broken)
    assert isinstance(broken.value.__context__, TransactionCanceledError)
    assert store[Room].get(room="blue") is not None
