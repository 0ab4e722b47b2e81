"""Unions: told apart by how their members are stored, attrs classes by a type attribute in the map."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, get_args, get_origin

import attrs

from pynamite.entities.annotations import (
    is_dict,
    is_list,
    is_literal,
    is_set,
    is_tuple,
    is_union,
    members_of,
    plain,
    spelled,
)
from pynamite.entities.containers import Hooks, set_member_kind
from pynamite.entities.fields import options_of
from pynamite.entities.scalars import SCALARS, expected, unfit
from pynamite.wire import AttributeValue, Misfit, to_wire

__all__ = ["TAG", "stored_kinds", "union_hooks"]

TAG = "_type"
"""The attribute, inside the map, that names the class of a union's member."""


def stored_kinds(kind: Any) -> frozenset[str]:
    """Give the DynamoDB types that values of a type are stored as; empty where that is not known beforehand."""
    kind = plain(kind)
    if is_union(kind):
        return frozenset(found for member in members_of(kind) for found in stored_kinds(member))
    if isinstance(kind, type) and kind in SCALARS:
        return frozenset({SCALARS[kind][0]})
    if is_list(kind) or is_tuple(kind):
        return frozenset({"L"})
    if is_dict(kind) or (isinstance(kind, type) and attrs.has(kind)):
        return frozenset({"M"})
    if is_set(kind):
        member = set_member_kind(kind)
        return frozenset({member + "S", "NULL"}) if member else frozenset({"SS", "NS", "BS", "NULL"})
    if is_literal(kind):
        return frozenset(
            next(iter(to_wire(choice.value if isinstance(choice, Enum) else choice))) for choice in get_args(kind)
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return frozenset(next(iter(to_wire(member.value))) for member in kind)
    return frozenset()


def union_hooks(kind: Any, find: Callable[[Any], Hooks]) -> Hooks:
    """Make the hooks of a union from those of its members.

    Raises Misfit where two members would look alike in an item.
    """
    members = members_of(kind)
    classes = [member for member in members if isinstance(member, type) and attrs.has(member)]
    others = [member for member in members if member not in classes]
    tags = {cls.__name__: cls for cls in classes} if len(classes) > 1 else {}
    _check(kind, classes, others)
    by_kind = {stored: member for member in others for stored in stored_kinds(member)}
    if classes and not tags:
        by_kind["M"] = classes[0]
    hooks = {member: find(member) for member in members}

    def write(value: Any) -> AttributeValue:
        cls = type(value)
        if tags.get(cls.__name__) is cls:
            written = hooks[cls][0](value)
            return {"M": {TAG: {"S": cls.__name__}, **written["M"]}}
        found = cls if cls in hooks else next((member for member in members if _fits(value, member)), None)
        if found is None:
            raise unfit(spelled(kind), value)
        return hooks[found][0](value)

    def read(value: AttributeValue, _: Any = kind) -> Any:
        ((stored, content),) = value.items()
        if stored == "M" and tags:
            name = content.get(TAG, {}).get("S")
            if name not in tags:
                raise Misfit(f"expected {spelled(kind)}, but {TAG!r} is {name!r}")
            member = tags[name]
        elif stored in by_kind:
            member = by_kind[stored]
        else:
            raise expected(spelled(kind), value)
        return hooks[member][1](value, member)

    return write, read


def _check(kind: Any, classes: list[type], others: list[Any]) -> None:
    taken: dict[str, Any] = {"M": classes[0]} if classes else {}
    for member in others:
        stored = stored_kinds(member)
        if not stored:
            raise Misfit(f"{spelled(kind)}: {spelled(member)} cannot be told from the other members in an item")
        for one in stored:
            if one in taken:
                raise Misfit(
                    f"{spelled(kind)}: values of {spelled(taken[one])} and {spelled(member)} look alike in an item, "
                    f"both are stored as {one}; put them into attrs classes of their own"
                )
            taken[one] = member
    if len({cls.__name__ for cls in classes}) < len(classes):
        raise Misfit(f"{spelled(kind)} has two classes of one name, which tells them apart in an item: rename one")
    for cls in classes if len(classes) > 1 else ():
        if any((options_of(own).name or own.name) == TAG for own in attrs.fields(cls)):
            raise Misfit(
                f"{spelled(kind)}: {cls.__name__} stores a field as {TAG!r}, which names the class in an item: "
                "rename it"
            )


def _fits(value: Any, member: Any) -> bool:
    if is_literal(member):
        return value in get_args(member)
    origin = get_origin(member) or member
    if isinstance(value, bool):
        return origin is bool
    # To a type checker, an int is a float, too.
    return isinstance(origin, type) and isinstance(value, (int, float) if origin is float else origin)
