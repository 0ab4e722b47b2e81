"""Tables: made, listed, described, and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pynamite.client import Client
from pynamite.connect import connect, made_here
from pynamite.dynamo.send import send
from pynamite.errors import DefinitionError, OperationError, TableNotFoundError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema, KeyType
from pynamite.operation.operation import Operation
from pynamite.operation.tables import TableNames, describe_table
from pynamite.operation.tables import create_table as create_operation
from pynamite.operation.tables import list_tables as list_operation
from pynamite.operation.time_to_live import describe_time_to_live, update_time_to_live

__all__ = [
    "connected",
    "create_table",
    "describe_all",
    "ensure_table",
    "ensure_time_to_live",
    "list_tables",
    "read_indexes",
    "wait_until_active",
]

KeyPart = str | tuple[str, str] | KeyAttribute
IndexForm = str | IndexSchema
IndexForms = Iterable[IndexForm] | Mapping[str, KeyPart | tuple[KeyPart, KeyPart]]

_KEY_TYPES: dict[str, KeyType] = {"S": "S", "N": "N", "B": "B"}
_WAIT_SECONDS = 300.0


@contextmanager
def connected(client_or_url: Client | str | None) -> Iterator[Client]:
    """Give a client; one that was made here, from a URL or from nothing, is closed at the end."""
    client = connect(client_or_url)
    try:
        yield client
    finally:
        close = getattr(client, "close", None)
        if made_here(client, client_or_url) and close is not None:
            close()


def create_table(name: str, client_or_url: Client | str | None = None, pk: KeyPart = "PK", sk: KeyPart | None = "SK", *,
                 indexes: IndexForms = (), exist_ok: bool = False, **options: Any) -> dict[str, Any]:
    """Make a table, wait until it is ready, and give its description.

    A key attribute is a name (of type S) or ``(name, type)``; ``sk=None`` makes a table without sort key. ``indexes``
    are names (``"GSI1"`` has the keys GSI1PK and GSI1SK), a mapping of names to their keys (``{"ByEmail": "email"}``,
    ``{"ByRank": (("rank", "N"), "PK")}``), or `IndexSchema` values. ``options`` are further parameters of CreateTable.
    The table is billed on demand, unless ``BillingMode="PROVISIONED"`` says otherwise.

    With ``exist_ok`` a table of the same name and key is left as it is.

    Raises:
        DefinitionError: a key or an index is of another form, or the table is there with another key.
        OperationError: the table is there, or the database said no.
    """
    if not _is_name(name):
        raise DefinitionError(f"a table's name is a text, not {name!r}")
    schema = KeySchema(_key_attribute(pk), None if sk is None else _key_attribute(sk))
    billing = options.pop("BillingMode", None)
    billing_mode = {} if billing is None else {"billing_mode": billing}
    operation = create_operation(name, schema, indexes=read_indexes(indexes), **billing_mode, **options)
    with connected(client_or_url) as client:
        return ensure_table(client, operation, exist_ok=exist_ok)


def _is_name(given: object) -> bool:
    return isinstance(given, str) and given != ""


def _key_attribute(given: Any) -> KeyAttribute:
    if isinstance(given, KeyAttribute):
        return given
    if isinstance(given, str) and given:
        return KeyAttribute(given)
    if isinstance(given, tuple) and len(given) == 2 and all(isinstance(part, str) for part in given):
        name, kind = given
        if kind in _KEY_TYPES:
            return KeyAttribute(name, _KEY_TYPES[kind])
    raise DefinitionError(f"a key attribute is a name, or (name, 'S', 'N' or 'B'), not {given!r}")


def read_indexes(indexes: IndexForms) -> list[IndexSchema]:
    """Turn every form in which indexes can be given into `IndexSchema` values.

    >>> [index.sort[0].name for index in read_indexes(["GSI1"])]
    ['GSI1SK']

    Raises:
        DefinitionError: one is of another form.
    """
    if isinstance(indexes, str):
        raise DefinitionError(f"indexes= takes a list or a mapping: write [{indexes!r}]")
    if isinstance(indexes, Mapping):
        return [_index(name, key) for name, key in indexes.items()]
    return [
        index if isinstance(index, IndexSchema) else _index(index, (f"{index}PK", f"{index}SK")) for index in indexes]


def _index(name: Any, key: Any) -> IndexSchema:
    if not _is_name(name):
        raise DefinitionError(f"an index is a name or an IndexSchema, not {name!r}")
    if isinstance(key, tuple) and len(key) == 2 and key[1] not in _KEY_TYPES:
        partition, sort = key
        return IndexSchema(name, _key_attribute(partition), () if sort is None else _key_attribute(sort))
    return IndexSchema(name, _key_attribute(key))


def ensure_table(client: Client, operation: Operation[dict[str, Any]], *, exist_ok: bool = False,
                 timeout: float = _WAIT_SECONDS) -> dict[str, Any]:
    """Send a CreateTable, wait until the table is ready (``timeout`` in seconds), and give its description.

    Raises:
        DefinitionError: with ``exist_ok``, the table is there with another key.
        OperationError: the table is there (without ``exist_ok``), is not ready in time, or the database said no.
    """
    name = str(operation.table_name)
    try:
        send(client, operation)
    except OperationError as error:
        if error.code != "ResourceInUseException":
            raise
        if not exist_ok:
            raise OperationError(
                f"table {name!r} is there already; exist_ok=True leaves it as it is", operation=error.operation,
                table_name=name, code=error.code, response=error.response) from error
        there = send(client, describe_table(name))
        if _key(there) != _key(operation.request):
            raise DefinitionError(
                f"table {name!r} is there with the key {_key(there)}, not {_key(operation.request)}; "
                "choose another name, or delete it") from error
    return wait_until_active(client, name, timeout=timeout, missing_ok=True)


def ensure_time_to_live(client: Client, name: str, attribute: str) -> None:
    """Let the items of a table expire by an attribute, unless they do already.

    Raises:
        DefinitionError: they expire by another one.
        OperationError: the client has no methods for it, or the database said no.
    """
    operation = update_time_to_live(name, attribute)
    missing = [method for method in ("describe_time_to_live", operation.method) if not hasattr(client, method)]
    if missing:
        raise OperationError(
            f"table {name!r} is there, but its Time to Live is not switched on: the client has no {missing[0]!r}; add "
            f"it, or switch it on elsewhere, for the attribute {attribute!r}", operation=operation.action,
            table_name=name)
    if _expires_by(client, name, attribute):
        return
    try:
        send(client, operation)
    except OperationError:
        # Somebody else may have been faster.
        if not _expires_by(client, name, attribute):
            raise


def _expires_by(client: Client, name: str, attribute: str) -> bool:
    there = send(client, describe_time_to_live(name))
    if there not in {None, attribute}:
        raise DefinitionError(
            f"the items of table {name!r} expire by {there!r} already, not by {attribute!r}: store the ttl field as "
            f"name={there!r}, or switch the table's Time to Live off first")
    return there is not None


def _key(description: Mapping[str, Any]) -> list[str]:
    types = {one["AttributeName"]: one["AttributeType"] for one in description["AttributeDefinitions"]}
    return [f"{part['AttributeName']} ({types.get(part['AttributeName'])})" for part in description["KeySchema"]]


def wait_until_active(client: Client, name: str, *, timeout: float = _WAIT_SECONDS, missing_ok: bool = False,
                      sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Wait until a table and its indexes are ready, and give the table's description.

    With ``missing_ok`` a table that is not there is waited for, too: DescribeTable is eventually consistent, and may
    not know yet what has just been made.

    Raises:
        OperationError: they are not within ``timeout`` seconds.
    """
    waited, pause = 0.0, 0.1
    while True:
        try:
            description = send(client, describe_table(name))
        except TableNotFoundError:
            if not missing_ok or waited >= timeout:
                raise
            states = ["not there"]
        else:
            states = _states(description)
            if set(states) == {"ACTIVE"}:
                return description
        if waited >= timeout:
            raise OperationError(
                f"table {name!r} is not ready after {timeout:.0f} seconds, but {', '.join(states)}; "
                "look again later", operation="DescribeTable", table_name=name)
        sleep(pause)
        waited += pause
        pause = min(2.0, pause * 2)


def _states(description: Mapping[str, Any]) -> list[str]:
    indexes = description.get("GlobalSecondaryIndexes") or ()
    return [str(description.get("TableStatus")), *(str(index.get("IndexStatus", "ACTIVE")) for index in indexes)]


def list_tables(client_or_url: Client | str | None = None) -> list[str]:
    """Give the names of all tables."""
    with connected(client_or_url) as client:
        return _names(client)


def _names(client: Client) -> list[str]:
    names: list[str] = []
    start: str | None = None
    while True:
        page: TableNames = send(client, list_operation(start=start))
        names += page.names
        start = page.last
        if start is None:
            return names


def describe_all(client_or_url: Client | str | None = None) -> dict[str, dict[str, Any]]:
    """Give the descriptions of all tables by name."""
    with connected(client_or_url) as client:
        return {name: send(client, describe_table(name)) for name in _names(client)}
