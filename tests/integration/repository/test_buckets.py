"""Walking over buckets of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import CursorError, DefinitionError, ExpressionError, KeyValueError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(
    pk="DEAL#<deal_id:pad(4)>", sk="DEAL",
    indexes={
        "Days": ("DEALS#<created:day>", "DEAL#<deal_id:pad(4)>"),
        "Newest": ("<brand>#<created:month>", "<created:desc>"),
        "Weeks": ("<created:strftime(%G-W%V)>", "<created>"),
        "Weekdays": ("<created:strftime(%A)>", "<created>"),
        "Seconds": ("<created:strftime(%S)>", "<created>"),
        "Shards": ("<created:day>#<deal_id:shard(3)>", "<created>"),
        "Keys": ("KEYS#<created:day>", "<created>"),
        "Two": ("<created:day>#<ends:day>", "<created>"),
    },
)
class Deal:
    deal_id: int
    created: datetime
    brand: str = "ACME"
    ends: date = date(2026, 6, 1)


@entity(pk="LOG#<day:day>", sk="<number:pad(3)>")
class Log:
    day: date
    number: int


def table(name):
    names = ["Days", "Newest", "Weeks", "Weekdays", "Seconds", "Shards", "Two"]
    return Table(name, Deal, Log, indexes=[*map(Index, names), Index("Keys", projection="KEYS_ONLY")])


@pytest.fixture
def deals(client, table_name):
    """Thirty deals, seven hours apart, the newest with the greatest number; and none on three days in the middle."""
    store = table(table_name).connect(client, secret="s")
    store.create_table()
    made = [Deal(deal_id=29 - n, created=NOON - timedelta(hours=7 * n + (96 if n > 14 else 0)),
                 brand="ACME" if n % 2 else "OTHER") for n in range(30)]
    store[Deal].put_many(made)
    return store[Deal]


def ids(found):
    return [deal.deal_id for deal in found]


def test_the_latest_deals_are_read_day_by_day_until_there_are_enough(deals):
    """Newest first; days without deals are passed over."""
    walk = deals.walk_back("Days", created=NOON, most_buckets=30)
    assert ids(walk.limit(25)) == [*range(29, 4, -1)]
    assert ids(walk) == ids(walk.all()) == [*range(29, -1, -1)]
    assert walk.first().deal_id == 29
    assert (walk.count(), walk.limit(7).count(), walk.limit(99).count()) == (30, 7, 30)


def test_no_more_buckets_are_read_than_allowed(deals):
    """Full or empty, they count."""
    assert ids(deals.walk_back("Days", created=NOON, most_buckets=1)) == [29, 28]
    assert ids(deals.walk_back("Days", created=NOON + timedelta(days=2), most_buckets=3)) == [29, 28]
    assert deals.walk_back("Days", created=NOON + timedelta(days=2), most_buckets=2).first() is None


def test_only_as_many_buckets_are_read_as_are_needed(deals):
    """Two deals of the first day are enough for a limit of two."""
    walk = deals.walk_back("Days", created=NOON, most_buckets=10**6).limit(2)
    assert ids(walk) == [29, 28] and walk.request()["Limit"] == 2
    assert ":v0" in walk.request()["ExpressionAttributeValues"] and not walk.request()["ScanIndexForward"]


def test_a_sort_key_that_is_written_newest_first_is_read_forward(deals):
    """Either way the newest comes first; the other fields of the partition key are given, too."""
    walk = deals.walk_back("Newest", created=NOON, brand="ACME", most_buckets=12)
    assert ids(walk) == [*range(28, -1, -2)] and "ScanIndexForward" not in walk.request()
    forward = deals.walk_forward("Newest", created=NOON - timedelta(days=40), brand="ACME", most_buckets=12)
    assert ids(forward) == [*range(0, 29, 2)]


def test_a_walk_forward_reads_the_oldest_first(deals):
    """From the bucket of the given moment on."""
    start = NOON - timedelta(days=20)
    assert ids(deals.walk_forward("Days", created=start, most_buckets=30)) == [*range(30)]
    assert ids(deals.walk_forward("Days", created=NOON, most_buckets=30)) == [28, 29]


def test_weeks_and_shards_are_walked(deals):
    """A bucket by strftime has neighbours, too, and what is spread over shards comes in order."""
    assert ids(deals.walk_back("Weeks", created=NOON, most_buckets=3)) == [*range(29, -1, -1)]
    assert ids(deals.walk_back("Shards", created=NOON, most_buckets=30)) == [*range(29, -1, -1)]


def test_buckets_that_come_again_are_read_once(deals):
    """There are seven weekdays."""
    found = ids(deals.walk_back("Weekdays", created=NOON, most_buckets=100))
    assert sorted(found) == [*range(30)]


def test_a_filter_is_for_all_buckets(deals):
    """The limit counts what it keeps."""
    walk = deals.walk_back("Days", created=NOON, most_buckets=30).filter(attribute(Deal.brand) == "ACME").limit(5)
    assert ids(walk) == [28, 26, 24, 22, 20] and walk.count() == 5
    with pytest.raises(TypeError):
        walk.filter("brand = ACME")


def test_keys_are_hydrated(deals):
    """As in a query."""
    walk = deals.walk_back("Keys", created=NOON, most_buckets=30)
    assert ids(walk.hydrate().limit(3)) == [29, 28, 27]
    with pytest.raises(DefinitionError, match="hydrate"):
        walk.all()


def paged(walk, size):
    """Read page by page; gives the ids of each."""
    page = walk.page(size)
    pages = [ids(page.items)]
    while page.cursor is not None:
        page = walk.page(size, page.cursor)
        pages.append(ids(page.items))
    return pages


@pytest.mark.parametrize("index", ["Days", "Shards", "Weeks"])
def test_pages_have_their_exact_size_and_end_where_the_walk_does(deals, index):
    """A cursor knows its bucket; after the last item there is none."""
    every = deals.walk_back(index, created=NOON, most_buckets=30)
    for most, sizes in ((None, (4, 30, 31)), (1, (1,)), (7, (1, 4)), (29, (30,)), (31, (4,))):
        walk = every if most is None else every.limit(most)
        expected = ids(walk)
        for size in sizes:
            assert paged(walk, size) == [expected[n : n + size] for n in range(0, len(expected), size)]


def test_a_cursor_is_taken_by_a_walk_that_starts_later(deals):
    """The next page may be asked for on the next day."""
    page = deals.walk_back("Days", created=NOON, most_buckets=30).page(4)
    later = deals.walk_back("Days", created=NOON + timedelta(days=3), most_buckets=30)
    assert ids(later.page(3, page.cursor).items) == [25, 24, 23]
    for walk in (
        deals.walk_back("Days", created=NOON + timedelta(days=30), most_buckets=5),
        deals.walk_back("Weeks", created=NOON, most_buckets=30),
        deals.walk_forward("Days", created=NOON, most_buckets=30),
        deals.walk_back("Days", created=NOON, most_buckets=30).limit(3),
    ):
        with pytest.raises(CursorError):
            walk.page(3, page.cursor)
    with pytest.raises(CursorError, match="no cursor"):
        later.page(3, "nonsense")
    with pytest.raises(ValueError, match="page"):
        later.page(0)


def test_buckets_are_those_of_utc(deals):
    """A moment with another offset is in the day that it has in UTC."""
    east = timezone(timedelta(hours=14))
    assert ids(deals.walk_back("Days", created=NOON.astimezone(east), most_buckets=1)) == [29, 28]


def test_dates_are_walked_in_the_table_itself(client, table_name):
    """No index is needed, and the walk ends where the calendar does."""
    store = table(table_name).connect(client)
    store.create_table()
    store[Log].put_many(Log(day=date(1, 1, 1 + n % 2), number=n) for n in range(4))
    walk = store[Log].walk_back(day=date(1, 1, 4), most_buckets=100)
    assert [log.number for log in walk.consistently()] == [3, 1, 2, 0]
    assert [log.number for log in store[Log].walk_back({"day": date(1, 1, 1)}, most_buckets=2)] == [2, 0]


def test_walks_that_cannot_be_are_refused(deals):
    """At once, before anything is read."""
    with pytest.raises(DefinitionError, match="no bucket of time"):
        deals.walk_back(deal_id=1, most_buckets=3)
    with pytest.raises(DefinitionError, match="no neighbours"):
        deals.walk_back("Seconds", created=NOON, most_buckets=3)
    with pytest.raises(DefinitionError, match="created and ends"):
        deals.walk_back("Two", created=NOON, ends=NOON.date(), most_buckets=3)
    with pytest.raises(DefinitionError, match="no part in an index 'None'"):
        deals.walk_back("None", created=NOON, most_buckets=3)
    with pytest.raises(KeyValueError, match="'created'"):
        deals.walk_back("Days", most_buckets=3)
    with pytest.raises(KeyValueError, match="'brand'"):
        deals.walk_back("Newest", created=NOON, most_buckets=3)
    with pytest.raises(KeyValueError, match="naive"):
        deals.walk_back("Days", created=NOON.replace(tzinfo=None), most_buckets=3)
    with pytest.raises(ValueError, match="most_buckets"):
        deals.walk_back("Days", created=NOON, most_buckets=0)
    with pytest.raises(ExpressionError, match="consistently"):
        deals.walk_back("Days", created=NOON, most_buckets=3).consistently()
