"""Which writes go by themselves, and which need an intent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pynamite import Increment, Table, attribute, entity, field
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError, ItemStructureError
from pynamite.repository import repository
from pynamite.repository.writing import transaction
from pynamite.repository.writing.alone import update_alone


@entity(pk="VIDEO#<id>", sk="X")
class Video:
    id: str
    title: str = ""
    likes: int = 0
    tags: set[str] = field(factory=set)


@entity(pk="VIDEO#<id>", sk="X")
class Film:
    id: str


@entity(pk="LOG#<id>", sk="X")
class Log:
    id: str
    likes: int = 0


@pytest.fixture
def table():
    """A table in which nothing follows from a write."""
    return Table("videos", Video, Film, Log, same_key=[(Video, Film)])


@pytest.fixture
def store(table):
    """An empty store of it."""
    store = table.connect("sqlite://")
    store.create_table()
    return store


@pytest.fixture
def intents(monkeypatch):
    """Count the intents that are carried out."""
    carry_out, seen = transaction.carry_out_one, []

    def counted(session, intent, *others):
        seen.append(intent.verb)
        return carry_out(session, intent, *others)

    monkeypatch.setattr(repository, "carry_out_one", counted)
    return seen


def test_puts_and_known_updates_make_no_intent(store, intents):
    """The first update of a shape does, whose request is kept."""
    # Act
    store[Video].create(Video(id="1"))
    store[Video].put(Video(id="1", title="a"))
    for title in ("b", "c", "d"):
        changed = store[Video].update({"id": "1"}, {"title": title}, attribute(Video.likes).add(2))

    # Assert
    assert intents == ["update"]
    assert changed == store[Video].get(id="1") == Video(id="1", title="d", likes=6)


def test_shapes_are_told_apart_by_what_is_done_and_in_which_order(store, intents):
    """To set is not to count, to add not to subtract; the first of two operators has the first value."""
    # Arrange
    store[Video].create(Video(id="1", likes=1))
    shapes = [
        lambda number: ({"likes": number},),
        lambda number: (attribute(Video.likes).add(number),),
        lambda number: ({"likes": Increment("likes", -number)}, {"title": "a"}),
        lambda number: (attribute(Video.likes).subtract(number),),
        lambda number: ({"title": "b"}, attribute(Video.likes).add(number)),
    ]

    # Act
    found = [store[Video].update({"id": "1"}, *shape(number)) for number in (1, 2) for shape in shapes]

    # Assert
    assert [one.likes for one in found] == [1, 2, 1, 0, 1, 2, 4, 2, 0, 2]
    assert len(intents) == len(shapes)


def test_a_reaction_that_is_added_later_is_heeded(table, store, intents):
    """What went by itself before does not any more."""
    # Arrange
    store[Video].put(Video(id="1"))
    store[Video].update({"id": "1"}, attribute(Video.likes).add(1))
    store[Video].update({"id": "1"}, attribute(Video.likes).add(1))
    intents.clear()

    # Act
    table.on_update(Video)(lambda old, new, tx: tx[Log].put(Log(id=new.id, likes=new.likes)))
    store[Video].update({"id": "1"}, attribute(Video.likes).add(1))

    # Assert
    assert store[Log].get(id="1") == Log(id="1", likes=3)
    assert intents == ["update"]


def test_refusals_are_worded_for_the_entity(store):
    """No such item, one already, another entity's: the errors say of which entity, table and key."""
    # Arrange
    store[Video].create(Video(id="1"))
    store[Video].update({"id": "1"}, {"title": "a"})

    # Act
    with pytest.raises(ItemExistsError, match="there is a Video with id='1' in table 'videos' already") as exists:
        store[Video].create(Video(id="1"))
    with pytest.raises(ItemNotFoundError, match="there is no Video with id='2' in table 'videos'") as absent:
        store[Video].update({"id": "2"}, {"title": "b"})
    with pytest.raises(ConditionFailedError, match="put of a Film with id='1' .* item of another type") as foreign:
        store[Film].put(Film(id="1"))

    # Assert
    for raised, name, key in ((exists, "Video", "1"), (absent, "Video", "2"), (foreign, "Film", "1")):
        error = raised.value
        assert (error.entity, error.table_name, error.key) == (name, "videos", {"PK": f"VIDEO#{key}", "SK": "X"})


@pytest.mark.parametrize("title", ["x" * 409_601, "\ud800", 1, None])
def test_a_value_that_needs_a_closer_look_gets_one(store, intents, title):
    """Too large, no UTF-8, or of another type: the words are the careful path's."""
    # Arrange
    store[Video].create(Video(id="1"))
    store[Video].update({"id": "1"}, {"title": "a"})
    intents.clear()

    # Act
    with pytest.raises(ItemStructureError):
        store[Video].update({"id": "1"}, {"title": title})

    # Assert
    assert intents == ["update"]


def test_an_update_that_nobody_has_made_before_is_left_to_its_intent(store):
    """Nothing is sent."""
    # Act
    changed = update_alone(store.session, store.session.registry.member(Video), {"id": "1"}, ({"title": "a"},))

    # Assert
    assert changed is None


def test_the_instance_that_a_put_gives_shares_nothing_with_the_one_that_was_given(store):
    """It is what the item reads as."""
    # Arrange
    given = Video(id="1", tags={"a"})

    # Act
    stored = store[Video].put(given)
    given.tags.add("b")

    # Assert
    assert stored == store[Video].get(id="1") == Video(id="1", tags={"a"})


def test_stamps_of_known_updates_are_each_their_own():
    """The moment is that of the update, not of the one that its request was learnt from."""
    # Arrange
    @entity(pk="N#<id>", sk="X")
    class Note:
        id: str
        text: str = ""
        changed: datetime | None = field(default=None, updated=True)

    moments = [datetime(2026, 5, day, tzinfo=UTC) for day in range(1, 6)]
    clock = iter(moments)
    store = Table("notes", Note).connect("sqlite://", now=lambda: next(clock))
    store.create_table()
    store[Note].create(Note(id="1"))

    # Act
    found = [store[Note].update({"id": "1"}, {"text": text}).changed for text in "abc"]

    # Assert
    assert found == moments[1:4]
