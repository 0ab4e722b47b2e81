"""Reading answers that come as JSON: with msgspec and without, what is read is the same."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from pynamite import Index, Table, attribute, entity, field
from pynamite.errors import ItemStructureError
from pynamite.local.client import LocalClient
from tests.hidden_msgspec import without_msgspec

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    account_id: str
    photo: bytes = b""
    more: dict[str, Any] = field(factory=dict, rest=True)


@entity(
    pk="USER#<account_id>", sk="ORDER#<number>", indexes={"GSI1": ("STATUS#<status>", "<placed_at>")}
)
class Order:
    account_id: str
    number: int = field(key_only=True)
    placed_at: datetime = MONDAY
    status: str = "OPEN"
    total: int = 0


@entity(pk="USER#<account_id>", sk="NOTE#<number>")
class Note:
    account_id: str
    number: int
    text: str | None = None


@attrs.frozen
class Header:
    account_id: str
    text: str | None


@pytest.fixture(params=["with msgspec", "without msgspec"])
def shop(request):
    """A store with a few items, one of them foreign."""
    with nullcontext() if request.param == "with msgspec" else without_msgspec():
        table = Table("shop", User, Order, Note, indexes=[Index("GSI1")])
        with table.connect("sqlite://") as store:
            store.create_table()
            store[User].create(User(account_id="1", photo=b"\x00\xff", more={"left": {"x"}}))
            for number in range(3):
                store[Order].create(Order(account_id="1", number=number, total=number))
                store[Note].create(Note(account_id="1", number=number, text=None if number else "first"))
            foreign = {"PK": {"S": "USER#1"}, "SK": {"S": "NOTE#9"}, "_type": {"S": "Other"}}
            store.session.client.put_item(TableName="shop", Item=foreign)
            yield store


def test_single_items_are_read(shop):
    """Binary, what no field declares, and what stands in the key alone come with the rest."""
    assert shop[User].get(account_id="1") == User(account_id="1", photo=b"\x00\xff", more={"left": {"x"}})
    assert shop[Order].get(account_id="1", number=2) == Order(account_id="1", number=2, total=2)
    assert shop[Note].get(account_id="1", number=0) == Note(account_id="1", number=0, text="first")
    assert shop[Note].get(account_id="1", number=7) is None
    assert shop[Note].get(account_id="1", number=9) is None


def test_pages_of_one_entity_are_read(shop):
    """Foreign items are left out; a limit, a page and its cursor come to the same items."""
    notes = [Note(account_id="1", number=number, text=None if number else "first") for number in range(3)]
    query = shop[Note].query(account_id="1")
    assert query.all() == notes
    assert query.limit(2).all() == notes[:2]
    first = query.page(2)
    assert (first.items, query.page(2, first.cursor).items) == (notes[:2], notes[2:])
    assert list(shop[Note].scan()) == notes
    assert [one.number for one in shop[Order].query("GSI1", status="OPEN").all()] == [0, 1, 2]
    assert query.filter(attribute(Note.text) == "first").all() == notes[:1]


def test_several_entities_are_read_by_their_marks(shop):
    """A collection has the instances of all of its entities, in the order of their keys."""
    found = shop.collection(Note, Order, account_id="1").all()
    assert [(type(one), one.number) for one in found] == [
        *((Note, number) for number in range(3)), *((Order, number) for number in range(3))]
    groups = shop.collection(Note, User, account_id="1").by_type()
    assert (len(groups[Note]), len(groups[User])) == (3, 1)


def test_many_keys_views_and_transactions_are_read(shop):
    """All that reads by keys gives what `get` gives."""
    keys = [{"account_id": "1", "number": number} for number in (2, 9, 0)]
    assert [one and one.number for one in shop[Note].get_many(keys)] == [2, None, 0]
    assert shop[Note].view(Header).get(keys[2]) == Header("1", "first")
    assert [one.text for one in shop[Note].view(Header).query(account_id="1")] == ["first", None, None]
    with shop.read_transaction() as tx:
        note, order = tx[Note].get(keys[2]), tx[Order].require(account_id="1", number=1)
    assert (note.value, order.value.total) == (Note(account_id="1", number=0, text="first"), 1)


def test_what_a_write_gives_is_read(shop):
    """The instance that an update makes, and the one that is deleted."""
    changed = shop[Note].update({"account_id": "1", "number": 1}, {"text": "new"})
    assert changed == Note(account_id="1", number=1, text="new")
    assert shop[Note].update({"account_id": "1", "number": 1}, {"text": "newer"}).text == "newer"
    assert shop[Note].pop(account_id="1", number=1) == Note(account_id="1", number=1, text="newer")


def test_what_comes_before_an_item_that_does_not_fit_is_given(shop):
    """A page with such an item is given up to it; the error has its path."""
    broken = {"PK": {"S": "USER#1"}, "SK": {"S": "NOTE#1"}, "_type": {"S": "Note"}, "account_id": {"S": "1"},
              "number": {"N": "1.5"}}
    shop.session.client.put_item(TableName="shop", Item=broken)
    found = iter(shop[Note].query(account_id="1"))
    assert next(found).number == 0
    with pytest.raises(ItemStructureError, match=r"\$\.number: expected int, got 1\.5 \(N\)"):
        next(found)


def test_a_class_before_a_client_is_not_passed_by():
    """What stands before a client without an answer as JSON of its own is called by its methods."""
    calls = []

    class Before:
        def __init__(self, client):
            self.client = client

        def __getattr__(self, name):
            calls.append(name)
            return getattr(self.client, name)

    with LocalClient() as client:
        before: Any = Before(client)
        store = Table("shop", Note, indexes=[Index("GSI1")]).connect(before)
        store.create_table()
        store[Note].get(account_id="1", number=1)
    assert calls[-1] == "get_item"
