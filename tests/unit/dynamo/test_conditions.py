"""boto3's conditions, and pynamite's own, as trees and as text for people."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder, Key
from hypothesis import given
from hypothesis import strategies as st

from pynamite.dynamo.conditions import collect_expression, condition_node
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import path
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_condition
from pynamite.expression.render import bind_plain
from pynamite.wire import to_wire


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Key("PK").eq("USER") & Key("SK").begins_with("t"), "(PK = USER AND begins_with(SK, t))"),
        (Attr("a.b[0]").gt(3), "a.b[0] > 3"),
        (Attr("a").ne("x") | ~Attr("b").exists(), "(a <> x OR (NOT attribute_exists(b)))"),
        (Attr("a").between(1, 2) & Attr("b").is_in(["x", "y"]), "(a BETWEEN 1 AND 2 AND b IN (x, y))"),
        (Attr("a").size().lte(5), "size(a) <= 5"),
        (Attr("a").contains("x") & Attr("b").attribute_type("S"), "(contains(a, x) AND attribute_type(b, S))"),
        (Attr("a").not_exists(), "attribute_not_exists(a)"),
        (Attr("a").eq(Attr("b")), "a = b"),
        ((Attr("a").lt(1) & Attr("b").gte(2)) & Attr("c").eq(3), "(a < 1 AND b >= 2 AND c = 3)"),
        (path("a") > 5, "a > 5"),
    ],
)
def test_a_condition_reads_as_text(condition: Any, text: str):
    """Values stand where they belong."""
    assert collect_expression(condition) == text


def test_a_bound_tree_reads_as_text_too():
    """AttributeValues are shown as the values that they are."""
    assert collect_expression(bind_plain(condition_node(Attr("a").eq(1)))) == "a = 1"


@pytest.mark.parametrize("wrong", [True, None, "a = 1", 5, Attr("a"), Key("PK"), Attr("a").size(), Attr])
def test_what_is_no_condition_is_refused(wrong: Any):
    """A comparison that was left unfinished is none."""
    with pytest.raises(ExpressionError, match="is no condition"):
        condition_node(wrong)


ATTRIBUTES = st.sampled_from(["a", "b.c", "d[1]", "e[0].f"]).map(Attr)
VALUES = st.one_of(st.integers(-5, 5), st.text(max_size=3), st.booleans())
LEAVES = st.one_of(
    st.builds(lambda attribute, value: attribute.eq(value), ATTRIBUTES, VALUES),
    st.builds(lambda attribute, value: attribute.size().gt(value), ATTRIBUTES, st.integers(0, 5)),
    st.builds(lambda attribute, low, high: attribute.between(low, high), ATTRIBUTES, VALUES, VALUES),
    st.builds(lambda attribute, values: attribute.is_in(values), ATTRIBUTES, st.lists(VALUES, min_size=1, max_size=3)),
    st.builds(lambda attribute: attribute.not_exists(), ATTRIBUTES),
)
CONDITIONS = st.recursive(LEAVES, lambda inner: st.one_of(
    st.builds(lambda one, other: one & other, inner, inner),
    st.builds(lambda one, other: one | other, inner, inner),
    st.builds(lambda one: ~one, inner)), max_leaves=5)


def flat(node: Any) -> Any:
    """Give the tree with ANDs in ANDs and ORs in ORs made one, as `condition_node` does."""
    match node:
        case nodes.And(parts):
            return nodes.conjunction(*map(flat, parts))
        case nodes.Or(parts):
            return nodes.disjunction(*map(flat, parts))
        case nodes.Not(part):
            return nodes.Not(flat(part))
    return node


@given(CONDITIONS)
def test_a_condition_means_what_boto3_would_send(condition: Any):
    """Reading boto3's own text gives the same tree."""
    built = ConditionExpressionBuilder().build_expression(condition)
    values = {name: to_wire(value) for name, value in built.attribute_value_placeholders.items()}
    sent = fill(parse_condition(built.condition_expression), built.attribute_name_placeholders, values)
    assert flat(sent) == bind_plain(condition_node(condition))
