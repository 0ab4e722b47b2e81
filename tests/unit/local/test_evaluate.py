"""Conditions and projections, told of items in wire form."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite.expression.check import bind_condition, bind_projection
from pynamite.expression.nodes import Compare, Literal, Path
from pynamite.expression.parse import parse_condition, parse_projection_text
from pynamite.local.evaluate import equal, holds, predicate, project
from pynamite.wire import Item

ITEM: Item = {
    "n": {"N": "1"},
    "s": {"S": "abc"},
    "b": {"B": b"abc"},
    "t": {"BOOL": True},
    "nul": {"NULL": True},
    "em": {"S": "héllo😀"},
    "m": {"M": {"x": {"N": "5"}, "y": {"M": {"z": {"S": "q"}, "w": {"S": "r"}}}}},
    "l": {"L": [{"N": "10"}, {"S": "q"}, {"SS": ["x"]}, {"M": {"p": {"N": "1"}, "q": {"N": "2"}}}]},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2.5"]},
    "bs": {"BS": [b"1", b"22"]},
    "blank": {"S": ""},
    "bare": {"L": []},
}
VALUES: dict[str, dict[str, Any]] = {
    ":n": {"N": "1"}, ":n1": {"N": "1.00"}, ":n0": {"N": "0"}, ":n2": {"N": "2"}, ":n3": {"N": "3"}, ":n7": {"N": "7"},
    ":n9": {"N": "9"}, ":n10": {"N": "10.0"}, ":s": {"S": "abc"}, ":e": {"S": ""}, ":q": {"S": "q"}, ":Z": {"S": "Z"},
    ":bc": {"S": "bc"}, ":long": {"S": "abcd"}, ":b": {"B": b"b"}, ":t": {"BOOL": True}, ":f": {"BOOL": False},
    ":nul": {"NULL": True}, ":ss": {"SS": ["b", "a"]}, ":sx": {"SS": ["x"]}, ":ns": {"NS": ["2.50", "1.0"]},
    ":bs": {"BS": [b"22", b"1"]}, ":l": {"L": [{"N": "1"}]}, ":m": {"M": {"x": {"N": "5.0"}}},
    ":mp": {"M": {"q": {"N": "2.0"}, "p": {"N": "1"}}}, ":S": {"S": "S"}, ":N": {"S": "N"}, ":NULL": {"S": "NULL"},
}


def told(text: str, item: Item = ITEM) -> bool:
    return holds(bind_condition(parse_condition(text), None, VALUES), item)


@pytest.mark.parametrize(
    "text",
    [
        # Equality is by value, and never between types.
        "n = :n1", "s = :s", "t = :t", "t <> :f", "nul = :nul", "ss = :ss", "ns = :ns", "bs = :bs", "l[3] = :mp",
        "n <> s", "s <> :n", "m.y <> :m", "l <> :l",
        # What is not there is unequal to everything.
        "zz <> :n", "zz <> yy", "NOT zz = :n", "size(zz) <> :n", "size(n) <> :n", "size(n) <> size(t)",
        # Order: numbers, text, bytes.
        "n < :n10", "n <= :n", ":n9 < :n10", "s > :Z", "s < :long", "s >= :s", "b > :e OR b < :b",
        "n BETWEEN :n0 AND :n", ":n BETWEEN :n0 AND n", "s BETWEEN :Z AND :s",
        "n IN (zz, :n1)", "ss IN (:ss)", "m.x IN (:n, :n2) OR m.x > :n3",
        # Sizes: characters, bytes, elements.
        "size(s) = :n3", "size(b) = :n3", "size(em) = :n7", "size(blank) = :n0", "size(bare) = :n0", "size(ss) = :n2",
        "size(ns) = :n2", "size(bs) = :n2", "size(m) = :n2", "size(:sx) = :n",
        # Functions.
        "attribute_exists(nul)", "attribute_exists(m.y.z)", "attribute_exists(l[3].p)", "attribute_not_exists(l[4])",
        "attribute_not_exists(s.x)", "attribute_not_exists(ss[0])", "attribute_not_exists(m.y.z.v)",
        "attribute_not_exists(zz)", "attribute_not_exists(m[0])", "attribute_not_exists(l.x)",
        "attribute_type(n, :N)", "attribute_type(nul, :NULL)", "attribute_type(l[1], :S)",
        "attribute_type(size(s), :N)",
        "begins_with(s, :e)", "begins_with(s, :s)", "begins_with(:long, s)", "begins_with(b, b2) OR contains(b, :b)",
        "contains(s, :bc)", "contains(s, :e)", "contains(blank, :e)", "contains(ss, l2) OR contains(ns, :n1)",
        "contains(l, :n10)", "contains(l, :sx)", "contains(l, :mp)", "contains(bs, bs0) OR contains(ss, :e) OR n = :n",
        # AND binds tighter than OR.
        "n = :n OR zz = :n AND zz = :n", "NOT n = :n2 AND n = :n", "NOT (n = :n2 OR n = :n3)",
    ],
)
def test_a_condition_holds(text):
    """Each of these is true of the item."""
    assert told(text)


@pytest.mark.parametrize(
    "text",
    [
        "zz = :n", "zz = yy", "n = s", "n > zz", "n > s", "t > tt", "l < m", "m.x < ss",
        "n BETWEEN zz AND :n", "s BETWEEN :n0 AND :n", "n BETWEEN :n AND s", "zz IN (:n)", "zz IN (yy)",
        "size(n) = :n", "size(t) > :n0", "size(zz) < :n", "size(n) = size(t)", "size(em) = :n10",
        "attribute_exists(zz)", "attribute_exists(m.q)", "attribute_exists(l[4])", "attribute_exists(s.x)",
        "attribute_type(zz, :S)", "attribute_type(n, :S)", "attribute_type(size(n), :N)",
        "begins_with(s, :long)", "begins_with(s, b)", "begins_with(n, :s)", "begins_with(zz, :s)", "begins_with(ss, s)",
        "contains(s, :b)", "contains(b, :bc)", "contains(ss, :ss)", "contains(ss, :sx)", "contains(ns, :s)",
        "contains(m, :s)", "contains(zz, :n)", "contains(s, zz)", "contains(n, :n)", "contains(bs, b)",
        "contains(t, :t)",
        "n = :n AND zz = :n", "NOT n = :n OR zz = :n", "NOT (n = :n OR zz = :n)",
    ],
)
def test_a_condition_does_not_hold(text):
    """What is not there, or of another type, makes no comparison true but <>."""
    assert not told(text)


def test_an_item_that_is_not_there_is_an_empty_one():
    """attribute_not_exists is how a write asks for that."""
    assert told("attribute_not_exists(n)", {})
    assert not told("attribute_exists(n) OR n = :n", {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"N": "1.0"}),
        ({"N": "100"}, {"N": "1E2"}),
        ({"N": "0"}, {"N": "-0.0"}),
        ({"NS": ["1", "2"]}, {"NS": ["2.0", "1"]}),
        ({"BS": [b"1", b"2"]}, {"BS": [b"2", b"1"]}),
        ({"L": [{"N": "1"}, {"SS": ["a", "b"]}]}, {"L": [{"N": "1.0"}, {"SS": ["b", "a"]}]}),
        ({"M": {"a": {"N": "1"}, "b": {"S": ""}}}, {"M": {"b": {"S": ""}, "a": {"N": "1.0"}}}),
    ],
)
def test_equal_values_may_be_written_differently(one, other):
    """Numbers are equal by value, sets and maps without order, at any depth."""
    assert equal(one, other)
    assert equal(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"S": "1"}),
        ({"B": b"a"}, {"S": "a"}),
        ({"L": []}, {"M": {}}),
        ({"SS": ["1"]}, {"NS": ["1"]}),
        ({"BOOL": True}, {"BOOL": False}),
        ({"N": "99999999999999999999999999999999999999"}, {"N": "99999999999999999999999999999999999998"}),
        ({"L": [{"N": "1"}]}, {"L": [{"N": "1"}, {"N": "1"}]}),
        ({"M": {"a": {"N": "1"}}}, {"M": {"b": {"N": "1"}}}),
        ({"N": "1"}, None),
        (None, None),
    ],
)
def test_values_of_other_types_or_contents_are_not_equal(one, other):
    """Nothing is turned into something else to be compared."""
    assert not equal(one, other)


def test_text_is_ordered_by_its_bytes():
    """A character beyond U+FFFF comes after U+E000, as in UTF-8, not before it, as in UTF-16."""
    assert told("a < c", {"a": {"S": "\ue000"}, "c": {"S": "😀"}})


def test_a_condition_is_compiled_once_for_many_items():
    """The compiled condition is a function of the item."""
    more = predicate(bind_condition(parse_condition("n > :n"), None, VALUES))

    assert [more({"n": {"N": number}}) for number in ("0", "1", "1.5", "2")] == [False, False, True, True]


def test_a_tree_that_is_not_bound_cannot_be_evaluated():
    """A Python value is a mistake of the caller."""
    with pytest.raises(TypeError, match="bind the tree first"):
        holds(Compare("=", Path(("a",)), Literal(1)), {})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("n, zz", {"n": ITEM["n"]}),
        ("zz", {}),
        ("m.x", {"m": {"M": {"x": {"N": "5"}}}}),
        ("m.y.z, m.x", {"m": {"M": {"x": {"N": "5"}, "y": {"M": {"z": {"S": "q"}}}}}}),
        ("m.zz", {}),
        ("m.zz, m.x", {"m": {"M": {"x": {"N": "5"}}}}),
        ("s.x, ss[0], m[0], l.x", {}),
        ("l[3], l[0]", {"l": {"L": [ITEM["l"]["L"][0], ITEM["l"]["L"][3]]}}),
        ("l[3].q, l[9], l[1]", {"l": {"L": [{"S": "q"}, {"M": {"q": {"N": "2"}}}]}}),
        ("l[3].zz, l[0].x", {}),
        ("m.y, n", {"m": {"M": {"y": ITEM["m"]["M"]["y"]}}, "n": {"N": "1"}}),
    ],
)
def test_a_projection_gives_parts_of_an_item(text, parts):
    """Maps and lists are cut down to what is asked for; elements close ranks; what is not there is left out."""
    assert project(bind_projection(parse_projection_text(text)), ITEM) == parts
