"""The parameters of the API before 2014, in which expressions were maps: read onto the same tree.

``Expected``, ``QueryFilter`` and ``ScanFilter`` become conditions, ``KeyConditions`` the terms of a key condition,
``AttributeUpdates`` an update, ``AttributesToGet`` a projection: Developer Guide, "Legacy conditional parameters". A
name is always that of a whole attribute, dots and all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pynamite.expression import nodes
from pynamite.local.failures import RefusedError, invalid, invalid_parameter, not_in_set
from pynamite.local.key_condition import Term, Terms
from pynamite.local.values import checked_value
from pynamite.wire import AttributeValue

__all__ = [
    "NAMES",
    "TYPE_MISMATCH",
    "check_enumerations",
    "check_mixed",
    "condition_of",
    "expected_of",
    "key_terms_of",
    "projection_of",
    "update_of",
]

_ORDER = (
    "AttributeUpdates", "AttributesToGet", "ScanFilter", "QueryFilter", "Expected", "ConditionalOperator",
    "KeyConditions")
"""In the order in which the service tells them."""
NAMES = frozenset(_ORDER)
_EXPRESSIONS = (
    "ProjectionExpression", "FilterExpression", "KeyConditionExpression", "UpdateExpression", "ConditionExpression")
_CONDITION_MAPS = ("Expected", "QueryFilter", "ScanFilter", "KeyConditions")

_OPERATORS = (
    "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS")
_ACTIONS = ("ADD", "PUT", "DELETE")
_COMPARATORS: Mapping[str, nodes.Comparator] = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}

_KEY_OPERATORS: Mapping[str, str] = {**_COMPARATORS, "BEGINS_WITH": "begins_with"}

_ORDERED = frozenset({"S", "N", "B"})
_TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("IN", "LT", "LE", "GT", "GE", "BETWEEN"), _ORDERED),
    **dict.fromkeys(("CONTAINS", "NOT_CONTAINS"), _ORDERED | {"BOOL", "NULL"}),
    "BEGINS_WITH": frozenset({"S", "B"}),
}
_ADDABLE = frozenset({"N", "SS", "NS", "BS", "L"})
_DELETABLE = frozenset({"SS", "NS", "BS"})

TYPE_MISMATCH = "Type mismatch for attribute to update"
_NO_OPERATOR = "Member must not be null"


def check_enumerations(request: Mapping[str, Any]) -> None:
    """Check that operators and actions are among those that the API lists."""
    for parameter in _CONDITION_MAPS:
        for name, told in request.get(parameter, {}).items():
            operator = told.get("ComparisonOperator")
            place = f"{parameter}.{name}.member.comparisonOperator"
            if operator is None and parameter != "Expected":
                raise invalid(f"1 validation error detected: Value null at '{place[:1].lower()}{place[1:]}' failed to "
                              f"satisfy constraint: {_NO_OPERATOR}")
            if operator is not None and operator not in _OPERATORS:
                raise not_in_set(place, operator, _OPERATORS)
    for name, told in request.get("AttributeUpdates", {}).items():
        if told.get("Action", "PUT") not in _ACTIONS:
            raise not_in_set(f"AttributeUpdates.{name}.member.action", told["Action"], _ACTIONS)
    if request.get("ConditionalOperator", "AND") not in {"AND", "OR"}:
        raise not_in_set("ConditionalOperator", request["ConditionalOperator"], ("OR", "AND"))


def check_mixed(request: Mapping[str, Any]) -> None:
    """Refuse these parameters beside expressions; only KeyConditions may stand beside a filter and a projection."""
    expressions = [name for name in _EXPRESSIONS if name in request]
    if not expressions:
        return
    legacy = [
        name for name in _ORDER
        if request.get(name) and (name != "KeyConditions" or "KeyConditionExpression" in request)]
    if legacy:
        raise invalid(
            "Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{', '.join(legacy)}}} Expression parameters: {{{', '.join(expressions)}}}")


def _joined(request: Mapping[str, Any], conditions: Sequence[nodes.Condition]) -> nodes.Condition | None:
    """Join conditions by the ConditionalOperator, which is for two or more of them."""
    operator = request.get("ConditionalOperator")
    if operator is not None and not conditions:
        raise invalid("ConditionalOperator cannot be used without Filter or Expected")
    if operator is not None and len(conditions) < 2:
        raise invalid("ConditionalOperator can only be used when Filter or Expected has two or more elements")
    if not conditions:
        return None
    return nodes.disjunction(*conditions) if operator == "OR" else nodes.conjunction(*conditions)


def expected_of(request: Mapping[str, Any]) -> nodes.Condition | None:
    """Read the condition of a write; None where there is none.

    Raises:
        RefusedError: an element says too much, too little, or two things that do not go together.
    """
    return _joined(request, [_expected(name, told) for name, told in request.get("Expected", {}).items()])


def condition_of(request: Mapping[str, Any], parameter: str) -> nodes.Condition | None:
    """Read the filter of a query or a scan; None where there is none."""
    return _joined(request, [_condition(_path(name), told) for name, told in request.get(parameter, {}).items()])


def key_terms_of(request: Mapping[str, Any]) -> Terms:
    """Read the key condition of a query, the operators of which `stretch_of` judges."""
    told = request["KeyConditions"]
    terms: dict[str, Term] = {}
    for name, one in told.items():
        _path(name)
        operator: str = one["ComparisonOperator"]
        values = _checked_values(operator, one)
        terms[name] = Term(_KEY_OPERATORS.get(operator, operator), tuple(values))
    if not 1 <= len(terms) <= 2:
        raise invalid("Conditions can be of length 1 or 2 only")
    return terms


def _expected(name: str, told: Mapping[str, Any]) -> nodes.Condition:
    path = _path(name)
    operator, exists = told.get("ComparisonOperator"), told.get("Exists")
    if "Value" in told and "AttributeValueList" in told:
        raise _unfit("Value and AttributeValueList cannot be used together", name)
    if operator is not None:
        if exists is not None:
            raise _unfit("Exists and ComparisonOperator cannot be used together", name)
        if "Value" in told:
            return _condition(path, {"ComparisonOperator": operator, "AttributeValueList": [told["Value"]]})
        if "AttributeValueList" not in told and operator not in {"NULL", "NOT_NULL"}:
            raise _unfit(f"Value or AttributeValueList must be used with ComparisonOperator: {operator}", name)
        return _condition(path, told)
    if "AttributeValueList" in told:
        raise _unfit("AttributeValueList can only be used with a ComparisonOperator", name)
    if exists is False:
        if "Value" in told:
            raise _unfit("Value cannot be used when Exists is false", name)
        return nodes.Function("attribute_not_exists", (path,))
    if "Value" not in told:
        raise _unfit(f"Value must be provided when Exists is {'null' if exists is None else 'true'}", name)
    return nodes.Compare("=", path, nodes.Value(checked_value(told["Value"])[0]))


def _unfit(what: str, name: str) -> RefusedError:
    return invalid_parameter(f"{what} for Attribute: {name}")


def _path(name: str) -> nodes.Path:
    if not name:
        raise invalid("Empty attribute name")
    return nodes.Path((name,))


def _condition(path: nodes.Path, told: Mapping[str, Any]) -> nodes.Condition:
    operator = told["ComparisonOperator"]
    values = _checked_values(operator, told)
    operands = [nodes.Value(value) for value in values]
    if operator in _COMPARATORS:
        return nodes.Compare(_COMPARATORS[operator], path, operands[0])
    if operator == "BETWEEN":
        return nodes.Between(path, operands[0], operands[1])
    if operator == "IN":
        return nodes.In(path, tuple(operands))
    if operator == "BEGINS_WITH":
        return nodes.Function("begins_with", (path, operands[0]))
    exists = nodes.Function("attribute_exists", (path,))
    if operator == "NOT_NULL":
        return exists
    if operator == "NULL":
        return nodes.Function("attribute_not_exists", (path,))
    contains = nodes.Function("contains", (path, operands[0]))
    # What is not there does not lack anything, either.
    return contains if operator == "CONTAINS" else nodes.And((exists, nodes.Not(contains)))


def _checked_values(operator: str, told: Mapping[str, Any]) -> Sequence[AttributeValue]:
    values = [checked_value(value)[0] for value in told.get("AttributeValueList", ())]
    _check_values(operator, values)
    return values


def _check_values(operator: str, values: Sequence[AttributeValue]) -> None:
    wanted = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2}.get(operator, 1)
    if len(values) != wanted and not (operator == "IN" and values):
        raise invalid_parameter(f"Invalid number of argument(s) for the {operator} ComparisonOperator")
    kinds = [next(iter(value)) for value in values]
    if len(set(kinds)) > 1:
        raise invalid_parameter("AttributeValues inside AttributeValueList must be of same type")
    for kind in kinds[:1]:
        if kind not in _TYPES.get(operator, kinds):
            raise invalid_parameter(f"ComparisonOperator {operator} is not valid for {kind} AttributeValue type")
    if operator == "BETWEEN":
        low, high = (Decimal(value["N"]) if "N" in value else next(iter(value.values())) for value in values)
        if low > high:
            raise invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper "
                          "bound")


def projection_of(request: Mapping[str, Any]) -> nodes.Projection | None:
    """Read the attributes to get; None where all are wanted."""
    names = request.get("AttributesToGet")
    if not names:
        return None
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise invalid_parameter(f"Duplicate value in attribute name: {name}")
        seen.add(name)
    return nodes.Projection(tuple(_path(name) for name in names))


def update_of(request: Mapping[str, Any]) -> nodes.Update | None:
    """Read the changes of attributes; None where there are none.

    A list that is added is appended, which `nodes.Add` of an expression may not do.
    """
    sets: list[nodes.Set] = []
    removes: list[nodes.Remove] = []
    adds: list[nodes.Add] = []
    deletes: list[nodes.Delete] = []
    for name, told in request.get("AttributeUpdates", {}).items():
        path, action = _path(name), told.get("Action", "PUT")
        if "Value" not in told:
            if action != "DELETE":
                raise invalid_parameter("Only DELETE action is allowed when no attribute value is specified")
            removes.append(nodes.Remove(path))
            continue
        value, _ = checked_value(told["Value"])
        ((kind, _),) = value.items()
        if action == "PUT":
            sets.append(nodes.Set(path, nodes.Value(value)))
        elif action == "ADD":
            if kind not in _ADDABLE:
                raise invalid_parameter(f"ADD action is not supported for the type {kind}")
            adds.append(nodes.Add(path, nodes.Value(value)))
        else:
            if kind not in _DELETABLE:
                raise invalid_parameter(f"DELETE action with value is not supported for the type {kind}")
            deletes.append(nodes.Delete(path, nodes.Value(value)))
    update = nodes.Update(tuple(sets), tuple(removes), tuple(adds), tuple(deletes))
    return update or None
