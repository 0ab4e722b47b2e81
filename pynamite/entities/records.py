"""Plain records: an instance as a dict of its fields, of values that JSON, CSV and data frames have.

Numbers, texts, booleans and None stand for themselves; binary is base64 text, a set is a list, a nested class is a dict
by its attributes' names, and what is stored as text (moments, days, UUIDs) is that text. The fields' types say what a
record is read as, so that what comes back is the instance that it was made of.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID

import attrs

from pynamite.entities.annotations import (
    annotations_of,
    is_dict,
    is_list,
    is_set,
    is_tuple,
    is_union,
    members_of,
    plain,
    without_none,
)
from pynamite.entities.fields import options_of
from pynamite.entities.member import Member
from pynamite.entities.structs import FieldPlan
from pynamite.entities.unions import stored_kinds
from pynamite.errors import ItemStructureError
from pynamite.wire import AttributeValue, Item, Misfit, to_wire

__all__ = ["field_values", "plain_value", "read_record", "value_of"]

E = TypeVar("E")

_RICH = (date, timedelta, UUID, Enum)
"""What a field writes itself: values that no plain record has, but a data frame or a user may give."""


def field_values(member: Member[E], instance: E) -> dict[str, AttributeValue]:
    """Give an instance's fields as AttributeValues by the fields' names, those without a value left out.

    Raises:
        ItemStructureError: a value does not fit its field.
    """
    written: dict[str, AttributeValue] = {}
    problems: list[tuple[str, str]] = []
    for plan in member.definition.fields.values():
        value = getattr(instance, plan.name)
        try:
            told = to_wire(value) if plan.options.rest else plan.to_wire(value)
        except Misfit as misfit:
            problems += misfit.under(plan.name).problems
        else:
            if told is not None:
                written[plan.name] = told
    if problems:
        raise ItemStructureError(Misfit(problems=problems).lines(), entity=member.definition.name)
    return written


def plain_value(value: AttributeValue) -> Any:
    """Give an AttributeValue as JSON has it: numbers as Decimal, binary as base64 text, sets as lists.

    >>> plain_value({"SS": ["a", "b"]}), plain_value({"M": {"b": {"B": b"hi"}}})
    (['a', 'b'], {'b': 'aGk='})
    """
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL" | "SS":
            return content
        case "N":
            return Decimal(content)
        case "NULL":
            return None
        case "B":
            return base64.b64encode(content).decode()
        case "L":
            return [plain_value(element) for element in content]
        case "M":
            return {name: plain_value(element) for name, element in content.items()}
        case "NS":
            return [Decimal(member) for member in content]
        case _:
            return [base64.b64encode(member).decode() for member in content]


def read_record(member: Member[E], record: Mapping[str, Any]) -> E:
    """Make an instance of a record of its fields; what is missing has its default.

    Values may also be what the fields themselves hold: a datetime for a datetime, an Enum's member.

    Raises:
        ItemStructureError: a name is none of the fields, a value does not fit, or one is missing; with every problem.
    """
    fields = member.definition.fields
    attributes: Item = {}
    given: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, value in record.items():
        plan = fields.get(name)
        if plan is None:
            problems.append(
                (f".{name}", f"there is no such field; the fields are {', '.join(map(repr, fields))}"))
            continue
        try:
            written = _written(plan, value)
            if plan.options.rest or plan.options.key_only:
                given[name] = value if plan.options.rest else plan.from_wire(written)
            elif written is not None:
                attributes[plan.attribute] = written
        except Misfit as misfit:
            problems += misfit.under(name).problems
    try:
        made: E = member.definition.struct.read(attributes, given)
    except Misfit as misfit:
        names = {plan.attribute: plan.name for plan in fields.values()}
        told = {path.partition("[")[0].split(".")[1] for path, _ in problems}
        # A value that could not be written is missing, too: it is told once.
        problems += [
            (_renamed(path, names), message) for path, message in misfit.problems
            if not path or _renamed(path, names).partition("[")[0].split(".")[1] not in told]
        raise _unfit(member, problems) from misfit.__cause__
    if problems:
        raise _unfit(member, problems)
    return made


def _unfit(member: Member[Any], problems: list[tuple[str, str]]) -> ItemStructureError:
    return ItemStructureError(Misfit(problems=problems).lines(), entity=member.definition.name)


def _renamed(path: str, names: Mapping[str, str]) -> str:
    """Give a path that begins with an attribute under the name of its field."""
    for attribute, name in names.items():
        if path == f".{attribute}" or path.startswith((f".{attribute}.", f".{attribute}[")):
            return f".{name}{path[len(attribute) + 1 :]}"
    return path


def _written(plan: FieldPlan, value: Any) -> AttributeValue | None:
    if value is None:
        # A required field says so itself: "expected str, got None (NULL)".
        return {"NULL": True} if plan.required or plan.default is not None else None
    if isinstance(value, _RICH):
        return plan.to_wire(value)
    return value_of(plan.kind, value)


def value_of(kind: Any, value: Any) -> AttributeValue:
    """Write a plain value as a type has it: base64 text as binary where the type is bytes, a list as a set.

    >>> value_of(set[str], ["b", "a"])
    {'SS': ['a', 'b']}

    A value that does not fit the type is written as what it is: its reader words what was expected. Raises Misfit for
    what cannot be stored at all.
    """
    if not isinstance(value, str | list | dict) or (type(kind) is type and kind is not bytes and type(value) is str):
        # Most values: the type would say nothing else of them.
        return to_wire(value)
    kind = plain(without_none(kind))
    if is_union(kind):
        return _union_value(kind, value)
    if kind is bytes and isinstance(value, str):
        try:
            return {"B": base64.b64decode(value, validate=True)}
        except (binascii.Error, ValueError):
            raise Misfit("expected bytes as base64 text, but it is none") from None
    if isinstance(value, list):
        return _list_value(kind, value)
    if isinstance(value, dict) and (is_dict(kind) or attrs.has(_origin(kind))):
        return _map_value(kind, value)
    return to_wire(value)


def _origin(kind: Any) -> Any:
    return kind if isinstance(kind, type) else get_origin(kind) or type(None)


def _union_value(kind: Any, value: Any) -> AttributeValue:
    for member in members_of(kind):
        if not _is_odd(member, value):
            told = value_of(member, value)
            if next(iter(told)) in stored_kinds(member):
                return told
    return to_wire(value)


def _is_odd(member: Any, value: Any) -> bool:
    """Tell whether a member of a union cannot be meant: text for bytes, or the keys of another class."""
    if plain(member) is bytes:
        return not isinstance(value, bytes)
    if isinstance(value, dict) and isinstance(member, type) and attrs.has(member):
        names = {options_of(own).name or own.name for own in attrs.fields(member)} | {"_type"}
        return not value.keys() <= names or value.get("_type", member.__name__) != member.__name__
    return False


def _list_value(kind: Any, value: list[Any]) -> AttributeValue:
    inner = get_args(kind)
    if is_set(kind):
        if not value:
            return {"NULL": True}
        members = [value_of(inner[0] if inner else Any, one) for one in value]
        kinds = {name for member in members for name in member}
        if len(kinds) == 1 and kinds <= {"S", "N", "B"}:
            name = kinds.pop()
            return {name + "S": sorted({member[name] for member in members})}
        raise Misfit("the members of a set are all texts, all numbers or all binary")
    if is_tuple(kind) and inner and inner[-1] is not Ellipsis:
        kinds_of = [*inner, *[Any] * (len(value) - len(inner))][: len(value)]
    else:
        kinds_of = [inner[0] if inner and (is_list(kind) or is_tuple(kind)) else Any] * len(value)
    written = []
    for number, (own, one) in enumerate(zip(kinds_of, value, strict=True)):
        try:
            written.append(value_of(own, one))
        except Misfit as misfit:
            raise misfit.under(number) from None
    return {"L": written}


def _map_value(kind: Any, value: dict[Any, Any]) -> AttributeValue:
    if is_dict(kind):
        inner = get_args(kind)
        kinds = dict.fromkeys(value, inner[1] if inner else Any)
    else:
        types = annotations_of(kind)
        kinds = {options_of(own).name or own.name: types[own.name] for own in attrs.fields(kind) if own.init}
    written = {}
    for name, one in value.items():
        try:
            written.update(_entry(name, kinds, one))
        except Misfit as misfit:
            raise misfit.under(str(name)) from None
    return {"M": written}


def _entry(name: Any, kinds: Mapping[Any, Any], value: Any) -> Item:
    if not isinstance(name, str) or not name:
        raise Misfit(f"{name!r} is no name: the keys of a map are texts that are not empty")
    return {name: value_of(kinds.get(name, Any), value)}
