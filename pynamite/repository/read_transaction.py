"""Read transactions: items of several entities and tables as they are at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

import attrs

from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.dynamo.send import send
from pynamite.entities.annotations import spelled
from pynamite.errors import DefinitionError, ItemNotFoundError, PynamiteError, UnknownEntityError
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation
from pynamite.operation.transact import TRANSACTION_SIZE, transact_get
from pynamite.operation.unread import Unread
from pynamite.repository.expiring import there
from pynamite.repository.repository import Repository
from pynamite.repository.session import HasSession, check_one_database, key_values
from pynamite.wire import Item

__all__ = ["Pending", "PendingReads", "Read", "ReadTransaction", "StoreReads"]

E = TypeVar("E")
T_co = TypeVar("T_co", covariant=True)


@attrs.define(eq=False)
class Read:
    """One read: what it is of (``told`` names it), what is made of its item, and what came of that.

    ``identity`` tells its item from others. ``state`` says why there is no result as long as there is none.
    """

    told: str
    identity: tuple[str, KeyIdentity]
    operation: Operation[Item | None]
    make: Callable[[Item | Unread | None], Any]
    state: str = "has not been read yet: it is read when the block of the read transaction ends"
    made: bool = False
    result: Any = None
    error: PynamiteError | None = None

    def settle(self, item: Item | Unread | None) -> None:
        """Make the result of the item, or note why there is none."""
        try:
            self.result = self.make(item)
        except PynamiteError as error:
            self.error = error
        else:
            self.made = True


class Pending(Generic[T_co]):
    """What a read transaction was asked for: ``value`` has it when the block has ended."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def __repr__(self) -> str:
        told = self._read.told
        return f"Pending({told}: {self._read.result!r})" if self._read.made else f"Pending({told})"

    @property
    def value(self) -> T_co:
        """The instance that was read; for ``get``, None where there is none.

        Raises:
            RuntimeError: it was not read: the block has not ended, or it raised.
            ItemNotFoundError: it was required, and there is none.
            ItemStructureError: the item does not fit the class.
        """
        if self._read.error is not None:
            raise self._read.error
        if not self._read.made:
            raise RuntimeError(f"{self._read.told} {self._read.state}")
        return cast("T_co", self._read.result)


class ReadTransaction:
    """Collects reads of items by their keys, and sends them as one when its block ends.

    All of them show the items as they are at one moment. When the block raises, nothing is sent. ``tx[User]`` has the
    verbs ``get`` and ``require``, which give a `Pending`; at most 100 items are read, each once however often it is
    asked for.
    """

    def __init__(self, stores: Sequence[HasSession]) -> None:
        """Begin with the stores that are read from.

        Raises:
            DefinitionError: they are not of one database.
        """
        self._stores = tuple(stores)
        self._reads: list[Read] = []
        self._operations: dict[tuple[str, KeyIdentity], Operation[Item | None]] = {}
        self._begun = False
        self._ended = False
        check_one_database([store.session for store in self._stores])

    def __getitem__(self, entity: type[E]) -> PendingReads[E]:
        """Give the verbs of an entity, in whichever of the stores holds it.

        Raises:
            UnknownEntityError: none of them does.
            DefinitionError: several do: `of` says which is meant.
        """
        holding = {
            (store.session.table_name, store.session.tenant): store
            for store in self._stores
            if entity in store.session.registry.members
        }
        if not holding:
            names = ", ".join(repr(store.session.table_name) for store in self._stores)
            raise UnknownEntityError(
                f"{spelled(entity)} is an entity of none of the tables {names}, which are read from: name the store "
                "that holds it in read_transaction(...)"
            )
        if len(holding) > 1:
            names = " and ".join(repr(store.session.table_name) for store in holding.values())
            raise DefinitionError(
                f"{spelled(entity)} is an entity of tables {names}: say which is meant, by tx.of(store)[...]"
            )
        return PendingReads(self, next(iter(holding.values())), entity)

    def of(self, store: HasSession) -> StoreReads:
        """Give the reads of one of the stores.

        Raises:
            DefinitionError: the transaction was not begun with it.
        """
        if not any(store.session is known.session for known in self._stores):
            raise DefinitionError(
                f"the read transaction does not read from table {store.session.table_name!r}: name its store in "
                "read_transaction(...)"
            )
        return StoreReads(self, store)

    def add(self, read: Read) -> None:
        """Take a read in.

        Raises:
            RuntimeError: the transaction has ended, or not begun.
            DefinitionError: there are 100 items to be read already.
        """
        if self._ended:
            raise RuntimeError("the read transaction has ended: begin another one with store.read_transaction()")
        if not self._begun:
            raise RuntimeError(
                "the read transaction has not begun: use it in a block, with store.read_transaction() as tx: ..."
            )
        if read.identity not in self._operations and len(self._operations) == TRANSACTION_SIZE:
            raise DefinitionError(
                f"a read transaction takes at most {TRANSACTION_SIZE} items, and this is one more: split it where that "
                "is safe, or use get_many(...)"
            )
        self._operations[read.identity] = read.operation
        self._reads.append(read)

    def __enter__(self) -> Self:
        if self._begun:
            raise RuntimeError("the read transaction was begun before: begin another one with store.read_transaction()")
        self._begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        if kind is not None:
            self._give_up("was not read: the block of the read transaction raised")
        elif self._reads:
            self._send()

    def _give_up(self, state: str) -> None:
        for read in self._reads:
            read.state = state

    def _send(self) -> None:
        self._give_up("was not read: the read transaction failed")
        found = send(self._stores[0].session.client, transact_get(list(self._operations.values()), unread=True))
        items = dict(zip(self._operations, found, strict=True))
        for read in self._reads:
            read.settle(items[read.identity])
        errors = [read.error for read in self._reads if read.error is not None]
        if errors:
            first, *others = errors
            for other in others:
                first.add_note(f"and: {other}")
            raise first


@attrs.frozen(eq=False, repr=False)
class StoreReads:
    """The reads of one store within a read transaction: ``tx.of(store)[User]`` has the verbs of an entity."""

    _transaction: ReadTransaction
    _store: HasSession

    def __getitem__(self, entity: type[E]) -> PendingReads[E]:
        """Give the verbs of an entity.

        Raises:
            UnknownEntityError: the store's table does not hold it.
        """
        return PendingReads(self._transaction, self._store, entity)


class PendingReads(Generic[E]):
    """The verbs of one entity within a read transaction: they are checked now, and sent when the block ends."""

    def __init__(self, transaction: ReadTransaction, store: HasSession, entity: type[E]) -> None:
        self._transaction = transaction
        self._repository = Repository(store, entity)
        self._session = store.session
        self._member = store.session.registry.member(entity)

    def get(self, key: Mapping[str, Any] | E | None = None, /, **fields: Any) -> Pending[E | None]:
        """Read an item by the fields of its key: None if there is none, or another entity's.

        Raises:
            KeyValueError: a field is missing or does not fit the key.
            DefinitionError: there are 100 items to be read already.
        """
        return self._read(key_values(self._member, key, fields), self._instance)

    def require(self, key: Mapping[str, Any] | E | None = None, /, **fields: Any) -> Pending[E]:
        """Read an item that has to be there: if it is not, the block ends with an ItemNotFoundError.

        Raises:
            KeyValueError: a field is missing or does not fit the key.
            DefinitionError: there are 100 items to be read already.
        """
        values = key_values(self._member, key, fields)

        def instance(item: Item | Unread | None) -> E:
            found = self._instance(item)
            if found is None:
                raise self._not_found(values)
            return found

        return self._read(values, instance)

    def _instance(self, item: Item | Unread | None) -> E | None:
        own = there(self._member, [item], include_expired=False)[0]
        return None if own is None else self._member.instance(own)

    def _not_found(self, values: Mapping[str, Any]) -> ItemNotFoundError:
        error = self._repository.not_found(values)
        error.operation = "TransactGetItems"
        return error

    def _read(self, values: Mapping[str, Any], make: Callable[[Item | Unread | None], Any]) -> Pending[Any]:
        key, table_name = self._member.key(values), self._session.table_name
        told = f"{self._member.definition.name} with {self._member.shown_key(values)}"
        read = Read(told, (table_name, key_identity(key)), get_item(table_name, key), make)
        self._transaction.add(read)
        return Pending(read)
