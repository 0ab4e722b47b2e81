"""Stamps, ids and views: what the checkers know of them."""

from datetime import datetime
from typing import assert_type

import attrs

from pynamite import Query, Store, View, entity, field, new_ulid


@entity(pk="POST#<post_id>", sk="POST")
class Post:
    title: str
    post_id: str = field(factory=new_ulid)
    created_at: datetime | None = field(default=None, created=True)
    updated_at: datetime | None = field(default=None, updated=True)
    shard: int | None = None


@entity(pk="POST#<post_id>", sk="COMMENT#<number:pad(4)>")
class Comment:
    post_id: str
    number: int


@attrs.frozen
class Title:
    title: str


def construct(now: datetime) -> None:
    assert_type(Post(title="a").post_id, str)
    assert_type(Post(title="a").created_at, datetime | None)
    Post(title="a", created_at=now, shard=3)
    Post(title="a", created_at="now")  # ERROR
    Post(title="a", post_id=5)  # ERROR
    field(default=None, created="yes")  # ERROR


def read(store: Store) -> None:
    titles = store[Post].view(Title)
    assert_type(titles, View[Title])
    assert_type(titles.get(post_id="1"), Title | None)
    assert_type(titles.require({"post_id": "1"}), Title)
    assert_type(titles.get_many([{"post_id": "1"}]), list[Title | None])
    assert_type(titles.query(post_id="1"), Query[Title])
    assert_type(titles.query(post_id="1").first(), Title | None)
    assert_type(titles.partition(post_id="1"), list[Title])
    assert_type(titles.scan(segments=2).all(), list[Title])
    assert_type(store.collection(titles, Comment, post_id="1"), Query[Title | Comment])
    assert_type(store.collection(Post, Comment, post_id="1"), Query[Post | Comment])
    assert_type(store.collection(titles, Comment, post_id="1").by_type()[Title], list[Title])
    assert_type(store.aggregate(titles, Comment, post_id="1").parent, Title | None)
    assert_type(store.aggregate(titles, Comment, post_id="1").children, list[Comment])
    titles.get(post_id="1").title  # ERROR
    titles.get("1")  # ERROR
    titles.put(Title(title="a"))  # ERROR
    store[Post].view(5)  # ERROR
    store[Post].view("Title")  # ERROR
