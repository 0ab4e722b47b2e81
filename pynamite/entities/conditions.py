"""Binding conditions to an entity: field names become attribute names, values AttributeValues of the field's type."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import partial
from typing import Any, cast, get_args

import attrs

from pynamite.entities.annotations import is_list, is_optional, is_set, is_tuple, plain, spelled, without_none
from pynamite.entities.member import Member
from pynamite.entities.paths import Place, resolve
from pynamite.entities.scalars import Write
from pynamite.entities.structs import FieldPlan
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.wire import Misfit, to_wire

__all__ = ["as_stored", "bind_condition", "bind_value", "check_alike"]


def bind_condition(member: Member[Any], node: nodes.Condition) -> nodes.Condition:
    """Bind a condition that was built from fields.

    Raises:
        ExpressionError: it names what the entity does not have, or compares with a value of another type.
    """
    bound = _each(node, partial(_bound, member))
    return _each(bound, partial(_as_stored, member)) if member.prefixes else bound


def _each(node: nodes.Condition, act: Callable[[nodes.Condition], nodes.Condition]) -> nodes.Condition:
    """Build the same and, or, not of other conditions: each that stands in it is replaced by ``act(old)``."""
    match node:
        case nodes.And(parts):
            return nodes.conjunction(*(_each(part, act) for part in parts))
        case nodes.Or(parts):
            return nodes.disjunction(*(_each(part, act) for part in parts))
        case nodes.Not(part):
            return nodes.Not(_each(part, act))
    return act(node)


def _as_stored(member: Member[Any], node: nodes.Condition) -> nodes.Condition:
    """Put the tenant's prefix before values that stand beside a partition key."""
    concerned = [
        path for path in nodes.leaves(node) if isinstance(path, nodes.Path) and str(path.steps[0]) in member.prefixes
    ]
    if not concerned or (isinstance(node, nodes.Function) and node.name not in {"begins_with", "contains"}):
        return node
    paths = [leaf for leaf in nodes.leaves(node) if isinstance(leaf, nodes.Path)]
    if len(paths) > 1 or any(isinstance(child, nodes.Size) for child in nodes.children(node)) or _contains(node):
        raise ExpressionError(
            f"a condition on {str(concerned[0])!r} of entity {member.definition.name!r} can only compare it with "
            "values: it is a partition key of an index, and stored with the tenant's name before it"
        )
    return nodes.transform(node, lambda leaf: as_stored(member, concerned[0], leaf))


def _contains(node: nodes.Condition) -> bool:
    return isinstance(node, nodes.Function) and node.name == "contains"


def as_stored(member: Member[Any], path: nodes.Path, leaf: Any) -> Any:
    """Give a value that stands beside an attribute as the item has it: with the tenant's prefix, if it is a key.

    Raises Misfit for a duration that leaves the calendar.
    """
    return nodes.Value(member.stored(str(path.steps[0]), leaf.wire)) if isinstance(leaf, nodes.Value) else leaf


def _bound(member: Member[Any], node: nodes.Condition) -> nodes.Condition:
    match node:
        case nodes.Compare(operator, left, nodes.Literal(None)) if isinstance(left, nodes.Path):
            return _compare_with_none(resolve(member, left), operator)
        case nodes.Compare("=" | "<>" as operator, left, nodes.Literal(AbstractSet() as value)) if (
            not value and isinstance(left, nodes.Path)
        ):
            # There are no empty sets: one is absent or NULL, as None is.
            bind_value(member, value, resolve(member, left).kind, "a condition")
            return _compare_with_none(resolve(member, left), operator)
        case nodes.Compare(operator, left, right):
            beside = _beside(member, left)
            return nodes.Compare(operator, _operand(member, left, beside), _operand(member, right, beside))
        case nodes.Between(operand, low, high):
            beside = _beside(member, operand)
            return nodes.Between(*(_operand(member, one, beside) for one in (operand, low, high)))
        case nodes.In(operand, options):
            if not 1 <= len(options) <= 100:
                # "IN: a list of up to 100 values": Developer Guide, "Comparison operator and function reference".
                raise ExpressionError(f"in_ on {_path_of(operand)} has {len(options)} options: it takes 1 to 100")
            beside = _beside(member, operand)
            return nodes.In(_operand(member, operand, beside), tuple(_operand(member, one, beside) for one in options))
        case nodes.Function(name, arguments):
            return nodes.Function(name, _arguments(member, name, arguments))
    raise TypeError(f"{node!r} is no condition")


def _compare_with_none(place: Place, operator: nodes.Comparator) -> nodes.Condition:
    # None is an absent attribute, or a NULL where the field's default is something else.
    missing: nodes.Condition = nodes.Or(
        (
            nodes.Function("attribute_not_exists", (place.path,)),
            nodes.Function("attribute_type", (place.path, nodes.Value({"S": "NULL"}))),
        )
    )
    if operator == "=":
        return missing
    if operator == "<>":
        return nodes.Not(missing)
    raise ExpressionError(f"{place.path} {operator} None: None has no order; compare with == or !=")


@attrs.frozen
class _Beside:
    """What values are compared with: its type, and how they are written where it is stored otherwise than its type."""

    kind: Any
    expiry: FieldPlan | None = None


def _beside(member: Member[Any], operand: nodes.Operand) -> _Beside:
    if isinstance(operand, nodes.Path):
        place = resolve(member, operand)
        return _Beside(place.kind, place.expiry)
    return _Beside(int if isinstance(operand, nodes.Size) else Any)


def _operand(member: Member[Any], operand: nodes.Operand, beside: _Beside) -> nodes.Operand:
    if isinstance(operand, nodes.Path):
        place = resolve(member, operand)
        check_alike(member, beside.expiry, beside.kind, place)
        return place.path
    if isinstance(operand, nodes.Size):
        return nodes.Size(resolve(member, cast("nodes.Path", operand.path)).path)
    if isinstance(operand, nodes.Literal):
        plan = beside.expiry
        write = None if plan is None else partial(member.bound, plan)
        return bind_value(member, operand.value, beside.kind, "a condition", write)
    return operand


def check_alike(member: Member[Any], expiry: FieldPlan | None, kind: Any, other: Place) -> None:
    """Refuse to bring together the time at which an item expires and what is stored otherwise.

    Raises:
        ExpressionError: one of the two is a ttl field, the other is not, and its type has another form.
    """
    if expiry is not other.expiry and plain(without_none(kind)) is not int:
        plan = cast("FieldPlan", expiry or other.expiry)
        raise ExpressionError(
            f"field {plan.name!r} of entity {member.definition.name!r} is the ttl field, stored as seconds since 1970, "
            f"which {'the other' if expiry is None else str(other.path)} is not: use a value"
        )


def bind_value(member: Member[Any], value: Any, kind: Any, what: str, write: Write | None = None) -> nodes.Value:
    """Turn a Python value into an AttributeValue as the type asks for it; ``what`` says in messages what it is for.

    ``write`` is how it is written, where not as the type is everywhere.

    Raises:
        ExpressionError: the value is not of the type.
    """
    inner = without_none(kind) if is_optional(kind) else kind
    if inner is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)  # What is compared or added is not kept: a whole number will do.
    try:
        return nodes.Value((write or member.definition.struct.hooks(inner)[0])(value))
    except Misfit as misfit:
        path, message = misfit.problems[0]
        where = f" at {path}" if path else ""
        raise ExpressionError(f"{what} on entity {member.definition.name!r}{where}: {message}") from None


def _arguments(member: Member[Any], name: str, arguments: tuple[nodes.Operand, ...]) -> tuple[nodes.Operand, ...]:
    path, *rest = arguments
    if not isinstance(path, nodes.Path):
        raise ExpressionError(f"{name} takes an attribute, not {path!r}")
    place = resolve(member, path)
    bound: list[nodes.Operand] = [place.path]
    for argument in rest:
        if isinstance(argument, nodes.Literal):
            bound.append(_function_value(member, name, place, argument.value))
        else:
            bound.append(_operand(member, argument, _Beside(place.kind, place.expiry)))
    return tuple(bound)


def _function_value(member: Member[Any], name: str, place: Place, value: Any) -> nodes.Value:
    stored = place.stored_kinds
    if name == "contains":
        if stored and not stored & {"S", "B", "L", "SS", "NS", "BS"}:
            raise ExpressionError(f"contains on {place.path}: {spelled(place.kind)} is no text, list or set")
        return bind_value(member, value, _element_of(place.kind), f"contains on {place.path}")
    try:
        written = to_wire(value)
    except Misfit as misfit:
        raise ExpressionError(f"{name} on {place.path}: {misfit.problems[0][1]}") from None
    if next(iter(written)) not in {"S", "B"}:
        raise ExpressionError(f"{name} on {place.path} takes a text, not {value!r}")
    if stored and not stored & {"S", "B"}:
        raise ExpressionError(f"{name} on {place.path}: {spelled(place.kind)} is not stored as a text")
    if stored and not stored & set(written):
        raise ExpressionError(f"{name} on {place.path}: {spelled(place.kind)} does not begin with {value!r}")
    return nodes.Value(written)


def _element_of(kind: Any) -> Any:
    """Give the type of what a value of this type can contain."""
    inner = without_none(kind)
    if is_list(inner) or is_set(inner):
        return (get_args(inner) or (Any,))[0]
    if is_tuple(inner):
        element = (get_args(inner) or (Any,))[0]
        return element if get_args(inner)[1:] in {(), (Ellipsis,)} else Any
    return Any if plain(inner) in {bytes, Any, object} else str


def _path_of(operand: nodes.Operand) -> str:
    return str(operand.path if isinstance(operand, nodes.Size) else operand)
