"""Many items at once: chunks, order, progress, and what is left when the service does not get on."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pynamite import Table, entity
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import ConditionFailedError, ItemStructureError, UnprocessedItemsError
from tests.integration.repository.shop import User, shop_table


@entity(pk="NOTE#<number>", sk="NOTE")
class Note:
    number: int
    text: str = ""


@attrs.define
class Number:
    number: int


class StingyClient:
    """Processes one entry of each batch, or none once ``left`` have been done, and leaves the rest over."""

    def __init__(self, client: Any, left: int | None = None) -> None:
        self.client, self.left = client, left
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def _does(self, entries: list[Any]) -> list[Any]:
        self.calls += 1
        done = 1 if self.left is None or self.left > 0 else 0
        if self.left is not None:
            self.left -= done
        return entries[:done]

    def batch_write_item(self, **request: Any) -> Any:
        ((table, entries),) = request["RequestItems"].items()
        done = self._does(entries)
        if done:
            self.client.batch_write_item(RequestItems={table: done})
        return {"UnprocessedItems": {table: entries[len(done):]}}

    def batch_get_item(self, **request: Any) -> Any:
        ((table, asked),) = request["RequestItems"].items()
        done = self._does(asked["Keys"])
        answer = self.client.batch_get_item(RequestItems={table: {**asked, "Keys": done}}) if done else {}
        left = {table: {**asked, "Keys": asked["Keys"][len(done):]}} if len(done) < len(asked["Keys"]) else {}
        return {**answer, "UnprocessedKeys": left}


@pytest.fixture
def store(client, table_name):
    """A table of notes, empty."""
    store = Table(table_name, Note).connect(client)
    store.create_table()
    return store


@pytest.fixture
def impatient(monkeypatch):
    """No waiting between tries; gives the numbers of those before which there would have been some."""
    waits: list[int] = []
    monkeypatch.setattr(Backoff, "wait", lambda _, attempt: waits.append(attempt))
    return waits


def stingy(store, left: int | None = None) -> Any:
    client: Any = StingyClient(store.client, left)
    return Table(store.name, Note).connect(client)[Note]


def test_many_items_are_written_read_and_deleted_with_progress(store):
    """By 25 and by 100, from any iterable, each once; progress tells of every call."""
    notes = store[Note]
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    notes.put_many((Note(number=n) for n in [*range(120), 7, 8]), progress=progress)
    assert told == [(25, 120), (50, 120), (75, 120), (100, 120), (120, 120)]
    told.clear()
    keys = [{"number": n} for n in [119, 500, *range(118), 0, 119]]
    found = notes.get_many(iter(keys), progress=progress, consistent_read=True)
    assert [note and note.number for note in found] == [119, None, *range(118), 0, 119]
    assert told == [(100, 120), (120, 120)]
    told.clear()
    notes.delete_many(({"number": n} for n in range(60)), progress=progress)
    assert told == [(25, 60), (50, 60), (60, 60)]
    assert notes.scan().count() == 60


def test_a_view_reads_many_with_progress(store):
    """As the repository does."""
    store[Note].put_many(Note(number=n) for n in range(3))
    told: list[tuple[int, int]] = []
    numbers = store[Note].view(Number)
    found = numbers.get_many([{"number": 2}, {"number": 9}, {"number": 2}], progress=lambda *pair: told.append(pair))
    assert found == [Number(2), None, Number(2)]
    assert told == [(2, 2)]


def test_nothing_given_is_nothing_to_do(store):
    """And nothing to tell."""
    told: list[tuple[int, int]] = []
    notes = store[Note]
    notes.put_many([], progress=lambda *pair: told.append(pair))
    notes.delete_many([], progress=lambda *pair: told.append(pair))
    assert notes.get_many([], progress=lambda *pair: told.append(pair)) == []
    notes.put_many([], checked=True, progress=lambda *pair: told.append(pair))
    assert told == []


def test_a_service_that_does_a_little_is_asked_on(store, impatient):
    """What it leaves over is tried again, after a short wait while it gets on."""
    notes = stingy(store)
    notes.put_many(Note(number=n, text="x") for n in range(5))
    assert notes.get_many([{"number": n} for n in (4, 9, 0)]) == [
        Note(number=4, text="x"), None, Note(number=0, text="x")]
    notes.delete_many([{"number": n} for n in range(4)])
    assert [note.number for note in store[Note].scan()] == [4]
    assert set(impatient) == {0}


def test_what_stays_undone_can_be_given_to_the_same_verb(store, impatient):
    """Instances as they were to be stored, keys as they were given."""
    notes = [Note(number=n, text=f"{n}") for n in range(4)]
    with pytest.raises(UnprocessedItemsError, match="3 of 4 entries") as error:
        stingy(store, left=1).put_many(notes)
    assert error.value.unprocessed == tuple(notes[1:])
    store[Note].put_many(error.value.unprocessed)

    with pytest.raises(UnprocessedItemsError) as error:
        stingy(store, left=0).get_many([{"number": 1}, notes[2], {"number": 1}])
    assert error.value.unprocessed == ({"number": 1}, notes[2])
    assert store[Note].get_many(error.value.unprocessed) == notes[1:3]

    with pytest.raises(UnprocessedItemsError) as error:
        stingy(store, left=1).delete_many([notes[0], {"number": 1}, notes[2]])
    assert error.value.unprocessed == ({"number": 1}, notes[2])
    store[Note].delete_many(error.value.unprocessed)
    assert store[Note].scan().all() == notes[3:]


def test_the_core_lists_plain_items(store, impatient):
    """It has no instances to give back."""
    client: Any = StingyClient(store.client, 0)
    db = Table(store.name, Note).connect(client).db
    with pytest.raises(UnprocessedItemsError) as error, db.batch() as batch:
        batch.put("a.1", {"n": 1})
        batch.delete("a.2")
    first, second = error.value.unprocessed
    assert (first["n"], second) == (1, {"PK": "a", "SK": "2"})


@pytest.mark.parametrize("checked", [False, True])
def test_a_large_item_is_refused_before_any_is_sent(store, checked):
    """Not after the first twenty-five were."""
    many = [Note(number=n) for n in range(30)]
    with pytest.raises(ItemStructureError, match="400 KB"):
        store[Note].put_many([*many, Note(number=31, text="x" * 410_000)], checked=checked)
    assert store[Note].scan().count() == 0


def test_a_batch_of_the_largest_items_goes_through(store):
    """Ten megabytes in one call."""
    store[Note].put_many(Note(number=n, text="x" * 400_000) for n in range(26))
    assert store[Note].scan().count() == 26


def test_one_by_one_tells_its_progress_and_where_it_stopped(client, table_name):
    """A foreign item stops it; what was before is done, and the error says how much that is."""
    shop = shop_table(table_name).connect(client)
    shop.create_table()
    shop.db.put(["USER#2", "PROFILE"], {"other": 1})
    users = [User(account_id=str(n), email="x") for n in range(4)]
    told: list[tuple[int, int]] = []
    for act in (shop[User].put_many, shop[User].delete_many):
        told.clear()
        with pytest.raises(ConditionFailedError) as error:
            act(users, checked=True, progress=lambda *pair: told.append(pair))
        assert told == [(1, 4), (2, 4)]
        assert error.value.__notes__ == ["2 of 4 entries were done before"]


@pytest.mark.parametrize("verb", ["put_many", "get_many", "delete_many"])
@pytest.mark.parametrize("options", [{}, {"checked": True}])
def test_progress_has_to_be_a_function(store, verb, options):
    """It is refused before anything is sent."""
    if verb == "get_many":
        options = {}
    with pytest.raises(TypeError, match="'yes' cannot be called"):
        getattr(store[Note], verb)([Note(number=1)], progress="yes", **options)
    assert store[Note].scan().count() == 0
