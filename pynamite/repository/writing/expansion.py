"""Expansion: the writes that were asked for, together with all that follows from them.

Guards of unique values, companions, history and reactions are worked out here, from the items as they are, until
nothing new follows. Writes from which nothing follows are left to the end, so that others can be added to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs

from pynamite.dynamo.send import key_identity, send_batch_get
from pynamite.entities.companions import Companion
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.unique import Guard
from pynamite.errors import DefinitionError, UniqueViolationError
from pynamite.operation.transact import TRANSACTION_SIZE
from pynamite.repository.expiring import there
from pynamite.repository.session import Session
from pynamite.repository.writing.guards import Holding, Identity, guard_changes
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, OnFailure, Outcome, Put
from pynamite.repository.writing.making import made
from pynamite.repository.writing.merging import merged
from pynamite.repository.writing.rereading import read_stored
from pynamite.repository.writing.writes import Refusal
from pynamite.wire import Item, item_from_wire

__all__ = [
    "Action",
    "Expansion",
    "Identity",
    "OpenTransaction",
    "companions_of",
    "has_consequences",
    "identity_of",
    "looks_back",
]

OpenTransaction = Callable[[Callable[[Intent[Any]], None]], Any]
"""What makes the transaction that a reaction gets: what is asked of it goes to a function."""


def identity_of(intent: Intent[Any]) -> Identity:
    """Tell the item of an intent from all others."""
    return intent.member.table_name, key_identity(intent.key)


def has_consequences(intent: Intent[Any]) -> bool:
    """Tell whether more has to be written together with an intent."""
    definition = intent.member.definition
    reactions = intent.session.registry.reactions
    cls = intent.member.cls
    match intent:
        case Check():
            return False
        case Delete():
            return bool(definition.uniques or definition.companions or reactions.to(cls, "delete"))
        case Create() | Put():
            events = ("create",) if isinstance(intent, Create) else ("create", "update")
            own = definition.uniques or definition.companions or definition.history
            return bool(own) or any(reactions.to(cls, event) for event in events)  # type: ignore[arg-type]
    if definition.companions or definition.history or reactions.to(cls, "update"):
        return True
    if intent.may_make and (definition.uniques or reactions.to(cls, "create")):
        return True
    touched = intent.touched
    return bool(definition.uniques) and (touched is None or bool(touched & definition.guarded))


def looks_back(intent: Intent[Any]) -> bool:
    """Tell whether the item has to be read before an intent can be carried out."""
    if isinstance(intent, Create | Check):
        return False
    return intent.has_to_read or has_consequences(intent)


@attrs.frozen(eq=False)
class Action:
    """One write of a transaction: what it is sent as, why, and for which of the operations that were asked for."""

    write: Refusal
    why: str
    origins: tuple[int, ...]
    on_failure: OnFailure | None = None
    outcome: Outcome | None = None
    intent: Intent[Any] | None = None


@attrs.define(eq=False)
class _Entry:
    """An item of the transaction, and what is to become of it."""

    intent: Intent[Any]
    why: str
    origins: tuple[int, ...]
    outcome: Outcome | None = None


@attrs.define(eq=False)
class _Held:
    """A guard of the transaction, and what is to become of it."""

    holding: Holding
    why: str
    origins: tuple[int, ...]
    on_failure: OnFailure | None


class Expansion:
    """Everything that a transaction writes; made anew from what is stored whenever it was overtaken.

    ``foreign`` are guards that turned out to be another item's. ``clashes`` are what two of its own writes both want.
    """

    def __init__(
        self,
        open_transaction: OpenTransaction,
        now: Callable[[], datetime],
        *,
        read: Collection[Identity] = (),
        foreign: Collection[Identity] = (),
    ) -> None:
        """Begin with nothing; the items of ``read`` are read before they are written in any case."""
        self._open = open_transaction
        self._now = now
        self._foreign = foreign
        self.clashes: list[tuple[Action, UniqueViolationError]] = []
        self._entries: dict[Identity, _Entry] = {}
        self._guards: dict[Identity, _Held] = {}
        self._asked = 0
        self._to_read = read

    def add(self, intent: Intent[Any], why: str, origins: tuple[int, ...]) -> None:
        """Take an intent in; one that only adds to an item is added to what is there.

        Raises:
            DefinitionError: another action concerns the same item, or there are more than 100.
        """
        identity = identity_of(intent)
        known = self._entries.get(identity)
        if known is None:
            self._entries[identity] = _Entry(intent, why, origins)
            self._check_size()
            return
        both = merged(known.intent, intent)
        if both is None or known.outcome is not None:
            raise _clash(known, intent, why, origins)
        known.intent = both
        known.why = known.why if known.why == why else f"{known.why}, and {why}"
        known.origins = tuple(dict.fromkeys((*known.origins, *origins)))

    def _check_size(self) -> None:
        count = len(self._entries) + len(self._guards)
        if count <= TRANSACTION_SIZE:
            return
        asked = len({origin for entry in self._entries.values() for origin in entry.origins})
        last = next(reversed(self._entries.values()))
        raise DefinitionError(
            f"the transaction comes to more than {TRANSACTION_SIZE} actions: {asked} operations, and what follows from "
            f"them ({len(self._guards)} guards; the last action is {last.why}); it takes 1 to {TRANSACTION_SIZE}: "
            "split it where that is safe, or let less follow"
        )

    def settle(self) -> None:
        """Work out what follows, until nothing new does.

        Raises:
            PynamiteError: something does not fit; and whatever a reaction raises.
        """
        self._asked = len(self._entries)
        while pending := [entry for entry in self._entries.values() if entry.outcome is None and _leads_on(entry)]:
            for entry, old in zip(pending, self._read(pending), strict=True):
                if entry.outcome is None:
                    self._settle(entry, old)
        plain = [entry for entry in self._entries.values() if entry.outcome is None]
        for entry, old in zip(plain, self._read(plain), strict=True):
            intent = entry.intent
            entry.outcome = intent.outcome(old, whole=False) if self._looks_back(intent) else Outcome(intent.write())

    def _looks_back(self, intent: Intent[Any]) -> bool:
        return looks_back(intent) or identity_of(intent) in self._to_read

    def _read(self, entries: Sequence[_Entry]) -> list[Item | None]:
        """Read the items that intents look back at, those of a table together."""
        intents = [entry.intent for entry in entries]
        found: list[Item | None] = [None] * len(intents)
        by_table: dict[str, list[int]] = {}
        for number, intent in enumerate(intents):
            if self._looks_back(intent):
                by_table.setdefault(intent.member.table_name, []).append(number)
        for table_name, numbers in by_table.items():
            session: Session = intents[numbers[0]].session
            if len(numbers) == 1:
                intent = intents[numbers[0]]
                found[numbers[0]] = read_stored(session, intent.member, intent.key)
                continue
            keys = [intents[number].key for number in numbers]
            items = send_batch_get(session.client, table_name, keys, consistent_read=True)
            for number, item in zip(numbers, items, strict=True):
                found[number] = there(intents[number].member, [item], include_expired=False)[0]
        return found

    @property
    def actions(self) -> list[Action]:
        """All writes: those that were asked for, the guards, then what follows; the first at fault is the reason."""
        own = [
            Action(
                entry.outcome.write,
                entry.why,
                entry.origins,
                entry.intent.on_failure,
                entry.outcome,
                entry.intent,
            )
            for entry in self._entries.values()
            if entry.outcome is not None
        ]
        if not self._guards:
            return own
        now = self._now()
        guards = [
            Action(held.holding.write(now, foreign=identity in self._foreign), held.why, held.origins, held.on_failure)
            for identity, held in self._guards.items()
        ]
        return [*own[: self._asked], *guards, *own[self._asked :]]

    def _settle(self, entry: _Entry, old: Item | None) -> None:
        intent = entry.intent
        outcome = entry.outcome = intent.outcome(old, whole=True)
        if outcome.old is None and outcome.new is None:
            return
        for released, taken in guard_changes(intent.member, outcome.old, outcome.new):
            self._hold(entry, released, taken)
        self._accompany(entry, outcome)
        self._react(entry, outcome)

    def _hold(self, entry: _Entry, released: Guard | None, taken: Guard | None) -> None:
        member, guard = entry.intent.member, taken or released
        assert guard is not None
        identity = (member.table_name, key_identity(guard.key))
        why = f"{entry.why}: its unique {guard.unique.label}"
        held = self._guards.get(identity)
        if held is None:
            held = _Held(Holding(member), why, entry.origins, entry.intent.on_failure)
            self._guards[identity] = held
            self._check_size()
        else:
            held.why = f"{held.why}, and {why}"
            held.origins = tuple(dict.fromkeys((*held.origins, *entry.origins)))
        holding = held.holding
        if released is not None:
            holding.released.append(released)
        if taken is not None and holding.taken is not None:
            self._clash(entry, taken, holding.taken, why)
        holding.taken = holding.taken or taken

    def _clash(self, entry: _Entry, taken: Guard, first: Guard, why: str) -> None:
        """Note that an item is to have what another one of the same transaction has taken."""
        member = entry.intent.member
        write = Holding(member, taken=taken).write(self._now())
        error = write.taken_by(first.item, operation="TransactWriteItems", table_name=member.table_name)
        self.clashes.append((Action(write, why, entry.origins, entry.intent.on_failure), error))

    def _accompany(self, entry: _Entry, outcome: Outcome) -> None:
        registry, owner = entry.intent.session.registry, entry.intent.member
        before = companions_of(registry, owner, owner.definition.companions, outcome.old)
        after = companions_of(registry, owner, owner.definition.companions, outcome.new)
        for identity, (member, instance) in before.items():
            if identity not in after:
                self._follow(entry, "companion", Delete, member, values=member.values_of(instance))
        for identity, (member, instance) in after.items():
            if identity not in before:
                self._follow(entry, "companion", Create, member, instance=made(member, instance, self._now))
            elif instance != before[identity][1]:
                self._follow(entry, "companion", Put, member, instance=made(member, instance, self._now))
        for member, instance in companions_of(registry, owner, owner.definition.history, outcome.new).values():
            self._follow(entry, "history", Create, member, instance=made(member, instance, self._now))

    def _follow(self, entry: _Entry, what: str, kind: Any, member: Member[Any], **given: Any) -> None:
        intent = entry.intent
        follower = kind(session=intent.session, member=member, kept=True, on_failure=intent.on_failure, **given)
        self.add(follower, f"{entry.why}: its {what} {member.definition.name}", entry.origins)

    def _react(self, entry: _Entry, outcome: Outcome) -> None:
        intent = entry.intent
        event: Any = "create" if outcome.old is None else "delete" if outcome.new is None else "update"
        reactions = intent.session.registry.reactions.to(intent.member.cls, event)
        if not reactions:
            return
        instances = [intent.member.instance(item) for item in (outcome.old, outcome.new) if item is not None]
        for reaction in reactions:
            name = getattr(reaction, "__name__", repr(reaction))

            def take(asked: Intent[Any], name: str = name) -> None:
                what = f"{asked.verb} {asked.member.definition.name}"
                self.add(asked, f"{entry.why}: {what}, by its reaction {name}", entry.origins)

            reaction(*instances, self._open(take))


def companions_of(
    registry: Registry, owner: Member[Any], companions: Iterable[Companion], item: Item | None
) -> dict[Identity, tuple[Member[Any], Any]]:
    """Make the instances that an owner's item has as companions, or as history, by what tells their items apart.

    Raises:
        DefinitionError: one of them counts versions of its own.
    """
    if item is None or not companions:
        return {}
    instance = owner.instance(item)
    found: dict[Identity, tuple[Member[Any], Any]] = {}
    for companion in companions:
        for made_of_it in companion.make(instance):
            member: Member[Any] = registry.member(type(made_of_it))
            if member.definition.version is not None:
                raise DefinitionError(
                    f"entity {member.definition.name!r} is a companion of {owner.definition.name!r}, "
                    "which keeps it in step, and has a version of its own: leave the version field out"
                )
            key = member.key(member.values_of(made_of_it))
            found[member.table_name, key_identity(key)] = member, made_of_it
    return found


def _leads_on(entry: _Entry) -> bool:
    return has_consequences(entry.intent)


def _clash(there: _Entry, intent: Intent[Any], why: str, origins: tuple[int, ...]) -> DefinitionError:
    key = dict(sorted(item_from_wire(intent.key).items()))
    about = f"{intent.member.definition.name} with the key {key!r} in table {intent.member.table_name!r}"
    remedy = "an item can take part once only, but for adds to its numbers and sets: make them one"
    if there.outcome is not None and merged(there.intent, intent) is not None:
        remedy = "what follows from the first is worked out already: add before, or in one place"
    numbers = " and ".join(map(str, dict.fromkeys((*there.origins, *origins))))
    return DefinitionError(
        f"operations {numbers} of the transaction both concern {about}: {there.why}; {why}; {remedy}"
        if there.origins != origins
        else f"two actions of operation {numbers} of the transaction concern {about}: {there.why}; {why}; {remedy}"
    )
