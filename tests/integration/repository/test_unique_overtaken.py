"""Somebody else writes between the read and the write of something unique."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pynamite import Table, attribute, entity, field
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import ConditionFailedError, ItemNotFoundError, UniqueViolationError
from pynamite.repository.writing import unit


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str
    email: str | None = field(default=None, unique=True)
    visits: int = 0


class Meddler:
    """A client that lets somebody act behind its reads, one act after each; then it counts what it writes."""

    def __init__(self, client: Any, acts: list[Callable[[], Any]]) -> None:
        self.client, self.acts, self.writes = client, acts, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_item(self, **request: Any) -> Any:
        answer = self.client.get_item(**request)
        if self.acts:
            self.acts.pop(0)()
        return answer

    def transact_write_items(self, **request: Any) -> Any:
        self.writes += 1
        return self.client.transact_write_items(**request)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody waits in these tests."""
    monkeypatch.setattr(unit, "BACKOFF", Backoff(sleep=lambda _: None))


@pytest.fixture
def store(client, table_name):
    made = Table(table_name, User).connect(client)
    made.create_table()
    return made


@pytest.fixture
def users(store):
    store[User].put_many([User(user_id="ann", email="a@x"), User(user_id="bob", email="b@x")])
    return store[User]


@pytest.fixture
def meddled(store):
    """Users on a client that lets others act."""

    def make(*acts):
        client: Any = Meddler(store.client, list(acts))
        return Table(store.name, User).connect(client)[User]

    return make


def guards(store):
    found = [item for item in store.db.scan() if item["_type"] == "User!unique"]
    return {item["PK"].removeprefix("UNIQUE#User#email#"): item["_owner"]["PK"] for item in found}


ANN = {"user_id": "ann"}


def emails(store):
    """What the items say, as the guards should."""
    return {user.email: f"USER#{user.user_id}" for user in store[User].scan() if user.email}


def test_a_value_that_changed_meanwhile_is_the_one_given_up(store, users, meddled):
    """The guard of what was read is somebody else's by then."""

    def change():
        users.update(ANN, {"email": "c@x"})
        users.create(User(user_id="cy", email="a@x"))

    changed = meddled(change).update(ANN, {"email": "d@x"})
    assert changed.email == "d@x"
    assert guards(store) == emails(store) == {"a@x": "USER#cy", "b@x": "USER#bob", "d@x": "USER#ann"}


def test_a_value_that_is_taken_meanwhile_is_refused(store, users, meddled):
    """The item has changed, too: the true reason is found by reading again."""

    def change():
        users.update(ANN, {"visits": 1})
        users.update({"user_id": "bob"}, {"email": "d@x"})

    with pytest.raises(UniqueViolationError) as no:
        meddled(change).update(ANN, {"email": "d@x"})
    assert no.value.owner == {"PK": "USER#bob", "SK": "PROFILE"}
    assert guards(store) == emails(store)


@pytest.mark.parametrize("verb", ["put", "delete", "move"])
def test_a_verb_works_on_what_is_there_when_it_writes(store, users, meddled, verb):
    """Whatever the e-mail address was when it was read, its guard goes along."""
    other = meddled(lambda: users.update(ANN, {"email": "c@x"}))
    match verb:
        case "put":
            other.put(User(user_id="ann", email="d@x"))
        case "delete":
            assert other.delete(ANN) is True
        case "move":
            assert other.move(ANN, {"user_id": "anna"}).email == "c@x"
    assert guards(store) == emails(store)


def test_what_has_nothing_to_do_with_it_is_no_reason_to_begin_again(store, users, meddled):
    """A put and a delete depend on the e-mail address alone."""

    def count():
        store.db.update("USER#ann.PROFILE", {"visits": 99})

    other = meddled(count, count)
    other.put(User(user_id="ann", email="d@x"))
    assert other.delete(ANN) is True
    assert other.session.client.writes == 2
    assert guards(store) == emails(store) == {"b@x": "USER#bob"}


def test_an_item_that_goes_meanwhile_keeps_nothing(store, users, meddled):
    """An update finds none; a put makes it again, with its guard."""
    with pytest.raises(ItemNotFoundError):
        meddled(lambda: users.delete(ANN)).update(ANN, {"email": "d@x"})
    assert guards(store) == emails(store) == {"b@x": "USER#bob"}
    users.create(User(user_id="ann", email="a@x"))
    meddled(lambda: users.delete(ANN)).put(User(user_id="ann", email="a@x", visits=3))
    assert guards(store) == emails(store) == {"a@x": "USER#ann", "b@x": "USER#bob"}


def test_an_item_that_comes_meanwhile_is_not_overlooked(store, users, meddled):
    """Neither by a put nor by an upsert: what it had is given up."""
    for write in (lambda other: other.put(User(user_id="cy", email="d@x")),
                  lambda other: other.update({"user_id": "cy"}, {"email": "d@x"}, upsert=True)):  # fmt: skip
        write(meddled(lambda: users.create(User(user_id="cy", email="c@x"))))
        assert guards(store) == emails(store)
        assert "c@x" not in guards(store)
        users.delete(user_id="cy")


def test_a_value_that_was_shared_comes_to_be_its_own(store, users, meddled):
    """While another item had the guard, this one's update left it alone; then it had not, and the guard is given up."""
    store.db.put(["USER#cy", "PROFILE"], {"_type": "User", "user_id": "cy", "email": "b@x"})

    def hand_over():
        users.update({"user_id": "bob"}, {"email": None})
        assert users.reindex() == 1
        assert guards(store)["b@x"] == "USER#cy"

    meddled(lambda: None, hand_over).update({"user_id": "cy"}, {"email": "c@x"})
    assert guards(store) == emails(store) == {"a@x": "USER#ann", "c@x": "USER#cy"}


def test_an_item_that_never_rests_is_given_up(users, meddled, store):
    """After some tries the caller is told; nothing is half done."""
    numbers = iter(range(1, 1000))
    other = meddled(*[lambda: users.update(ANN, {"visits": next(numbers)})] * 100)
    with pytest.raises(ConditionFailedError, match="changed by others each of .* times"):
        other.update(ANN, {"email": "d@x"})
    assert guards(store) == emails(store)
    assert other.put(User(user_id="ann", email="d@x")).email == "d@x"


def test_the_owner_is_found_where_the_value_went(store, users, meddled):
    """Between the two reads it was handed from one item to another."""

    def hand_over():
        with store.transaction() as tx:
            tx[User].update(ANN, {"email": None})
            tx[User].update({"user_id": "bob"}, {"email": "a@x"})

    assert meddled(hand_over).get_unique(email="a@x") == User(user_id="bob", email="a@x")
    moved = meddled(lambda: users.move({"user_id": "bob"}, {"user_id": "cy"})).get_unique(email="a@x")
    assert moved == User(user_id="cy", email="a@x")
    assert meddled(lambda: users.delete(user_id="cy")).get_unique(email="a@x") is None


def test_a_condition_that_fails_beside_is_told(store, users, meddled):
    """After the item was read once more."""
    with pytest.raises(ConditionFailedError) as failed:
        meddled(lambda: users.update(ANN, {"visits": 7})).update(
            ANN, {"email": "d@x"}, where=attribute(User.visits) == 0
        )
    assert failed.value.item == User(user_id="ann", email="a@x", visits=7)
    assert guards(store) == emails(store)
