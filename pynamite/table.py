"""Tables and indexes as they are declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import attrs

from pynamite.client import Client
from pynamite.connect import connect
from pynamite.dynamo import records
from pynamite.entities.registry import IndexDraft, Registry, build_registry
from pynamite.errors import DefinitionError
from pynamite.operation.tables import create_table
from pynamite.store import Store
from pynamite.wire import item_from_wire

__all__ = ["Index", "Table"]


@attrs.frozen
class Index:
    """A secondary index of a table.

    ``pk`` and ``sk`` are the names of its key attributes, ``GSI1PK`` and ``GSI1SK`` for ``Index("GSI1")``; ``sk=None``
    is an index without sort key. They may be fields' attributes (``Index("ByEmail", pk="email", sk=None)``) or the
    table's own keys. ``projection`` is what it holds: "ALL", "KEYS_ONLY", or the attributes besides the keys (the type
    attribute is added). A ``local`` index has the table's partition key, and is made with the table.
    """

    name: str
    pk: str | None = None
    sk: str | None = attrs.field(default=attrs.Factory(lambda self: f"{self.name}SK", takes_self=True))
    projection: Literal["ALL", "KEYS_ONLY"] | Sequence[str] = "ALL"
    local: bool = attrs.field(default=False, kw_only=True)


class Table:
    """A table, the entities that share it, and its indexes.

    ``pk`` and ``sk`` are the names of the key attributes; ``sk=None`` is a table without sort key. Items are marked
    with their entity in ``type_attribute``; None leaves that to the key templates. Entities that have the same
    templates, told apart by the type alone, are allowed with ``same_key=[(User, Organization)]``.

    >>> from pynamite import entity
    >>> @entity(pk="USER#<account_id>", sk="PROFILE")
    ... class User:
    ...     account_id: str
    >>> table = Table("shop", User)
    >>> table.key(User(account_id="1"))
    {'PK': 'USER#1', 'SK': 'PROFILE'}

    Raises:
        DefinitionError: the entities, the table and the indexes do not go together; the message lists every mistake.
    """

    def __init__(
        self,
        name: str,
        *entities: type,
        indexes: Iterable[Index] = (),
        pk: str = "PK",
        sk: str | None = "SK",
        type_attribute: str | None = "_type",
        same_key: Sequence[Iterable[type]] = (),
    ) -> None:
        if not isinstance(name, str) or not name:
            raise DefinitionError(f"a table's name is a text, not {name!r}")
        self.indexes = tuple(indexes)
        drafts = [_draft(index, pk) for index in self.indexes]
        self._registry: Registry = build_registry(
            name, entities, pk=pk, sk=sk, indexes=drafts, type_attribute=type_attribute, same_key=same_key
        )
        records.bind(name, entities)

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {', '.join(cls.__name__ for cls in self.entities)})"

    @property
    def name(self) -> str:
        """The table's name."""
        return self._registry.table_name

    @property
    def entities(self) -> tuple[type, ...]:
        """The classes that share the table."""
        return tuple(self._registry.members)

    def key(self, instance: object) -> dict[str, Any]:
        """Give the key that an instance has in this table, as plain values.

        Raises:
            UnknownEntityError: its class is none of the table's entities.
            KeyValueError: a value cannot stand in the key.
        """
        member = self._registry.member(type(instance))
        return item_from_wire(member.key(member.values_of(instance)))

    def definition(self) -> dict[str, Any]:
        """Give the parameters of CreateTable for this table and its indexes."""
        return create_table(self.name, self._registry.schema, indexes=list(self._registry.indexes.values())).request

    def connect(self, target: str | Client | None = None) -> Store:
        """Connect the table; nothing is sent, and the table is not created.

        ``target`` is ``"sqlite:///file.db"``, ``"sqlite://"``, ``"http://host:port"``, a client, or nothing for AWS.
        """
        client = connect(target)
        return Store(self._registry, client, owns_client=client is not target)


def _draft(index: Index, table_pk: str) -> IndexDraft:
    if index.local and index.pk not in {None, table_pk}:
        raise DefinitionError(
            f"index {index.name!r} is local, so that its partition key is the table's {table_pk!r}, not {index.pk!r}: "
            "leave pk out"
        )
    if index.local and index.sk is None:
        raise DefinitionError(f"index {index.name!r} is local: it needs a sort key")
    if isinstance(index.projection, str) and index.projection not in {"ALL", "KEYS_ONLY"}:
        raise DefinitionError(
            f"index {index.name!r} has projection {index.projection!r}: use 'ALL', 'KEYS_ONLY', or a list of attributes"
        )
    pk = table_pk if index.local else index.pk or f"{index.name}PK"
    return IndexDraft(
        index.name,
        pk,
        index.sk,
        index.projection if isinstance(index.projection, str) else tuple(index.projection),
        index.local,
    )
