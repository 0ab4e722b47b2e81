"""Actions on one item: what is made one, what waits for what, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pynamite import Decrement, Increment, Transaction, attribute, evolve
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ItemNotFoundError,
    ItemStructureError,
    TransactionCanceledError,
)
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

A = {"handle": "a"}


@pytest.fixture
def store(client, table_name):
    """A channel, which counts."""
    return connected(channel_table(table_name), client)


def test_what_is_made_in_the_same_transaction_counts_too(store):
    """A channel together with its first videos; what was added to a deleted one goes with it."""
    with store.transaction() as tx:
        assert tx[Channel].create(Channel(handle="c", videos=0)) == Channel(handle="c")
        tx[Video].create(video(1, "c"))
        tx[Video].create(video(2, "c", topic="cats"))
        tx[Comment].create(comment(1, "x", handle="c"))
    assert counted(store, "c") == (2, 120, 1)
    assert store[Channel].require(handle="c").topics == {"cats"}
    with store.transaction() as tx:
        for number in (1, 2):
            tx[Video].delete(handle="c", number=number)
        tx[Comment].delete(comment(1, "x", handle="c"))
        tx[Channel].delete(handle="c")
    assert store[Channel].get(handle="c") is None
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[Video].create(video(1, "d"))
        tx[Channel].delete(handle="d")
    assert [type(reason) for reason in cancelled.value.reasons] == [ItemNotFoundError, ItemNotFoundError]


def test_adds_meet_whatever_the_order_in_which_they_follow(client, table_name):
    """An item that is reacted to is left to the end, where something is added to it on a longer way."""
    table = declared(table_name, Log)

    @table.on_create(Video)
    def first(new: Video, tx: Transaction) -> None:
        tx[Channel].update({"handle": new.handle}, attribute(Channel.videos).add(1))
        tx[Comment].create(comment(new.number, "first"))

    @table.on_create(Comment)
    def second(new: Comment, tx: Transaction) -> None:
        tx[Channel].update({"handle": new.handle}, attribute(Channel.comments).add(1))

    @table.on_update(Channel)
    def note(old: Channel, new: Channel, tx: Transaction) -> None:
        tx[Log].create(Log(handle="a", what=f"{old.videos}+{old.comments} {new.videos}+{new.comments}"))

    store = connected(table, client)
    store[Video].create(video(1))
    with store.transaction() as tx:
        tx[Channel].update(A, {"title": "x"})
        tx[Video].create(video(2))
        tx[Video].create(video(3))
    assert [one.what for one in store[Log].partition(A)] == ["0+0 1+1", "1+1 3+3"]
    assert store[Channel].require(A) == Channel(handle="a", title="x", videos=3, comments=3)


def test_a_loop_of_reactions_is_told(client, table_name):
    """One that leads back to an item, and one that goes on and on."""
    table = declared(table_name, Log)

    @table.on_update(Channel)
    def again(old: Channel, new: Channel, tx: Transaction) -> None:
        tx[Log].update({"handle": "a", "what": "x"}, {"times": Increment("times")}, upsert=True)

    @table.on_create(Log)
    def back(new: Log, tx: Transaction) -> None:
        tx[Channel].update(A, attribute(Channel.videos).add(1))

    @table.on_create(Comment)
    def on_and_on(new: Comment, tx: Transaction) -> None:
        tx[Comment].create(evolve(new, comment_id=f"{len(new.comment_id)}{new.comment_id}"))

    store = connected(table, client)
    told = (
        r"two actions of operation 0 of the transaction concern Channel with the key \{'PK': 'CHANNEL#a', .* update "
        r"Channel; update Channel: update Log, by its reaction again: update Channel, by its reaction back; what "
        r"follows from the first leads back to it"
    )
    with pytest.raises(DefinitionError, match=told):
        store[Channel].update(A, {"title": "x"})
    told = (
        r"comes to more than 100 actions: 1 operation, .*create Comment, by its reaction on_and_on: \.\.\. "
        r"\(97 more\): .*leads to itself again and again"
    )
    with pytest.raises(DefinitionError, match=told):
        store[Comment].create(comment(1, "x"))
    assert len(store.db.scan()) == 1


def test_a_hundred_actions_fit_and_no_more(client, table_name):
    """All that follows is counted, before anything is sent."""
    table = declared(table_name)

    @table.on_create(Channel)
    def fill(new: Channel, tx: Transaction) -> None:
        for number in range(int(new.title)):
            tx[Comment].create(Comment(handle=new.handle, number=number, comment_id="x"))

    store = table.connect(client)
    store.create_table()
    store[Channel].create(Channel(handle="a", title="99"))
    assert store[Comment].count(A) == 99
    with pytest.raises(DefinitionError, match=r"more than 100 actions: 1 operation, .*; it takes 1 to 100: split"):
        store[Channel].create(Channel(handle="b", title="100"))
    with pytest.raises(DefinitionError, match="more than 100 actions: 2 operations"), store.transaction() as tx:
        tx[Channel].create(Channel(handle="b", title="49"))
        tx[Channel].create(Channel(handle="c", title="50"))
    assert len(store.db.scan()) == 100


def test_what_cannot_be_one_action_is_refused_by_name(client, table_name):
    """The message has both actions, and where they come from."""
    table = declared(table_name, Log)

    @table.on_create(Video)
    def name_it(new: Video, tx: Transaction) -> None:
        tx[Channel].update({"handle": new.handle}, {"title": f"video {new.number}"})

    @table.on_delete(Video)
    def replace(old: Video, tx: Transaction) -> None:
        tx[Channel].put(Channel(handle=old.handle, title="gone"))

    store = connected(table, client)
    store[Video].create(video(1))
    assert store[Channel].require(A).title == "video 1"
    told = (
        "operations 0 and 1 of the transaction concern Channel with the key {'PK': 'CHANNEL#a', 'SK': 'CHANNEL'} "
        f"in table {table_name!r}: create Video: update Channel, by its reaction name_it; delete Video: put Channel, "
        "by its reaction replace; an item takes part once"
    )
    with pytest.raises(DefinitionError) as refused, store.transaction() as tx:
        tx[Video].create(video(2))
        tx[Video].delete(video(1))
    assert told in str(refused.value)
    saved = Channel(handle="a", title="y"), Channel(handle="a")
    others: dict[str, Any] = {
        "check": lambda tx: tx[Channel].check(A),
        "delete": lambda tx: tx[Channel].delete(A),
        "put": lambda tx: tx[Channel].put(Channel(handle="a")),
        "update": lambda tx: tx[Channel].update(A, {"title": "x"}),
        "save": lambda tx: tx[Channel].save(saved[0], since=saved[1]),
    }
    for verb, act in others.items():
        told = f"operations 0 and 1 .*: {verb} Channel; create Video: update Channel, by its reaction name_it"
        with pytest.raises(DefinitionError, match=told), store.transaction() as tx:
            tx[Video].create(video(2))
            act(tx)
    told = "operations 0 and 1 .*: delete Channel; create Video: update Channel"
    with pytest.raises(DefinitionError, match=told), store.transaction() as tx:
        tx[Video].create(video(2))
        tx[Channel].move(Channel(handle="a"), {"handle": "z"})
    assert store[Video].count() == 1


def test_adds_under_conditions(store):
    """They become one only where no condition looks at what the other one changes."""
    store[Channel].update(A, {"videos": 3})
    videos = attribute(Channel.videos)
    with store.transaction() as tx:
        tx[Channel].update(A, {"videos": Decrement("videos", 2)}, where=videos >= 2)
        tx[Channel].update(A, attribute(Channel.comments).add(4), where=attribute(Channel.title) == "")
        tx[Channel].update(A, {"comments": Decrement("comments")})
        tx[Channel].update(A, attribute(Channel.topics).add({"x"}), where=attribute(Channel.title).size() < 9)
    assert store[Channel].require(A) == Channel(handle="a", videos=1, comments=3, topics={"x"})
    for where in (videos >= 1, videos.exists(), attribute(Channel.videos) > attribute(Channel.comments)):
        with pytest.raises(DefinitionError, match="operations 0 and 1"), store.transaction() as tx:
            tx[Channel].update(A, videos.subtract(1), where=where)
            tx[Channel].update(A, videos.subtract(1))
    with pytest.raises(TransactionCanceledError) as cancelled, store.transaction() as tx:
        tx[Channel].update(A, videos.subtract(1), where=attribute(Channel.title) == "other")
        tx[Channel].update(A, videos.subtract(1))
    assert [type(reason) for reason in cancelled.value.reasons] == [ConditionFailedError, ConditionFailedError]
    assert store[Channel].require(A).videos == 1


def test_updates_that_do_not_mind_each_other(store):
    """Other fields, sets that are added to and taken from, the key of an index."""
    store[Video].create(video(1, topic="x"))
    with store.transaction() as tx:
        tx[Channel].update(A, {"title": "new"})
        tx[Channel].update(A, attribute(Channel.topics).add({"a", "b"}))
        tx[Channel].update(A, attribute(Channel.topics).add({"b", "c"}))
        tx[Video].update(video(1), {"topic": "y"})
        tx[Video].update(video(1), attribute(Video.likes).add(2), reread=True)
        tx[Video].update(video(1), {"likes": Increment("likes", 3)}, reread=True)
    with store.transaction() as tx:
        tx[Channel].update(A, attribute(Channel.topics).discard({"a"}))
        tx[Channel].update(A, attribute(Channel.topics).discard({"x", "z"}))
    assert store[Channel].require(A) == Channel(
        handle="a", title="new", videos=1, seconds=Decimal(60), topics={"b", "c"}
    )
    assert store[Video].query("ByTopic", topic="y").all() == [video(1, topic="y", likes=5)]
    for one, other in (
        ({"title": "x"}, {"title": "y"}),
        (attribute(Channel.topics).add({"x"}), attribute(Channel.topics).discard({"x"})),
        ({"videos": 3}, attribute(Channel.videos).add(1)),
        ({"videos": Increment("comments")}, attribute(Channel.comments).add(1)),
        ({"title": "x"}, attribute(Channel.title).set_if_absent("y")),
    ):
        for pair in ((one, other), (other, one)):
            with pytest.raises(DefinitionError, match="operations 0 and 1"), store.transaction() as tx:
                for change in pair:
                    tx[Channel].update(A, change)
    with pytest.raises(DefinitionError, match="operations 0 and 1"), store.transaction() as tx:
        tx[Video].update(video(2), {"likes": 1}, upsert=True)
        tx[Video].update(video(2), {"topic": "x"})
    with pytest.raises(ItemStructureError), store.transaction() as tx:
        tx[Video].update(video(1), attribute(Video.likes).subtract(3), reread=True)
        tx[Video].update(video(1), attribute(Video.likes).subtract(3), reread=True)
