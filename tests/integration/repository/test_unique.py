"""Unique values: held by guard items that are written together with their owner, and never seen otherwise."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest

from pynamite import Index, Table, attribute, entity, evolve, field
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    KeyValueError,
    TransactionCanceledError,
    UniqueViolationError,
    UnknownEntityError,
)


@entity(
    pk="USER#<user_id>",
    sk="PROFILE",
    unique=["nick:lower", ("org", "number")],
    indexes={"ByOrg": ("<org>", "<nick>")},
)
class User:
    user_id: str
    email: str | None = field(default=None, unique=True)
    nick: str | None = None
    org: str | None = None
    number: int | None = None
    visits: int = 0


@entity(pk="USER#<user_id>", sk="NOTE#<number:pad(3)>")
class Note:
    user_id: str
    number: int


INDEXES = [Index("ByOrg"), Index("Inverted", pk="SK", sk="PK", projection="KEYS_ONLY")]


@pytest.fixture
def store(client, table_name):
    """A table with users, whose e-mails, nicks and numbers in an organization are unique."""
    made = Table(table_name, User, Note, indexes=INDEXES).connect(client)
    made.create_table()
    return made


@pytest.fixture
def users(store):
    return store[User]


def ann(**more: Any) -> User:
    return User(**{"user_id": "ann", "email": "a@x", "nick": "Ann", "org": "acme", "number": 1, **more})


def guards(store) -> dict[str, str]:
    """The guard items of a table: the text of each, and the key of its owner."""
    found = [item for item in store.db.scan() if str(item["PK"]).startswith("UNIQUE#")]
    assert all(item["PK"] == item["SK"] for item in found)
    return {item["PK"].removeprefix("UNIQUE#User#"): item["_owner"]["PK"].removeprefix("USER#") for item in found}


ANNS = {"email#a@x": "ann", "nick#ann": "ann", "org+number#acme#1": "ann"}


def test_an_item_is_made_with_its_guards(store, users):
    """One for each value; the guard has the owner's key and a type of its own."""
    assert users.create(ann()) == ann()
    assert guards(store) == ANNS
    assert store.db.get(["UNIQUE#User#email#a@x"] * 2) == {
        "PK": "UNIQUE#User#email#a@x", "SK": "UNIQUE#User#email#a@x", "_type": "User!unique",
        "_owner": {"PK": "USER#ann", "SK": "PROFILE"},
    }  # fmt: skip


def test_a_value_that_is_taken_is_refused_with_its_owner(store, users):
    """Nothing is written, and the error says which field it is and who has it."""
    users.create(ann())
    with pytest.raises(UniqueViolationError, match=r"email='a@x' of User is taken by .*USER#ann.*has to be") as no:
        users.create(User(user_id="bob", email="a@x"))
    error = pickle.loads(pickle.dumps(no.value))
    assert (error.fields, error.owner) == (("email",), {"PK": "USER#ann", "SK": "PROFILE"})
    assert (error.entity, error.key) == ("User", {"PK": "USER#bob", "SK": "PROFILE"})
    assert error.item["_owner"] == error.owner
    assert isinstance(error, ConditionFailedError)
    assert no.value.__cause__ is not None
    assert users.get(user_id="bob") is None
    assert guards(store) == ANNS


def test_a_codec_says_what_is_alike(users):
    """Nicks that differ in their case only are the same nick."""
    users.create(ann())
    with pytest.raises(UniqueViolationError, match="nick='ANN'") as no:
        users.create(User(user_id="bob", nick="ANN"))
    assert no.value.fields == ("nick",)


def test_values_are_unique_together(store, users):
    """The same number is another one in another organization."""
    users.create(ann())
    users.create(User(user_id="bob", org="bonk", number=1))
    users.create(User(user_id="cy", org="acme", number=2))
    with pytest.raises(UniqueViolationError, match="org='acme' and number=1 .*'org' and 'number'") as no:
        users.create(User(user_id="di", org="acme", number=1))
    assert no.value.fields == ("org", "number")
    assert {"org+number#bonk#1": "bob", "org+number#acme#2": "cy"}.items() <= guards(store).items()


def test_what_is_none_or_empty_is_held_by_nobody(store, users):
    """Nor are values together of which one is."""
    for user_id in "123":
        users.create(User(user_id=user_id, email=None, nick="", org="acme"))
    assert guards(store) == {}
    users.update({"user_id": "1"}, {"email": "one", "number": 1})
    users.update({"user_id": "1"}, {"email": None, "number": None})
    assert guards(store) == {}


def test_an_item_that_is_there_is_told_before_its_values(users):
    """A second creation is an ItemExistsError, as it is without anything unique."""
    users.create(ann())
    with pytest.raises(ItemExistsError) as there:
        users.create(ann(number=2))
    assert there.value.item == ann()


def test_a_put_hands_over_what_changed(store, users):
    """The old values are free, the new ones are taken, and those that stay are not touched."""
    users.put(ann())
    users.put(ann(email="b@x", number=None, visits=1))
    assert guards(store) == {"email#b@x": "ann", "nick#ann": "ann"}
    users.create(User(user_id="bob", email="a@x"))
    with pytest.raises(UniqueViolationError, match="email='a@x'"):
        users.put(ann())
    assert users.require(user_id="ann") == ann(email="b@x", number=None, visits=1)
    users.put(ann(email="b@x", nick=None, number=None), where=attribute(User.visits) == 1)
    with pytest.raises(ConditionFailedError):
        users.put(ann(email="c@x"), where=attribute(User.visits) == 1)
    assert guards(store) == {"email#a@x": "bob", "email#b@x": "ann"}


def test_an_update_moves_the_guard(store, users):
    """With a mapping or an instance for the key; another field's change leaves the guards alone."""
    users.create(ann())
    assert users.update({"user_id": "ann"}, {"email": "b@x"}) == ann(email="b@x")
    assert users.update(ann(), attribute(User.email).set("c@x"), attribute(User.visits).add(1)).visits == 1
    assert guards(store) == {"email#c@x": "ann", "nick#ann": "ann", "org+number#acme#1": "ann"}


def test_a_part_of_what_is_unique_together_moves_the_guard(store, users):
    """The other part is known from the item, and the item from reading it."""
    users.create(ann())
    users.create(User(user_id="bob", org="bonk", number=1))
    with pytest.raises(UniqueViolationError, match="org='acme' and number=1"):
        users.update({"user_id": "bob"}, {"org": "acme"}, reread=True)
    users.update({"user_id": "ann"}, {"number": 2})
    users.update({"user_id": "bob"}, {"org": "acme"}, reread=True)
    assert {"org+number#acme#2": "ann", "org+number#acme#1": "bob"}.items() <= guards(store).items()


def test_an_update_without_an_item_takes_nothing(store, users):
    """There is none to have the value; an upsert makes one."""
    with pytest.raises(ItemNotFoundError, match="there is no User with user_id='ann'"):
        users.update({"user_id": "ann"}, {"email": "a@x"})
    assert guards(store) == {}
    made = users.update({"user_id": "ann"}, {"email": "a@x"}, upsert=True)
    assert made == User(user_id="ann", email="a@x")
    assert guards(store) == {"email#a@x": "ann"}
    with pytest.raises(UniqueViolationError):
        users.update({"user_id": "bob"}, {"email": "a@x"}, upsert=True)
    assert users.update({"user_id": "ann"}, {"email": "b@x"}, upsert=True).email == "b@x"
    assert guards(store) == {"email#b@x": "ann"}
    with pytest.raises(ConditionFailedError, match="there is no User yet"):
        users.update({"user_id": "cy"}, {"email": "c@x"}, where=attribute(User.visits) > 1, upsert=True)


def test_an_update_is_conditional_as_ever(store, users):
    """Where the condition fails, the guards stay; the item comes with the error."""
    users.create(ann())
    with pytest.raises(ConditionFailedError) as failed:
        users.update(ann(), {"email": "b@x"}, where=attribute(User.visits) > 1)
    assert type(failed.value) is ConditionFailedError
    assert failed.value.item == ann()
    assert guards(store) == ANNS


def test_a_save_moves_the_guard(store, users):
    """The difference may be in what is unique, or not."""
    users.create(ann())
    users.create(User(user_id="bob", email="b@x"))
    saved = users.save(ann(email="c@x", visits=2), since=ann())
    assert saved == users.require(user_id="ann") == ann(email="c@x", visits=2)
    with pytest.raises(UniqueViolationError):
        users.save(evolve(saved, email="b@x"), since=saved)
    with pytest.raises(ConditionFailedError, match="changed by others"):
        users.save(ann(email="d@x"), since=ann())
    with pytest.raises(ItemNotFoundError):
        users.save(User(user_id="no", email="n@x"), since=User(user_id="no"))
    assert guards(store) == {"email#c@x": "ann", "email#b@x": "bob", "nick#ann": "ann", "org+number#acme#1": "ann"}


def test_a_move_hands_the_guards_to_the_new_key(store, users):
    """And takes others where it changes what is unique."""
    users.create(ann())
    users.create(User(user_id="bob", email="b@x"))
    moved = users.move({"user_id": "ann"}, {"user_id": "anna", "email": "c@x"})
    assert moved == ann(user_id="anna", email="c@x")
    expected = {"email#b@x": "bob", "email#c@x": "anna", "nick#ann": "anna", "org+number#acme#1": "anna"}
    assert guards(store) == expected
    with pytest.raises(UniqueViolationError):
        users.move(moved, {"user_id": "ann", "email": "b@x"})
    with pytest.raises(ItemExistsError):
        users.move(moved, {"user_id": "bob"})
    assert guards(store) == expected


def test_a_deletion_frees_the_values(store, users):
    """Of an item that is there; one that is not has none."""
    users.create(ann())
    assert users.delete(user_id="ann") is True
    assert users.delete(user_id="ann") is False
    with pytest.raises(ItemNotFoundError):
        users.delete(user_id="ann", must_exist=True)
    assert guards(store) == {}
    users.create(ann(user_id="bob"))
    with pytest.raises(ConditionFailedError):
        users.delete(user_id="bob", where=attribute(User.visits) > 1)
    assert set(guards(store).values()) == {"bob"}
    assert users.delete(ann(user_id="bob"), must_exist=True)
    assert guards(store) == {}


def test_what_is_popped_and_swapped_gives_its_values_up(store, users):
    """And comes back as it was."""
    assert users.swap(ann()) is None
    assert users.swap(ann(email="b@x", nick=None)) == ann()
    assert guards(store) == {"email#b@x": "ann", "org+number#acme#1": "ann"}
    users.create(User(user_id="bob", email="c@x"))
    with pytest.raises(UniqueViolationError):
        users.swap(ann(email="c@x"))
    assert users.pop(user_id="ann") == ann(email="b@x", nick=None)
    assert users.pop(user_id="ann") is None
    assert guards(store) == {"email#c@x": "bob"}


def test_what_a_query_finds_is_deleted_with_its_guards(store, users):
    """One by one, since a batch knows nothing of guards."""
    users.put_many(User(user_id=str(number), email=f"{number}@x", org="acme", nick=str(number)) for number in range(30))
    users.create(ann(org="other"))
    assert users.query("ByOrg", org="acme").delete_all() == 30
    assert set(guards(store).values()) == {"ann"}


def test_many_go_one_by_one(store, users):
    """A batch could not keep values unique; those before the one at fault are done."""
    users.put_many([ann(), User(user_id="bob", email="b@x"), User(user_id="bob", email="c@x")])
    assert guards(store) == {**ANNS, "email#c@x": "bob"}
    with pytest.raises(UniqueViolationError):
        users.put_many([User(user_id="cy", email="d@x"), User(user_id="di", email="a@x")])
    assert {one.user_id for one in users.scan()} == {"ann", "bob", "cy"}
    users.delete_many([{"user_id": "ann"}, User(user_id="cy"), {"user_id": "no"}])
    assert guards(store) == {"email#c@x": "bob"}


def test_a_transaction_tells_whose_value_is_taken(store, users):
    """The reason stands where the operation does, beside those of others."""
    users.create(ann())
    told = r"operation 1 .*email='a@x' of User is taken"
    with pytest.raises(TransactionCanceledError, match=told) as no, store.transaction() as tx:
        tx[Note].create(Note(user_id="bob", number=1))
        tx[User].create(User(user_id="bob", email="a@x"))
        tx[User].update({"user_id": "404"}, {"email": "z@x"})
    first, second, third = no.value.reasons
    assert first is None
    assert isinstance(second, UniqueViolationError) and second.owner == {"PK": "USER#ann", "SK": "PROFILE"}
    assert isinstance(third, ItemNotFoundError)
    assert guards(store) == ANNS
    assert store[Note].count() == 0


def test_a_transaction_raises_the_error_of_its_user(store, users):
    """``on_failure`` is for the guards of its operation, too."""
    users.create(ann())
    with pytest.raises(LookupError, match="taken") as no, store.transaction() as tx:
        tx[User].create(User(user_id="bob", email="a@x"), on_failure=LookupError("taken"))
    assert isinstance(no.value.__cause__, TransactionCanceledError)


def test_two_items_swap_their_values_in_a_transaction(store, users):
    """What one gives up, the other may have; a guard is written once."""
    users.put_many([ann(), User(user_id="bob", email="b@x", nick="Bob")])
    with store.transaction() as tx:
        tx[User].update({"user_id": "ann"}, {"email": "b@x", "nick": "bob"}, reread=True)
        tx[User].update({"user_id": "bob"}, {"email": "a@x", "nick": "ANN"}, reread=True)
    assert guards(store) == {"email#a@x": "bob", "email#b@x": "ann", "nick#ann": "bob", "nick#bob": "ann",
                             "org+number#acme#1": "ann"}  # fmt: skip
    assert users.get_unique(email="a@x") == User(user_id="bob", email="a@x", nick="ANN")


def test_values_go_round_in_a_transaction(store, users):
    """By every verb: one is deleted, one is made, one is replaced, one is moved."""
    users.put_many(User(user_id=name, email=f"{name}@x") for name in "abcd")
    loaded = users.require(user_id="d")
    with store.transaction() as tx:
        tx[User].delete(user_id="a")
        tx[User].create(User(user_id="e", email="b@x"))
        tx[User].put(User(user_id="b", email="c@x"))
        tx[User].save(User(user_id="c", email="d@x"), since=User(user_id="c", email="c@x"))
        tx[User].move(loaded, {"user_id": "f", "email": "a@x"})
    assert guards(store) == {"email#b@x": "e", "email#c@x": "b", "email#d@x": "c", "email#a@x": "f"}


@pytest.mark.parametrize("first_has_it", [False, True])
def test_two_items_of_a_transaction_cannot_take_one_value(store, users, first_has_it):
    """It is the second's fault, be the value taken already or not; nothing is sent."""
    if first_has_it:
        users.create(User(user_id="ann", email="z@x"))
    told = r"operation 2 .*taken by .*USER#ann"
    with pytest.raises(TransactionCanceledError, match=told) as no, store.transaction() as tx:
        if first_has_it:
            tx[User].update({"user_id": "ann"}, {"email": "a@x"})
        else:
            tx[User].create(User(user_id="ann", email="a@x"))
        tx[Note].create(Note(user_id="ann", number=1))
        tx[User].create(User(user_id="bob", email="a@x"))
    first, second, third = no.value.reasons
    assert (first, second) == (None, None)
    assert isinstance(third, UniqueViolationError)
    assert (third.fields, third.owner, third.key) == (
        ("email",), {"PK": "USER#ann", "SK": "PROFILE"}, {"PK": "USER#bob", "SK": "PROFILE"}
    )  # fmt: skip
    assert users.get(user_id="bob") is None
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx[User].create(User(user_id="c", email="c@x"))
        tx[User].create(User(user_id="d", email="c@x"), on_failure=ZeroDivisionError)


def test_mistakes_are_told_where_the_verb_stands(store):
    """Not when the block ends, even where the item is to be read first."""
    with store.transaction() as tx:
        with pytest.raises(KeyValueError, match="entity 'User': 'email' has to be unique, but the key 'SK' of the"):
            tx[User].create(User(user_id="a", email="x" * 1010))
        with pytest.raises(KeyValueError, match="guard item"):
            tx[User].put(User(user_id="a", email="x" * 1010))
        with pytest.raises(KeyValueError, match="'nope'"):
            tx[User].delete({"nope": "a"})
        with pytest.raises(KeyValueError, match="empty"):
            tx[User].update({"user_id": ""}, {"email": "a@x"})
        with pytest.raises(DefinitionError, match="table key"):
            tx[User].update({"user_id": "a"}, {"user_id": "b"})


def test_a_value_may_be_as_long_as_a_sort_key(store, users):
    """What is longer is refused before anything is sent."""
    longest = "x" * (1024 - len("UNIQUE#User#email#"))
    users.create(User(user_id="a", email=longest))
    assert users.get_unique(email=longest) == User(user_id="a", email=longest)
    for write in (users.create, users.put):
        with pytest.raises(KeyValueError, match="1025 bytes, at most 1024 fit: shorten the value") as no:
            write(User(user_id="b", email=longest + "x"))
        assert (no.value.field, no.value.entity) == ("email", "User")
    with pytest.raises(KeyValueError, match="1025 bytes"):
        users.update({"user_id": "a"}, {"email": longest + "x"})
    with pytest.raises(KeyValueError, match="1025 bytes"):
        users.get_unique(email=longest + "x")


@pytest.mark.parametrize("pair", [("a#1", 2), ("a", 1), ("a%23", 1), ("#", 0), ("a#1#2", -3)])
def test_a_value_may_contain_the_delimiter(users, pair):
    """Two pairs of values never have the same guard."""
    org, number = pair
    for other in [("a", 12), ("a#", 1), ("a#1", 22), ("%", 0)]:
        users.create(User(user_id=repr(other), org=other[0], number=other[1]))
    made = users.create(User(user_id="x", org=org, number=number))
    assert users.get_unique(org=org, number=number) == made
    with pytest.raises(UniqueViolationError):
        users.create(User(user_id="y", org=org, number=number))


def test_guards_are_never_read_as_items(store, users):
    """Neither by scans, collections and counts, nor through an index that has the keys the other way round."""
    users.create(ann())
    store[Note].create(Note(user_id="ann", number=1))
    assert users.scan().all() == [ann()]
    assert users.count() == store[Note].count() == 1
    assert users.scan(segments=3).count() == 1
    assert users.scan("Inverted").hydrate().all() == [ann()]
    assert users.count("Inverted") == 1
    assert store.collection(User, Note, user_id="ann").all() == [Note(user_id="ann", number=1), ann()]
    assert store.aggregate(User, Note, user_id="ann").children == [Note(user_id="ann", number=1)]
    assert users.query("ByOrg", org="acme").all() == [ann()]


def test_no_key_may_look_like_a_guards(store, client, table_name):
    """Not of any entity of the table, whether it has something unique itself or not."""

    @entity(pk="<url>", sk="LINK")
    class Link:
        url: str

    linked = Table(table_name, User, Link, indexes=[Index("ByOrg")]).connect(client)
    for verb in (linked[Link].create, linked[Link].put, linked[Link].get, linked[Link].delete):
        with pytest.raises(KeyValueError, match=r"PK='UNIQUE#User#email#a@x' of entity 'Link' begins with 'UNIQUE#'"):
            verb(Link(url="UNIQUE#User#email#a@x"))
    linked[Link].create(Link(url="UNIQUE"))
    alone = Table(table_name, Link).connect(client)
    alone[Link].create(Link(url="UNIQUE#mine"))


def test_an_image_of_a_guard_says_what_it_is(store, users):
    """A consumer of the stream meets guards as records of their own."""
    users.create(ann())
    key = {"PK": {"S": "UNIQUE#User#org+number#acme#1"}, "SK": {"S": "UNIQUE#User#org+number#acme#1"}}
    image = store.client.get_item(TableName=store.name, Key=key)["Item"]
    told = r"org\+number#acme#1.* is a guard item, which keeps 'org' and 'number' of entity 'User' .*: skip it"
    for read in (store.from_image, users.from_image):
        with pytest.raises(UnknownEntityError, match=told):
            read(image)
    with pytest.raises(UnknownEntityError, match="guard item"):
        store.from_record({"eventName": "INSERT", "dynamodb": {"Keys": key, "NewImage": image}})
    with pytest.raises(UnknownEntityError, match="guard item, which keeps something"):
        store.from_image({**image, "PK": {"S": "UNIQUE#User#gone#x"}})
    record = store.from_record({"eventName": "REMOVE", "dynamodb": {"Keys": key}})
    assert (record.old, record.new) == (None, None)


def test_the_owner_is_found_by_its_value(store, users):
    """By every way in which it is unique; the guard alone is not believed."""
    users.create(ann())
    assert users.get_unique(email="a@x") == users.get_unique(nick="aNN") == ann()
    assert users.get_unique({"number": 1, "org": "acme"}) == ann()
    assert users.get_unique(email="b@x") is None
    assert users.get_unique(org="acme", number=2) is None
    store.db.update("USER#ann.PROFILE", {"email": "other"})
    assert users.get_unique(email="a@x") is None
    store.db.delete("USER#ann.PROFILE")
    assert users.get_unique(nick="ann") is None
    store.db.put(["USER#ann", "PROFILE"], {"_type": "Robot"})
    assert users.get_unique(nick="ann") is None


def test_what_is_asked_for_has_to_be_unique(store, users):
    """Other names, a part of them, and values that nobody can have are mistakes."""
    for wrong in ({"org": "acme"}, {"visits": 1}, {"nope": 1}, {"email": "a", "nick": "b"}, {}):
        with pytest.raises(KeyValueError, match="is not unique by .*'email'; or by 'nick'; or by 'org' and 'number'"):
            users.get_unique(wrong)
    with pytest.raises(KeyValueError, match="is None"):
        users.get_unique(email=None)
    with pytest.raises(KeyValueError, match="is empty"):
        users.get_unique(email="")
    with pytest.raises(KeyValueError, match="'number'"):
        users.get_unique(org="acme", number="1")
    with pytest.raises(TypeError, match="once"):
        users.get_unique({"email": "a"}, email="a")
    with pytest.raises(DefinitionError, match="'Note' has nothing unique"):
        store[Note].get_unique(number=1)


def test_what_was_there_before_is_changed_and_deleted(store, users):
    """Items without guards, and items that share a value: there was nothing unique when they were made."""
    for user_id in ("ann", "bob", "cy"):
        store.db.put([f"USER#{user_id}", "PROFILE"], {"_type": "User", "user_id": user_id, "email": "a@x"})
    users.update({"user_id": "ann"}, {"visits": 1})
    assert guards(store) == {}
    users.put(User(user_id="bob", email="a@x", visits=1))
    users.update({"user_id": "bob"}, {"email": "b@x"})
    users.update({"user_id": "bob"}, {"email": "a@x"})
    assert guards(store) == {"email#a@x": "bob"}
    assert users.update({"user_id": "ann"}, {"email": "c@x"}).visits == 1
    assert users.delete(user_id="cy")
    assert guards(store) == {"email#a@x": "bob", "email#c@x": "ann"}
    assert users.get_unique(email="a@x") == User(user_id="bob", email="a@x", visits=1)


def test_those_that_shared_a_value_go_together(store, users):
    """In one transaction, the guard is given up by all of them, whoever has it, and taken by another."""
    for user_id in ("ann", "bob"):
        store.db.put([f"USER#{user_id}", "PROFILE"], {"_type": "User", "user_id": user_id, "email": "a@x"})
    users.update({"user_id": "bob"}, {"email": "b@x"})
    users.update({"user_id": "bob"}, {"email": "a@x"})
    with store.transaction() as tx:
        tx[User].delete(user_id="ann")
        tx[User].update({"user_id": "bob"}, {"email": None})
    assert guards(store) == {}
    store.db.put(["USER#ann", "PROFILE"], {"_type": "User", "user_id": "ann", "email": "a@x"})
    with store.transaction() as tx:
        tx[User].delete(user_id="ann")
        tx[User].create(User(user_id="cy", email="a@x"))
    assert guards(store) == {"email#a@x": "cy"}


def test_a_guard_of_its_own_is_in_nobodys_way(store, users):
    """It may be left of an item that another program deleted, or changed."""
    users.create(ann())
    store.db.delete("USER#ann.PROFILE")
    assert users.create(ann()) == ann()
    store.db.update("USER#ann.PROFILE", {"email": "b@x"})
    users.update({"user_id": "ann"}, {"email": "a@x"})
    assert guards(store) == ANNS


def test_an_item_that_does_not_fit_is_deleted_all_the_same(store, users):
    """Only what is unique has to."""
    users.create(ann())
    store.db.update("USER#ann.PROFILE", {"visits": "many"})
    assert users.delete(user_id="ann") is True
    assert guards(store) == {}


def test_a_foreign_item_is_not_touched(store, users):
    """Its key is not the entity's, and its values are nobody's."""
    store.db.put(["USER#ann", "PROFILE"], {"_type": "Robot", "email": "a@x"})
    with pytest.raises(ConditionFailedError, match="another type"):
        users.put(ann())
    with pytest.raises(ItemExistsError, match="another type"):
        users.create(ann())
    with pytest.raises(ItemNotFoundError, match="another type"):
        users.update({"user_id": "ann"}, {"email": "b@x"})
    with pytest.raises(ConditionFailedError, match="another type"):
        users.delete(user_id="ann")
    assert guards(store) == {}


def test_tenants_have_values_of_their_own(client, table_name):
    """The same e-mail address is another one for another tenant, and no tenant sees another's guards."""
    table = Table(table_name, User, Note, indexes=INDEXES)
    table.connect(client).create_table()
    acme, zeta = (table.connect(client, tenant=name) for name in ("acme", "zeta"))
    for store in (acme, zeta):
        store[User].create(ann())
        with pytest.raises(UniqueViolationError):
            store[User].create(User(user_id="bob", email="a@x"))
        assert store[User].get_unique(email="a@x") == ann()
    acme[User].update({"user_id": "ann"}, {"email": "b@x"})
    assert (acme[User].get_unique(email="a@x"), zeta[User].get_unique(email="a@x")) == (None, ann())
    assert acme[User].scan().all() == [ann(email="b@x")]
    assert acme[User].scan("Inverted").hydrate().all() == [ann(email="b@x")]
    acme[User].delete(user_id="ann")
    assert acme.db.scan() == []
    raw = {item["PK"]["S"] for item in client.scan(TableName=table_name)["Items"]}
    assert "zeta@UNIQUE#User#email#a@x" in raw


class Plan(Enum):
    FREE = "free"
    PAID = "paid"


@attrs.frozen
class Address:
    zip: str
    house: int


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


@entity(
    pk="<page_id>",
    computed={"slug": slug},
    unique=["slug", "address.zip", ("address.house", "plan", "day:day", "price"), "token"],
)
class Page:
    page_id: str
    title: str = field(name="Title")
    address: Address | None = None
    plan: Plan = Plan.FREE
    day: datetime | None = None
    price: Decimal = Decimal(1)
    token: str = field(default="", name="T#")


@pytest.fixture
def pages(client, table_name):
    """A table without sort key, whose partition key is any text, and without a type attribute."""
    store = Table(table_name, Page, pk="Id", sk=None, type_attribute=None).connect(client)
    store.create_table()
    return store


def test_what_is_inside_and_what_is_computed_can_be_unique(pages):
    """Its guard follows the fields that it is made of."""
    home = Page(page_id="1", title="My Home", address=Address("01", 7), day=datetime(2026, 5, 1, 9, tzinfo=UTC))
    pages[Page].create(home)
    assert {item["Id"] for item in pages.db.scan()} == {
        "1", "UNIQUE#Page#slug#my-home", "UNIQUE#Page#address.zip#01",
        "UNIQUE#Page#address.house+plan+day+price#7#free#2026-05-01#1",
    }  # fmt: skip
    with pytest.raises(UniqueViolationError, match="slug='my-home' of Page is taken"):
        pages[Page].create(Page(page_id="2", title="MY HOME"))
    with pytest.raises(UniqueViolationError, match=r"address.zip='01'"):
        pages[Page].create(Page(page_id="2", title="x", address=Address("01", 8)))
    assert pages[Page].get_unique(slug="my-home") == home
    assert pages[Page].get_unique({"address.zip": "01"}) == home
    evening = datetime(2026, 5, 1, 21, tzinfo=UTC)
    found = {"address.house": 7, "plan": Plan.FREE, "day": evening, "price": Decimal("1.0")}
    assert pages[Page].get_unique(found) == home
    changed = pages[Page].update(
        home, {"title": "Other", "plan": Plan.PAID}, attribute(Page.address).at(lambda a: a.house).set(8)
    )
    assert {item["Id"] for item in pages.db.scan()} == {
        "1", "UNIQUE#Page#slug#other", "UNIQUE#Page#address.zip#01",
        "UNIQUE#Page#address.house+plan+day+price#8#paid#2026-05-01#1",
    }  # fmt: skip
    pages[Page].update(changed, {"address": None, "token": "t"})
    assert {item["Id"] for item in pages.db.scan()} == {"1", "UNIQUE#Page#slug#other", "UNIQUE#Page#token#t"}


def test_without_a_type_attribute_guards_are_told_by_their_keys(pages):
    """A template that takes any text takes none of a guard."""
    pages[Page].create(Page(page_id="1", title="a"))
    assert [page.page_id for page in pages[Page].scan()] == ["1"]
    assert pages[Page].count() == 1
    assert pages.db.get("UNIQUE#Page#slug#a") == {"Id": "UNIQUE#Page#slug#a", "_owner": {"Id": "1"}}
    with pytest.raises(UnknownEntityError, match="guard item, which keeps 'slug'"):
        pages.from_image({"Id": {"S": "UNIQUE#Page#slug#a"}, "_owner": {"M": {"Id": {"S": "1"}}}})
    with pytest.raises(KeyValueError, match="UNIQUE#"):
        pages[Page].get(page_id="UNIQUE#Page#slug#a")
    pages[Page].create(Page(page_id="2", title="b"))
    pages[Page].delete(page_id="1")
    assert pages[Page].scan().delete_all() == 1
    assert pages.db.scan() == []


def test_a_key_alone_may_be_replaced_and_deleted(client, table_name):
    """An item of nothing but its key, which is unique in another form: what follows depends on its being there."""

    @entity(pk="<name>", sk="NAME", unique=["name:lower"])
    class Name:
        name: str = field(key_only=True)

    store = Table(table_name, Name, type_attribute=None).connect(client)
    store.create_table()
    store[Name].create(Name(name="Ann"))
    store[Name].put(Name(name="Ann"))
    with pytest.raises(UniqueViolationError):
        store[Name].put(Name(name="ann"))
    assert store[Name].move({"name": "Ann"}, {"name": "ANN"}) == store[Name].get_unique(name="ann")
    assert store[Name].delete(name="ANN") is True
    assert store.db.scan() == []


def test_entities_share_nothing(client, table_name):
    """What is unique in one entity is another value in another."""

    @entity(pk="ORG#<org_id>", sk="ORG")
    class Org:
        org_id: str
        email: str = field(unique=True)

    store = Table(table_name, User, Org, indexes=INDEXES).connect(client)
    store.create_table()
    store[User].create(ann())
    store[Org].create(Org(org_id="1", email="a@x"))
    assert store[Org].get_unique(email="a@x") == Org(org_id="1", email="a@x")
    assert store[User].get_unique(email="a@x") == ann()
