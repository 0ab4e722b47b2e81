"""Insertions into lists, which go by reading, checking, and writing the list that results."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Increment, Index, ListInsert, Table, attribute, connect, entity, field, path
from pynamite.errors import ExpressionError, ItemNotFoundError, ItemStructureError
from tests.integration.repository.meddler import Meddler


@attrs.define
class Address:
    city: str
    lines: list[str] = attrs.Factory(list)


@entity(pk="X#<id>", sk="LIST", indexes={"ByFirst": ("FIRST#<first>", "<id>")})
class Listed:
    id: str
    notes: list[str] = attrs.Factory(list)
    numbers: list[int] | None = field(factory=lambda: [1, 2])
    rows: list[list[int]] = attrs.Factory(list)
    short: list[str] = field(factory=list, validator=attrs.validators.max_len(2))
    address: Address | None = None
    visits: int = 0
    first: str | None = None
    rest: dict[str, Any] = field(factory=dict, rest=True)


KEY = {"id": "1"}


def lists(client, table_name):
    """Give the repository of a new table."""
    store = Table(table_name, Listed, indexes=[Index("ByFirst")]).connect(client)
    store.create_table()
    return store[Listed]


@pytest.fixture
def listed(client, table_name):
    """The repository, with one item in it."""
    repository = lists(client, table_name)
    address = Address("Bern", ["Main St"])
    repository.create(Listed(id="1", notes=["a", "b"], rows=[[1], [2, 3]], address=address))
    return repository


def test_elements_go_before_the_index(listed):
    """In their order; past the end they are appended; nested lists are lists as well."""
    new = listed.update(
        KEY,
        attribute(Listed.notes).insert(1, "x", "y"),
        attribute(Listed.rows)[1].insert(0, 9),
        attribute(Listed.address).at(lambda address: address.lines).insert(7, "2nd floor"),
        attribute(Listed.visits).add(1),
        reread=True,
    )
    assert new.notes == ["a", "x", "y", "b"]
    assert new.rows == [[1], [9, 2, 3]]
    assert new.address == Address("Bern", ["Main St", "2nd floor"])
    assert new.visits == 1
    assert listed.require(KEY, consistent_read=True) == new


def test_the_operator_does_the_same_in_a_dict(listed):
    """At a field, inside one, and in what only the rest field covers; of a list, or of one element."""
    new = listed.update(
        KEY,
        {"notes": ListInsert("notes", 0, ["x", "y"]), "rows[0]": ListInsert("rows[0]", 0, 7)},
        path("seen").insert(3, "now"),
        reread=True,
    )
    assert (new.notes, new.rows, new.rest) == (["x", "y", "a", "b"], [[7, 1], [2, 3]], {"seen": ["now"]})


def test_what_only_the_rest_covers_takes_any_value(listed):
    """Copies and counters of typed fields, as they are."""
    listed.update(KEY, {"first": "x"})
    copies = path("seen").copy(attribute(Listed.first)), path("old").copy(attribute(Listed.rows))
    new = listed.update(KEY, *copies, {"n": Increment("visits")})
    assert new.rest == {"seen": "x", "old": [[1], [2, 3]], "n": 1}
    with pytest.raises(ExpressionError, match="it cannot take the value of seen, which is Any"):
        listed.update(KEY, path("visits").copy(path("seen")))


def test_an_absent_list_counts_as_the_default(listed):
    """The field's default, or the empty list; None that is stored has no elements."""
    listed.session.client.update_item(
        TableName=listed.session.table_name,
        Key={"PK": {"S": "X#1"}, "SK": {"S": "LIST"}},
        UpdateExpression="REMOVE notes, numbers",
    )
    changes = (attribute(Listed.notes).insert(0, "x"), attribute(Listed.numbers).insert(1, 5))
    new = listed.update(KEY, *changes, reread=True)
    assert (new.notes, new.numbers) == (["x"], [1, 5, 2])
    listed.update(KEY, {"numbers": None})
    assert listed.update(KEY, attribute(Listed.numbers).insert(1, 5), reread=True).numbers == [5]


def test_without_rereading_it_is_refused(listed):
    """The message says what is missing and what to do; nothing is sent."""
    with pytest.raises(ExpressionError, match=r"cannot insert into a list, as at \[0\] of 'notes'; pass reread=True"):
        listed.update(KEY, attribute(Listed.notes).insert(0, "x"))
    with pytest.raises(IndexError):
        attribute(Listed.notes).insert(-1, "x")
    with pytest.raises(ExpressionError, match=r"changes both 'notes\[0\]' and 'notes'"):
        listed.update(KEY, attribute(Listed.notes)[0].remove(), attribute(Listed.notes).insert(0, "x"), reread=True)
    assert listed.require(KEY).notes == ["a", "b"]


def test_what_comes_of_it_is_validated(listed):
    """A list that is too long, an element of another type: nothing is written."""
    listed.update(KEY, attribute(Listed.short).insert(0, "x", "y"), reread=True)
    with pytest.raises(ItemStructureError, match="short"):
        listed.update(KEY, attribute(Listed.short).insert(1, "z"), reread=True)
    with pytest.raises(ExpressionError, match="expected str, got 5"):
        listed.update(KEY, path("notes").insert(0, 5), reread=True)
    assert listed.require(KEY).short == ["x", "y"]


def test_an_upsert_inserts_into_the_default(client, table_name):
    """An item that is not there is made; without upsert it is an error."""
    repository = lists(client, table_name)
    with pytest.raises(ItemNotFoundError):
        repository.update(KEY, attribute(Listed.notes).insert(0, "x"), reread=True)
    new = repository.update(KEY, attribute(Listed.numbers).insert(0, 0), upsert=True, reread=True)
    assert new == Listed(id="1", numbers=[0, 1, 2]) == repository.require(KEY)


def test_an_insertion_that_was_overtaken_reads_again(listed):
    """Whatever others did to the list meanwhile stays, in a field or in the rest; other fields are no matter."""
    acts = [
        lambda: listed.update(KEY, attribute(Listed.notes).append("theirs"), path("seen").append(1)),
        lambda: listed.update(KEY, attribute(Listed.visits).add(1)),
    ]
    for act in acts:
        meddler: Any = Meddler(listed.session.client, act)
        store = Table(listed.session.table_name, Listed, indexes=[Index("ByFirst")]).connect(meddler)
        store[Listed].update(KEY, attribute(Listed.notes).insert(0, "mine"), path("seen").insert(0, 0), reread=True)
    found = listed.require(KEY, consistent_read=True)
    assert found.notes == ["mine", "mine", "a", "b", "theirs"]
    assert (found.visits, found.rest) == (1, {"seen": [0, 0, 1]})


def test_what_is_copied_was_there_when_it_was_written(listed):
    """The key of an index is made of another field's value: that one must not change between reading and writing."""
    listed.update(KEY, {"address.city": "Basel"})
    meddler: Any = Meddler(listed.session.client, lambda: listed.update(KEY, {"address.city": "Chur"}))
    store = Table(listed.session.table_name, Listed, indexes=[Index("ByFirst")]).connect(meddler)
    new = store[Listed].update(KEY, path("first").copy(path("address.city")), reread=True)
    assert new.first == "Chur"
    assert listed.query("ByFirst", first="Chur").all() == [new]


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(st.sampled_from("abc"), max_size=2)), max_size=4))
def test_insertions_add_up_as_on_a_list(inserts):
    """One after the other, they leave what Python's list has after the same."""
    client: Any = connect("sqlite://")
    repository = lists(client, "lists")
    repository.create(Listed(id="1"))
    expected: list[str] = []
    for index, elements in inserts:
        expected[index:index] = elements
        repository.update(KEY, attribute(Listed.notes).insert(index, *elements), reread=True)
    assert repository.require(KEY).notes == expected
    client.close()
