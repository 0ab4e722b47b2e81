"""Indexes that hold a part of each item: KEYS_ONLY and INCLUDE, counted, filtered and hydrated."""

from __future__ import annotations

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import DefinitionError, ExpressionError


@entity(pk="P#<id>", sk="P", indexes={"Keys": ("CITY#<city>", "<name>"), "Some": ("CITY#<city>", "<name>")})
class Person:
    id: str
    city: str
    name: str
    age: int = 0
    note: str = ""


@entity(pk="D#<id>", sk="D", indexes={"Keys": ("CITY#<city>", "<name>"), "Some": ("CITY#<city>", "<name>")})
class Dog:
    id: str
    city: str
    name: str


def person(number):
    return Person(id=str(number), city="x", name=f"n{number:03}", age=number % 7, note="n" * number)


@pytest.fixture
def town(client, table_name):
    """A table of 110 people and 5 dogs."""
    indexes = [Index("Keys", projection="KEYS_ONLY"), Index("Some", projection=["age"])]
    store = Table(table_name, Person, Dog, indexes=indexes).connect(client)
    store.create_table()
    store[Person].put_many(person(n) for n in range(110))
    store[Dog].put_many(Dog(id=str(n), city="x", name=f"n{n:03}") for n in range(5))
    return store


@pytest.mark.parametrize("index", ["Keys", "Some"])
def test_hydrated_items_are_whole_and_in_order(town, index):
    """More than a batch of them, in either direction, with limits, bounds and pages; dogs are left out."""
    query = town[Person].query(index, city="x").hydrate()
    assert query.all() == [person(n) for n in range(110)]
    assert query.reverse().limit(3).all() == [person(n) for n in (109, 108, 107)]
    assert query.ge(name="n105").all() == [person(n) for n in range(105, 110)]
    page = query.page(60)
    assert page.items + query.page(60, page.cursor).items == query.all()
    assert query.page(60, page.cursor).cursor is None
    assert query.first() == person(0)


@pytest.mark.parametrize("index", ["Keys", "Some"])
def test_a_part_of_an_item_is_no_instance(town, index):
    """Reading says what to do; counting needs no more than the index holds."""
    query = town[Person].query(index, city="x")
    with pytest.raises(DefinitionError, match=rf"'{index}'.*hydrate"):
        query.all()
    with pytest.raises(DefinitionError, match="hydrate"):
        query.page(3)
    assert query.count() == query.hydrate().count() == town[Person].count(index) == 110
    assert town[Dog].query(index, city="x").count() == 5
    assert query.limit(7).count() == 7


def test_a_filter_looks_at_what_the_index_holds(town):
    """An attribute that is not there is refused by name; one that is included works."""
    query = town[Person].query("Some", city="x")
    assert query.filter(attribute(Person.age) == 3).hydrate().limit(2).all() == [person(3), person(10)]
    assert query.hydrate().filter(attribute(Person.age) == 3).count() == 16
    with pytest.raises(ExpressionError, match=r"'Some' does not hold attribute 'note'"):
        query.filter(attribute(Person.note) == "")
    with pytest.raises(ExpressionError, match=r"'Keys' does not hold attribute 'age'"):
        town[Person].query("Keys", city="x").filter(attribute(Person.age) == 3)


def test_an_included_index_carries_the_type(town):
    """So that the service leaves foreign items out by itself."""
    definition = Table("t", Person, Dog, indexes=[Index("Keys"), Index("Some", projection=["age"])]).definition()
    projections = {index["IndexName"]: index["Projection"] for index in definition["GlobalSecondaryIndexes"]}
    assert projections["Some"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["age", "_type"]}
    assert "FilterExpression" in town[Person].query("Some", city="x").request()
    assert "FilterExpression" not in town[Person].query("Keys", city="x").request()
