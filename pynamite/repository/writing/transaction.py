"""Transactions: writes of several entities that happen together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pynamite.entities.annotations import spelled
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError, OperationError, TransactionCanceledError, UnknownEntityError
from pynamite.expression.build import Change, Condition
from pynamite.repository.concerning import concern
from pynamite.repository.session import HasSession, Session, check_one_database, key_values
from pynamite.repository.writing.expansion import has_consequences, looks_back
from pynamite.repository.writing.given import bound_where, check_instance
from pynamite.repository.writing.intents import (
    Check,
    Create,
    Delete,
    Intent,
    OnFailure,
    Put,
    Save,
    Update,
    check_failure,
)
from pynamite.repository.writing.making import expected_version, made, version_of
from pynamite.repository.writing.rereading import elsewhere, loaded_as
from pynamite.repository.writing.sequences import numbered
from pynamite.repository.writing.unit import Done, carry_out, perform

__all__ = ["Transaction", "TransactionRepository", "carry_out_one"]

E = TypeVar("E")

Sink = Callable[[Intent[Any]], None]


class Transaction:
    """Collects writes and sends them as one when its block ends; when the block raises, nothing is sent.

    ``tx[User]`` has the verbs of a repository. At most 100 writes, each of another item, with what follows from them.
    """

    def __init__(
        self,
        sessions: Sequence[Session],
        *,
        token: str | None = None,
        sink: Sink | None = None,
        now: Callable[[], datetime] | None = None,
        own: Session | None = None,
    ) -> None:
        self._sessions = list(dict.fromkeys(sessions))
        if sink is None:
            check_one_database(self._sessions)
        check_one_database(self._sessions)
        self._own = own
        if token is not None and not (isinstance(token, str) and 1 <= len(token) <= 36):
            raise ValueError(f"the token of a transaction is a text of 1 to 36 characters, not {token!r}")
        self._token = token
        self._sink = sink
        self._intents: list[Intent[Any]] = []
        self._begun = False
        self._ended = False
        self._moment: datetime | None = None
        self._clock = now or self._sessions[0].now

    def __getitem__(self, entity: type[E]) -> TransactionRepository[E]:
        """Give the verbs of an entity.

        Raises:
            UnknownEntityError: none of the transaction's tables holds it.
            DefinitionError: several do: say which, ``tx.of(store)[User]``.
        """
        holding = [session for session in self._sessions if entity in session.registry.members]
        if self._own in holding:
            holding = [self._own]
        if len(holding) > 1:
            tables = ", ".join(repr(session.table_name) for session in holding)
            name = spelled(entity)
            raise DefinitionError(f"{name} is in several tables of the transaction, {tables}: use tx.of(store)[{name}]")
        if not holding and (len(self._sessions) > 1 or self._own is not None):
            tables = ", ".join(repr(session.table_name) for session in self._sessions)
            raise UnknownEntityError(
                f"none of the transaction's tables {tables} holds {spelled(entity)}: name the class in Table(...), or "
                "give its store to transaction(...)"
            )
        session = holding[0] if holding else self._sessions[0]
        return TransactionRepository(self, session, session.registry.member(entity))

    def of(self, store: HasSession) -> Transaction:
        """Give the same transaction with the entities of one of its stores alone.

        Raises:
            ValueError: the store takes no part in it.
        """
        if store.session not in self._sessions:
            raise ValueError(
                f"the store of table {store.session.table_name!r} takes no part in the transaction: give it to "
                "transaction(...)"
            )
        part = Transaction([store.session], sink=self.add, now=self.now)
        part._begun = True
        return part

    def now(self) -> datetime:
        """Give the moment that all of its items are stamped with."""
        if self._moment is None:
            self._moment = self._clock()
        return self._moment

    def add(self, intent: Intent[Any]) -> None:
        """Take a write in.

        Raises:
            RuntimeError: the transaction has ended, or not begun.
        """
        if self._ended:
            raise RuntimeError("the transaction has ended: begin another one with store.transaction()")
        if not self._begun:
            raise RuntimeError("the transaction has not begun: use it in a block, with store.transaction() as tx: ...")
        if self._sink is not None:
            self._sink(intent)
        else:
            self._intents.append(intent)

    def __enter__(self) -> Self:
        if self._begun:
            raise RuntimeError("the transaction was begun before: begin another one with store.transaction()")
        self._begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        if kind is None and self._intents:
            carry_out(self._sessions[0], self._intents, self.following, now=self.now, token=self._token)

    def following(self, session: Session, sink: Sink) -> Transaction:
        """Give what a reaction to an item of a session gets: what is asked of it goes to ``sink``."""
        return Transaction(self._sessions, sink=sink, now=self.now, own=session)


def carry_out_one(session: Session, intent: Intent[Any], *others: Intent[Any]) -> Done:
    """Carry out the intent of a single verb, by itself where nothing follows from it.

    Raises:
        OperationError: it was refused: by its own reason, or that of what follows from it.
    """
    # Not in a block of Concerning: on the way of every single write, that costs more than it says.
    try:
        return _carried_out(session, intent, others)
    except OperationError as error:
        concern(error, intent.member, intent.key)
        raise


def _carried_out(session: Session, intent: Intent[Any], others: Sequence[Intent[Any]]) -> Done:
    may_revive = intent.member.ttl_attribute is not None and intent.may_make and intent.verb == "update"
    if not others and not may_revive and not has_consequences(intent) and not looks_back(intent):
        return perform(session, intent)
    around = Transaction([session])
    try:
        return carry_out(session, [intent, *others], around.following, now=around.now, together=bool(others))
    except TransactionCanceledError as error:
        own: OperationError | None = next((reason for reason in error.reasons if reason is not None), None)
        if own is None:
            raise
        raise own from error.__cause__


class TransactionRepository(Generic[E]):
    """The verbs of one entity within a transaction: they are checked now, and sent when the block ends.

    ``on_failure`` of a verb is the error that is raised, from the TransactionCanceledError, if this write was at fault:
    an error, its class, or a function that makes one of the write's own error.
    """

    def __init__(self, transaction: Transaction, session: Session, member: Member[E]) -> None:
        self._transaction = transaction
        self._session = session
        self._member = member

    def _common(self, on_failure: OnFailure | None) -> dict[str, Any]:
        check_failure(on_failure)
        return {"session": self._session, "member": self._member, "on_failure": on_failure}

    def _add(self, intent: Intent[E]) -> None:
        # Mistakes are found here, where the verb stands.
        intent.check(reads=looks_back(intent))
        self._transaction.add(intent)

    def create(self, instance: E, /, *, on_failure: OnFailure | None = None) -> E:
        """Put a new item; there must be none under its key. Gives the instance as it is stored if all goes well.

        A number that it gets from a sequence is taken at once, and stays taken if the transaction fails.
        """
        check_instance(self._member, instance)
        instance = numbered(self._session, self._member, instance, carry_out_one)
        new = made(self._member, instance, self._transaction.now, new=True)
        self._add(Create(**self._common(on_failure), instance=new))
        return self._stored(new)

    def put(self, instance: E, /, *, where: Condition | None = None, on_failure: OnFailure | None = None) -> E:
        """Create an item or replace it; gives the instance as it is stored if all goes well."""
        check_instance(self._member, instance)
        instance = numbered(self._session, self._member, instance, carry_out_one)
        version = None if self._member.definition.version is None else version_of(self._member, instance)
        new = made(self._member, instance, self._transaction.now)
        condition = bound_where(self._member, where)
        self._add(Put(**self._common(on_failure), instance=new, where=condition, version=version))
        return self._stored(new)

    def _stored(self, new: E) -> E:
        # What was filled in (a shard, a stamp) may be part of the key, and is known nowhere else.
        return self._member.instance(self._member.item(new))

    def update(
        self,
        key: Mapping[str, Any] | E,
        /,
        *changes: Change | Mapping[str, Any],
        where: Condition | None = None,
        upsert: bool = False,
        reread: bool = False,
        on_failure: OnFailure | None = None,
    ) -> None:
        """Change an item, which has to be there unless ``upsert`` makes it, as `Repository.update` does.

        Updates of one item that only add to its numbers and sets become one.
        """
        self._add(
            Update(
                **self._common(on_failure),
                values=key_values(self._member, key, {}),
                changes=changes,
                now=self._transaction.now,
                where=bound_where(self._member, where),
                upsert=upsert,
                reread=reread,
                version=expected_version(self._member, key),
            )
        )

    def delete(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        where: Condition | None = None,
        must_exist: bool = False,
        on_failure: OnFailure | None = None,
        **fields: Any,
    ) -> None:
        """Delete an item."""
        self._add(
            Delete(
                **self._common(on_failure),
                values=key_values(self._member, key, fields),
                where=bound_where(self._member, where),
                must_exist=must_exist,
                version=None if key is None else expected_version(self._member, key),
            )
        )

    def save(
        self, changed: E, /, *, since: E, where: Condition | None = None, on_failure: OnFailure | None = None
    ) -> None:
        """Write the difference between two instances, if what differs is stored as it was in ``since``.

        Without a difference, the item has to be there all the same.
        """
        check_instance(self._member, changed)
        check_instance(self._member, since)
        save = Save(
            **self._common(on_failure),
            changed=changed,
            since=since,
            now=self._transaction.now,
            where=bound_where(self._member, where),
        )
        self._add(save)

    def move(
        self,
        loaded: E,
        changes: Mapping[str, Any],
        /,
        *,
        where: Condition | None = None,
        on_failure: OnFailure | None = None,
    ) -> None:
        """Take an item to another key, if it is as it was loaded: `Repository.move` without reading.

        These are two of the transaction's writes, a delete and a create. What was not loaded, attributes that neither a
        field nor a ``rest`` field has, does not come along.

        Raises:
            DefinitionError: the changes leave the key as it is.
            ItemStructureError, KeyValueError: the moved instance does not fit.
        """
        check_instance(self._member, loaded)
        new = elsewhere(self._member, loaded, changes, self._transaction.now)
        counted = self._member.definition.version is not None
        delete = Delete(
            **self._common(on_failure),
            values=self._member.values_of(loaded),
            where=bound_where(self._member, where),
            as_was=None if counted else loaded_as(self._member, loaded),
            moved=True,
            must_exist=True,
            version=version_of(self._member, loaded) if counted else None,
        )
        create = Create(**self._common(on_failure), instance=new)
        create.check()
        self._add(delete)
        self._add(create)

    def check(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        where: Condition | None = None,
        *,
        on_failure: OnFailure | None = None,
        **fields: Any,
    ) -> None:
        """Let the transaction happen only if an item is there and, if given, a condition on it holds.

        Of an entity that counts versions, an instance that is given for the key has to be the stored one.
        """
        self._add(
            Check(
                **self._common(on_failure),
                values=key_values(self._member, key, fields),
                where=bound_where(self._member, where),
                version=None if key is None else expected_version(self._member, key),
            )
        )
