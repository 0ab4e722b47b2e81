"""Channels that count their videos, and videos that count their comments: by reactions alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs

from pynamite import Increment, Index, Table, Transaction, attribute, entity, field


@entity(pk="CHANNEL#<handle>", sk="CHANNEL")
class Channel:
    handle: str
    title: str = ""
    videos: int = 0
    seconds: Decimal = Decimal(0)
    comments: int = 0
    topics: set[str] = field(factory=set)


@entity(pk="CHANNEL#<handle>", sk="VIDEO#<number:pad(4)>", indexes={"ByTopic": ("TOPIC#<topic>", "<number:pad(4)>")})
class Video:
    handle: str
    number: int
    seconds: Decimal = Decimal(60)
    topic: str | None = None
    likes: int = field(default=0, validator=attrs.validators.ge(0))
    comments: int = 0


@entity(pk="CHANNEL#<handle>", sk="COMMENT#<number:pad(4)>#<comment_id>")
class Comment:
    handle: str
    number: int
    comment_id: str
    text: str = ""


@entity(pk="LOG#<handle>", sk="<what>")
class Log:
    handle: str
    what: str
    times: int = 0


def declared(name: str, *more: type) -> Table:
    """The table without reactions."""
    return Table(name, Channel, Video, Comment, *more, indexes=[Index("ByTopic")])


def channel_table(name: str) -> Table:
    """The table with everything that is counted."""
    table = declared(name)

    @table.on_create(Video)
    def count_video(new: Video, tx: Transaction) -> None:
        topics = {new.topic} if new.topic else set()
        tx[Channel].update(
            {"handle": new.handle},
            attribute(Channel.videos).add(1),
            attribute(Channel.seconds).add(new.seconds),
            *([attribute(Channel.topics).add(topics)] if topics else []),
        )

    @table.on_update(Video)
    def count_seconds(old: Video, new: Video, tx: Transaction) -> None:
        if old.seconds != new.seconds:
            tx[Channel].update({"handle": new.handle}, attribute(Channel.seconds).add(new.seconds - old.seconds))

    @table.on_delete(Video)
    def discount_video(old: Video, tx: Transaction) -> None:
        less = {"videos": Increment("videos", -1), "seconds": Increment("seconds", -old.seconds)}
        tx[Channel].update({"handle": old.handle}, less)

    @table.on_create(Comment)
    def count_comment(new: Comment, tx: Transaction) -> None:
        tx[Video].update({"handle": new.handle, "number": new.number}, {"comments": Increment("comments")})
        tx[Channel].update({"handle": new.handle}, {"comments": Increment("comments")})

    @table.on_delete(Comment)
    def discount_comment(old: Comment, tx: Transaction) -> None:
        tx[Video].update({"handle": old.handle, "number": old.number}, attribute(Video.comments).subtract(1))
        tx[Channel].update({"handle": old.handle}, attribute(Channel.comments).subtract(1))

    return table


def video(number: int, handle: str = "a", **more: Any) -> Video:
    return Video(handle=handle, number=number, **more)


def comment(number: int, comment_id: str, **more: Any) -> Comment:
    return Comment(**{"handle": "a", "number": number, "comment_id": comment_id, **more})


def counted(store: Any, handle: str = "a") -> tuple[int, Decimal | int, int]:
    """What a channel says that it has; it has to be so."""
    channel = store[Channel].require(handle=handle)
    videos = store[Video].partition(handle=handle)
    comments = store[Comment].partition(handle=handle)
    there = (len(videos), sum((one.seconds for one in videos), Decimal(0)), len(comments))
    assert (channel.videos, channel.seconds, channel.comments) == there
    for one in videos:
        assert one.comments == sum(about.number == one.number for about in comments)
    return there


def connected(table: Table, client: Any) -> Any:
    """A store with one channel."""
    store = table.connect(client)
    store.create_table()
    store[Channel].create(Channel(handle="a"))
    return store
