"""A key condition as a stretch of keys: one partition, and bounds for the sort key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.key.schema import KeyAttribute
from pynamite.local.definition import bytes_of
from pynamite.local.failures import EmptyKeyError, RefusedError, invalid, invalid_parameter
from pynamite.local.ordering import after, key_bytes, member, prefix_end
from pynamite.wire import AttributeValue

__all__ = ["Stretch", "Term", "Terms", "stretch_of", "terms_of"]

_KINDS = {"S": "string", "B": "binary"}
_NOT_SUPPORTED = "Query key condition not supported"
_MISSED = "Query condition missed key schema element: "


@attrs.frozen
class Stretch:
    """The sort keys from ``low`` to before ``high`` (None: to the end) of the partition ``pk``."""

    pk: bytes
    low: bytes = b""
    high: bytes | None = None

    def __contains__(self, sk: bytes) -> bool:
        return self.low <= sk and (self.high is None or sk < self.high)


@attrs.frozen
class Term:
    """The condition on one key attribute: a comparator, BETWEEN or begins_with; or an operator that no key may have."""

    operator: str
    values: tuple[AttributeValue, ...]


_INDEXABLE = frozenset({"=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"})
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


Terms = Mapping[str, Term]
"""The parts of a key condition, by the attributes that they are about."""


def stretch_of(terms: Terms, partition: Sequence[KeyAttribute], sort: Sequence[KeyAttribute]) -> Stretch:
    """Give what a key condition selects of a table or an index with this key.

    Raises:
        RefusedError: it is not one for this key.
    """
    if len(partition) + len(sort) > 2 or len(partition) > 1:
        _see_equalities(terms, partition, sort)
    elif len(terms) > 2:
        raise invalid("Conditions can be of length 1 or 2 only")
    for part in partition:
        if not sort and len(terms) > len(partition):
            raise invalid(_NOT_SUPPORTED)
        if part.name not in terms:
            raise invalid(_MISSED + part.name)
        _check_term(part, terms[part.name])
        if terms[part.name].operator != "=":
            raise invalid(_NOT_SUPPORTED)
    named = [part for part in sort if part.name in terms]
    if len(terms) > len(partition) + len(named):
        raise invalid(_NOT_SUPPORTED if named else _MISSED + sort[0].name)
    for part in named:
        _check_term(part, terms[part.name])
    pk = bytes_of(partition, {part.name: terms[part.name].values[0] for part in partition})
    return _sorted_stretch(pk, terms, sort)


def _see_equalities(terms: Mapping[str, Term], partition: Sequence[KeyAttribute],
                    sort: Sequence[KeyAttribute]) -> None:
    """See that a key of several attributes is named from the left, and by equalities up to the last."""
    missed = [part.name for part in partition if part.name not in terms or terms[part.name].operator != "="]
    if missed:
        raise invalid(f"HASH key attributes {', '.join(missed)} must have equality conditions specified in the query")
    last = next((part.name for part in reversed(sort) if part.name in terms), None)
    for part in sort:
        if part.name == last:
            break
        if last is not None and (part.name not in terms or terms[part.name].operator != "="):
            missed.append(part.name)
    if missed:
        raise invalid(f"RANGE key attributes {', '.join(missed)} must have equality conditions specified in the query "
                      f"because a condition is present on key attribute {last}")


def terms_of(condition: nodes.Condition) -> Terms:
    """Read the key condition of a query, whatever the key.

    Raises:
        RefusedError: it is none that the service takes.
    """
    terms: dict[str, Term] = {}
    for part in _parts(condition):
        name, term = _term(part)
        if name in terms:
            raise invalid("KeyConditionExpressions must only contain one condition per key")
        terms[name] = term
    return terms


def _parts(condition: nodes.Condition) -> Iterator[nodes.Condition]:
    if isinstance(condition, nodes.And):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _term(condition: nodes.Condition) -> tuple[str, Term]:
    match condition:
        case nodes.Compare("<>"):
            raise _bad_operator("<>")
        case nodes.Or():
            raise _bad_operator("OR")
        case nodes.Not():
            raise _bad_operator("NOT")
        case nodes.In():
            raise _bad_operator("IN")
        case nodes.Function(function) if function != "begins_with":
            raise _bad_operator(function)
        case nodes.Between(first) if not isinstance(first, nodes.Path):
            raise _not_first("BETWEEN")
        case nodes.Function(function, (first, _)) if not isinstance(first, nodes.Path):
            raise _not_first(function)
    name = _name(nodes.children(condition))
    match condition:
        case nodes.Compare(operator, nodes.Path(), nodes.Value(wire)):
            return name, Term(operator, (wire,))
        case nodes.Compare(operator, nodes.Value(wire)):
            return name, Term(_FLIPPED[operator], (wire,))
        case nodes.Between(_, nodes.Value(low), nodes.Value(high)):
            return name, Term("BETWEEN", (low, high))
        case nodes.Function(_, (_, nodes.Value(wire))):
            return name, Term("begins_with", (wire,))
    raise _condition("No key attribute specified")


def _name(operands: Iterable[object]) -> str:
    """Give the one attribute of a condition; what comes first in the text is told first."""
    name: str | None = None
    for operand in operands:
        if isinstance(operand, nodes.Path):
            if name is not None:
                raise _condition("Multiple attribute names used in one condition")
            name = str(operand.steps[0])
            if len(operand.steps) > 1:
                raise invalid("KeyConditionExpressions cannot have conditions on nested attributes")
        elif isinstance(operand, nodes.Size):
            raise invalid("KeyConditionExpressions cannot contain nested operations")
    if name is None:
        raise _condition("No key attribute specified")
    return name


def _condition(what: str) -> RefusedError:
    return invalid(f"Invalid condition in KeyConditionExpression: {what}")


def _not_first(operator: str) -> RefusedError:
    return _condition(f"{operator} operator must have the key attribute as its first operand")


def _bad_operator(operator: str) -> RefusedError:
    return invalid(f"Invalid operator used in KeyConditionExpression: {operator}")


def _check_term(part: KeyAttribute, term: Term) -> None:
    if term.operator not in _INDEXABLE:
        raise invalid("Attempted conditional constraint is not an indexable operation")
    for value in term.values:
        if part.type not in value:
            raise invalid_parameter("Condition parameter type does not match schema type")
        if not value[part.type]:
            raise EmptyKeyError(
                f"The AttributeValue for a key attribute cannot contain an empty {_KINDS[part.type]} value. "
                f"Key: {part.name}")


def _sorted_stretch(pk: bytes, terms: Mapping[str, Term], sort: Sequence[KeyAttribute]) -> Stretch:
    single = len(sort) == 1
    prefix = b""
    for part in sort:
        term = terms.get(part.name)
        if term is None:
            break
        contents = [key_bytes(part.type, value[part.type]) for value in term.values]
        if single:
            low, high = _bounds(term.operator, contents, ended=False)
            return Stretch(pk, low, high)
        if term.operator == "=":
            prefix += member(contents[0])
            continue
        low, high = _bounds(term.operator, contents, ended=True)
        return Stretch(pk, prefix + low, prefix_end(prefix) if high is None else prefix + high)
    return Stretch(pk, prefix, prefix_end(prefix))


def _bounds(operator: str, contents: Sequence[bytes], *, ended: bool) -> tuple[bytes, bytes | None]:
    """Give the bounds of one attribute's bytes; ``ended`` is the form that it has in a key of several."""
    first, last = contents[0], contents[-1]
    if operator == "begins_with":
        start = member(first, ended=False) if ended else first
        return start, prefix_end(start)
    written: list[bytes] = [member(content) if ended else content for content in (first, last)]
    low, high = written
    above = prefix_end if ended else after
    bounds: dict[str, tuple[Any, Any]] = {
        "=": (low, above(high)), "<": (b"", low), "<=": (b"", above(low)), ">": (above(low), None), ">=": (low, None),
        "BETWEEN": (low, above(high))}
    return bounds[operator]
