"""Writes that go by themselves are the same as when their intents are carried out: requests, instances, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from pynamite import Increment, Store, Table, attribute, entity, field
from pynamite.errors import PynamiteError
from pynamite.repository import repository

START = datetime(2026, 5, 1, tzinfo=UTC)


def short(_instance: Any, _own: Any, value: str) -> None:
    """Refuse a long text."""
    if len(value) > 1:
        raise ValueError("too long")


@attrs.define
class Inner:
    text: str
    more: list[int] = attrs.field(factory=list)


@entity(pk="P#<id>", sk="X")
class Plain:
    id: str
    name: str | None = None
    total: int = 5
    tags: set[str] = field(factory=set)
    code: str = field(default="", validator=short)
    inner: Inner | None = None


@entity(pk="P#<id>", sk="X")
class Foreign:
    id: str
    other: str = "X"


@entity(pk="S#<id>", sk="X")
class Stamped:
    id: str
    name: str | None = None
    total: int = 0
    made: datetime | None = field(default=None, created=True)
    changed: datetime | None = field(default=None, updated=True)


@entity(pk="U#<id>", sk="X")
class Guarded:
    id: str
    name: str | None = field(default=None, unique=True)
    total: int = 0


@entity(pk="V#<id>", sk="X")
class Counted:
    id: str
    name: str | None = None
    total: int = 0
    version: int = field(default=0, version=True)


@entity(pk="E#<id>", sk="X")
class Watched:
    id: str
    name: str | None = None
    total: int = 0


class Recording:
    """Notes what the client is asked to do."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sent: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def raw(self, method: str, request: Mapping[str, Any], /) -> Any:
        """Pass a call on."""
        # The token of a transaction is another one each time.
        self.sent.append((method, {name: value for name, value in request.items() if name != "ClientRequestToken"}))
        return self._client.raw(method, request)

    def transact_write_items(self, **request: Any) -> Any:
        """Pass a transaction on."""
        self.sent.append(("transact_write_items", request["TransactItems"]))
        return self._client.transact_write_items(**request)


def clock() -> Any:
    """Make a clock that goes on by a second each time that it is asked."""
    moments = iter(range(10**6))
    return lambda: START + timedelta(seconds=next(moments))


def opened() -> tuple[Store, Any]:
    """Open an empty store in memory, with what notes its calls."""
    table = Table("shop", Plain, Foreign, Stamped, Guarded, Counted, Watched, same_key=[(Plain, Foreign)])
    table.on_update(Watched)(lambda old, new, tx: tx[Stamped].put(Stamped(id=new.id, name=old.name)))
    store = table.connect("sqlite://", now=clock())
    store.create_table()
    recording: Any = Recording(store.session.client)
    store.session = attrs.evolve(store.session, client=recording)
    return store, recording


@contextmanager
def by_intents() -> Iterator[None]:
    """Let every write be carried out as an intent."""
    with (
        patch.object(repository, "puts_alone", lambda *_: False),
        patch.object(repository, "update_alone", lambda *_: None),
    ):
        yield


IDS = st.sampled_from(["a", "b"])
NAMES = st.none() | st.text("xé", max_size=2)
WRONG: Any = st.sampled_from([1, True, b"x", "\ud800", ["x"]])
NUMBERS = st.integers(-2, 2)
CLASSES: tuple[Any, ...] = (Plain, Stamped, Guarded, Counted, Watched)


def changes_of(cls: Any) -> st.SearchStrategy[Any]:
    """Draw a change of an entity that is often one of few shapes."""
    some = [
        st.builds(attribute(cls.name).set, NAMES),
        st.builds(lambda value: {"name": value}, NAMES | WRONG),
        st.builds(attribute(cls.total).add, NUMBERS | st.booleans()),
        st.builds(attribute(cls.total).subtract, NUMBERS),
        st.builds(lambda name, total: {"name": name, "total": total}, NAMES, NUMBERS),
        st.builds(lambda value: {"total": Increment("total", value)}, NUMBERS),
        st.just(attribute(cls.name).remove()),
        st.just({"nothing": 1}),
        st.just(3),
    ]
    if cls is Plain:
        some += [
            st.builds(lambda value: {"code": value}, st.text("x", max_size=2)),
            st.builds(lambda value: {"tags": value}, st.sets(st.text("x", max_size=2), max_size=2)),
            st.builds(attribute(Plain.inner).set, st.none() | st.builds(Inner, st.text(max_size=1), st.lists(NUMBERS))),
            st.builds(attribute(Foreign.other).set, st.just("Y")),
        ]
    return st.one_of(some)


def instances_of(cls: Any) -> st.SearchStrategy[Any]:
    """Draw an instance, which may not fit."""
    if cls is Plain:
        tags = st.sets(st.text("x", max_size=2), max_size=2)
        inner = st.none() | st.builds(Inner, st.text(max_size=1) | WRONG, st.lists(NUMBERS, max_size=2))
        ids, codes = IDS | st.just(""), st.text("x", max_size=1)
        return st.builds(Plain, id=ids, name=NAMES | WRONG, total=NUMBERS, tags=tags, code=codes, inner=inner)
    return st.builds(cls, id=IDS, name=NAMES, total=NUMBERS)


def steps_of(cls: Any) -> st.SearchStrategy[Callable[[Store], Any]]:
    """Draw one call of a repository, to be made on any store."""
    keys = st.builds(lambda one: {"id": one}, IDS | WRONG)
    changes = st.lists(changes_of(cls), min_size=1, max_size=2)
    return st.one_of(
        st.builds(lambda one: lambda store: store[cls].create(one), instances_of(cls)),
        st.builds(lambda one: lambda store: store[cls].put(one), instances_of(cls)),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some, upsert=True), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some, reread=True), keys, changes),
        st.builds(lambda key: lambda store: store[cls].delete(key), keys),
        st.builds(lambda key: lambda store: store[Foreign].put(Foreign(id=key)), IDS),
    )


def told(step: Callable[[Store], Any], store: Store) -> Any:
    """Give what a call gives, or all that its refusal says."""
    try:
        return step(store)
    except (PynamiteError, TypeError) as error:
        facts = ("entity", "table_name", "key", "code", "item", "operation")
        said = {name: getattr(error, name, None) for name in facts}
        return type(error), str(error), said, type(error.__cause__)


@given(st.lists(st.sampled_from(CLASSES).flatmap(steps_of), min_size=1, max_size=8))
@settings(max_examples=75)
def test_a_write_that_goes_by_itself_is_what_its_intent_comes_to(steps):
    """Step by step: the same requests in the same order, and the same instance or refusal."""
    # Arrange
    (store, sent), (other, wanted) = opened(), opened()

    for step in steps:
        # Act
        found = told(step, store)
        with by_intents():
            expected = told(step, other)

        # Assert
        assert found == expected
        assert sent.sent == wanted.sent
