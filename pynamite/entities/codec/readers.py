"""Functions that make instances of a class of an item's attributes: from dicts, or from what msgspec decodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import repeat, starmap
from typing import Any

import attrs

from pynamite.entities.codec.dialects import Dialect
from pynamite.entities.codec.forms import Forms
from pynamite.entities.codec.parsing import KeyReader
from pynamite.entities.codec.source import Source
from pynamite.entities.containers import Hooks
from pynamite.entities.structs import FieldPlan, Struct

__all__ = ["Made", "Wishes", "make_reader", "takes_stores"]

_FACTORY: Any = attrs.Factory


@attrs.frozen
class Made:
    """A function that reads instances, and the type of item that it reads them from.

    The function takes an item, and a dict of the values that are not read from attributes, by their fields' names.
    ``_source`` has its lines, which read from ``w``, and ``_made`` is the expression of what they make. They fill the
    instances in the variables ``_blank``, which are there before them, made of the classes of these names.
    """

    read: Callable[..., Any]
    kind: Any
    _source: Source
    _made: str
    _blank: Mapping[str, str]

    def each(self) -> Callable[[Iterable[Any]], list[Any]]:
        """Make the function that reads the instances of many items: a call for each of them would take its time."""
        return self._loop("[]", f"found.append({self._made})")

    def each_by(self, texts: Sequence[str]) -> Callable[[Iterable[Any]], dict[Any, Any]]:
        """Make the function that reads the instances of many items by these texts, which are expressions.

        What they are by is the only text, or the tuple of them.
        """
        identity = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
        return self._loop("{}", f"found[{identity}] = {self._made}")

    def _loop(self, nothing: str, add: str) -> Callable[..., Any]:
        loop = self._source.beside()
        # Instances without anything in them come from C: a call for each of them would take its time.
        new = f"{loop.named(starmap)}({loop.named(object.__new__)}, {loop.named(repeat)}"
        blank = "".join(f", {new}(({cls},)))" for cls in self._blank.values())
        loop.add(f"found = {nothing}", f"for {', '.join(('w', *self._blank))} in "
                 + (f"{loop.named(zip)}(items{blank}):" if blank else "items:"))
        with loop.indented():
            loop.add(*self._source.lines, add)
        loop.add("return found")
        return loop.function("items", "given=None")


@attrs.frozen
class Wishes:
    """What a class wants otherwise than its fields' plans say, by the names of the fields.

    ``given`` are not read from attributes, and ``in_keys`` are read from the table key by ``keys``; ``aliases`` are
    what the constructor calls them; ``absent`` gives what they are where the item has no attribute for them.
    """

    given: Collection[str] = ()
    in_keys: Collection[str] = ()
    keys: Sequence[KeyReader] = ()
    aliases: Mapping[str, str] = attrs.field(factory=dict)
    absent: Mapping[str, Callable[[], Any]] = attrs.field(factory=dict)


def make_reader(
    cls: type,
    plans: Mapping[str, FieldPlan],
    find: Callable[[Any], Hooks],
    dialect: Dialect,
    wishes: Wishes | None = None,
    more: Sequence[tuple[str, Any, bool]] = (),
) -> Made:
    """Make the function that reads a class's instances by the plans of its fields.

    ``more`` are further attributes of the item's type, before those of the fields. Raises ValueError where the dialect
    has no words for an attribute's name.
    """
    return _Maker(find, dialect).made(cls, plans, wishes or Wishes(), more)


class _Maker:
    def __init__(self, find: Callable[[Any], Hooks], dialect: Dialect) -> None:
        self._find = find
        self._dialect = dialect
        self._nested: dict[type, Made | None] = {}

    def made(
        self, cls: type, plans: Mapping[str, FieldPlan], wishes: Wishes, more: Sequence[tuple[str, Any, bool]] = ()
    ) -> Made:
        source = Source(cls.__name__)
        target = (_Stores if takes_stores(cls, plans) else _Arguments)(cls, source, wishes.aliases)
        attributes = list(more)
        blank = dict(target.blank)
        found = self._read_keys(wishes.keys, source, attributes)
        self._read_fields(plans, target, source, attributes, "w", wishes, found, blank)
        one = source.beside()
        new = one.named(object.__new__)
        one.add(*(f"{variable} = {new}({name})" for variable, name in blank.items()))
        one.add(*source.lines, f"return {target.made}")
        kind = self._dialect.item_type(cls.__name__, attributes)
        return Made(one.function("w", "given=None"), kind, source, target.made, blank)

    def _read_fields(
        self,
        plans: Mapping[str, FieldPlan],
        target: _Stores | _Arguments,
        source: Source,
        attributes: list[tuple[str, Any, bool]],
        item: str,
        wishes: Wishes,
        found: Mapping[str, str],
        blank: dict[str, str],
    ) -> None:
        """Add the lines that read the fields from an ``item``, but for those that were ``found`` in its key.

        The variables of instances that they fill are added to ``blank``, with the names of their classes.
        """
        forms = Forms(source, self._dialect, self._find, self._read_nested)
        for plan in plans.values():
            if plan.name in wishes.in_keys:
                source.add(target.put(plan, found.get(plan.name, "None")))
                continue
            if plan.name in wishes.given:
                source.add(target.put(plan, f"given[{plan.name!r}]"))
                continue
            there = self._dialect.attribute(item, len(attributes), plan.attribute, required=plan.required)
            value, kind = self._value(plan, forms, source, there)
            inner = self._inner(plan)
            if inner is not None:
                value = self._read_inside(inner, self._dialect.content(there, "M"), source, blank)
            elif not plan.required or value.count(there) > 1:
                source.add(f"v = {there}")
                value, kind = self._value(plan, forms, source, "v")
            attributes.append((plan.attribute, kind, plan.required))
            if not plan.required:
                absent = wishes.absent.get(plan.name)
                default = _absent(plan, source) if absent is None else f"{source.named(absent)}()"
                value = f"{default} if v is None else {value}"
            source.add(target.put(plan, value))

    def _inner(self, plan: FieldPlan) -> Struct | None:
        """Give the class of a field that is always there, if its instances can be made in the same function."""
        struct = getattr(plan.read, "__self__", None)
        if not (plan.required and not plan.nullable and isinstance(struct, Struct)):
            return None
        whole = self._read_nested(struct) is not None and takes_stores(struct.cls, struct.fields)
        return struct if whole else None

    def _read_inside(self, struct: Struct, content: str, source: Source, blank: dict[str, str]) -> str:
        """Add the lines that fill an instance inside of another one; gives its variable."""
        item = source.fresh("m")
        target = _Stores(struct.cls, source, {}, source.fresh("o"))
        blank.update(target.blank)
        source.add(f"{item} = {content}")
        self._read_fields(struct.fields, target, source, [], item, Wishes(), {}, blank)
        return target.made

    def _read_keys(
        self, keys: Sequence[KeyReader], source: Source, attributes: list[tuple[str, Any, bool]]
    ) -> dict[str, str]:
        """Add the lines that read the table key; gives the variables of its values."""
        found: dict[str, str] = {}
        for key in keys:
            there = self._dialect.attribute("w", len(attributes), key.attribute, required=True)
            attributes.append((key.attribute, self._dialect.type_of("S", str, nullable=False), True))
            names = [source.fresh("k") for _ in key.names]
            text = self._dialect.content(there, "S")
            source.add(f"[{', '.join(names)}] = {source.named(key.read)}({text})")
            for name, variable in zip(key.names, names, strict=True):
                if found.setdefault(name, variable) != variable:
                    source.add(f"if {variable} != {found[name]}:", "    fail()")
        return found

    def _value(self, plan: FieldPlan, forms: Forms, source: Source, attribute: str) -> tuple[str, Any]:
        """Give the expression of a field's value from that of its attribute, and the attribute's type."""
        form = forms.of_field(plan)
        if form is None:
            read = source.named(plan.from_wire)
            return f"{read}({self._dialect.whole(attribute, source)})", self._dialect.unknown
        if plan.nullable:
            form = attrs.evolve(form, null=_null(plan, source))
        return forms.value(form, attribute), forms.type_of(form)

    def _read_nested(self, struct: Struct) -> tuple[Any, Any] | None:
        """Make the reader of a nested class; None for one that contains itself."""
        if struct.cls not in self._nested:
            self._nested[struct.cls] = None
            self._nested[struct.cls] = self.made(struct.cls, struct.fields, Wishes())
        made = self._nested[struct.cls]
        return None if made is None else (made.read, made.kind)


def _null(plan: FieldPlan, source: Source) -> str:
    empty = plan.null()
    return "None" if empty is None else f"{source.named(type(empty))}()"


def _absent(plan: FieldPlan, source: Source) -> str:
    """Give the expression of what a field is where the item has no attribute for it."""
    default: Any = plan.own.default
    if isinstance(default, _FACTORY):
        return "fail()" if default.takes_self else f"{source.named(default.factory)}()"
    if plan.has_default:
        return source.named(default)
    return "None" if plan.default is None else _null(plan, source)


def takes_stores(cls: type, plans: Mapping[str, FieldPlan]) -> bool:
    """Tell whether all that a class does with its arguments is to keep them, so that they can be put in their places.

    So it is without validators, converters and hooks, where the constructor is attrs' own.
    """
    own = attrs.fields(cls)
    methods: Any = cls
    code: Any = getattr(methods.__init__, "__code__", None)
    return (
        code is not None
        and str(code.co_filename).startswith("<attrs generated")
        and methods.__new__ is object.__new__
        and methods.__setattr__ is object.__setattr__
        and not any(hasattr(cls, hook) for hook in ("__attrs_pre_init__", "__attrs_post_init__"))
        # A hash that is kept is something else that the constructor puts into the instance.
        and "_attrs_cached_hash" not in (*code.co_names, *code.co_consts)
        and all(one.init and one.validator is None and one.converter is None for one in own)
        and {one.name for one in own} == set(plans)
    )


class _Stores:
    """An instance that is made without its constructor, in a variable: a ``blank`` one, whose class is named."""

    def __init__(self, cls: type, source: Source, _aliases: Mapping[str, str], variable: str = "o") -> None:
        self.blank = {variable: source.named(cls)}
        self.made = variable

    def put(self, plan: FieldPlan, value: str) -> str:
        """Put a field's value in its place."""
        return f"{self.made}.{plan.name} = {value}"


class _Arguments:
    """An instance that is made by its constructor."""

    def __init__(self, cls: type, source: Source, aliases: Mapping[str, str]) -> None:
        self.blank: dict[str, str] = {}
        self._aliases = aliases
        self._cls = source.named(cls)
        self._given: list[tuple[str, str]] = []

    @property
    def made(self) -> str:
        """The call of the constructor."""
        return f"{self._cls}({', '.join(f'{alias}={local}' for alias, local in self._given)})"

    def put(self, plan: FieldPlan, value: str) -> str:
        """Note a field's value as an argument."""
        local = f"a{len(self._given)}"
        self._given.append((self._aliases.get(plan.name, plan.alias), local))
        return f"{local} = {value}"
