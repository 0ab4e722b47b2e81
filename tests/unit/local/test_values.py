"""Values of a request: what is stored of them, how large they are, and which are refused with what words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.local.failures import RefusedError
from pynamite.local.values import MisshapenError, checked_item, checked_value, measure, measure_again
from pynamite.wire import item_size, to_wire

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sets(st.text(max_size=3), min_size=1, max_size=3)
    | st.sets(st.integers(0, 9), min_size=1, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
    max_leaves=8,
)

items = st.dictionaries(st.text(min_size=1, max_size=5), plain.map(to_wire), max_size=5)


@given(st.dictionaries(st.text(min_size=1, max_size=5), plain, max_size=5))
def test_checking_measures_as_the_wire_module_does(values):
    """An item that is in order already stays as it is, and its size is DynamoDB's."""
    item = {name: to_wire(value) for name, value in values.items()}
    checked, size = checked_item(item)
    assert checked_item(checked) == (checked, size)
    assert size == item_size(item) == measure(checked)


@pytest.mark.parametrize(
    "given_value, stored, size",
    [
        ({"N": "1e2"}, {"N": "100"}, 2),
        ({"N": "-0.0"}, {"N": "0"}, 1),
        ({"N": "+1.50"}, {"N": "1.5"}, 3),
        ({"N": ".5"}, {"N": "0.5"}, 2),
        ({"SS": ["b", "a", ""]}, {"SS": ["", "a", "b"]}, 2),
        ({"NS": ["10", "9", "-1.0"]}, {"NS": ["-1", "9", "10"]}, 7),
        ({"BS": [b"b", bytearray(b"a")]}, {"BS": [b"a", b"b"]}, 2),
        ({"B": "text"}, {"B": b"text"}, 4),
        ({"L": ({"S": "é"},)}, {"L": [{"S": "é"}]}, 6),
        ({"M": {}}, {"M": {}}, 3),
    ],
)
def test_values_are_stored_in_one_form(given_value, stored, size):
    """Numbers are normalised, sets are ordered, binary is bytes."""
    assert checked_value(given_value) == (stored, size)


def nested(levels):
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


INVALID = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    "value, message",
    [
        ({"N": "one"}, "The parameter cannot be converted to a numeric value: one"),
        ({"N": ""}, "The parameter cannot be converted to a numeric value"),
        ({"N": "NaN"}, "The parameter cannot be converted to a numeric value: NaN"),
        ({"N": "1_000"}, "The parameter cannot be converted to a numeric value: 1_000"),
        ({"N": "٣"}, "The parameter cannot be converted to a numeric value: ٣"),
        ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
        ({"N": "1e126"}, "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        (
            {"N": "-1e999999999999999999999"},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        ({"N": "1e-131"}, "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
        ({"SS": []}, INVALID + "An string set  may not be empty"),
        ({"NS": []}, INVALID + "An number set  may not be empty"),
        ({"BS": []}, INVALID + "Binary sets should not be empty"),
        ({"SS": ["a", "a"]}, INVALID + "Input collection [a, a] contains duplicates."),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        ({"BS": [b"a", b"a"]}, INVALID + "Input collection [YQ==, YQ==]of type BS contains duplicates."),
        ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        (
            {"S": "a", "N": "1"},
            (
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
                "the supported datatypes"
            ),
        ),
        ({"M": {"": {"S": "x"}}}, "Empty attribute name"),
        (
            nested(32),
            (
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
                "supported limit"
            ),
        ),
    ],
)
def test_what_the_service_refuses_is_refused_in_its_words(value, message):
    """The words are those of captured answers of the service."""
    with pytest.raises(RefusedError) as caught:
        checked_value(value)
    assert (caught.value.code, caught.value.message) == ("ValidationException", message)


def test_thirty_two_levels_are_allowed():
    """A scalar in 31 lists is at level 32; an empty list there would be a level more."""
    assert checked_value(nested(31))[0] == nested(31)
    with pytest.raises(RefusedError, match="Nesting Levels"):
        measure({"a": nested(32)})
    with pytest.raises(RefusedError, match="Nesting Levels"):
        checked_value({"L": [nested(30), {"L": [{"M": {}}]}]}, 30)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x",
        {"S": 1},
        {"N": 1},
        {"B": 1},
        {"BOOL": "true"},
        {"NULL": 1},
        {"L": "x"},
        {"M": []},
        {"SS": "ab"},
        {"NS": [1]},
        {"X": "x"},
        {"M": {1: {"S": "x"}}},
        {"S": "x", "X": "x"},
    ],
)
def test_what_is_no_attribute_value_at_all_is_told_apart(value):
    """Such a request boto3 would not send: the client words it as boto3 does."""
    with pytest.raises(MisshapenError):
        checked_value(value)


@given(items, items, st.data())
def test_measuring_what_has_changed_gives_the_whole_size(old, new, data):
    """However much two items share, is new, or is gone."""
    shared = data.draw(st.sets(st.sampled_from(sorted(old)))) if old else set()
    item = {**new, **{name: old[name] for name in shared}}
    assert measure_again(item, old, measure(old)) == measure(item)
