"""Companions: items that are made of another one, and kept in step with it by every verb."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from pynamite import Index, Table, Transaction, attribute, entity, evolve, field
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    TransactionCanceledError,
    UniqueViolationError,
    UnknownEntityError,
)
from tests.integration.repository.meddler import Meddler

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="EMAIL#<email>", sk="LOOKUP")
class ByEmail:
    """A lookup row, of the fields that have the same names."""

    email: str
    account_id: str
    plan: str = "free"
    source: str = "sign-up"


@entity(pk="NAME#<name>", sk="<account_id>", indexes={"Letters": ("LETTER#<letter>", "<name>")})
class ByName:
    """One row for each name."""

    name: str
    account_id: str
    letter: str


@entity(pk="BADGE#<number>", sk="BADGE")
class Badge:
    number: int
    account_id: str


def names_of(user: User) -> Iterator[ByName]:
    for name in user.names:
        yield ByName(name=name, account_id=user.account_id, letter=name[0])


def badge_of(user: User) -> Badge | None:
    return None if user.badge is None else Badge(number=user.badge, account_id=user.account_id)


@entity(pk="USER#<account_id>", sk="PROFILE", companions=[ByEmail, names_of, badge_of])
class User:
    account_id: str
    email: str
    plan: str = "free"
    names: list[str] = field(factory=list)
    badge: int | None = None
    visits: int = 0


KINDS = (ByEmail, ByName, Badge)


def user_table(name: str) -> Table:
    return Table(name, User, *KINDS, indexes=[Index("Letters")])


@pytest.fixture
def table(table_name):
    return user_table(table_name)


@pytest.fixture
def store(client, table):
    """A table of users."""
    made = table.connect(client)
    made.create_table()
    return made


def ann(**more: Any) -> User:
    return User(**{"account_id": "ann", "email": "a@x", "names": ["Ann", "Annie"], "badge": 7, **more})


def beside(store: Any) -> dict[str, list[object]]:
    """The companions that are stored, by their owners; they have to be those which the owners want."""
    found = [one for kind in KINDS for one in store[kind].scan()]
    wanted: list[Any] = []
    for user in store[User].scan():
        wanted.append(ByEmail(email=user.email, account_id=user.account_id, plan=user.plan))
        wanted += names_of(user)
        wanted += [badge for badge in [badge_of(user)] if badge]
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))
    by_owner: dict[str, list[object]] = {}
    for one in found:
        by_owner.setdefault(one.account_id, []).append(one)
    return by_owner


def test_every_verb_keeps_them_in_step(store):
    """However a user comes, changes and goes."""
    users, key = store[User], {"account_id": "ann"}
    assert users.create(ann()) == ann()
    assert store[ByEmail].require(email="a@x") == ByEmail(email="a@x", account_id="ann")
    assert len(beside(store)["ann"]) == 4
    assert users.update(key, {"plan": "gold", "badge": None}).plan == "gold"
    assert store[ByEmail].require(email="a@x").plan == "gold"
    assert store[Badge].get(number=7) is None
    assert len(beside(store)["ann"]) == 3
    assert users.update(key, attribute(User.names).append("Nan"), {"email": "n@x"}).names == ["Ann", "Annie", "Nan"]
    assert store[ByName].query("Letters", letter="N").all() == [ByName(name="Nan", account_id="ann", letter="N")]
    assert len(beside(store)["ann"]) == 4
    loaded = users.require(key)
    users.save(evolve(loaded, names=["Zoe"], badge=1), since=loaded)
    assert len(beside(store)["ann"]) == 3
    users.move(key, {"account_id": "bob"})
    assert list(beside(store)) == ["bob"]
    users.put(ann(account_id="bob", email="b@x"))
    users.update({"account_id": "eve"}, {"email": "e@x"}, upsert=True)
    users.put(ann(account_id="joe", email="j@x", badge=None))
    assert [len(beside(store)[name]) for name in ("bob", "eve", "joe")] == [4, 1, 3]
    assert users.delete(account_id="joe")
    assert users.pop(account_id="eve") is not None
    assert users.delete(account_id="eve") is False
    users.put_many(User(account_id=str(n), email=f"{n}@x", badge=10 + n) for n in range(3))
    assert sorted(beside(store)) == ["0", "1", "2", "bob"]
    users.delete_many({"account_id": str(n)} for n in range(5))
    assert list(beside(store)) == ["bob"]
    users.delete(account_id="bob")
    assert beside(store) == {} and store.db.scan() == []


def test_what_does_not_concern_them_leaves_them_alone(store, table):
    """A companion is written only if it changes; its own attributes that its class does not know stay until then."""
    store[User].create(ann())
    row = {"PK": "EMAIL#a@x", "SK": "LOOKUP"}
    store.db.update(["EMAIL#a@x", "LOOKUP"], {"extra": 1})
    assert store[User].update(ann(), attribute(User.visits).add(1)).visits == 1
    assert store.db.get([row["PK"], row["SK"]], "extra") == {"extra": 1}
    store[User].update(ann(), {"plan": "gold"})
    assert store.db.get([row["PK"], row["SK"]], "extra, plan") == {"plan": "gold"}


def test_transactions_keep_them_in_step(store):
    """Several users at once; two that swap, and three that hand on in a circle."""
    for number, name in enumerate(("a", "b", "c")):
        store[User].create(User(account_id=name, email=f"{name}@x", badge=number, names=[name]))
    with store.transaction() as tx:
        tx[User].update({"account_id": "a"}, {"email": "b@x", "badge": 1})
        tx[User].update({"account_id": "b"}, {"email": "a@x", "badge": 0})
        tx[User].create(User(account_id="d", email="d@x"))
    assert store[ByEmail].require(email="b@x").account_id == "a"
    assert store[Badge].require(number=0).account_id == "b"
    assert len(beside(store)) == 4
    with store.transaction() as tx:
        tx[User].update({"account_id": "a"}, {"badge": 2})
        tx[User].put(User(account_id="b", email="new@x", badge=1))
        tx[User].move(store[User].require(account_id="c"), {"account_id": "z", "badge": 0})
        tx[User].delete(account_id="d")
    assert [store[Badge].require(number=n).account_id for n in range(3)] == ["z", "b", "a"]
    assert len(beside(store)) == 3
    with store.transaction() as tx:
        tx[User].delete(account_id="z")
        tx[User].create(User(account_id="y", email="c@x", badge=0))
    assert store[Badge].require(number=0).account_id == "y"
    assert len(beside(store)) == 3


def test_what_fails_is_told(store):
    """The companion that is there already, by the verb or by the transaction; nothing is written then."""
    store[User].create(ann())
    with pytest.raises(ItemExistsError, match="there is a ByEmail with email='a@x'") as there:
        store[User].create(User(account_id="bob", email="a@x"))
    assert (there.value.entity, there.value.item) == ("ByEmail", ByEmail(email="a@x", account_id="ann"))
    store[User].create(User(account_id="bob", email="b@x"))
    for act in (
        lambda: store[User].update({"account_id": "bob"}, {"email": "a@x"}),
        lambda: store[User].put(User(account_id="bob", email="a@x")),
        lambda: store[User].update({"account_id": "eve"}, {"email": "a@x"}, upsert=True),
        lambda: store[User].move({"account_id": "bob"}, {"account_id": "eve", "email": "a@x"}),
    ):
        with pytest.raises(ItemExistsError, match="there is a ByEmail"):
            act()
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[User].update({"account_id": "ann"}, {"visits": 1})
        tx[User].update({"account_id": "bob"}, {"badge": 7})
    assert [type(reason) for reason in cancelled.value.reasons] == [type(None), ItemExistsError]
    assert "operation 1 (update User: its companion Badge): there is a Badge with number=7" in str(cancelled.value)
    store.db.put(["EMAIL#f@x", "LOOKUP"], {"_type": "Foreign"})
    with pytest.raises(ItemExistsError, match="taken by an item of another type"):
        store[User].create(User(account_id="f", email="f@x"))
    store.db.put(["EMAIL#b@x", "LOOKUP"], {"_type": "Foreign"})
    with pytest.raises(ConditionFailedError, match="another type"):
        store[User].delete(account_id="bob")
    with pytest.raises(ItemNotFoundError, match="there is no User"):
        store[User].update({"account_id": "nobody"}, {"email": "q@x"})
    assert sorted(user.account_id for user in store[User].scan()) == ["ann", "bob"]
    assert store[User].require(account_id="ann").visits == 0


def test_two_owners_of_one_companion_in_one_transaction(store):
    """Only one can have it: the message names both."""
    told = (
        "operations 0 and 1 of the transaction concern Badge with the key .*: create User: its companion Badge; "
        "create User: its companion Badge"
    )
    with pytest.raises(DefinitionError, match=told), store.transaction() as tx:
        tx[User].create(User(account_id="a", email="a@x", badge=1))
        tx[User].create(User(account_id="b", email="b@x", badge=1))
    with pytest.raises(DefinitionError, match=r"delete Badge; .*: its companion Badge"), store.transaction() as tx:
        tx[Badge].delete(number=1)
        tx[User].create(User(account_id="a", email="a@x", badge=1))
    assert store.db.scan() == []


def test_who_was_overtaken_reads_again(store, table):
    """The companions that go are those of the item which is replaced or deleted."""
    def meddled(act) -> Any:
        client: Any = Meddler(store.client, act)
        return table.connect(client)[User]

    store[User].create(ann())
    key = {"account_id": "ann"}
    meddled(lambda: store[User].update(key, {"email": "b@x", "names": []})).update(key, {"badge": 8})
    assert len(beside(store)["ann"]) == 2
    meddled(lambda: store[User].update(key, {"email": "c@x"})).put(ann())
    assert len(beside(store)["ann"]) == 4
    meddled(lambda: store[User].update(key, {"badge": 99})).delete(key)
    assert store.db.scan() == []
    meddled(lambda: store[User].create(ann(badge=5))).put(ann(names=[]))
    assert len(beside(store)["ann"]) == 2


def test_tenants_have_their_own(client, table):
    """Companions are of the same tenant as their owner."""
    stores = [table.connect(client, tenant=tenant) for tenant in ("acme", "eu")]
    stores[0].create_table()
    for store in stores:
        store[User].create(ann())
        store[User].update(ann(), {"email": "new@x"})
    stores[0][User].delete(ann())
    assert (beside(stores[0]), len(beside(stores[1])["ann"])) == ({}, 4)


# Companions that have something themselves: guards, companions, reactions, stamps, shards.


@entity(pk="LETTER#<letter>", sk="<code>")
class ByLetter:
    letter: str
    code: str


@entity(
    pk="CODE#<code>",
    sk="CODE",
    companions=lambda card: ByLetter(letter=card.code[0], code=card.code),
    indexes={"Spread": ("SPREAD#<shard:shard(50, random)>", "<code>")},
)
class Card:
    code: str
    owner: str
    pin: int = field(unique=True)
    shard: int | None = None
    made_at: datetime | None = field(default=None, created=True)
    changed_at: datetime | None = field(default=None, updated=True)


def card_of(person: Person) -> list[Card]:
    return [Card(code=code, owner=person.name, pin=pin) for code, pin in person.codes.items()]


@entity(pk="PERSON#<name>", sk="PERSON", companions=card_of)
class Person:
    name: str
    codes: dict[str, int] = field(factory=dict)


@entity(pk="COUNT", sk="COUNT")
class Count:
    cards: int = 0


@pytest.fixture
def people(client, table_name):
    """A store of people, whose cards are counted."""
    table = Table(table_name, Person, Card, ByLetter, Count, indexes=[Index("Spread")])

    @table.on_create(Card)
    def more(new: Card, tx: Transaction) -> None:
        tx[Count].update({}, attribute(Count.cards).add(1), upsert=True)

    @table.on_delete(Card)
    def less(old: Card, tx: Transaction) -> None:
        tx[Count].update({}, attribute(Count.cards).subtract(1), upsert=True)

    moments = iter(NOON + timedelta(days=n) for n in range(999))
    store = table.connect(client, now=lambda: next(moments))
    store.create_table()
    return store


def pins(store) -> dict[int, str]:
    """Who has which pin, as the guards say; the companions' companions and the count have to agree."""
    cards = store[Card].scan().all()
    assert sorted(one.code for one in store[ByLetter].scan()) == sorted(card.code for card in cards)
    assert store[Count].require({}).cards == len(cards)
    guards = [item["PK"] for item in store.db.scan() if item["PK"].startswith("UNIQUE#")]
    assert sorted(guards) == sorted(f"UNIQUE#Card#pin#{card.pin}" for card in cards)
    return {card.pin: card.owner for card in cards}


def test_companions_with_guards_companions_and_reactions(people):
    """All that follows from a companion follows from its owner."""
    people[Person].create(Person(name="ann", codes={"x1": 1, "y2": 2}))
    assert pins(people) == {1: "ann", 2: "ann"}
    people[Person].update({"name": "ann"}, {"codes": {"y2": 3, "z3": 1}})
    assert pins(people) == {3: "ann", 1: "ann"}
    with pytest.raises(UniqueViolationError, match="pin=3 of Card is taken"):
        people[Person].create(Person(name="bob", codes={"b1": 3}))
    with pytest.raises(ItemExistsError, match="there is a Card with code='y2'"):
        people[Person].create(Person(name="bob", codes={"y2": 4}))
    people[Person].create(Person(name="bob", codes={"b1": 4}))
    with people.transaction() as tx:
        tx[Person].update({"name": "ann"}, {"codes": {"b1": 4}})
        tx[Person].update({"name": "bob"}, {"codes": {"y2": 3, "z3": 1}})
    assert pins(people) == {4: "ann", 3: "bob", 1: "bob"}
    people[Person].delete(name="bob")
    assert pins(people) == {4: "ann"}


def test_what_a_companion_was_made_with_stays(people):
    """The moment at which it was made, and the shard that was chosen; that of the change does not."""
    people[Person].create(Person(name="ann", codes={"x1": 1}))
    first = people[Card].require(code="x1")
    assert first.made_at is not None and first.shard is not None
    people[Person].update({"name": "ann"}, {"codes": {"x1": 2}})
    second = people[Card].require(code="x1")
    assert second.changed_at > first.changed_at
    assert second == evolve(first, pin=2, changed_at=second.changed_at)
    assert people[Card].query("Spread").all() == [second]


# Edges that mirror each other.


def mirrored(edge: Friend) -> Friend:
    return Friend(one=edge.other, other=edge.one, since=edge.since)


@entity(pk="FRIEND#<one>", sk="FRIEND#<other>", companions=mirrored)
class Friend:
    """Each is the other's companion."""

    one: str
    other: str
    since: int = 0
    made_at: datetime | None = field(default=None, created=True)


@entity(pk="USER#<followed>", sk="FOLLOWER#<follower>")
class Follower:
    followed: str
    follower: str


@entity(pk="USER#<follower>", sk="FOLLOWS#<followed>", companions=Follower)
class Follow:
    follower: str
    followed: str


def test_edges_that_mirror_each_other(client, table_name):
    """A friendship is there in both directions, and changes and ends in both, whichever of them is written."""
    store = Table(table_name, Friend, Follow, Follower).connect(client)
    store.create_table()
    friends = store[Friend]

    def seen() -> set[tuple[str, str, int]]:
        return {(one.one, one.other, one.since) for one in friends.scan()}

    friends.create(Friend(one="a", other="b", since=1))
    assert seen() == {("a", "b", 1), ("b", "a", 1)}
    friends.update({"one": "b", "other": "a"}, {"since": 2})
    assert seen() == {("a", "b", 2), ("b", "a", 2)}
    friends.put(Friend(one="a", other="b", since=3))
    assert seen() == {("a", "b", 3), ("b", "a", 3)}
    friends.create(Friend(one="c", other="c"))
    with store.transaction() as tx:
        tx[Friend].create(Friend(one="a", other="c"))
        tx[Friend].create(Friend(one="c", other="a"))
        tx[Friend].delete(one="a", other="b")
        tx[Friend].delete(one="b", other="a")
    assert seen() == {("a", "c", 0), ("c", "a", 0), ("c", "c", 0)}
    with pytest.raises(DefinitionError, match="of the transaction concern Friend"), store.transaction() as tx:
        tx[Friend].create(Friend(one="x", other="y", since=1))
        tx[Friend].create(Friend(one="y", other="x", since=2))
    friends.move({"one": "c", "other": "a"}, {"other": "d"})
    assert seen() == {("c", "d", 0), ("d", "c", 0), ("c", "c", 0)}
    friends.delete(one="c", other="d")
    friends.delete(one="c", other="c")
    store[Follow].create(Follow(follower="a", followed="b"))
    assert store[Follower].partition(followed="b") == [Follower(follower="a", followed="b")]
    store[Follow].delete(follower="a", followed="b")
    assert store.db.scan() == []


# Functions that give what cannot be kept.


@entity(pk="N#<id>", sk="N")
class Counting:
    id: str
    version: int = field(default=0, version=True)


@entity(pk="W#<id>", sk="W", companions=lambda one: MADE[one.id](one))
class Wild:
    id: str
    text: str = ""


@entity(pk="C#<key>", sk="C")
class Copy:
    key: str
    text: str = ""
    number: int | None = None


@entity(pk="S#<key>", sk="S")
class Strange:
    key: str


@attrs.define
class Plain:
    key: str


MADE: dict[str, Any] = {
    "nothing": lambda one: None,
    "empty": lambda one: [],
    "same twice": lambda one: (Copy(key="k", text=one.text), Copy(key="k", text=one.text)),
    "two with one key": lambda one: (Copy(key="k", text="1"), Copy(key="k", text="2")),
    "not an entity": lambda one: Plain("x"),
    "text": lambda one: "x",
    "a number among them": lambda one: [Copy(key="k"), 5],
    "another table's": lambda one: Strange(key="x"),
    "counting": lambda one: Counting(id="x"),
    "misfit": lambda one: Copy(key="k", text=5),  # type: ignore[arg-type]
    "itself": lambda one: evolve(one, text="other"),
    "error": lambda one: 1 / 0,
}


def test_functions_that_give_what_cannot_be_kept(client, table_name):
    """Each is told before anything is written; None, nothing and the same twice are fine."""
    store = Table(table_name, Wild, Copy, Counting).connect(client)
    store.create_table()
    for good in ("nothing", "empty", "same twice"):
        store[Wild].create(Wild(id=good))
    assert store[Copy].scan().all() == [Copy(key="k")]
    store[Wild].delete(id="same twice")
    for bad, kind, message in (
        ("two with one key", DefinitionError, "Wild has two companions with one key, Copy.*text='1'.* and Copy"),
        ("not an entity", DefinitionError, "a function of companions= of entity 'Wild' gave .*Plain"),
        ("text", DefinitionError, "gave 'x', which is no instance of an entity"),
        ("a number among them", DefinitionError, "gave 5, which is no instance"),
        ("another table's", UnknownEntityError, "does not hold .*Strange"),
        ("counting", DefinitionError, "'Counting' is a companion of 'Wild', .* has a version of its own, 'version'"),
        ("misfit", ItemStructureError, "text: expected str, got 5"),
        ("itself", DefinitionError, "two actions of operation 0 of the transaction concern Wild"),
        ("error", ZeroDivisionError, "division"),
    ):
        with pytest.raises(kind, match=message):
            store[Wild].create(Wild(id=bad))
        with pytest.raises(kind, match=message), store.transaction() as tx:
            tx[Wild].put(Wild(id=bad))
    assert store[Wild].count() == 2
    assert store[Copy].count() == 0
