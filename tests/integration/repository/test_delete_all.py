"""Deleting everything that a query finds."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import DefinitionError, ExpressionError, OperationError
from tests.integration.repository.shop import NOON, Order, Status, Task, User, order


@entity(
    pk="LOG#<source>",
    sk="<number:pad(5)>",
    indexes={"Keys": ("LEVEL#<level>", "<number:pad(5)>"), "Some": ("LEVEL#<level>", "<number:pad(5)>")},
)
class Line:
    source: str
    number: int
    level: str = "info"
    text: str = ""
    kept: bool = False


@entity(pk="LOG#<source>", sk="SUM#<day>", indexes={"Keys": ("LEVEL#<level>", "<day>")})
class Summary:
    source: str
    day: str
    level: str = "info"


@entity(pk="EVENT#<id:shard(4)>", sk="<id>")
class Event:
    id: str


LOGS = [Index("Keys", projection="KEYS_ONLY"), Index("Some", projection=["kept"])]


class Listener:
    """A client that notes which methods are called, and may refuse one of them after so many calls."""

    def __init__(self, client: Any, refused: str = "", after: int = 0) -> None:
        self.client, self.refused, self.after = client, refused, after
        self.calls: list[str] = []
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            if name == self.refused and self.calls.count(name) == self.after:
                # The service's own refusal: there is no such table.
                request = {"RequestItems": {"no-such-table": next(iter(request["RequestItems"].values()))}}
            self.calls.append(name)
            self.requests.append(request)
            return getattr(self.client, name)(**request)

        return call


@pytest.fixture
def logs(client, table_name):
    """The logs' table, with sixty lines of one source, three of another, and summaries."""
    store = Table(table_name, Line, Summary, Event, indexes=LOGS).connect(client)
    store.create_table()
    lines = [Line(source="web", number=n, level="error" if n % 10 == 0 else "info", kept=n < 5) for n in range(60)]
    store[Line].put_many([*lines, *(Line(source="db", number=n) for n in range(3))])
    store[Summary].put_many([Summary(source="web", day=day) for day in ("mon", "tue")])
    return store


def test_a_partition_is_emptied_of_one_entity(logs):
    """Batch by batch, with the numbers told; other entities' items and other partitions stay."""
    told: list[int] = []
    assert logs[Line].query(source="web").delete_all(told.append) == 60
    assert told == [25, 50, 60]
    assert logs[Line].query(source="web").delete_all(told.append) == 0
    assert told == [25, 50, 60]
    assert (logs[Line].count(source="db"), logs[Summary].count(source="web")) == (3, 2)


def test_bounds_filter_and_limit_hold(logs):
    """What the query does not find stays."""
    lines = logs[Line].query(source="web")
    assert lines.ge(number=50).delete_all() == 10
    assert lines.filter(attribute(Line.kept) == True).delete_all() == 5  # noqa: E712 - it is the comparison that is meant
    assert lines.reverse().limit(3).delete_all() == 3
    assert [line.number for line in lines.consistently()] == list(range(5, 47))


@pytest.mark.parametrize("index", ["Keys", "Some"])
def test_an_index_that_holds_a_part_of_the_items_is_enough(logs, index):
    """The keys of its entries are all that is needed."""
    assert logs[Line].query(index, level="error").delete_all() == 6
    assert logs[Line].count(source="web") == 54
    assert logs[Line].query("Some", level="info").filter(attribute(Line.kept) == True).delete_all() == 4  # noqa: E712
    assert logs[Line].query(source="web").lt(number=5).count() == 0


def test_hydrating_looks_at_the_items_first(logs):
    """The same items go; a view makes no difference."""

    @attrs.frozen
    class Short:
        number: int

    assert logs[Line].query("Keys", level="error").hydrate().delete_all() == 6
    assert logs[Line].view(Short).query(source="db").delete_all() == 3
    assert logs[Line].count() == 54


def test_several_entities_at_once(logs):
    """A collection, of the table or of an index of keys: each entity's items in batches of their own."""
    told: list[int] = []
    assert logs.collection("Keys", Line, Summary, level="error").delete_all() == 6
    assert logs.collection(Line, Summary, source="web").delete_all(told.append) == 56
    assert told == [25, 50, 54, 56]
    assert [line.source for line in logs[Line].scan()] == ["db"] * 3


def test_scans_and_shards(logs):
    """Segments in threads of their own, and partitions that are spread."""
    logs[Event].put_many([Event(id=f"e{n}") for n in range(40)])
    ids = [event.id for event in logs[Event].scan()]
    shard = logs[Event].query()
    assert sorted(event.id for event in shard) == sorted(ids)
    assert shard.limit(10).delete_all() == 10
    assert shard.delete_all() == 30
    assert logs[Line].scan(segments=3).delete_all() == 63
    assert logs[Summary].scan().delete_all() == 2
    assert logs.db.scan() == []


def test_only_keys_are_read_page_by_page(logs):
    """What is found is deleted before the next page is read, and nothing but keys and type is sent."""
    text = "x" * 60_000
    for number in range(100, 160):
        logs[Line].put(Line(source="big", number=number, text=text))
    listener: Any = Listener(logs.client)
    store = Table(logs.name, Line, Summary, Event, indexes=LOGS).connect(listener)
    assert store[Line].query(source="big").delete_all() == 60
    assert listener.calls.count("batch_write_item") == 3
    assert "query" in listener.calls[listener.calls.index("batch_write_item") :]
    names = listener.requests[0]["ExpressionAttributeNames"]
    read = {names[alias] for alias in listener.requests[0]["ProjectionExpression"].split(", ")}
    assert read == {"PK", "SK", "_type"}
    assert logs[Line].count(source="big") == 0


def test_a_failure_says_how_many_are_gone(logs):
    """The error is the service's, with a note."""
    listener: Any = Listener(logs.client, refused="batch_write_item", after=1)
    store = Table(logs.name, Line, Summary, Event, indexes=LOGS).connect(listener)
    with pytest.raises(OperationError) as failed:
        store[Line].query(source="web").delete_all()
    assert "25 items were deleted before" in failed.value.__notes__
    assert logs[Line].query(source="web").consistently().count() == 35


def test_what_the_query_cannot_tell_it_does_not_delete(client, table_name):
    """Items that an index of keys only does not tell apart are looked at, or refused."""

    @entity(pk="A#<id>", sk="<part>", indexes={"Keys": ("X#<x>", "<id>")})
    class One:
        id: str
        part: str
        x: str = "1"

    @entity(pk="A#<id>", sk="<part>", indexes={"Keys": ("X#<x>", "<id>")})
    class Two:
        id: str
        part: str
        x: str = "1"

    store = Table(table_name, One, Two, indexes=LOGS[:1], same_key=[(One, Two)]).connect(client)
    store.create_table()
    store[One].put(One(id="1", part="a"))
    store[Two].put(Two(id="1", part="b"))
    with pytest.raises(DefinitionError, match=r"call \.hydrate\(\)"):
        store[One].query("Keys", x="1").delete_all()
    assert store[One].query("Keys", x="1").hydrate().delete_all() == 1
    assert [two.part for two in store[Two].scan()] == ["b"]


def test_a_tenant_deletes_its_own(client, table_name):
    """Neither a query nor a scan reaches another one's items."""
    acme, other = (Table(table_name, Line, indexes=LOGS).connect(client, tenant=name) for name in ("acme", "other"))
    acme.create_table()
    for store in (acme, other):
        store[Line].put_many([Line(source="web", number=n) for n in range(3)])
    assert acme[Line].query("Keys", level="info").limit(1).delete_all() == 1
    assert acme[Line].scan().delete_all() == 2
    assert (acme[Line].count(), other[Line].count()) == (0, 3)


def test_a_query_that_is_wrong_deletes_nothing(filled):
    """It is refused when it is made, as ever."""
    with pytest.raises(ExpressionError):
        filled[Order].query("GSI1", status=Status.OPEN).consistently().delete_all()
    assert filled[Order].query(account_id="1").gt(placed_at=NOON).lt(placed_at=NOON).delete_all() == 0
    assert filled.collection(User, Order, Task, account_id="1").delete_all() == 7
    assert filled[Order].partition(account_id="2") == [order(n, "2", total=n * 10) for n in range(6)]
