"""Elements added to a set that the item does not hold: they are added to what absence and NULL stand for."""

from __future__ import annotations

import pytest

from pynamite import Remove, Table, attribute, entity, field
from pynamite.errors import ExpressionError

KEY = {"id": "1"}


@entity(pk="U#<id>", sk="P")
class Member:
    id: str
    roles: set[str] = field(factory=lambda: {"reader", "writer"})


@pytest.fixture
def members(client, table_name):
    store = Table(table_name, Member).connect(client)
    store.create_table()
    store[Member].create(Member(id="1"))
    return store


def test_elements_join_the_default_of_an_absent_set(members):
    """An item from before the field was there reads as the default, and so it is counted."""
    members.db.update(["U#1", "P"], {"roles": Remove()})
    new = members[Member].update(KEY, attribute(Member.roles).add({"owner"}), reread=True)
    assert new.roles == {"reader", "writer", "owner"} == members[Member].require(KEY).roles


def test_elements_leave_the_default_of_an_absent_set(members):
    """What is taken out of the default has to be written."""
    members.db.update(["U#1", "P"], {"roles": Remove()})
    new = members[Member].update(KEY, attribute(Member.roles).discard({"writer"}), reread=True)
    assert new.roles == {"reader"}


def test_elements_join_an_empty_set(members):
    """An empty set is stored as NULL where the default is another."""
    members[Member].put(Member(id="1", roles=set()))
    assert members[Member].update(KEY, attribute(Member.roles).discard({"x"}), reread=True).roles == set()
    assert members[Member].update(KEY, attribute(Member.roles).add({"x"}), reread=True).roles == {"x"}


def test_elements_join_the_default_of_a_new_item(members):
    """An upsert makes the item with the default and the elements."""
    new = members[Member].update({"id": "2"}, attribute(Member.roles).add({"x"}), reread=True, upsert=True)
    assert new.roles == {"reader", "writer", "x"}


def test_without_reading_the_change_is_refused(members):
    """The service would count from the empty set."""
    with pytest.raises(ExpressionError, match="default other than the empty set"):
        members[Member].update(KEY, attribute(Member.roles).add({"x"}))
