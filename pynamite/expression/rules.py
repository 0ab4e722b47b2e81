"""The rules that the service checks an expression by when it knows the names and values, and its words for them.

Among several mistakes it tells one, and so do these functions: in a condition the first from left to right, operands
before their operator; in an update and a projection the last path's, then the last action's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NoReturn

from pynamite.errors import ExpressionError
from pynamite.expression.fill import Undefined, undefined_name, undefined_value
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
    children,
)
from pynamite.expression.paths import overlap
from pynamite.wire import AttributeValue

__all__ = ["ORDERED", "SETS", "TEXTUAL", "TYPES", "see_condition", "see_operators", "see_projection", "see_update"]

# The limits are those of the Developer Guide, "Service, account, and table quotas".
DEEPEST_PATH = 32
MOST_OPTIONS = 100
MOST_OPERATORS = 300

_ARITIES = {"attribute_exists": 1, "attribute_not_exists": 1, "size": 1}
"""How many operands a function takes; the others take two."""

ORDERED = frozenset({"S", "N", "B"})
TEXTUAL = frozenset({"S", "B"})
SETS = frozenset({"SS", "NS", "BS"})
TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"})

# The service's own words for two sets of types, in the order in which it happens to tell them.
_TYPE_NAMES = "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"
_ANY_TYPE = (
    "{NS,INT,S,SS,INTSET,B,DICT,DOUBLESET,BOOL,HDS,M,NULL,L,DECIMAL,N,FLOAT,DOUBLE,FS,HD,BS,DECIMALSET}")

_LONG_NAMES = {"S": "STRING", "N": "NUMBER", "B": "BINARY", "BOOL": "BOOLEAN", "NULL": "NULL", "L": "LIST", "M": "MAP"}


def see_projection(node: Projection) -> None:
    """Check a projection."""
    _targets(node.paths)


def see_condition(node: Any) -> None:
    """Check a condition, filter or key condition."""
    _CONDITIONS[type(node)](node)


def _parts(node: And | Or) -> None:
    for part in node.parts:
        see_condition(part)


def _compare(node: Compare) -> None:
    _operand(node.left)
    _operand(node.right)
    _see_distinct(node.operator, (node.left, node.right))
    if node.operator not in {"=", "<>"}:
        _see_types(node.operator, ORDERED, (node.left, node.right))


def _between(node: Between) -> None:
    operands = (node.operand, node.low, node.high)
    for operand in operands:
        _operand(operand)
    _see_types("BETWEEN", ORDERED, operands)
    _see_distinct("BETWEEN", operands)
    if isinstance(node.low, Value) and isinstance(node.high, Value):
        _see_bounds(node.low.wire, node.high.wire)


def _see_bounds(low: AttributeValue, high: AttributeValue) -> None:
    ((kind, least),) = low.items()
    most = high.get(kind)
    if most is None:
        wrong = "same data type for lower and upper bounds"
    elif (Decimal(least) > Decimal(most)) if kind == "N" else least > most:
        wrong = "upper bound to be greater than or equal to lower bound"
    else:
        return
    raise ExpressionError(
        f"The BETWEEN operator requires {wrong}; lower bound operand: {_worded(low)}, "
        f"upper bound operand: {_worded(high)}")


def _worded(value: AttributeValue) -> str:
    ((kind, content),) = value.items()
    if kind == "B":
        content = f"java.nio.HeapByteBuffer[pos=0 lim={len(content)} cap={len(content)}]"
    return f"AttributeValue: {{{kind}:{content}}}"


def _in(node: In) -> None:
    operands = (node.operand, *node.options)
    for operand in operands:
        _operand(operand)
    _see_distinct("IN", operands)
    if len(node.options) > MOST_OPTIONS:
        raise ExpressionError(
            f"The IN operator is provided with too many operands; number of operands: {len(node.options)}")


def _function(node: Function) -> None:
    name, arguments = node.name, node.arguments
    for argument in arguments:
        _operand(argument)
    if len(arguments) != _ARITIES.get(name, 2):
        _refuse_arity(name, len(arguments))
    if len(arguments) == 1:
        _see_path(name, arguments[0])
        return
    _see_distinct(name, arguments)
    if name == "begins_with":
        _see_types(name, TEXTUAL, arguments)
    elif name == "attribute_type":
        _see_type_name(arguments[1])


def _see_type_name(operand: Any) -> None:
    kind = _kind(operand)
    if kind != "S":
        _refuse_type("attribute_type", kind or _ANY_TYPE)
    if (name := operand.wire["S"]) not in TYPES:
        raise ExpressionError(f"Invalid attribute type name found; type: {name}, valid types: {_TYPE_NAMES}")


_CONDITIONS: dict[type, Callable[[Any], None]] = {
    And: _parts,
    Between: _between,
    Compare: _compare,
    Function: _function,
    In: _in,
    Not: lambda node: see_condition(node.part),
    Or: _parts,
}


def _operand(node: Any) -> None:
    """Check an operand of a condition, or a value of an update, from the inside out."""
    kind = type(node)
    if kind is Path:
        _path(node)
    elif kind is not Value:
        _OPERANDS[kind](node)


def _path(path: Path) -> None:
    steps = path.steps
    for step in steps:
        if type(step) is Undefined:
            raise undefined_name(step)
    if len(steps) > DEEPEST_PATH:
        raise ExpressionError(f"The document path has too many nesting levels; nesting levels: {len(steps)}")


def _size(node: Size) -> None:
    _operand(node.path)
    if _kind(node.path) in {"N", "BOOL", "NULL"}:
        _refuse_type("size", _kind(node.path))


def _call(node: Function) -> None:
    """Check a call that `parse` has left as it is: one with a wrong number of operands, or a value for a path."""
    for argument in node.arguments:
        _operand(argument)
    if len(node.arguments) != _ARITIES.get(node.name, 2):
        _refuse_arity(node.name, len(node.arguments))
    first = next(iter(node.arguments))
    if str(node.name) == "size":
        _refuse_type("size", _kind(first))
    _see_path(node.name, first)


def _if_not_exists(node: IfNotExists) -> None:
    _operand(node.path)
    _operand(node.default)
    _see_distinct("if_not_exists", (node.path, node.default))


def _list_append(node: ListAppend) -> None:
    _operand(node.left)
    _operand(node.right)
    _see_types("list_append", {"L"}, (node.left, node.right))


def _arithmetic(node: Arithmetic) -> None:
    _operand(node.left)
    _operand(node.right)
    _see_types(node.operator, {"N"}, (node.left, node.right))


def _undefined(node: Placeholder) -> NoReturn:
    raise undefined_value(node.name)


_OPERANDS: dict[type, Callable[[Any], None]] = {
    Arithmetic: _arithmetic,
    Function: _call,
    IfNotExists: _if_not_exists,
    ListAppend: _list_append,
    Placeholder: _undefined,
    Size: _size,
}


def _kind(operand: Any) -> str | None:
    """Give the type of an operand, None where only an item tells it."""
    if isinstance(operand, Value):
        return next(iter(operand.wire))
    return "N" if isinstance(operand, Size) or (isinstance(operand, Function) and str(operand.name) == "size") else None


def _see_path(name: str, operand: Any) -> None:
    if not isinstance(operand, Path):
        raise ExpressionError(f"Operator or function requires a document path; operator or function: {name}")


def _see_types(name: str, allowed: Iterable[str], operands: Iterable[Any]) -> None:
    for operand in operands:
        kind = _kind(operand)
        if kind is not None and kind not in allowed:
            _refuse_type(name, kind)


def _see_distinct(name: str, operands: tuple[Any, ...]) -> None:
    """Refuse a path that is compared with itself."""
    first = operands[0]
    if type(first) is Path and first in operands[1:]:
        raise ExpressionError(
            "The first operand must be distinct from the remaining operands for this operator or function; "
            f"operator: {name}, first operand: {_listed(first)}")


def _refuse_type(name: str, kind: str | None) -> NoReturn:
    raise ExpressionError(
        f"Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}")


def _refuse_arity(name: str, count: int) -> NoReturn:
    raise ExpressionError(
        "Incorrect number of operands for operator or function; "
        f"operator or function: {name}, number of operands: {count}")


def _listed(path: Path) -> str:
    """Word a path as the service does: ``[a, [0], b]``."""
    return f"[{', '.join(f'[{step}]' if isinstance(step, int) else step for step in path.steps)}]"


def _targets(paths: tuple[Path, ...]) -> None:
    """See that paths are defined, not too deep, and apart from each other; the last one first."""
    met: list[Path] = []
    clash = overlap(reversed(paths))
    for path in reversed(paths):
        _path(path)
        met.append(path)
        if clash is not None and path is clash[1] and clash[0] in met:
            later, earlier, kind = clash
            raise ExpressionError(
                f"Two document paths {kind} with each other; must remove or rewrite one of these paths; "
                f"path one: {_listed(earlier)}, path two: {_listed(later)}")


def see_update(node: Update) -> None:
    """Check an update."""
    actions: tuple[Set | Remove | Add | Delete, ...] = (*node.sets, *node.removes, *node.adds, *node.deletes)
    _targets(tuple([action.path for action in actions]))
    for action in reversed(actions):
        if isinstance(action, Set):
            _operand(action.value)
        elif not isinstance(action, Remove):
            _operand(action.value)
            _see_addable(action)


def _see_addable(action: Add | Delete) -> None:
    word = "ADD" if isinstance(action, Add) else "DELETE"
    kind = _kind(action.value)
    if kind in SETS or (kind == "N" and word == "ADD"):
        return
    raise ExpressionError(
        f"Incorrect operand type for operator or function; operator: {word}, "
        f"operand type: {_LONG_NAMES.get(str(kind), kind)}, typeSet: ALLOWED_FOR_{word}_OPERAND")


def see_operators(tree: Any) -> None:
    """See that an expression has no more than 300 operators and functions."""
    if _more_operators(tree, MOST_OPERATORS) < 0:
        raise ExpressionError(
            f"The expression contains too many operators; operator count: {MOST_OPERATORS + 1}")


def _more_operators(node: Any, left: int) -> int:
    """Count an expression's operators and functions down from what is left; below 0 there are too many."""
    inner = children(node)
    kind = type(node)
    if kind in _COUNTED:
        left -= len(inner) - 1 if kind is And or kind is Or else 1
    for child in inner:
        if left < 0:
            break
        left = _more_operators(child, left)
    return left


_COUNTED = {And, Arithmetic, Between, Compare, Function, IfNotExists, In, ListAppend, Not, Or, Size}
