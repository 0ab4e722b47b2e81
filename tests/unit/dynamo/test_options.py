"""boto3's options: expressions in text with names and values of the caller's own."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from pynamite.dynamo.options import Expressions, check_options
from pynamite.errors import DefinitionError, ExpressionError
from pynamite.expression import nodes

STATUS = nodes.Path(("status",))


def test_text_is_filled_with_the_callers_names_and_values():
    """What comes out has no placeholders, so it clashes with nothing."""
    expressions = Expressions({
        "ExpressionAttributeNames": {"#n0": "status"}, "ExpressionAttributeValues": {":v0": "OPEN"}})
    assert expressions.condition("#n0 = :v0") == nodes.Compare("=", STATUS, nodes.Value({"S": "OPEN"}))
    expressions.finish()


def test_a_condition_object_needs_no_names():
    """boto3's conditions carry their names and values."""
    condition = Attr("status").eq("OPEN")
    assert Expressions({}).condition(condition) == nodes.Compare("=", STATUS, nodes.Value({"S": "OPEN"}))
    assert Expressions({}).condition(None) is None


@pytest.mark.parametrize(
    ("options", "text", "told"),
    [
        ({}, "#s = :s", "#s"),
        ({"ExpressionAttributeNames": {"#s": "status"}}, "#s = :s", ":s"),
        ({}, "a = ", "Invalid ConditionExpression"),
        ({}, "status = status", "reserved keyword: status; write it as '#name'"),
        ({"ExpressionAttributeValues": {":v": float("nan")}}, "a = :v", ":v: nan"),
        ({"ExpressionAttributeValues": {":v": [1, {object()}]}}, "a = :v", ":v[1]"),
    ],
)
def test_a_wrong_expression_is_told(options: dict[str, Any], text: str, told: str):
    """A syntax error, an undefined name, a value that cannot be sent: each is named."""
    with pytest.raises(ExpressionError) as error:
        Expressions(options).condition(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "option", [{"ExpressionAttributeNames": {"#n": "a"}}, {"ExpressionAttributeValues": {":v": 1}}])
def test_what_no_expression_uses_is_told(option: dict[str, Any]):
    """DynamoDB refuses unused names and values; so it is said before."""
    expressions = Expressions(option)
    expressions.condition("attribute_exists(b)")
    with pytest.raises(ExpressionError, match=r"#n|:v"):
        expressions.finish()


def test_a_projection_is_text_or_a_list():
    """Names of reserved words need no placeholder; those that there are, are filled in."""
    expressions = Expressions({"ExpressionAttributeNames": {"#n": "a.b"}})
    paths = (nodes.Path(("name",)), nodes.Path(("a.b", "c", 0)))
    assert expressions.projection("name, #n.c[0]") == nodes.Projection(paths)
    expressions.finish()
    assert Expressions({}).projection(["name", "x,y", r"a\.b.c[0]"]) == nodes.Projection(
        (paths[0], nodes.Path(("x,y",)), paths[1]))
    assert Expressions({}).projection(None) is None


@pytest.mark.parametrize("wrong", ["", "a,,b", "a..b", [], ["a", 5], "a, a"])
def test_a_wrong_projection_is_told(wrong: Any):
    """Before any call."""
    with pytest.raises(ExpressionError):
        Expressions({}).projection(wrong)


def test_an_unknown_option_is_named():
    """A typing mistake is no silent no-op."""
    check_options("get", {"ConsistentRead": True, "ExpressionAttributeNames": {}}, {"ConsistentRead"})
    with pytest.raises(DefinitionError, match=r"'Consistent'.*ConsistentRead"):
        check_options("get", {"Consistent": True}, {"ConsistentRead"})
