"""Copies: instances as their items would be read, made without reading these.

Only of classes whose values all come back as they are: what a value is stored as is rounded, normalized or converted
for some types, and those are left to whoever reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, get_args, get_origin
from uuid import UUID

from pynamite.entities.annotations import is_dict, is_list, is_literal, is_set, is_tuple, plain, without_none
from pynamite.entities.codec.kinds import is_own, stored_choices
from pynamite.entities.codec.readers import takes_stores
from pynamite.entities.codec.source import Source
from pynamite.entities.containers import Hooks, set_member_kind
from pynamite.entities.scalars import SCALARS
from pynamite.entities.structs import FieldPlan, Struct

__all__ = ["make_copier"]

_KEPT = frozenset({str, int, bool, float, bytes, datetime, date, UUID})
"""The types whose values, if they are of the type itself, are read as they were written."""


class _UnlikeError(Exception):
    """What is read of an item may be something else than what was written."""


def make_copier(
    cls: type, plans: Mapping[str, FieldPlan], find: Callable[[Any], Hooks]
) -> Callable[[Any], Any] | None:
    """Make the function that copies an instance which was written as an item; None where an item may read otherwise.

    It raises something for a value that would be read as another one.
    """
    try:
        return _Copier(find).made(cls, plans)
    except _UnlikeError:
        return None


class _Copier:
    def __init__(self, find: Callable[[Any], Hooks]) -> None:
        self._find = find
        self._under_way: set[type] = set()

    def made(self, cls: type, plans: Mapping[str, FieldPlan]) -> Callable[[Any], Any]:
        if cls in self._under_way or not takes_stores(cls, plans):
            raise _UnlikeError
        self._under_way.add(cls)
        source = Source(f"copy of {cls.__name__}")
        source.add(f"o = {source.named(object.__new__)}({source.named(cls)})")
        for plan in plans.values():
            source.add(f"v = i.{plan.name}", f"o.{plan.name} = {self._field(plan, source)}")
        source.add("return o")
        self._under_way.discard(cls)
        return source.function("i")

    def _field(self, plan: FieldPlan, source: Source) -> str:
        options, kind = plan.options, without_none(plan.kind)
        if options.rest or options.key_only or options.ttl or (plan.optional and is_set(kind)):
            raise _UnlikeError
        if is_set(kind) and plan.has_default and type(plan.absent_value()) is not _set_of(kind):
            raise _UnlikeError  # An empty set may be left out, and reads as a default of another type.
        copied = self._value(kind, self._find(kind), "v", source)
        return f"None if v is None else {copied}" if plan.optional else copied

    def _value(self, kind: Any, hooks: Hooks, v: str, source: Source) -> str:
        """Give the expression that copies a value, the variable ``v``, of a type which has these hooks."""
        kind, own = plain(kind), source.named
        if isinstance(kind, type) and kind in SCALARS:
            if kind not in _KEPT or hooks != SCALARS[kind][1:]:
                raise _UnlikeError
            return f"{v} if {v}.__class__ is {own(kind)}{_as_it_is(kind, v, own)} else fail()"
        if isinstance(struct := getattr(hooks[0], "__self__", None), Struct):
            return f"{own(self.made(struct.cls, struct.fields))}({v})"
        if not all(map(is_own, hooks)):
            raise _UnlikeError
        if is_literal(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
            return f"{v} if {v}.__class__ is {own(_class_of_choices(kind))} else fail()"
        return self._container(kind, v, source)

    def _container(self, kind: Any, v: str, source: Source) -> str:
        inner, one, own = get_args(kind), source.fresh("e"), source.named
        if is_dict(kind) and inner and plain(inner[0]) is str:
            key, text = source.fresh("k"), own(str)
            each = f"({self._value(inner[1], self._find(inner[1]), one, source)})"
            copied = f"{{{key} if {key}.__class__ is {text} else fail(): {each} for {key}, {one} in {v}.items()}}"
            return f"{copied} if {v}.__class__ is {own(dict)} else fail()"
        alike = is_list(kind) or (is_tuple(kind) and inner[1:] == (Ellipsis,)) or (
            is_set(kind) and set_member_kind(kind) is not None
        )
        if not inner or not alike:
            raise _UnlikeError
        each = f"{self._value(inner[0], self._find(inner[0]), one, source)} for {one} in {v}"
        if is_set(kind):
            make, kinds = _set_of(kind), own((set, frozenset))
            copied = f"{{{each}}}" if make is set else f"{own(make)}([{each}])"
            return f"{copied} if {v}.__class__ in {kinds} else fail()"
        copied = f"[{each}]" if is_list(kind) else f"{own(tuple)}([{each}])"
        return f"{copied} if {v}.__class__ is {own(list if is_list(kind) else tuple)} else fail()"


def _as_it_is(kind: type, v: str, own: Callable[[Any], str]) -> str:
    """Give what else a value of a type has to be to come back as it is."""
    if kind is datetime:
        # Any other zone comes back as UTC, and no text has a fold.
        return f" and {v}.tzinfo is {own(UTC)} and not {v}.fold"
    # The zero below zero comes back as zero.
    return f" and {v}" if kind is float else ""


def _set_of(kind: Any) -> type:
    return set if (get_origin(kind) or kind) is set else frozenset


def _class_of_choices(kind: Any) -> type:
    """Give the class of all choices of an Enum, or of a Literal of texts, each of which has a text of its own."""
    found = stored_choices(kind)
    cls: type = str if is_literal(kind) else kind
    if found is None or any(type(choice) is not cls for choice, _ in found[1]):
        raise _UnlikeError
    if len({text for _, text in found[1]}) < len(found[1]):
        raise _UnlikeError
    return cls
