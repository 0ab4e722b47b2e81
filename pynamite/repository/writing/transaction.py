"""Transactions: writes of several entities that happen together, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pynamite.dynamo.send import send
from pynamite.entities.member import Member
from pynamite.errors import ConditionFailedError, OperationError, TransactionCanceledError
from pynamite.expression.build import Change, Condition
from pynamite.operation.transact import transact_write
from pynamite.repository.session import Session, key_values
from pynamite.repository.writing.given import bound_where, check_instance
from pynamite.repository.writing.making import made
from pynamite.repository.writing.rereading import difference_write, move_writes
from pynamite.repository.writing.unfit import explained
from pynamite.repository.writing.updates import plan_update
from pynamite.repository.writing.writes import Write, check_write, create_write, delete_write, put_write

__all__ = ["Transaction", "TransactionRepository"]

E = TypeVar("E")


class Transaction:
    """Collects writes and sends them as one when its block ends; when the block raises, nothing is sent.

    ``tx[User]`` has the verbs of a repository. At most 100 writes, each of another item.
    """

    def __init__(self, session: Session, *, token: str | None = None) -> None:
        self._session = session
        if token is not None and not (isinstance(token, str) and 1 <= len(token) <= 36):
            raise ValueError(f"the token of a transaction is a text of 1 to 36 characters, not {token!r}")
        # One token for all tries makes it harmless to send the transaction again: API Reference, "TransactWriteItems".
        self._token = token or uuid.uuid4().hex
        self._writes: list[Write[Any]] = []
        self._begun = False
        self._ended = False
        self._moment: datetime | None = None

    def __getitem__(self, entity: type[E]) -> TransactionRepository[E]:
        """Give the verbs of an entity."""
        return TransactionRepository(self, self._session.registry.member(entity))

    def now(self) -> datetime:
        """Give the moment that all of its items are stamped with."""
        if self._moment is None:
            self._moment = self._session.now()
        return self._moment

    def add(self, write: Write[Any]) -> None:
        """Take a write in.

        Raises:
            RuntimeError: the transaction has ended, or not begun.
        """
        if self._ended:
            raise RuntimeError("the transaction has ended: begin another one with store.transaction()")
        if not self._begun:
            raise RuntimeError("the transaction has not begun: use it in a block, with store.transaction() as tx: ...")
        self._writes.append(write)

    def __enter__(self) -> Self:
        if self._begun:
            raise RuntimeError("the transaction was begun before: begin another one with store.transaction()")
        self._begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        if kind is None and self._writes:
            self._send()

    def _send(self) -> None:
        try:
            send(self._session.client, transact_write([write.operation for write in self._writes], self._token))
        except TransactionCanceledError as error:
            raise self._explained(error) from error.__cause__

    def _explained(self, error: TransactionCanceledError) -> TransactionCanceledError:
        reasons = [_explained(write, reason) for write, reason in zip(self._writes, error.reasons, strict=False)]
        if not reasons:
            return error
        said = "; ".join(
            f"operation {number} ({write.verb} {write.member.definition.name}): {reason}"
            for number, (write, reason) in enumerate(zip(self._writes, reasons, strict=False))
            if reason is not None
        )
        return TransactionCanceledError(
            f"the transaction was cancelled, nothing was written: {said}",
            reasons=reasons,
            operation=error.operation,
            table_name=self._session.table_name,
            code=error.code,
            response=error.response,
        )


def _explained(write: Write[Any], reason: OperationError | None) -> OperationError | None:
    if isinstance(reason, ConditionFailedError):
        return write.explain(reason)
    return None if reason is None else explained(write, reason)


class TransactionRepository(Generic[E]):
    """The verbs of one entity within a transaction: they are checked now, and sent when the block ends."""

    def __init__(self, transaction: Transaction, member: Member[E]) -> None:
        self._transaction = transaction
        self._member = member

    def create(self, instance: E, /) -> E:
        """Put a new item; there must be none under its key. Gives the instance as it is stored if all goes well."""
        check_instance(self._member, instance)
        return self._put(create_write(self._member, made(self._member, instance, self._transaction.now)))

    def put(self, instance: E, /, *, where: Condition | None = None) -> E:
        """Create an item or replace it; gives the instance as it is stored if all goes well."""
        check_instance(self._member, instance)
        new = made(self._member, instance, self._transaction.now)
        return self._put(put_write(self._member, new, bound_where(self._member, where)))

    def _put(self, write: Write[E]) -> E:
        self._transaction.add(write)
        # What was filled in (a shard, a stamp) may be part of the key, and is known nowhere else.
        return self._member.instance(write.operation.request["Item"])

    def update(
        self,
        key: Mapping[str, Any] | E,
        /,
        *changes: Change | Mapping[str, Any],
        where: Condition | None = None,
        upsert: bool = False,
    ) -> None:
        """Change an item, which has to be there unless ``upsert`` makes it: `Repository.update` without reading."""
        values = key_values(self._member, key, {})
        plan = plan_update(self._member, values, changes, self._transaction.now, upsert=upsert)
        self._transaction.add(plan.write(bound_where(self._member, where)))

    def delete(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        where: Condition | None = None,
        must_exist: bool = False,
        **fields: Any,
    ) -> None:
        """Delete an item."""
        values = key_values(self._member, key, fields)
        self._transaction.add(
            delete_write(self._member, values, bound_where(self._member, where), must_exist=must_exist)
        )

    def save(self, changed: E, /, *, since: E, where: Condition | None = None) -> None:
        """Write the difference between two instances, if what differs is stored as it was in ``since``.

        Without a difference, the item has to be there all the same.
        """
        check_instance(self._member, changed)
        check_instance(self._member, since)
        condition = bound_where(self._member, where)
        write = difference_write(self._member, changed, since, self._transaction.now, condition)
        self._transaction.add(write or check_write(self._member, self._member.values_of(changed), condition))

    def move(self, loaded: E, changes: Mapping[str, Any], /, *, where: Condition | None = None) -> None:
        """Take an item to another key, if it is as it was loaded: `Repository.move` without reading.

        These are two of the transaction's writes, a delete and a create. What was not loaded, attributes that neither a
        field nor a ``rest`` field has, does not come along.

        Raises:
            DefinitionError: the changes leave the key as it is.
            ItemStructureError, KeyValueError: the moved instance does not fit.
        """
        check_instance(self._member, loaded)
        condition = bound_where(self._member, where)
        for write in move_writes(self._member, loaded, changes, self._transaction.now, condition):
            self._transaction.add(write)

    def check(self, key: Mapping[str, Any] | E | None = None, /, where: Condition | None = None, **fields: Any) -> None:
        """Let the transaction happen only if an item is there and, if given, a condition on it holds."""
        self._transaction.add(
            check_write(self._member, key_values(self._member, key, fields), bound_where(self._member, where))
        )
