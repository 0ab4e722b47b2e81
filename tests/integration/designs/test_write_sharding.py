"""Write sharding: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from examples.designs.write_sharding import (
    FIRST_DAY,
    MORNING,
    Click,
    Invoice,
    LogEntry,
    Vote,
    bytes_sent_but_for_code,
    cast_vote,
    change_vote,
    clicks_of_day,
    count_of_code,
    fill,
    follow_click,
    invoice_of,
    invoices_of_day,
    latest_votes,
    log_table,
    page_of_requests_with_code,
    postpone_vote,
    record_click,
    requests_with_code,
    requests_with_code_in_hours,
    votes_of_day,
    write_invoice,
)
from pynamite.errors import ExpressionError, ItemExistsError, KeyValueError


@pytest.fixture
def store(client, table_name):
    """The log of the sample data."""
    store = log_table(table_name).connect(client)
    store.create_table()
    fill(store)
    return store


@pytest.fixture
def empty(client, table_name):
    """The table with nothing in it."""
    store = log_table(table_name).connect(client)
    store.create_table()
    return store


def keys(store, prefix=""):
    """Give the index keys of the items whose partition key begins with a text."""
    return {
        item["PK"]: (item.get("GSI_1_PK"), item.get("GSI_1_SK"))
        for item in store.db.scan()
        if item["PK"].startswith(prefix)
    }


def test_requests_are_found_by_response_code(store):
    """A code, a code on a day, and a code in some hours of a day give what is there, and nothing of other codes."""
    assert {entry.request_id for entry in requests_with_code(store, 404)} == set(range(3, 240, 12))
    assert {entry.request_id for entry in requests_with_code(store, 404, FIRST_DAY)} == set(range(3, 120, 12))
    some = requests_with_code_in_hours(store, 404, FIRST_DAY, 4, 20).all()
    assert [entry.request_id % 24 for entry in some] == [15] * 5
    assert requests_with_code(store, 40).all() == []
    assert count_of_code(store, 500) == 20


def test_bytes_are_added_up_over_the_whole_log(store):
    """All entries count but those of the code."""
    assert bytes_sent_but_for_code(store, 404) == 220_000


def test_an_invoice_is_written_once_and_found_by_its_id(store):
    """The id tells the shard, so that a get needs no more than the design has."""
    assert invoice_of(store, FIRST_DAY, "invoice-007").amount == 700
    assert invoice_of(store, FIRST_DAY, "invoice-777") is None
    with pytest.raises(ItemExistsError):
        write_invoice(store, Invoice(invoice_id="invoice-007", date=FIRST_DAY, amount=1))
    assert [one.invoice_id for one in invoices_of_day(store, FIRST_DAY)] == [f"invoice-{n:03}" for n in range(30)]
    assert invoices_of_day(store, FIRST_DAY + timedelta(days=1)) == []


def test_votes_come_in_the_order_of_time(store):
    """All votes of a day are found, and the latest of them."""
    cast_vote(store, "dora", MORNING + timedelta(days=1))
    assert [vote.cast_at for vote in votes_of_day(store, MORNING)] == [
        MORNING + timedelta(minutes=n) for n in range(20)
    ]
    assert [vote.cast_at.minute for vote in latest_votes(store, MORNING, 3)] == [19, 18, 17]
    assert [vote.candidate for vote in votes_of_day(store, MORNING + timedelta(days=1))] == ["dora"]


def test_clicks_are_counted(store):
    """All clicks of a day are found, those of other days are not."""
    record_click(store, MORNING - timedelta(days=1))
    assert [click.at.minute for click in clicks_of_day(store, MORNING)] == list(range(20))


def test_trap_a_shard_is_computed_from_a_field(store):
    """The shard is the id modulo ten, for whoever writes it: the same after an update, and in a get."""
    found = keys(store, "request#")
    assert all(shard == f"shard#{int(pk.removeprefix('request#')) % 10}" for pk, (shard, _) in found.items())
    assert {shard for shard, _ in found.values()} == {f"shard#{n}" for n in range(10)}
    store[LogEntry].update({"request_id": 3}, {"response_code": 410, "date": FIRST_DAY, "hour": 3})
    assert keys(store, "request#3")["request#3"] == ("shard#3", "410#2009-07-20#03")
    assert len(set(keys(store, "2009-07-20."))) > 5


def test_trap_the_shards_are_merged_in_the_order_of_the_key(store):
    """What ten queries find comes in one order, forward and backward, with a limit, and page by page."""
    query = requests_with_code(store, 404)
    ordered = [(entry.date, entry.hour) for entry in query]
    assert ordered == sorted(ordered) and len(ordered) == 20
    assert [(entry.date, entry.hour) for entry in query.reverse()] == ordered[::-1]
    assert [(entry.date, entry.hour) for entry in query.limit(7)] == ordered[:7]
    assert query.measured().requests == 10
    paged, cursor = [], None
    while True:
        page = page_of_requests_with_code(store, 404, 6, cursor)
        paged += page.items
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page.items) == 6
    assert paged == query.all()


def test_trap_a_random_shard_is_kept(empty):
    """A shard is drawn once: no update draws another, be it of what stands in the key or not."""
    votes = [cast_vote(empty, "ann", MORNING + timedelta(minutes=n)) for n in range(40)]
    assert len({vote.shard for vote in votes}) > 3
    for vote in votes[:10]:
        assert change_vote(empty, vote, "bob").shard == vote.shard
        moved = postpone_vote(empty, vote, MORNING + timedelta(days=1))
        assert moved.shard == vote.shard
        assert keys(empty)[f"VOTE#{vote.vote_id}"][0] == f"2026-05-02.{vote.shard}"
    assert votes_of_day(empty, MORNING).count() == 30
    assert votes_of_day(empty, MORNING + timedelta(days=1)).count() == 10


def test_trap_an_index_key_with_a_shard_is_not_made_of_half_of_it(empty):
    """An update that does not know the shard is refused, unless it reads first, or has the whole vote."""
    vote = cast_vote(empty, "ann", MORNING)
    with pytest.raises(ExpressionError, match="'shard'"):
        empty[Vote].update(vote, {"cast_at": MORNING + timedelta(days=1)})
    changed = Vote(vote_id=vote.vote_id, candidate="ann", cast_at=MORNING + timedelta(days=1), shard=vote.shard)
    assert empty[Vote].save(changed, since=vote) == changed
    assert keys(empty)[f"VOTE#{vote.vote_id}"][0] == f"2026-05-02.{vote.shard}"


def test_trap_an_item_with_a_random_shard_in_its_key_is_found_by_the_shard(empty):
    """A click knows its shard and is found by it; without the shard the key is not whole."""
    clicks = [record_click(empty, MORNING + timedelta(minutes=n)) for n in range(40)]
    assert len({click.shard for click in clicks}) > 3
    assert follow_click(empty, clicks[7], "/shop").shard == clicks[7].shard
    assert empty[Click].require(clicks[7]).led_to == "/shop"
    assert clicks_of_day(empty, MORNING).count() == 40
    with pytest.raises(KeyValueError, match="shard"):
        empty[Click].get(at=MORNING, click_id=clicks[7].click_id)


def test_trap_a_number_stands_in_a_text_key(store):
    """The response code is a number in the item and text in the key; one is never the beginning of another."""
    (item,) = [item for item in store.db.scan() if item["PK"] == "request#3"]
    assert item["response_code"] == 404 and item["GSI_1_SK"] == "404#2009-07-20#03"
    store[LogEntry].update({"request_id": 3}, {"response_code": 4040, "date": FIRST_DAY, "hour": 3})
    assert count_of_code(store, 404) == 19
    assert [entry.response_code for entry in requests_with_code(store, 4040)] == [4040]


def test_trap_a_parallel_scan_reads_everything_once(store):
    """However many segments read the table, each entry comes once."""
    query = store[LogEntry].scan(segments=3)
    assert query.request()["TotalSegments"] == 3
    assert sorted(entry.request_id for entry in query) == list(range(240))
    assert bytes_sent_but_for_code(store, 404, segments=1) == bytes_sent_but_for_code(store, 404, segments=5)
