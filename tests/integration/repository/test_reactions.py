"""Reactions: what is done whenever an item is made, changed or deleted, in the same transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pynamite import Transaction, attribute, entity, evolve, field
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    StaleVersionError,
    TransactionCanceledError,
    UniqueViolationError,
    UnknownEntityError,
)
from pynamite.repository.writing import unit
from tests.integration.repository.channels import (
    Channel,
    Comment,
    Log,
    Video,
    channel_table,
    comment,
    connected,
    counted,
    declared,
    video,
)
from tests.integration.repository.meddler import Meddler

A = {"handle": "a"}


class Spy:
    """A client that notes the transactions which go by."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.sent: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_write_items(self, **request: Any) -> Any:
        self.sent.append([next(iter(action)) for action in request["TransactItems"]])
        return self.client.transact_write_items(**request)


@pytest.fixture
def table(table_name):
    return channel_table(table_name)


@pytest.fixture
def store(client, table):
    """Two channels, which count."""
    made = table.connect(client)
    made.create_table()
    for handle in "ab":
        made[Channel].create(Channel(handle=handle))
    return made


@pytest.fixture
def meddled(store, table):
    """The store on a client that lets others act behind each read."""

    def make(act, times=1):
        meddler: Any = Meddler(store.client, act, times)
        return table.connect(meddler)

    return make


def plain(client, name):
    """A table with channels and without reactions yet; gives it, and a store on it."""
    table = declared(name)
    return table, connected(table, client)


def test_every_verb_keeps_the_count(store):
    """However a video comes, changes and goes, its channel counts it."""
    videos = store[Video]
    one = videos.create(video(1, seconds=Decimal(10), topic="cats"))
    assert counted(store) == (1, 10, 0)
    videos.put(video(2))
    videos.put(video(2, seconds=Decimal("0.5")))
    assert counted(store) == (2, Decimal("10.5"), 0)
    assert videos.update(one, {"seconds": Decimal(20)}) == evolve(one, seconds=Decimal(20))
    assert videos.update({"handle": "a", "number": 3}, attribute(Video.likes).add(1), upsert=True).likes == 1
    assert counted(store) == (3, Decimal("80.5"), 0)
    loaded = videos.require(handle="a", number=2)
    assert videos.save(evolve(loaded, seconds=Decimal(1)), since=loaded).seconds == 1
    assert videos.move(one, {"number": 9}).number == 9
    assert counted(store) == (3, 81, 0)
    videos.move({"handle": "a", "number": 9}, {"handle": "b"})
    assert (counted(store), counted(store, "b")) == ((2, 61, 0), (1, 20, 0))
    assert videos.delete(handle="a", number=3) is True
    assert videos.delete(handle="a", number=3) is False
    assert videos.pop(handle="a", number=2) == video(2, seconds=Decimal(1))
    assert counted(store) == (0, 0, 0)
    videos.put_many([video(n) for n in (5, 6, 7, 6)])
    videos.delete_many([video(5), {"handle": "a", "number": 99}])
    assert counted(store) == (2, 120, 0)
    assert store[Channel].require(A).topics == {"cats"}


def test_many_videos_in_one_transaction_are_counted_at_once(table, store):
    """The counts of each become one update of their channel, together with what was asked for."""
    store[Video].create(video(1))
    spy: Any = Spy(store.client)
    with table.connect(spy).transaction() as tx:
        tx[Channel].update(A, {"title": "new"})
        tx[Video].create(video(2, topic="cats"))
        tx[Video].put(video(3, seconds=Decimal(5), topic="dogs"))
        tx[Video].update({"handle": "a", "number": 4}, {"seconds": Decimal(7)}, upsert=True)
        tx[Video].delete(video(1))
    assert spy.sent == [["Update", "Put", "Put", "Put", "Delete"]]
    assert counted(store) == (3, 72, 0)
    channel = store[Channel].require(A)
    assert (channel.title, channel.topics) == ("new", {"cats", "dogs"})


def test_a_verb_without_reactions_goes_by_itself(table, store):
    """Neither does it read, nor is it a transaction."""
    store[Video].create(video(1))
    store[Comment].create(comment(1, "x"))
    spy: Any = Spy(Meddler(store.client, lambda: pytest.fail("it has read"), 99))
    other = table.connect(spy)
    other[Channel].update(A, {"title": "x"})
    other[Comment].update(comment(1, "x"), {"text": "y"})
    assert spy.sent == []


def test_what_a_reaction_is_given(client, table_name):
    """Instances as they were and as they are, whichever verb it was; a move deletes and makes."""
    table, store = plain(client, table_name)
    seen: list[Any] = []
    table.on_create(Video)(lambda new, tx: seen.append(("create", new)))
    table.on_update(Video)(lambda old, new, tx: seen.append(("update", old.likes, new)))
    table.on_delete(Video)(lambda old, tx: seen.append(("delete", old)))
    videos, key = store[Video], {"handle": "a", "number": 1}

    def told(act):
        seen.clear()
        act()
        return list(seen)

    assert told(lambda: videos.create(video(1))) == [("create", video(1))]
    assert told(lambda: videos.update(key, attribute(Video.likes).add(2))) == [("update", 0, video(1, likes=2))]
    upserted = [("update", 2, video(1, likes=2, topic="x"))]
    assert told(lambda: videos.update(key, {"topic": "x"}, upsert=True)) == upserted
    assert told(lambda: videos.put(video(1, likes=5))) == [("update", 2, video(1, likes=5))]
    assert told(lambda: videos.save(video(1, likes=6), since=video(1, likes=5))) == [("update", 5, video(1, likes=6))]
    moved = [("delete", video(1, likes=6)), ("create", video(2, likes=6))]
    assert told(lambda: videos.move(key, {"number": 2})) == moved
    assert told(lambda: videos.delete(video(2))) == [("delete", video(2, likes=6))]
    assert told(lambda: videos.delete(video(2))) == []
    assert told(lambda: videos.put(video(3))) == [("create", video(3))]
    assert told(lambda: videos.update(key, {"likes": 1}, upsert=True)) == [("create", video(1, likes=1))]


def test_what_changes_nothing_has_no_reactions(client, table_name):
    """A save without a difference, an update without a change, a check: the item has to be there all the same."""
    table, store = plain(client, table_name)
    store[Video].create(video(1))
    table.on_update(Video)(lambda old, new, tx: pytest.fail("it has reacted"))
    assert store[Video].save(video(1), since=video(1)) == video(1)
    assert store[Video].update(video(1), where=attribute(Video.likes) == 0) == video(1)
    with store.transaction() as tx:
        tx[Video].save(video(1), since=video(1))
        tx[Channel].check(A)
    with store.transaction() as tx:
        tx[Video].check(video(1))
    for act, kind in (
        (lambda: store[Video].update(video(1), where=attribute(Video.likes) == 1), ConditionFailedError),
        (lambda: store[Video].update(video(2), where=attribute(Video.likes) == 0), ItemNotFoundError),
    ):
        with pytest.raises(kind):
            act()


def test_what_fails_is_told_and_nothing_is_written(store):
    """A single verb raises the reason of what followed; a transaction names operation and reaction."""
    with pytest.raises(ItemNotFoundError, match="there is no Channel with handle='c'") as missing:
        store[Video].create(video(1, "c"))
    assert (missing.value.entity, missing.value.key) == ("Channel", {"PK": "CHANNEL#c", "SK": "CHANNEL"})
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[Video].create(video(1))
        tx[Video].create(video(1, "c"))
    assert [type(reason) for reason in cancelled.value.reasons] == [type(None), ItemNotFoundError]
    followed = "(create Video: update Channel, by its reaction count_video): there is no Channel"
    assert f"operation 1 {followed}" in str(cancelled.value)
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[Video].create(video(1, "c"))
        tx[Video].create(video(2, "c"))
    assert [type(reason) for reason in cancelled.value.reasons] == [ItemNotFoundError, ItemNotFoundError]
    assert f"operations 0 and 1 {followed}" in str(cancelled.value)
    store[Video].create(video(1))
    with pytest.raises(ItemStructureError, match="likes"):
        store[Video].update(video(1), attribute(Video.likes).subtract(9))
    assert counted(store) == (1, 60, 0)
    with pytest.raises(ItemExistsError):
        store[Video].create(video(1))
    with pytest.raises(ConditionFailedError):
        store[Video].delete(video(1), where=attribute(Video.likes) == 9)
    with pytest.raises(ItemNotFoundError):
        store[Video].update(video(8), {"likes": 1})
    with pytest.raises(ItemNotFoundError):
        store[Video].delete(video(8), must_exist=True)
    assert counted(store) == (1, 60, 0)


def test_an_error_in_a_reaction_stops_everything(client, table_name):
    """It goes on as it is, from a verb, from a transaction, and from what the reaction asks for."""
    table, store = plain(client, table_name)

    @table.on_create(Video)
    def refuse(new: Video, tx: Transaction) -> None:
        tx[Comment].create(Comment(handle=new.handle, number=new.number, comment_id="1"))
        if new.number == 1:
            raise ZeroDivisionError
        if new.number == 2:
            tx[Channel].update(A, {"videos": "many"})
        if new.number == 3:
            tx[Channel].update({"handle": ""}, {"videos": 3})

    for number, kind in ((1, ZeroDivisionError), (2, ItemStructureError), (3, Exception)):
        with pytest.raises(kind):
            store[Video].create(video(number))
        with pytest.raises(kind), store.transaction() as tx:
            tx[Channel].update(A, {"title": "x"})
            tx[Video].create(video(number))
    assert store[Channel].require(A) == Channel(handle="a")
    assert store[Video].count() == store[Comment].count() == 0


def test_who_was_overtaken_reads_again(store, meddled):
    """What follows is made of the item that is replaced, changed or deleted, and of no other."""
    videos = store[Video]
    videos.create(video(1))
    other = meddled(lambda: videos.update(video(1), {"seconds": Decimal(7)}))
    other[Video].put(video(1, seconds=Decimal(1)))
    assert counted(store) == (1, 1, 0)
    other = meddled(lambda: videos.update(video(1), {"seconds": Decimal(7)}))
    assert other[Video].update(video(1), attribute(Video.likes).add(1)).seconds == 7
    assert counted(store) == (1, 7, 0)
    other = meddled(lambda: videos.update(video(1), {"seconds": Decimal(9)}))
    assert other[Video].delete(video(1))
    assert counted(store) == (0, 0, 0)
    other = meddled(lambda: videos.create(video(1)))
    other[Video].put(video(1, seconds=Decimal(5)))
    assert counted(store) == (1, 5, 0)
    other = meddled(lambda: videos.delete(video(1)))
    assert other[Video].delete(video(1)) is False
    with pytest.raises(ItemNotFoundError):
        meddled(lambda: videos.delete(video(2)))[Video].update(video(2), {"seconds": Decimal(1)})
    assert counted(store) == (0, 0, 0)


def test_a_transaction_that_was_overtaken_is_made_anew(store, meddled):
    """Even where something else failed for that reason alone: what was made of the old item was in the way."""
    store[Video].create(video(1, topic="cats"))
    calls: list[int] = []
    table = declared(store.name)

    @table.on_update(Video)
    def mark(old: Video, new: Video, tx: Transaction) -> None:
        calls.append(old.likes)
        tx[Comment].create(comment(1, f"was {old.likes}"))

    other = table.connect(store.client)
    meddler: Any = Meddler(store.client, lambda: other[Video].update(video(1), attribute(Video.likes).add(1)))
    with table.connect(meddler).transaction() as tx:
        tx[Video].update(video(1), attribute(Video.likes).add(1))
    # The first try was made of 0 likes: its comment was there by then, and its video had changed.
    assert calls == [0, 0, 1]
    assert [one.comment_id for one in store[Comment].partition(A)] == ["was 0", "was 1"]
    assert store[Video].require(video(1)).likes == 2


def test_who_is_overtaken_again_and_again_gives_up(store, meddled, monkeypatch):
    """With an error that says so, and without a trace."""
    monkeypatch.setattr(unit, "BACKOFF", Backoff(sleep=lambda _: None))
    store[Video].create(video(1))
    add = attribute(Video.likes).add(1)
    other = meddled(lambda: store[Video].update(video(1), add), times=99)
    with pytest.raises(ConditionFailedError, match=r"Video with handle='a', number=1 .* each of 40 times"):
        other[Video].put(video(1, seconds=Decimal(1000)))
    assert (store[Video].require(video(1)).likes, counted(store)) == (40, (1, 60, 0))


def test_reactions_that_are_registered_late_are_called(client, table_name):
    """A table and all its stores share them, those of a tenant and of another name, too."""
    table, store = plain(client, table_name)
    tenant = table.connect(client, tenant="acme")
    tenant[Channel].create(Channel(handle="a"))
    with store.transaction() as tx:
        channel_of = tx[Channel]

        @table.on_create(Video)
        def count(new: Video, inner: Transaction) -> None:
            inner[Channel].update({"handle": new.handle}, attribute(Channel.videos).add(1))

        tx[Video].create(video(1))
        channel_of.update(A, {"title": "x"})
    tenant[Video].create(video(1))
    tenant[Video].create(video(2))
    assert [one[Channel].require(A).videos for one in (store, tenant)] == [1, 2]
    renamed = table.connect(client, name=f"{table_name}-2")
    renamed.create_table()
    with pytest.raises(ItemNotFoundError, match=f"{table_name}-2"):
        renamed[Video].create(video(1))


def test_tenants_of_one_table_in_one_transaction(client, table_name):
    """A reaction writes to the tenant whose item it is about."""
    table = channel_table(table_name)
    one, other = (table.connect(client, tenant=tenant) for tenant in ("acme", "eu"))
    one.create_table()
    for store in (one, other):
        store[Channel].create(Channel(handle="a"))
    with one.transaction(other) as tx:
        tx.of(one)[Video].create(video(1))
        tx.of(other)[Video].create(video(1))
        tx.of(other)[Video].create(video(2))
        with pytest.raises(DefinitionError, match=r"tx\.of\(store\)\[Video\]"):
            tx[Video].create(video(3))
    assert (counted(one), counted(other)) == ((1, 60, 0), (2, 120, 0))


def test_reactions_lead_on_to_others(client, table_name):
    """What a reaction makes, changes and deletes has its own reactions, in the same transaction."""
    table = channel_table(table_name)

    @table.on_delete(Channel)
    def clear(old: Channel, tx: Transaction) -> None:
        for number in range(1, old.videos + 1):
            tx[Video].delete(handle=old.handle, number=number)

    @table.on_delete(Video)
    def silence(old: Video, tx: Transaction) -> None:
        for number in range(old.comments):
            tx[Comment].delete(handle=old.handle, number=old.number, comment_id=str(number))

    store = table.connect(client)
    store.create_table()
    store[Channel].create(Channel(handle="a"))
    store[Video].put_many([video(1), video(2)])
    for number in range(3):
        store[Comment].create(comment(1, str(number)))
    assert counted(store) == (2, 120, 3)
    # What it takes from the numbers of a video and a channel goes with them.
    assert store[Channel].delete(A)
    assert store.db.scan() == []


@entity(pk="AUTHOR#<name>", sk="AUTHOR", companions=lambda author: Log(handle=author.nick, what=author.name))
class Author:
    name: str
    nick: str = field(unique=True)
    version: int = field(default=0, version=True)
    videos: int = 0


def test_reactions_beside_guards_companions_and_versions(client, table_name):
    """All of it follows, and what one of them refuses stops the others; a stale version reacts to nothing."""
    table = declared(table_name, Log, Author)
    seen: list[int] = []

    @table.on_create(Author)
    def hello(new: Author, tx: Transaction) -> None:
        tx[Channel].update(A, attribute(Channel.videos).add(1))
        seen.append(new.version)

    @table.on_update(Author)
    def changed(old: Author, new: Author, tx: Transaction) -> None:
        tx[Channel].update(A, attribute(Channel.comments).add(new.version - old.version))

    @table.on_create(Log)
    def logged(new: Log, tx: Transaction) -> None:
        tx[Channel].update(A, attribute(Channel.topics).add({new.handle}))

    store = connected(table, client)
    ann = store[Author].create(Author(name="ann", nick="A"))
    assert seen == [1]
    bob = store[Author].update(ann, {"nick": "B"})
    assert (bob.version, store[Log].scan().all()) == (2, [Log(handle="B", what="ann")])
    channel = Channel(handle="a", videos=1, comments=1, topics={"A", "B"})
    assert store[Channel].require(A) == channel
    failures = [
        (lambda: store[Author].create(Author(name="eve", nick="B")), UniqueViolationError),
        (lambda: store[Author].update(ann, {"nick": "C"}), StaleVersionError),
        (lambda: store[Author].delete(ann), StaleVersionError),
        (lambda: store[Author].save(evolve(ann, nick="C"), since=ann), StaleVersionError),
        (lambda: store[Author].put(evolve(ann, nick="C")), StaleVersionError),
    ]
    for act, kind in failures:
        with pytest.raises(kind):
            act()
    assert store[Channel].require(A) == channel
    with store.transaction() as tx:
        tx[Author].update({"name": "ann"}, {"nick": "C"})
        tx[Author].update({"name": "ann"}, attribute(Author.videos).add(3))
        tx[Author].create(Author(name="eve", nick="B"))
    assert store[Author].require(name="ann") == Author(name="ann", nick="C", version=3, videos=3)
    assert sorted(store[Log].scan().all(), key=lambda one: one.handle) == [
        Log(handle="B", what="eve"), Log(handle="C", what="ann"),
    ]  # fmt: skip
    assert store[Channel].require(A) == Channel(handle="a", videos=2, comments=2, topics={"A", "B", "C"})


def test_the_transaction_of_a_reaction(client, table_name):
    """It belongs to the reaction: it cannot be begun, and is over when the reaction has returned."""
    table = declared(table_name)
    kept: list[Any] = []

    @table.on_create(Video)
    def keep(new: Video, tx: Transaction) -> None:
        kept.append(tx)
        with pytest.raises(RuntimeError, match="begun before"), tx:
            pass
        new.likes = 99
        tx.of(made)[Channel].update(A, {"title": "x"})
        with pytest.raises(UnknownEntityError):
            tx[Log]

    @table.on_create(Video)
    def see(new: Video, tx: Transaction) -> None:
        kept.append(new)

    made = connected(table, client)
    assert made[Video].create(video(1)) == video(1)
    assert kept[1] == video(1)
    with pytest.raises(RuntimeError, match="has ended"):
        kept[0][Channel].update(A, {"title": "y"})
    with pytest.raises(RuntimeError, match="has ended"):
        kept[0].of(made)[Channel].update(A, {"title": "y"})
    assert made[Channel].require(A).title == "x"
    assert made[Video].require(video(1)) == video(1)


def test_mistakes_are_found_where_the_verb_stands(store):
    """Before the block ends, of items that are read first, too."""
    for act, kind in (
        (lambda tx: tx[Video].update(video(1), {"number": 2}), DefinitionError),
        (lambda tx: tx[Video].update(video(1), {"likes": "many"}), ItemStructureError),
        (lambda tx: tx[Video].update(video(1), {"fans": 1}), ExpressionError),
    ):
        with pytest.raises(kind), store.transaction() as tx:
            act(tx)
            pytest.fail("it went on")
