"""What writes of versions and of unique values send: as few requests as can be, and nothing in them twice."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import Table, attribute, connect, entity, evolve, field
from pynamite.errors import ConditionFailedError, TransactionCanceledError


@entity(pk="DOC#<doc_id>")
class Doc:
    doc_id: str
    text: str = ""
    version: int = field(default=0, version=True)


@entity(pk="USER#<user_id>")
class User:
    user_id: str
    email: str | None = field(default=None, unique=True)
    visits: int = 0


@entity(pk="POST#<slug>")
class Post:
    slug: str
    title: str = field(unique=True)
    version: int = field(default=0, version=True)


class Recorder:
    """A client that keeps what it is asked for, as (action, request)."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append((name, request))
            return getattr(self.client, name)(**request)

        return call

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        asked, self.asked = self.asked, []
        return asked


def readable(request: dict[str, Any], part: str) -> str:
    """Write an expression of a request with its names and values in it."""
    text: str = request[part]
    for name, value in {**request.get("ExpressionAttributeValues", {})}.items():
        text = text.replace(name, repr(next(iter(value.values()))))
    for name, attribute_name in request["ExpressionAttributeNames"].items():
        text = text.replace(name, attribute_name)
    return text


@pytest.fixture
def recorder():
    client = connect("sqlite://")
    yield Recorder(client)
    client.close()  # type: ignore[attr-defined]


@pytest.fixture
def store(recorder):
    made = Table("blog", Doc, User, Post, sk=None).connect(recorder)
    made.create_table()
    recorder.take()
    return made


def condition(recorder) -> str:
    """The condition of the only request since."""
    ((_, request),) = recorder.take()
    return readable(request, "ConditionExpression")


def test_a_version_costs_one_comparison(store, recorder):
    """Each verb is one request, and its condition what it was, and the version."""
    docs, ours = store[Doc], "_type = 'Doc'"
    docs.create(Doc(doc_id="1"))
    assert condition(recorder) == "attribute_not_exists(PK)"
    docs.put(Doc(doc_id="2"))
    assert condition(recorder) == f"attribute_not_exists(PK) OR {ours} AND attribute_not_exists(version)"
    docs.put(Doc(doc_id="1", version=1))
    assert condition(recorder) == f"{ours} AND version = '1'"
    docs.save(Doc(doc_id="1", text="b", version=2), since=Doc(doc_id="1", version=2))
    assert condition(recorder) == f"{ours} AND version = '2'"
    docs.update({"doc_id": "1"}, {"text": "c"})
    assert condition(recorder) == ours
    docs.delete(Doc(doc_id="1", version=4))
    assert condition(recorder) == f"attribute_not_exists(PK) OR {ours} AND version = '4'"
    docs.delete(Doc(doc_id="2", version=1), must_exist=True)
    assert condition(recorder) == f"{ours} AND version = '1'"


def test_an_update_sets_the_version_or_counts(store, recorder):
    """Known, it is set; otherwise it is counted from 0."""
    store[Doc].create(Doc(doc_id="1"))
    recorder.take()
    store[Doc].update(Doc(doc_id="1", version=1), {"text": "a"}, where=attribute(Doc.text) == "")
    ((action, request),) = recorder.take()
    assert (action, readable(request, "UpdateExpression")) == ("update_item", "SET text = 'a', version = '2'")
    assert readable(request, "ConditionExpression") == "_type = 'Doc' AND version = '1' AND text = ''"
    store[Doc].update({"doc_id": "1"}, {"text": "b"})
    ((_, request),) = recorder.take()
    assert readable(request, "UpdateExpression") == "SET text = 'b', version = if_not_exists(version, '0') + '1'"


def test_what_is_not_unique_is_written_as_ever(store, recorder):
    """An item without unique values is one put; a change of something else is one update."""
    users = store[User]
    users.create(User(user_id="1"))
    users.update({"user_id": "1"}, attribute(User.visits).add(1))
    users.save(User(user_id="1", visits=2), since=User(user_id="1", visits=1))
    assert [action for action, _ in recorder.take()] == ["put_item", "update_item", "update_item"]


def actions(request) -> list[str]:
    """The writes of a transaction, each with its condition."""
    found = []
    for entry in request["TransactItems"]:
        ((kind, write),) = entry.items()
        key = write.get("Key", write.get("Item"))["PK"]["S"]
        found.append(f"{kind} {key}: {readable(write, 'ConditionExpression')}")
    return found


OWNER = "_owner = {'PK': {'S': 'USER#1'}}"


def test_a_creation_does_not_read(store, recorder):
    """The item and its guards are one transaction."""
    store[User].create(User(user_id="1", email="a"))
    ((action, request),) = recorder.take()
    assert action == "transact_write_items"
    assert actions(request) == [
        "Put USER#1: attribute_not_exists(PK)",
        f"Put UNIQUE#User#email#a: attribute_not_exists(PK) OR {OWNER}",
    ]


def test_a_replacement_depends_on_what_is_unique_alone(store, recorder):
    """One read, one transaction; a counter that goes on meanwhile is no reason to begin again."""
    store[User].create(User(user_id="1", email="a"))
    recorder.take()
    store[User].put(User(user_id="1", email="b"))
    (read, _), (_, request) = recorder.take()
    assert read == "get_item"
    assert actions(request) == [
        "Put USER#1: (attribute_not_exists(PK) OR _type = 'User') AND email = 'a'",
        f"Delete UNIQUE#User#email#a: attribute_not_exists(PK) OR {OWNER}",
        f"Put UNIQUE#User#email#b: attribute_not_exists(PK) OR {OWNER}",
    ]
    store[User].put(User(user_id="1", email="b", visits=3))
    (read, _), (write, request) = recorder.take()
    assert (read, write) == ("get_item", "put_item")
    store[User].delete(user_id="1")
    (read, _), (_, request) = recorder.take()
    assert actions(request) == [
        "Delete USER#1: (attribute_not_exists(PK) OR _type = 'User') AND email = 'b'",
        f"Delete UNIQUE#User#email#b: attribute_not_exists(PK) OR {OWNER}",
    ]


def test_an_update_depends_on_the_whole_item(store, recorder):
    """It gives the instance as it is stored, which a transaction does not tell."""
    store[User].create(User(user_id="1", email="a"))
    recorder.take()
    store[User].update({"user_id": "1"}, {"email": "b"})
    (read, _), (_, request) = recorder.take()
    assert read == "get_item"
    assert actions(request)[0] == "Update USER#1: _type = 'User' AND email = 'a' AND user_id = '1' AND visits = '0'"


def test_a_version_stands_for_the_whole_item(store, recorder):
    """And is compared once, whether the writer knows it or it was read."""
    post = store[Post].create(Post(slug="a", title="x"))
    recorder.take()
    post = store[Post].update(post, {"title": "y"})
    assert actions(recorder.take()[1][1])[0] == "Update POST#a: _type = 'Post' AND version = '1'"
    post = store[Post].put(evolve(post, title="z"))
    assert actions(recorder.take()[1][1])[0] == "Put POST#a: _type = 'Post' AND version = '2'"
    store[Post].update({"slug": "a"}, {"title": "y"})
    assert actions(recorder.take()[1][1])[0] == "Update POST#a: _type = 'Post' AND version = '3'"
    store[Post].delete(slug="a")
    assert actions(recorder.take()[1][1])[0] == (
        "Delete POST#a: (attribute_not_exists(PK) OR _type = 'Post') AND version = '4'"
    )


def test_a_value_that_is_handed_on_is_one_write(store, recorder):
    """The guard is put over the old one, whoever of the two has it."""
    store[User].put_many([User(user_id="1", email="a"), User(user_id="2", email="b")])
    recorder.take()
    with store.transaction() as tx:
        tx[User].update({"user_id": "1"}, {"email": "b"})
        tx[User].update({"user_id": "2"}, {"email": "a"})
    (read, _), (_, request) = recorder.take()
    other = OWNER.replace("USER#1", "USER#2")
    assert read == "batch_get_item"
    assert actions(request)[2:] == [
        f"Put UNIQUE#User#email#a: attribute_not_exists(PK) OR {OWNER} OR {other}",
        f"Put UNIQUE#User#email#b: attribute_not_exists(PK) OR {other} OR {OWNER}",
    ]


def test_another_items_guard_is_checked_and_left(store, recorder):
    """An item from before may have a value that is another's: it is given up without it."""
    recorder.client.put_item(TableName="blog", Item=raw("1", "a"))
    store[User].create(User(user_id="2", email="a"))
    recorder.take()
    store[User].update({"user_id": "1"}, {"email": "b"})
    asked = recorder.take()
    assert [action for action, _ in asked] == ["get_item", "transact_write_items"] * 2
    assert actions(asked[3][1])[1:] == [
        f"ConditionCheck UNIQUE#User#email#a: attribute_not_exists(PK) OR {OWNER.replace('=', '<>')}",
        f"Put UNIQUE#User#email#b: attribute_not_exists(PK) OR {OWNER}",
    ]


def raw(user_id, email):
    """An item as a program without unique values writes it."""
    return {
        "PK": {"S": f"USER#{user_id}"}, "_type": {"S": "User"}, "user_id": {"S": user_id}, "email": {"S": email},
    }  # fmt: skip


def test_the_owner_is_read_by_its_guard(store, recorder):
    """Two consistent reads, one where nobody has the value."""
    store[User].create(User(user_id="1", email="a"))
    recorder.take()
    assert store[User].get_unique(email="a") == User(user_id="1", email="a")
    assert [(action, request["Key"]["PK"]["S"], request["ConsistentRead"]) for action, request in recorder.take()] == [
        ("get_item", "UNIQUE#User#email#a", True), ("get_item", "USER#1", True),
    ]  # fmt: skip
    assert store[User].get_unique(email="b") is None
    assert len(recorder.take()) == 1


def test_what_fails_without_a_known_reason_is_told_as_it_is(store, recorder):
    """A cancelled transaction whose reasons nobody tells is raised as it came."""

    class Silent(Recorder):
        def transact_write_items(self, **request):
            error = TransactionCanceledError("no reasons", operation="TransactWriteItems")
            raise error

    client: Any = Silent(recorder.client)
    silent = Table("blog", Doc, User, Post, sk=None).connect(client)
    with pytest.raises(TransactionCanceledError, match="no reasons"):
        silent[User].create(User(user_id="1", email="a"))
    with pytest.raises(ConditionFailedError):
        store[User].update({"user_id": "1"}, {"email": "b"}, where=attribute(User.visits) > 1, upsert=True)
