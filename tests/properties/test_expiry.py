"""Items that expire, against a model: random times, a clock that is put forward, every way to read and to write."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Table, attribute, entity, evolve, field
from pynamite.entities.epoch import bound_of, counted, epoch_hooks, left_of, whole_second
from pynamite.errors import ItemExistsError, ItemNotFoundError
from pynamite.expression import nodes
from pynamite.local.evaluate import holds
from tests.integration.repository.sessions import START, Clock, Code, Profile, Session, sessions_table

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31, 23, 59, 59), timezones=st.just(UTC))
NOWS = st.datetimes(datetime(1980, 1, 1), datetime(5000, 1, 1), timezones=st.just(UTC))
TIMES = st.timedeltas(timedelta(0), timedelta(days=365 * 4000))
SECOND = timedelta(seconds=1)

COUNTER = itertools.count()


@given(MOMENTS, MOMENTS)
def test_moments_come_back_rounded_up_and_sort_as_numbers_do(one, other):
    """By less than a second, and never before what was said."""
    write, read = epoch_hooks(datetime)
    backs = [read(write(moment), datetime) for moment in (one, other)]
    assert [whole_second(moment) for moment in (one, other)] == backs
    assert all(timedelta(0) <= back - moment < SECOND for moment, back in zip((one, other), backs, strict=True))
    numbers = [int(write(moment)["N"]) for moment in (one, other)]
    assert (numbers[0] < numbers[1]) == (backs[0] < backs[1])
    assert write(backs[0]) == write(one)


@given(MOMENTS, MOMENTS, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]))
def test_a_moment_is_compared_as_it_is(stored, other, operator):
    """With what is stored, to the microsecond."""
    write, read = epoch_hooks(datetime)
    item = {"ttl": write(stored)}
    condition = nodes.Compare(operator, nodes.Path(("ttl",)), nodes.Value(bound_of(datetime, other)))
    back = read(item["ttl"], datetime)
    said = {
        "<": back < other, "<=": back <= other, ">": back > other, ">=": back >= other,
        "=": back == other, "<>": back != other,
    }  # fmt: skip
    assert holds(condition, item) == said[operator]


@given(NOWS, TIMES, TIMES)
def test_a_duration_is_what_is_left_of_the_moment(now, time, passing):
    """Counted from one moment and read at another."""
    write, read = epoch_hooks(timedelta)
    stored = counted(write(time), now)
    end = epoch_hooks(datetime)[1](stored, datetime)
    assert timedelta(0) <= end - (now + time) < SECOND
    assert read(left_of(stored, now + passing), timedelta) == end - (now + passing)
    # Written again at the moment of reading, it is the same.
    assert counted(left_of(stored, now + passing), now + passing) == stored


@pytest.fixture(scope="module")
def stores():
    """The table of sessions, in memory, on a clock of its own; and what writes and reads it, with and without types."""
    clock = Clock()
    found = []
    for type_attribute in ("_type", None):
        store = sessions_table("sessions", type_attribute=type_attribute).connect("sqlite://", now=clock)
        store.create_table()
        found.append(store)
    yield clock, found
    for store in found:
        store.close()


HOURS = st.none() | st.integers(-2, 6) | st.floats(0, 6, width=16)


def moment(hours):
    """A moment so many hours from the start; None is never."""
    return None if hours is None else START + timedelta(hours=hours)


@given(
    sessions=st.lists(HOURS, max_size=6), codes=st.lists(HOURS, max_size=3), passing=st.floats(0, 6, width=16),
    size=st.integers(1, 4), typed=st.booleans(), backwards=st.booleans(),
)  # fmt: skip
def test_a_read_gives_what_has_not_expired(stores, sessions, codes, passing, size, typed, backwards):
    """Every way to read gives what the model keeps, and everything if it is asked for."""
    clock, (first, second) = stores
    store, user = first if typed else second, str(next(COUNTER))
    clock.now = START
    made = [
        store[Session].put(Session(user_id=user, token=f"{number}", status=user, expires=moment(hours)))
        for number, hours in enumerate(sessions)
    ]
    for number, hours in enumerate(codes):
        lasts = None if hours is None else timedelta(hours=hours)
        store[Code].put(Code(user_id=user, number=number, lasts=lasts))
    store[Profile].put(Profile(user_id=user))
    clock.forward(timedelta(hours=passing))

    def alive(when):
        return when is None or whole_second(when) > clock.now

    kept = [one for one in made if alive(one.expires)]
    kept_codes = [number for number, hours in enumerate(codes) if alive(moment(hours))]
    ordered = kept[::-1] if backwards else kept
    query = store[Session].query(user_id=user)
    query = query.reverse() if backwards else query
    assert query.all() == ordered
    assert query.count() == len(kept)
    assert sorted(map(repr, query.include_expired())) == sorted(map(repr, made))
    assert store[Session].get_many(made) == [one if one in kept else None for one in made]
    assert [store[Session].get(one) for one in made] == [one if one in kept else None for one in made]
    assert store[Session].get_many(made, include_expired=True) == made
    pages: list[list[Session]] = []
    cursor: str | None = None
    while not pages or cursor is not None:
        page = query.page(size, cursor)
        pages.append(page.items)
        cursor = page.cursor
    assert [one for page in pages for one in page] == ordered
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert [one.number for one in store[Code].query(user_id=user)] == kept_codes
    family = store.collection(Session, Code, Profile, user_id=user)
    groups = family.by_type()
    assert (groups[Session], [one.number for one in groups[Code]]) == (kept, kept_codes)
    assert family.count() == len(kept) + len(kept_codes) + 1
    by_expiry = store[Session].query("ByExpiry", status=user)
    due = sorted((one for one in kept if one.expires is not None), key=lambda one: one.expires)
    assert [one.expires for one in by_expiry] == [one.expires for one in due]
    assert by_expiry.count() == len(due)
    for index in ("Keys", "Some"):
        assert store[Session].query(index, status=user).hydrate().all() == kept
    soon = attribute(Session.expires) <= clock.now + timedelta(hours=1)
    assert store[Session].query(user_id=user).filter(soon).all() == [
        one for one in kept if one.expires is not None and one.expires <= clock.now + timedelta(hours=1)]


@entity(pk="<name>", sk="X")
class Lock:
    """Something that is held for a time."""

    name: str
    owner: str = ""
    count: int = 0
    until: datetime | None = field(default=None, ttl=True)


@pytest.fixture(scope="module")
def locks():
    """Locks, on a clock of their own."""
    clock = Clock()
    store = Table("locks", Lock).connect("sqlite://", now=clock)
    store.create_table()
    yield clock, store[Lock]
    store.close()


STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "put", "update", "upsert", "extend"]), st.none() | st.integers(0, 4)),
    st.tuples(st.sampled_from(["delete", "must delete", "save", "wait"]), st.integers(0, 4)),
)


@given(st.lists(STEPS, max_size=12))
def test_a_write_sees_what_has_not_expired(locks, steps):
    """The model is a single variable, which empties itself when the time has come."""
    clock, repository = locks
    name = f"lock {next(COUNTER)}"
    known = None
    for verb, number in steps:
        if known is not None and known.until is not None and known.until <= clock.now:
            known = None
        later = None if number is None else number * SECOND
        until = None if later is None else clock.now + later
        if verb == "wait":
            clock.forward(later)
            continue
        try:
            if verb in {"create", "put"}:
                new = Lock(name=name, owner=verb, until=until)
                assert getattr(repository, verb)(new) == new
                assert verb == "put" or known is None
                known = new
            elif verb == "update":
                found = repository.update({"name": name}, attribute(Lock.count).add(1))
                known = evolve(known, count=known.count + 1)
                assert found == known
            elif verb == "extend":
                found = repository.update({"name": name}, attribute(Lock.until).set(until))
                known = evolve(known, until=until)
                assert found == known
            elif verb == "upsert":
                found = repository.update({"name": name}, attribute(Lock.count).add(1), upsert=True)
                known = evolve(known or Lock(name=name), count=(known.count if known else 0) + 1)
                assert found == known
            elif verb == "save":
                loaded = repository.require(name=name, include_expired=True)
                found = repository.save(evolve(loaded, owner="saved"), since=loaded)
                known = evolve(known, owner="saved")
                assert found == known
            else:
                assert repository.delete(name=name, must_exist=verb == "must delete") == (known is not None)
                known = None
        except ItemExistsError:
            assert (verb, known is not None) == ("create", True)
        except ItemNotFoundError:
            assert verb in {"update", "extend", "must delete", "save"}
            assert known is None
        there = None if known is not None and known.until is not None and known.until <= clock.now else known
        assert repository.get(name=name) == there
