"""Names and values in a parsed expression."""

from __future__ import annotations

import pytest

from pynamite.errors import ExpressionError
from pynamite.expression.fill import Undefined, fill, fill_known, placeholders
from pynamite.expression.nodes import Compare, Path, Placeholder, Projection, Value
from pynamite.expression.parse import parse_condition, parse_projection_text, parse_update

NAMES = {"#a": "first.name", "#b": "#b"}
VALUES = {":v": {"N": "1"}, ":w": {"S": "x"}}


def test_names_and_values_take_the_place_of_what_refers_to_them():
    """A name is one step, whatever is in it; names that are no references stay."""
    filled = fill(parse_condition("#a.c[0].#b = :v"), NAMES, VALUES)

    assert filled == Compare("=", Path(("first.name", "c", 0, "#b")), Value({"N": "1"}))


def test_a_tree_without_references_needs_neither():
    """Names and values may be left out."""
    assert fill(parse_projection_text("a, b[0]")) == Projection((Path(("a",)), Path(("b", 0))))


def test_the_parsed_tree_stays_as_it_is():
    """It is shared by everyone who sends the same text."""
    tree = parse_update("SET #a = :v REMOVE b")
    text = repr(tree)

    fill(tree, NAMES, VALUES)

    assert repr(tree) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#z = :v", "An expression attribute name used in the document path is not defined; attribute name: #z"),
        ("a.#z = :v", "An expression attribute name used in the document path is not defined; attribute name: #z"),
        ("a = :z", "An expression attribute value used in expression is not defined; attribute value: :z"),
        ("size(:z) = :v", "An expression attribute value used in expression is not defined; attribute value: :z"),
    ],
)
def test_what_is_not_defined_is_named(text, message):
    """The service's words for names and values that are missing."""
    with pytest.raises(ExpressionError) as caught:
        fill(parse_condition(text), NAMES, VALUES)

    assert str(caught.value) == message


def test_what_is_known_can_be_filled_alone():
    """Undefined names are marked, undefined values stay placeholders."""
    filled = fill_known(parse_condition("#a.#z = :z"), NAMES, VALUES)

    assert isinstance(filled, Compare)
    assert filled.right == Placeholder(":z")
    assert isinstance(filled.left, Path)
    assert filled.left.steps == ("first.name", "#z")
    assert [type(step) for step in filled.left.steps] == [str, Undefined]


def test_placeholders_are_what_a_tree_refers_to():
    """Names with their sharp, values with their colon."""
    tree = parse_update("SET #a.#b[0] = if_not_exists(c.#d, :v) + :w REMOVE e ADD #a :x")

    names, values = placeholders(tree)

    assert names == {"#a", "#b", "#d"}
    assert values == {":v", ":w", ":x"}
