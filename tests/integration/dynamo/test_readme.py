"""The transcripts of the original README, as they hold now."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from pynamite import dynamo
from pynamite.expression import Increment

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture
def db(client: Any, table_name: str) -> dynamo.DB:
    """A table with nothing but its key."""
    dynamo.create_table(table_name, client)
    return dynamo.DB(table_name, client)


def test_bookmarks(db):
    """Customers and their bookmarks: keys, projections, an update, a partition."""
    db.put("123.CUST#123", {
        "email": "shirley@example.net", "fullName": "Shirley Rodriguez",
        "userPreferences": {"language": "en", "sort": "date", "sortDirection": "ascending"}})
    db.put(["123", "https://aws.amazon.com"], {
        "createDate": "2020-03-25T09:16:46-07:00", "folder": "Cloud", "url": "https://aws.amazon.com", "title": "AWS"})
    db.put(["321", "CUST#321"], {"userPreferences": {"language": "zh"}})

    assert dynamo.remove_meta(db.get(["123", "CUST#123"])) == {
        "email": "shirley@example.net", "fullName": "Shirley Rodriguez",
        "userPreferences": {"language": "en", "sort": "date", "sortDirection": "ascending"}}
    assert db.get(["123", "https://aws.amazon.com"], "createDate, folder, url") == {
        "createDate": "2020-03-25T09:16:46-07:00", "folder": "Cloud", "url": "https://aws.amazon.com"}
    changed = db.update(
        ["123", "https://aws.amazon.com"], {"updateDate": "2020-03-25T09:16:46-07:00", "folder": "Work"})
    assert changed.pop("_updated")
    assert changed == {"updateDate": "2020-03-25T09:16:46-07:00", "folder": "Work"}
    assert [(item["PK"], item["SK"]) for item in db.get_partition("123")] == [
        ("123", "CUST#123"), ("123", "https://aws.amazon.com")]
    assert db.get("321.CUST#321", "userPreferences.language") == {"userPreferences": {"language": "zh"}}
    assert db.get("321.CUST#321", "userPreferences.gpsLocation") == {}


def test_video_service(db):
    """Users, channels and videos: upserts, counters, a set that disappears."""
    db.update(["USER", "#ACTIVE#ACC_15464279"], {"firstname": "Penny", "email": "penny@example.com", "verified": False})
    user = db.get("USER.#ACTIVE#ACC_15464279")
    assert STAMP.fullmatch(user["_created"])
    assert user["_created"] == user["_updated"]
    assert dynamo.remove_meta(user) == {"firstname": "Penny", "email": "penny@example.com", "verified": False}

    db.update(["CHANNEL", "#penny_makes_things"], {"author": "ACC_15464279", "videos": 0, "subscribers": 0})
    whole = db.update(["USER", "#ACTIVE#ACC_15464279"], {"verified": True}, ReturnValues="ALL_NEW")
    assert whole["verified"] is True
    assert (whole["PK"], whole["SK"], whole["email"]) == ("USER", "#ACTIVE#ACC_15464279", "penny@example.com")
    assert user["_created"] == whole["_created"] < whole["_updated"]

    db.update(["VIDEO", "#VID_15464279"], {"Title": "How to make soup", "views": 0})
    db.update(["CHANNEL", "#penny_makes_things"], {"videos": Increment("videos")})
    for _ in range(3):
        db.update(["VIDEO", "#VID_15464279"], {"views": Increment("views")})
    assert db.get("VIDEO.#VID_15464279")["views"] == Decimal(3)
    assert db.get("CHANNEL.#penny_makes_things")["videos"] == 1

    banned = db.update("VIDEO.#VID_15464279", {"__shadow_ban_level": {"MODERATE"}})
    assert set(banned) == {"__shadow_ban_level", "_updated"}
    assert banned["__shadow_ban_level"] == {"MODERATE"}
    free = db.update(
        "VIDEO.#VID_15464279", {"__shadow_ban_level": dynamo.SetRemove("__shadow_ban_level", "MODERATE")})
    assert set(free) == {"_updated"}
    assert "__shadow_ban_level" not in db.get("VIDEO.#VID_15464279")
    assert dynamo.show_schema(db) == {
        "CHANNEL": ["#penny_makes_things"], "USER": ["#ACTIVE#ACC_15464279"], "VIDEO": ["#VID_15464279"]}


def test_increment_and_decrement(db):
    """Counters answer with their new value."""
    answer = db.put("example.record", {"count": 0})
    assert (answer["PK"], answer["SK"]) == ("example", "record")
    steps = [dynamo.Increment("count"), dynamo.Increment("count"), dynamo.Increment("count", 8),
             dynamo.Decrement("count"), dynamo.Decrement("count", 9)]
    answers = [db.update("example.record", {"count": step}) for step in steps]
    assert all(set(answer) == {"count", "_updated"} for answer in answers)
    assert [answer["count"] for answer in answers] == [1, 2, 10, 9, 0]
    assert dynamo.remove_meta(db.get("example.record")) == {"count": 0}


def test_batch(db):
    """Sent when the block ends, or when it is saved; not when it was aborted."""
    with db.batch() as batch:
        batch.update("VIDEO.#VID_15464279", {"Title": "How to make soup", "views": 0})
        batch.update("CHANNEL.#penny_makes_things", {"videos": Increment("videos")})
        batch.save()
        assert db.get("CHANNEL.#penny_makes_things")["videos"] == 1
        batch.put("VIDEO.#other", {"views": 1})
        batch.abort()
    assert db.get("VIDEO.#VID_15464279")["Title"] == "How to make soup"
    assert db.get("VIDEO.#other") is None


def test_query_and_scan(db):
    """Both read all pages, of a partition or of the table."""
    for n in range(3):
        db.put(["123", f"{n}"], {"n": n})
    db.put("other.item")
    assert [item["n"] for item in db.query("123")] == [0, 1, 2]
    assert [item["n"] for item in db.scan("123")] == [0, 1, 2]
    assert len(db.scan()) == 4


def test_every_name_of_the_original_is_there(db):
    """The names of the README's completion lists, and what each of them is."""
    assert (db.PK, db.SK, db.status) == ("PK", "SK", "ACTIVE")
    assert db.info()["name"] == db.describe["TableName"] == db.name
    assert "db.get_partition" in db.help
    assert db.records == ()
    assert db.table.get_item(Key={"PK": "no", "SK": "item"}).get("Item") is None
    for name in ("describe_all", "dynamo_connection", "table_connection", "list_tables", "create_table", "show_schema",
                 "show_partition", "query", "user_get_attrs", "collect_expression", "remove_meta"):
        assert callable(getattr(dynamo, name))
    for name in ("batch", "create", "delete", "describe", "get", "get_partition", "help", "info", "put", "query",
                 "records", "scan", "status", "table", "update"):
        assert hasattr(db, name)
