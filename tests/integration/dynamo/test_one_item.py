"""One plain item: get, put, create, update, delete."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from pynamite import dynamo
from pynamite.errors import (
    ConditionFailedError,
    ItemExistsError,
    OperationError,
    TableNotFoundError,
)
from pynamite.expression import IfNotExists, Increment, ListAppend, ListPrepend, ListRemove, Remove, SetAdd, SetRemove

EVERYTHING = {
    "text": "x", "empty": "", "int": 5, "decimal": Decimal("12345678901234567890.123456789012345678"), "true": True,
    "false": False, "none": None, "bytes": b"\x00\xff", "list": [1, "a", [None, {"deep": True}]],
    "map": {"a.b": 1, " ": "x", "[0]": {}},
    "strings": {"a", "b"}, "numbers": {1, Decimal("2.5")}, "binaries": {b"x", b"y"},
    "a name, with: #odd ~ characters.": "kept",
}


def test_every_type_comes_back_as_it_was(db):
    """Text, numbers, binary, bool, null, lists, maps and sets."""
    db.put("a.b", EVERYTHING)
    assert dynamo.remove_meta(db.get("a.b")) == EVERYTHING
    assert db.get("a.b")["true"] is True


def test_a_float_is_its_shortest_text(db):
    """0.1 is 0.1, and not what binary makes of it."""
    db.put("a.b", {"rate": 0.1})
    assert db.get("a.b")["rate"] == Decimal("0.1")


def test_an_item_without_anything_of_the_projection_is_empty_and_a_missing_one_is_none(db):
    """DynamoDB's own answers to both look alike on some backends."""
    db.put("a.b", {"x": {"y": 1}})
    assert db.get("a.b", "nothing, x.z") == {}
    assert db.get("a.b", "x.y, nothing") == {"x": {"y": 1}}
    assert db.get("a.b", ["x", "SK"]) == {"x": {"y": 1}, "SK": "b"}
    assert db.get("no.body", "nothing") is None
    assert db.get("no.body", "nothing", {"default": 1}) == {"default": 1}
    assert db.get("a.b", "nothing", default=5, ConsistentRead=True) == {}


def test_reserved_words_and_odd_names_are_projected(db):
    """Every name is aliased; one with a dot is escaped."""
    db.put("a.b", {"name": 1, "status": 2, "v1.0": 3})
    assert db.get("a.b", r"name, status, v1\.0") == {"name": 1, "status": 2, "v1.0": 3}
    assert db.get("a.b", "#v", ExpressionAttributeNames={"#v": "v1.0"}) == {"v1.0": 3}


def test_put_replaces_the_whole_item(db):
    """What was there and is not put is gone; ALL_OLD tells it."""
    first = db.put("a.b", {"old": 1})
    assert first == {"PK": "a", "SK": "b", "size": first["size"]}
    second = db.put("a.b", {"new": 2}, ReturnValues="ALL_OLD")
    assert dynamo.remove_meta(second["Attributes"]) == {"old": 1}
    assert dynamo.remove_meta(db.get("a.b")) == {"new": 2}


def test_put_gives_dynamodbs_size(db):
    """Names and values in UTF-8, the stamps of 27 characters with their names."""
    # PK a, SK b: 2 + 1 and 2 + 1; _created and _updated: 8 + 27 each; n: 1 + 2.
    assert db.put("a.b", {"n": 5})["size"] == 3 + 3 + 35 + 35 + 3


def test_a_put_of_what_was_read_keeps_when_it_was_created(db):
    """_created stays, _updated is new."""
    db.put("a.b", {"n": 1})
    read = db.get("a.b")
    db.put("a.b", read)
    again = db.get("a.b")
    assert again["_created"] == read["_created"] <= again["_updated"]


def test_create_refuses_what_is_there(db):
    """The error has the item that is there, and it stays."""
    assert db.create("a.b", {"n": 1})["PK"] == "a"
    with pytest.raises(ItemExistsError, match="'a'") as error:
        db.create("a.b", {"n": 2})
    assert error.value.item["n"] == 1
    assert error.value.key == {"PK": "a", "SK": "b"}
    assert db.get("a.b")["n"] == 1


@pytest.mark.parametrize("condition", [
    {"ConditionExpression": "#n0 = :v0 AND attribute_exists(PK)",
     "ExpressionAttributeNames": {"#n0": "status"}, "ExpressionAttributeValues": {":v0": "OPEN"}},
    {"ConditionExpression": Attr("status").eq("OPEN") & Attr("PK").exists()},
    {"ConditionExpression": Attr("status").is_in(["OPEN"]) & ~Attr("gone").exists() & Attr("status").size().gt(3)},
])
def test_writes_take_conditions_as_text_and_as_objects(db, condition):
    """The caller's placeholders may have the library's names."""
    db.put("a.b", {"status": "OPEN"})
    db.update("a.b", {"status": "PAID", "total": 5}, **condition)
    for write in (lambda: db.update("a.b", {"total": 6}, **condition), lambda: db.delete("a.b", **condition),
                  lambda: db.put("a.b", {}, **condition)):
        with pytest.raises(ConditionFailedError) as error:
            write()
        assert error.value.item["status"] == "PAID"
    assert db.get("a.b")["total"] == 5


def test_update_makes_the_item_if_need_be(db):
    """An upsert is stamped as created and updated at once."""
    made = db.update("a.b", {"n": 1}, ReturnValues="ALL_NEW")
    assert made["_created"] == made["_updated"]
    later = db.update("a.b", {}, ReturnValues="ALL_NEW")
    assert later["_created"] == made["_created"] < later["_updated"]


@pytest.mark.parametrize(
    ("return_values", "names"),
    [("NONE", set()), ("UPDATED_NEW", {"n", "_updated"}), ("UPDATED_OLD", {"n", "_updated"}),
     ("ALL_NEW", {"PK", "SK", "n", "x", "_created", "_updated"}),
     ("ALL_OLD", {"PK", "SK", "n", "x", "_created", "_updated"})],
)
def test_return_values(db, return_values, names, monkeypatch):
    """By option, or by the environment's RETURN_VALUES."""
    db.put("a.b", {"n": 1, "x": 2})
    assert set(db.update("a.b", {"n": 2}, ReturnValues=return_values)) == names
    monkeypatch.setenv("RETURN_VALUES", return_values)
    assert set(db.update("a.b", {"n": 3})) == names


def test_update_reaches_every_place(db):
    """Paths into maps and lists; operators at them."""
    db.put("a.b", {
        "books": ["a", "b", "c"], "deep": {"tags": {"x", "y"}, "list": [{"n": 1}], "v1.0": "old"}, "gone": 1})
    db.update("a.b", {
        "books[1]": "B", "deep.tags": SetRemove("deep.tags", "x"), "deep.list[0].n": Increment("deep.list[0].n", 4),
        r"deep.v1\.0": "new", "first": IfNotExists("first", 9), "gone": Remove, "none": None,
        "made": ListAppend("made", 1)})
    assert dynamo.remove_meta(db.get("a.b")) == {
        "books": ["a", "B", "c"], "deep": {"tags": {"y"}, "list": [{"n": 5}], "v1.0": "new"}, "first": 9, "none": None,
        "made": [1]}
    db.update("a.b", {
        "books": ListRemove("books", [0, 2]), "deep.tags": SetAdd("deep.tags", {"z"}),
        "made": ListPrepend("made", [0, "x"]), "first": IfNotExists("first", 1)})
    assert dynamo.remove_meta(db.get("a.b")) == {
        "books": ["B"], "deep": {"tags": {"y", "z"}, "list": [{"n": 5}], "v1.0": "new"}, "first": 9, "none": None,
        "made": [0, "x", 1]}


def test_an_emptied_set_disappears(db):
    """With its last member, or set to nothing."""
    db.put("a.b", {"tags": {"x"}, "more": {1}, "never": set()})
    db.update("a.b", {"tags": SetRemove("tags", {"x", "y"}), "more": set()})
    assert dynamo.remove_meta(db.get("a.b")) == {}


def test_delete_gives_the_key(db):
    """Of an item that is not there, too; ALL_OLD gives what was there."""
    db.put("a.b", {"n": 1})
    assert db.delete("a.b", ReturnValues="ALL_OLD")["Attributes"]["n"] == 1
    assert db.delete("a.b") == {"PK": "a", "SK": "b"}
    assert db.get("a.b") is None


def test_a_path_that_the_item_does_not_have_is_the_databases_error(db):
    """Only the database knows the item."""
    db.put("a.b", {"n": 1})
    with pytest.raises(OperationError) as error:
        db.update("a.b", {"deep.er": 1})
    assert error.value.code == "ValidationException"
    assert error.value.__cause__ is not None


@pytest.mark.parametrize("call", [
    lambda db: db.get("a.b"), lambda db: db.put("a.b"), lambda db: db.update("a.b", {}), lambda db: db.delete("a.b"),
    lambda db: db.get_partition("a"), lambda db: db.scan(), lambda db: db.describe])
def test_a_missing_table_is_named(client: Any, call: Any):
    """The error says what is missing, and what to look at."""
    with pytest.raises(TableNotFoundError, match="there is no table 'no-such-table'"):
        call(dynamo.DB("no-such-table", client))
