"""Several writes of plain items, sent together when a block ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import attrs

from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.errors import DefinitionError, OperationError
from pynamite.key.address import Address
from pynamite.operation.batch import WriteEntry, delete_entry, put_entry
from pynamite.operation.operation import Operation
from pynamite.wire import Item

__all__ = ["Batch", "BatchTarget"]


class BatchTarget(Protocol):
    """What a batch needs of the table that it writes to."""

    def prepare_put(self, key: Address, attributes: Mapping[str, Any] | None) -> Operation[Any]:
        """Make and check the put of an item."""
        ...

    def prepare_update(self, key: Address, changes: Mapping[str, Any]) -> Operation[Any]:
        """Make and check the update of an item."""
        ...

    def prepare_delete(self, key: Address) -> Operation[Any]:
        """Make and check the deletion of an item."""
        ...

    def send_writes(self, entries: Sequence[WriteEntry]) -> None:
        """Send puts and deletes together."""
        ...

    def send_one(self, operation: Operation[Any]) -> Any:
        """Send one operation."""
        ...


@attrs.define
class _Pending:
    """The writes of one key that are still to be sent, in order."""

    operations: list[Operation[Any]] = attrs.Factory(list)

    def add(self, operation: Operation[Any]) -> None:
        # A put or a delete makes the put or delete right before it pointless.
        if self.operations and _is_whole(operation) and _is_whole(self.operations[-1]):
            self.operations.pop()
        self.operations.append(operation)


def _is_whole(operation: Operation[Any]) -> bool:
    return operation.action != "UpdateItem"


class Batch:
    """Writes that are checked when they are given, and sent when the block ends without an error.

    Puts and deletes go together, up to 25 at once, updates one by one. The writes of one key keep their order; those of
    different keys may not. It is no transaction: where sending fails, a part has been written, and ``pending`` counts
    what has not.

    >>> from pynamite import dynamo
    >>> from pynamite.connect import connect
    >>> client = connect("sqlite://")
    >>> description = dynamo.create_table("films", client)
    >>> db = dynamo.DB("films", client)
    >>> with db.batch() as batch:
    ...     batch.put("film.1", {"title": "Alien"})
    ...     batch.update("film.2", {"views": dynamo.Increment("views")})
    >>> len(db.scan())
    2
    """

    def __init__(self, target: BatchTarget) -> None:
        self._target = target
        self._pending: dict[KeyIdentity, _Pending] = {}
        self._closed: str | None = None

    def put(self, key: Address, attributes: Mapping[str, Any] | None = None) -> None:
        """Put an item, as `DB.put`.

        Raises:
            PynamiteError: the key or an attribute cannot be stored, or the batch is over.
        """
        self._add(lambda: self._target.prepare_put(key, attributes))

    def update(self, key: Address, changes: Mapping[str, Any]) -> None:
        """Update an item, as `DB.update`.

        Raises:
            PynamiteError: the key, a path or a value is wrong, or the batch is over.
        """
        self._add(lambda: self._target.prepare_update(key, changes))

    def delete(self, key: Address) -> None:
        """Delete an item, as `DB.delete`.

        Raises:
            PynamiteError: the key is wrong, or the batch is over.
        """
        self._add(lambda: self._target.prepare_delete(key))

    def _add(self, prepare: Callable[[], Operation[Any]]) -> None:
        self._check_open()
        operation = prepare()
        assert operation.key is not None
        self._pending.setdefault(key_identity(operation.key), _Pending()).add(operation)

    def _check_open(self) -> None:
        if self._closed is not None:
            raise DefinitionError(f"the batch {self._closed}: begin another one with db.batch()")

    @property
    def pending(self) -> int:
        """How many writes have not been sent."""
        return sum(len(one.operations) for one in self._pending.values())

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called."""
        return self._closed == "was aborted"

    def abort(self) -> None:
        """Forget what has not been sent; nothing can be added any more, and the end of the block sends nothing."""
        self._check_open()
        self._closed = "was aborted"
        self._pending.clear()

    def save(self) -> None:
        """Send what has been given so far; more can be added after it.

        Raises:
            OperationError: the database said no.
        """
        self._check_open()
        try:
            while self._pending:
                self._send_wave()
        except OperationError as error:
            error.add_note(f"{self.pending} writes of the batch may not have been done; see batch.pending")
            raise

    def _send_wave(self) -> None:
        """Send the first write of every key."""
        first = {identity: one.operations[0] for identity, one in self._pending.items()}
        whole = {identity: operation for identity, operation in first.items() if _is_whole(operation)}
        if whole:
            self._target.send_writes([_entry(operation) for operation in whole.values()])
            for identity in whole:
                self._done(identity)
        for identity, operation in first.items():
            if identity not in whole:
                self._target.send_one(operation)
                self._done(identity)

    def _done(self, identity: KeyIdentity) -> None:
        operations = self._pending[identity].operations
        operations.pop(0)
        if not operations:
            del self._pending[identity]

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        """Send everything, unless the block raised or the batch was aborted."""
        if self._closed is not None:
            return
        if kind is not None:
            self._pending.clear()
            self._closed = "is over: its block raised"
            return
        self.save()
        self._closed = "is over: it was sent"


def _entry(operation: Operation[Any]) -> WriteEntry:
    item: Item | None = operation.request.get("Item")
    return put_entry(item) if item is not None else delete_entry(operation.request["Key"])
