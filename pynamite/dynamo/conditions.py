"""Conditions as callers write them: boto3's ``Key("PK").eq("a")``, pynamite's own, and text for people."""

from __future__ import annotations

from typing import Any

from pynamite.errors import ExpressionError
from pynamite.expression import build, nodes
from pynamite.expression.paths import parse_path
from pynamite.wire import from_wire

__all__ = ["collect_expression", "condition_node"]

_COMPARATORS = {"=", "<>", "<", "<=", ">", ">="}
_FUNCTIONS = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}


def condition_node(condition: Any) -> nodes.Condition:
    """Turn a condition of boto3 (``Key``, ``Attr``) or of pynamite into a tree with `nodes.Literal` leaves.

    Raises:
        ExpressionError: it is no condition, or one of its paths is malformed.
    """
    if isinstance(condition, build.Condition):
        return condition.node
    if isinstance(condition, nodes.Condition):
        return condition
    told = _expression(condition)
    if told is None or told["operator"] == "size":
        raise ExpressionError(
            f"{condition!r} is no condition: write a text, "
            "or one with boto3's Key and Attr such as Attr('views').gt(3)")
    operator, values = told["operator"], told["values"]
    match operator:
        case "AND":
            return nodes.conjunction(*map(condition_node, values))
        case "OR":
            return nodes.disjunction(*map(condition_node, values))
        case "NOT":
            return nodes.Not(condition_node(values[0]))
        case "BETWEEN":
            return nodes.Between(*map(_operand, values))
        case "IN":
            return nodes.In(_operand(values[0]), tuple(map(_operand, values[1])))
    if operator in _COMPARATORS:
        return nodes.Compare(operator, *map(_operand, values))
    if operator in _FUNCTIONS:
        return nodes.Function(operator, tuple(map(_operand, values)))
    raise ExpressionError(f"{operator!r} is no operator of a condition")


def _expression(condition: Any) -> dict[str, Any] | None:
    # boto3's conditions are told by their form, so that boto3 is imported by those only who use it.
    if isinstance(condition, type) or not hasattr(condition, "get_expression"):
        return None
    told: dict[str, Any] = condition.get_expression()
    return told


def _operand(value: Any) -> nodes.Operand:
    told = _expression(value)
    if told is not None and told["operator"] == "size":
        return nodes.Size(parse_path(value.name))
    if type(value).__module__ == "boto3.dynamodb.conditions":
        return parse_path(value.name)
    return nodes.Literal(value)


def collect_expression(condition: Any) -> str:
    """Write a condition as text, with its values where they belong: for people, not for DynamoDB.

    >>> from boto3.dynamodb.conditions import Key
    >>> collect_expression(Key("PK").eq("USER") & Key("SK").begins_with("t"))
    '(PK = USER AND begins_with(SK, t))'

    Raises:
        ExpressionError: it is no condition.
    """
    return _text(condition_node(condition))


def _text(node: Any) -> str:
    match node:
        case nodes.And(parts):
            return f"({' AND '.join(map(_text, parts))})"
        case nodes.Or(parts):
            return f"({' OR '.join(map(_text, parts))})"
        case nodes.Not(part):
            return f"(NOT {_text(part)})"
        case nodes.Compare(operator, left, right):
            return f"{_text(left)} {operator} {_text(right)}"
        case nodes.Between(operand, low, high):
            return f"{_text(operand)} BETWEEN {_text(low)} AND {_text(high)}"
        case nodes.In(operand, options):
            return f"{_text(operand)} IN ({', '.join(map(_text, options))})"
        case nodes.Function(name, arguments):
            return f"{name}({', '.join(map(_text, arguments))})"
        case nodes.Size(path):
            return f"size({_text(path)})"
        case nodes.Literal(value):
            return str(value)
        case nodes.Value(wire):
            return str(from_wire(wire))
    return str(node)
