"""What annotations say: resolving them, seeing through aliases and Optional, stepping inside."""

from __future__ import annotations

import builtins
import types
import typing
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import attrs

from pynamite.wire import Misfit

__all__ = [
    "annotations_of",
    "classes_in",
    "is_any",
    "is_dict",
    "is_list",
    "is_literal",
    "is_optional",
    "is_set",
    "is_tuple",
    "is_union",
    "members_of",
    "plain",
    "resolve",
    "spelled",
    "step_into",
    "without_none",
]

_NONE = type(None)
_TRANSPARENT = {"Final", "Required", "NotRequired", "ReadOnly", "ClassVar"}


def plain(kind: Any) -> Any:
    """See through Annotated, NewType, Final and type aliases to the type itself."""
    # Most types are classes, of which there is nothing to see through.
    if type(kind) is type:
        return kind
    while True:
        if (
            get_origin(kind) is Annotated
            or getattr(get_origin(kind), "__name__", getattr(get_origin(kind), "_name", "")) in _TRANSPARENT
        ):
            kind = get_args(kind)[0]
        elif isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        elif type(kind).__name__ == "TypeAliasType":
            kind = kind.__value__
        else:
            return kind


def is_union(kind: Any) -> bool:
    """Tell whether the type is a union, ``A | B`` or Optional."""
    if type(kind) is type:
        return False
    return get_origin(plain(kind)) in {Union, types.UnionType}


def members_of(kind: Any) -> tuple[Any, ...]:
    """Give the members of a union, flattened, each once; of another type, itself alone."""
    kind = plain(kind)
    if not is_union(kind):
        return (kind,)
    return tuple(dict.fromkeys(inner for member in get_args(kind) for inner in members_of(member)))


def is_optional(kind: Any) -> bool:
    """Tell whether None is a value of the type."""
    return any(
        member in {_NONE, None} or (is_literal(member) and None in get_args(plain(member)))
        for member in members_of(kind)
    )


def without_none(kind: Any) -> Any:
    """Give the type without None: ``str`` for ``str | None``."""
    kind = plain(kind)
    if not is_union(kind):
        return kind
    rest = tuple(member for member in members_of(kind) if member not in {_NONE, None})
    return Union[rest] if rest else _NONE  # noqa: UP007 - the members are known at run time only


def is_any(kind: Any) -> bool:
    """Tell whether the type says nothing: Any, or object."""
    return plain(kind) is Any or plain(kind) is object


def is_list(kind: Any) -> bool:
    """Tell whether the type is list, bare or of something."""
    return plain(kind) is list or get_origin(plain(kind)) is list


def is_tuple(kind: Any) -> bool:
    """Tell whether the type is tuple, bare or of something."""
    return plain(kind) is tuple or get_origin(plain(kind)) is tuple


def is_dict(kind: Any) -> bool:
    """Tell whether the type is dict (or Mapping), bare or of something."""
    kind = plain(kind)
    return (get_origin(kind) or kind) in {dict, Mapping, typing.Mapping}


def is_set(kind: Any) -> bool:
    """Tell whether the type is set or frozenset (or the abstract Set), bare or of something."""
    kind = plain(kind)
    return (get_origin(kind) or kind) in {builtins.set, frozenset, AbstractSet}


def is_literal(kind: Any) -> bool:
    """Tell whether the type is a Literal."""
    return get_origin(plain(kind)) is Literal


def spelled(kind: Any) -> str:
    """Write a type as its user would: ``str | None``, ``list[int]``, ``Address``."""
    if kind is _NONE:
        return "None"
    if is_union(kind):
        return " | ".join(spelled(member) for member in members_of(kind))
    if isinstance(kind, type) and not get_args(kind):
        return kind.__name__
    return str(kind).replace("typing.", "")


def step_into(kind: Any, step: str | int) -> Any:
    """Give the type of an element: of a list by its index, of a map by its key, of a nested class by its field.

    Raises:
        Misfit: the type has no such element.
    """
    inner = without_none(kind)
    if inner is Any or inner is object:
        return Any
    if is_list(inner) or is_tuple(inner):
        if not isinstance(step, int):
            raise Misfit(f"{spelled(inner)} has elements by number, not {step!r}")
        return _element(inner, step)
    if is_dict(inner):
        return (get_args(inner) or (Any, Any))[1]
    if isinstance(step, int):
        raise Misfit(f"{spelled(inner)} has no element [{step}]")
    if is_union(inner):
        found = [
            step_into(member, step)
            for member in members_of(inner)
            if attrs.has(member) and step in annotations_of(member)
        ]
        if not found:
            raise Misfit(f"none of {spelled(inner)} has a field {step!r}")
        return Union[tuple(found)]  # noqa: UP007 - the members are known at run time only
    if isinstance(inner, type) and attrs.has(inner):
        known = annotations_of(inner)
        if step not in known:
            raise Misfit(f"{inner.__name__} has no field {step!r}; its fields are {', '.join(map(repr, known))}")
        return known[step]
    raise Misfit(f"{spelled(inner)} has nothing inside to reach by {step!r}")


def _element(kind: Any, step: int) -> Any:
    inner = get_args(kind)
    if not inner:
        return Any
    if is_tuple(kind) and not (len(inner) == 2 and inner[1] is Ellipsis):
        if step >= len(inner):
            raise Misfit(f"{spelled(kind)} has {len(inner)} elements, none at [{step}]")
        return inner[step]
    return inner[0]


def classes_in(kind: Any) -> Iterator[type]:
    """Walk the attrs classes that a type is made of, the type itself included."""
    kind = plain(kind)
    if isinstance(kind, type) and attrs.has(kind):
        yield kind
    elif not is_literal(kind):
        for inner in get_args(kind):
            yield from classes_in(inner)


def annotations_of(cls: type, local_names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the resolved type of each field of an attrs class that its constructor takes, by the field's name.

    ``local_names`` are names that the class sees besides its module's. Raises Misfit with one problem for each field
    whose annotation is missing or does not resolve.
    """
    resolved, problems = resolve(cls, local_names)
    if problems:
        raise Misfit(problems=problems)
    return resolved


def resolve(cls: type, local_names: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Resolve the annotations of an attrs class as far as they can be: their types, and the problems of the others.

    What is known once is known without the local names, too.
    """
    cached: dict[str, Any] | None = cls.__dict__.get("__pynamite_annotations__")
    if cached is not None:
        return cached, []
    problems: list[tuple[str, str]] = []
    resolved: dict[str, Any] = {}
    hints = _hints(cls, local_names)
    for field in attrs.fields(cls):
        if not field.init:
            continue
        kind = hints.get(field.name, field.type)
        try:
            if isinstance(kind, str):
                kind = eval(kind, vars(_module(cls)), {**(local_names or {}), cls.__name__: cls})  # noqa: S307
        except Exception as error:  # noqa: BLE001 - an annotation may raise anything; it is told with its field
            problem = (
                f"{cls.__name__}.{field.name}: the annotation {kind!r} does not resolve ({error}); "
                "declare or import what it names before the class"
            )
            problems.append(("", problem))
            continue
        if kind is None and field.type is None and field.name not in hints:
            problems.append(("", f"{cls.__name__}.{field.name} has no annotation: write its type"))
        elif isinstance(kind, TypeVar):
            problems.append(("", f"{cls.__name__}.{field.name} is generic ({kind}): write the type that is stored"))
        else:
            resolved[field.name] = _NONE if kind is None else kind
    if not problems:
        cls.__pynamite_annotations__ = resolved  # type: ignore[attr-defined]
    return resolved, problems


def _module(cls: type) -> Any:
    import sys

    return sys.modules.get(cls.__module__, types.ModuleType(cls.__module__))


def _hints(cls: type, local_names: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls, localns={**(local_names or {}), cls.__name__: cls}, include_extras=True)
    except Exception:  # noqa: BLE001 - which annotation it was is found out field by field
        found: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            # inspect.get_annotations evaluates them from Python 3.14 on, and something in them does not resolve.
            found |= base.__dict__.get("__annotations__", {})  # noqa: RUF063
        return found
