"""Reactions: what can be registered, and what is refused at once."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from pynamite import Table, entity
from pynamite.errors import DefinitionError, UnknownEntityError


@entity(pk="VIDEO#<id>", sk="VIDEO")
class Video:
    id: str


@entity(pk="OTHER#<id>", sk="OTHER")
class Other:
    id: str


@pytest.fixture
def table():
    return Table("videos", Video)


def reactions(table: Table) -> tuple[int, ...]:
    """How many there are to each event."""
    registered = table._registry.reactions
    return tuple(len(registered.to(Video, event)) for event in ("create", "update", "delete"))


class Handlers:
    """Functions of every kind that can be called."""

    def new(self, new: Video, tx: Any) -> None:
        """React by a method."""

    def __call__(self, old: Video, new: Video, tx: Any, more: int = 0) -> None:
        """React by an instance."""


def test_whatever_can_be_called(table):
    """A function, a method, an instance, a partial, one with defaults; it is given back as it is."""
    handlers = Handlers()
    assert table.on_create(Video)(handlers.new).__func__ is Handlers.new
    assert table.on_update(Video)(handlers) is handlers
    table.on_delete(Video)(functools.partial(handlers, Video(id="1")))
    table.on_delete(Video)(lambda *anything: None)
    table.on_delete(Video)(max)
    assert reactions(table) == (1, 1, 3)


async def later(new: Video, tx: Any) -> None:
    """Do nothing when it is called."""


def lazy(new: Video, tx: Any) -> Any:
    """Do nothing when it is called."""
    yield new


async def lazy_and_later(new: Video, tx: Any) -> Any:
    """Do nothing when it is called."""
    yield new


@pytest.mark.parametrize("reaction", [later, lazy, lazy_and_later])
def test_what_would_do_nothing_is_refused(table, reaction):
    """Calling it would only make a coroutine, or a generator."""
    told = rf"on_create\(Video\) got {reaction.__name__}, which is async or a generator, so that calling it would do"
    with pytest.raises(DefinitionError, match=told):
        table.on_create(Video)(reaction)
    assert reactions(table) == (0, 0, 0)


@pytest.mark.parametrize(
    ("event", "wrong", "told"),
    [
        ("create", lambda new: None, r"on_create\(Video\) got .*\(new\), but calls a function of \(new, tx\)"),
        ("update", lambda new, tx: None, r"but calls a function of \(old, new, tx\)"),
        ("delete", lambda old, new, tx: None, r"but calls a function of \(old, tx\)"),
        ("create", lambda new, tx, *, extra: None, r"but calls a function of \(new, tx\)"),
        ("update", "count", r"on_update\(Video\) takes a function of \(old, new, tx\), not 'count'"),
        ("delete", None, r"on_delete\(Video\) takes a function of \(old, tx\), not None"),
    ],
)
def test_what_cannot_be_called_so_is_refused(table, event, wrong, told):
    """The parameters are those of the event."""
    with pytest.raises(DefinitionError, match=told):
        getattr(table, f"on_{event}")(Video)(wrong)
    assert reactions(table) == (0, 0, 0)


def test_an_entity_of_the_table_is_named(table):
    """Another class, and a function in its place, are refused."""
    for wrong in (Other, later, None):
        with pytest.raises(UnknownEntityError, match="table 'videos' does not hold"):
            table.on_create(wrong)
