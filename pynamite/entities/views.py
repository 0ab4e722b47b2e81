"""Views of an entity: classes with some of its fields, read from items (or an index's entries) without the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs

from pynamite.entities.annotations import annotations_of, is_union, members_of, plain, spelled
from pynamite.entities.codec.decoder import Decoder
from pynamite.entities.codec.readers import Wishes
from pynamite.entities.fields import options_of
from pynamite.entities.member import Member
from pynamite.entities.paths import unknown_field
from pynamite.entities.slots import KeySlot
from pynamite.entities.structs import UNKNOWN, FieldPlan, worded
from pynamite.errors import DefinitionError, ItemStructureError
from pynamite.operation.unread import Unread, read_whole
from pynamite.wire import Item, Misfit

__all__ = ["EntityView", "field_values", "view_of"]

V = TypeVar("V")


@attrs.frozen(eq=False)
class EntityView(Generic[V]):
    """A class that has some of an entity's fields, by name and type.

    ``plans`` are the entity's fields as the view reads them, ``arguments`` what the view's constructor calls them.
    """

    cls: type[V]
    member: Member[Any]
    plans: Mapping[str, FieldPlan]
    arguments: Mapping[str, str]

    @property
    def attributes(self) -> list[str]:
        """The attributes of its fields; those that are key_only have none."""
        return [plan.attribute for plan in self.plans.values() if not plan.options.key_only]

    def lacking(self, held: frozenset[str], slots: Sequence[KeySlot]) -> list[str]:
        """Name the fields that an index does not give: neither by the attributes that it holds nor by its keys."""
        keys = (*self.member.slots, *slots)
        return [
            name
            for name, plan in self.plans.items()
            if not plan.options.key_only and plan.attribute not in held and not any(_tells(slot, name) for slot in keys)
        ]

    @cached_property
    def decoder(self) -> Decoder | None:
        """What reads its instances of whole items; None where single fields have to be looked at."""
        plans, member = self.plans.values(), self.member
        if any(plan.options.key_only or plan.own.converter is not None for plan in plans) or member.translates:
            return None
        absent = {plan.name: partial(_from_attribute, plan, {}) for plan in plans if plan.has_default}
        wishes = Wishes(aliases=self.arguments, absent=absent)
        return Decoder(self.cls, self.plans, member.definition.struct.hooks, wishes)

    def instance(
        self, item: Item | Unread, held: frozenset[str] | None = None, slots: Sequence[KeySlot] = ()
    ) -> V:
        """Make an instance of the view from an item; or from an index's entry, which has only what is ``held``.

        ``slots`` are the keys of the index.

        Raises:
            ItemStructureError: the item does not fit; the message has the path of every misfit.
        """
        decoder = self.decoder if held is None or held.issuperset(self.attributes) else None
        if decoder is not None:
            try:
                made: V = decoder.of(item)
            except Exception:  # noqa: BLE001, S110 - whatever it was, it is said below
                pass
            else:
                return made
        return self._carefully(read_whole(item), held, slots)

    def _carefully(self, item: Item, held: frozenset[str] | None, slots: Sequence[KeySlot]) -> V:
        try:
            values = field_values(self.member, self.plans, item, held, slots)
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=self.cls.__name__) from misfit.__cause__
        try:
            return self.cls(**{self.arguments[name]: value for name, value in values.items()})
        except Exception as error:
            raise ItemStructureError(
                [f"$: {self.cls.__name__} refuses the values: {worded(error)}"], entity=self.cls.__name__
            ) from error


def field_values(
    member: Member[Any],
    plans: Mapping[str, FieldPlan],
    item: Item,
    held: frozenset[str] | None = None,
    slots: Sequence[KeySlot] = (),
) -> dict[str, Any]:
    """Read some fields of an item as an instance of its entity would have them.

    Where an index holds a part of the item only (``held``), a field whose attribute is not in it is read from the keys,
    those of the index (``slots``) included. Raises Misfit with every problem.
    """
    stored = member.as_given(item)
    found: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, plan in plans.items():
        try:
            if plan.options.key_only or (held is not None and plan.attribute not in held):
                found[name] = _from_key(member, name, item, slots)
            else:
                found[name] = _from_attribute(plan, stored)
        except Misfit as misfit:
            problems += misfit.under(plan.attribute).problems
    if problems:
        raise Misfit(problems=problems)
    return found


def _from_attribute(plan: FieldPlan, item: Item) -> Any:
    value = item.get(plan.attribute)
    if value is not None or not plan.has_default:
        found = plan.from_wire(value)
    else:
        default = plan.absent_value()
        written = None if default is None else plan.write(default)
        # What is written is read as the view's type, which may be another one than the default's.
        found = None if written is None else plan.null() if written == {"NULL": True} else plan.read(written, plan.kind)
    convert: Any = plan.own.converter
    return found if convert is None else convert(found)


def _from_key(member: Member[Any], name: str, item: Item, slots: Sequence[KeySlot]) -> Any:
    values = member.parse_item_key(item)
    if values is None:
        raise Misfit(f"its key does not fit the templates {' | '.join(slot.template.text for slot in member.slots)}")
    if name in values:
        return values[name]
    for slot in (slot for slot in slots if _tells(slot, name)):
        text = slot.text_of(item)
        found = None if text is None else slot.template.parse(text)
        if found is None:
            raise Misfit(f"its key {slot.attribute!r} does not fit the template {slot.template.text}")
        return found[name]
    return None


def _tells(slot: KeySlot, name: str) -> bool:
    """Tell whether a key always has the exact value of a field in it."""
    if getattr(slot.template, "shared", False):
        return False
    return name == getattr(slot.template, "field", None) or all(
        any(gap.field == name and gap.codec.decode is not None and not gap.codec.coarse for gap in template.gaps)
        for template in slot.template.templates
    )


def view_of(member: Member[Any], cls: type[V], local_names: Mapping[str, Any]) -> EntityView[V]:
    """Check that a class is a view of an entity; ``local_names`` are names that its annotations may use.

    Raises:
        DefinitionError: it is no attrs class, or has a field that the entity does not have, or not so.
    """
    entity = member.definition.name
    known: type = cls
    if not isinstance(known, type) or not attrs.has(known):
        raise DefinitionError(
            f"{spelled(known)} is no view of entity {entity!r}: declare it as an attrs class with some of its fields"
        )
    try:
        kinds = annotations_of(known, local_names)
    except Misfit as misfit:
        raise DefinitionError([message for _, message in misfit.problems]) from None
    plans: dict[str, FieldPlan] = {}
    arguments: dict[str, str] = {}
    problems: list[str] = []
    for own in (own for own in attrs.fields(known) if own.init):
        where = f"field {own.name!r} of view {cls.__name__!r}"
        try:
            plans[own.name] = _plan(member, own, kinds[own.name])
        except Misfit as misfit:
            problems += [f"{where}: {message}" for _, message in misfit.problems]
        arguments[own.name] = own.alias or own.name
    if not arguments:
        problems.append(f"view {cls.__name__!r} has no fields: give it some of entity {entity!r}")
    if problems:
        raise DefinitionError(problems)
    return EntityView(cls, member, plans, arguments)


def _plan(member: Member[Any], own: attrs.Attribute[Any], kind: Any) -> FieldPlan:
    plan = member.definition.fields.get(own.name)
    entity = member.definition.name
    if plan is None:
        raise Misfit(unknown_field(member, own.name))
    options = options_of(own)
    if options.name not in {None, plan.attribute}:
        raise Misfit(f"it is given the name {options.name!r}, but entity {entity!r} stores it as {plan.attribute!r}")
    if plan.options.rest:
        raise Misfit("it keeps the rest of the item, which takes the whole item: read the entity itself")
    convert: Any = plan.own.converter
    if getattr(convert, "takes_self", False) or getattr(convert, "takes_field", False):
        raise Misfit(f"its converter in entity {entity!r} needs the whole instance: read the entity itself")
    if plan.has_default and plan.default is UNKNOWN and getattr(plan.own.default, "takes_self", False):
        raise Misfit(f"its default in entity {entity!r} is made of the whole instance: read the entity itself")
    if plain(kind) == plain(plan.kind):
        return plan
    _check_kind(kind, plan.kind, "")
    if plan.as_epoch:
        return plan
    return attrs.evolve(plan, kind=kind, read=member.definition.struct.hooks(kind)[1])


def _check_kind(view: Any, entity: Any, path: str) -> None:
    """Check that a type is the entity's, but for nested classes that are views of the entity's; else raises Misfit."""
    view, entity = plain(view), plain(entity)
    if view == entity:
        return
    if isinstance(view, type) and isinstance(entity, type) and attrs.has(view) and attrs.has(entity):
        _check_nested(view, entity, path)
        return
    ours, theirs = _parts(view), _parts(entity)
    if _shape(view) != _shape(entity) or len(ours) != len(theirs):
        raise Misfit(f"it is {spelled(view)}{path}, but the entity's is {spelled(entity)}: use the same type")
    for one, other in zip(ours, theirs, strict=True):
        _check_kind(one, other, path)


def _shape(kind: Any) -> Any:
    """Give what two types have to have in common for their parts to be compared."""
    if not is_union(kind):
        return get_origin(kind) or kind
    members = members_of(kind)
    # Of several classes, their names tell in the item which it is.
    several = [one for one in members if isinstance(one, type) and attrs.has(one)][1:]
    return members if several else len(members)


def _parts(kind: Any) -> Sequence[Any]:
    return sorted(members_of(kind), key=_rank) if is_union(kind) else get_args(kind)


def _rank(kind: Any) -> str:
    # Classes come last, whatever they are called: there is one of them at most.
    return "~" if isinstance(kind, type) and attrs.has(kind) else spelled(kind)


def _check_nested(view: type, entity: type, path: str) -> None:
    kinds, theirs = annotations_of(view), annotations_of(entity)
    others = {own.name: own for own in attrs.fields(entity)}
    for own in (own for own in attrs.fields(view) if own.init):
        inside = f"{path}.{own.name}"
        if own.name not in theirs:
            raise Misfit(f"{view.__name__} has {own.name!r}, which {entity.__name__} does not have")
        other = others[own.name]
        if (options_of(own).name or own.name) != (options_of(other).name or other.name) or own.default != other.default:
            raise Misfit(
                f"{view.__name__} declares {own.name!r} with another name= or default than {entity.__name__}: "
                "use the same"
            )
        _check_kind(kinds[own.name], theirs[own.name], inside)
