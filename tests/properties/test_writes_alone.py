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

from pynamite import Increment, Index, IndexKey, Store, Table, attribute, entity, field
from pynamite.errors import PynamiteError
from pynamite.expression.build import Condition
from pynamite.operation.sending import UNDER_WAY
from pynamite.repository import repository
from pynamite.repository.writing import intents, writes
from pynamite.repository.writing.again import StandingWrite

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


@entity(pk="T#<id>", sk="X")
class Passing:
    id: str
    name: str | None = None
    total: int = 0
    until: datetime | None = field(default=None, ttl=True)
    version: int = field(default=0, version=True)


@entity(pk="T#<id>", sk="X")
class Crossing:
    id: str
    until: datetime | None = field(default=None, ttl=True)


@entity(pk="E#<id>", sk="X")
class Watched:
    id: str
    name: str | None = None
    total: int = 0


@entity(
    pk="L#<id>",
    sk="X",
    indexes={
        "Named": ("N#<name>", "<id>"),
        "Some": IndexKey("S#<id>", "<total:pad(2)>", when=lambda total: total != 0),
        "Ranked": "R#<place>",
    },
)
class Listed:
    id: str
    name: str | None = None
    total: int = 0
    place: str = "home"
    rank: int | None = None


@entity(pk="A#<id>", sk="X", indexes={"Old": IndexKey("OLD", "<id>", when=lambda version: version > 2)})
class Aging:
    id: str
    name: str | None = None
    total: int = 0
    version: int = field(default=0, version=True)


class Recording:
    """Notes what the client is asked to do."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sent: list[tuple[str, Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def raw(self, method: str, request: Mapping[str, Any], /) -> Any:
        """Pass a call on."""
        # The token of a transaction is another one each time.
        told = {name: value for name, value in request.items() if name != "ClientRequestToken"}
        under_way = UNDER_WAY.get()
        assert under_way is not None
        self.sent.append((method, told, under_way.operation.resend))
        return self._client.raw(method, request)

    def transact_write_items(self, **request: Any) -> Any:
        """Pass a transaction on."""
        self.sent.append(("transact_write_items", request["TransactItems"], None))
        return self._client.transact_write_items(**request)


class Clock:
    """A clock that stands still until it is told to go on: how often it is asked is of no matter."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> datetime:
        """Give the moment."""
        return START + timedelta(seconds=self.seconds)


def opened(clock: Clock, *, expiring: bool) -> tuple[Store, Any]:
    """Open an empty store in memory, with what notes its calls; its table may have entities that expire."""
    same: Any = [(Plain, Foreign), *([(Passing, Crossing)] if expiring else [])]
    more = (Passing, Crossing) if expiring else ()
    indexes = [Index("Named"), Index("Some"), Index("Ranked", sk="rank"), Index("Old")]
    entities = (Plain, Foreign, Stamped, Guarded, Counted, Watched, Listed, Aging)
    table = Table("shop", *entities, *more, same_key=same, indexes=indexes)
    table.on_update(Watched)(lambda old, new, tx: tx[Stamped].put(Stamped(id=new.id, name=old.name)))
    store = table.connect("sqlite://", now=clock)
    store.create_table()
    recording: Any = Recording(store.session.client)
    store.session = attrs.evolve(store.session, client=recording)
    return store, recording


@contextmanager
def by_intents() -> Iterator[None]:
    """Let every write be carried out as an intent, and be made in full."""
    def standing(_member: Any, _identity: Any, in_full: Any, moment: Any, version: Any, where: Any) -> Any:
        return StandingWrite(in_full(moment, version, where), (), (), ())

    with (
        patch.object(repository, "stands_alone", lambda *_: False),
        patch.object(repository, "update_alone", lambda *_: None),
        patch.object(intents, "standing_update", lambda *_: None),
        patch.object(writes, "standing_write", standing),
    ):
        yield


IDS = st.sampled_from(["a", "b"])
NAMES = st.none() | st.text("xé", max_size=2)
WRONG: Any = st.sampled_from([1, True, b"x", "\ud800", ["x"]])
NUMBERS = st.integers(-2, 2)
CLASSES: tuple[Any, ...] = (Plain, Stamped, Guarded, Counted, Watched, Listed, Aging)
VERSIONS = st.integers(0, 3)
TIMES = st.none() | st.integers(0, 15).map(lambda seconds: START + timedelta(seconds=seconds))


def changes_of(cls: Any) -> list[st.SearchStrategy[Any]]:
    """Give what draws changes of an entity, each of a shape of its own."""
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
    if cls is Listed:
        some += [
            st.builds(lambda value: {"total": value}, st.none() | NUMBERS),
            st.builds(lambda value: {"rank": value}, st.none() | NUMBERS),
            st.builds(lambda place, rank: {"rank": rank, "place": place}, st.text("x", max_size=2), NUMBERS),
            st.builds(lambda name: {"total": Increment("total", 1), "name": name}, NAMES),
        ]
    if cls is Passing:
        some.append(st.builds(lambda value: {"until": value}, TIMES))
    if cls is Plain:
        some += [
            st.builds(lambda value: {"code": value}, st.text("x", max_size=2)),
            st.builds(lambda value: {"tags": value}, st.sets(st.text("x", max_size=2), max_size=2)),
            st.builds(attribute(Plain.inner).set, st.none() | st.builds(Inner, st.text(max_size=1), st.lists(NUMBERS))),
            st.builds(attribute(Foreign.other).set, st.just("Y")),
        ]
    return some


def instances_of(cls: Any) -> st.SearchStrategy[Any]:
    """Draw an instance, which may not fit."""
    if cls is Plain:
        tags = st.sets(st.text("x", max_size=2), max_size=2)
        inner = st.none() | st.builds(Inner, st.text(max_size=1) | WRONG, st.lists(NUMBERS, max_size=2))
        ids, codes = IDS | st.just(""), st.text("x", max_size=1)
        return st.builds(Plain, id=ids, name=NAMES | WRONG, total=NUMBERS, tags=tags, code=codes, inner=inner)
    more: dict[str, Any] = {"version": VERSIONS} if cls in {Counted, Aging, Passing} else {}
    if cls is Passing:
        more["until"] = TIMES
    return st.builds(cls, id=IDS, name=NAMES, total=NUMBERS, **more)


def wheres_of(cls: Any) -> list[st.SearchStrategy[Condition]]:
    """Give what draws conditions on an entity, each of a shape of its own."""
    name, total = attribute(cls.name), attribute(cls.total)
    plain = [
        st.builds(lambda value: total > value, NUMBERS),
        st.builds(lambda value: total == value, NUMBERS),
        st.builds(lambda value: name == value, NAMES),
        st.builds(lambda value: name != value, NAMES),
        st.builds(name.in_, st.lists(st.text("x", max_size=1), min_size=2, max_size=2)),
        st.builds(total.between, NUMBERS, NUMBERS),
        st.builds(name.begins_with, st.text("x", min_size=1, max_size=1)),
        st.builds(lambda value: name.size() < value, NUMBERS),
        st.just(name.exists()),
        st.just(~total.exists()),
    ]
    one = st.one_of(plain)
    joined = [
        st.builds(lambda a, b: a & b, plain[1], plain[2]),
        st.builds(lambda a, b: a | ~b, plain[0], plain[3]),
        st.builds(lambda a, b: a & ~b, one, one),
    ]
    if cls in {Counted, Aging, Passing}:
        joined.append(st.builds(lambda version: attribute(cls.version) == version, VERSIONS))
    return [*plain, *joined]


def steps_of(
    cls: Any, some: st.SearchStrategy[Any] | None = None, asked: st.SearchStrategy[Condition] | None = None
) -> st.SearchStrategy[Callable[[Store], Any]]:
    """Draw one call of a repository, for any store; ``some`` draws changes of updates, ``asked`` their conditions."""
    keys: Any = st.builds(lambda one: {"id": one}, IDS | WRONG)
    if cls is not Plain:
        # An instance tells of which version the item has to be.
        keys |= instances_of(cls)
    one = st.one_of(changes_of(cls)) if some is None else some
    changes = st.lists(one, min_size=1, max_size=2 if some is None else 1)
    wheres = st.one_of(wheres_of(cls)) if asked is None else asked
    return st.one_of(
        st.builds(lambda one: lambda store: store[cls].create(one), instances_of(cls)),
        st.builds(lambda one: lambda store: store[cls].put(one), instances_of(cls)),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some, upsert=True), keys, changes),
        st.builds(lambda key, some: lambda store: store[cls].update(key, *some, reread=True), keys, changes),
        st.builds(lambda one, where: lambda store: store[cls].put(one, where=where), instances_of(cls), wheres),
        st.builds(
            lambda key, some, where: lambda store: store[cls].update(key, *some, where=where), keys, changes, wheres),
        st.builds(lambda key: lambda store: store[cls].delete(key), keys),
        st.builds(lambda key, where: lambda store: store[cls].delete(key, where=where), keys, wheres),
        st.builds(lambda key: lambda store: store[cls].delete(key, must_exist=True), keys),
        st.builds(lambda key: lambda store: store[Foreign].put(Foreign(id=key)), IDS),
        *([] if cls is not Passing else [
            st.builds(lambda one: lambda store: store[Crossing].put(one), st.builds(Crossing, id=IDS, until=TIMES))]),
    )


def told(step: Callable[[Store], Any], store: Store) -> Any:
    """Give what a call gives, or all that its refusal says."""
    try:
        return step(store)
    except (PynamiteError, TypeError) as error:
        facts = ("entity", "table_name", "key", "code", "item", "operation")
        said = {name: getattr(error, name, None) for name in facts}
        return type(error), str(error), said, type(error.__cause__)


MIXED = st.lists(st.sampled_from(CLASSES).flatmap(steps_of), min_size=1, max_size=8)


def cases_of(cls: Any) -> st.SearchStrategy[tuple[bool, list[Any]]]:
    """Draw whether there are entities that expire, and many calls for one entity, whose updates are of one shape."""
    shapes = st.tuples(st.sampled_from(changes_of(cls)), st.sampled_from(wheres_of(cls)))
    steps = shapes.flatmap(lambda two: st.lists(steps_of(cls, *two), min_size=3, max_size=16))
    return st.tuples(st.just(value=True) if cls is Passing else st.booleans(), steps)


@given(st.tuples(st.booleans(), MIXED) | st.sampled_from((Passing, *CLASSES)).flatmap(cases_of))
@settings(max_examples=150)
def test_a_write_that_goes_by_itself_is_what_its_intent_comes_to(case):
    """Step by step: the same requests in the same order, and the same instance or refusal."""
    # Arrange
    expiring, steps = case
    clock = Clock()
    (store, sent), (other, wanted) = opened(clock, expiring=expiring), opened(clock, expiring=expiring)

    for step in steps:
        # Act
        clock.seconds += 1
        found = told(step, store)
        with by_intents():
            expected = told(step, other)

        # Assert
        assert found == expected
        assert sent.sent == wanted.sent
