"""The store: a table's entities, connected."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from pynamite.client import Client
from pynamite.dynamo import DB
from pynamite.dynamo.send import send
from pynamite.dynamo.tables import ensure_table
from pynamite.entities.registry import Registry
from pynamite.errors import TableNotFoundError
from pynamite.operation.tables import create_table, delete_table, describe_table
from pynamite.repository.query import Query
from pynamite.repository.reading import Wanted
from pynamite.repository.repository import Repository
from pynamite.repository.session import Session
from pynamite.repository.transaction import Transaction

__all__ = ["Store"]

E = TypeVar("E")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
F = TypeVar("F")


class Store:
    """A table that is connected: ``store[User]`` is the repository of an entity.

    ``Table.connect`` makes it. It is closed by `close`, or by leaving its ``with`` block.
    """

    def __init__(self, registry: Registry, client: Client, *, owns_client: bool = False) -> None:
        self.session = Session(client, registry)
        self._owns_client = owns_client

    def __repr__(self) -> str:
        entities = ", ".join(member.definition.name for member in self.session.registry.members.values())
        return f"Store({self.name!r}: {entities})"

    @property
    def name(self) -> str:
        """The table's name."""
        return self.session.table_name

    @property
    def client(self) -> Client:
        """The client: boto3's, or the embedded engine's. Hand it to another table's `connect` to share it."""
        return self.session.client

    @cached_property
    def db(self) -> DB:
        """The same table as plain items."""
        schema = self.session.registry.schema
        return DB(
            self.name, self.client, pk=schema.partition.name, sk=None if schema.sort is None else schema.sort.name
        )

    def __getitem__(self, entity: type[E]) -> Repository[E]:
        """Give the repository of an entity.

        Raises:
            UnknownEntityError: the table does not hold it.
        """
        return Repository(self, entity)

    @overload
    def collection(self, a: type[A], /, **fields: Any) -> Query[A]: ...
    @overload
    def collection(self, a: type[A], b: type[B], /, **fields: Any) -> Query[A | B]: ...
    @overload
    def collection(self, a: type[A], b: type[B], c: type[C], /, **fields: Any) -> Query[A | B | C]: ...
    @overload
    def collection(self, a: type[A], b: type[B], c: type[C], d: type[D], /, **fields: Any) -> Query[A | B | C | D]: ...
    @overload
    def collection(
        self, a: type[A], b: type[B], c: type[C], d: type[D], f: type[F], /, **fields: Any
    ) -> Query[A | B | C | D | F]: ...
    @overload
    def collection(self, /, *entities: type[Any], **fields: Any) -> Query[Any]: ...
    def collection(self, /, *entities: type[Any], **fields: Any) -> Query[Any]:
        """Query one partition for several entities at once, in the order of their sort keys.

        ``fields`` are those of the partition key, under the names that the entities give them.

        Raises:
            TypeError: there are no entities.
            DefinitionError: the entities do not share a partition.
            KeyValueError: a field is missing, or does not fit.
        """
        if not entities:
            raise TypeError(
                "collection(...) takes the entities to be read, such as collection(User, Order, account_id='1')"
            )
        members = tuple(self.session.registry.member(entity) for entity in entities)
        return Query(Wanted(self.session, members, values=fields))

    def transaction(self, *, token: str | None = None) -> Transaction:
        """Begin a transaction: ``with store.transaction() as tx: tx[User].create(...)``; all of it happens, or nothing.

        A ``token`` of 1 to 36 characters makes it harmless to run the same transaction again within ten minutes.
        """
        return Transaction(self.session, token=token)

    def create_table(self, *, exist_ok: bool = False, **options: Any) -> None:
        """Create the table with its indexes, and wait until it is ready.

        ``options`` are further parameters of CreateTable.

        Raises:
            OperationError: it is there already, unless ``exist_ok``.
            DefinitionError: with ``exist_ok``, it is there with another key.
        """
        registry = self.session.registry
        operation = create_table(self.name, registry.schema, indexes=list(registry.indexes.values()), **options)
        ensure_table(self.client, operation, exist_ok=exist_ok)

    def delete_table(self) -> None:
        """Delete the table with everything in it.

        Raises:
            TableNotFoundError: it is not there.
        """
        send(self.client, delete_table(self.name))

    def exists(self) -> bool:
        """Tell whether the table is there."""
        try:
            send(self.client, describe_table(self.name))
        except TableNotFoundError:
            return False
        return True

    def close(self) -> None:
        """Close the client, if connecting made it; one that was handed in stays open."""
        close = getattr(self.client, "close", None)
        if self._owns_client and close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
