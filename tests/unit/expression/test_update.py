"""The operators of an update, and the tree that changes by path become."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.errors import ExpressionError
from pynamite.expression import (
    Decrement,
    IfNotExists,
    Increment,
    ListAppend,
    ListInsert,
    ListPrepend,
    ListRemove,
    Operator,
    Remove,
    SetAdd,
    SetRemove,
    nodes,
)
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_update
from pynamite.expression.render import Renderer, bind_plain
from pynamite.expression.update import build_update

D = {"S": "d"}
ANYTHING: Any = "1"
NOTHING: Any = None


def text_of(changes: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Render changes with names in their places; values stay placeholders."""
    renderer = Renderer()
    text = renderer.update(bind_plain(build_update(changes)))
    for alias, name in sorted(renderer.names.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(alias, name)
    return text, renderer.values


@pytest.mark.parametrize(
    ("changes", "text", "values"),
    [
        ({"a": 1}, "SET a = :v0", [{"N": "1"}]),
        ({"a": None}, "SET a = :v0", [{"NULL": True}]),
        ({"a.b[0]": "x"}, "SET a.b[0] = :v0", [{"S": "x"}]),
        ({"n": Increment("n")}, "SET n = if_not_exists(n, :v0) + :v1", [{"N": "0"}, {"N": "1"}]),
        ({"n": Increment("n", Decimal("1.5"))}, "SET n = if_not_exists(n, :v0) + :v1", [{"N": "0"}, {"N": "1.5"}]),
        ({"n": Decrement("m", 2)}, "SET n = if_not_exists(m, :v0) - :v1", [{"N": "0"}, {"N": "2"}]),
        ({"t": SetAdd("t", "x")}, "ADD t :v0", [{"SS": ["x"]}]),
        ({"t": SetAdd("t", {1, 2})}, "ADD t :v0", [{"NS": ["1", "2"]}]),
        ({"t": SetRemove("t", ["y", "x"])}, "DELETE t :v0", [{"SS": ["x", "y"]}]),
        ({"l": ListAppend("l", ["d"])}, "SET l = list_append(if_not_exists(l, :v0), :v1)", [{"L": []}, {"L": [D]}]),
        ({"l": ListAppend("l", "d")}, "SET l = list_append(if_not_exists(l, :v0), :v1)", [{"L": []}, {"L": [D]}]),
        ({"l": ListPrepend("l", ["d"])}, "SET l = list_append(:v0, if_not_exists(l, :v1))", [{"L": [D]}, {"L": []}]),
        ({"l": ListRemove("l", [2, 0, 2])}, "REMOVE l[0], l[2]", []),
        ({"l": ListRemove("l", 1)}, "REMOVE l[1]", []),
        ({"f": IfNotExists("f", 9)}, "SET f = if_not_exists(f, :v0)", [{"N": "9"}]),
        ({"g": Remove()}, "REMOVE g", []),
        ({"g": Remove}, "REMOVE g", []),
        ({"tags": set()}, "REMOVE tags", []),
        ({"t": SetAdd("t", set()), "l": ListRemove("l", [])}, "", []),
        ({}, "", []),
    ],
)
def test_each_change_becomes_its_action(changes: dict[str, Any], text: str, values: list[Any]) -> None:
    """A value is set; an operator does what it says, at its path."""
    got, used = text_of(changes)
    assert got == text
    assert list(used.values()) == values


@pytest.mark.parametrize("elements", ["d", ["d"], ("d",)])
def test_an_insertion_takes_a_list_or_one_element(elements: Any) -> None:
    """As appending does; where there is no list yet, it counts from the empty one."""
    update = build_update({"l": ListInsert("l", 1, elements)})
    start = nodes.IfNotExists(nodes.Path(("l",)), nodes.Literal([]))
    assert update.sets == (nodes.Set(nodes.Path(("l",)), nodes.ListInsert(start, 1, nodes.Literal(["d"]))),)


def test_the_actions_come_by_clause_in_the_order_given() -> None:
    """Values are set, removed, added and deleted in one update."""
    got, _ = text_of({"z": 1, "gone": Remove(), "a": 2, "s": SetAdd("s", "x"), "r": SetRemove("r", "x")})
    assert got == "SET z = :v0, a = :v1 REMOVE gone ADD s :v2 DELETE r :v3"


def test_values_that_look_alike_stay_apart() -> None:
    """Equal values each have a placeholder of their own."""
    _, values = text_of({"a": 1, "b": 1, "c": True, "d": 0, "e": False})
    assert list(values.values()) == [{"N": "1"}, {"N": "1"}, {"BOOL": True}, {"N": "0"}, {"BOOL": False}]


@pytest.mark.parametrize("path", ["a..b", ".a", "a.", "a[x]", "a[-1]", "", "a[0"])
@pytest.mark.parametrize("change", [1, Remove()])
def test_a_wrong_path_is_named(path: str, change: Any) -> None:
    """The error has the path that is malformed."""
    with pytest.raises(ExpressionError) as error:
        build_update({path: change})
    assert repr(path) in str(error.value)


def test_an_operators_own_path_is_checked_too() -> None:
    """Increment("a..b") is malformed wherever it stands."""
    with pytest.raises(ExpressionError, match=r"'a\.\.b'"):
        build_update({"n": Increment("a..b")})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"a": 1, "a.b": 2}, ["'a'", "'a.b'"]),
        ({"a.b[1].c": 1, "a.b": 2}, ["'a.b[1].c'", "'a.b'"]),
        ({"l": ListRemove("l", 0), "l[0]": 1}, ["'l[0]'", "twice"]),
        ({"a": 1, "\\a": 2}, ["'a'", "twice"]),
        ({"a.b": 1, "a[0]": 2}, ["'a.b'", "'a[0]'"]),
        ({"t": SetAdd("other", "x")}, ["'other'", "'t'"]),
        ({"l": ListRemove("m", 1)}, ["'m'", "'l'"]),
        ({"n": Increment}, ["Increment", "'n'"]),
    ],
)
def test_changes_that_get_in_each_others_way_are_refused(changes: dict[str, Any], named: list[str]) -> None:
    """The error names both paths."""
    with pytest.raises(ExpressionError) as error:
        build_update(changes)
    assert all(name in str(error.value) for name in named)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Increment("n", ANYTHING),
        lambda: Increment("n", True),
        lambda: Decrement("n", NOTHING),
        lambda: ListInsert("l", -1, ["x"]),
        lambda: ListInsert("l", "0", ["x"]),  # type: ignore[arg-type]
        lambda: ListInsert("l", True, ["x"]),
        lambda: ListRemove("l", -1),
        lambda: ListRemove("l", ["0"]),
        lambda: ListRemove("l", True),
        lambda: SetAdd("t", {"a": 1}),
        lambda: SetAdd("t", [["nested"]]),
    ],
)
def test_a_wrong_argument_is_refused_where_it_is_given(make: Any) -> None:
    """The operator itself checks what it gets."""
    with pytest.raises(ExpressionError):
        make()


def test_operators_are_values() -> None:
    """Operators compare and show what they are."""
    assert Increment("n", 2) == Increment("n", 2)
    assert Increment("n", 2) != Increment("n", 3)
    assert repr(SetAdd("t", "x")) == "SetAdd(path='t', members=frozenset({'x'}))"
    assert isinstance(Remove(), Operator)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: str(nodes.Path(tuple(names))))


@given(PATHS, st.integers(-(10**20), 10**20))
def test_any_path_reads_back_from_the_request(path: str, amount: int) -> None:
    """Rendering and parsing an update gives the tree that was built, whatever the names are."""
    renderer = Renderer()
    tree = bind_plain(build_update({path: Increment(path, amount)}))
    assert fill(parse_update(renderer.update(tree)), renderer.names, renderer.values) == tree
