"""Entities: constructors, keys, and what the verbs of a repository give."""

import copy
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import assert_type

import attrs

from pynamite import Index, Page, Query, Repository, Store, Table, attribute, entity, field


class Rating(Enum):
    GENERAL = "G"
    MATURE = "M"


@attrs.define
class Thumbnail:
    url: str
    width: int = 320


@entity(pk="CHANNEL#<handle>", sk="CHANNEL")
class Channel:
    handle: str
    author: str
    subscribers: int = 0
    earned: Decimal = Decimal(0)
    links: dict[str, str] = attrs.Factory(dict)


@entity(pk="CHANNEL#<handle>", sk="VIDEO#<published>", indexes={"GSI1": ("RATING#<rating>", "<published>")}, frozen=True)
class Video:
    handle: str
    published: datetime
    title: str = field(name="Title")
    rating: Rating = Rating.GENERAL
    thumbnail: Thumbnail | None = None
    views: int = field(default=0, validator=attrs.validators.ge(0))


class Videos(Repository[Video]):
    def mature(self) -> list[Video]:
        return self.query("GSI1", rating=Rating.MATURE).all()


def construct(published: datetime) -> None:
    assert_type(Channel(handle="a", author="b").subscribers, int)
    assert_type(Video(handle="a", published=published, title="t").thumbnail, Thumbnail | None)
    Channel(handle="a")  # ERROR
    Channel("a", "b")  # ERROR
    Channel(handle="a", author="b", subscribers="many")  # ERROR
    Channel(handle="a", author="b", followers=1)  # ERROR
    Video(handle="a", published="yesterday", title="t")  # ERROR
    Video(handle="a", published=published, title="t").views = 5  # ERROR


def declare() -> None:
    entity(pk=5)  # ERROR
    entity(sk="no partition key")  # ERROR
    Table("youtube", Channel, Video, indexes=["GSI1"], colour="red")  # ERROR
    Table(5)  # ERROR


def read(store: Store, published: datetime) -> None:
    channels, videos = store[Channel], store[Video]
    assert_type(channels, Repository[Channel])
    assert_type(channels.get(handle="a"), Channel | None)
    assert_type(channels.get({"handle": "a"}), Channel | None)
    assert_type(channels.require(handle="a"), Channel)
    assert_type(videos.partition(handle="a"), list[Video])
    assert_type(videos.query(handle="a"), Query[Video])
    assert_type(videos.query(handle="a").ge(published=published).reverse().limit(3), Query[Video])
    assert_type(videos.query(handle="a").first(), Video | None)
    assert_type(videos.query(handle="a").count(), int)
    assert_type(videos.query(handle="a").delete_all(), int)
    assert_type(store.collection(Channel, Video, handle="a").delete_all(lambda done: print(done + 1)), int)
    assert_type(videos.query(handle="a").page(10, None), Page[Video])
    assert_type(videos.query(handle="a").page(10).items, list[Video])
    assert_type(videos.query(handle="a").page(10).cursor, str | None)
    assert_type(videos.get_many([{"handle": "a"}]), list[Video | None])
    assert_type(Videos(store).mature(), list[Video])
    for video in videos.query(handle="a"):
        assert_type(video.rating, Rating)
    for one in store.collection(Channel, Video, handle="a"):
        assert_type(one, Channel | Video)
    channels.get(handle="a").author  # ERROR
    channels.get("CHANNEL#a")  # ERROR
    videos.query(handle="a").page("ten")  # ERROR
    videos.query(handle="a").newest()  # ERROR
    videos.query(handle="a").limit("3")  # ERROR
    videos.query(handle="a").delete_all("all")  # ERROR
    videos.query(5)  # ERROR
    videos.query(handle="a").first().title  # ERROR


def write(store: Store, channel: Channel, video: Video) -> None:
    assert_type(store[Channel].create(channel), Channel)
    assert_type(store[Channel].put(channel), Channel)
    changed = copy.copy(channel)
    changed.subscribers = 1
    assert_type(store[Channel].save(changed, since=channel), Channel)
    assert_type(store[Channel].save(changed, since=channel, where=attribute(Channel.earned) > Decimal(1)), Channel)
    assert_type(store[Channel].move(channel, {"handle": "b"}, where=attribute(Channel.author) == "a"), Channel)
    assert_type(store[Channel].delete(handle="a"), bool)
    assert_type(store[Channel].pop(handle="a"), Channel | None)
    assert_type(store[Channel].pop(channel, where=attribute(Channel.author) == "a"), Channel | None)
    assert_type(store[Channel].swap(channel, where=attribute(Channel.author) == "a"), Channel | None)
    store[Video].put_many([video])
    store[Video].delete_many([video, {"handle": "a"}])
    store[Video].put_many([video], progress=lambda done, total: print(done / total))
    store[Video].get_many([video], progress=lambda done: None)  # ERROR
    with store.transaction() as tx:
        tx[Channel].create(channel)
        tx[Video].put(video)
        tx[Channel].save(changed, since=channel, where=attribute(Channel.author) == "a")
        tx[Channel].move(channel, {"handle": "b"}, where=attribute(Channel.author) == "a")
        tx[Video].create(channel)  # ERROR
        tx[Channel].move(channel, {"handle": "b"}, where={"author": "a"})  # ERROR
    store[Video].create(channel)  # ERROR
    store[Channel].put({"handle": "a"})  # ERROR
    store[Channel].swap(video)  # ERROR
    store[Channel].pop("CHANNEL#a")  # ERROR
    store[Channel].save(changed, since=channel, where=Channel.author == "a")  # ERROR
    store[Video].put_many([channel])  # ERROR
    store[Channel].delete(handle="a", where="visits > 3")  # ERROR


table = Table("youtube", Channel, Video, indexes=[Index("GSI1")])
assert_type(table.connect("sqlite://"), Store)
with table.connect("sqlite://") as connected:
    assert_type(connected[Channel], Repository[Channel])
table.connect(5)  # ERROR
