"""Items that expire: what the checkers know of the field and of what asks for expired ones."""

from datetime import datetime, timedelta
from typing import assert_type

import attrs

from pynamite import Aggregate, BucketQuery, Query, Store, Table, attribute, entity, field


@entity(pk="USER#<user_id>", sk="SESSION#<token>")
class Session:
    user_id: str
    token: str
    expires: datetime | None = field(default=None, ttl=True)


@entity(pk="USER#<user_id>", sk="CODE")
class Code:
    user_id: str
    lasts: timedelta = field(default=timedelta(hours=1), ttl=True)


@attrs.frozen
class Token:
    token: str


def construct(now: datetime) -> None:
    assert_type(Session(user_id="1", token="t").expires, datetime | None)
    assert_type(Code(user_id="1").lasts, timedelta)
    Session(user_id="1", token="t", expires=now)
    Session(user_id="1", token="t", expires=5)  # ERROR
    Code(user_id="1", lasts=now)  # ERROR
    field(default=None, ttl="yes")  # ERROR


def read(store: Store, now: datetime) -> None:
    sessions = store[Session]
    assert_type(sessions.get(user_id="1", token="t", include_expired=True), Session | None)
    assert_type(sessions.require(user_id="1", token="t", include_expired=True), Session)
    assert_type(sessions.get_many([], include_expired=True), list[Session | None])
    assert_type(sessions.query(user_id="1").include_expired(), Query[Session])
    assert_type(sessions.walk_back(most_buckets=1).include_expired(), BucketQuery[Session])
    assert_type(store.aggregate(Session, Code, user_id="1").include_expired(), Aggregate[Session, Code])
    assert_type(sessions.view(Token).get(user_id="1", include_expired=True), Token | None)
    sessions.get(user_id="1", include_expired="yes")  # ERROR
    sessions.query(user_id="1").filter(attribute(Session.expires) < now)
    sessions.query(user_id="1").filter(attribute(Session.expires) < "now")  # ERROR
    sessions.update({}, attribute(Session.expires).set(now), attribute(Session.expires).remove())
    sessions.update({}, attribute(Session.expires).set(5))  # ERROR
    store[Code].update({}, attribute(Code.lasts).set(timedelta(days=1)))
    store[Code].update({}, attribute(Code.lasts).add(5))  # ERROR


def declare(table: Table) -> None:
    assert_type(table.ttl_attribute, str | None)
