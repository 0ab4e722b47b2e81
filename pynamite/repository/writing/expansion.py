"""Expansion: the writes that were asked for, together with all that follows from them.

Guards of unique values, companions, history and reactions are worked out here, from the items as they are, until
nothing new follows. Writes from which nothing follows are left to the end, so that others can be added to them; and if
something is to be added to an item whose consequences were worked out before, all of it is worked out anew, with that
item at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import attrs

from pynamite.dynamo.matching import key_identity
from pynamite.dynamo.send import send, send_batch_get
from pynamite.entities.member import Member
from pynamite.entities.unique import Guard
from pynamite.errors import UniqueViolationError
from pynamite.operation.get import get_item
from pynamite.operation.transact import TRANSACTION_SIZE
from pynamite.repository.expiring import there
from pynamite.repository.session import Session
from pynamite.repository.writing.following import agrees, followers, identity_of
from pynamite.repository.writing.guards import Holding, Identity, guard_changes
from pynamite.repository.writing.intents import Check, Create, Delete, Intent, OnFailure, Outcome, Put
from pynamite.repository.writing.merging import merged, takes_along
from pynamite.repository.writing.reasons import Why, clash, too_many
from pynamite.repository.writing.writes import Refusal
from pynamite.wire import Item

__all__ = [
    "Action",
    "Expansion",
    "Identity",
    "OpenTransaction",
    "has_consequences",
    "identity_of",
    "looks_back",
    "stands_alone",
]

OpenTransaction = Callable[[Session, Callable[[Intent[Any]], None]], AbstractContextManager[Any]]
"""What makes the transaction that a reaction to an item of a session gets: what is asked of it goes to a function."""


def stands_alone(session: Session, member: Member[Any]) -> bool:
    """Tell whether nothing follows from any write of an entity, whatever it is."""
    definition = member.definition
    return not definition.has_followers and not session.registry.reactions.concern(definition.cls)


def has_consequences(intent: Intent[Any]) -> bool:
    """Tell whether more has to be written together with an intent."""
    if stands_alone(intent.session, intent.member):
        return False
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
    if not definition.uniques:
        return False
    touched = intent.touched
    return touched is None or bool(touched & definition.guarded)


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
    """Everything that a transaction writes; made anew from what is stored whenever it was overtaken.

    ``foreign`` are guards that turned out to be another item's. ``clashes`` are what two of its own writes both want.
    """

    def __init__(
        self,
        asked: Sequence[Intent[Any]],
        open_transaction: OpenTransaction,
        now: Callable[[], datetime],
        *,
        read: Collection[Identity] = (),
        foreign: Collection[Identity] = (),
    ) -> None:
        """Begin with what was ``asked`` for; the items of ``read`` are read before they are written in any case."""
        self._asked = asked
        self._open = open_transaction
        self._now = now
        self._foreign = foreign
        self._to_read = read
        self.clashes: list[tuple[Action, UniqueViolationError]] = []
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
            self._entries, self._guards, self.clashes = {}, {}, []
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
            looked = self._looks_back(intent)
            entry.outcome = intent.outcome(self._old(intent), whole=False) if looked else Outcome(intent.write())

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
        known = self._entries.get(identity)
        if known is None:
            self._entries[identity] = _Entry(intent, why)
            self._check_size()
            return
        if known.outcome is None:
            both = merged(known.intent, intent)
            if both is None:
                raise clash(known.intent, known.why, intent, why)
            known.intent = both
        elif not _goes_along(known, intent):
            if merged(known.intent, intent) is None or identity in self._late:
                raise clash(known.intent, known.why, intent, why, settled=True)
            raise _Overlooked(identity)
        known.why = known.why.together(why)

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
                entry.intent,
            )
            for entry in self._entries.values()
            if entry.outcome is not None
        ]
        if not self._guards:
            return own
        guards = [
            Action(
                held.holding.write(self._now(), foreign=identity in self._foreign),
                held.why.text,
                held.why.origins,
                held.on_failure,
            )
            for identity, held in self._guards.items()
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

    def _hold(self, entry: _Entry, released: Guard | None, taken: Guard | None) -> None:
        member, guard = entry.intent.member, taken or released
        assert guard is not None
        identity = (member.table_name, key_identity(guard.key))
        why = entry.why.then(f"its unique {guard.unique.label}")
        held = self._guards.get(identity)
        if held is None:
            held = self._guards[identity] = _Held(Holding(member), why, entry.intent.on_failure)
            self._check_size()
        else:
            held.why = held.why.together(why)
        holding = held.holding
        if released is not None:
            holding.released.append(released)
        if taken is not None and holding.taken is not None:
            self._clash(entry, taken, holding.taken, why)
        holding.taken = holding.taken or taken

    def _clash(self, entry: _Entry, taken: Guard, first: Guard, why: Why) -> None:
        """Note that an item is to have what another one of the same transaction has taken."""
        member = entry.intent.member
        write = Holding(member, taken=taken).write(self._now())
        error = write.taken_by(first.item, operation="TransactWriteItems", table_name=member.table_name)
        self.clashes.append((Action(write, why.text, why.origins, entry.intent.on_failure), error))

    def _follow(self, follower: Intent[Any], why: Why) -> None:
        known = self._entries.get(identity_of(follower))
        if known is not None and agrees(follower, known.intent, known.outcome):
            known.why = known.why.together(why)
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

    def _looks_back(self, intent: Intent[Any]) -> bool:
        return looks_back(intent) or identity_of(intent) in self._to_read

    def _old(self, intent: Intent[Any]) -> Item | None:
        """Give the item as it was read; None where there is none of the intent's entity, or it has expired."""
        return there(intent.member, [self._stored.get(identity_of(intent))], include_expired=False)[0]

    def _read(self, entries: Sequence[_Entry]) -> None:
        """Read the items that intents look back at, those of a table together, each once."""
        by_table: dict[str, list[Intent[Any]]] = {}
        for entry in entries:
            if self._looks_back(entry.intent) and identity_of(entry.intent) not in self._stored:
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


def _goes_along(known: _Entry, intent: Intent[Any]) -> bool:
    """Tell whether what is added to an item that is deleted goes with it; that it was there is known by then."""
    gone, outcome = known.intent, known.outcome
    if not isinstance(gone, Delete) or outcome is None or outcome.old is None:
        return False
    return gone.member.cls is intent.member.cls and takes_along(gone, intent)
