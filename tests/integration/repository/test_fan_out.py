"""One partition spread over shards: read as if it were one, in pages, within budgets, against a model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite import Index, Table, attribute, entity
from pynamite.errors import CursorError, KeyValueError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(
    pk="LOG#<id>",
    sk="LOG",
    indexes={
        "ByCode": ("CODE#<id:shard(4)>", "<code>#<at:utc(0)>"),
        "Keys": ("K#<id:shard(3)>", "<code>#<at:desc>"),
        "Both": ("<id:shard(3)>#<id>", "x"),
    },
)
class Log:
    id: int
    code: str
    at: datetime
    size: int = 0


@pytest.fixture
def table(table_name):
    return Table(table_name, Log, indexes=[Index("ByCode"), Index("Keys", projection="KEYS_ONLY"), Index("Both")])


@pytest.fixture
def logs(client, table):
    store = table.connect(client)
    store.create_table()
    made = [
        Log(id=n, code="404" if n % 3 else "200", at=NOON + timedelta(minutes=n * 7 % 25), size=n) for n in range(25)
    ]
    store[Log].put_many(made)
    return store[Log]


def ids(query):
    return [log.id for log in query]


def pages_of(query, size, **options):
    """Read page by page; gives the items and how many pages there were."""
    found, cursor, pages = [], None, 0
    while True:
        page = query.page(size, cursor, **options)
        pages += 1
        found += page.items
        cursor = page.cursor
        assert len(page.items) <= size
        if cursor is None:
            return found, pages
        assert "most_read" in options or len(page.items) == size
        assert pages < 200, "it goes on for ever"


@pytest.mark.parametrize("index", ["ByCode", "Keys"])
def test_shards_are_merged_in_the_order_of_the_key(logs, index):
    """All shards are read, in one order, in either direction, up to a limit, filtered, and counted."""
    expected = sorted((log for log in logs.scan() if log.code == "404"), key=lambda log: log.at)
    query = logs.query(index, code="404")
    if index == "Keys":
        expected.reverse()
        query = query.hydrate()
    times = [log.at for log in expected]
    assert [log.at for log in query] == times
    assert [log.at for log in query.reverse()] == times[::-1]
    assert [log.at for log in query.limit(5)] == times[:5]
    assert query.count() == 16 and query.limit(3).count() == 3
    assert query.first().at == times[0]
    since = NOON + timedelta(minutes=10)
    assert [log.at for log in query.ge(at=since)] == [at for at in times if at >= since]
    assert [log.at for log in query.lt(at=since)] == [at for at in times if at < since]


@pytest.mark.parametrize("index", ["ByCode", "Keys"])
@pytest.mark.parametrize("size", [1, 4, 16, 50])
def test_pages_over_shards_are_exact_and_complete(logs, index, size):
    """Stopping and going on anywhere gives what reading at once does, exact pages included."""
    query = logs.query(index, code="404")
    query = query if index == "ByCode" else query.hydrate()
    assert pages_of(query, size)[0] == query.all()
    assert pages_of(query.reverse().limit(7), size)[0] == query.reverse().limit(7).all()


def test_a_filter_and_a_budget_keep_the_order(logs):
    """A page that may read little is short, but the pages together are in order and complete."""
    query = logs.query("ByCode", code="404").filter(attribute(Log.size) > 20)
    for most_read in (1, 2, 5, 9):
        found, pages = pages_of(query, 2, most_read=most_read)
        assert found == query.all()
        assert pages > 1
    assert sorted(ids(query)) == [22, 23]


def test_one_shard_is_read_where_the_value_is_known(logs):
    """A field that is given says which shard to read, and which items of it are meant."""
    query = logs.query("ByCode", id=1, code="404")
    assert query.request()["ExpressionAttributeValues"][":v0"] == {"S": "CODE#1"}
    assert ids(query) == [1] and query.count() == 1
    assert ids(logs.query("Both", id=7)) == [7]
    with pytest.raises(KeyValueError, match="'id' of entity 'Log' is missing"):
        logs.query("Both")


def test_a_cursor_over_shards_is_of_its_query(logs):
    """Another code, direction, bound or filter is another query."""
    query = logs.query("ByCode", code="404")
    cursor = query.page(3).cursor
    for other in (
        logs.query("ByCode", code="200"),
        query.reverse(),
        query.ge(at=NOON),
        query.filter(attribute(Log.size) > 1),
        logs.query("ByCode", code="404", id=1),
        logs.query("Keys", code="404").hydrate(),
        query.limit(10),
        logs.scan(),
    ):
        with pytest.raises(CursorError):
            other.page(3, cursor)


def test_measuring_tells_what_all_shards_cost(logs):
    """Each shard is a request; everything that was looked at is counted."""
    measured = logs.query("ByCode", code="404").filter(attribute(Log.size) > 20).measured()
    assert measured.count == 2 and measured.scanned_count == 16 and measured.requests == 4
    assert measured.capacity > 0


def test_items_that_are_gone_are_left_out_of_pages(embedded, table):
    """Entries of an index whose items were deleted meanwhile shorten nothing and lose nothing."""
    store = table.connect(embedded)
    store.create_table()
    repository = store[Log]
    repository.put_many([Log(id=n, code="c", at=NOON + timedelta(seconds=n)) for n in range(12)])
    query = repository.query("Keys", code="c").hydrate()
    # The embedded engine has no stale indexes: what is of another type by now is left out just so.
    for gone in (10, 9, 6, 1, 0):
        store.db.update(f"LOG#{gone}.LOG", {"_type": "Other"})
    for size in (1, 2, 3):
        assert ids(pages_of(query, size)[0]) == [11, 8, 7, 5, 4, 3, 2]


ENTRIES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), max_size=14, unique_by=lambda entry: entry[0])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=ENTRIES,
    size=st.integers(1, 4),
    most=st.none() | st.integers(1, 6),
    most_read=st.none() | st.integers(1, 6),
    forward=st.booleans(),
    least=st.none() | st.integers(0, 4),
    hydrated=st.booleans(),
)
def test_any_walk_over_shards_is_the_models(embedded, entries, size, most, most_read, forward, least, hydrated):
    """Whatever is stored, a page after the other gives the sorted list: nothing twice, nothing lost."""
    table = Table("model", Log, indexes=[Index("ByCode"), Index("Keys", projection="KEYS_ONLY"), Index("Both")])
    store = table.connect(embedded)
    store.create_table(exist_ok=True)
    logs = store[Log]
    logs.delete_many([{"id": log.id} for log in logs.scan()])
    logs.put_many([Log(id=one, code="c", at=NOON + timedelta(hours=hour), size=one) for one, hour in entries])
    model = sorted(hour for _, hour in entries if least is None or hour >= least)
    query = logs.query("Keys" if hydrated else "ByCode", code="c")
    query = query if least is None else query.ge(at=NOON + timedelta(hours=least))
    if hydrated:
        query, model = query.hydrate(), model[::-1]
    if not forward:
        query, model = query.reverse(), model[::-1]
    query = query if most is None else query.limit(most)
    model = model if most is None else model[:most]
    options = {} if most_read is None else {"most_read": most_read}
    found, _ = pages_of(query, size, **options)
    assert [(log.at - NOON) // timedelta(hours=1) for log in found] == model
    assert len({log.id for log in found}) == len(found)
    assert sorted(log.id for log in query) == sorted(log.id for log in found) or most is not None
