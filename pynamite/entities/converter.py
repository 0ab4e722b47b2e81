"""The converter: cattrs, with hooks that write and read AttributeValues directly."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, get_args, get_origin

import attrs
import cattrs

from pynamite.entities.annotations import (
    is_any,
    is_dict,
    is_list,
    is_literal,
    is_optional,
    is_set,
    is_tuple,
    is_union,
    plain,
    spelled,
    without_none,
)
from pynamite.entities.containers import Hooks, dict_hooks, list_hooks, set_hooks, set_member_kind, tuple_hooks
from pynamite.entities.scalars import SCALARS, enum_hooks, literal_hooks, read_any, write_any
from pynamite.entities.structs import Struct, struct_hooks
from pynamite.entities.unions import union_hooks
from pynamite.wire import AttributeValue, Misfit

__all__ = ["configure_converter", "find_hooks", "make_converter", "struct_of", "writes_attribute_values"]


def make_converter() -> cattrs.Converter:
    """Make a converter between Python values and AttributeValues.

    >>> converter = make_converter()
    >>> converter.unstructure([1, 2], list[int])
    {'L': [{'N': '1'}, {'N': '2'}]}
    >>> converter.structure({"SS": ["a"]}, set[str])
    {'a'}

    A type of one's own is taught to it as to any cattrs converter: with a hook that gives an AttributeValue and one
    that takes it. Misfits are raised as cattrs' own exceptions would be, from within the hooks.
    """
    converter = cattrs.Converter(detailed_validation=False)
    configure_converter(converter)
    return converter


def configure_converter(converter: cattrs.Converter) -> None:
    """Give a cattrs converter the hooks of every type that an item can hold."""
    for kind, (_, write, read) in SCALARS.items():
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, read)
    for fits, make in _MAKERS:
        converter.register_unstructure_hook_factory(fits, partial(_first, partial(make, converter)))
        converter.register_structure_hook_factory(fits, partial(_second, partial(make, converter)))


_SCALAR_HOOKS = frozenset(hook for _, write, read in SCALARS.values() for hook in (write, read))


def writes_attribute_values(converter: cattrs.Converter) -> bool:
    """Tell whether a converter is one of `make_converter`'s, or was configured as they are."""
    return isinstance(converter.unstructure(True, unstructure_as=bool), dict)


def _first(make: Callable[[Any], Hooks], kind: Any) -> Any:
    return make(kind)[0]


def _second(make: Callable[[Any], Hooks], kind: Any) -> Any:
    return make(kind)[1]


def find_hooks(converter: cattrs.Converter, kind: Any) -> Hooks:
    """Find how values of a type are written and read.

    Raises Misfit for a type that no item can hold, and for those inside it.
    """
    kind = plain(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        # singledispatch would take an Enum that is also a str for a str.
        return enum_hooks(kind)
    if kind is None:
        kind = type(None)
    if not _known(converter, kind):
        raise Misfit(
            f"{spelled(kind)} cannot be stored: use str, int, Decimal, float, bool, bytes, datetime, date, timedelta, "
            "UUID, an Enum, list, tuple, dict, set, an attrs class, or a union of them"
        )
    return converter.get_unstructure_hook(kind), converter.get_structure_hook(kind)


def _known(converter: cattrs.Converter, kind: Any) -> bool:
    if kind in SCALARS or any(fits(kind) for fits, _ in _MAKERS):
        return True
    # What is left is a type that somebody has taught this converter, one that cattrs knows by itself (and would write
    # as something other than an AttributeValue), a subclass of a scalar (which would come back as that), or none of it.
    try:
        return _is_taught(converter.get_structure_hook(kind)) and _is_taught(converter.get_unstructure_hook(kind))
    except cattrs.StructureHandlerNotFoundError:
        return False


def _is_taught(hook: Any) -> bool:
    # What cattrs generates has no module.
    module = getattr(hook, "__module__", None) or "cattrs."
    return not module.startswith("cattrs.") and hook not in _SCALAR_HOOKS


def struct_of(converter: cattrs.Converter, cls: type) -> Struct:
    """Make the plan of an attrs class."""
    return Struct(cls, partial(find_hooks, converter))


def _is_attrs(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind)


def _is_alias(kind: Any) -> bool:
    return plain(kind) is not kind


def _make_any(_: cattrs.Converter, __: Any) -> Hooks:
    return write_any, read_any


def _make_alias(converter: cattrs.Converter, kind: Any) -> Hooks:
    return find_hooks(converter, plain(kind))


def _make_list(converter: cattrs.Converter, kind: Any) -> Hooks:
    (inner,) = get_args(kind) or (Any,)
    return list_hooks(kind, find_hooks(converter, inner))


def _make_tuple(converter: cattrs.Converter, kind: Any) -> Hooks:
    return tuple_hooks(kind, partial(find_hooks, converter))


def _make_dict(converter: cattrs.Converter, kind: Any) -> Hooks:
    inner = get_args(kind)
    return dict_hooks(kind, find_hooks(converter, inner[1] if inner else Any))


def _make_set(converter: cattrs.Converter, kind: Any) -> Hooks:
    (inner,) = get_args(kind) or (Any,)
    make = set if (get_origin(kind) or kind) is set else frozenset
    return set_hooks(kind, make, find_hooks(converter, inner), set_member_kind(kind))


def _make_union(converter: cattrs.Converter, kind: Any) -> Hooks:
    inner = without_none(kind)
    if not is_union(inner) and is_optional(kind):
        return _optional_hooks(kind, find_hooks(converter, inner))
    return union_hooks(kind, partial(find_hooks, converter))


def _optional_hooks(kind: Any, hooks: Hooks) -> Hooks:
    write_inner, read_inner = hooks
    inner = without_none(kind)

    def write(value: Any) -> AttributeValue:
        if value is None:
            return {"NULL": True}
        written = write_inner(value)
        if "NULL" in written:
            raise Misfit(f"{value!r} would read back as None: declare {spelled(inner)}, without None")
        return written

    def read(value: AttributeValue, _: Any = kind) -> Any:
        return None if "NULL" in value else read_inner(value, inner)

    return write, read


def _make_literal(_: cattrs.Converter, kind: Any) -> Hooks:
    return literal_hooks(kind)


def _make_struct(converter: cattrs.Converter, kind: Any) -> Hooks:
    return struct_hooks(struct_of(converter, kind))


_MAKERS: tuple[tuple[Callable[[Any], bool], Callable[[cattrs.Converter, Any], Hooks]], ...] = (
    (_is_attrs, _make_struct),
    (is_list, _make_list),
    (is_tuple, _make_tuple),
    (is_dict, _make_dict),
    (is_set, _make_set),
    (is_union, _make_union),
    (is_literal, _make_literal),
    (is_any, _make_any),
    (_is_alias, _make_alias),
)
"""How the hooks of compound types are made; cattrs asks the last of those that fit."""
