"""Items and updates are checked before they are sent."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from pynamite.dynamo.items import check_size, put_attributes, update_tree
from pynamite.errors import ExpressionError, ItemStructureError, KeyValueError
from pynamite.expression import IfNotExists, Increment, ListAppend, Remove, SetAdd, nodes

KEY = {"PK": "a", "SK": "b"}
NOW = "2026-05-01T12:00:00.000000Z"
STAMPS = {"_created": {"S": NOW}, "_updated": {"S": NOW}}
UNSTORABLE = [
    (math.nan, "nan"), (math.inf, "inf"), (Decimal("NaN"), "NaN"), (Decimal("1" * 39), "39 significant digits"),
    (10**126, "outside the range"), (object(), "object cannot be stored"), ({1, "a"}, "members of a set"),
    ({1: "a"}, "keys of a map"), ("\ud800", "surrogate"),
]


def test_an_item_is_its_attributes_under_its_key():
    """Attributes, stamps and key; None is NULL, an empty set is left out, a float has its shortest repr."""
    item = put_attributes(KEY, {"none": None, "tags": set(), "rate": 0.1, "deep": {"list": [1, "x"]}}, NOW)
    assert item == {
        "PK": {"S": "a"}, "SK": {"S": "b"}, "none": {"NULL": True}, "rate": {"N": "0.1"},
        "deep": {"M": {"list": {"L": [{"N": "1"}, {"S": "x"}]}}}, **STAMPS}


def test_attributes_may_repeat_the_key_but_not_change_it():
    """What was read can be put again, in its own place."""
    assert put_attributes(KEY, {**KEY, "n": 1}, NOW)["PK"] == {"S": "a"}
    with pytest.raises(KeyValueError, match="'SK' as 'other'"):
        put_attributes(KEY, {"SK": "other"}, NOW)


@pytest.mark.parametrize(("value", "told"), UNSTORABLE)
def test_what_cannot_be_stored_is_told_with_its_path(value: Any, told: str):
    """The path leads to the value, in a put and in an update."""
    with pytest.raises(ItemStructureError) as error:
        put_attributes(KEY, {"deep": {"list": [0, value]}}, NOW)
    assert str(error.value).startswith("$.deep.list[1]")
    assert told in str(error.value)
    with pytest.raises(ItemStructureError) as error:
        update_tree({"a.b[0]": {"list": [value]}}, KEY, NOW)
    assert str(error.value).startswith("$.a.b[0].list[0]")
    assert told in str(error.value)


@pytest.mark.parametrize("attributes", [["n", 1], "text", 5, {"": 1}, {"deep": [{"": 1}]}])
def test_attributes_are_a_dict_with_names(attributes: Any):
    """Anything else is refused."""
    with pytest.raises(ItemStructureError):
        put_attributes(KEY, attributes, NOW)


def test_an_empty_set_deeper_down_is_refused():
    """Only a whole attribute can be left out."""
    with pytest.raises(ItemStructureError, match=r"\$\.deep\.tags: an empty set"):
        put_attributes(KEY, {"deep": {"tags": set()}}, NOW)


def test_an_item_of_400_kb_is_the_largest():
    """The size is DynamoDB's, and the limit is inclusive."""
    item = {"PK": {"S": "a"}, "x": {"S": ""}}
    room = 409_600 - check_size(item, KEY)
    assert check_size({**item, "x": {"S": "x" * room}}, KEY) == 409_600
    with pytest.raises(ItemStructureError, match="has 409601 bytes: DynamoDB stores at most 409600"):
        check_size({**item, "x": {"S": "x" * (room + 1)}}, KEY)


def test_an_update_sets_its_stamps():
    """_updated is now; _created only where there was none."""
    created = nodes.Path(("_created",))
    now = nodes.Value({"S": NOW})
    assert update_tree({"n": 1}, KEY, NOW) == nodes.Update(sets=(
        nodes.Set(nodes.Path(("n",)), nodes.Value({"N": "1"})), nodes.Set(nodes.Path(("_updated",)), now),
        nodes.Set(created, nodes.IfNotExists(created, now))))


@pytest.mark.parametrize("change", [1, Remove(), Increment("SK"), SetAdd("SK", "x"), IfNotExists("SK", "x")])
def test_a_key_attribute_is_not_changed(change: Any):
    """The error names the attribute."""
    with pytest.raises(KeyValueError, match="'SK' is a key attribute"):
        update_tree({"n": 1, "SK": change}, KEY, NOW)


def test_a_value_larger_than_any_item_is_refused():
    """What an update sets can be measured before it is sent."""
    with pytest.raises(ItemStructureError, match=r"\$\.list: the value has"):
        update_tree({"list": ListAppend("list", ["x" * 410_000])}, KEY, NOW)


@pytest.mark.parametrize("changes", [None, "text", ["a", 1]])
def test_changes_are_a_dict(changes: Any):
    """Anything else is refused."""
    with pytest.raises(ItemStructureError):
        update_tree(changes, KEY, NOW)


def test_overlapping_paths_are_refused():
    """Both are named."""
    with pytest.raises(ExpressionError, match=r"'a' and 'a\.b'"):
        update_tree({"a": {}, "a.b": 1}, KEY, NOW)
