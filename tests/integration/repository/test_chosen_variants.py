"""Variants of a key that could be taken for each other: what chooses one of them has to be what was asked for."""

from __future__ import annotations

from typing import Literal

import attrs
import pytest

from pynamite import Index, Table, attribute, by, entity


@entity(
    pk="LIST#<list_id>",
    sk="TASK#<number:pad(3)>",
    indexes={
        "State": (
            "LIST#<list_id>",
            by("state", {"OPEN": "S#<number:pad(3)>", "BUSY": "S#B#<number:pad(3)>", "DONE": "#<number>"}),
        ),
    },
)
class Task:
    list_id: str
    number: int
    title: str
    state: Literal["OPEN", "BUSY", "DONE"] = "OPEN"
    notes: str = ""


@attrs.frozen
class Title:
    title: str


@pytest.fixture
def tasks(client, table_name):
    """Six tasks: two of each state."""
    store = Table(table_name, Task, indexes=[Index("State")]).connect(client)
    store.create_table()
    states: list[Literal["OPEN", "BUSY", "DONE"]] = ["OPEN", "BUSY", "DONE"] * 2
    store[Task].put_many([Task(list_id="1", number=n, title=f"t{n}", state=state) for n, state in enumerate(states)])
    return store[Task]


@pytest.mark.parametrize("state, numbers", [("OPEN", [0, 3]), ("BUSY", [1, 4])])
def test_a_variant_whose_keys_begin_as_anothers_do_gives_its_own_items(tasks, state, numbers):
    """What begins with S# may begin with S#B#, too, so that each item is looked at."""
    query = tasks.query("State", list_id="1", state=state)
    assert [task.number for task in query] == numbers
    assert [task.number for task in query.gt(number=1)] == [number for number in numbers if number > 1]
    assert [task.number for task in query.reverse().limit(1)] == numbers[1:]
    assert query.filter(attribute(Task.notes) == "none").all() == []
    assert query.count() == 2
    first = query.page(1)
    assert [task.number for task in first.items + query.page(1, first.cursor).items] == numbers


def test_a_view_is_read_with_what_chooses(tasks):
    """The state is read along, though the view does not have it."""
    assert tasks.view(Title).query("State", list_id="1", state="BUSY").all() == [Title("t1"), Title("t4")]


def test_variants_that_stand_apart_are_counted_by_the_service(tasks):
    """Where the beginning of the key tells, nothing has to be looked at here."""
    assert tasks.query("State", list_id="1", state="DONE").measured().scanned_count == 2
