"""Companions and counts after random writes: whatever was written, they are what all owners together want."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pynamite import Table, Transaction, attribute, entity, evolve, field
from pynamite.errors import DefinitionError, OperationError


@entity(pk="TITLE#<title>", sk="<owner>")
class Row:
    """One for each title, so that two owners never want the same."""

    title: str
    owner: str
    place: int


@entity(pk="SEAT#<seat>", sk="SEAT", companions=lambda seat: Wing(letter=seat.seat[0], seat=seat.seat))
class Seat:
    """One that only one owner can have, with a companion and a unique value of its own."""

    seat: str
    owner: str
    code: int | None = field(default=None, unique=True)


@entity(pk="WING#<letter>", sk="<seat>")
class Wing:
    letter: str
    seat: str


def wanted(owner: Owner) -> Iterator[object]:
    for place, title in enumerate(owner.titles):
        yield Row(title=title, owner=owner.id, place=place)
    if owner.seat is not None:
        yield Seat(seat=owner.seat, owner=owner.id, code=owner.code)


@entity(pk="OWNER#<id>", sk="OWNER", companions=wanted)
class Owner:
    id: str
    titles: list[str] = field(factory=list)
    seat: str | None = None
    code: int | None = None
    visits: int = 0


@entity(pk="EDGE#<one>", sk="EDGE#<other>", companions=lambda edge: evolve(edge, one=edge.other, other=edge.one))
class Edge:
    one: str
    other: str
    weight: int = 0


@entity(pk="COUNT", sk="<kind>")
class Count:
    kind: str
    number: int = 0


def counting_table() -> Table:
    """The table, in which rows, seats and edges are counted."""
    table = Table("owners", Owner, Row, Seat, Wing, Edge, Count)
    for cls in (Row, Seat, Edge):

        def add(_: object, tx: Transaction, kind: str = cls.__name__, amount: int = 1) -> None:
            tx[Count].update({"kind": kind}, attribute(Count.number).add(amount), upsert=True)

        def take(_: object, tx: Transaction, kind: str = cls.__name__) -> None:
            tx[Count].update({"kind": kind}, attribute(Count.number).add(-1), upsert=True)

        table.on_create(cls)(add)
        table.on_delete(cls)(take)
    return table


TABLE = counting_table()
IDS = st.sampled_from("abc")
TITLES = st.lists(st.sampled_from("xyz"), unique=True, max_size=3)
SEATS = st.none() | st.sampled_from(["A1", "A2", "B1"])
CODES = st.none() | st.integers(1, 2)
FIELDS = {"titles": TITLES, "seat": SEATS, "code": CODES, "visits": st.integers(0, 3)}
OWNERS = st.builds(Owner, id=IDS, **FIELDS)
EDGES = st.builds(Edge, one=IDS, other=IDS, weight=st.integers(0, 2))
KEYS = st.builds(lambda one: {"id": one}, IDS)
CHANGES = st.fixed_dictionaries({}, optional=FIELDS).filter(bool)

# Each is a function of the repositories, be they a store's or a transaction's.
WRITES: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda one: lambda to: to[Owner].create(one), OWNERS),
    st.builds(lambda one: lambda to: to[Owner].put(one), OWNERS),
    st.builds(lambda key, changes: lambda to: to[Owner].update(key, changes), KEYS, CHANGES),
    st.builds(lambda key, changes: lambda to: to[Owner].update(key, changes, upsert=True), KEYS, CHANGES),
    st.builds(lambda key: lambda to: to[Owner].update(key, attribute(Owner.titles).append("w")), KEYS),
    st.builds(lambda key: lambda to: to[Owner].delete(key), KEYS),
    st.builds(lambda edge: lambda to: to[Edge].create(edge), EDGES),
    st.builds(lambda edge: lambda to: to[Edge].put(edge), EDGES),
    st.builds(lambda edge: lambda to: to[Edge].update(edge, {"weight": edge.weight + 1}), EDGES),
    st.builds(lambda edge: lambda to: to[Edge].delete(edge), EDGES),
)
MOVES = st.builds(lambda key, new: lambda to: to[Owner].move(key, new), KEYS, KEYS)


def check(store: Any) -> None:
    """Everything that is stored is what owners and edges want, and is counted."""
    owners = store[Owner].scan().all()
    seats = [one for owner in owners for one in wanted(owner) if isinstance(one, Seat)]
    rows = [one for owner in owners for one in wanted(owner) if isinstance(one, Row)]
    edges = store[Edge].scan().all()
    assert in_order(store[Row].scan()) == in_order(rows)
    assert in_order(store[Seat].scan()) == in_order(seats)
    assert in_order(store[Wing].scan()) == in_order(Wing(letter=one.seat[0], seat=one.seat) for one in seats)
    assert {(one.one, one.other, one.weight) for one in edges} == {(one.other, one.one, one.weight) for one in edges}
    counts = {count.kind: count.number for count in store[Count].scan()}
    there = Counter({"Row": len(rows), "Seat": len(seats), "Edge": len(edges)})
    assert {kind: number for kind, number in counts.items() if number} == {k: n for k, n in there.items() if n}
    guards = [item["PK"] for item in store.db.scan() if item["PK"].startswith("UNIQUE#")]
    assert sorted(guards) == sorted(f"UNIQUE#Seat#code#{one.code}" for one in seats if one.code is not None)


def in_order(found: Any) -> list[str]:
    return sorted(map(repr, found))


@settings(max_examples=60)
@given(steps=st.lists(WRITES | MOVES | st.lists(WRITES, min_size=2, max_size=4), min_size=1, max_size=12))
def test_they_are_in_step_after_every_write(steps):
    """A write, or a transaction of several, keeps all of it in step, or changes nothing."""
    with TABLE.connect("sqlite://") as store:
        store.create_table()
        for step in steps:
            before = store.db.scan()
            try:
                if isinstance(step, list):
                    with store.transaction() as tx:
                        for write in step:
                            write(tx)
                    event("transaction")
                else:
                    step(store)
                    event("single write")
            except (OperationError, DefinitionError) as error:
                event(f"refused: {type(error).__name__}")
                assert store.db.scan() == before
            check(store)
