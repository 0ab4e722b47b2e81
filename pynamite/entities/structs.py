"""Attrs classes to and from maps of AttributeValues: the fields one by one, all misfits together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, get_origin

import attrs

from pynamite.entities.annotations import (
    annotations_of,
    classes_in,
    is_any,
    is_optional,
    is_set,
    is_union,
    members_of,
    plain,
    spelled,
    step_into,
    without_none,
)
from pynamite.entities.containers import Hooks
from pynamite.entities.epoch import epoch_hooks, is_epoch_kind
from pynamite.entities.fields import FieldOptions, options_of
from pynamite.entities.scalars import Read, Write
from pynamite.entities.unions import stored_kinds
from pynamite.wire import AttributeValue, Item, Misfit, describe

__all__ = ["UNKNOWN", "FieldPlan", "Struct", "struct_hooks"]


class _Unknown:
    """Marks a default that is no constant: a field without one, or one that is made anew for each instance."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
_FACTORY: Any = attrs.Factory
_NULL: AttributeValue = {"NULL": True}


@attrs.frozen
class FieldPlan:
    """How one field of a class goes into an item and comes back.

    ``default`` is what an item without the attribute reads as, where that is a constant: the field's default, or None
    or an empty set for a field that has none and can be that. ``null`` gives what a stored NULL reads as, where the
    field is ``nullable``: it can be None or an empty set.
    """

    name: str
    alias: str
    attribute: str
    kind: Any
    options: FieldOptions
    write: Write
    read: Read
    has_default: bool
    default: Any
    nullable: bool
    null: Callable[[], Any]
    optional: bool
    validator: Callable[[Any, Any, Any], Any] | None
    own: attrs.Attribute[Any]

    def to_wire(self, value: Any) -> AttributeValue | None:
        """Write the field's value; None says that the item goes without the attribute.

        None and empty sets are left out where absence reads back as them, and written as NULL elsewhere.
        """
        if value is None and self.optional:
            return None if self.default is None else _NULL
        written = self.write(value)
        if written == _NULL and self.nullable and self.default == value and self.default is not None:
            return None
        return written

    @property
    def stored_kinds(self) -> frozenset[str]:
        """The DynamoDB types that the field is stored as; empty where that is not known beforehand."""
        return frozenset({"N"}) if self.as_epoch else stored_kinds(self.kind)

    @property
    def as_epoch(self) -> bool:
        """Tell whether it is a ttl field: its attribute is a number of seconds since 1970, whatever its type."""
        return self.options.ttl and is_epoch_kind(self.kind)

    @property
    def is_duration(self) -> bool:
        """Tell whether it is a ttl field that is counted from the moment of writing, and read as what is left."""
        return self.as_epoch and plain(without_none(self.kind)) is timedelta

    @property
    def required(self) -> bool:
        """Tell whether an item has to have the attribute."""
        return not self.has_default and self.default is UNKNOWN

    def absent_value(self) -> Any:
        """Give what an item without the attribute reads as, UNKNOWN where only an instance could tell."""
        default: Any = self.own.default
        if isinstance(default, _FACTORY):
            return UNKNOWN if default.takes_self else default.factory()
        return self.default

    def from_wire(self, value: AttributeValue | None) -> Any:
        """Read the field's value from its attribute; without one, it is None or an empty set.

        Raises:
            Misfit: the field is required and there is no attribute, or the attribute does not fit.
        """
        if value is None:
            if self.required:
                raise Misfit(f"the attribute is missing, and field {self.name!r} ({spelled(self.kind)}) has no default")
            return None if self.default is None else self.null()
        if self.nullable and "NULL" in value:
            return self.null()
        return self.read(value, self.kind)

    def validate(self, instance: Any, value: Any) -> None:
        """Run the field's attrs validator; raises Misfit in its words."""
        if self.validator is not None:
            try:
                self.validator(instance, self.own, value)
            except Exception as error:
                raise Misfit(worded(error)) from error


def worded(error: BaseException) -> str:
    """Give the message of a validator's error, without the facts that attrs puts behind it."""
    return str(error.args[0]) if error.args else type(error).__name__


class Struct:
    """The plan of an attrs class: its fields, in order; made at first use, so that classes may contain themselves.

    ``hooks`` finds how values of a type are written and read, by the converter that the class was declared with.
    """

    def __init__(self, cls: type, find: Callable[[Any], Hooks]) -> None:
        self.cls = cls
        self.hooks = find
        self._fields: dict[str, FieldPlan] | None = None

    @property
    def fields(self) -> dict[str, FieldPlan]:
        """The plans of the fields that are stored, by the field's name; raises Misfit for what cannot be stored."""
        if self._fields is None:
            self._fields = _plan_fields(self.cls, self.hooks)
        return self._fields

    def field_at(self, top: FieldPlan | None, steps: Sequence[str | int]) -> FieldPlan | None:
        """Find the nested field at which a path of attribute names ends; None at an element of a list or map."""
        plan, kind = top, top.kind if top is not None else Any
        for step in steps[1:]:
            inner = without_none(kind)
            if isinstance(inner, type) and attrs.has(inner):
                plan = next(one for one in Struct(inner, self.hooks).fields.values() if one.attribute == step)
                kind = plan.kind
            else:
                plan, kind = None, step_into(inner, step) if not is_union(inner) else Any
        return plan

    def fields_along(self, top: FieldPlan, steps: Sequence[str | int]) -> list[tuple[FieldPlan, ...]]:
        """Find the fields that a path of attribute names passes, step by step.

        There are several where it leads into a union, and none at an element of a list or map.
        """
        found: list[tuple[FieldPlan, ...]] = [(top,)]
        kinds: list[Any] = [top.kind]
        for step in steps[1:]:
            inner = [one for kind in kinds for one in members_of(without_none(kind))]
            classes = [one for one in inner if isinstance(one, type) and attrs.has(one)]
            plans = [plan for cls in classes for plan in Struct(cls, self.hooks).fields.values()]
            found.append(tuple(plan for plan in plans if plan.attribute == step))
            kinds = [plan.kind for plan in found[-1]]
            for one in inner:
                # Of a union, some members may have nothing inside.
                with suppress(Misfit):
                    kinds += [] if one in classes else [step_into(one, step)]
        return found

    def write(self, instance: Any) -> Item:
        """Write an instance's fields as attributes; raises Misfit with every problem."""
        if type(instance) is not self.cls:
            raise Misfit(f"expected {self.cls.__name__}, got {instance!r} ({type(instance).__name__})")
        item: Item = {}
        problems: list[tuple[str, str]] = []
        for plan in self.fields.values():
            value = getattr(instance, plan.name)
            try:
                written = plan.to_wire(value)
                plan.validate(instance, value)
            except Misfit as misfit:
                problems += misfit.under(plan.name).problems
            else:
                if written is not None and not plan.options.key_only and not plan.options.rest:
                    item[plan.attribute] = written
        if problems:
            raise Misfit(problems=problems)
        return item

    def read(self, item: Mapping[str, AttributeValue], given: Mapping[str, Any] | None = None) -> Any:
        """Make an instance from attributes; ``given`` are fields whose values are known otherwise.

        Raises Misfit with every problem, those of the class's own validators included.
        """
        arguments: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        for plan in self.fields.values():
            if given is not None and plan.name in given:
                arguments[plan.alias] = given[plan.name]
                continue
            value = item.get(plan.attribute)
            if value is None and plan.has_default:
                continue  # attrs knows the default best.
            try:
                arguments[plan.alias] = plan.from_wire(value)
            except Misfit as misfit:
                problems += misfit.under(plan.attribute).problems
        if problems:
            raise Misfit(problems=problems)
        try:
            return self.cls(**arguments)
        except Exception as error:
            raise Misfit(f"{self.cls.__name__} refuses the values: {worded(error)}") from error

    def write_map(self, value: Any) -> AttributeValue:
        """Write an instance that is inside an item."""
        return {"M": self.write(value)}

    def read_map(self, value: AttributeValue, _: Any = None) -> Any:
        """Make an instance of what is inside an item."""
        content = value.get("M")
        if content is None:
            raise Misfit(f"expected {self.cls.__name__}, got {describe(value)}")
        return self.read(content)

    def nested_problems(self, local_names: Mapping[str, Any]) -> list[str]:
        """Find what is wrong with the classes inside this one; ``local_names`` are what their annotations may name."""
        found: list[str] = []
        seen = {self.cls}
        waiting: list[Struct] = [self]
        while waiting:
            struct = waiting.pop(0)
            kinds = annotations_of(struct.cls).values()
            for inner in dict.fromkeys(cls for kind in kinds for cls in classes_in(kind) if cls not in seen):
                seen.add(inner)
                nested = getattr(self.hooks(inner)[0], "__self__", None)
                if not isinstance(nested, Struct):
                    continue  # The converter was taught this class.
                try:
                    annotations_of(inner, local_names)
                    found += [f"{inner.__name__}.{name}: {told}" for name, told in _misplaced(nested.fields)]
                except Misfit as misfit:
                    found += [message for _, message in misfit.problems]
                else:
                    waiting.append(nested)
        return found


def _misplaced(plans: Mapping[str, FieldPlan]) -> list[tuple[str, str]]:
    return [
        (plan.name, f"{option}=True is for the fields of an entity, not of a class inside one: leave it out")
        for plan in plans.values()
        for option in ("key_only", "rest", "created", "updated", "ttl", "version", "unique")
        if getattr(plan.options, option)
    ]


def _plan_fields(cls: type, find: Callable[[Any], Hooks]) -> dict[str, FieldPlan]:
    kinds = annotations_of(cls)
    plans: dict[str, FieldPlan] = {}
    problems: list[tuple[str, str]] = []
    for own in attrs.fields(cls):
        if not own.init:
            continue
        try:
            plans[own.name] = _plan(own, kinds[own.name], find)
        except Misfit as misfit:
            problems += [("", f"{cls.__name__}.{own.name}: {message}") for _, message in misfit.problems]
    for name in _twice([plan.attribute for plan in plans.values()]):
        problems.append(("", f"{cls.__name__} stores two fields as attribute {name!r}: give one of them another name="))
    if problems:
        raise Misfit(problems=problems)
    return plans


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _plan(own: attrs.Attribute[Any], kind: Any, find: Callable[[Any], Hooks]) -> FieldPlan:
    options = options_of(own)
    of_set = is_set(without_none(kind))
    # None and the empty set are told apart by the field: inside a list, they could not be.
    epoch = options.ttl and is_epoch_kind(kind)
    write, read = epoch_hooks(kind) if epoch else find(without_none(kind) if of_set else kind)
    optional = is_optional(kind) or (is_any(kind) and own.default is None)
    default = _constant_default(own, optional=optional, of_set=of_set)
    if optional and of_set and default not in (None, frozenset()):
        raise Misfit(
            f"{spelled(kind)} has another default than None and the empty set: the item could not tell the two apart; "
            "give it one of them"
        )
    reads_empty = of_set and (not optional or default is None)
    return FieldPlan(
        name=own.name,
        alias=own.alias or own.name,
        attribute=options.name or own.name,
        kind=kind,
        options=options,
        write=write,
        read=read,
        has_default=own.default is not attrs.NOTHING,
        default=default,
        optional=optional,
        nullable=optional or of_set,
        null=_empty_set_of(without_none(kind)) if reads_empty else _none,
        validator=own.validator,
        own=own,
    )


def _none() -> None:
    return None


def _empty_set_of(kind: Any) -> Callable[[], Any]:
    return set if (get_origin(kind) or kind) is set else frozenset


def _constant_default(own: attrs.Attribute[Any], *, optional: bool, of_set: bool) -> Any:
    default: Any = own.default
    if default is attrs.NOTHING:
        return None if optional else frozenset() if of_set else UNKNOWN
    if not isinstance(default, _FACTORY):
        return default
    # Only of sets does it matter whether the default is the empty one; other factories may be clocks or generators of
    # ids.
    return default.factory() if of_set and not default.takes_self else UNKNOWN


def struct_hooks(struct: Struct) -> Hooks:
    """Make the hooks of a nested attrs class: a map."""
    return struct.write_map, struct.read_map
