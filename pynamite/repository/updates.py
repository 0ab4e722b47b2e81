"""Planning an update: its changes, and the index keys that have to follow them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from pynamite.entities.changes import BoundChanges, bind_changes, check_key
from pynamite.entities.member import IndexKeys, Member
from pynamite.entities.structs import UNKNOWN
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.repository.writes import Write, update_write
from pynamite.wire import AttributeValue

__all__ = ["UpdatePlan", "extended", "plan_update"]

E = TypeVar("E")


@attrs.frozen(eq=False)
class UpdatePlan:
    """An update that is bound to its entity: what it changes, and why it has to read first, if it does.

    ``indexes`` are those whose keys are written with it.
    """

    member: Member[Any]
    values: Mapping[str, Any]
    changes: BoundChanges
    indexes: tuple[IndexKeys, ...]
    rereads: tuple[str, ...]
    upsert: bool = False

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
        known = {**self.values, **self.changes.known}
        kept = {name: value for keys in self.indexes for name, value in keys.attributes(known).items()}
        made = _identity(self.member, self.values) if self.upsert else {}
        update = extended(self.changes.update, {**made, **kept})
        return update_write(self.member, self.values, update, where, upsert=self.upsert)


def plan_update(
    member: Member[E], values: Mapping[str, Any], changes: Iterable[Change | Mapping[str, Any]], *, upsert: bool = False
) -> UpdatePlan:
    """Bind an update and find out whether it can be sent as it is.

    Raises:
        ExpressionError, ItemStructureError, DefinitionError: as `bind_changes`; and, for an upsert, a required field
            that neither the key nor the changes give, or a field of the key that does not fit.
    """
    bound = bind_changes(member, changes)
    known = {**values, **bound.known}
    rereads = list(bound.rereads)
    if upsert:
        _refuse_half(member, values, bound)
        rereads += check_key(member, values)
    indexes: list[IndexKeys] = []
    for keys in member.indexes.values():
        if not _is_concerned(keys, bound, upsert=upsert):
            continue
        missing = [field for field in keys.fields if field not in known]
        if not missing:
            indexes.append(keys)
        elif not keys.kept:
            _check_known(keys, known)
        elif not (upsert and _stays_out(member, keys, bound, known)):
            rereads.append(_why_reread(keys, missing, bound))
    return UpdatePlan(member, values, bound, tuple(indexes), tuple(rereads), upsert)


def _is_concerned(keys: IndexKeys, bound: BoundChanges, *, upsert: bool) -> bool:
    return bool(bound.touched & set(keys.fields)) or (upsert and keys.kept)


def _check_known(keys: IndexKeys, known: Mapping[str, Any]) -> None:
    """Let the parts of an index key that are known raise what is wrong with them."""
    for slot in keys.slots:
        if all(field in known for field in slot.template.fields):
            slot.sparse(known)


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


def _refuse_half(member: Member[Any], values: Mapping[str, Any], bound: BoundChanges) -> None:
    given = {*values, *bound.known, *(_set_anyhow(member, bound))}
    missing = [plan.name for plan in member.definition.fields.values() if plan.required and plan.name not in given]
    if missing:
        raise ExpressionError(
            f"an upsert of {member.definition.name!r} could make an item without {', '.join(map(repr, missing))}, "
            "which has no default: set every required field, or put a whole instance"
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
    for name in member.key_fields:
        plan = member.definition.fields[name]
        if not plan.options.key_only and plan.attribute not in member.key_attributes:
            written[plan.attribute] = plan.to_wire(values[name])
    return written


def extended(update: nodes.Update, attributes: Mapping[str, AttributeValue | None]) -> nodes.Update:
    """Add attributes to an update: set, or removed where they are None."""
    sets = tuple(
        nodes.Set(nodes.Path((name,)), nodes.Value(value)) for name, value in attributes.items() if value is not None
    )
    removes = tuple(nodes.Remove(nodes.Path((name,))) for name, value in attributes.items() if value is None)
    return attrs.evolve(update, sets=update.sets + sets, removes=update.removes + removes)
