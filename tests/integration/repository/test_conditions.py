"""Every kind of condition on every verb: what holds lets it happen, what does not shows the item that is there."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import pytest

from pynamite import Condition, Index, Repository, Table, attribute, entity, evolve, field, path
from pynamite.errors import ConditionFailedError, ItemNotFoundError, TransactionCanceledError
from pynamite.expression import nodes
from pynamite.repository import TransactionRepository


class Level(Enum):
    LOW = "low"
    HIGH = "high"


@attrs.define
class Address:
    city: str = field(name="town")
    lines: list[str] = attrs.Factory(list)
    since: datetime | None = None


OFFICE = UUID("00000000-0000-0000-0000-000000000001")
MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)


@entity(pk="P#<id>", sk="P", indexes={"ByLevel": ("LEVEL#<level>", "<visits:pad(5)>")})
class Person:
    id: str
    name: str = field(name="full name")
    email: str | None = None
    visits: int = 0
    balance: Decimal = Decimal(0)
    rate: float = 0.0
    active: bool = True
    born: date | None = None
    level: Level = Level.LOW
    icon: bytes = b""
    tags: set[str] = attrs.Factory(set)
    codes: frozenset[int] = frozenset()
    notes: list[str] = attrs.Factory(list)
    rows: list[list[int]] = attrs.Factory(list)
    home: Address | None = None
    addresses: dict[str, Address] = attrs.Factory(dict)
    offices: dict[UUID, Address] = attrs.Factory(dict)
    nothing: str | None = "something"


KEY = {"id": "1"}
PERSON = Person(
    id="1",
    name="Ann Lee",
    visits=7,
    balance=Decimal("12.50"),
    rate=0.5,
    born=date(1990, 2, 3),
    level=Level.HIGH,
    icon=b"\x00\x01",
    tags={"a", "b"},
    codes=frozenset({1, 2}),
    notes=["called", "wrote"],
    rows=[[1], [2, 3]],
    home=Address("Bern", ["Main St 1"], MORNING),
    addresses={"work": Address("Basel"), "a.b": Address("Chur")},
    offices={OFFICE: Address("Genf")},
    nothing=None,
)

CONDITIONS = {
    "equal": attribute(Person.name) == "Ann Lee",
    "unequal": attribute(Person.name) != "Bob",
    "unequal, absent": attribute(Person.email) != "x",
    "less": attribute(Person.visits) < 8,
    "less or equal": attribute(Person.visits) <= 7,
    "greater": attribute(Person.balance) > Decimal(12),
    "greater or equal": attribute(Person.balance) >= Decimal("12.5"),
    "float": attribute(Person.rate) == 0.5,
    "bool": attribute(Person.active) == True,  # noqa: E712 - it is the comparison that is meant
    "enum": attribute(Person.level) == Level.HIGH,
    "date": attribute(Person.born) < date(1990, 2, 4),
    "binary": attribute(Person.icon) <= b"\x00\x01",
    "set as a whole": attribute(Person.tags) == {"b", "a"},
    "list as a whole": attribute(Person.notes) == ["called", "wrote"],
    "object as a whole": attribute(Person.home) == Address("Bern", ["Main St 1"], MORNING),
    "two attributes": attribute(Person.visits) > attribute(Person.notes).size(),
    "None, absent": attribute(Person.email) == None,  # noqa: E711 - it is the comparison that is meant
    "None, stored": attribute(Person.nothing) == None,  # noqa: E711
    "not None": attribute(Person.born) != None,  # noqa: E711
    "exists": attribute(Person.born).exists(),
    "absent": attribute(Person.email).absent(),
    "between": attribute(Person.visits).between(7, 9),
    "between, text": attribute(Person.name).between("Ann", "Bob"),
    "in": attribute(Person.level).in_([Level.LOW, Level.HIGH]),
    "in, many": attribute(Person.visits).in_(range(100)),
    "begins with": attribute(Person.name).begins_with("Ann"),
    "contains, text": attribute(Person.name).contains("n L"),
    "contains, set": attribute(Person.codes).contains(2),
    "contains, list": attribute(Person.notes).contains("wrote"),
    "size of text": attribute(Person.name).size() == 7,
    "size of set": attribute(Person.tags).size().between(1, 2),
    "size of list": attribute(Person.rows).size() >= 2,
    "size of map": attribute(Person.addresses).size() == 2,
    "type": attribute(Person.nothing).has_type("NULL"),
    "type, nested": attribute(Person.home).at(lambda home: home.lines).has_type("L"),
    "nested": attribute(Person.home).at(lambda home: home.city) == "Bern",
    "nested, moment": attribute(Person.home).at(lambda home: home.since) >= MORNING,
    "nested, element": attribute(Person.home).at(lambda home: home.lines[0]).begins_with("Main"),
    "nested, size": attribute(Person.rows)[1].size() == 2,
    "nested, list of lists": attribute(Person.rows)[1][0].in_([1, 2]),
    "map key": attribute(Person.addresses)["work"].at(lambda address: address.city).contains("as"),
    "map key with a dot": attribute(Person.addresses)["a.b"].exists(),
    "map key, typed": attribute(Person.offices)[OFFICE].at(lambda address: address.city) != "Bern",
    "map key, absent": attribute(Person.addresses)["none"].absent(),
    "by text": path("home.city") == "Bern",
    "and": (attribute(Person.visits) == 7) & attribute(Person.tags).contains("a") & attribute(Person.born).exists(),
    "or": (attribute(Person.visits) == 8) | (attribute(Person.rate) < 0) | attribute(Person.tags).contains("b"),
    "not": ~(attribute(Person.visits) == 8),
    "or in and": (attribute(Person.visits) == 7) & ((attribute(Person.rate) == 1) | (attribute(Person.rate) == 0.5)),
    "and in not": ~((attribute(Person.visits) == 7) & (attribute(Person.name) == "Bob")),
    "not in or": (attribute(Person.visits) == 1) | ~(attribute(Person.notes).contains("slept")),
}



def opposite(condition: Condition) -> Condition:
    """Give the condition that does not hold where another one does, without a double negation (moto has none)."""
    match condition.node:
        case nodes.Not(part):
            return Condition(part)
        case nodes.Compare("<>", left, nodes.Literal(None)):
            return Condition(nodes.Compare("=", left, nodes.Literal(None)))
    return ~condition


def changed(person: Person) -> Person:
    """Give a person who came once more."""
    more: Person = evolve(person, visits=person.visits + 1)
    return more


UPSERT: dict[str, Any] = {"name": "x", "level": Level.LOW, "visits": 1}
VERBS: dict[str, Callable[[Repository[Person], Any], Any]] = {
    "put": lambda people, where: people.put(changed(PERSON), where=where),
    "swap": lambda people, where: people.swap(changed(PERSON), where=where),
    "update": lambda people, where: people.update(KEY, {"email": "x"}, where=where),
    "update of an index, reading": lambda people, where: people.update(KEY, {"visits": 1}, where=where, reread=True),
    "upsert": lambda people, where: people.update(KEY, UPSERT, where=where, upsert=True),
    "delete": lambda people, where: people.delete(KEY, where=where),
    "pop": lambda people, where: people.pop(KEY, where=where),
    "save": lambda people, where: people.save(changed(PERSON), since=PERSON, where=where),
    "save, no difference": lambda people, where: people.save(PERSON, since=PERSON, where=where),
    "move": lambda people, where: people.move(KEY, {"id": "new"}, where=where),
}
TOGETHER: dict[str, Callable[[TransactionRepository[Person], Person, Any], Any]] = {
    "check": lambda people, one, where: people.check(one, where),
    "put": lambda people, one, where: people.put(changed(one), where=where),
    "update": lambda people, one, where: people.update({"id": one.id}, {"email": "x"}, where=where),
    "upsert": lambda people, one, where: people.update({"id": one.id}, UPSERT, where=where, upsert=True),
    "delete": lambda people, one, where: people.delete(one, where=where),
    "save": lambda people, one, where: people.save(changed(one), since=one, where=where),
    "save, no difference": lambda people, one, where: people.save(one, since=one, where=where),
    "move": lambda people, one, where: people.move(one, {"id": f"new {one.id}"}, where=where),
}


@pytest.fixture
def store(client, table_name):
    """The table with one item in it."""
    made = Table(table_name, Person, indexes=[Index("ByLevel")]).connect(client)
    made.create_table()
    made[Person].create(PERSON)
    return made


@pytest.mark.parametrize("act", VERBS.values(), ids=VERBS)
def test_every_condition_guards_every_verb(store, act):
    """Where it does not hold nothing happens, and the error has the item as it is; where all hold, it is done."""
    for told, condition in CONDITIONS.items():
        with pytest.raises(ConditionFailedError, match="condition of") as failed:
            act(store[Person], opposite(condition))
        assert failed.value.item == PERSON, told
        assert failed.value.key == {"PK": "P#1", "SK": "P"}, told
    assert store[Person].scan().consistently().all() == [PERSON]
    act(store[Person], functools.reduce(operator.and_, CONDITIONS.values()))


def test_every_condition_guards_the_verbs_of_a_transaction(store):
    """Each on an item of its own: where none holds, each reason has its item; where all hold, all of it is done."""
    crowd = [evolve(PERSON, id=str(number)) for number, _ in enumerate(CONDITIONS)]
    store[Person].put_many(crowd)

    def ask(tx, conditions):
        for one, condition, act in zip(crowd, conditions, itertools.cycle(TOGETHER.values()), strict=False):
            act(tx[Person], one, condition)

    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        ask(tx, map(opposite, CONDITIONS.values()))
    reasons = [reason for reason in cancelled.value.reasons if reason is not None]
    assert [getattr(reason, "item", None) for reason in reasons] == crowd
    assert {type(reason) for reason in reasons} == {ConditionFailedError}
    assert all("condition of" in str(reason) for reason in reasons)
    with store.transaction() as tx:
        ask(tx, CONDITIONS.values())


@pytest.mark.differs(backend="moto", reason="moto does not find out what binary begins with")
def test_binary_begins_with_binary(store):
    """As text with text."""
    with pytest.raises(ConditionFailedError):
        store[Person].delete(KEY, where=attribute(Person.icon).begins_with(b"\x01"))
    assert store[Person].delete(KEY, where=attribute(Person.icon).begins_with(b"\x00"))


def test_a_condition_on_an_item_that_is_not_there_does_not_hold(store):
    """The error says that there is none, or that the condition failed, without an item; nothing is made."""
    store[Person].delete(KEY)
    for act in VERBS.values():
        with pytest.raises((ConditionFailedError, ItemNotFoundError)) as failed:
            act(store[Person], attribute(Person.visits) == 7)
        assert getattr(failed.value, "item", None) is None
    for act_together in TOGETHER.values():
        with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
            act_together(tx[Person], PERSON, attribute(Person.visits) == 7)
        assert getattr(cancelled.value.reasons[0], "item", None) is None
    assert store[Person].scan().count() == 0


def test_what_is_no_condition_is_refused_by_every_verb(store):
    """Before anything is sent."""
    for wrong in (True, {"visits": 7}, "visits = 7", attribute(Person.visits)):
        for act in VERBS.values():
            with pytest.raises(TypeError, match="where= takes a condition"):
                act(store[Person], wrong)
        for act_together in TOGETHER.values():
            with pytest.raises(TypeError, match="where= takes a condition"), store.transaction() as tx:
                act_together(tx[Person], PERSON, wrong)
    assert store[Person].require(KEY) == PERSON


def test_what_was_changed_is_told_from_a_condition_that_failed(store):
    """Both stand in one request; the item that comes back tells which it was."""
    now = store[Person].update(KEY, {"visits": 99}, reread=True)
    for verb in ("save", "move"):
        for told, condition in {
            "changed by others": attribute(Person.name) == "Ann Lee",
            f"condition of {verb} did not hold": attribute(Person.visits) == 7,
        }.items():
            with pytest.raises(TransactionCanceledError, match=told) as cancelled, store.transaction() as tx:
                TOGETHER[verb](tx[Person], PERSON, condition)
            assert getattr(cancelled.value.reasons[0], "item", None) == now
    for told, condition in {
        "changed by others": attribute(Person.name) == "Ann Lee",
        "condition of save did not hold": attribute(Person.visits) == 7,
    }.items():
        with pytest.raises(ConditionFailedError, match=told) as failed:
            VERBS["save"](store[Person], condition)
        assert failed.value.item == now
