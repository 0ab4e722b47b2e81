"""Reindexing: what follows from the fields of items that were written before it was declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pynamite import Index, Table, entity, evolve, field
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import (
    ConditionFailedError,
    ItemExistsError,
    ItemStructureError,
    KeyValueError,
    OperationError,
    UniqueViolationError,
)
from pynamite.repository.writing import unit

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="USER#<user_id>", sk="PROFILE", type="User")
class Before:
    """Users as they were declared at first."""

    user_id: str
    email: str | None = None
    plan: str | None = None
    version: int = field(default=0, version=True)
    changed_at: datetime | None = field(default=None, updated=True)


@entity(pk="CARD#<user_id>", sk="CARD")
class Card:
    """What is shown of a user."""

    user_id: str
    email: str | None = None
    made_at: datetime | None = field(default=None, created=True)
    changed_at: datetime | None = field(default=None, updated=True)


@entity(
    pk="USER#<user_id>",
    sk="PROFILE",
    indexes={"ByPlan": ("PLAN#<plan>", "<user_id>")},
    unique=["email:lower"],
    companions=Card,
)
class User:
    user_id: str
    email: str | None = None
    plan: str | None = None
    version: int = field(default=0, version=True)
    changed_at: datetime | None = field(default=None, updated=True)


@entity(pk="<id>", sk="OTHER")
class Other:
    id: str


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody waits in these tests."""
    monkeypatch.setattr(unit, "BACKOFF", Backoff(sleep=lambda _: None))


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def before(client, table_name, clock):
    """The table as it was declared at first: but for the index, which the service has by now."""
    store = Table(table_name, Before, Other, indexes=[Index("ByPlan")]).connect(client, now=clock)
    store.create_table()
    return store


@pytest.fixture
def store(client, table_name, before, clock):
    """The table as it is declared now."""
    return Table(table_name, User, Card, Other, indexes=[Index("ByPlan")]).connect(client, now=clock)


def guards(store):
    found = [item for item in store.db.scan() if str(item.get("_type")).endswith("!unique")]
    owners = {item["PK"]: item.get("_owner", {}).get("PK") for item in found}
    return {text.removeprefix("UNIQUE#User#email#"): owner for text, owner in owners.items()}


def test_what_was_there_before_gets_what_follows(before, store, clock):
    """Index keys, guards and companions; neither the version nor the last change is another one."""
    for number in range(5):
        before[Before].create(Before(user_id=str(number), email=f"{number}@X", plan="a" if number % 2 else None))
    before[Other].create(Other(id="1"))
    clock.now += timedelta(days=1)
    assert store[User].reindex() == 5
    assert [user.user_id for user in store[User].query("ByPlan", plan="a")] == ["1", "3"]
    assert guards(store) == {f"{number}@x": f"USER#{number}" for number in range(5)}
    expected = Card(user_id="2", email="2@X", made_at=clock.now, changed_at=clock.now)
    assert store[Card].require(user_id="2") == expected
    user = store[User].require(user_id="2")
    assert (user.version, user.changed_at) == (1, START)
    assert store[User].get_unique(email="2@x") == user
    items = store.db.scan()
    clock.now += timedelta(days=1)
    assert store[User].reindex() == 0
    assert store.db.scan() == items


def test_what_is_right_is_left(store):
    """Of items that were written as they are declared, nothing is written again."""
    store[User].put_many(User(user_id=str(number), email=f"{number}@x", plan="a") for number in range(3))
    assert store[User].reindex() == 0
    assert store[Other].reindex() == store[Card].reindex() == 0


def test_what_is_wrong_is_made_right(store):
    """Index keys of other values, an index that an item is not in any more, a companion that somebody changed."""
    users = store[User]
    users.put_many([User(user_id="1", plan="a"), User(user_id="2", email="b@x"), User(user_id="3", email="c@x")])
    store.db.update("USER#1.PROFILE", {"ByPlanPK": "PLAN#other"})
    store.db.update("USER#2.PROFILE", {"ByPlanPK": "PLAN#a", "ByPlanSK": "2"})
    store.db.update("CARD#3.CARD", {"email": "other"})
    made_at = store[Card].require(user_id="3").made_at
    assert users.reindex() == 3
    assert [user.user_id for user in users.query("ByPlan", plan="a")] == ["1"]
    assert "ByPlanPK" not in store.db.get("USER#2.PROFILE")
    card = store[Card].require(user_id="3")
    assert (card.email, card.made_at) == ("c@x", made_at)
    store.db.update("CARD#3.CARD", {"email": 5})
    store.db.delete("CARD#2.CARD")
    assert users.reindex() == 2
    assert store[Card].require(user_id="2").email == "b@x"
    assert users.reindex() == 0


def test_a_guard_that_nobody_owns_goes(store):
    """Its owner was deleted, or changed, by another program; a value that is unique no more stays with the rest."""
    users = store[User]
    users.put_many(User(user_id=name, email=f"{name}@x") for name in "abcd")
    store.db.delete("USER#a.PROFILE")
    store.db.update("USER#b.PROFILE", {"email": "new@x"})
    store.db.put(["USER#c", "PROFILE"], {"_type": "Robot", "email": "c@x"})
    store.db.put(["UNIQUE#User#nick#n"] * 2, {"_type": "User!unique", "_owner": {"PK": "USER#d", "SK": "PROFILE"}})
    store.db.put(["UNIQUE#User#email#odd"] * 2, {"_type": "User!unique"})
    assert users.reindex() == 3 + 1  # three guards, and the item that has another value
    assert guards(store) == {"new@x": "USER#b", "d@x": "USER#d", "UNIQUE#User#nick#n": "USER#d", "odd": None}
    assert users.create(User(user_id="e", email="a@x")).email == "a@x"


def test_a_guard_whose_owner_has_the_value_no_more_is_taken_over(before, store):
    """By the item that has it; what the guard has besides its owner is made anew, too."""
    store[User].put_many([User(user_id="a", email="a@x"), User(user_id="b", email="b@x")])
    store.db.delete("USER#a.PROFILE")
    store.db.update("USER#b.PROFILE", {"email": "a@x"})
    store.db.update(["UNIQUE#User#email#b@x"] * 2, {"_type": "old!unique"})
    assert store[User].reindex() == 1
    assert store[User].get_unique(email="a@x").user_id == "b"
    store.db.update(["UNIQUE#User#email#a@x"] * 2, {"extra": 1})
    assert store[User].reindex() == 1
    assert "extra" not in store.db.get(["UNIQUE#User#email#a@x"] * 2)


def test_values_that_are_shared_are_told_with_both_owners(before, store):
    """All else is done; the notes tell of further ones; when they are changed, it goes through."""
    for user_id, email in [("1", "a@x"), ("2", "A@X"), ("3", "b@x"), ("4", "c@x"), ("5", "C@x")]:
        before[Before].create(Before(user_id=user_id, email=email, plan="p"))
    told = r"is had by two items, by .*USER#.* and .*USER#.*reindex again"
    with pytest.raises(UniqueViolationError, match=told) as two:
        store[User].reindex()
    error = two.value
    assert {error.owner["PK"], error.key["PK"]} in ({"USER#1", "USER#2"}, {"USER#4", "USER#5"})
    assert (error.fields, error.entity, error.item.plan) == (("email",), "User", "p")
    assert len(error.__notes__) == 1
    assert set(guards(store)) == {"a@x", "b@x", "c@x"}
    assert store[User].query("ByPlan", plan="p").count() == 3
    for user_id in ("2", "5"):
        store.db.update([f"USER#{user_id}", "PROFILE"], {"email": user_id})
    with_guard = set(guards(store).values())
    assert store[User].reindex() >= 5 - len(with_guard)
    assert guards(store) == {"a@x": "USER#1", "2": "USER#2", "b@x": "USER#3", "c@x": "USER#4", "5": "USER#5"}
    assert store[User].query("ByPlan", plan="p").count() == 5


def test_what_does_not_fit_is_told_with_its_key(before, store):
    """An item that is none of the class, and one whose keys cannot be written."""
    before[Before].create(Before(user_id="1", email="x" * 1020))
    with pytest.raises(KeyValueError, match="at most 1024 fit") as long:
        store[User].reindex()
    assert "'USER#1'" in long.value.__notes__[0]
    store.db.update("USER#1.PROFILE", {"email": "a@x", "plan": 5})
    with pytest.raises(ItemStructureError, match=r"\$.plan") as misfit:
        store[User].reindex()
    assert "'USER#1'" in misfit.value.__notes__[0]


def test_a_foreign_item_is_not_replaced_by_a_companion(before, store):
    """It is told, as by every other verb."""
    before[Before].create(Before(user_id="1"))
    store.db.put("CARD#1.CARD", {"_type": "Robot"})
    with pytest.raises(ItemExistsError, match="taken by an item of another type"):
        store[User].reindex()


def test_progress_is_told(before, store):
    """Page by page; there is a last one."""
    before[Before].put_many(Before(user_id=str(n), email=f"{n}@x" + "y" * 900) for n in range(4))
    for n in range(4):
        store.db.update([f"USER#{n}", "PROFILE"], {"padding": "x" * 380_000})
    told: list[tuple[int, int]] = []
    assert store[User].reindex(progress=lambda seen, written: told.append((seen, written))) == 4
    assert told[-1] == (4, 4)
    assert len(told) > 1 and told == sorted(told)


def test_a_tenant_reindexes_its_own(client, table_name):
    """Neither items nor guards of others are touched."""
    indexes = [Index("ByPlan")]
    old, new = Table(table_name, Before, Other, indexes=indexes), Table(table_name, User, Card, Other, indexes=indexes)
    old.connect(client).create_table()
    for tenant in ("acme", "zeta"):
        old.connect(client, tenant=tenant)[Before].create(Before(user_id="1", email="a@x", plan="p"))
    assert new.connect(client, tenant="acme")[User].reindex() == 1
    acme, zeta = (new.connect(client, tenant=name) for name in ("acme", "zeta"))
    assert (acme[User].count("ByPlan", plan="p"), zeta[User].count("ByPlan", plan="p")) == (1, 0)
    assert acme[User].get_unique(email="a@x") == acme[User].require(user_id="1")
    assert zeta[User].get_unique(email="a@x") is None
    assert (acme[User].reindex(), zeta[User].reindex(), acme[User].reindex()) == (0, 1, 0)


def test_a_table_without_type_attribute_is_told_by_its_keys(client, table_name):
    """And so are its guards, which are put in order as everywhere."""

    @entity(pk="<name>", sk="<name>", unique=["nick"])
    class Thing:
        name: str
        nick: str | None = None

    store = Table(table_name, Thing, type_attribute=None).connect(client)
    store.create_table()
    for name in "ab":
        store.db.put([name, name], {"name": name, "nick": name.upper()})
    store.db.put(["UNIQUE#Thing#nick#X"] * 2, {"_owner": {"PK": "a", "SK": "a"}})
    assert store[Thing].reindex() == 3
    assert {item["PK"] for item in store.db.scan()} == {"a", "b", "UNIQUE#Thing#nick#A", "UNIQUE#Thing#nick#B"}
    assert store[Thing].reindex() == 0


class Meddler:
    """A client that lets somebody act between the reading and the writing of a reindexing."""

    def __init__(self, client: Any, act: Callable[[], Any], times: int) -> None:
        self.client, self.act, self.times = client, act, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def _write(self, method: str, request: Any) -> Any:
        if self.times > 0:
            self.times -= 1
            self.act()
        return getattr(self.client, method)(**request)

    def update_item(self, **request: Any) -> Any:
        return self._write("update_item", request)

    def transact_write_items(self, **request: Any) -> Any:
        return self._write("transact_write_items", request)


@pytest.fixture
def meddled(store):
    """Users on a client that lets others act."""

    def make(act, times=1):
        client: Any = Meddler(store.client, act, times)
        table = Table(store.name, User, Card, Other, indexes=[Index("ByPlan")])
        return table.connect(client, now=store.session.now)[User]

    return make


def test_writers_beside_it_are_not_disturbed(before, store, meddled):
    """What an item lacks is worked out from what it is when it is written."""
    old = before[Before].create(Before(user_id="1", email="a@x", plan="p"))

    def change():
        before[Before].update({"user_id": "1"}, {"email": "b@x", "plan": "q"})

    assert meddled(change).reindex() == 1
    assert guards(store) == {"b@x": "USER#1"}
    assert store[Card].require(user_id="1").email == "b@x"
    assert store[User].query("ByPlan", plan="q").count() == 1
    store.db.update("USER#1.PROFILE", {"ByPlanPK": "wrong"})
    assert meddled(lambda: store[User].update({"user_id": "1"}, {"plan": "r"}, reread=True)).reindex() == 0
    assert store[User].get_unique(email="b@x").version == old.version + 2


def test_an_item_that_goes_meanwhile_gets_nothing(before, store, meddled):
    """Nor does one that comes in its place: that has it all."""
    before[Before].create(Before(user_id="1", email="a@x"))
    assert meddled(lambda: before[Before].delete(user_id="1")).reindex() == 0
    before[Before].create(Before(user_id="1", email="a@x"))

    def replace():
        before[Before].delete(user_id="1")
        store[User].create(User(user_id="1", email="b@x"))

    assert meddled(replace).reindex() == 0
    assert guards(store) == {"b@x": "USER#1"}


def test_a_value_that_is_taken_meanwhile_is_told(before, store, meddled):
    """It is the other one's: a new item, which has its guard."""
    before[Before].create(Before(user_id="1", email="a@x"))
    with pytest.raises(UniqueViolationError) as two:
        meddled(lambda: store[User].create(User(user_id="2", email="a@x"))).reindex()
    assert (two.value.owner["PK"], two.value.key["PK"]) == ("USER#2", "USER#1")
    assert guards(store) == {"a@x": "USER#2"}


def test_a_guard_that_finds_its_owner_meanwhile_stays(store, meddled):
    """The value that it stood for in vain is that item's again, or another one's."""
    store[User].create(User(user_id="1", email="a@x"))
    store.db.update("USER#1.PROFILE", {"email": "b@x"})
    store[User].create(User(user_id="2"))

    def take_back():
        store[User].update({"user_id": "1"}, {"email": "a@x"})

    meddled(take_back, times=9).reindex()
    assert guards(store) == {"a@x": "USER#1"}
    store.db.delete("USER#1.PROFILE")
    store.db.delete("CARD#1.CARD")
    meddled(lambda: store[User].put(User(user_id="1", email="a@x", plan="p"))).reindex()
    assert guards(store) == {"a@x": "USER#1"}
    assert store[User].reindex() == 0


def test_an_item_that_never_rests_is_given_up(before, store, meddled):
    """The caller is told which one it is."""
    before[Before].create(Before(user_id="1", email="a@x"))
    numbers = iter(range(1000))
    busy = meddled(lambda: before[Before].update({"user_id": "1"}, {"plan": str(next(numbers))}), times=999)
    with pytest.raises(ConditionFailedError, match="User with user_id='1' was changed by others each of"):
        busy.reindex()


def test_what_the_database_refuses_is_raised(before, meddled):
    """Nothing is tried again that fails for another reason."""
    before[Before].create(Before(user_id="1", email="a@x"))

    def fail():
        raise OperationError("no capacity")

    with pytest.raises(OperationError, match="no capacity"):
        meddled(fail).reindex()


def test_shards_and_durations_are_as_they_were_written(client, table_name, clock):
    """What a companion was given when it was made is no reason to make it anew."""

    @entity(pk="POST#<slug>", sk="POST", indexes={"All": ("ALL#<shard:shard(4, random)>", "<slug>")})
    class Teaser:
        slug: str
        shard: int | None = None
        lasts: timedelta | None = field(default=None, ttl=True)

    def teaser(post: Any) -> Any:
        return Teaser(slug=post.slug, lasts=timedelta(days=3))

    @entity(pk="POST#<slug>", sk="BODY", companions=teaser)
    class Post:
        slug: str
        text: str = ""

    store = Table(table_name, Post, Teaser, indexes=[Index("All")]).connect(client, now=clock)
    store.create_table()
    store[Post].create(Post(slug="a"))
    first = store[Teaser].require(slug="a")
    clock.now += timedelta(days=1)
    assert store[Post].reindex() == 0
    clock.now += timedelta(days=3)
    assert store[Teaser].get(slug="a") is None
    assert store[Post].reindex() == 1
    assert evolve(store[Teaser].require(slug="a"), shard=None) == evolve(first, shard=None)
