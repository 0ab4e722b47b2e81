"""Expressions from tree to text."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pynamite.errors import ExpressionError, ItemStructureError
from pynamite.expression.nodes import (
    Add,
    And,
    Arithmetic,
    Between,
    Compare,
    Delete,
    Function,
    IfNotExists,
    In,
    ListAppend,
    ListInsert,
    Literal,
    Not,
    Or,
    Path,
    Placeholder,
    Projection,
    Remove,
    Set,
    Size,
    Update,
    Value,
)
from pynamite.expression.render import Renderer, bind_plain

A, B = Path(("a",)), Path(("b", 0, "c"))
ONE, X = Value({"N": "1"}), Value({"S": "x"})
A_IS_ONE, B_IS_X = Compare("=", A, ONE), Compare("=", B, X)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (A_IS_ONE, "#n0 = :v0"),
        (Compare("<=", Size(B), ONE), "size(#n0[0].#n1) <= :v0"),
        (Between(A, ONE, X), "#n0 BETWEEN :v0 AND :v1"),
        (In(A, (ONE, X, B)), "#n0 IN (:v0, :v1, #n1[0].#n2)"),
        (Function("begins_with", (A, X)), "begins_with(#n0, :v0)"),
        (Function("attribute_exists", (A,)), "attribute_exists(#n0)"),
        (And((A_IS_ONE, B_IS_X)), "#n0 = :v0 AND #n1[0].#n2 = :v1"),
        (Or((A_IS_ONE, And((A_IS_ONE, B_IS_X)))), "#n0 = :v0 OR #n0 = :v1 AND #n1[0].#n2 = :v2"),
        (And((Or((A_IS_ONE, B_IS_X)), A_IS_ONE)), "(#n0 = :v0 OR #n1[0].#n2 = :v1) AND #n0 = :v2"),
        (Not(Not(A_IS_ONE)), "NOT NOT #n0 = :v0"),
        (Not(And((A_IS_ONE, A_IS_ONE))), "NOT (#n0 = :v0 AND #n0 = :v1)"),
    ],
)
def test_a_condition_is_written_with_few_parentheses(tree, text):
    """Only what binds weaker stands in them; the service refuses needless pairs."""
    assert Renderer().condition(tree) == text


def test_an_update_is_written_section_by_section():
    """SET, REMOVE, ADD, DELETE; those that have actions."""
    update = Update(
        (Set(A, Arithmetic("-", IfNotExists(A, ONE), ONE)), Set(B, ListAppend(B, Value({"L": []})))),
        (Remove(Path(("d",))),), (Add(Path(("e",)), ONE),), (Delete(Path(("f",)), Value({"SS": ["a"]})),))
    renderer = Renderer()

    assert renderer.update(update) == (
        "SET #n0 = if_not_exists(#n0, :v0) - :v1, #n1[0].#n2 = list_append(#n1[0].#n2, :v2) "
        "REMOVE #n3 ADD #n4 :v3 DELETE #n5 :v4")
    assert renderer.update(Update(removes=(Remove(A),))) == "REMOVE #n0"


def test_the_expressions_of_a_request_share_their_names():
    """A name is given once; a value never twice, however equal it looks."""
    renderer = Renderer()

    texts = [
        renderer.condition(A_IS_ONE), renderer.update(Update(sets=(Set(A, ONE),))),
        renderer.projection(Projection((A, Path(("x.y",))))),
    ]

    assert texts == ["#n0 = :v0", "SET #n0 = :v1", "#n0, #n1"]
    assert renderer.names == {"#n0": "a", "#n1": "x.y"}
    assert renderer.values == {":v0": {"N": "1"}, ":v1": {"N": "1"}}


def test_parameters_leave_out_what_is_empty():
    """The service refuses empty maps of names and values."""
    renderer = Renderer()
    assert renderer.parameters() == {}

    renderer.projection(Projection((A,)))
    assert renderer.parameters() == {"ExpressionAttributeNames": {"#n0": "a"}}


@pytest.mark.parametrize("leaf", [Literal(1), Placeholder(":v"), "text", 1])
def test_a_tree_that_is_not_bound_cannot_be_written(leaf):
    """A Python value or a placeholder is a mistake of the caller."""
    with pytest.raises(TypeError, match="bind the tree first"):
        Renderer().condition(Compare("=", A, leaf))


def test_what_is_no_condition_cannot_be_written_as_one():
    """A path alone says nothing."""
    path: Any = A

    with pytest.raises(TypeError, match="is no condition"):
        Renderer().condition(path)


def test_a_sum_of_three_cannot_be_written():
    """The service's grammar has one + or - at most."""
    with pytest.raises(ExpressionError, match="two operands at most"):
        Renderer().update(Update(sets=(Set(A, Arithmetic("+", A, Arithmetic("-", A, ONE))),)))


def test_an_insertion_cannot_be_written():
    """The service has none; whoever knows the list sends the one that results."""
    insertion = ListInsert(IfNotExists(B, Value({"L": []})), 3, Value({"L": [X.wire]}))
    with pytest.raises(ExpressionError, match=r"cannot insert into a list, as at \[3\] of 'b\[0\].c'.*reread=True"):
        Renderer().update(Update(sets=(Set(B, insertion),)))


def test_plain_values_are_bound_by_their_own_types():
    """Whatever else the tree holds stays."""
    tree = And((Compare("=", A, Literal(1)), In(B, (Literal("x"), X)), Function("contains", (A, Literal({"m"})))))

    assert bind_plain(tree) == And(
        (A_IS_ONE, In(B, (X, X)), Function("contains", (A, Value({"SS": ["m"]})))))


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        (Compare("=", B, Literal(math.nan)), r"\$.b\[0\].c: nan cannot be stored"),
        (Compare("=", Literal(set()), A), r"\$.a: an empty set cannot be stored"),
        (Update(sets=(Set(A, ONE), Set(B, Literal({"d": [1, object()]})))), r"\$.b\[0\].c.d\[1\]: a object"),
        (And((A_IS_ONE, Not(Compare("=", B, Literal(10**40 + 1))))), r"\$.b\[0\].c: .* 38"),
        (Compare("=", Literal(math.inf), ONE), r"\$: inf cannot be stored"),
    ],
)
def test_a_value_that_cannot_be_stored_is_named_with_its_path(tree, problem):
    """The path is the one that the value is compared with or put to."""
    with pytest.raises(ItemStructureError, match=problem):
        bind_plain(tree)


def test_all_values_that_cannot_be_stored_are_told_at_once():
    """One sentence for each."""
    tree = Update(sets=(Set(A, Literal(math.nan)), Set(B, Literal(set()))))

    with pytest.raises(ItemStructureError) as caught:
        bind_plain(tree)

    assert [problem.split(":")[0] for problem in caught.value.problems] == ["$.a", "$.b[0].c"]
