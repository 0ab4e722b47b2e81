"""Guard items in a transaction: values that are taken, given up, or handed from one item to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.entities.expiry import passed
from pynamite.entities.member import Member
from pynamite.entities.unique import OWNER, Guard, guards_of
from pynamite.entities.views import field_values
from pynamite.errors import ConditionFailedError, ItemStructureError, OperationError, UniqueViolationError
from pynamite.expression import nodes
from pynamite.operation.delete import delete_item
from pynamite.operation.operation import Operation
from pynamite.operation.put import put_item
from pynamite.operation.transact import condition_check
from pynamite.repository.writing.writes import Refusal, absent
from pynamite.wire import AttributeValue, Item, Misfit, item_from_wire

__all__ = ["GuardWrite", "Holding", "Identity", "guard_changes", "guards_in", "note_foreign"]

Identity = tuple[str, KeyIdentity]
"""What tells an item from all others: its table and its key."""


@attrs.frozen(eq=False)
class GuardWrite:
    """What is done about a guard item, and how to word its refusal; one that ``releases`` lets nobody have it."""

    member: Member[Any]
    guard: Guard
    operation: Operation[Any]
    releases: bool = False

    @property
    def identity(self) -> Identity:
        """What tells the guard item from others."""
        return self.member.table_name, key_identity(self.guard.key)

    def explain(self, error: ConditionFailedError) -> OperationError:
        """Say that the value is taken, and by which item."""
        response = error.response or {}
        return self.taken_by(
            response.get("Item"),
            operation=error.operation,
            table_name=error.table_name or self.member.table_name,
            code=error.code,
            response=error.response,
        )

    def taken_by(self, there: Item | None, **facts: Any) -> UniqueViolationError:
        """Say that the value is taken by the owner of the guard item that is there."""
        name = self.member.definition.name
        owner = (there or {}).get(OWNER, {}).get("M")
        by = f" by the one with the key {item_from_wire(owner)!r}" if owner else ""
        return UniqueViolationError(
            f"{self.guard.shown} of {name} is taken{by}: {self.guard.unique.demand} in table "
            f"{self.member.table_name!r}; choose another value",
            fields=self.guard.unique.names,
            owner=item_from_wire(owner) if owner else None,
            item=item_from_wire(there) if there else None,
            key=item_from_wire(self.guard.owner),
            entity=name,
            **facts,
        )


@attrs.define(eq=False)
class Holding:
    """What a transaction does with one guard: who gives it up, who takes it."""

    member: Member[Any]
    released: list[Guard] = attrs.field(factory=list)
    taken: Guard | None = None

    def write(self, now: datetime, *, foreign: bool = False) -> GuardWrite:
        """Make the write; a guard that has expired, at the moment ``now``, is free.

        One to be given up may be ``foreign``, another item's: then it is left as it is, as long as it is.
        """
        if self.taken is not None:
            return self._put(self.taken, now)
        guard, table_name = self.released[0], self.member.table_name
        if foreign:
            others = nodes.conjunction(*_owned_by(self.released, "<>"))
            check = condition_check(table_name, guard.key, nodes.disjunction(absent(self.member), others))
            return GuardWrite(self.member, guard, check, releases=True)
        condition = nodes.disjunction(absent(self.member), *_owned_by(self.released))
        return GuardWrite(self.member, guard, delete_item(table_name, guard.key, condition=condition), releases=True)

    def _put(self, guard: Guard, now: datetime) -> GuardWrite:
        free: list[nodes.Condition] = [absent(self.member), *_owned_by([*self.released, guard])]
        if self.member.definition.ttl is not None:
            free.append(passed(self.member.definition.ttl.attribute, now))
        operation = put_item(self.member.table_name, guard.item, key=guard.key, condition=nodes.disjunction(*free))
        return GuardWrite(self.member, guard, operation)


def _owned_by(guards: Iterable[Guard], comparator: Literal["=", "<>"] = "=") -> list[nodes.Condition]:
    owners: list[AttributeValue] = []
    for guard in guards:
        owners += [guard.item[OWNER]] if guard.item[OWNER] not in owners else []
    return [nodes.Compare(comparator, nodes.Path((OWNER,)), nodes.Value(owner)) for owner in owners]


def note_foreign(
    writes: Iterable[Refusal], reasons: Iterable[OperationError | None], foreign: set[Identity]
) -> bool:
    """Note which guards that were to be given up turned out to be another item's; tells whether there is news.

    An item from before something was unique may have a value that another one has, too, and holds.
    """
    news = False
    for write, reason in zip(writes, reasons, strict=False):
        if isinstance(write, GuardWrite) and write.releases and isinstance(reason, ConditionFailedError):
            foreign.symmetric_difference_update({write.identity})
            news = True
    return news


def guard_changes(member: Member[Any], old: Item | None, new: Item | None) -> list[tuple[Guard | None, Guard | None]]:
    """Find the guards that change with an item: pairs of what is given up and what is taken, one of them maybe None."""
    before, after = guards_in(member, old), guards_in(member, new)
    return [
        (before.get(text), after.get(text))
        for text in dict.fromkeys((*before, *after))
        if text not in before or text not in after or before[text].item != after[text].item
    ]


def guards_in(member: Member[Any], item: Item | None) -> Mapping[str, Guard]:
    """Make the guards of a stored item; of the rest of it, nothing has to fit the class.

    Raises:
        ItemStructureError: what is unique does not fit.
    """
    if item is None or not member.definition.uniques:
        return {}
    plans = {name: member.definition.fields[name] for name in member.definition.guarded}
    try:
        values = field_values(member, plans, item)
    except Misfit as misfit:
        raise ItemStructureError(misfit.lines(), entity=member.definition.name) from misfit.__cause__
    return guards_of(member, item, member.definition.values(values))
