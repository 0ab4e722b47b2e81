"""Writes of single items as values: the operation, its guard, and what its refusal means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

import attrs

from pynamite.entities.expiry import has_passed, passed
from pynamite.entities.member import Member
from pynamite.errors import (
    ConditionFailedError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    OperationError,
    StaleVersionError,
)
from pynamite.expression import nodes
from pynamite.local.evaluate import holds
from pynamite.operation.delete import delete_item
from pynamite.operation.operation import Operation
from pynamite.operation.put import put_item
from pynamite.operation.resend import facts
from pynamite.operation.transact import condition_check
from pynamite.operation.update import update_item
from pynamite.repository.writing.again import standing_write
from pynamite.wire import Item, item_from_wire

__all__ = [
    "Refusal",
    "Verb",
    "Write",
    "absent",
    "as_item",
    "check_write",
    "create_write",
    "delete_write",
    "moment_of",
    "never",
    "of_type",
    "put_write",
    "read_as_far_as_it_fits",
    "standing_put",
    "update_write",
    "vacant",
    "version_is",
]

E = TypeVar("E")

Verb = Literal["create", "put", "update", "save", "move", "delete", "check"]


class Refusal(Protocol):
    """A write whose refusal can be worded: of an entity's item, or of a guard."""

    @property
    def operation(self) -> Operation[Any]:
        """What is sent."""
        ...

    def explain(self, error: ConditionFailedError) -> OperationError:
        """Say what a failed condition means."""
        ...


@attrs.frozen(eq=False)
class Write(Generic[E]):
    """One write of one item of an entity: what to send, and how to word its refusal.

    ``version`` is the one that the item has to have, where the writer knew it: 0 for an item that has none. By
    ``moment`` it tells what has expired, where items of its table do. ``where`` is the caller's condition, where the
    write has others besides: that nothing changed since it was read.
    """

    verb: Verb
    member: Member[E]
    values: Mapping[str, Any]
    operation: Operation[Any]
    must_exist: bool = False
    version: int | None = None
    moment: datetime | None = None
    where: nodes.Condition | None = None

    def over_expired(self, old: Item) -> bool:
        """Tell whether an item that was there counts as absent, since it had expired."""
        attribute = self.member.ttl_attribute
        if self.moment is None or attribute is None or not has_passed(old, attribute, self.moment):
            return False
        return self.member.definition.ttl is not None or not self.member.is_typed(old)

    def met_expired(self, old: Item | None) -> bool:
        """Tell whether an upsert was refused since an expired item is in its way, whose attributes would come back."""
        return bool(old and self.verb == "update" and not self.must_exist and self.over_expired(old))

    def explain(self, error: ConditionFailedError) -> OperationError:
        """Say what a failed condition means for this write: no such item, one already, or ``where`` did not hold."""
        old = (error.response or {}).get("Item")
        facts: dict[str, Any] = {
            "operation": error.operation,
            "table_name": error.table_name or self.member.table_name,
            "key": item_from_wire(self.operation.key or {}),
            "code": error.code,
            "response": error.response,
            "entity": self.member.definition.name,
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
        gone = f"there is no {told}: it has expired"
        if old and self.must_exist and self.member.is_typed(old) and self.over_expired(old):
            return ItemNotFoundError(gone, **facts)
        if old and not self.must_exist and self.over_expired(old):
            return ConditionFailedError(f"the condition of {self.verb} did not hold: {gone}", **facts)
        if self.must_exist and (not old or not self.member.is_typed(old)):
            foreign = f": its key holds an item of another type ({self._type_of(old)})" if old else ""
            return ItemNotFoundError(f"there is no {told}{foreign}", **facts)
        if old and not self.member.is_typed(old):
            return ConditionFailedError(
                f"{self.verb} of a {told} would hit an item of another type ({self._type_of(old)}): choose another key",
                item=item_from_wire(old),
                **facts,
            )
        found = self._version_of(old)
        if self.version is not None and found != self.version:
            return StaleVersionError(
                f"the {told} has version {found}, not {self.version} as when it was read: read it again, and make the "
                "changes anew"
                if old
                else f"the {told} had version {self.version} when it was read, and is gone",
                expected=self.version,
                found=found,
                item=self._read(old) if old else None,
                **facts,
            )
        why = (
            f"the {told} was changed by others since it was read: read it again, and make the changes anew"
            if self.verb in {"save", "move"} and (self.where is None or holds(self.where, old or {}))
            else f"the condition of {self.verb} did not hold for the {told}"
        )
        return ConditionFailedError(why, item=self._read(old) if old else None, **facts)

    def _version_of(self, item: Item | None) -> int | None:
        plan = self.member.definition.version
        if item is None or plan is None:
            return None
        stored = item.get(plan.attribute, {}).get("N")
        return 0 if stored is None else int(stored)

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
        return read_as_far_as_it_fits(self.member, item)


def read_as_far_as_it_fits(member: Member[Any], item: Item) -> Any:
    """Give an entity's item as its instance; a foreign one, or one that does not fit its class, as plain values.

    It is what an error shows: what there is to be told is why the write was refused.
    """
    if not member.is_typed(item):
        return item_from_wire(item)
    try:
        return member.instance(item)
    except ItemStructureError:
        return item_from_wire(item)


def _exists(member: Member[Any]) -> nodes.Function:
    return nodes.Function("attribute_exists", (nodes.Path((member.key_attributes[0],)),))


def absent(member: Member[Any]) -> nodes.Function:
    """Give the condition that there is no item."""
    return nodes.Function("attribute_not_exists", (nodes.Path((member.key_attributes[0],)),))


def moment_of(member: Member[Any]) -> datetime | None:
    """Give the moment by which a write tells what has expired; None where nothing does."""
    return None if member.ttl_attribute is None else member.clock()


def _expired(member: Member[Any], moment: datetime | None) -> nodes.Condition | None:
    """Give the condition that there is an item which has expired, this entity's or a foreign one: it counts as absent.

    An item of an entity without a ttl field does not expire for it.
    """
    if moment is None or member.ttl_attribute is None:
        return None
    over = passed(member.ttl_attribute, moment)
    if member.definition.ttl is not None:
        return over
    return None if member.type_attribute is None else nodes.conjunction(nodes.Not(of_type(member)), over)


def _alive(member: Member[Any], moment: datetime | None) -> nodes.Condition | None:
    """Give the condition that an item of this entity has not expired; None where it never does."""
    ttl = member.definition.ttl
    return None if ttl is None or moment is None else nodes.Not(passed(ttl.attribute, moment))


def _where(member: Member[Any], where: nodes.Condition | None, moment: datetime | None) -> nodes.Condition | None:
    """Let a condition see nothing where there is an expired item."""
    expired = _expired(member, moment)
    if where is None or expired is None:
        return where
    return nodes.disjunction(where, expired) if holds(where, {}) else nodes.conjunction(where, nodes.Not(expired))


def vacant(member: Member[Any]) -> nodes.Condition:
    """Give the condition that there is no item, or one that has expired."""
    return _any(absent(member), _expired(member, moment_of(member)))


def of_type(member: Member[Any]) -> nodes.Condition:
    """Give the condition that there is an item and that it is this entity's."""
    if member.type_attribute is None:
        return _exists(member)
    return nodes.Compare("=", nodes.Path((member.type_attribute,)), nodes.Value({"S": member.definition.type_value}))


def never(member: Member[Any]) -> nodes.Condition:
    """Give a condition that never holds: an item that is there, and not."""
    return nodes.conjunction(_exists(member), absent(member))


def version_is(member: Member[Any], version: int) -> nodes.Condition:
    """Give the condition that an item has a version; one that has none counts as 0."""
    plan = member.definition.version
    assert plan is not None
    path = nodes.Path((plan.attribute,))
    if version == 0:
        return nodes.Function("attribute_not_exists", (path,))
    return nodes.Compare("=", path, nodes.Value({"N": str(version)}))


def _not_foreign(
    member: Member[Any], moment: datetime | None = None, version: int | None = None
) -> nodes.Condition | None:
    """Give the condition that there is no item, or one of this entity, and with this version if one is known.

    Without a type attribute, the templates alone see to it. With a moment, an item that has expired may be there.
    """
    there = [] if member.type_attribute is None else [of_type(member)]
    there += [] if version is None else [version_is(member, version)]
    return _any(absent(member), nodes.conjunction(*there), _expired(member, moment)) if there else None


def _any(*conditions: nodes.Condition | None) -> nodes.Condition:
    given = [condition for condition in conditions if condition is not None]
    return given[0] if len(given) == 1 else nodes.disjunction(*given)


def _all(*conditions: nodes.Condition | None) -> nodes.Condition | None:
    """Join conditions, each said once."""
    given: list[nodes.Condition] = []
    for condition in conditions:
        parts = () if condition is None else condition.parts if isinstance(condition, nodes.And) else (condition,)
        given += [part for part in parts if part not in given]
    return nodes.conjunction(*given) if given else None


def _there(member: Member[Any], moment: datetime | None, version: int | None) -> nodes.Condition:
    """Give the condition that there is an item of this entity, alive, and with this version if one is known."""
    known = None if version is None else version_is(member, version)
    condition = _all(of_type(member), _alive(member, moment), known)
    assert condition is not None
    return condition


def as_item(member: Member[E], instance: E, unknown: Item | None = None) -> Item:
    """Write an instance as an item, together with attributes that its class does not know."""
    item = member.item(instance)
    return {**unknown, **item} if unknown else item


def create_write(member: Member[E], instance: E, unknown: Item | None = None) -> Write[E]:
    """Make the write of a new item; there must be none under its key, or one that has expired."""
    values, item, moment = member.values_of(instance), as_item(member, instance, unknown), moment_of(member)
    return Write("create", member, values, standing_put("create", member, item, moment), moment=moment)


def put_write(
    member: Member[E], instance: E, where: nodes.Condition | None = None, *, version: int | None = None
) -> Write[E]:
    """Make the write of a new or a replaced item; a foreign one, or one of another version, is not replaced."""
    values, item, moment = member.values_of(instance), member.item(instance), moment_of(member)
    operation = standing_put("put", member, item, moment, version, where)
    return Write("put", member, values, operation, version=version, moment=moment)


def _put_guard(
    verb: Verb, member: Member[Any], moment: datetime | None, version: int | None
) -> nodes.Condition | None:
    """Give the condition of a put: for a new item, or for one that may be in the place of an older one."""
    if verb == "create":
        return _any(absent(member), _expired(member, moment))
    # Of version 0 is what was not stored yet, or by writers that did not count; any other has to be there.
    return _there(member, moment, version) if version else _not_foreign(member, moment, version)


def _put(member: Member[Any], item: Item, condition: nodes.Condition | None) -> Operation[dict[str, Any]]:
    return put_item(member.table_name, item, key=_key_of(member, item), condition=condition, as_told=False)


def standing_put(
    verb: Verb,
    member: Member[Any],
    item: Item,
    moment: datetime | None = None,
    version: int | None = None,
    where: nodes.Condition | None = None,
) -> Operation[dict[str, Any]]:
    """Make a put; its condition is rendered once for all puts that differ in the item, and in these values alone."""
    def in_full(
        moment: datetime | None, version: int | None, where: nodes.Condition | None
    ) -> Operation[dict[str, Any]]:
        guard = _put_guard(verb, member, moment, version)
        return _put(member, item, _all(guard, where if version else _where(member, where, moment)))

    identity = (verb, None if where is None else facts(item, where))
    standing = standing_write(member, identity, in_full, moment, version, where)
    return standing.again(_key_of(member, item), {"Item": item}, moment, version, where)


def _key_of(member: Member[Any], item: Item) -> Item:
    return {name: item[name] for name in member.key_attributes}


def delete_write(
    member: Member[E],
    values: Mapping[str, Any],
    where: nodes.Condition | None = None,
    *,
    must_exist: bool = False,
    version: int | None = None,
    gives_old: bool = False,
    key: Item | None = None,
) -> Write[E]:
    """Make the removal of an item; a foreign one, or one of another version, is not removed.

    Unless its caller ``gives_old``, all that matters of its answer is whether there was an item. ``key`` is the item's
    where ``values`` do not say it.
    """
    moment = moment_of(member)
    key = member.key(values) if key is None else key

    def in_full(moment: datetime | None, version: int | None, where: nodes.Condition | None) -> Operation[Any]:
        if must_exist:
            condition = _all(_there(member, moment, version), where)
        else:
            condition = _all(_not_foreign(member, moment, version), _where(member, where, moment))
        return delete_item(
            member.table_name, key, condition=condition, return_values="ALL_OLD", old_matters=gives_old)

    standing = standing_write(member, ("delete", must_exist, gives_old), in_full, moment, version, where)
    operation = standing.again(key, {"Key": key}, moment, version, where)
    return Write("delete", member, values, operation, must_exist, version, moment)


def update_write(
    member: Member[E],
    values: Mapping[str, Any],
    update: nodes.Update,
    where: nodes.Condition | None = None,
    *,
    upsert: bool = False,
    version: int | None = None,
) -> Write[E]:
    """Make the update of an item that has to be there, and to have the version if one is known, unless an upsert."""
    moment = moment_of(member)
    # Whoever has read an item may not make it anew when it is gone.
    guard = (
        _all(_not_foreign(member, version=version), _alive(member, moment))
        if upsert and not version
        else _there(member, moment, version)
    )
    operation = update_item(
        member.table_name, member.key(values), update, condition=_all(guard, where), unread=True
    )
    return Write("update", member, values, operation, not upsert, version, moment)


def check_write(
    member: Member[E], values: Mapping[str, Any], where: nodes.Condition | None = None, *, version: int | None = None
) -> Write[E]:
    """Make a check, for a transaction: an item is there, has the version if one is known, and a condition holds."""
    moment = moment_of(member)
    condition = _all(_there(member, moment, version), where) or of_type(member)
    operation = condition_check(member.table_name, member.key(values), condition)
    return Write("check", member, values, operation, must_exist=True, version=version, moment=moment)
