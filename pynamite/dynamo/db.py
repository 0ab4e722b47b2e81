"""`DB`: one table of plain items, by key, by partition, and as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from pynamite.client import Client
from pynamite.connect import Transport, connect, made_here
from pynamite.dynamo import records
from pynamite.dynamo.batch import Batch
from pynamite.dynamo.connections import table_of
from pynamite.dynamo.describe import HELP, index_partition, summary
from pynamite.dynamo.logs import show_if_asked
from pynamite.dynamo.requests import RETURN_VALUES, Requests
from pynamite.dynamo.send import pages, send, send_batch_write
from pynamite.dynamo.stamps import CREATED
from pynamite.dynamo.tenant import Tenancy
from pynamite.errors import ConditionFailedError, DefinitionError, ItemExistsError, UnprocessedItemsError
from pynamite.key.address import Address
from pynamite.key.tenant import check_tenant
from pynamite.operation.batch import WriteEntry
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.operation.tables import describe_table
from pynamite.wire import Item, item_from_wire

__all__ = ["DB"]

D = TypeVar("D")
R = TypeVar("R")

Projection = str | Iterable[str] | None


class DB:
    """A table of plain items.

    A key is given as ``"PK.SK"`` (the first dot separates), ``["PK", "SK"]``, a tuple, or ``{"PK": ..., "SK": ...}``.
    Items are dicts; numbers come back as Decimal. ``_created`` and ``_updated`` are kept by the way, as fixed-width UTC
    text. Options in capitals are boto3's, with plain Python values: ``ConditionExpression=`` and its like are text or
    conditions made of boto3's ``Key`` and ``Attr``.

    ``name`` is the environment's DYNAMO_TABLE_NAME if it is left out. ``client_or_url`` is what `connect` takes:
    nothing for AWS, ``"http://host:port"``, ``"sqlite:///file.db"``, or a client. ``pk`` and ``sk`` are the names of
    the key attributes; ``sk=None`` for a table without sort key. With a ``tenant`` all partition keys are stored as
    ``tenant@key``, and only this tenant's items are seen. ``transport`` says how requests are sent: see `connect`.

    >>> from pynamite import dynamo
    >>> from pynamite.connect import connect
    >>> client = connect("sqlite://")
    >>> description = dynamo.create_table("bookmarks", client)
    >>> db = dynamo.DB("bookmarks", client)
    >>> db.update("123.https://aws.amazon.com", {"folder": "Cloud", "visits": dynamo.Increment("visits")})["visits"]
    Decimal('1')
    >>> db.get("123.https://aws.amazon.com", "folder")
    {'folder': 'Cloud'}
    """

    def __init__(self, name: str | None = None, client_or_url: Client | str | None = None, *, pk: str = "PK",
                 sk: str | None = "SK", tenant: str | None = None, transport: Transport = "auto") -> None:
        self.name = _table_name(name)
        self.PK = pk
        self.SK = sk
        self.tenant = None if tenant is None else check_tenant(tenant)
        self.client = connect(client_or_url, transport=transport)
        self._owns_client = made_here(self.client, client_or_url)
        self._made_requests: Requests | None = None
        show_if_asked()

    def __repr__(self) -> str:
        tenant = "" if self.tenant is None else f", tenant={self.tenant!r}"
        return f"DB({self.name!r}{tenant})"

    def close(self) -> None:
        """Close the client, if it was made here; one that was handed in stays open."""
        close = getattr(self.client, "close", None)
        if self._owns_client and close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    # One item

    @overload
    def get(self, key: Address, projection: Projection = None, default: None = None,
            **options: Any) -> dict[str, Any] | None: ...

    @overload
    def get(self, key: Address, projection: Projection, default: D, **options: Any) -> dict[str, Any] | D: ...

    @overload
    def get(self, key: Address, projection: Projection = None, *, default: D,
            **options: Any) -> dict[str, Any] | D: ...

    def get(self, key: Address, projection: Projection = None, default: Any = None, **options: Any) -> Any:
        """Get an item, or what the ``projection`` ("createDate, a.b[0]") names of it; ``default`` where there is none.

        An item that has nothing of the projection is ``{}``. Options: ConsistentRead, ExpressionAttributeNames.

        Raises:
            KeyValueError: the key has a wrong form.
            ExpressionError: a path is malformed.
            OperationError: the database said no.
        """
        operation, added = self._requests.get(key, projection, options)
        item = self.send_one(operation)
        if item is None:
            return default
        return self._shown({name: value for name, value in item.items() if name not in added})

    def put(self, key: Address, attributes: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Put an item in the place of whatever was there; gives its key and its ``size`` in DynamoDB's bytes.

        ``_created`` is now, unless the attributes have it. Options: ConditionExpression (with
        ExpressionAttributeNames and ExpressionAttributeValues), ReturnValues="ALL_OLD" (what was there, under
        ``Attributes``).

        Raises:
            KeyValueError: the key has a wrong form, or the attributes have another one.
            ItemStructureError: a value cannot be stored, or the item has more than 400 KB.
            ConditionFailedError: the condition did not hold.
            OperationError: the database said no.
        """
        operation, size = self._requests.put(key, attributes, options)
        answer = self.send_one(operation)
        return {**self._requests.plain_key(key), "size": size, **self._old(answer.get("Attributes"))}

    def create(self, key: Address, attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Put an item where there is none; gives what `put` gives.

        Raises:
            KeyValueError: the key has a wrong form, or the attributes have another one.
            ItemStructureError: a value cannot be stored, or the item has more than 400 KB.
            ItemExistsError: there is one; its ``item`` is what is there.
            OperationError: the database said no.
        """
        operation, size = self._requests.put(key, attributes, {}, condition=self._requests.absent())
        plain = self._requests.plain_key(key)
        try:
            self.send_one(operation)
        except ConditionFailedError as error:
            raise ItemExistsError(
                f"there is an item {plain!r} in table {self.name!r}; put() replaces it, update() changes it",
                item=error.item, operation=error.operation, table_name=error.table_name, key=error.key, code=error.code,
                response=error.response) from error
        return {**plain, "size": size}

    def update(self, key: Address, changes: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Change an item by paths (``{"a.b[0]": 5, "views": Increment("views")}``); one that is not there is made.

        Gives what ReturnValues asks for, by default the new values of what changed ("UPDATED_NEW", or the
        environment's RETURN_VALUES); of ``_created`` nothing is said then. None is stored as NULL; an empty set removes
        the attribute. Options: ReturnValues, ConditionExpression (with ExpressionAttributeNames and
        ExpressionAttributeValues).

        Raises:
            KeyValueError: the key has a wrong form, or a key attribute would change.
            ExpressionError: a path or the condition is malformed, or two paths overlap.
            ItemStructureError: a value cannot be stored.
            ConditionFailedError: the condition did not hold.
            OperationError: the database said no.
        """
        operation = self._requests.update(key, changes, options, _default_return_values())
        changed = self.send_one(operation)
        if changed is None:
            return {}
        shown = self._shown(changed)
        if operation.request.get("ReturnValues") in {"UPDATED_NEW", "UPDATED_OLD"} and CREATED not in changes:
            shown.pop(CREATED, None)
        return shown

    def delete(self, key: Address, **options: Any) -> dict[str, Any]:
        """Delete an item, if there is one; gives its key.

        Options: ConditionExpression (with ExpressionAttributeNames and ExpressionAttributeValues),
        ReturnValues="ALL_OLD" (what was there, under ``Attributes``).

        Raises:
            KeyValueError: the key has a wrong form.
            ConditionFailedError: the condition did not hold.
            OperationError: the database said no.
        """
        old = self.send_one(self._requests.delete(key, options))
        return {**self._requests.plain_key(key), **self._old(old)}

    def _old(self, old: Item | None) -> dict[str, Any]:
        return {"Attributes": self._shown(old)} if old else {}

    # Many items

    def get_partition(self, pk: Any, startswith: str | bytes | None = None, **options: Any) -> list[dict[str, Any]]:
        """Get all items of a partition in the order of their sort keys, or those whose sort key begins so.

        Options: those of `query`, without KeyConditionExpression and IndexName.

        Raises:
            KeyValueError: the partition key, or the beginning, cannot be one.
            OperationError: the database said no.
        """
        return self._read(self._requests.query(self._requests.partition(pk, startswith), options), options)

    def query(self, partition: Any = None, **options: Any) -> list[dict[str, Any]]:
        """Get all items of a partition, or of a KeyConditionExpression, from all pages.

        ``partition`` is a partition key (of the index, with IndexName) or a key condition. Options: IndexName,
        KeyConditionExpression, FilterExpression, ProjectionExpression, ExpressionAttributeNames,
        ExpressionAttributeValues, ScanIndexForward, ConsistentRead, ExclusiveStartKey, and Limit: here the number of
        items that are given, at most.

        Raises:
            DefinitionError: an option is unknown, or there is nothing to query for.
            ExpressionError: an expression is malformed.
            OperationError: the database said no.
        """
        return self._read(self._query(partition, options), options)

    def query_page(self, partition: Any = None, **options: Any) -> dict[str, Any]:
        """Query as boto3 does: gives Items, Count and ScannedCount, of all pages.

        With Limit it is one page, and LastEvaluatedKey says where the next one starts (ExclusiveStartKey). Options:
        those of `query`, and Select.

        Raises:
            DefinitionError: an option is unknown, or there is nothing to query for.
            ExpressionError: an expression is malformed.
            OperationError: the database said no.
        """
        operation = self._query(partition, options)
        single = options.get("Limit") is not None
        read = [self.send_one(operation)] if single else list(pages(self.client, operation))
        answer: dict[str, Any] = {
            "Items": [self._shown(item) for page in read for item in page.items],
            "Count": sum(page.count for page in read),
            "ScannedCount": sum(page.scanned_count for page in read),
        }
        if read[-1].last_key is not None:
            answer["LastEvaluatedKey"] = self._shown(read[-1].last_key)
        return answer

    def _query(self, partition: Any, options: Mapping[str, Any]) -> Operation[ReadPage]:
        condition = partition
        if partition is not None and not _is_condition(partition):
            index = options.get("IndexName")
            attribute = None if index is None else index_partition(self.describe, index)
            condition = self._requests.partition(partition, attribute=attribute)
        return self._requests.query(condition, options)

    def scan(self, partition: Any = None, **options: Any) -> list[dict[str, Any]]:
        """Get all items of the table, or of a partition, from all pages.

        Options: IndexName, FilterExpression, ProjectionExpression, ExpressionAttributeNames, ExpressionAttributeValues,
        ConsistentRead, ExclusiveStartKey, Segment, TotalSegments, and Limit: here the number of items that are given,
        at most.

        Raises:
            DefinitionError: an option is unknown.
            ExpressionError: an expression is malformed.
            OperationError: the database said no.
        """
        if partition is not None:
            return self.query(partition, **options)
        return self._read(self._requests.scan(options), options)

    def _read(self, operation: Operation[ReadPage], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        if options.get("Select") == "COUNT":
            raise DefinitionError("Select='COUNT' gives no items; dynamo.query(db, ...)['Count'] gives the number")
        limit = options.get("Limit")
        # A page's limit counts what is read before the filter: as pages they would only be many and small.
        if "FilterExpression" in operation.request:
            operation = operation.with_request(Limit=None)
        items: list[dict[str, Any]] = []
        for page in pages(self.client, operation):
            items.extend(self._shown(item) for item in page.items)
            if limit is not None and len(items) >= limit:
                return items[:limit]
        return items

    def batch(self) -> Batch:
        """Give a `Batch`: ``with db.batch() as batch`` collects writes, and sends them when the block ends."""
        return Batch(self)

    # The table

    @property
    def describe(self) -> dict[str, Any]:
        """The table's description, as DescribeTable gives it under ``Table``."""
        return send(self.client, describe_table(self.name))

    @property
    def status(self) -> str:
        """The table's state: ``ACTIVE``, ``CREATING``, ``UPDATING``, ``DELETING``."""
        return str(self.describe["TableStatus"])

    def info(self) -> dict[str, Any]:
        """Give the main facts about the table: name, status, items, size (bytes), key, indexes, billing, tenant.

        DynamoDB brings the counts up to date every six hours or so.
        """
        return {**summary(self.describe), "tenant": self.tenant}

    @property
    def table(self) -> Any:
        """boto3's Table on AWS or http; on the embedded engine an object with its item methods.

        It knows nothing of stamps and tenants.
        """
        return table_of(self.client, self.name)

    @property
    def records(self) -> tuple[type, ...]:
        """The entities that are declared for a table of this name."""
        return records.bound(self.name)

    @property
    def help(self) -> str:
        """What can be done with it, in a few lines."""
        return HELP

    # What a batch needs

    def prepare_put(self, key: Address, attributes: Mapping[str, Any] | None) -> Operation[Any]:
        """Make and check a put without sending it."""
        return self._requests.put(key, attributes, {})[0]

    def prepare_update(self, key: Address, changes: Mapping[str, Any]) -> Operation[Any]:
        """Make and check an update without sending it."""
        return self._requests.update(key, changes, {}, "NONE")

    def prepare_delete(self, key: Address) -> Operation[Any]:
        """Make and check a deletion without sending it."""
        return self._requests.delete(key, {})

    def send_writes(self, entries: Sequence[WriteEntry]) -> None:
        """Send puts and deletes of stored items together.

        Raises:
            UnprocessedItemsError: the service went on leaving some out.
            OperationError: the database said no.
        """
        try:
            send_batch_write(self.client, self.name, entries, key_names=self._requests.key_names)
        except UnprocessedItemsError as error:
            if self._tenancy is not None:
                error.unprocessed = tuple(self._tenancy.shown_plain(one) for one in error.unprocessed)
            raise

    def send_one(self, operation: Operation[R]) -> R:
        """Send one operation.

        Raises:
            OperationError: the database said no.
        """
        try:
            return send(self.client, operation)
        except ConditionFailedError as error:
            if self._tenancy is not None and error.item is not None:
                error.item = self._tenancy.shown_plain(error.item)
            raise

    @property
    def _requests(self) -> Requests:
        # A tenant has to know the indexes: they are asked for once, when they are first needed.
        if self._made_requests is None:
            tenancy = None if self.tenant is None else Tenancy.of(self.tenant, self.describe)
            self._made_requests = Requests(self.name, self.PK, self.SK, tenancy)
        return self._made_requests

    @property
    def _tenancy(self) -> Tenancy | None:
        return None if self.tenant is None else self._requests.tenancy

    def _shown(self, item: Item) -> dict[str, Any]:
        return item_from_wire(item if self._tenancy is None else self._tenancy.shown(item))


def _table_name(name: str | None) -> str:
    found = os.environ.get("DYNAMO_TABLE_NAME") if name is None else name
    if not isinstance(found, str) or not found:
        raise DefinitionError(
            "DB needs the name of a table: DB('bookmarks'), or the environment variable DYNAMO_TABLE_NAME"
            + (f"; {name!r} is none" if name is not None else ""))
    return found


def _default_return_values() -> str:
    value = os.environ.get("RETURN_VALUES") or "UPDATED_NEW"
    if value not in RETURN_VALUES:
        raise DefinitionError(
            f"the environment variable RETURN_VALUES is {value!r}: set it to one of {', '.join(RETURN_VALUES)}")
    return value


def _is_condition(given: Any) -> bool:
    return hasattr(given, "get_expression") or type(given).__module__.startswith("pynamite.expression")
