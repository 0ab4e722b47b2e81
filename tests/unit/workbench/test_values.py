"""What is made of the values in rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pynamite.workbench.values import read_value


def read(raw):
    """Read a value; gives it with what was told."""
    told = []
    return read_value(raw, "$.x", lambda place, message: told.append((place, message))), told


@pytest.mark.parametrize(
    "raw, value",
    [
        ({"S": ""}, {"S": ""}),
        ({"N": "1.50"}, {"N": "1.5"}),
        ({"B": "aGk="}, {"B": b"hi"}),
        ({"BOOL": False}, {"BOOL": False}),
        ({"NULL": True}, {"NULL": True}),
        ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}),
        ({"NS": ["10", "9.0"]}, {"NS": ["9", "10"]}),
        ({"BS": ["aGk="]}, {"BS": [b"hi"]}),
        ({"L": [{"S": "x"}]}, {"L": [{"S": "x"}]}),
        ({"M": {"M": {"S": "x"}}}, {"M": {"M": {"S": "x"}}}),
        ({"M": {"M": {"M": {"N": {"N": "1"}}}}}, {"M": {"M": {"M": {"N": {"N": "1"}}}}}),
    ],
)
def test_what_is_well_formed_is_taken_as_it_is(raw, value):
    """Values that DynamoDB has are read without a word, even where their names look like types."""
    assert read(raw) == (value, [])


@pytest.mark.parametrize(
    "raw, value, message",
    [
        ({"N": 5}, {"N": "5"}, "JSON number 5"),
        ({"N": Decimal("1.10")}, {"N": "1.1"}, "JSON number"),
        ({"N": "seven"}, {"S": "seven"}, "stored as S"),
        ({"N": ""}, None, "left out"),
        ({"S": 7}, {"S": "7"}, "the text '7'"),
        ({"S": True}, {"S": "true"}, "the text 'true'"),
        ({"S": {"a": 1}}, {"M": {"a": {"N": "1"}}}, "stored as M"),
        ({"BOOL": "False"}, {"BOOL": False}, "taken as JSON's"),
        ({"NULL": ""}, {"NULL": True}, "taken as true"),
        ({"B": "no base64"}, {"B": b"no base64"}, "UTF-8"),
        ({"SS": "one"}, {"SS": ["one"]}, "set of 1"),
        ({"SS": '["a", "b"]'}, {"SS": ["a", "b"]}, "set of 2"),
        ({"SS": ["a", "a", 1]}, {"SS": ["1", "a"]}, "set of 2"),
        ({"NS": [1, 2.5]}, {"NS": ["1", "2.5"]}, "set of 2"),
        ({"NS": ["a"]}, {"L": [{"S": "a"}]}, "stored as a list"),
        ({"SS": []}, None, "empty SS"),
        ({}, None, "empty value"),
        ("text", {"S": "text"}, "has no type"),
        (None, {"NULL": True}, "has no type"),
        ({"a": 1, "b": [True]}, {"M": {"a": {"N": "1"}, "b": {"L": [{"BOOL": True}]}}}, "has no type"),
        (
            {"M": {"city": "Rome", "zip": {"N": "1"}}},
            {"M": {"city": {"S": "Rome"}, "zip": {"N": "1"}}},
            "1 of 2 values",
        ),
        ({"L": ["a", None]}, {"L": [{"S": "a"}, {"NULL": True}]}, "2 of 2 values"),
        ({"M": '{"a": 1}'}, {"M": {"a": {"N": "1"}}}, "the JSON in it"),
        ({"M": {"": {"S": "x"}}}, {"M": {}}, "empty name"),
        ({"S": "\ud83d"}, {"S": "\ufffd"}, "surrogate"),
    ],
)
def test_what_is_not_is_mended_and_told(raw, value, message):
    """Each value comes out as one that DynamoDB has, and what was done is told."""
    read_as, told = read(raw)
    assert read_as == value
    assert any(message in text for _, text in told)


@pytest.mark.parametrize(
    "raw, value",
    [
        ({"M": {"M": {"HP": {"N": "5"}}}}, {"M": {"HP": {"N": "5"}}}),
        ({"M": {"M": {"S": {"S": "small"}}}}, {"M": {"S": {"S": "small"}}}),
        ({"M": {"M": {}}}, {"M": {}}),
        ({"L": {"L": [{"S": "x"}]}}, {"L": [{"S": "x"}]}),
        ({"S": {"S": "x"}}, {"S": "x"}),
    ],
)
def test_a_value_that_is_wrapped_twice_is_unwrapped(raw, value):
    """A second wrapping is taken away where the value would be none with it."""
    read_as, told = read(raw)
    assert read_as == value
    assert "wrapped twice" in told[0][1]


def test_the_place_of_a_repair_inside_a_value_is_told():
    """The path leads to the element."""
    _, told = read({"M": {"list": {"L": [{"S": "a"}, {"N": 3}]}}})
    assert told == [("$.x.list[1]", "N holds the JSON number 3: written as text")]
