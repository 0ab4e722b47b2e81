"""Expansion: the writes that were asked for, together with all that follows from them.

Guards of unique values, companions, history and reactions are worked out here, from the items as they are, until
nothing new follows. Writes from which nothing follows are left to the end, so that others can be added to them; and if
something is to be added to an item whose consequences were worked out before, all of it is worked out anew, with that
item at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import attrs

from pynamite.dynamo.send import key_identity, send, send_batch_get
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError
from pynamite.operation.get import get_item
from pynamite.operation.transact import TRANSACTION_SIZE
from pynamite.repository.session import Session
from pynamite.repository.writing.following import Identity, agrees, followers, identity_of
from pynamite.repository.writing.guards import Holding, guard_changes
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, OnFailure, Outcome, Put
from pynamite.repository.writing.merging import merged, takes_along
from pynamite.repository.writing.reasons import Why, clash, too_many
from pynamite.repository.writing.writes import Refusal
from pynamite.wire import Item

__all__ = ["Action", "Expansion", "OpenTransaction", "has_consequences", "looks_back"]

OpenTransaction = Callable[[Session, Callable[[Intent[Any]], None]], AbstractContextManager[Any]]
"""What makes the transaction that a reaction to an item of a session gets: what is asked of it goes to a function."""


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
            own = definition.uniques or definition.companions or definition.history or reactions.to(cls, "create")
            return bool(own or (isinstance(intent, Put) and reactions.to(cls, "update")))
    if definition.companions or definition.history or reactions.to(cls, "update"):
        return True
    if intent.may_make and (definition.uniques or reactions.to(cls, "create")):
        return True
    touched = intent.touched
    return bool(definition.uniques) and (touched is None or bool(touched & _guarded(intent.member)))


def _guarded(member: Member[Any]) -> frozenset[str]:
    """Name the fields that guards depend on: those that are unique, and the one that they expire by."""
    ttl = [plan.name for plan in member.definition.fields.values() if plan.options.ttl]
    return member.definition.guarded | frozenset(ttl)


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
    member: Member[Any] | None = None


@attrs.define(eq=False)
class _Entry:
    """An item of the transaction, and what is to become of it."""

    intent: Intent[Any]
    why: Why
    outcome: Outcome | None = None


@attrs.define(eq=False)
class _Held:
    """A guard of the transaction, and what is to become of it."""

    holding: Holding
    why: Why
    on_failure: OnFailure | None


class _Overlooked(Exception):
    """Something is to be added to an item whose consequences are worked out already."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self.identity = identity


class Expansion:
    """Everything that a transaction writes; made anew from what is stored whenever it was overtaken."""

    def __init__(
        self, asked: Sequence[Intent[Any]], open_transaction: OpenTransaction, now: Callable[[], datetime]
    ) -> None:
        self._asked = asked
        self._open = open_transaction
        self._now = now
        self._stored: dict[Identity, Item | None] = {}
        self._late: set[Identity] = set()
        self._entries: dict[Identity, _Entry] = {}
        self._guards: dict[Identity, _Held] = {}
        self._own = 0

    def settle(self) -> None:
        """Work out what follows, until nothing new does.

        Raises:
            DefinitionError: two actions concern the same item, or there are more than 100.
            PynamiteError: something else does not fit; and whatever a reaction raises.
        """
        while True:
            self._entries, self._guards = {}, {}
            try:
                self._work_out()
            except _Overlooked as overlooked:
                self._late.add(overlooked.identity)
            else:
                return

    def _work_out(self) -> None:
        for number, intent in enumerate(self._asked):
            self._add(intent, Why.asked(intent, number))
        self._own = len(self._entries)
        while pending := self._pending():
            self._read(pending)
            for entry in pending:
                if entry.outcome is None:
                    self._settle(entry)
        plain = [entry for entry in self._entries.values() if entry.outcome is None]
        self._read(plain)
        for entry in plain:
            intent = entry.intent
            entry.outcome = (
                intent.outcome(self._old(intent), whole=False) if looks_back(intent) else Outcome(intent.write())
            )

    def _pending(self) -> list[_Entry]:
        """Find the items whose consequences are to be worked out next."""
        found = {
            identity: entry
            for identity, entry in self._entries.items()
            if entry.outcome is None and has_consequences(entry.intent)
        }
        early = [entry for identity, entry in found.items() if identity not in self._late]
        return early or list(found.values())

    def _add(self, intent: Intent[Any], why: Why) -> None:
        """Take an intent in; one that can be made one with what is there is."""
        identity = identity_of(intent)
        there = self._entries.get(identity)
        if there is None:
            self._entries[identity] = _Entry(intent, why)
            self._check_size()
            return
        if there.outcome is None:
            both = merged(there.intent, intent)
            if both is None:
                raise clash(there.intent, there.why, intent, why)
            there.intent = both
        elif not _goes_along(there, intent):
            if merged(there.intent, intent) is None or identity in self._late:
                raise clash(there.intent, there.why, intent, why, settled=True)
            raise _Overlooked(identity)
        there.why = there.why.together(why)

    def _check_size(self) -> None:
        if len(self._entries) + len(self._guards) > TRANSACTION_SIZE:
            whys = [entry.why for entry in self._entries.values()]
            raise too_many(whys, len(self._asked), len(self._guards))

    @property
    def actions(self) -> list[Action]:
        """All writes: those that were asked for, the guards, then what follows; the first at fault is the reason."""
        own = [
            Action(
                entry.outcome.write,
                entry.why.text,
                entry.why.origins,
                entry.intent.on_failure,
                entry.outcome,
                entry.intent.member,
            )
            for entry in self._entries.values()
            if entry.outcome is not None
        ]
        if not self._guards:
            return own
        now = int(self._now().timestamp())
        guards = [
            Action(held.holding.write(now), held.why.text, held.why.origins, held.on_failure)
            for held in self._guards.values()
        ]
        return [*own[: self._own], *guards, *own[self._own :]]

    def _settle(self, entry: _Entry) -> None:
        intent = entry.intent
        outcome = intent.outcome(self._old(intent), whole=True)
        entry.outcome = outcome
        if outcome.write.operation.action == "ConditionCheck" or (outcome.old is None and outcome.new is None):
            return
        for released, taken in guard_changes(intent.member, outcome.old, outcome.new):
            self._hold(entry, released, taken)
        for what, follower in followers(intent, outcome, self._now):
            self._follow(follower, entry.why.then(f"its {what} {follower.member.definition.name}"))
        self._react(entry, outcome)

    def _hold(self, entry: _Entry, released: Any, taken: Any) -> None:
        member = entry.intent.member
        guard = taken or released
        identity = (member.table_name, key_identity(guard.key))
        why = entry.why.then(f"its unique {guard.unique.label}")
        held = self._guards.get(identity)
        if held is None:
            self._guards[identity] = _Held(Holding(member, released, taken), why, entry.intent.on_failure)
            self._check_size()
            return
        holding = held.holding
        if (released is not None and holding.released is not None) or (taken is not None and holding.taken is not None):
            shown = " and ".join(map(repr, guard.values))
            raise DefinitionError(
                f"two operations of the transaction concern the unique {guard.unique.label} {shown} of "
                f"{member.definition.name!r}: {held.why.text}, and {why.text}; only one item can have it"
            )
        holding.released, holding.taken = holding.released or released, holding.taken or taken
        held.why = held.why.together(why)

    def _follow(self, follower: Intent[Any], why: Why) -> None:
        there = self._entries.get(identity_of(follower))
        if there is not None and agrees(follower, there.intent, there.outcome):
            there.why = there.why.together(why)
        else:
            self._add(follower, why)

    def _react(self, entry: _Entry, outcome: Outcome) -> None:
        intent = entry.intent
        reactions = intent.session.registry.reactions
        event: Any = "create" if outcome.old is None else "delete" if outcome.new is None else "update"
        for reaction in reactions.to(intent.member.cls, event):
            instances = [intent.member.instance(item) for item in (outcome.old, outcome.new) if item is not None]
            asked: list[Intent[Any]] = []
            with self._open(intent.session, asked.append) as tx:
                reaction(*instances, tx)
            name = getattr(reaction, "__qualname__", repr(reaction)).rpartition("<locals>.")[2]
            for one in asked:
                self._add(one, entry.why.then(f"{one.verb} {one.member.definition.name}, by its reaction {name}"))

    def _old(self, intent: Intent[Any]) -> Item | None:
        """Give the item as it was read; None where there is none of the intent's entity."""
        item = self._stored.get(identity_of(intent))
        return item if item is not None and intent.member.is_typed(item) else None

    def _read(self, entries: Sequence[_Entry]) -> None:
        """Read the items that intents look back at, those of a table together, each once."""
        by_table: dict[str, list[Intent[Any]]] = {}
        for entry in entries:
            if looks_back(entry.intent) and identity_of(entry.intent) not in self._stored:
                by_table.setdefault(entry.intent.member.table_name, []).append(entry.intent)
        for table_name, intents in by_table.items():
            session: Session = intents[0].session
            keys = [intent.key for intent in intents]
            items = (
                [send(session.client, get_item(table_name, keys[0], consistent_read=True))]
                if len(keys) == 1
                else send_batch_get(session.client, table_name, keys, consistent_read=True)
            )
            self._stored.update(zip(map(identity_of, intents), items, strict=True))


def _goes_along(there: _Entry, intent: Intent[Any]) -> bool:
    """Tell whether what is added to an item that is deleted goes with it; that it was there is known by then."""
    gone, outcome = there.intent, there.outcome
    if not isinstance(gone, Delete) or outcome is None or outcome.old is None:
        return False
    return gone.member is intent.member and takes_along(gone, intent)
