"""An entity's fields as columns: what stands in a cell, and how it is read as the field's value again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_args
from uuid import UUID

import attrs

from pynamite.entities.annotations import is_literal, plain, without_none
from pynamite.entities.member import Member
from pynamite.entities.structs import FieldPlan
from pynamite.wire import AttributeValue, Misfit, from_wire, to_wire

__all__ = ["Column", "ColumnKind", "columns_of"]

ColumnKind = Literal["int", "decimal", "float", "bool", "text", "bytes", "moment", "day", "duration", "nested"]

_KINDS: tuple[tuple[type, ColumnKind], ...] = (
    (bool, "bool"), (int, "int"), (Decimal, "decimal"), (float, "float"), (str, "text"), (bytes, "bytes"),
    (datetime, "moment"), (date, "day"), (timedelta, "duration"), (UUID, "text"),
)

# The largest whole number up to which each has a float of its own.
_EXACT_FLOAT = 2**53


@attrs.frozen
class Column:
    """A field as a column of cells of one kind.

    UUIDs, and Enums and Literals of texts, are texts. Whatever has parts, or may be of several types, is ``nested``.
    """

    plan: FieldPlan
    kind: ColumnKind

    @property
    def name(self) -> str:
        """The field's name."""
        return self.plan.name

    def cell(self, value: Any) -> Any:
        """Give a field's value as it stands in a cell; None is a missing one.

        Moments are in UTC, and what is nested is made of dicts, lists and plain values.
        """
        if value is None:
            return None
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        if isinstance(value, UUID):
            return str(value)
        return self._parts(value) if self.kind == "nested" else value

    def _parts(self, value: Any) -> Any:
        written = self.wire(value)
        return None if written is None else _listed(from_wire(written))

    def wire(self, value: Any) -> AttributeValue | None:
        """Give a field's value as an AttributeValue, None where the item goes without it."""
        return to_wire(value) if self.plan.options.rest else self.plan.to_wire(value)

    def value(self, cell: Any) -> Any:
        """Give what a cell says, as a record of the entity has it; raises Misfit where nothing like it can be meant.

        A whole float is an int where the field is one: that is what integers become beside missing values.
        """
        if cell is None:
            return None
        if self.kind == "int" and isinstance(cell, float):
            if cell != int(cell) if math.isfinite(cell) else True:
                raise Misfit(f"expected int, got {cell!r} (float)")
            if abs(cell) > _EXACT_FLOAT:
                raise Misfit(f"{cell!r} is a float too large to be an exact int: give the column as integers")
            return int(cell)
        if self.kind == "moment" and isinstance(cell, datetime) and cell.tzinfo is None:
            raise Misfit(f"{cell} has no time zone: a moment is an aware datetime, such as in UTC")
        if self.kind == "bytes" and isinstance(cell, str):
            raise Misfit(f"expected bytes, got {cell!r} (str)")
        return cell


def _listed(value: Any) -> Any:
    """Give a plain value with lists in the place of sets, in order."""
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, list):
        return [_listed(element) for element in value]
    return {name: _listed(element) for name, element in value.items()} if isinstance(value, dict) else value


def columns_of(member: Member[Any]) -> Mapping[str, Column]:
    """Give the columns of an entity, by the fields' names, in their order."""
    return {plan.name: Column(plan, _kind_of(plan)) for plan in member.definition.fields.values()}


def _kind_of(plan: FieldPlan) -> ColumnKind:
    if plan.options.rest:
        return "nested"
    kind = plain(without_none(plan.kind))
    choices: list[Any] = []
    if isinstance(kind, type) and issubclass(kind, Enum):
        choices = [one.value for one in kind]
    elif is_literal(kind):
        choices = [one.value if isinstance(one, Enum) else one for one in get_args(kind)]
    kinds = {type(choice) for choice in choices} if choices else {kind}
    if len(kinds) == 1:
        found = kinds.pop()
        for of, name in _KINDS:
            if found is of:
                return name
    return "nested"
