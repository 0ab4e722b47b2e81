"""The conditions of WHERE."""

from __future__ import annotations

from typing import Any

from pynamite.expression import nodes
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.partiql.lex import Tokens
from pynamite.local.partiql.values import Parameters, literal, path, starts_literal

__all__ = ["condition", "leaf"]

_COMPARATORS: dict[str, nodes.Comparator] = {
    "=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FUNCTIONS: dict[str, tuple[nodes.FunctionName, int]] = {
    "begins_with": ("begins_with", 2), "contains": ("contains", 2), "attribute_type": ("attribute_type", 2),
    "attribute_exists": ("attribute_exists", 1), "attribute_not_exists": ("attribute_not_exists", 1)}
_ARITHMETIC = ("+", "-", "*", "/", "%", "||", "like")
_NO_BOOLEAN = "WHERE clause must contain an expression that resolves to a boolean"
_NO_LIST = (
    "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at "
    "least one member")


def condition(tokens: Tokens, parameters: Parameters) -> nodes.Condition:
    """Read a condition."""
    parts = [_all_of(tokens, parameters)]
    while tokens.skip("or"):
        parts.append(_all_of(tokens, parameters))
    return nodes.disjunction(*parts)


def _all_of(tokens: Tokens, parameters: Parameters) -> nodes.Condition:
    parts = [_one(tokens, parameters)]
    while tokens.skip("and"):
        parts.append(_one(tokens, parameters))
    return nodes.conjunction(*parts)


def _one(tokens: Tokens, parameters: Parameters) -> nodes.Condition:
    if tokens.skip("not"):
        return nodes.Not(_one(tokens, parameters))
    if tokens.skip("("):
        inner = condition(tokens, parameters)
        tokens.expect(")")
        return inner
    if tokens.next.kind == "word" and tokens.after.value == "(" and tokens.next.lower != "size":
        return _function(tokens, parameters)
    return _predicate(tokens, parameters)


def _function(tokens: Tokens, parameters: Parameters) -> nodes.Condition:
    name = tokens.take().lower
    if name not in _FUNCTIONS:
        raise invalid(f"Unrecognized function: {name}")
    tokens.expect("(")
    arguments = [] if tokens.sees(")") else [leaf(tokens, parameters)]
    while tokens.skip(","):
        arguments.append(leaf(tokens, parameters))
    tokens.expect(")")
    function, wanted = _FUNCTIONS[name]
    if len(arguments) != wanted:
        raise invalid("Incorrect number of operands for operator or function; operator or function: "
                      f"{name}, number of operands: {len(arguments)}")
    return nodes.Function(function, tuple(arguments))


def leaf(tokens: Tokens, parameters: Parameters) -> Any:
    """Read an operand: a value, a path, or the size of one."""
    if starts_literal(tokens):
        return nodes.Literal(literal(tokens, parameters))
    if tokens.next.lower == "size" and tokens.after.value == "(":
        tokens.take()
        tokens.take()
        measured = leaf(tokens, parameters)
        tokens.expect(")")
        return nodes.Size(measured)
    return path(tokens)


def _predicate(tokens: Tokens, parameters: Parameters) -> nodes.Condition:
    left = leaf(tokens, parameters)
    token = tokens.next
    if operator := next((one for one in _ARITHMETIC if tokens.sees(one)), None):
        raise _unsupported(operator)
    if token.kind == "symbol" and token.value in _COMPARATORS:
        tokens.take()
        if tokens.sees("missing"):
            raise invalid("MISSING must be compared using IS operator")
        right = leaf(tokens, parameters)
        if operator := next((one for one in _ARITHMETIC if tokens.sees(one)), None):
            raise _unsupported(operator)
        return nodes.Compare(_COMPARATORS[token.value], left, right)
    if tokens.skip("is"):
        return _is(tokens, left)
    denied = tokens.skip("not")
    found: nodes.Condition
    if tokens.skip("between"):
        low = leaf(tokens, parameters)
        tokens.expect("and")
        found = nodes.Between(left, low, leaf(tokens, parameters))
    elif tokens.skip("in"):
        found = nodes.In(left, _options(tokens, parameters, left))
    elif tokens.sees("like"):
        raise _unsupported("like")
    elif denied:
        tokens.refuse()
    else:
        raise invalid(_NO_BOOLEAN)
    return nodes.Not(found) if denied else found


def _unsupported(operator: str) -> RefusedError:
    return invalid(f"Unsupported operator in Condition Expression. Operator: {operator}")


def _is(tokens: Tokens, left: Any) -> nodes.Condition:
    denied = tokens.skip("not")
    if not isinstance(left, nodes.Path):
        tokens.refuse()
    found: nodes.Condition
    if tokens.skip("missing"):
        return nodes.Function("attribute_exists" if denied else "attribute_not_exists", (left,))
    tokens.expect("null")
    found = nodes.Function("attribute_type", (left, nodes.Literal({"S": "NULL"})))
    return nodes.Not(found) if denied else found


def _options(tokens: Tokens, parameters: Parameters, left: Any) -> tuple[Any, ...]:
    closing = "]" if tokens.skip("[") else ")" if tokens.skip("(") else None
    if closing is None or not isinstance(left, nodes.Path):
        raise invalid(_NO_LIST)
    options: list[Any] = []
    while not tokens.skip(closing):
        if options:
            tokens.expect(",")
        options.append(leaf(tokens, parameters))
    if not options:
        raise invalid(_NO_LIST)
    return tuple(options)
