"""Statements read: Developer Guide, "PartiQL statements for DynamoDB"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pynamite.expression import nodes
from pynamite.local.failures import invalid
from pynamite.local.partiql.conditions import condition, leaf
from pynamite.local.partiql.lex import Tokens, malformed
from pynamite.local.partiql.statements import Delete, Exists, Insert, Select, Statement, Update
from pynamite.local.partiql.values import Parameters, literal, path, starts_literal, struct

__all__ = ["parse"]

_RETURNING = {
    ("all", "old"): "ALL_OLD", ("all", "new"): "ALL_NEW", ("modified", "old"): "UPDATED_OLD",
    ("modified", "new"): "UPDATED_NEW"}
_OTHERS = {"drop": "DropTable", "create": "CreateTable", "alter": "AlterTable"}
_CLAUSES = ("limit", "offset", "having")
_ONE_TABLE = "FROM clause may only contain a single table name in data manipulation statements"
_NO_STRUCT = ("Unsupported format in item expression. Please use struct format {...} to express item values for insert "
              "statement. at ")


@lru_cache(maxsize=512)
def parse(statement: str) -> Statement:
    """Read a statement.

    Raises:
        RefusedError: it does not read, or asks for what DynamoDB's PartiQL has not.
    """
    try:
        return _statement(Tokens(statement), Parameters())
    except RecursionError:
        raise malformed(statement) from None


def _statement(tokens: Tokens, parameters: Parameters) -> Statement:
    word = tokens.next.lower
    if word == "exists":
        tokens.take()
        tokens.expect("(")
        found: Statement = Exists(_select(tokens, parameters))
        tokens.expect(")")
    elif word in _READERS:
        found = _READERS[word](tokens, parameters)
    elif word in _OTHERS:
        raise invalid(f"Unsupported operation: {_OTHERS[word]}")
    else:
        tokens.refuse()
    if tokens.next.kind != "end":
        tokens.refuse()
    return found


def _select(tokens: Tokens, parameters: Parameters) -> Select:
    tokens.expect("select")
    paths = _projection(tokens)
    tokens.expect("from")
    table, index = _target(tokens)
    where = condition(tokens, parameters) if tokens.skip("where") else None
    if tokens.sees("group", "by"):
        raise invalid("Unsupported clause: GROUP BY")
    order = _order(tokens)
    for clause in _CLAUSES:
        if tokens.sees(clause):
            raise invalid(f"Unsupported clause: {clause.upper()} at {tokens.where(tokens.after)}")
    return Select(paths, table, index, where, order, parameters.count)


def _projection(tokens: Tokens) -> tuple[nodes.Path, ...] | None:
    if tokens.skip("*"):
        return None
    if tokens.sees("distinct"):
        raise invalid("Unsupported token in expression: DISTINCT")
    if tokens.sees("value") or tokens.sees("pivot"):
        raise invalid("Select projection doesn't support value or pivot keywords")
    found: list[nodes.Path] = []
    while not found or tokens.skip(","):
        token = tokens.next
        if starts_literal(tokens) or tokens.after.value == "(":
            raise invalid(f"Unexpected path component at {tokens.where(token)}")
        found.append(path(tokens))
        if any(tokens.sees(operator) for operator in ("+", "-", "/", "%", "||")):
            raise invalid(f"Unexpected path component at {tokens.where(tokens.next)}")
        _refuse_alias(tokens)
    names = [str(nodes.Path(one.steps[-1:])) for one in found]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise invalid(f"Duplicate identifiers in select clause: {repeated}")
    return tuple(found)


def _refuse_alias(tokens: Tokens) -> None:
    if tokens.sees("as") or tokens.names_next():
        raise invalid("Aliasing is not supported")


def _target(tokens: Tokens) -> tuple[str, str | None]:
    table = tokens.name()
    index = tokens.name() if tokens.skip(".") else None
    _refuse_alias(tokens)
    if tokens.sees(","):
        raise invalid("Only select from a single table or index is supported.")
    return table, index


def _table(tokens: Tokens) -> str:
    table = tokens.name()
    if tokens.sees("."):
        raise invalid(_ONE_TABLE)
    return table


def _order(tokens: Tokens) -> tuple[tuple[nodes.Path, bool], ...]:
    if not tokens.skip("order", "by"):
        return ()
    order: list[tuple[nodes.Path, bool]] = []
    while not order or tokens.skip(","):
        by = path(tokens)
        downwards = tokens.skip("desc")
        if not downwards:
            tokens.skip("asc")
        order.append((by, downwards))
    return tuple(order)


def _insert(tokens: Tokens, parameters: Parameters) -> Insert:
    tokens.expect("insert", "into")
    table = _table(tokens)
    if tokens.sees("values"):
        raise invalid("Unsupported operation: InsertOp")
    tokens.expect("value")
    if not tokens.sees("{"):
        token = tokens.next
        literal(tokens, parameters)
        raise invalid(_NO_STRUCT + tokens.where(token))
    item = struct(tokens, parameters)
    if tokens.sees("returning"):
        raise invalid("RETURNING is not supported in INSERT")
    return Insert(table, item, parameters.count)


def _update(tokens: Tokens, parameters: Parameters) -> Update:
    tokens.expect("update")
    table = _table(tokens)
    sets: list[nodes.Set] = []
    removes: list[nodes.Remove] = []
    adds: list[nodes.Add] = []
    deletes: list[nodes.Delete] = []
    while tokens.sees("set") or tokens.sees("remove"):
        if tokens.skip("remove"):
            removes.append(nodes.Remove(path(tokens)))
            while tokens.skip(","):
                removes.append(nodes.Remove(path(tokens)))
            continue
        tokens.expect("set")
        _assign(tokens, parameters, sets, adds, deletes)
        while tokens.skip(","):
            _assign(tokens, parameters, sets, adds, deletes)
    if not (sets or removes or adds or deletes):
        tokens.refuse()
    where = condition(tokens, parameters) if tokens.skip("where") else None
    update = nodes.Update(tuple(sets), tuple(removes), tuple(adds), tuple(deletes))
    return Update(table, update, where, _returning(tokens), parameters.count)


def _assign(tokens: Tokens, parameters: Parameters, sets: list[nodes.Set], adds: list[nodes.Add],
            deletes: list[nodes.Delete]) -> None:
    target = path(tokens)
    tokens.expect("=")
    name = tokens.next.lower
    if name in {"set_add", "set_delete"} and tokens.after.value == "(":
        tokens.take()
        tokens.expect("(")
        if path(tokens) != target:
            raise invalid(f"The first argument to {name.upper()} must equal the assignment value")
        tokens.expect(",")
        members = nodes.Literal(literal(tokens, parameters))
        tokens.expect(")")
        if name == "set_add":
            adds.append(nodes.Add(target, members))
        else:
            deletes.append(nodes.Delete(target, members))
        return
    sets.append(nodes.Set(target, _value(tokens, parameters)))


def _value(tokens: Tokens, parameters: Parameters) -> Any:
    left = _term(tokens, parameters)
    while tokens.sees("+") or tokens.sees("-"):
        plus = tokens.take().value == "+"
        left = nodes.Arithmetic("+" if plus else "-", left, _term(tokens, parameters))
    if operator := next((one for one in ("*", "/", "%", "||") if tokens.sees(one)), None):
        raise invalid(f"Unsupported operator in Update Expression. Operator: {operator}")
    return left


def _term(tokens: Tokens, parameters: Parameters) -> Any:
    name = tokens.next.lower
    if tokens.after.value != "(" or not name:
        return leaf(tokens, parameters)
    tokens.take()
    tokens.expect("(")
    if name == "list_append":
        first = _value(tokens, parameters)
        tokens.expect(",")
        found: Any = nodes.ListAppend(first, _value(tokens, parameters))
    elif name == "if_not_exists":
        looked_at = path(tokens)
        tokens.expect(",")
        found = nodes.IfNotExists(looked_at, _value(tokens, parameters))
    else:
        raise invalid(f"Unrecognized function: {name}")
    tokens.expect(")")
    return found


def _delete(tokens: Tokens, parameters: Parameters) -> Delete:
    tokens.expect("delete", "from")
    table = _table(tokens)
    where = condition(tokens, parameters) if tokens.skip("where") else None
    returning = _returning(tokens)
    if returning not in {"NONE", "ALL_OLD"}:
        told = returning.replace("UPDATED", "MODIFIED").replace("_", " ")
        raise invalid(f"Invalid returning clause: RETURNING {told} *. Only RETURNING ALL OLD * is allowed in DELETE "
                      "statements.")
    return Delete(table, where, returning, parameters.count)


def _returning(tokens: Tokens) -> str:
    if not tokens.skip("returning"):
        return "NONE"
    returning = _RETURNING.get((tokens.take().lower, tokens.take().lower))
    if returning is None:
        tokens.refuse()
    if not tokens.skip("*"):
        raise invalid("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
    return returning


_READERS: dict[str, Any] = {"select": _select, "insert": _insert, "update": _update, "delete": _delete}
