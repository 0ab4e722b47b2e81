"""Functions that write a class's fields as attributes: every value looked at, nothing coerced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, get_args
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
from pynamite.entities.codec.kinds import is_own, stored_choices
from pynamite.entities.codec.source import Source, UnfitError
from pynamite.entities.containers import Hooks, set_member_kind
from pynamite.entities.scalars import SCALARS, Write
from pynamite.entities.structs import FieldPlan, Struct
from pynamite.key.times import instant_text
from pynamite.wire import checked_text, number_text, value_size

__all__ = ["SMALL", "FieldWriter", "Written"]

SMALL = 64
"""How many bytes a number, a moment, a flag or a UUID has at most."""

Expression = Callable[[str], str]


@attrs.frozen
class Written:
    """How values of a type are written: as which DynamoDB type, and the expression of that type's content.

    The expression is made of the name of a variable. ``size`` makes the expression of how many bytes a content may have
    at most, None where that is next to nothing.
    """

    tag: str
    content: Expression
    size: Expression | None = None
    optional: bool = False


def _content_of(write: Write) -> Callable[[Any], Any]:
    """Make of a hook what gives the content of the AttributeValue alone."""

    def content(value: Any) -> Any:
        ((_, found),) = write(value).items()
        return found

    return content


def _map_key(key: Any) -> str:
    if key.__class__ is not str or not key:
        raise UnfitError
    return checked_text(key)


class FieldWriter:
    """Writes the code by which the fields of an instance ``o`` become attributes of an item ``w``.

    ``texts`` has the variables that hold the text of a field as a key would have it, too, by the fields' names.
    ``sizes`` are expressions of how many bytes the values have at most, beside the `SMALL` ones that each may have;
    ``measures`` are the same of the item ``w`` alone.
    """

    def __init__(self, source: Source, find: Callable[[Any], Hooks], nested: dict[type, Any]) -> None:
        self._source = source
        self._find = find
        self._nested = nested
        self.texts: dict[str, str] = {}
        self.sizes: list[str] = []
        self.measures: list[str] = []

    def write(self, plan: FieldPlan) -> None:
        """Add the lines for one field."""
        source, own = self._source, self._source.named
        value = source.fresh("v")
        source.add(f"{value} = o.{plan.name}")
        if plan.validator is not None:
            source.add(f"{own(plan.validator)}(o, {own(plan.own)}, {value})")
        if plan.options.rest:
            return
        written = None if plan.options.ttl else self._form(plan)
        name = repr(plan.attribute)
        if plan.options.key_only or written is None:
            source.add(f"x = {own(plan.to_wire)}({value})")
            if not plan.options.key_only:
                source.add("if x is not None:", f"    w[{name}] = x")
                self._measure(self._size_if_there(name))
            return
        if plan.optional:
            null = [] if plan.default is None else [f"    w[{name}] = {{'NULL': True}}"]
            source.add(f"if {value} is not None:", *self._put(name, written, value, "    "))
            source.add(*(["else:", *null] if null else []))
        elif written.tag in {"SS", "NS", "BS"}:
            null = [] if plan.default == frozenset() else [f"    w[{name}] = {{'NULL': True}}"]
            source.add(f"if {value}:", *self._put(name, written, value, "    "))
            kinds = own((set, frozenset))
            source.add(f"elif {value}.__class__ not in {kinds}:", "    fail()", *(["else:", *null] if null else []))
        elif written.tag == "S" and plain(plan.kind) in {str, datetime}:
            text = self.texts[plan.name] = source.fresh("t")
            source.add(f"{text} = {written.content(value)}", f"w[{name}] = {{'S': {text}}}")
            if written.size is not None:
                self.sizes.append(written.size(text))
                self.measures.append(written.size(f'w[{name}]["S"]'))
        else:
            source.add(*self._put(name, written, value, ""))

    def _put(self, name: str, written: Written, value: str, indent: str) -> list[str]:
        lines = [f"{indent}x = {written.content(value)}", f'{indent}w[{name}] = {{"{written.tag}": x}}']
        if written.size is None:
            return lines
        if not indent:
            self._measure(written.size(f'w[{name}]["{written.tag}"]'))
            return lines
        size = self._source.fresh("s")
        self._source.add(f"{size} = 0")
        self.sizes.append(size)
        self.measures.append(self._size_if_there(name))
        return [*lines, f"{indent}{size} = {written.size('x')}"]

    def _measure(self, size: str) -> None:
        self.sizes.append(size)
        self.measures.append(size)

    def _size_if_there(self, name: str) -> str:
        return f"({self._source.named(value_size)}(w[{name}]) if {name} in w else 0)"

    def _form(self, plan: FieldPlan) -> Written | None:
        of_set = is_set(without_none(plan.kind))
        kind = without_none(plan.kind) if of_set else plan.kind
        found = self.of(kind, plan.write)
        if found is None or (plan.optional and of_set):
            return None
        if plan.optional != found.optional:
            return None
        return found

    def of(self, kind: Any, write: Any) -> Written | None:
        """Find how values of a type are written which has a hook; None where the hook itself has to."""
        kind = plain(kind)
        if isinstance(kind, type) and kind in SCALARS:
            return self._scalar(kind) if write is SCALARS[kind][1] else None
        own = getattr(write, "__self__", None)
        if isinstance(own, Struct):
            return self._struct(own)
        if not is_own(write):
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

    def _inner(self, kind: Any) -> Written | None:
        found = self.of(kind, self._find(kind)[0])
        return None if found is None or found.optional else found

    def _scalar(self, kind: type) -> Written | None:
        own = self._source.named
        tag, write, _ = SCALARS[kind]
        careful = own(_content_of(write))
        if kind is str:
            text = own(str)
            return Written(
                tag,
                lambda v: f"{v} if {v}.__class__ is {text} and {v}.isascii() else {careful}({v})",
                lambda v: f"4 * len({v})",
            )
        if kind is int:
            whole, text = own(int), own(str)
            low, high = own(-(10**37)), own(10**37)
            return Written(
                tag,
                lambda v: f"{text}({v}) if {v}.__class__ is {whole} and {low} < {v} < {high} else {careful}({v})",
            )
        if kind in {float, Decimal}:
            return self._exact(tag, kind, number_text, careful)
        if kind is datetime:
            return Written(tag, lambda v: f"{own(instant_text)}({v})")
        if kind is bool:
            return Written(tag, lambda v: f"{v} if {v}.__class__ is {own(bool)} else fail()")
        if kind is bytes:
            return Written(tag, lambda v: f"{v} if {v}.__class__ is {own(bytes)} else fail()", lambda v: f"len({v})")
        if kind is UUID:
            return self._exact(tag, kind, str, careful)
        return Written(tag, lambda v: f"{careful}({v})") if kind in {date, timedelta} else None

    def _exact(self, tag: str, kind: type, make: Any, careful: str) -> Written:
        own = self._source.named
        return Written(tag, lambda v: f"{own(make)}({v}) if {v}.__class__ is {own(kind)} else {careful}({v})")

    def _choice(self, kind: Any) -> Written | None:
        found = stored_choices(kind)
        if found is None:
            return None
        tag, choices = found
        own = self._source.named
        longest = str(max(len(text.encode()) for _, text in choices))
        if is_literal(kind):
            # 1 and True are one key of a dict, but not one choice.
            table = own({(type(choice), choice): text for choice, text in choices})
            return Written(tag, lambda v: f"{table}[{v}.__class__, {v}]", lambda _: longest)
        table = own(dict(choices))
        looked_up = f"{table}[{{0}}] if {{0}}.__class__ is {own(kind)} else fail()"
        return Written(tag, looked_up.format, lambda _: longest)

    def _optional(self, kind: Any) -> Written | None:
        inner = without_none(kind)
        if not is_optional(kind) or is_union(inner) or is_set(inner):
            return None
        found = self._inner(inner)
        return None if found is None else attrs.evolve(found, optional=True)

    def _struct(self, struct: Struct) -> Written | None:
        if struct.cls not in self._nested:
            self._nested[struct.cls] = None
            self._nested[struct.cls] = _write_nested(struct, self._find, self._nested)
        made = self._nested[struct.cls]
        if made is None:
            return None
        write, measure = map(self._source.named, made)
        return Written("M", lambda v: f"{write}({v})", lambda v: f"{measure}({v})")

    def _size(self, tag: str) -> Expression:
        return lambda v: f'{self._source.named(value_size)}({{"{tag}": {v}}})'

    def _list(self, kind: Any) -> Written | None:
        inner = get_args(kind)
        if is_tuple(kind) and not (len(inner) == 2 and inner[1] is Ellipsis):
            return None
        found = self._inner(inner[0]) if inner else None
        if found is None or found.tag in {"SS", "NS", "BS"}:
            return None
        own = self._source.named(list if is_list(kind) else tuple)
        one = self._source.fresh("e")
        each = f'[{{"{found.tag}": {found.content(one)}}} for {one} in {{}}]'
        return Written(
            "L",
            lambda v: f"{each.replace('{}', v)} if {v}.__class__ is {own} else fail()",
            self._size("L"),
        )

    def _set(self, kind: Any) -> Written | None:
        inner = get_args(kind)
        member = set_member_kind(kind) if inner else None
        found = self._inner(inner[0]) if inner and member is not None else None
        if found is None or found.tag != member:
            return None
        one, kinds = self._source.fresh("e"), self._source.named((set, frozenset))
        each, tag = found.content(one), f"{member}S"
        sizes: dict[str, Expression] = {
            "S": lambda v: f"4 * len(''.join({v}))",
            "N": lambda v: f"{SMALL} * len({v})",
            "B": lambda v: f"sum(map(len, {v}))",
        }
        return Written(
            tag,
            lambda v: f"sorted({{{each} for {one} in {v}}}) if {v}.__class__ in {kinds} else fail()",
            sizes[found.tag],
        )

    def _dict(self, kind: Any) -> Written | None:
        inner = get_args(kind)
        found = self._inner(inner[1]) if inner and plain(inner[0]) is str else None
        if found is None or found.tag in {"SS", "NS", "BS"}:
            return None
        own = self._source.named
        key, one = self._source.fresh("k"), self._source.fresh("e")
        each = f'{{{own(_map_key)}({key}): {{"{found.tag}": {found.content(one)}}} for {key}, {one} in '
        return Written(
            "M", lambda v: f"{each}{v}.items()}} if {v}.__class__ is {own(dict)} else fail()", self._size("M")
        )


def _write_nested(struct: Struct, find: Callable[[Any], Hooks], nested: dict[type, Any]) -> tuple[Any, Any]:
    """Make the function that writes what is in the map of a nested class, and the one that measures that."""
    source = Source(struct.cls.__name__)
    writer = FieldWriter(source, find, nested)
    source.add(f"if o.__class__ is not {source.named(struct.cls)}:", "    fail()", "w = {}")
    plans: Mapping[str, FieldPlan] = struct.fields
    for plan in plans.values():
        writer.write(plan)
    source.add("return w")
    measure, least = source.beside(), 3 + sum(1 + len(plan.attribute.encode()) + SMALL for plan in plans.values())
    measure.add(f"return {' + '.join([str(least), *writer.measures])}")
    return source.function("o"), measure.function("w")
