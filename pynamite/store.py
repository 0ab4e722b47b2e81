"""The store: a table's entities, connected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from pynamite.client import Client
from pynamite.dataframes import from_frame, to_frame
from pynamite.drawing.picture import LIMIT, Picture, picture_of
from pynamite.drawing.subject import subject_of_session
from pynamite.dynamo import DB
from pynamite.dynamo.chunks import Progress
from pynamite.dynamo.send import send
from pynamite.dynamo.tables import ensure_table, ensure_time_to_live
from pynamite.entities.epoch import utc_now
from pynamite.entities.registry import Registry
from pynamite.errors import TableNotFoundError
from pynamite.operation.tables import create_table, delete_table, describe_table
from pynamite.repository.aggregate import Aggregate
from pynamite.repository.images import StreamRecord, instance_of, read_record
from pynamite.repository.query import Query
from pynamite.repository.read_transaction import ReadTransaction
from pynamite.repository.repository import Repository
from pynamite.repository.session import Session
from pynamite.repository.view import View
from pynamite.repository.wanted import Wanted
from pynamite.repository.writing.transaction import Transaction

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReadAs", "Store"]

E = TypeVar("E")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
F = TypeVar("F")
P = TypeVar("P")
T = TypeVar("T")

ReadAs = type[T] | View[T]
"""What items are read as: instances of their entity, or of a view of it."""


class Store:
    """A table that is connected: ``store[User]`` is the repository of an entity.

    ``Table.connect`` makes it. It is closed by `close`, or by leaving its ``with`` block.
    """

    def __init__(
        self,
        registry: Registry,
        client: Client,
        *,
        tenant: str | None = None,
        secret: bytes | None = None,
        now: Callable[[], datetime] | None = None,
        owns_client: bool = False,
    ) -> None:
        self.session = Session(client, registry, tenant, secret, now or utc_now)
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
        sk = None if schema.sort is None else schema.sort.name
        return DB(self.name, self.client, pk=schema.partition.name, sk=sk, tenant=self.session.tenant)

    def __getitem__(self, entity: type[E]) -> Repository[E]:
        """Give the repository of an entity.

        Raises:
            UnknownEntityError: the table does not hold it.
        """
        return Repository(self, entity)

    @overload
    def collection(self, a: ReadAs[A], fields: Mapping[str, Any] = ..., /, **more: Any) -> Query[A]: ...
    @overload
    def collection(self, index: str, a: ReadAs[A], fields: Mapping[str, Any] = ..., /, **more: Any) -> Query[A]: ...
    @overload
    def collection(
        self, a: ReadAs[A], b: ReadAs[B], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Query[A | B]: ...
    @overload
    def collection(
        self, index: str, a: ReadAs[A], b: ReadAs[B], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Query[A | B]: ...
    @overload
    def collection(
        self, a: ReadAs[A], b: ReadAs[B], c: ReadAs[C], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Query[A | B | C]: ...
    @overload
    def collection(
        self, index: str, a: ReadAs[A], b: ReadAs[B], c: ReadAs[C], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Query[A | B | C]: ...
    @overload
    def collection(
        self, a: ReadAs[A], b: ReadAs[B], c: ReadAs[C], d: ReadAs[D], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Query[A | B | C | D]: ...
    @overload
    def collection(
        self,
        index: str,
        a: ReadAs[A],
        b: ReadAs[B],
        c: ReadAs[C],
        d: ReadAs[D],
        fields: Mapping[str, Any] = ...,
        /,
        **more: Any,
    ) -> Query[A | B | C | D]: ...
    @overload
    def collection(
        self,
        a: ReadAs[A],
        b: ReadAs[B],
        c: ReadAs[C],
        d: ReadAs[D],
        f: ReadAs[F],
        fields: Mapping[str, Any] = ...,
        /,
        **more: Any,
    ) -> Query[A | B | C | D | F]: ...
    @overload
    def collection(
        self,
        index: str,
        a: ReadAs[A],
        b: ReadAs[B],
        c: ReadAs[C],
        d: ReadAs[D],
        f: ReadAs[F],
        fields: Mapping[str, Any] = ...,
        /,
        **more: Any,
    ) -> Query[A | B | C | D | F]: ...
    @overload
    def collection(self, /, *given: ReadAs[Any] | str | Mapping[str, Any], **more: Any) -> Query[Any]: ...
    def collection(self, /, *given: Any, **more: Any) -> Query[Any]:
        """Query one partition for several entities at once, in the order of their sort keys.

        ``collection(User, Order, account_id="1")``; an index goes first, ``collection("GSI1", User, Order, ...)``. The
        fields are those of the partition key, under the names that the entities give them, as keywords or as one
        mapping behind the entities. ``.by_type()`` gives what is found entity by entity. A view may stand for an
        entity, ``collection(store[User].view(Header), Order, ...)``: only the attributes that are needed are read.

        Raises:
            TypeError: there are no entities.
            DefinitionError: the entities do not share a partition, or one takes no part in the index.
            KeyValueError: a field is missing, or does not fit.
        """
        return Query(self._together("collection", given, more, least=1))

    @overload
    def aggregate(
        self, parent: ReadAs[P], a: ReadAs[A], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Aggregate[P, A]: ...
    @overload
    def aggregate(
        self, index: str, parent: ReadAs[P], a: ReadAs[A], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Aggregate[P, A]: ...
    @overload
    def aggregate(
        self, parent: ReadAs[P], a: ReadAs[A], b: ReadAs[B], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Aggregate[P, A | B]: ...
    @overload
    def aggregate(
        self, index: str, parent: ReadAs[P], a: ReadAs[A], b: ReadAs[B], fields: Mapping[str, Any] = ..., /, **more: Any
    ) -> Aggregate[P, A | B]: ...
    @overload
    def aggregate(
        self,
        parent: ReadAs[P],
        a: ReadAs[A],
        b: ReadAs[B],
        c: ReadAs[C],
        fields: Mapping[str, Any] = ...,
        /,
        **more: Any,
    ) -> Aggregate[P, A | B | C]: ...
    @overload
    def aggregate(
        self,
        index: str,
        parent: ReadAs[P],
        a: ReadAs[A],
        b: ReadAs[B],
        c: ReadAs[C],
        fields: Mapping[str, Any] = ...,
        /,
        **more: Any,
    ) -> Aggregate[P, A | B | C]: ...
    @overload
    def aggregate(self, /, *given: ReadAs[Any] | str | Mapping[str, Any], **more: Any) -> Aggregate[Any, Any]: ...
    def aggregate(self, /, *given: Any, **more: Any) -> Aggregate[Any, Any]:
        """Read a parent with its children by one query of their partition, wherever the parent stands among them.

        ``aggregate(Customer, Order, customer_id="1").reverse().limit(10)`` has the ``parent`` and its newest 10
        ``children``. Index and fields are given as for `collection`; the parent is the first entity.

        Raises:
            TypeError: there are not two entities, or the parent is one of the children.
            DefinitionError: the entities do not share a partition, or one takes no part in the index.
            KeyValueError: a field is missing, or does not fit.
        """
        wanted = self._together("aggregate", given, more, least=2)
        if wanted.members[0] in wanted.members[1:]:
            name = wanted.members[0].definition.name
            raise TypeError(f"aggregate({name}, ...) has {name} among the children, too: use collection({name}, ...)")
        return Aggregate(wanted)

    def _together(self, verb: str, given: Sequence[Any], more: Mapping[str, Any], *, least: int) -> Wanted:
        """Read an index, entities and fields as `collection` takes them."""
        index = given[0] if given and isinstance(given[0], str) else None
        fields = given[-1] if given and isinstance(given[-1], Mapping) else None
        entities = given[index is not None : len(given) - (fields is not None)]
        if len(entities) < least:
            example = "User, Order, account_id='1'"
            raise TypeError(f"{verb}(...) takes the entities to be read, such as {verb}({example})")
        if fields is not None and more:
            raise TypeError(f"give the fields of {verb}(...) once: as keywords, or as one mapping")
        views = tuple(one.entity_view if isinstance(one, View) else None for one in entities)
        members = tuple(
            self.session.registry.member(entity if view is None else view.member.cls)
            for entity, view in zip(entities, views, strict=True)
        )
        twice = [member.definition.name for member in members if members.count(member) > 1 and any(views)]
        if twice:
            raise TypeError(f"{verb}(...) names {twice[0]} twice: an item is read as one class")
        values = dict(more if fields is None else fields)
        return Wanted(self.session, members, index=index, values=values, views=views)

    def from_image(self, image: Mapping[str, Any], /) -> Any:
        """Make the instance of an item in DynamoDB JSON: an image of a stream, a line of an export.

        Binary values may be base64 text, as in JSON, or bytes, as in boto3's answers.

        Raises:
            UnknownEntityError: the item is of none of the table's entities, or another tenant's.
            ItemStructureError: it is no item, or does not fit its class.
        """
        return instance_of(image, self.session.registry)

    def from_record(self, record: Mapping[str, Any], /) -> StreamRecord[Any]:
        """Read a record of the table's stream, as a function on AWS Lambda gets it: the instances before and after.

        Raises:
            UnknownEntityError: the item is of none of the table's entities, or another tenant's.
            ItemStructureError: it is no record, or the item does not fit its class.
        """
        return read_record(record, self.session.registry)

    def transaction(self, *others: Store, token: str | None = None) -> Transaction:
        """Begin a transaction: ``with store.transaction() as tx: tx[User].create(...)``; all of it happens, or nothing.

        ``others`` are stores of further tables that take part in it; they have to be in the same database. A ``token``
        of 1 to 36 characters makes it harmless to run the same transaction again within ten minutes.

        Raises:
            ValueError: the token is none.
            DefinitionError: another store is in another database.
        """
        return Transaction([self.session, *(other.session for other in others)], token=token)

    def read_transaction(self, *others: Store) -> ReadTransaction:
        """Begin a transaction that reads: ``with store.read_transaction() as tx: ann = tx[User].get(account_id="1")``.

        What was asked for is read when the block ends, as of one moment: ``ann.value``. Other stores' tables may be
        read from, too, if they are of the same database.

        Raises:
            DefinitionError: the stores are not of one database.
        """
        return ReadTransaction((self, *others))

    def draw(self, *, index: str | None = None, limit: int | None = LIMIT) -> Picture:
        """Draw what is in the table as modellers do by hand: its partitions and their items, and those of each index.

        ``print(store.draw())`` shows it in the terminal (by rich, the extra ``draw``), a notebook shows it as a page.
        At most ``limit`` items are read, None for all; the picture says whether there are more. ``index`` reads
        and draws one index alone.

        Raises:
            DefinitionError: there is no such index.
            OperationError: the database said no.
            ValueError: the limit is no positive number.
        """
        return picture_of(subject_of_session(self.session), index=index, limit=limit)

    def to_html(
        self,
        file: str | PathLike[str],
        *,
        index: str | None = None,
        limit: int | None = LIMIT,
        title: str | None = None,
    ) -> Path:
        """Write the picture of the table to a file, as one page that needs no network; gives the file's path.

        ``title`` is the table's name by default; ``index`` and ``limit`` are those of `draw`.

        Raises:
            DefinitionError: there is no such index.
            OperationError: the database said no.
            ValueError: the limit is no positive number.
            OSError: the file cannot be written.
        """
        return self.draw(index=index, limit=limit).to_html(file, title=title)

    def to_frame(self, what: type[E] | Query[E], /) -> pd.DataFrame:
        """Read an entity's items, all of them or those of a query, into a data frame of pandas: a row for each.

        ``to_frame(Order)`` scans the table; ``to_frame(store[Order].query(account_id="1"))`` reads what is needed. Each
        field is a column, and a missing value is ``<NA>``: int is Int64 (an object where one has more digits), float
        Float64, bool boolean, str string, datetime datetime64[us, UTC], timedelta timedelta64[us]; UUIDs and Enums are
        their texts or numbers; Decimal, bytes and date stay what they are, and what is nested is dicts and lists.

        Raises:
            DefinitionError: pandas is not installed, or the query is one of several entities, or of a view.
            UnknownEntityError: the table does not hold the entity.
        """
        return to_frame(what if isinstance(what, Query) else self[what].scan())

    def from_frame(
        self, entity: type[E], frame: pd.DataFrame, /, *, checked: bool = False, progress: Progress | None = None
    ) -> int:
        """Put the rows of a data frame as instances of an entity; gives how many they are.

        The columns are its fields, as `to_frame` has them; further columns are an error, and a field whose column or
        value is missing has its default. Every row is looked at before the first is put, by `Repository.put_many`.

        Raises:
            ItemStructureError: columns or rows do not fit; ``problems`` has all of them, each with its row's label.
            DefinitionError: pandas is not installed.
            UnprocessedItemsError: the service went on leaving items out.
        """
        return from_frame(self[entity], frame, checked=checked, progress=progress)

    def create_table(self, *, exist_ok: bool = False, **options: Any) -> None:
        """Create the table with its indexes, and wait until it is ready; where its items expire, let them.

        ``options`` are further parameters of CreateTable.

        Raises:
            OperationError: it is there already, unless ``exist_ok``.
            DefinitionError: with ``exist_ok``, it is there with another key, or its items expire by another attribute.
        """
        registry = self.session.registry
        operation = create_table(self.name, registry.schema, indexes=list(registry.indexes.values()), **options)
        ensure_table(self.client, operation, exist_ok=exist_ok)
        if registry.ttl_attribute is not None:
            ensure_time_to_live(self.client, self.name, registry.ttl_attribute)

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
