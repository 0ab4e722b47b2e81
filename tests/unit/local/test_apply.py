"""Updates, applied to items in wire form."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.errors import ExpressionError
from pynamite.expression.check import bind_update
from pynamite.expression.fill import fill
from pynamite.expression.nodes import IfNotExists, ListInsert, Literal, Path, Remove, Set, Update, Value
from pynamite.expression.parse import parse_update
from pynamite.local.apply import apply_update, value_of
from pynamite.wire import Item, normalize_number

ITEM: Item = {
    "n": {"N": "1"},
    "s": {"S": "abc"},
    "m": {"M": {"x": {"N": "5"}, "deep": {"M": {"y": {"N": "6"}}}}},
    "l": {"L": [{"N": "10"}, {"N": "11"}, {"SS": ["x"]}, {"M": {"p": {"N": "1"}}}]},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": [b"1"]},
    "bare": {"L": []},
}
VALUES: dict[str, dict[str, Any]] = {
    ":one": {"N": "1"}, ":half": {"N": "0.5"}, ":s": {"S": "new"}, ":t": {"BOOL": True}, ":l": {"L": [{"N": "7"}]},
    ":m": {"M": {}}, ":ss": {"SS": ["b", "c"]}, ":all": {"SS": ["a", "b"]}, ":x": {"SS": ["x"]},
    ":ns": {"NS": ["2.0", "3"]}, ":bs": {"BS": [b"1", b"2"]},
}
ABSENT = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"
INVALID_PATH = "The document path provided in the update expression is invalid for update"


def updated(text: str, item: Item = ITEM) -> Item:
    return apply_update(bind_update(parse_update(text), None, VALUES), item)


def changes(text: str) -> dict[str, Any]:
    """Give the attributes that an update changes, None for those that it removes."""
    new = updated(text)
    return {name: new.get(name) for name in {*ITEM, *new} if new.get(name) != ITEM.get(name)}


def refusal(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        updated(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("SET n = :s, fresh = :l", {"n": {"S": "new"}, "fresh": {"L": [{"N": "7"}]}}),
        ("SET n = n + :half", {"n": {"N": "1.5"}}),
        ("SET n = :half - n", {"n": {"N": "-0.5"}}),
        ("SET n = n + n", {"n": {"N": "2"}}),
        ("SET fresh = if_not_exists(fresh, :one) + :one", {"fresh": {"N": "2"}}),
        ("SET n = if_not_exists(n, :half) + :one", {"n": {"N": "2"}}),
        ("SET fresh = if_not_exists(m.zz.y, s)", {"fresh": {"S": "abc"}}),
        ("SET l = list_append(l, :l)", {"l": {"L": [*ITEM["l"]["L"], {"N": "7"}]}}),
        ("SET l = list_append(:l, l)", {"l": {"L": [{"N": "7"}, *ITEM["l"]["L"]]}}),
        ("SET fresh = list_append(if_not_exists(fresh, bare), :l)", {"fresh": {"L": [{"N": "7"}]}}),
        ("SET m.x = :s, m.z = :t", {"m": {"M": {**ITEM["m"]["M"], "x": {"S": "new"}, "z": {"BOOL": True}}}}),
        ("SET m.deep.y = :s", {"m": {"M": {"x": {"N": "5"}, "deep": {"M": {"y": {"S": "new"}}}}}}),
        ("SET l[3].p = l[0]", {"l": {"L": [*ITEM["l"]["L"][:3], {"M": {"p": {"N": "10"}}}]}}),
    ],
)
def test_set_gives_attributes_a_value(text, changed):
    """From values, other attributes, sums, and the two functions."""
    assert changes(text) == changed


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("SET n = s, s = n", {"n": {"S": "abc"}, "s": {"N": "1"}}),
        ("SET m.x = m.x + m.x, fresh = m", {"m": {"M": {**ITEM["m"]["M"], "x": {"N": "10"}}}, "fresh": ITEM["m"]}),
        ("REMOVE s SET n = s", {"n": {"S": "abc"}, "s": None}),
        ("ADD n :one SET fresh = n", {"n": {"N": "2"}, "fresh": {"N": "1"}}),
    ],
)
def test_every_value_is_taken_from_the_old_item(text, changed):
    """No action sees what another has done."""
    assert changes(text) == changed


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("SET l[1] = :s", ["10", "new", "x", "p"]),
        ("SET l[9] = :s", ["10", "11", "x", "p", "new"]),
        ("SET l[9] = :t, l[5] = :s, l[7] = :one", ["10", "11", "x", "p", "new", "1", True]),
        ("ADD l[9] :one SET l[6] = :s", ["10", "11", "x", "p", "new", "1"]),
        ("REMOVE l[0]", ["11", "x", "p"]),
        ("REMOVE l[2], l[0]", ["11", "p"]),
        ("REMOVE l[9]", ["10", "11", "x", "p"]),
        ("REMOVE l[0], l[1], l[2], l[3]", []),
        ("SET l[0] = :s REMOVE l[1]", ["new", "x", "p"]),
        ("SET l[5] = :s REMOVE l[1]", ["10", "x", "p", "new"]),
        ("SET l[1] = l[0] REMOVE l[0]", ["10", "x", "p"]),
        ("DELETE l[2] :x", ["10", "11", "p"]),
        ("ADD l[0] :one", ["11", "11", "x", "p"]),
    ],
)
def test_elements_of_a_list_are_named_by_their_old_indexes(text, elements):
    """Indexes past the end append, in their order; removed elements close ranks."""
    assert [told(element) for element in updated(text)["l"]["L"]] == elements


def told(element: dict[str, Any]) -> Any:
    """Give what stands for an element in the tests: a scalar's content, a set's or map's first."""
    ((_, content),) = element.items()
    return next(iter(content)) if isinstance(content, (list, dict)) else content


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("ADD n :half", {"n": {"N": "1.5"}}),
        ("ADD fresh :one", {"fresh": {"N": "1"}}),
        ("ADD fresh :ss", {"fresh": {"SS": ["b", "c"]}}),
        ("ADD ss :ss", {"ss": {"SS": ["a", "b", "c"]}}),
        ("ADD ns :ns", {"ns": {"NS": ["1", "2", "3"]}}),
        ("ADD bs :bs", {"bs": {"BS": [b"1", b"2"]}}),
        ("ADD ss :all", {}),
        ("ADD m.fresh :one", {"m": {"M": {**ITEM["m"]["M"], "fresh": {"N": "1"}}}}),
        ("DELETE ss :ss", {"ss": {"SS": ["a"]}}),
        ("DELETE ns :ns", {"ns": {"NS": ["1"]}}),
        ("DELETE ss :all", {"ss": None}),
        ("DELETE bs :bs", {"bs": None}),
        ("DELETE fresh :ss", {}),
        ("DELETE m.fresh :ss", {}),
        ("DELETE l[9] :ss", {}),
        ("REMOVE n, fresh", {"n": None}),
        ("REMOVE m.x", {"m": {"M": {"deep": ITEM["m"]["M"]["deep"]}}}),
        ("REMOVE m.deep.y", {"m": {"M": {"x": {"N": "5"}, "deep": {"M": {}}}}}),
        ("REMOVE m.fresh", {}),
    ],
)
def test_add_delete_and_remove(text, changed):
    """Members of sets are told apart by value; an emptied set disappears; what is not there is left alone."""
    assert changes(text) == changed


@pytest.mark.parametrize(
    "text",
    [
        "SET m.zz.y = :s", "SET m.x.y = :s", "SET n.x = :s", "SET zz.x = :s", "SET zz[0] = :s", "SET l.x = :s",
        "SET m[0] = :s", "SET l[9].x = :s", "SET l[0].x = :s", "SET ss[0] = :s", "REMOVE zz.x", "REMOVE m.zz.y",
        "REMOVE n[0]", "REMOVE l[0].x", "REMOVE m[0]", "ADD zz.x :one", "ADD n.x :ss", "DELETE zz.x :ss",
        "SET zz.x = yy", "SET n = zz, m.zz.y = :s",
    ],
)
def test_a_target_needs_a_place(text):
    """The map or list that holds it has to be there, before anything is read."""
    assert refusal(text) == INVALID_PATH


@pytest.mark.parametrize(
    "text",
    ["SET n = zz", "SET n = m.x.y", "SET n = l[9]", "SET n = zz + :one", "SET n = :one - zz",
     "SET n = list_append(zz, :l)", "SET n = if_not_exists(zz, yy)", "SET n = if_not_exists(n, zz)"],
)
def test_an_attribute_that_is_read_has_to_be_there(text):
    """The default of if_not_exists is read, too, needed or not."""
    assert refusal(text) == ABSENT


@pytest.mark.parametrize(
    "text",
    ["SET n = s + :one", "SET n = :one - s", "SET n = n + ss", "SET n = list_append(n, :l)",
     "SET n = list_append(l, s)", "SET n = if_not_exists(zz, :s) + :one",
     "SET n = list_append(if_not_exists(s, :l), l)",
     "ADD s :one", "ADD n :ss", "ADD ss :ns", "ADD ss :one", "DELETE n :ss", "DELETE ss :ns", "DELETE l[0] :ss"],
)
def test_an_operand_has_to_be_of_the_right_type(text):
    """Nothing is turned into something else."""
    assert refusal(text) == WRONG_TYPE


@pytest.mark.parametrize(
    ("left", "operator", "right", "total"),
    [
        ("99999999999999999999999999999999999999", "+", "1", "1" + "0" * 38),
        ("1E125", "+", "1E125", "2" + "0" * 125),
        ("1E-130", "-", "1E-130", "0"),
        ("1.10", "+", "1.10", "2.2"),
        ("-3", "-", "-3", "0"),
        ("12345678901234567890.12345678901234567", "+", "0.00000000000000000000000000001", None),
    ],
)
def test_sums_are_exact(left, operator, right, total):
    """All 38 digits count, and what they cannot hold is refused."""
    update = bind_update(parse_update(f"SET n = :a {operator} :b"), None, {":a": {"N": left}, ":b": {"N": right}})

    if total is None:
        with pytest.raises(ExpressionError, match="Number overflow"):
            apply_update(update, {})
    else:
        assert apply_update(update, {}) == {"n": {"N": total}}


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ("9E125", "9E125", "Number overflow. Attempting to store a number with magnitude larger"),
        ("1.5E-130", "-1E-130", "Number underflow. Attempting to store a number with magnitude smaller"),
        ("1E50", "1", "Number overflow. Attempting to store a number with magnitude larger"),
    ],
)
def test_a_sum_that_cannot_be_stored_is_refused(left, right, message):
    """Too large, too small, or too many digits."""
    for text in ("SET n = n + :b", "ADD n :b"):
        update = bind_update(parse_update(text), None, {":b": {"N": right}})
        with pytest.raises(ExpressionError) as caught:
            apply_update(update, {"n": {"N": left}})
        assert str(caught.value) == f"{message} than supported range"


@pytest.mark.parametrize(
    "text",
    ["SET m.deep.y = :s, l[0] = :s, n = :s", "REMOVE m.x, l[1], s", "ADD ss :ss, l[9] :one", "DELETE ss :all, l[2] :x"],
)
def test_the_old_item_stays_as_it_is(text):
    """Whoever holds the old item sees no change."""
    item = copy.deepcopy(ITEM)

    assert updated(text, item) != item

    assert item == ITEM


def test_paths_that_overlap_are_refused_here_too():
    """For a tree that nobody has checked."""
    tree = Update(removes=(Remove(Path(("m", "x"))), Remove(Path(("m",)))))

    with pytest.raises(ExpressionError, match="'m.x' and 'm' overlap"):
        apply_update(tree, ITEM)


def test_a_tree_that_is_not_bound_cannot_be_applied():
    """A Python value is a mistake of the caller."""
    with pytest.raises(TypeError, match="bind the tree first"):
        apply_update(Update(sets=(Set(Path(("a",)), Literal(1)),)), {})


@given(st.lists(st.integers(0, 9), max_size=4) | st.none(), st.integers(0, 6), st.lists(st.integers(0, 9), max_size=3))
def test_an_insertion_does_what_a_list_of_pythons_does(there, index, new):
    """Before the element at the index, in the order given, at the end past it; an absent list is empty."""
    listed = [{"N": str(n)} for n in there or ()]
    item = {} if there is None else {"a": {"M": {"l": {"L": listed}}}}
    path = Path(("a", "l"))
    insertion = ListInsert(IfNotExists(path, Value({"L": []})), index, Value({"L": [{"N": str(n)} for n in new]}))
    expected = list(there or ())
    expected[index:index] = new

    assert value_of(insertion, item) == {"L": [{"N": str(n)} for n in expected]}


@pytest.mark.parametrize("there", [{"S": "abc"}, {"NULL": True}])
def test_an_insertion_needs_a_list(there):
    """As an appended one."""
    insertion = ListInsert(Path(("l",)), 0, Value({"L": []}))
    with pytest.raises(ExpressionError, match="incorrect data type"):
        apply_update(Update(sets=(Set(Path(("l",)), insertion),)), {"l": there})


whole = st.one_of(st.integers(-9, 9), st.integers(-(10**20), 10**20), st.sampled_from([10**17, 10**18 - 1, -(10**18)]))


@given(whole, whole, st.sampled_from("+-"))
def test_whole_numbers_are_added_exactly(left, right, operator):
    """However many digits they have, and whichever way is taken."""
    update = fill(parse_update(f"SET n = n {operator} :n"), None, {":n": {"N": str(right)}})
    total = left + right if operator == "+" else left - right
    assert apply_update(update, {"n": {"N": str(left)}}) == {"n": {"N": normalize_number(str(total))}}
