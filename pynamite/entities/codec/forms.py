"""Forms: how made code reads values of a type, as far as its hooks are the library's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import GenericAlias
from typing import Any, get_args, get_origin
from uuid import UUID

import attrs

from pynamite.entities.annotations import (
    is_dict,
    is_list,
    is_literal,
    is_optional,
    is_set,
    is_tuple,
    is_union,
    plain,
    without_none,
)
from pynamite.entities.codec.dialects import Dialect
from pynamite.entities.codec.kinds import is_own, stored_choices
from pynamite.entities.codec.source import Source
from pynamite.entities.containers import Hooks, set_member_kind
from pynamite.entities.scalars import SCALARS, read_duration
from pynamite.entities.structs import FieldPlan, Struct
from pynamite.key.times import epoch_moment

__all__ = ["Form", "Forms"]

Expression = Callable[[str], str]
"""What makes the expression of a value from that of what it is made of."""


@attrs.frozen
class Form:
    """How values of a type are read from what AttributeValues of the type ``tag`` hold.

    ``kind`` is the type of that content, for those who decode JSON to types. ``null`` is the expression of what NULL
    reads as, None where it does not fit.
    """

    tag: str
    value: Expression
    kind: Any
    null: str | None = None


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(moment)
    return moment.astimezone(UTC)


def _duration(text: str) -> timedelta:
    return read_duration({"N": text})


def _holding(container: type, *inner: Any) -> Any:
    """Give the type of a container of these types."""
    return GenericAlias(container, inner)


class Forms:
    """Finds the forms of types for one function: in the words of a dialect, with the names of its source.

    ``find`` gives the hooks of a type, ``nested`` the function that reads a nested class and the type of its map.
    """

    def __init__(
        self,
        source: Source,
        dialect: Dialect,
        find: Callable[[Any], Hooks],
        nested: Callable[[Struct], tuple[Any, Any] | None],
    ) -> None:
        self._source = source
        self._dialect = dialect
        self._find = find
        self._nested = nested

    def of_field(self, plan: FieldPlan) -> Form | None:
        """Find the form of a field; None where the careful path has to read it."""
        if plan.as_epoch:
            kind = plain(without_none(plan.kind))
            return self._made("N", str, epoch_moment) if kind is datetime else None
        kind = without_none(plan.kind) if plan.nullable and is_set(without_none(plan.kind)) else plan.kind
        return self.of(kind, plan.read)

    def of(self, kind: Any, read: Any) -> Form | None:
        """Find the form of a type which is read by a hook."""
        kind = plain(kind)
        if isinstance(kind, type) and kind in SCALARS:
            return self._scalar(kind) if read is SCALARS[kind][2] else None
        own = getattr(read, "__self__", None)
        if isinstance(own, Struct):
            return self._struct(own)
        if not is_own(read):
            return None
        if is_literal(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
            return self._choice(kind)
        if is_union(kind):
            return self._optional(kind)
        if is_list(kind) or is_tuple(kind):
            return self._list(kind)
        if is_set(kind):
            return self._set(kind)
        return self._dict(kind) if is_dict(kind) else None

    def _inner(self, kind: Any) -> Form | None:
        return self.of(kind, self._find(kind)[1])

    def _made(self, tag: str, kind: type, make: Any) -> Form:
        """Make the form of values that a function makes of their contents."""
        name = self._source.named(make)
        return Form(tag, lambda content: f"{name}({self._dialect.checked(content, kind, self._source)})", kind)

    def _scalar(self, kind: type) -> Form | None:
        checked, named = self._dialect.checked, self._source.named
        if kind is str or kind is bool:
            return Form(SCALARS[kind][0], lambda content: checked(content, kind, self._source), kind)
        if kind in {int, float, Decimal}:
            return self._made("N", str, kind)
        if kind is bytes:
            return Form("B", lambda content: checked(content, bytes, self._source), bytes)
        if kind is datetime:
            parse, utc, move = named(datetime.fromisoformat), named(UTC), named(_in_utc)
            return Form("S", lambda content: f"(d if (d := {parse}({content})).tzinfo is {utc} else {move}(d))", str)
        makers: dict[type, Any] = {date: date.fromisoformat, UUID: UUID, timedelta: _duration}
        return self._made(SCALARS[kind][0], str, makers[kind]) if kind in makers else None

    def _struct(self, struct: Struct) -> Form | None:
        found = self._nested(struct)
        if found is None:
            return None
        read, kind = found
        name = self._source.named(read)
        return Form("M", lambda content: f"{name}({content})", kind)

    def _choice(self, kind: Any) -> Form | None:
        found = stored_choices(kind)
        if found is None:
            return None
        tag, choices = found
        table = {text: choice for choice, text in choices}
        name = self._source.named(table)
        return Form(tag, lambda content: f"{name}[{content}]", str)

    def _optional(self, kind: Any) -> Form | None:
        inner = without_none(kind)
        if not is_optional(kind) or is_union(inner):
            return None
        form = self._inner(inner)
        return None if form is None or form.null is not None else attrs.evolve(form, null="None")

    def value(self, form: Form, value: str) -> str:
        """Give the expression of a value."""
        found = form.value(self._dialect.content(value, form.tag))
        return found if form.null is None else self._dialect.or_null(value, form.tag, found, form.null)

    def type_of(self, form: Form) -> Any:
        """Give the type of an AttributeValue of a form, for those who decode JSON to types."""
        return self._dialect.type_of(form.tag, form.kind, nullable=form.null is not None)

    def _list(self, kind: Any) -> Form | None:
        inner = get_args(kind)
        if is_tuple(kind) and not (len(inner) == 2 and inner[1] is Ellipsis):
            return None
        form = self._inner(inner[0]) if inner else None
        if form is None:
            return None
        one = self._source.fresh("e")
        each = self.value(form, one)
        around = "({})" if is_list(kind) else self._source.named(tuple) + "({})"
        elements = _holding(list, self.type_of(form))
        return Form("L", lambda content: around.format(f"[{each} for {one} in {content}]"), elements)

    def _set(self, kind: Any) -> Form | None:
        inner = get_args(kind)
        member = set_member_kind(kind) if inner else None
        form = self._inner(inner[0]) if inner and member is not None else None
        if form is None or form.tag != member or form.null is not None:
            return None
        make = self._source.named(set if (get_origin(kind) or kind) is set else frozenset)
        one = self._source.fresh("e")
        each = form.value(one)
        if each == one and self._dialect.makes_sets:
            kind = set if (get_origin(kind) or kind) is set else frozenset
            return Form(f"{member}S", lambda content: content, _holding(kind, form.kind), f"{make}()")
        members = _holding(list, form.kind)
        return Form(f"{member}S", lambda content: f"{make}([{each} for {one} in {content}])", members, f"{make}()")

    def _dict(self, kind: Any) -> Form | None:
        inner = get_args(kind)
        form = self._inner(inner[1]) if inner and plain(inner[0]) is str else None
        if form is None:
            return None
        key, one = self._source.fresh("k"), self._source.fresh("e")
        each = self.value(form, one)
        elements = _holding(dict, str, self.type_of(form))
        return Form("M", lambda content: f"{{{key}: {each} for {key}, {one} in {content}.items()}}", elements)
