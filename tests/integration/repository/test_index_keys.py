"""Index keys follow their fields through every verb, and only the attributes that are theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pynamite import Index, IndexKey, Table, attribute, entity
from pynamite.errors import ExpressionError, KeyValueError
from tests.integration.repository.shop import Order, Status, Task, order

TASK: dict[str, Any] = {"account_id": "1", "number": 1}


def keys_of(store):
    """The index attributes of the one task in the table."""
    item = store.db.get(["USER#1", "TASK#1"])
    return {name: item[name] for name in ("GSI1PK", "GSI1SK") if name in item}


def test_an_item_is_in_a_sparse_index_only_while_all_of_its_key_is_there(shop):
    """None and the empty text take it out, by put and by update; values bring it back."""
    tasks, due = shop[Task], {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#1"}
    outs: list[dict[str, Any]] = [{}, {"owner": "ann"}, {"owner": "ann", "due": ""}, {"owner": "", "due": "1"}]
    for without in outs:
        tasks.put(Task(**TASK, **without))
        assert keys_of(shop) == {}
        tasks.update(TASK, {"owner": "ann", "due": "1"})
        assert keys_of(shop) == due
        tasks.update(TASK, {"owner": None, "due": None, **without})
        assert keys_of(shop) == {}
    tasks.put(Task(**TASK, owner="ann", due="1"))
    assert keys_of(shop) == due
    tasks.update(TASK, attribute(Task.owner).remove(), {"due": "2"})
    assert keys_of(shop) == {}
    assert tasks.query("GSI1", owner="ann").all() == []


def test_half_of_an_index_key_is_refused_with_what_is_missing(shop):
    """Nothing is sent; with reread=True the rest comes from the item."""
    task = shop[Task].put(Task(**TASK, owner="ann", due="1"))
    for half, missing in (({"owner": "bob"}, "'due'"), ({"due": "2"}, "'owner'")):
        with pytest.raises(ExpressionError, match=rf"'GSI1'.*{missing}.*reread=True"):
            shop[Task].update(TASK, half)
    with pytest.raises(ExpressionError, match="'owner'"):
        shop[Task].update(TASK, attribute(Task.due).copy(attribute(Task.title)))
    assert shop[Task].require(TASK) == task
    assert keys_of(shop) == {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#1"}
    shop[Task].update(TASK, {"due": "2"}, reread=True)
    assert keys_of(shop) == {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#2"}
    shop[Task].update(TASK, {"title": "3"})
    shop[Task].update(TASK, attribute(Task.due).copy(attribute(Task.title)), reread=True)
    assert keys_of(shop) == {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#3"}
    shop[Task].update(TASK, {"due": None}, reread=True)
    assert keys_of(shop) == {}
    shop[Task].update(TASK, {"due": "4"}, reread=True)
    assert keys_of(shop) == {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#4"}


def test_one_field_is_enough_to_leave_an_index(shop):
    """Where a field without value keeps the item out, the others do not matter: both attributes go."""
    for gone in ({"due": None}, {"owner": None}):
        shop[Task].put(Task(**TASK, owner="ann", due="1"))
        shop[Task].update(TASK, gone)
        assert keys_of(shop) == {}
        assert shop[Task].query("GSI1", owner="ann").all() == []
        with pytest.raises(ExpressionError, match="reread=True"):
            shop[Task].update(TASK, {"due": "1"} if "due" in gone else {"owner": "ann"})


def test_a_change_of_other_fields_leaves_index_keys_alone(shop):
    """Even where the item's own are stale: the update does not know better."""
    shop[Task].put(Task(**TASK, owner="ann", due="1"))
    shop.db.update(["USER#1", "TASK#1"], {"GSI1SK": "stale"})
    shop[Task].update(TASK, {"title": "x"})
    assert keys_of(shop)["GSI1SK"] == "stale"


def test_a_key_of_table_fields_and_one_more_needs_only_that(shop):
    """What the table key says is known: a new status alone recomputes the whole index key."""
    shop[Order].put(order(1))
    shop[Order].update(order(1), {"status": Status.PAID})
    assert shop[Order].query("GSI1", status=Status.OPEN).all() == []
    assert shop[Order].query("GSI1", status=Status.PAID, placed_at=order(1).placed_at).all() == [
        order(1, status=Status.PAID)
    ]


def test_an_upsert_writes_the_index_keys_of_a_new_item(client, table_name):
    """Whether they come from the key, from constants, or from defaults, which only a look at the item can tell."""

    @entity(
        pk="U#<id>",
        sk="U",
        indexes={
            "GSI1": ("USERS", "<id>"),
            "GSI2": ("ALL", "ALL"),
            "GSI3": ("STATE#<state>", "<id>"),
            "GSI4": ("<state>", "STATES"),
        },
    )
    class Account:
        id: str
        state: str = "new"
        visits: int = 0

    store = Table(table_name, Account, indexes=[Index(f"GSI{n}") for n in range(1, 5)]).connect(client)
    store.create_table()
    with pytest.raises(ExpressionError, match=r"'GSI3'.*'state'.* may make an item.*'GSI4'.*'state'"):
        store[Account].update({"id": "1"}, {"visits": 1}, upsert=True)
    new = store[Account].update({"id": "1"}, {"visits": 1}, upsert=True, reread=True)
    assert new == Account(id="1", visits=1)
    for query in (
        store[Account].query("GSI1"), store[Account].query("GSI2"), store[Account].query("GSI3", state="new")
    ):  # fmt: skip
        assert query.all() == [new]
    store[Account].update({"id": "1"}, {"state": "old"})
    assert store[Account].update({"id": "1"}, {"visits": 2}, upsert=True, reread=True).state == "old"
    assert store[Account].query("GSI3", state="old").count() == store[Account].query("GSI4", state="old").count() == 1
    newer = store[Account].update({"id": "2"}, {"state": "old"}, upsert=True)
    assert [store[Account].query(name).count() for name in ("GSI1", "GSI2")] == [2, 2]
    assert store[Account].query("GSI3", state="old").all() == [Account(id="1", state="old", visits=2), newer]


def test_an_upsert_of_what_a_sparse_index_leaves_out(shop):
    """Defaults of None keep the new item out: nothing has to be read."""
    assert shop[Task].update(TASK, {"title": "x"}, upsert=True) == Task(**TASK, title="x")
    shop[Task].update(TASK, {"owner": "ann", "due": "1"})
    shop[Task].update(TASK, {"title": "y"}, upsert=True)
    assert keys_of(shop) == {"GSI1PK": "OWNER#ann", "GSI1SK": "DUE#1"}


@entity(pk="P#<id>", sk="P", indexes={"Named": ("TEAM#<team>", "<name>")})
class Person:
    id: str
    email: str | None = None
    age: int | None = None
    team: str | None = None
    name: str | None = None


PERSON: dict[str, Any] = {"id": "1"}


@pytest.fixture
def people(client, table_name):
    """A table with natural, numeric, mixed, inverted and local indexes."""
    indexes = [
        Index("ByEmail", pk="email", sk=None),
        Index("ByAge", pk="age", sk="name"),
        Index("Named", pk="GSI1PK", sk="name"),
        Index("Inverted", pk="SK", sk="PK"),
        Index("LocalAge", sk="age", local=True),
    ]
    store = Table(table_name, Person, indexes=indexes).connect(client)
    store.create_table()
    return store


def test_natural_index_keys_are_the_fields_themselves(people):
    """Found by field, followed without further attributes, and left by None."""
    ann = people[Person].create(Person(id="1", email="a@b.c", age=7, name="ann"))
    assert people[Person].query("ByEmail", email="a@b.c").all() == [ann]
    assert people[Person].query("ByAge", age=7).begins_with(name="an").all() == [ann]
    assert "GSI1PK" not in people.db.get(["P#1", "P"])
    new = people[Person].update(PERSON, {"email": "new"}, attribute(Person.age).add(1))
    assert people[Person].query("ByEmail", email="a@b.c").first() is None
    assert people[Person].query("ByEmail", email="new").all() == [new]
    assert people[Person].query("ByAge", age=8).all() == [new]
    people[Person].update(PERSON, {"email": None, "age": None})
    assert people[Person].scan("ByEmail").all() == people[Person].scan("ByAge").all() == []


def test_a_mixed_index_removes_its_own_attribute_and_never_a_field(people):
    """Without a team the item is out of the index; its name stays."""
    people[Person].create(Person(id="1", team="red", name="ann"))
    new = people[Person].update(PERSON, {"team": None, "name": "bob"})
    item = people.db.get(["P#1", "P"])
    assert "GSI1PK" not in item and item["name"] == "bob" == new.name
    with pytest.raises(ExpressionError, match="'name'"):
        people[Person].update(PERSON, {"team": "blue"})
    people[Person].update(PERSON, {"team": "blue", "name": "eve"})
    assert people[Person].query("Named", team="blue").ge(name="eve").count() == 1
    people[Person].update(PERSON, {"name": None}, reread=True)
    assert people[Person].scan("Named").count() == 0
    people[Person].update(PERSON, {"name": "eve"}, reread=True)
    assert people[Person].query("Named", team="blue", name="eve").count() == 1


def test_an_empty_natural_index_key_is_refused_before_any_call(people):
    """No key can be empty; the error names the field, whichever verb it is."""
    people[Person].create(Person(id="1", email="a"))
    with pytest.raises(KeyValueError, match="'email'"):
        people[Person].put(Person(id="1", email=""))
    with pytest.raises(KeyValueError, match="'email'"):
        people[Person].update(PERSON, {"email": ""})
    with pytest.raises(KeyValueError, match="2049 bytes, at most 2048"):
        people[Person].update(PERSON, {"email": "x" * 2049})
    assert people[Person].require(PERSON).email == "a"


def test_an_inverted_index_takes_in_everything(people):
    """The table's own keys, the other way round, are no attributes to be kept."""
    person = people[Person].create(Person(id="1"))
    assert people[Person].query("Inverted").all() == [person]
    assert people[Person].query("Inverted").ge(id="2").all() == []
    assert people[Person].query("Inverted", id="1").all() == [person]
    people[Person].update(PERSON, {"team": "red", "name": None})
    assert people[Person].query("Inverted").count() == 1


def test_a_local_index_sorts_by_a_number(people):
    """By its partition, in number order, and consistently if asked for."""
    old = people[Person].create(Person(id="1", age=10))
    query = people[Person].query("LocalAge", id="1")
    assert query.consistently().all() == [old]
    assert query.between(age=(9, 10)).count() == 1
    assert query.gt(age=10).count() == query.lt(age=10).count() == 0
    with pytest.raises(ExpressionError, match="global"):
        people[Person].query("ByAge", age=1).consistently()


def test_numbers_sort_as_numbers(client, table_name):
    """A sort key that is a number has the order of numbers, negative and fractional ones too."""

    @entity(pk="M#<name>", sk="<value>")
    class Measure:
        name: str
        value: Decimal

    store = Table(table_name, Measure, sk="value").connect(client)
    store.create_table()
    values = [Decimal(text) for text in ("-10.5", "-2", "0", "0.001", "3", "20", "100")]
    store[Measure].put_many(Measure(name="a", value=value) for value in reversed(values))
    query = store[Measure].query(name="a")
    assert [one.value for one in query] == values
    assert [one.value for one in query.gt(value=Decimal(-2)).lt(value=Decimal(100)).reverse()] == values[5:1:-1]
    assert query.between(value=(Decimal(5), Decimal(4))).all() == []
    assert store[Measure].require(name="a", value=Decimal("3.0")).value == 3
    with pytest.raises(ExpressionError, match="begins with nothing"):
        query.begins_with(value="1")


def test_an_attribute_that_two_indexes_share_stays_while_one_of_them_needs_it(client, table_name):
    """Leaving one index does not take the item out of the other."""

    @entity(pk="T#<id>", sk="T", indexes={"DueOf": ("OWNER#<owner>", "<due>"), "RankOf": ("OWNER#<owner>", "<rank>")})
    class Ticket:
        id: str
        owner: str | None = None
        due: str | None = None
        rank: str | None = None

    table = Table(
        table_name, Ticket, indexes=[Index("DueOf", pk="OWNER", sk="DUE"), Index("RankOf", pk="OWNER", sk="RANK")]
    )
    store = table.connect(client)
    store.create_table()
    store[Ticket].create(Ticket(id="1", owner="ann", due="1", rank="9"))
    store[Ticket].update({"id": "1"}, {"due": None}, reread=True)
    assert store[Ticket].query("DueOf", owner="ann").count() == 0
    assert store[Ticket].query("RankOf", owner="ann").count() == 1
    store[Ticket].update({"id": "1"}, {"owner": None, "due": "1"}, reread=True)
    assert store[Ticket].scan("DueOf").count() == store[Ticket].scan("RankOf").count() == 0


def test_a_counter_may_be_an_index_key_itself(client, table_name):
    """A leaderboard counts without reading: whatever the sum is, the item stays in the index, at its new place."""

    @entity(pk="GAME#<game>", sk="PLAYER#<player>", indexes={"Scores": "GAME#<game>"})
    class Player:
        game: str
        player: str
        score: int = 0

    store = Table(table_name, Player, indexes=[Index("Scores", sk="score")]).connect(client)
    store.create_table()
    players = store[Player]
    players.put_many(Player(game="g", player=name, score=n) for n, name in enumerate("abc"))
    players.update({"game": "g", "player": "a"}, attribute(Player.score).add(10))
    players.update({"game": "g", "player": "d"}, attribute(Player.score).add(5), upsert=True)
    found = players.query("Scores", game="g").reverse()
    assert [(one.player, one.score) for one in found] == [("a", 10), ("d", 5), ("c", 2), ("b", 1)]


def test_a_counter_that_may_be_absent_or_decides_more_has_to_be_read(client, table_name):
    """A number that may be None, or of which another part of the key is made, is not there for certain."""

    @entity(pk="GAME#<game>", sk="PLAYER#<player>",
            indexes={"Scores": "GAME#<game>", "Won": IndexKey("GAME#<game>", when=lambda won: won > 1)})
    class Player:
        game: str
        player: str
        score: int | None = None
        won: int = 0

    indexes = [Index("Scores", sk="score"), Index("Won", sk="won")]
    store = Table(table_name, Player, indexes=indexes).connect(client)
    store.create_table()
    store[Player].put(Player(game="g", player="a", score=1))
    for counter in (attribute(Player.score), attribute(Player.won)):
        with pytest.raises(ExpressionError, match="reread=True"):
            store[Player].update({"game": "g", "player": "a"}, counter.add(2))
        store[Player].update({"game": "g", "player": "a"}, counter.add(2), reread=True)
    assert store[Player].query("Scores", game="g").count() == store[Player].query("Won", game="g").count() == 1
