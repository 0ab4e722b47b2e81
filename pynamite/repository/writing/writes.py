"""Writes of single items as values: the operation, its guard, and what its refusal means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

import attrs

from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError, ItemStructureError, OperationError
from pynamite.expression import nodes
from pynamite.operation.delete import delete_item
from pynamite.operation.operation import Operation
from pynamite.operation.put import put_item
from pynamite.operation.transact import condition_check
from pynamite.operation.update import update_item
from pynamite.wire import Item, item_from_wire

__all__ = ["Write", "check_write", "create_write", "delete_write", "of_type", "put_write", "update_write"]

E = TypeVar("E")

Verb = Literal["create", "put", "update", "save", "delete", "check"]


@attrs.frozen(eq=False)
class Write(Generic[E]):
    """One write of one item of an entity: what to send, and how to word its refusal."""

    verb: Verb
    member: Member[E]
    values: Mapping[str, Any]
    operation: Operation[Any]
    must_exist: bool = False

    def explain(self, error: ConditionFailedError) -> OperationError:
        """Say what a failed condition means for this write: no such item, one already, or ``where`` did not hold."""
        old = (error.response or {}).get("Item")
        facts: dict[str, Any] = {
            "operation": error.operation,
            "table_name": error.table_name or self.member.table_name,
            "key": item_from_wire(self.operation.key or {}),
            "code": error.code,
            "response": error.response,
        }
        name = self.member.definition.name
        told = f"{name} with {self._shown()} in table {self.member.table_name!r}"
        if self.verb == "create":
            return ItemExistsError(
                f"there is a {told} already"
                if not old or self.member.is_typed(old)
                else f"the key of a {told} is taken by an item of another type ({self._type_of(old)})",
                item=self._read(old) if old else None,
                **facts,
            )
        if self.must_exist and (not old or not self.member.is_typed(old)):
            foreign = f": its key holds an item of another type ({self._type_of(old)})" if old else ""
            return ItemNotFoundError(f"there is no {told}{foreign}", **facts)
        if old and not self.member.is_typed(old):
            return ConditionFailedError(
                f"{self.verb} of a {told} would hit an item of another type ({self._type_of(old)}): choose another key",
                item=item_from_wire(old),
                **facts,
            )
        why = (
            f"the {told} was changed by others since it was read: read it again, and make the changes anew"
            if self.verb == "save"
            else f"the condition of {self.verb} did not hold for the {told}"
        )
        return ConditionFailedError(why, item=self._read(old) if old else None, **facts)

    def _shown(self) -> str:
        return self.member.shown_key(self.values)

    def _type_of(self, item: Item) -> str:
        if self.member.type_attribute is None:
            return "another template"
        found = item.get(self.member.type_attribute)
        return (
            f"{self.member.type_attribute}={next(iter(found.values()))!r}"
            if found
            else f"no {self.member.type_attribute}"
        )

    def _read(self, item: Item) -> Any:
        if not self.member.is_typed(item):
            return item_from_wire(item)
        try:
            return self.member.instance(item)
        except ItemStructureError:
            # The error to be told is the failed condition; an item that does not fit is shown as it is.
            return item_from_wire(item)


def _exists(member: Member[Any]) -> nodes.Function:
    return nodes.Function("attribute_exists", (nodes.Path((member.key_attributes[0],)),))


def _absent(member: Member[Any]) -> nodes.Function:
    return nodes.Function("attribute_not_exists", (nodes.Path((member.key_attributes[0],)),))


def of_type(member: Member[Any]) -> nodes.Condition:
    """Give the condition that there is an item and that it is this entity's."""
    if member.type_attribute is None:
        return _exists(member)
    return nodes.Compare("=", nodes.Path((member.type_attribute,)), nodes.Value({"S": member.definition.type_value}))


def _not_foreign(member: Member[Any]) -> nodes.Condition | None:
    """Give the condition that there is no item, or one of this entity; the templates alone see to it without a type."""
    return None if member.type_attribute is None else nodes.disjunction(_absent(member), of_type(member))


def _all(*conditions: nodes.Condition | None) -> nodes.Condition | None:
    given = [condition for condition in conditions if condition is not None]
    return nodes.conjunction(*given) if given else None


def create_write(member: Member[E], instance: E) -> Write[E]:
    """Make the write of a new item; there must be none under its key."""
    values, item = member.values_of(instance), member.item(instance)
    operation = put_item(member.table_name, item, key=_key_of(member, item), condition=_absent(member))
    return Write("create", member, values, operation)


def put_write(member: Member[E], instance: E, where: nodes.Condition | None = None) -> Write[E]:
    """Make the write of a new or a replaced item; a foreign one is not replaced."""
    values, item = member.values_of(instance), member.item(instance)
    operation = put_item(
        member.table_name, item, key=_key_of(member, item), condition=_all(_not_foreign(member), where)
    )
    return Write("put", member, values, operation)


def _key_of(member: Member[Any], item: Item) -> Item:
    return {name: item[name] for name in member.key_attributes}


def delete_write(
    member: Member[E], values: Mapping[str, Any], where: nodes.Condition | None = None, *, must_exist: bool = False
) -> Write[E]:
    """Make the removal of an item; a foreign one is not removed."""
    guard = of_type(member) if must_exist else _not_foreign(member)
    operation = delete_item(
        member.table_name,
        member.key(values),
        condition=_all(guard, where),
        return_values="ALL_OLD",
        # It tells whether there was an item, and no more.
        old_matters=False,
    )
    return Write("delete", member, values, operation, must_exist)


def update_write(
    member: Member[E],
    values: Mapping[str, Any],
    update: nodes.Update,
    where: nodes.Condition | None = None,
    *,
    upsert: bool = False,
) -> Write[E]:
    """Make the update of an item that has to be there, unless it is an upsert."""
    guard = _not_foreign(member) if upsert else of_type(member)
    operation = update_item(
        member.table_name, member.key(values), update, condition=_all(guard, where), return_values="ALL_NEW"
    )
    return Write("update", member, values, operation, must_exist=not upsert)


def check_write(member: Member[E], values: Mapping[str, Any], where: nodes.Condition | None = None) -> Write[E]:
    """Make a check, for a transaction, that an item is there and that a condition holds."""
    condition = _all(of_type(member), where) or of_type(member)
    return Write(
        "check", member, values, condition_check(member.table_name, member.key(values), condition), must_exist=True
    )
