"""Intents: what a verb asks for, before it is known what else has to be written together with it.

An intent makes the write of its own item in two ways: at once (`Intent.write`), or after the item was read
(`Intent.outcome`), where something depends on what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import attrs

from pynamite.entities.changes import actions_of
from pynamite.entities.member import Member
from pynamite.entities.reactions import EVENTS
from pynamite.errors import ConditionFailedError, OperationError
from pynamite.expression import nodes
from pynamite.expression.build import Change
from pynamite.local.apply import apply_update
from pynamite.local.evaluate import holds
from pynamite.repository.session import Session
from pynamite.repository.writing.guards import guards_in
from pynamite.repository.writing.making import evolved
from pynamite.repository.writing.rereading import Difference, as_read, difference, reread, upserted
from pynamite.repository.writing.standing import learn_update, standing_update
from pynamite.repository.writing.updates import UpdatePlan, plan_update
from pynamite.repository.writing.writes import (
    Verb,
    Write,
    as_item,
    check_write,
    create_write,
    delete_write,
    never,
    put_write,
    update_write,
)
from pynamite.wire import Item, item_from_wire

__all__ = [
    "Check",
    "Create",
    "Delete",
    "Intent",
    "OnFailure",
    "Outcome",
    "Put",
    "Save",
    "Update",
    "check_failure",
    "failure_of",
]

E = TypeVar("E")

OnFailure = BaseException | type[BaseException] | Callable[[OperationError], BaseException]
"""What is raised where an action of a transaction was at fault: an error, its class, or a function of the action's."""


def check_failure(on_failure: object) -> None:
    """Refuse, with a TypeError, an ``on_failure`` that could give no error."""
    if isinstance(on_failure, type):
        fits = issubclass(on_failure, BaseException)
    else:
        fits = on_failure is None or isinstance(on_failure, BaseException) or callable(on_failure)
    if not fits:
        raise TypeError(
            "on_failure= takes an error, the class of one, or a function that makes one of the write's own error, "
            f"not {on_failure!r}"
        )


def failure_of(on_failure: OnFailure, reason: OperationError) -> BaseException:
    """Give the caller's error for an action that was at fault."""
    if isinstance(on_failure, BaseException):
        return on_failure
    made: Any = on_failure() if isinstance(on_failure, type) else on_failure(reason)
    if not isinstance(made, BaseException):
        raise TypeError(f"on_failure gave {made!r}, which is no error") from reason
    return made


@attrs.frozen(eq=False)
class Outcome:
    """What a write comes to: its item before and after, None where there is none; ``old`` is known if it was read.

    ``unchanged`` is the condition, part of the write's, that the item is as it was read.
    """

    write: Write[Any]
    old: Item | None = None
    new: Item | None = None
    unchanged: nodes.Condition | None = None


def _and(*conditions: nodes.Condition | None) -> nodes.Condition | None:
    given = [condition for condition in conditions if condition is not None]
    return nodes.conjunction(*given) if given else None


@attrs.frozen(eq=False, kw_only=True)
class Intent(Generic[E]):
    """One write that was asked for. ``on_failure`` is the caller's error for it.

    The item that was there is given as a whole if the caller ``asks_for_old``.
    """

    session: Session
    member: Member[E]
    on_failure: OnFailure | None = None
    asks_for_old: bool = False

    verb: ClassVar[Verb]

    @property
    def key(self) -> Item:
        """The key of its item."""
        raise AssertionError

    @property
    def touched(self) -> frozenset[str] | None:
        """The fields that it changes, None for all of them."""
        return None

    @property
    def has_to_read(self) -> bool:
        """Tell whether it cannot be made without reading the item, whatever follows from it."""
        return False

    @property
    def may_make(self) -> bool:
        """Tell whether the item may be a new one."""
        return False

    def write(self) -> Write[E]:
        """Make the write without reading the item."""
        raise AssertionError

    def check(self, *, reads: bool = False) -> None:
        """Find what is wrong with it before anything is read; ``reads`` says that the item will be.

        Raises:
            PynamiteError: it cannot be written.
        """
        self.write()

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the write where the item was read: ``old`` is None where there is none of this entity.

        The ``whole`` item has to be as it was read, or only what the write depends on by itself.
        """
        raise AssertionError

    def seen(self, old: Item | None) -> nodes.Condition:
        """Give the condition that the item is as it was read, in what follows from it."""
        definition, reactions = self.member.definition, self.session.registry.reactions
        reacts = any(reactions.to(self.member.cls, one) for one in EVENTS)
        if self.asks_for_old or definition.companions or definition.history or reacts:
            return as_read(self.member, old)
        return as_read(self.member, old, fields=definition.guarded)

    def gone(self, write: Write[E]) -> Outcome:
        """Give the outcome where there is no item to be written: a check that fails, so that the reason is told."""
        check = check_write(self.member, write.values, never(self.member))
        write = attrs.evolve(check, verb=self.verb, must_exist=write.must_exist, version=write.version)
        return Outcome(write, unchanged=as_read(self.member, None))


@attrs.frozen(eq=False, kw_only=True)
class Create(Intent[E]):
    """Put a new item, with attributes ``unknown`` to its class where it comes from another key.

    ``kept`` is one that follows from another item, and is kept in step with it.
    """

    instance: E
    unknown: Item | None = None
    kept: bool = False
    verb: ClassVar[Verb] = "create"

    @property
    def key(self) -> Item:
        """The key of the new item."""
        return self._item_key

    @cached_property
    def _item_key(self) -> Item:
        return self.member.key(self.member.values_of(self.instance))

    @property
    def may_make(self) -> bool:
        """It makes the item."""
        return True

    def write(self) -> Write[E]:
        """Make the put, under the condition that there is no item."""
        return create_write(self.member, self.instance, self.unknown)

    def check(self, *, reads: bool = False) -> None:
        """Find what is wrong with the item, or with what guards it."""
        self.write()
        guards_in(self.member, self.member.item(self.instance))

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the put; what is there does not matter, the condition sees to it."""
        return Outcome(self.write(), None, as_item(self.member, self.instance, self.unknown))


@attrs.frozen(eq=False, kw_only=True)
class Put(Intent[E]):
    """Create an item or replace it; ``version`` is the one to be replaced, where versions are counted.

    ``inherited`` are fields that were filled in for a new item, and are left as they are in an old one.
    """

    instance: E
    where: nodes.Condition | None = None
    version: int | None = None
    kept: bool = False
    inherited: tuple[str, ...] = ()
    verb: ClassVar[Verb] = "put"

    @property
    def key(self) -> Item:
        """The key of the item as it will be."""
        return self.member.key(self.member.values_of(self.instance))

    @property
    def has_to_read(self) -> bool:
        """Something is left as it is in the old item."""
        return bool(self.inherited)

    @property
    def may_make(self) -> bool:
        """There may be none yet."""
        return True

    def write(self) -> Write[E]:
        """Make the put, guarded by type and version."""
        write = put_write(self.member, self.instance, self.where, version=self.version)
        if not self.asks_for_old:
            return write
        return attrs.evolve(write, operation=write.operation.with_request(ReturnValues="ALL_OLD"))

    def check(self, *, reads: bool = False) -> None:
        """Find what is wrong with the item, or with what guards it."""
        self.write()
        guards_in(self.member, self.member.item(self.instance))

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the put, under the condition that what it replaces is as it was read."""
        unchanged = self.seen(old)
        instance = self.instance if old is None else self._heir(old)
        write = put_write(self.member, instance, _and(self.where, unchanged), version=self.version)
        return Outcome(write, old, self.member.item(instance), unchanged)

    def _heir(self, old: Item) -> E:
        plans = [self.member.definition.fields[name] for name in self.inherited]
        there = {plan.name: plan.from_wire(old[plan.attribute]) for plan in plans if plan.attribute in old}
        return evolved(self.member, self.instance, there) if there else self.instance


@attrs.frozen(eq=False, kw_only=True)
class Update(Intent[E]):
    """Change an item; ``version`` is the one that it has to have, where the writer knows it."""

    values: Mapping[str, Any]
    changes: tuple[Change | Mapping[str, Any], ...]
    now: Callable[[], datetime]
    where: nodes.Condition | None = None
    upsert: bool = False
    reread: bool = False
    version: int | None = None
    verb: ClassVar[Verb] = "update"

    @cached_property
    def plan(self) -> UpdatePlan:
        """The update, bound to its entity."""
        return plan_update(
            self.member, self.values, self.changes, self.now, upsert=self.upsert, version=self.version
        )

    @cached_property
    def actions(self) -> tuple[tuple[nodes.Path, Any], ...]:
        """What it changes, path by path."""
        return tuple(actions_of(self.changes))

    @property
    def key(self) -> Item:
        """The key by the fields that were given."""
        return self.member.key(self.values)

    @property
    def touched(self) -> frozenset[str]:
        """The fields that the changes and the stamps change."""
        return self.plan.changes.touched

    @property
    def has_to_read(self) -> bool:
        """A change, or an index key, needs what is stored, and reading was asked for."""
        return self.reread and bool(self.plan.rereads or self.plan.once_indexes)

    @property
    def may_make(self) -> bool:
        """An upsert may."""
        return self.upsert

    def write(self) -> Write[E]:
        """Make the update; raises ExpressionError where it has to read first."""
        known = None if self.upsert else standing_update(
            self.member, self.values, self.changes, self.now, self.version, self.where)
        if known is not None:
            operation, moment = known
            return Write(
                "update", self.member, self.values, operation, must_exist=True, version=self.version, moment=moment)
        write = self.plan.write(self.where)
        if not self.upsert:
            learn_update(self.changes, write, self.where)
        return write

    def check(self, *, reads: bool = False) -> None:
        """Find what is wrong with the key and the changes; what is stored may allow what it has to be read for."""
        if reads:
            _ = self.key, self.plan
        else:
            self.write()

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the update from what is stored: validated as a whole, with its index keys."""
        if old is None:
            return self._made() if self.upsert and not self.version else self.gone(self._refused())
        update, new = reread(self.plan, old)
        if update == nodes.Update():
            # Nothing changes, and a transaction takes no update that says nothing.
            check = check_write(self.member, self.values, self.where, version=self.version)
            return Outcome(attrs.evolve(check, verb=self.verb), old, old)
        unchanged = as_read(self.member, old, None if whole else self.plan)
        where = _and(self.where, unchanged)
        write = update_write(
            self.member, self.values, update, where, upsert=self.upsert, version=self.version
        )
        return Outcome(write, old, new, unchanged)

    def _refused(self) -> Write[E]:
        return update_write(
            self.member, self.values, nodes.Update(), self.where, upsert=self.upsert, version=self.version
        )

    def _made(self) -> Outcome:
        """Make the item of an upsert that found none."""
        if self.where is not None and not holds(self.where, {}):
            name = self.member.definition.name
            raise ConditionFailedError(
                f"the condition of update did not hold: there is no {name} yet",
                operation="UpdateItem",
                table_name=self.member.table_name,
                key=item_from_wire(self.key),
                entity=name,
            )
        member = self.member.at(self.now)
        instance = upserted(self.plan, member)
        write = attrs.evolve(create_write(member, instance), verb="update")
        return Outcome(write, None, member.item(instance), as_read(member, None))


@attrs.frozen(eq=False, kw_only=True)
class Save(Intent[E]):
    """Write the difference of two instances, if what differs is stored as it was in the first one."""

    changed: E
    since: E
    now: Callable[[], datetime]
    where: nodes.Condition | None = None
    verb: ClassVar[Verb] = "save"

    @cached_property
    def difference(self) -> Difference | None:
        """What differs; None where nothing does."""
        return difference(self.member, self.changed, self.since, self.now)

    @property
    def key(self) -> Item:
        """The key, which both instances have."""
        return self.member.key(self.member.values_of(self.changed))

    @property
    def touched(self) -> frozenset[str]:
        """The fields in which the instances differ."""
        return self.difference.touched if self.difference is not None else frozenset()

    def write(self) -> Write[E]:
        """Make the update, or a mere check where nothing differs."""
        found = self.difference
        if found is None:
            return check_write(self.member, self.member.values_of(self.changed), self.where)
        return self._update(found, None)

    def _update(self, found: Difference, unchanged: nodes.Condition | None) -> Write[E]:
        where = _and(found.condition, self.where, unchanged)
        write = update_write(self.member, found.values, found.update, where, version=found.version)
        return attrs.evolve(write, verb="save", where=self.where)

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the update, applied to what is stored."""
        found = self.difference
        if found is None:
            return Outcome(self.write())
        if old is None:
            return self.gone(self._update(found, None))
        unchanged = as_read(self.member, old)
        return Outcome(self._update(found, unchanged), old, apply_update(found.update, old), unchanged)


@attrs.frozen(eq=False, kw_only=True)
class Delete(Intent[E]):
    """Delete an item; ``version`` is the one that it has to have, where the writer knows it.

    Of a move, ``as_was`` is the condition that the item is as it was when its new form was made of it. ``at`` is the
    item's key where it is known by that, and not by its fields.
    """

    values: Mapping[str, Any]
    where: nodes.Condition | None = None
    must_exist: bool = False
    version: int | None = None
    kept: bool = False
    as_was: nodes.Condition | None = None
    moved: bool = False
    at: Item | None = None
    verb: ClassVar[Verb] = "delete"

    @property
    def key(self) -> Item:
        """The key by the fields that were given."""
        return self.member.key(self.values) if self.at is None else self.at

    def write(self) -> Write[E]:
        """Make the removal, guarded by type and version."""
        return self._delete(None)

    def _delete(self, unchanged: nodes.Condition | None) -> Write[E]:
        where = _and(self.where, self.as_was, unchanged)
        write = delete_write(
            self.member,
            self.values,
            where,
            must_exist=self.must_exist,
            version=self.version,
            gives_old=self.asks_for_old,
            key=self.at,
        )
        return attrs.evolve(write, verb="move", where=self.where) if self.moved else write

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the removal, under the condition that the item is as it was read."""
        unchanged = self.seen(old)
        return Outcome(self._delete(unchanged), old, None, unchanged)


@attrs.frozen(eq=False, kw_only=True)
class Check(Intent[E]):
    """Let the transaction happen only if an item is there, and a condition on it holds.

    ``version`` is the one that it has to have, where the writer knows it.
    """

    values: Mapping[str, Any]
    where: nodes.Condition | None = None
    version: int | None = None
    verb: ClassVar[Verb] = "check"

    @property
    def key(self) -> Item:
        """The key by the fields that were given."""
        return self.member.key(self.values)

    @property
    def touched(self) -> frozenset[str]:
        """It changes nothing."""
        return frozenset()

    def write(self) -> Write[E]:
        """Make the check."""
        return check_write(self.member, self.values, self.where, version=self.version)

    def outcome(self, old: Item | None, *, whole: bool) -> Outcome:
        """Make the check; nothing follows from it."""
        return Outcome(self.write())
