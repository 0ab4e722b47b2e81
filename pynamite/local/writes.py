"""One write: find the item, check the condition, make the new item, check it, store it.

Single writes, batches and transactions all go through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.local import rows
from pynamite.local.apply import WRONG_TYPE, apply_update
from pynamite.local.definition import RowKey, Table
from pynamite.local.evaluate import holds, project
from pynamite.local.failures import condition_failed, invalid, invalid_parameter, not_in_set
from pynamite.local.keys import check_scalars, check_updated, item_key, request_key
from pynamite.local.legacy import TYPE_MISMATCH
from pynamite.local.storage import Session
from pynamite.local.values import measure, measure_again
from pynamite.wire import LARGEST_ITEM, Item

__all__ = ["Change", "Outcome", "check_size", "returned"]

TOO_LARGE = "Item size has exceeded the maximum allowed size"
TOO_LARGE_UPDATED = "Item size to update has exceeded the maximum allowed size"


def check_size(size: int) -> None:
    """Refuse an item of a put that is too large."""
    if size > LARGEST_ITEM:
        raise invalid(TOO_LARGE)


@attrs.frozen
class Outcome:
    """What a write has done: the item before and after, and what was written (None: nothing was)."""

    old: Item | None
    new: Item | None
    done: rows.Write | None


@attrs.frozen
class Change:
    """A write as it was asked for; ``item`` is the whole item of a put, and else the key."""

    kind: Literal["Put", "Delete", "Update", "ConditionCheck"]
    item: Item
    size: int
    expression: nodes.Update | None
    condition: nodes.Condition | None
    wants_old: bool
    needs_old: bool
    entered: Sequence[str]
    """The attributes that the paths of the expressions reach into."""
    legacy: bool = False
    """Asked for by AttributeUpdates, whose errors have other words."""

    @classmethod
    def put(cls, request: Mapping[str, Any], item: Item, size: int, condition: nodes.Condition | None = None,
            entered: Sequence[str] = ()) -> Change:
        """Read a put from a request that has been checked."""
        needs_old = request.get("ReturnValues") == "ALL_OLD"
        return cls("Put", item, size, None, condition, _wants_old(request), needs_old, entered)

    @classmethod
    def delete(cls, request: Mapping[str, Any], key: Item, condition: nodes.Condition | None = None,
               entered: Sequence[str] = ()) -> Change:
        """Read a delete."""
        needs_old = request.get("ReturnValues") == "ALL_OLD"
        return cls("Delete", key, 0, None, condition, _wants_old(request), needs_old, entered)

    @classmethod
    def update(cls, request: Mapping[str, Any], key: Item, expression: nodes.Update,
               condition: nodes.Condition | None, entered: Sequence[str]) -> Change:
        """Read an update."""
        return cls("Update", key, 0, expression, condition, _wants_old(request), True, entered,
                   "AttributeUpdates" in request)

    @classmethod
    def check(cls, request: Mapping[str, Any], key: Item, condition: nodes.Condition | None,
              entered: Sequence[str]) -> Change:
        """Read the check of a transaction, which writes nothing."""
        return cls("ConditionCheck", key, 0, None, condition, _wants_old(request), False, entered)

    def locate(self, table: Table) -> RowKey:
        """Check the key, and of a put the item, and give the row's key."""
        return item_key(table, self.item) if self.kind == "Put" else request_key(table, self.item)

    def check_paths(self, table: Table) -> None:
        """Check the paths of the expressions: none reaches into a key."""
        check_scalars(table, self.entered)

    def check_targets(self, table: Table) -> None:
        """Check what an update is about to change: no key of the table."""
        for path in () if self.expression is None else _targets(self.expression):
            if path.steps[0] in table.names:
                raise invalid_parameter(
                    f"Cannot update attribute {path.steps[0]}. This attribute is part of the key")

    def carry_out(self, session: Session, table: Table) -> Outcome:
        """Do it in a session.

        Raises:
            RefusedError: it is not to be done; nothing has been written.
        """
        key = self.locate(table)
        self.check_targets(table)
        self.check_paths(table)
        return self.apply(session, table, key)

    def apply(self, session: Session, table: Table, key: RowKey) -> Outcome:
        """Do it in a session, the key having been checked."""
        row = rows.find(session, table, key)
        old = row.item() if row is not None and (self.needs_old or self.condition is not None) else None
        if self.condition is not None and not holds(self.condition, old or {}):
            raise condition_failed(old if self.wants_old else None)
        if self.kind == "ConditionCheck":
            return Outcome(old, old, None)
        if self.kind == "Delete":
            return Outcome(old, None, None if row is None else rows.remove(session, table, key, row, old))
        if self.expression is None:
            new, size = self.item, self.size
        else:
            new, size = self._updated(table, old, 0 if row is None else row.size)
        return Outcome(old, new, rows.store(session, table, key, row, old, new, size))

    def _updated(self, table: Table, old: Item | None, old_size: int) -> tuple[Item, int]:
        assert self.expression is not None
        try:
            new = apply_update(self.expression, self.item if old is None else old)
        except ExpressionError as error:
            mismatch = self.legacy and str(error) == WRONG_TYPE
            raise invalid(TYPE_MISMATCH if mismatch else str(error)) from None
        if table.indexes:
            check_updated(table, old, new)
        size = measure(new) if old is None else measure_again(new, old, old_size)
        if size > LARGEST_ITEM:
            raise invalid(TOO_LARGE_UPDATED)
        return new, size


def _wants_old(request: Mapping[str, Any]) -> bool:
    wanted = request.get("ReturnValuesOnConditionCheckFailure", "NONE")
    if wanted not in {"ALL_OLD", "NONE"}:
        raise not_in_set("ReturnValuesOnConditionCheckFailure", wanted, ("ALL_OLD", "NONE"))
    return bool(wanted == "ALL_OLD")


def _targets(expression: nodes.Update) -> list[nodes.Path]:
    return [
        action.path
        for actions in (expression.sets, expression.removes, expression.adds, expression.deletes) for action in actions]


def returned(wanted: str, outcome: Outcome, change: Change) -> Item | None:
    """Give what ReturnValues asks for; None or nothing where there is nothing to give."""
    if wanted == "ALL_OLD":
        return outcome.old
    if wanted == "ALL_NEW":
        return outcome.new
    item = outcome.old if wanted == "UPDATED_OLD" else outcome.new
    if item is None or change.expression is None or not change.expression:
        return None
    # Of a map or a list, only what was changed inside of it.
    return project(nodes.Projection(tuple(_targets(change.expression))), item)
