"""Planning an update: its changes, and the index keys that have to follow them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from pynamite.entities.annotations import without_none
from pynamite.entities.changes import BoundChanges, bind_changes, check_key
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.member import Member
from pynamite.entities.structs import UNKNOWN, FieldPlan
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.repository.writing.making import follows_once, once_condition, stamped, waits_for
from pynamite.repository.writing.writes import Write, update_write
from pynamite.wire import AttributeValue

__all__ = ["UpdatePlan", "extended", "plan_update"]

E = TypeVar("E")


@attrs.frozen(eq=False)
class UpdatePlan:
    """An update that is bound to its entity: what it changes, and why it has to read first, if it does.

    ``indexes`` are those whose keys are written with it, ``left`` those that the item is not in any more,
    ``once_indexes`` those whose keys are written if the item is new; ``once`` has the values of fields that are set
    only then. ``counted`` has numbers in the place of those that only the database will know: fields that are an
    index key themselves, so that all that matters is that they are there. ``version`` is the one that the item has to
    have, if the writer knew it.
    """

    member: Member[Any]
    values: Mapping[str, Any]
    changes: BoundChanges
    indexes: tuple[IndexKeys, ...]
    rereads: tuple[str, ...]
    upsert: bool = False
    once: Mapping[str, Any] = attrs.field(factory=dict)
    once_indexes: tuple[IndexKeys, ...] = ()
    left: tuple[IndexKeys, ...] = ()
    counted: Mapping[str, Any] = attrs.field(factory=dict)
    version: int | None = None

    def write(self, where: nodes.Condition | None) -> Write[Any]:
        """Make the write.

        Raises:
            ExpressionError: the item has to be read first, and the caller did not ask for that.
        """
        if self.rereads:
            raise ExpressionError(
                f"this update of {self.member.definition.name!r} has to read the item first: "
                f"{'; '.join(self.rereads)}; pass reread=True to read, check that nothing changed meanwhile, and write"
            )
        known = {**self.values, **self.changes.known, **self.counted}
        kept: dict[str, AttributeValue | None] = {
            slot.attribute: None for keys in self.left for slot in keys.slots if slot.own
        }
        kept |= {name: value for keys in self.indexes for name, value in keys.attributes(known).items()}
        made = _identity(self.member, self.values) if self.upsert else {}
        update, conditions = self._with_once(known, kept, extended(self.changes.update, {**made, **kept}))
        if self.upsert:
            update = attrs.evolve(update, sets=update.sets + _first_form(self.member, self.values))
        if conditions:
            where = nodes.conjunction(*conditions, *([] if where is None else [where]))
        return update_write(self.member, self.values, update, where, upsert=self.upsert, version=self.version)

    def _with_once(
        self, known: Mapping[str, Any], kept: Mapping[str, Any], update: nodes.Update
    ) -> tuple[nodes.Update, list[nodes.Condition]]:
        """Add the index keys that only a new item needs; with the conditions under which an old one has its own."""
        conditions: list[nodes.Condition] = []
        sets: dict[str, nodes.Set] = {}
        for keys in self.once_indexes:
            written = keys.attributes({**known, **self.once})
            for slot in keys.slots:
                value = written.get(slot.attribute)
                if value is None or slot.attribute in kept:
                    continue
                path, own = nodes.Path((slot.attribute,)), nodes.Value(value)
                waits = waits_for(self.member, slot, self.once)
                sets[slot.attribute] = nodes.Set(path, nodes.IfNotExists(path, own) if waits else own)
                conditions += once_condition(self.member, slot, self.once)
        return attrs.evolve(update, sets=update.sets + tuple(sets.values())), list(dict.fromkeys(conditions))


def plan_update(
    member: Member[E],
    values: Mapping[str, Any],
    changes: Iterable[Change | Mapping[str, Any]],
    now: Callable[[], datetime],
    *,
    upsert: bool = False,
    version: int | None = None,
) -> UpdatePlan:
    """Bind an update, stamp it by the clock ``now``, and find out whether it can be sent as it is.

    Raises:
        ExpressionError, ItemStructureError, DefinitionError: as `bind_changes`; and, for an upsert, a required field
            that neither the key nor the changes give, or a field of the key that does not fit.
        KeyValueError: an upsert would lose a key_only field, which the key does not hold.
    """
    stamps = stamped(member, bind_changes(member, changes), now, upsert=upsert, version=version)
    bound = stamps.changes
    known = {**values, **bound.known}
    rereads = list(bound.rereads)
    if upsert:
        member.check_held(values)
        _refuse_half(member, values, bound)
        rereads += check_key(member, values)
    indexes: list[IndexKeys] = []
    once_indexes: list[IndexKeys] = []
    left: list[IndexKeys] = []
    counted: dict[str, Any] = {}
    for keys in member.indexes.values():
        if not _is_concerned(keys, bound, upsert=upsert):
            continue
        counts = _counts(member, keys, bound)
        missing = [field for field in keys.fields if field not in known and field not in counts]
        vague = [field for field in keys.fields if field in values and not member.tells_index(keys, field)]
        if not missing and not vague:
            indexes.append(keys)
            counted |= {field: zero for field, zero in counts.items() if field not in known}
        elif not keys.kept:
            _check_known(keys, known)
        elif vague:
            rereads.append(_why_vague(keys, vague))
        elif keys.keeps_out(known):
            left.append(keys)
        elif upsert and follows_once(member, keys, stamps.once):
            once_indexes.append(keys)
        elif not (upsert and _stays_out(member, keys, bound, known)):
            rereads.append(_why_reread(keys, missing, bound))
    return UpdatePlan(
        member,
        values,
        bound,
        tuple(indexes),
        tuple(rereads),
        upsert,
        stamps.once,
        tuple(once_indexes),
        tuple(left),
        counted,
        version,
    )


def _counts(member: Member[Any], keys: IndexKeys, bound: BoundChanges) -> dict[str, Any]:
    """Find the numbers that an update counts and that are a key of the index by themselves; with a zero of their type.

    Whatever they come to, they are there, and no other attribute of the key is made of them.
    """
    used = [name for slot in keys.slots if slot.own for name in slot.template.fields]
    used += keys.when.parameters if keys.when is not None else ()
    elsewhere = set(keys.definition.sources(used))
    fields = [slot.field for slot in keys.slots if slot.field is not None and slot.template.kind == "N"]
    plans = [member.definition.fields[field] for field in fields if field in bound.touched - elsewhere]
    return {plan.name: without_none(plan.kind)(0) for plan in plans if not plan.nullable}


def _is_concerned(keys: IndexKeys, bound: BoundChanges, *, upsert: bool) -> bool:
    return bool(bound.touched & set(keys.fields)) or (upsert and keys.kept)


def _check_known(keys: IndexKeys, known: Mapping[str, Any]) -> None:
    """Let the parts of an index key that are known raise what is wrong with them."""
    values = keys.definition.values(known)
    for slot in keys.slots:
        if all(name in values for name in slot.template.fields):
            slot.sparse(values)


def _stays_out(member: Member[Any], keys: IndexKeys, bound: BoundChanges, known: Mapping[str, Any]) -> bool:
    """Tell whether an update leaves the index alone, and an item that it makes is not in it by its defaults."""
    if bound.touched & set(keys.fields):
        return False
    plans = member.definition.fields
    whole = {field: known[field] if field in known else plans[field].absent_value() for field in keys.fields}
    return UNKNOWN not in whole.values() and all(value is None for value in keys.attributes(whole).values())


def _why_reread(keys: IndexKeys, missing: Sequence[str], bound: BoundChanges) -> str:
    changed = ", ".join(repr(field) for field in keys.fields if field in bound.touched)
    why = f"changes {changed}, of which" if changed else "may make an item, of whose fields"
    return (
        f"it {why} the key of index {keys.schema.name!r} is made, but does not say {', '.join(map(repr, missing))} "
        f"(set {'it' if len(missing) == 1 else 'them'} in the same update)"
    )


def _why_vague(keys: IndexKeys, vague: Sequence[str]) -> str:
    names = ", ".join(map(repr, vague))
    return f"the key of index {keys.schema.name!r} needs {names} as the item has it, of which its key is a form only"


def _refuse_half(member: Member[Any], values: Mapping[str, Any], bound: BoundChanges) -> None:
    given = {*values, *bound.known, *(_set_anyhow(member, bound))}
    missing = [plan.name for plan in member.definition.fields.values() if plan.required and plan.name not in given]
    if missing:
        raise ExpressionError(
            f"an upsert of {member.definition.name!r} could make an item without {', '.join(map(repr, missing))}, "
            "which has no default: set every required field, or put a whole instance"
        )
    unnumbered = [one.field for one in member.definition.numberings if one.field not in given]
    if unnumbered:
        raise ExpressionError(
            f"an upsert of {member.definition.name!r} could make an item without {', '.join(map(repr, unnumbered))}, "
            "which would get no number of its sequence: set it, or create the item"
        )


def _set_anyhow(member: Member[Any], bound: BoundChanges) -> list[str]:
    """Name the fields that an update leaves with a value even if there was none: counters, and values set if absent."""
    attributes = {action.path.steps[0] for action in bound.update.sets if len(action.path.steps) == 1}
    return [plan.name for plan in member.definition.fields.values() if plan.attribute in attributes]


def _identity(member: Member[Any], values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
    """Give what an item has besides its changes when an upsert makes it: its type, and the fields of its key."""
    written: dict[str, AttributeValue | None] = {}
    if member.type_attribute is not None:
        written[member.type_attribute] = {"S": member.definition.type_value}
    for plan in _kept_fields(member, values):
        if member.tells(plan.name):
            value = plan.to_wire(values[plan.name])
            written[plan.attribute] = None if value is None else member.stored(plan.attribute, value)
    return written


def _kept_fields(member: Member[Any], values: Mapping[str, Any]) -> list[FieldPlan]:
    """Give the fields of the key that an item has as attributes of their own."""
    plans = [member.definition.fields[name] for name in member.key_fields if name in values]
    return [plan for plan in plans if not plan.options.key_only and plan.attribute not in member.key_attributes]


def _first_form(member: Member[Any], values: Mapping[str, Any]) -> tuple[nodes.Set, ...]:
    """Set fields of which the key is a form only, such as upper case, if the item is new: an old one has its own."""
    found: list[nodes.Set] = []
    for plan in _kept_fields(member, values):
        value = None if member.tells(plan.name) else plan.to_wire(values[plan.name])
        if value is not None:
            path = nodes.Path((plan.attribute,))
            first = nodes.Value(member.stored(plan.attribute, value))
            found.append(nodes.Set(path, nodes.IfNotExists(path, first)))
    return tuple(found)


def extended(update: nodes.Update, attributes: Mapping[str, AttributeValue | None]) -> nodes.Update:
    """Add attributes to an update: set, or removed where they are None."""
    sets = tuple(
        nodes.Set(nodes.Path((name,)), nodes.Value(value)) for name, value in attributes.items() if value is not None
    )
    removes = tuple(nodes.Remove(nodes.Path((name,))) for name, value in attributes.items() if value is None)
    return attrs.evolve(update, sets=update.sets + sets, removes=update.removes + removes)
