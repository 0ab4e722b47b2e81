"""Lists, tuples, maps and sets to and from AttributeValues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, get_args

from pynamite.entities.annotations import is_literal, is_optional, plain, spelled
from pynamite.entities.scalars import SCALARS, Read, Write, expected, unfit, write_any
from pynamite.key.codecs import codec_for
from pynamite.wire import AttributeValue, Misfit

__all__ = ["Hooks", "dict_hooks", "list_hooks", "set_hooks", "set_member_kind", "tuple_hooks"]

Hooks = tuple[Write, Read]


def list_hooks(kind: Any, hooks: Hooks) -> Hooks:
    """Make the hooks of a ``list[T]`` from those of T."""
    write_element, read_element = hooks
    (inner,) = get_args(kind) or (Any,)

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, list):
            raise unfit(spelled(kind), value)
        return {"L": _each(value, write_element)}

    def read(value: AttributeValue, _: Any = kind) -> list[Any]:
        return _read_each(value, lambda element: read_element(element, inner), spelled(kind))

    return write, read


def tuple_hooks(kind: Any, find: Callable[[Any], Hooks]) -> Hooks:
    """Make the hooks of a ``tuple[T, ...]`` or of a ``tuple[A, B]`` of fixed length."""
    inner = get_args(kind)
    if not inner or (len(inner) == 2 and inner[1] is Ellipsis):
        element = inner[0] if inner else Any
        write_element, read_element = find(element)

        def write(value: Any) -> AttributeValue:
            if not isinstance(value, tuple):
                raise unfit(spelled(kind), value)
            return {"L": _each(value, write_element)}

        def read(value: AttributeValue, _: Any = kind) -> tuple[Any, ...]:
            return tuple(_read_each(value, lambda one: read_element(one, element), spelled(kind)))

        return write, read
    inner = () if inner == ((),) else inner
    return _fixed_tuple_hooks(kind, inner, [find(element) for element in inner])


def _fixed_tuple_hooks(kind: Any, inner: tuple[Any, ...], hooks: list[Hooks]) -> Hooks:
    def write(value: Any) -> AttributeValue:
        if not isinstance(value, tuple) or len(value) != len(hooks):
            raise unfit(spelled(kind), value)
        written = []
        for index, (element, (write_one, _)) in enumerate(zip(value, hooks, strict=True)):
            try:
                written.append(write_one(element))
            except Misfit as misfit:
                raise misfit.under(index) from None
        return {"L": written}

    def read(value: AttributeValue, _: Any = kind) -> tuple[Any, ...]:
        elements = value.get("L")
        if elements is None or len(elements) != len(hooks):
            raise expected(spelled(kind), value)
        found = []
        for index, (element, (_, read_one)) in enumerate(zip(elements, hooks, strict=True)):
            try:
                found.append(read_one(element, inner[index]))
            except Misfit as misfit:
                raise misfit.under(index) from None
        return tuple(found)

    return write, read


def _each(values: Any, write: Write) -> list[AttributeValue]:
    written, problems = [], []
    for index, element in enumerate(values):
        try:
            written.append(write(element))
        except Misfit as misfit:
            problems += misfit.under(index).problems
    if problems:
        raise Misfit(problems=problems)
    return written


def _read_each(value: AttributeValue, read: Callable[[AttributeValue], Any], what: str) -> list[Any]:
    elements = value.get("L")
    if elements is None:
        raise expected(what, value)
    found, problems = [], []
    for index, element in enumerate(elements):
        try:
            found.append(read(element))
        except Misfit as misfit:
            problems += misfit.under(index).problems
    if problems:
        raise Misfit(problems=problems)
    return found


def dict_hooks(kind: Any, hooks: Hooks) -> Hooks:
    """Make the hooks of a ``dict[K, V]`` from those of V; K is what a key template takes: str, int, UUID, an Enum, ...

    Raises Misfit where K has no form as text.
    """
    key_type, inner = get_args(kind) or (str, Any)
    write_element, read_element = hooks
    try:
        codec = codec_for(plain(key_type))
    except Misfit:
        raise Misfit(
            f"{spelled(kind)} has keys of type {spelled(key_type)}: the keys of a map are texts; "
            "use str, int, UUID, date, datetime or an Enum"
        ) from None

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, Mapping):
            raise unfit(spelled(kind), value)
        written, problems = {}, []
        for key, element in value.items():
            try:
                written[_map_key(codec.encode(key))] = write_element(element)
            except Misfit as misfit:
                problems += misfit.under(str(key)).problems
        if problems:
            raise Misfit(problems=problems)
        return {"M": written}

    def read(value: AttributeValue, _: Any = kind) -> dict[Any, Any]:
        elements = value.get("M")
        if elements is None:
            raise expected(spelled(kind), value)
        found, problems = {}, []
        for text, element in elements.items():
            try:
                key = codec.read(text)
            except (ValueError, KeyError, ArithmeticError, Misfit):
                problems += Misfit(f"the key is no {spelled(key_type)}").under(text).problems
                continue
            try:
                found[key] = read_element(element, inner)
            except Misfit as misfit:
                problems += misfit.under(text).problems
        if problems:
            raise Misfit(problems=problems)
        return found

    return write, read


def _map_key(text: str) -> str:
    if not text:
        raise Misfit("the key is empty: DynamoDB takes keys of one character or more")
    return text


def set_hooks(kind: Any, make: type, hooks: Hooks, member_kind: str | None) -> Hooks:
    """Make the hooks of a ``set[T]`` or ``frozenset[T]``; ``member_kind`` is S, N or B, or None where each set decides.

    An empty set is written as NULL, which reads back as one: DynamoDB has no empty sets.
    """
    (inner,) = get_args(kind) or (Any,)
    write_member, read_member = hooks

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, AbstractSet):
            raise unfit(spelled(kind), value)
        if not value:
            return {"NULL": True}
        if member_kind is None:
            return write_any(value)
        try:
            members = {write_member(member)[member_kind] for member in value}
        except Misfit as misfit:
            raise Misfit("a member of the set: " + misfit.problems[0][1]) from None
        return {member_kind + "S": sorted(members)}

    def read(value: AttributeValue, _: Any = kind) -> Any:
        ((stored, content),) = value.items()
        if stored == "NULL":
            return make()
        if stored not in {"SS", "NS", "BS"} or (member_kind is not None and stored != member_kind + "S"):
            raise expected(spelled(kind), value)
        try:
            return make(read_member({stored[0]: member}, inner) for member in content)
        except Misfit as misfit:
            raise Misfit("a member of the set: " + misfit.problems[0][1]) from None

    return write, read


def set_member_kind(kind: Any) -> str | None:
    """Tell as what DynamoDB type the members of a set are stored: S, N, B, or None for Any.

    Raises Misfit for members that no set can hold.
    """
    (inner,) = get_args(kind) or (Any,)
    inner = plain(inner)
    if inner is Any or inner is object:
        return None
    if is_literal(inner) or (isinstance(inner, type) and issubclass(inner, Enum)):
        kinds = _kinds_of_choices(inner)
        stored = kinds.pop() if len(kinds) == 1 else ""
    else:
        stored = SCALARS[inner][0] if isinstance(inner, type) and inner in SCALARS else ""
    if stored not in {"S", "N", "B"} or is_optional(inner):
        raise Misfit(
            f"{spelled(kind)}: a set holds str, numbers, bytes, datetime, date, timedelta, UUID, or an Enum or Literal "
            f"of them; keep {spelled(inner)} in a list"
        )
    return stored


def _kinds_of_choices(kind: Any) -> set[str]:
    choices = get_args(kind) if is_literal(kind) else tuple(kind)
    return {next(iter(write_any(choice.value if isinstance(choice, Enum) else choice))) for choice in choices}
