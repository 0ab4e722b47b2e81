"""Guard items in a transaction: values that are taken, given up, or handed from one item to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from pynamite.entities.expiry import passed
from pynamite.entities.member import Member
from pynamite.entities.unique import OWNER, Guard, guards_of
from pynamite.errors import ConditionFailedError, OperationError, UniqueViolationError
from pynamite.expression import nodes
from pynamite.operation.delete import delete_item
from pynamite.operation.operation import Operation
from pynamite.operation.put import put_item
from pynamite.repository.writing.writes import absent
from pynamite.wire import AttributeValue, Item, item_from_wire

__all__ = ["GuardWrite", "Holding", "guard_changes"]


@attrs.frozen(eq=False)
class GuardWrite:
    """A guard item that is put or deleted, and how to word its refusal."""

    member: Member[Any]
    guard: Guard
    operation: Operation[Any]

    def explain(self, error: ConditionFailedError) -> OperationError:
        """Say that the value is taken, and by which item."""
        name = self.member.definition.name
        response = error.response or {}
        old: Mapping[str, Any] = response.get("Item") or {}
        owner = old.get(OWNER, {}).get("M")
        shown = " and ".join(
            f"{field}={value!r}" for field, value in zip(self.guard.unique.names, self.guard.values, strict=True)
        )
        by = f" by the one with the key {item_from_wire(owner)!r}" if owner else ""
        return UniqueViolationError(
            f"{shown} of {name} is taken{by}: {self.guard.unique.label} has to be unique in table "
            f"{self.member.table_name!r}; choose another value",
            fields=self.guard.unique.names,
            owner=item_from_wire(owner) if owner else None,
            item=item_from_wire(dict(old)) if old else None,
            operation=error.operation,
            table_name=error.table_name or self.member.table_name,
            key=item_from_wire(self.operation.key or {}),
            code=error.code,
            response=error.response,
            entity=name,
        )


@attrs.define(eq=False)
class Holding:
    """What a transaction does with one guard: who gives it up, who takes it."""

    member: Member[Any]
    released: Guard | None = None
    taken: Guard | None = None

    def write(self, now: datetime) -> GuardWrite:
        """Make the write; a guard that has expired, at the moment ``now``, is free."""
        if self.taken is None:
            assert self.released is not None
            condition = nodes.disjunction(absent(self.member), _owned(self.released))
            return self._deleted(self.released, condition)
        free: list[nodes.Condition] = [absent(self.member)]
        if self.released is not None:
            free.append(_owned(self.released))
        if self.member.definition.ttl is not None:
            free.append(passed(self.member.definition.ttl.attribute, now))
        condition = free[0] if len(free) == 1 else nodes.disjunction(*free)
        operation = put_item(self.member.table_name, self.taken.item, key=self.taken.key, condition=condition)
        return GuardWrite(self.member, self.taken, operation)

    def _deleted(self, guard: Guard, condition: nodes.Condition) -> GuardWrite:
        return GuardWrite(
            self.member, guard, delete_item(self.member.table_name, guard.key, condition=condition)
        )


def _owned(guard: Guard) -> nodes.Condition:
    owner: AttributeValue = guard.item[OWNER]
    return nodes.Compare("=", nodes.Path((OWNER,)), nodes.Value(owner))


def guard_changes(member: Member[Any], old: Item | None, new: Item | None) -> list[tuple[Guard | None, Guard | None]]:
    """Find the guards that change with an item: pairs of what is given up and what is taken, one of them maybe None."""
    before, after = _guards(member, old), _guards(member, new)
    return [
        (before.get(text), after.get(text))
        for text in dict.fromkeys((*before, *after))
        if text not in before or text not in after or before[text].item != after[text].item
    ]


def _guards(member: Member[Any], item: Item | None) -> dict[str, Guard]:
    if item is None:
        return {}
    values = member.definition.values(member.values_of(member.instance(item)))
    return guards_of(member, item, values)
