"""What a query of several entities reads: what their sort keys have in common, and what is checked afterwards."""

from __future__ import annotations

import pytest

from pynamite import Table, entity
from pynamite.repository.selection import select


@entity(pk="U#<id>", sk="ORDER#<n>")
class Order:
    id: str
    n: int


@entity(pk="U#<id>", sk="ORDERLINE#<n>#<line>")
class Line:
    id: str
    n: int
    line: str


@entity(pk="U#<id>", sk="PROFILE")
class User:
    id: str


@pytest.fixture
def store():
    return Table("shop", Order, Line, User).connect("sqlite://")


def selected(store, *entities, **values):
    members = [store.session.registry.member(entity) for entity in entities]
    return select(members, None, values, None)


def condition(store, *entities, **values):
    """The key condition of a collection, with its values."""
    request = store.collection(*entities, **values).request()
    found = request["ExpressionAttributeValues"]
    return request["KeyConditionExpression"], [value["S"] for name, value in found.items() if name in {":v0", ":v1"}]


def test_what_sort_keys_have_in_common_is_asked_for(store):
    """From the least beginning to behind the greatest, and nothing else of the partition."""
    assert condition(store, Order, Line, id="1") == (
        "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2", ["U#1", "ORDER#"],
    )  # fmt: skip
    values = store.collection(Order, Line, User, id="1").request()["ExpressionAttributeValues"]
    assert (values[":v1"], values[":v2"]) == ({"S": "ORDER#"}, {"S": "PROFILE"})
    assert condition(store, Order, id="1", n=7) == ("#n0 = :v0 AND #n1 = :v1", ["U#1", "ORDER#7"])


def test_a_collection_is_exact_until_fields_narrow_it(store):
    """By the partition alone, the type tells; a field of a sort key has to be looked for in each."""
    assert selected(store, Order, Line, User, id="1").exact
    narrowed = selected(store, Order, Line, User, id="1", n=7)
    assert not narrowed.exact
    assert [(lead.text, lead.next is None) for leads in narrowed.leads for lead in leads] == [
        ("ORDER#7", True), ("ORDERLINE#7#", False), ("PROFILE", True),
    ]  # fmt: skip


def test_bounds_that_nothing_can_lie_between_read_nothing(store):
    """It is empty before it is sent."""
    query = store[Line].query(id="1", n=7).gt(line="b").lt(line="a")
    assert query._reader.selection.empty
    assert query.all() == [] and query.count() == 0  # There is no table: nothing was sent.
