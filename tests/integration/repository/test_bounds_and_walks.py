"""Bounds in keys of every codec; signed cursors, budgets, segments and threads."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.entities.keys import IndexKey
from pynamite.errors import CursorError, DefinitionError, ItemStructureError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
AMOUNTS = [Decimal(text) for text in ("-99.99", "-10", "-9.5", "-0.01", "0", "0.1", "9", "10.25")]


@attrs.frozen
class Repo:
    owner: str
    name: str


@entity(
    pk="REPO#<repo.owner>#<repo.name>",
    sk="E#<number:signed(3)>",
    indexes={
        "ByDay": ("DAY#<at:day>", "<at>#<number:signed(4)>"),
        "ByRepo": ("OWNER#<repo.owner>", "<repo.name:lower>#<at:day>#<at:desc>"),
        "ByAmount": ("A", "<amount:decimal(3,2)>#<slug>"),
        "ByDate": IndexKey("D", "<on:desc>"),
        "Coarse": ("C", "<repo.name:upper>"),
        "Titles": ("T", "<title:upper>"),
    },
    computed={"slug": lambda title: title.strip().lower().replace(" ", "-") or None},
)
class Event:
    repo: Repo
    number: int
    at: datetime = NOON
    amount: Decimal = Decimal(0)
    title: str = "Some Title"
    on: date | None = None


REPO = Repo("octo", "Hello")


@pytest.fixture
def table(table_name):
    indexes = [Index(name) for name in ("ByDay", "ByRepo", "ByAmount", "ByDate")]
    coarse = [Index(name, projection="KEYS_ONLY") for name in ("Coarse", "Titles")]
    return Table(table_name, Event, indexes=[*indexes, *coarse])


@pytest.fixture
def store(client, table):
    made = table.connect(client)
    made.create_table()
    made[Event].put_many(
        Event(
            repo=REPO,
            number=n - 3,
            at=NOON + timedelta(hours=5 * n),
            amount=amount,
            title=f" Title {n}",
            on=date(2026, 1, 1) + timedelta(n) if n % 2 else None,
        )
        for n, amount in enumerate(AMOUNTS)
    )
    return made


@pytest.fixture
def events(store):
    return store[Event]


def numbers(query):
    return [event.number for event in query]


def test_signed_numbers_sort_and_bound_as_numbers(events):
    """Negative ones first, the smallest before the others."""
    query = events.query(repo=REPO)
    assert numbers(query) == list(range(-3, 5))
    assert numbers(query.between(number=(-2, 1))) == [-2, -1, 0, 1]
    assert numbers(query.gt(number=-2).lt(number=1)) == [-1, 0]
    assert numbers(query.lt(number=-1).reverse()) == [-2, -3]


def test_values_inside_of_others_may_be_given_by_name(events):
    """A nested value is given with what it is in, or by its own name."""
    assert numbers(events.query({"repo.owner": "octo", "repo.name": "Hello"}).ge(number=3)) == [3, 4]
    assert events.get({"repo.owner": "octo", "repo.name": "Hello", "number": -3}) == events.get(repo=REPO, number=-3)
    assert events.get(repo=Repo("octo", "hello"), number=-3) is None


def test_decimals_bound_as_decimals(events):
    """Amounts sort by value; what is computed ends the key."""
    query = events.query("ByAmount")
    assert [event.amount for event in query] == AMOUNTS
    assert [event.amount for event in query.between(amount=(Decimal(-10), Decimal("0.1")))] == AMOUNTS[1:6]
    assert [event.amount for event in query.gt(amount=Decimal("-0.01"))] == AMOUNTS[4:]
    assert numbers(events.query("ByAmount", amount=Decimal(10) + Decimal("0.25"), title=" Title 7")) == [4]
    assert numbers(events.query("ByAmount", {"amount": Decimal("10.25"), "slug": "title-7"})) == [4]


def test_what_is_computed_follows_its_fields(events):
    """A new title is a new key; one of which nothing is computed leaves the index."""
    key = {"repo": REPO, "number": 0}
    events.update(key, {"title": "New Words", "amount": Decimal(1)})
    assert numbers(events.query("ByAmount", amount=Decimal(1)).begins_with(slug="new-")) == [0]
    events.update(key, {"title": "   ", "amount": Decimal(1)})
    assert numbers(events.query("ByAmount", amount=Decimal(1))) == []


def test_dates_that_sort_newest_first_are_bounded_by_value(events):
    """Bounds are dates, whichever way they are written; what has none is not there."""
    query = events.query("ByDate")
    days = [date(2026, 1, day) for day in (8, 6, 4, 2)]
    assert [event.on for event in query] == days
    assert [event.on for event in query.ge(on=date(2026, 1, 4))] == days[:3]
    assert [event.on for event in query.lt(on=date(2026, 1, 4))] == days[3:]
    assert [event.on for event in query.between(on=(date(2026, 1, 3), date(2026, 1, 6))).reverse()] == days[2:0:-1]


def test_a_bucket_is_a_partition_or_a_part_of_the_sort_key(events):
    """A moment says which day is read; bounds on it go on within the day, or over several."""
    assert numbers(events.query("ByDay", at=NOON)) == [-3, -2, -1]
    assert numbers(events.query("ByDay", at=NOON).gt(at=NOON)) == [-2, -1]
    query = events.query("ByRepo", {"repo.owner": "octo", "repo.name": "HELLO"})
    assert numbers(query) == [-1, -2, -3, 4, 3, 2, 1, 0]
    assert numbers(query.ge(at=NOON + timedelta(hours=15))) == [4, 3, 2, 1, 0]
    assert numbers(query.gt(at=NOON + timedelta(hours=5)).lt(at=NOON + timedelta(hours=35))) == [-1, 3, 2, 1, 0]
    assert query.gt(at=NOON + timedelta(hours=5)).count() == 6
    page = query.gt(at=NOON + timedelta(hours=5)).page(4)
    assert numbers(page.items) == [-1, 4, 3, 2]


def test_one_way_keys_of_an_index_that_holds_keys_only(events):
    """What cannot be read from the key is looked up in the item."""
    assert events.query("Coarse").count() == 8
    assert len(events.query("Coarse").begins_with(**{"repo.name": "HEL"}).hydrate().all()) == 8
    late = events.query("Coarse").gt(**{"repo.name": "Hallo"})
    assert len(late.hydrate().all()) == late.hydrate().count() == 8
    assert events.query("Coarse").lt(**{"repo.name": "Hello"}).hydrate().all() == []
    assert late.count() == 8
    titles = events.query("Titles").gt(title=" Title 5")
    assert numbers(titles.hydrate()) == [3, 4] and titles.hydrate().count() == 2
    with pytest.raises(DefinitionError, match=r"call \.hydrate\(\)"):
        titles.count()


def test_an_error_in_what_is_computed_names_it(events):
    """The function's own error, with a note of what it was computing."""
    with pytest.raises(AttributeError) as raised:
        events.query("ByAmount", amount=Decimal(1), title=None)
    assert "while computing 'slug' for a key, from {'title': None}" in raised.value.__notes__


def test_a_cursor_that_is_signed_is_nobody_elses(table, client, store):
    """Another secret, none, or a changed letter: each is refused; the right secret goes on in another store."""

    def query(secret):
        return table.connect(client, secret=secret)[Event].query(repo=REPO)

    cursor = query("s3cret").page(3).cursor
    assert numbers(query(b"s3cret").page(9, cursor).items) == [0, 1, 2, 3, 4]
    unsigned = query(None).page(3).cursor
    changed = cursor[:-3] + ("A" if cursor[-3] != "A" else "B") + cursor[-2:]
    for secret, wrong in (("other", cursor), (None, cursor), ("s3cret", unsigned), ("s3cret", changed), ("s3cret", "")):
        with pytest.raises(CursorError):
            query(secret).page(3, wrong)
    assert "s3cret" not in repr(table.connect(client, secret="s3cret").session)


def test_a_budget_always_moves_on_and_ends(events):
    """Whatever is filtered, every page reads no more than it may, and the pages end."""
    query = events.query(repo=REPO).filter(attribute(Event.amount) > Decimal(9))
    for most_read in (1, 3, 8, 100):
        found, cursor, pages = [], None, 0
        while True:
            page = query.page(5, cursor, most_read=most_read)
            found += page.items
            pages, cursor = pages + 1, page.cursor
            if cursor is None:
                break
            assert pages < 20
        assert numbers(found) == [4]
        assert pages >= 8 // most_read
    limited = query.limit(1)
    assert limited.page(1, most_read=8).cursor is None
    with pytest.raises(ValueError, match="most_read=0"):
        query.page(5, most_read=0)


def test_measuring_counts_what_was_looked_at(events):
    """The cost is that of what is read, kept or not."""
    measured = events.query(repo=REPO).filter(attribute(Event.amount) > Decimal(9)).measured()
    assert (measured.count, measured.scanned_count, measured.requests) == (1, 8, 1)
    assert measured.capacity > 0
    assert events.query(repo=REPO).between(number=(3, 1)).measured().requests == 0


def test_a_scan_in_segments_is_complete(events):
    """Every item comes once, with a limit or a filter, too."""
    expected = sorted(numbers(events.scan()))
    for segments in (1, 2, 7):
        query = events.scan(segments=segments)
        assert sorted(numbers(query)) == expected
        assert len(query.limit(3).all()) == 3
        assert query.count() == 8 and query.measured().scanned_count == 8
        assert sorted(numbers(query.filter(attribute(Event.amount) > Decimal(0)))) == [2, 3, 4]
        first = query.page(5)
        assert sorted(numbers(first.items + query.page(5, first.cursor).items)) == expected
    for wrong in (0, 257, True, 1.5):
        with pytest.raises(ValueError, match="segments"):
            events.scan(segments=wrong)


def test_an_error_in_a_segment_is_raised_where_the_items_are_read(store):
    """An item that does not fit ends the scan with its own error, and every thread."""
    store.db.update("REPO#octo#Hello.E#0000", {"amount": "text"})
    threads = threading.active_count()
    with pytest.raises(ItemStructureError, match=r"\$\.amount"):
        store[Event].scan(segments=4).all()
    assert threading.active_count() == threads


def test_a_scan_that_is_left_early_leaves_no_thread(events):
    """Who stops after the first item is not waited for by anybody."""
    threads = threading.active_count()
    for event in events.scan(segments=5):
        assert event.repo == REPO
        break
    gc.collect()
    assert threading.active_count() == threads


def test_a_cursor_is_good_in_another_process(embedded_url, table_name):
    """What a fingerprint is made of does not depend on where code lies in memory."""
    program = f"""
from tests.integration.repository.test_bounds_and_walks import Event, Index, REPO, Table
indexes = [Index(name) for name in ("ByDay", "ByRepo", "ByAmount", "ByDate")]
table = Table({table_name!r}, Event, indexes=[*indexes, Index("Coarse"), Index("Titles")])
with table.connect({embedded_url!r}) as store:
    store.create_table(exist_ok=True)
    store[Event].put_many(Event(repo=REPO, number=n) for n in range(4))
    print(store.collection(Event, repo=REPO).page(2, CURSOR).cursor)
    query = store[Event].query("ByRepo", {{"repo.owner": "octo"}})
    print(query.page(2, OTHER).cursor)
"""
    made: list[str | None] = [None, None]
    for _ in range(2):
        text = program.replace("CURSOR", repr(made[0])).replace("OTHER", repr(made[1]))
        ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        made = [None if line == "None" else line for line in ran.stdout.split()]
