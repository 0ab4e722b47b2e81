"""Binding changes to an entity: what an update sends, which fields it touches, and whether it has to read first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from pynamite.entities.annotations import is_any, is_optional, is_set, plain, spelled, without_none
from pynamite.entities.conditions import as_stored, bind_value, check_alike
from pynamite.entities.member import Member
from pynamite.entities.paths import Place, resolve
from pynamite.entities.structs import UNKNOWN, FieldPlan, worded
from pynamite.entities.unions import stored_kinds
from pynamite.errors import DefinitionError, ExpressionError, ItemStructureError
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.expression.paths import parse_path
from pynamite.expression.update import Action, Operator, assemble
from pynamite.wire import LARGEST_ITEM, AttributeValue, Misfit, value_size

__all__ = ["BoundChanges", "actions_of", "bind_changes", "check_key"]


@attrs.frozen
class BoundChanges:
    """The changes of an update, bound to an entity.

    ``touched`` are the fields that it changes in any way, ``known`` the new values of those that it sets as a whole,
    ``sources`` the attributes that other new values are made of. ``rereads`` says why the update needs the item to be
    read first, if it does; ``whole`` that even all of it.
    """

    update: nodes.Update
    touched: frozenset[str]
    known: Mapping[str, Any]
    rereads: tuple[str, ...] = ()
    whole: bool = False
    sources: frozenset[str] = frozenset()


def bind_changes(member: Member[Any], changes: Iterable[Change | Mapping[str, Any]]) -> BoundChanges:
    """Bind the changes of one update, given as `Change` values and as dicts of values and operators by path.

    Raises:
        ExpressionError: a change names what the entity does not have, or does what its field cannot take.
        ItemStructureError: a value does not fit its field, or its validator refuses it.
        DefinitionError: a change concerns the table key.
    """
    binder = _Binder(member)
    for path, action in actions_of(changes):
        binder.bind(path, action)
    return binder.bound()


def check_key(member: Member[Any], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Validate the fields of a key that an upsert may write; gives why it has to read the item first, if it does.

    Raises:
        KeyValueError: a value cannot stand in the key.
        ItemStructureError: a value does not fit its field, or its validator refuses it.
    """
    member.key(values)
    binder = _Binder(member)
    for name in (name for name in member.key_fields if name in values):
        binder.fit_key(member.definition.fields[name], values[name])
    return tuple(binder.rereads)


def actions_of(changes: Iterable[Change | Mapping[str, Any]]) -> Iterable[tuple[nodes.Path, Action]]:
    """Take changes apart into actions, each with the path that it is given for; raises TypeError for what is none."""
    for change in changes:
        if isinstance(change, Change):
            yield change.action.path, change.action
        elif isinstance(change, Mapping):
            for text, value in change.items():
                yield from _given(text, value)
        else:
            raise TypeError(
                f"an update takes changes such as attribute(User.visits).add(1), or dicts of them, not {change!r}; "
                "a condition goes into where="
            )


def _given(text: str, value: Any) -> Iterable[tuple[nodes.Path, Action]]:
    target = parse_path(text)
    if isinstance(value, Change):
        raise TypeError(
            f"the change at {text!r} names its attribute itself: give it to update(...) as it is, not in a dict"
        )
    if isinstance(value, Operator):
        return [(action.path, action) for action in value.actions(target)]
    return [(target, nodes.Set(target, nodes.Literal(value)))]


class _NeedsInstance(Exception):
    """A validator reached for the instance, of which an update knows a part only."""


class _NoInstance:
    """Stands for the instance where there is none."""

    def __getattribute__(self, name: str) -> Any:
        raise _NeedsInstance(name)


class _Binder:
    def __init__(self, member: Member[Any]) -> None:
        self.member = member
        self.actions: list[Action] = []
        self.touched: set[str] = set()
        self.known: dict[str, Any] = {}
        self.sources: set[str] = set()
        self.rereads: list[str] = []
        self.whole = False

    def bound(self) -> BoundChanges:
        actions = [self._as_stored(action) for action in self.actions] if self.member.translates else self.actions
        return BoundChanges(
            assemble(actions),
            frozenset(self.touched),
            self.known,
            tuple(dict.fromkeys(self.rereads)),
            self.whole,
            frozenset(self.sources),
        )

    def _as_stored(self, action: Action) -> Action:
        """Put the tenant's prefix before what a partition key of an index is set to, and count a duration from now."""
        if not isinstance(action, nodes.Set):
            return action
        for leaf in nodes.leaves(action.value):
            if not isinstance(leaf, nodes.Path) or leaf == action.path:
                continue
            if {leaf.steps[0], action.path.steps[0]} & set(self.member.prefixes):
                raise ExpressionError(
                    f"{action.path} of entity {self.member.definition.name!r} cannot be made from {leaf}: one of them "
                    "is a partition key of an index, and stored with the tenant's name before it; set it to a value"
                )
        try:
            value = nodes.transform(action.value, lambda leaf: as_stored(self.member, action.path, leaf))
        except Misfit as misfit:
            raise self._unfit(action.path, misfit) from None
        return nodes.Set(action.path, value)

    def bind(self, path: nodes.Path, action: Action) -> None:
        named = self.member.definition.fields.get(str(path.steps[0]))
        if named is not None:
            self._refuse_key(named)
        place = resolve(self.member, path)
        if place.top is not None:
            self.touched.add(place.top.name)
        match action:
            case nodes.Set(_, nodes.Literal(value)):
                self._set(place, value)
            case nodes.Set(_, value):
                self._operate(place)
                self.actions.append(nodes.Set(place.path, self._value(place, value)))
            case nodes.Remove():
                self._remove(place)
            case nodes.Add(_, nodes.Literal(value)) | nodes.Delete(_, nodes.Literal(value)):
                self._operate(place)
                self._members(place, type(action), value)
            case _:
                raise TypeError(f"{action!r} is no change")

    def fit_key(self, plan: FieldPlan, value: Any) -> None:
        self._fitting(Place(nodes.Path((plan.name,)), plan.kind, plan), lambda: self._validated(plan, value))

    def _refuse_key(self, plan: FieldPlan) -> None:
        if plan.name in self.member.key_fields:
            raise DefinitionError(
                f"field {plan.name!r} of entity {self.member.definition.name!r} is part of the table key, "
                "which an update cannot change: use move(...)"
            )

    def _plan_at(self, place: Place) -> FieldPlan | None:
        """Find the plan of the field that a path ends at, be it the entity's or a nested class's."""
        if place.whole:
            return place.top
        return self.member.definition.struct.field_at(place.top, place.path.steps)

    def _set(self, place: Place, value: Any) -> None:
        plan = self._plan_at(place)
        if plan is None:
            self._operate(place)
            write = self.member.definition.struct.hooks(place.kind)[0]
            written = self._fitting(place, lambda: write(value))
            self.actions.append(nodes.Set(place.path, written or nodes.Value({"NULL": True})))
            return
        self._inside(place)
        value = self._converted(plan, value)
        written = self._fitting(place, lambda: self._validated(plan, value))
        if place.whole:
            self.known[plan.name] = value
        if written is None:
            self.actions.append(nodes.Remove(place.path))
        else:
            self.actions.append(nodes.Set(place.path, written))

    def _converted(self, plan: FieldPlan, value: Any) -> Any:
        convert: Any = plan.own.converter
        if convert is None:
            return value
        if not isinstance(convert, attrs.Converter):
            return convert(value)
        made: Any = convert
        if made.takes_self:
            self._reread(f"the converter of field {plan.name!r} needs the whole instance")
            return value
        return made.converter(value, plan.own) if made.takes_field else made.converter(value)

    def _validated(self, plan: FieldPlan, value: Any) -> Any:
        written = plan.to_wire(value)
        if plan.validator is not None:
            try:
                plan.validator(_NoInstance(), plan.own, value)
            except _NeedsInstance:
                self._reread(f"the validator of field {plan.name!r} needs the whole instance")
                self.whole = True
            except Exception as error:
                raise Misfit(worded(error)) from error
        return written

    def _fitting(self, place: Place, write: Callable[[], AttributeValue | None]) -> nodes.Value | None:
        try:
            written = write()
        except Misfit as misfit:
            raise self._unfit(place.path, misfit) from misfit.__cause__
        if written is None:
            return None
        size = value_size(written)
        if size > LARGEST_ITEM:
            raise ItemStructureError(
                f"$.{place.path}: the value has {size} bytes, DynamoDB stores items of at most {LARGEST_ITEM} (400 KB)",
                entity=self.member.definition.name,
            )
        return nodes.Value(written)

    def _unfit(self, path: nodes.Path, misfit: Misfit) -> ItemStructureError:
        return ItemStructureError(
            [f"$.{path}{inner}: {message}" for inner, message in misfit.problems], entity=self.member.definition.name
        )

    def _reread(self, reason: str) -> None:
        self.rereads.append(reason)

    def _operate(self, place: Place) -> None:
        """Note what a change that does not set a whole field asks for."""
        if place.top is None:
            return
        self._see_validators(place.top, place.path.steps)
        if is_set(without_none(place.top.kind)) and place.whole and place.top.default not in (None, frozenset()):
            self._reread(
                f"field {place.top.name!r} has a default other than the empty set, which an absent one stands for"
            )

    def _inside(self, place: Place) -> None:
        """Note what the fields ask for that a change reaches into, where the one that it ends at is seen to."""
        if place.top is not None and not place.whole:
            self._see_validators(place.top, place.path.steps[:-1])

    def _see_validators(self, top: FieldPlan, steps: Sequence[nodes.Step]) -> None:
        """Note that the fields along a path have validators, which only know a whole value."""
        for plans in self.member.definition.struct.fields_along(top, steps):
            for plan in plans:
                if plan.validator is not None:
                    self._reread(f"field {plan.name!r} has a validator, which has to see the result")

    def _remove(self, place: Place) -> None:
        plan = self._plan_at(place)
        if plan is not None and plan.required:
            raise ExpressionError(
                f"{place.path} of entity {self.member.definition.name!r} is required ({spelled(plan.kind)}): "
                "it can be set, but not removed"
            )
        if plan is None:
            self._operate(place)
        elif not place.whole:
            self._inside(place)
        elif (absent := plan.absent_value()) is not UNKNOWN:
            self.known[plan.name] = absent
        self.actions.append(nodes.Remove(place.path))

    def _members(self, place: Place, action: type[nodes.Add | nodes.Delete], value: Any) -> None:
        inner = without_none(place.kind)
        if not is_set(inner) and plain(inner) not in {Any, object}:
            raise ExpressionError(
                f"{place.path} of entity {self.member.definition.name!r} is {spelled(place.kind)}: "
                "it has no elements to add or discard"
            )
        written = bind_value(self.member, value, inner, f"the change of {place.path}")
        if "NULL" not in written.wire:
            self.actions.append(action(place.path, written))

    def _value(self, place: Place, value: nodes.SetValue) -> nodes.SetValue:
        match value:
            case nodes.Arithmetic(operator, left, right):
                self._refuse_unless(place, {"N"}, "a number")
                self._refuse_duration(place)
                return nodes.Arithmetic(operator, self._operand(place, left), self._operand(place, right))
            case nodes.ListAppend(left, right):
                self._refuse_unless(place, {"L"}, "a list")
                return nodes.ListAppend(self._operand(place, left), self._operand(place, right))
            case nodes.ListInsert(there, index, elements):
                self._refuse_unless(place, {"L"}, "a list")
                self._reread(f"DynamoDB cannot insert into a list, as at [{index}] of {str(place.path)!r}")
                return nodes.ListInsert(self._operand(place, there), index, self._operand(place, elements))
            case nodes.IfNotExists(path, nodes.Literal(default)):
                source = self._source(place, path)
                write = None if place.expiry is None else place.expiry.write
                return nodes.IfNotExists(
                    source.path, bind_value(self.member, default, place.kind, f"the change of {place.path}", write)
                )
            case nodes.Literal(literal):
                return bind_value(self.member, literal, place.kind, f"the change of {place.path}")
            case nodes.Path():
                return self._copied(self._source(place, value))
        raise TypeError(f"{value!r} is no value of an update")

    def _source(self, place: Place, path: nodes.Path) -> Place:
        """Find where a value for a place is taken from, and note that the result depends on it."""
        source = resolve(self.member, path)
        if not is_any(place.kind):
            if plain(without_none(source.kind)) != plain(without_none(place.kind)):
                raise ExpressionError(
                    f"{place.path} is {spelled(place.kind)}, it cannot take the value of {source.path}, "
                    f"which is {spelled(source.kind)}"
                )
            check_alike(self.member, place.expiry, place.kind, source)
            if is_optional(source.kind) and not is_optional(place.kind):
                self._reread(f"{source.path} may be None, which {place.path} cannot be")
        self.sources.add(str(source.path.steps[0]))
        return source

    def _copied(self, source: Place) -> nodes.SetValue:
        """Take the value of a field as it reads: where the item lacks it, its default, if an item can have that."""
        plan = self._plan_at(source)
        absent = UNKNOWN if plan is None else plan.absent_value()
        written = None if plan is None or absent is UNKNOWN else plan.to_wire(absent)
        if written is None or "NULL" in written:
            return source.path
        return nodes.IfNotExists(source.path, nodes.Value(written))

    def _operand(self, place: Place, value: nodes.SetValue) -> nodes.SetValue:
        """Bind one side of a sum or of a joined list; what counts from 0 or [] counts from the field's default."""
        if isinstance(value, nodes.IfNotExists) and isinstance(value.default, nodes.Literal):
            start = self._start(resolve(self.member, value.path), value.default.value)
            value = nodes.IfNotExists(value.path, nodes.Literal(start))
        return self._value(place, value)

    def _refuse_unless(self, place: Place, kinds: set[str], what: str) -> None:
        stored = stored_kinds(place.kind)
        if stored and not stored & kinds:
            raise ExpressionError(
                f"{place.path} of entity {self.member.definition.name!r} is {spelled(place.kind)}, not {what}"
            )

    def _refuse_duration(self, place: Place) -> None:
        if place.expiry is not None and place.expiry.is_duration:
            raise ExpressionError(
                f"{place.path} of entity {self.member.definition.name!r} is the ttl field, counted from the moment of "
                "writing: set it, nothing can be added to it"
            )

    def _start(self, source: Place, default: Any) -> Any:
        """Give what an absent attribute counts as: the field's default, where the builder could only say 0 or []."""
        plan = self._plan_at(source)
        if plan is None or default not in (0, []) or isinstance(default, bool):
            return default
        own = plan.absent_value()
        if own is not None and own is not UNKNOWN:
            return own
        return Decimal(0) if default == 0 and without_none(plan.kind) is Decimal else default
