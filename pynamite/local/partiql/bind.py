"""Statements with their parameters: bound, and checked by the rules of expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.rules import see_condition, see_operators, see_projection, see_update
from pynamite.local.definition import RowKey, Table
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.keys import request_key
from pynamite.local.partiql.parse import parse
from pynamite.local.partiql.statements import Statement
from pynamite.local.partiql.values import fill
from pynamite.local.storage import Session
from pynamite.local.values import checked_value
from pynamite.wire import AttributeValue, Item

__all__ = [
    "NO_KEY",
    "bound",
    "conjuncts",
    "key_in",
    "key_mismatch",
    "projected",
    "table_of",
    "updating",
    "value_of",
    "where",
]

N = TypeVar("N")

LONGEST_STATEMENT = 8192
NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"


def bound(request: Mapping[str, Any]) -> tuple[Statement, list[AttributeValue]]:
    """Read the statement of a request, and check its parameters.

    Raises:
        RefusedError: it does not read, or there are more or fewer parameters than it has places for.
    """
    text = request["Statement"]
    if len(text) > LONGEST_STATEMENT:
        raise invalid("1 validation error detected: Value at 'statement' failed to satisfy constraint: "
                      f"Member must have length less than or equal to {LONGEST_STATEMENT}")
    statement = parse(text)
    given = [checked_value(value)[0] for value in request.get("Parameters", ())]
    if len(given) != statement.parameters:
        raise invalid("Number of parameters in request and statement don't match.")
    return statement, given


def table_of(session: Session, name: str) -> Table:
    """Give the table of a statement.

    Raises:
        RefusedError: there is none, in the words of statements.
    """
    found = session.tables().get(name)
    if found is None:
        raise RefusedError("ResourceNotFoundException", "Cannot do operations on a non-existent table")
    return found


def value_of(value: Any, given: Sequence[AttributeValue]) -> AttributeValue:
    """Give a value that is written out, with the parameters that it holds."""
    return checked_value(fill(value, given))[0]


def _filled(tree: N, given: Sequence[AttributeValue]) -> N:
    def leaf(one: Any) -> Any:
        return nodes.Value(value_of(one.value, given)) if isinstance(one, nodes.Literal) else one

    return nodes.transform(tree, leaf)


def where(tree: nodes.Condition | None, given: Sequence[AttributeValue]) -> nodes.Condition | None:
    """Bind a condition, and see that the service would take it."""
    if tree is None:
        return None
    condition = _filled(tree, given)
    try:
        see_condition(condition)
        see_operators(condition)
    except ExpressionError as error:
        raise invalid(str(error)) from None
    return condition


def updating(tree: nodes.Update, given: Sequence[AttributeValue]) -> nodes.Update:
    """Bind an update, and see that the service would take it."""
    update = _filled(tree, given)
    try:
        see_update(update)
        see_operators(update)
    except ExpressionError as error:
        raise invalid(str(error)) from None
    return update


def projected(paths: tuple[nodes.Path, ...] | None) -> nodes.Projection | None:
    """Give the paths of a SELECT as a projection, and see that none lies inside of another."""
    if paths is None:
        return None
    projection = nodes.Projection(paths)
    try:
        see_projection(projection)
    except ExpressionError as error:
        raise invalid(str(error)) from None
    return projection


def conjuncts(condition: nodes.Condition | None) -> list[nodes.Condition]:
    """Give the conditions that all have to hold."""
    if condition is None:
        return []
    return list(condition.parts) if isinstance(condition, nodes.And) else [condition]


def _equality(condition: nodes.Condition) -> tuple[str, AttributeValue] | None:
    match condition:
        case nodes.Compare("=", nodes.Path((name,)), nodes.Value(wire)):
            return str(name), wire
        case nodes.Compare("=", nodes.Value(wire), nodes.Path((name,))):
            return str(name), wire
    return None


def key_in(table: Table, condition: nodes.Condition | None) -> tuple[Item, RowKey, list[nodes.Condition]] | None:
    """Give the key that a condition names by equalities, where it stands, and the conditions besides.

    None if some key attribute is not named.

    Raises:
        RefusedError: a key attribute is compared with a value of another type.
    """
    key: Item = {}
    rest: list[nodes.Condition] = []
    for one in conjuncts(condition):
        equality = _equality(one)
        if equality is not None and equality[0] in table.names and equality[0] not in key:
            key[equality[0]] = equality[1]
        else:
            rest.append(one)
    if len(key) < len(table.parts):
        return None
    for part in table.parts:
        if part.type not in key[part.name]:
            raise key_mismatch(part.name)
    return key, request_key(table, key), rest


def key_mismatch(name: str) -> RefusedError:
    """Word a key attribute that is given a value of another type."""
    return invalid(f"Key attribute's data type should match its data type in table's schema: Key {name}")
