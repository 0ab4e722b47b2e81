"""Tables and indexes as they are declared."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import attrs

from pynamite.client import Client
from pynamite.connect import Transport, connect, made_here
from pynamite.drawing.erd import mermaid
from pynamite.drawing.matrix import access_pattern_matrix
from pynamite.dynamo import records
from pynamite.entities.connected import by_clock, for_tenant, renamed
from pynamite.entities.member import Member
from pynamite.entities.overlaps import overlaps
from pynamite.entities.patterns import AccessPattern, access_patterns
from pynamite.entities.reactions import Event
from pynamite.entities.registry import IndexDraft, Registry, build_registry
from pynamite.errors import DefinitionError, DefinitionWarning
from pynamite.key.tenant import check_tenant
from pynamite.operation.tables import create_table
from pynamite.repository.writing.transaction import Transaction
from pynamite.store import Store
from pynamite.wire import item_from_wire

__all__ = ["Index", "Table"]

E = TypeVar("E")
F = TypeVar("F", bound=Callable[..., object])

OnCreate = Callable[[E, Transaction], object]
OnUpdate = Callable[[E, E, Transaction], object]
OnDelete = Callable[[E, Transaction], object]


@attrs.frozen
class Index:
    """A secondary index of a table.

    ``pk`` and ``sk`` are the names of its key attributes, ``GSI1PK`` and ``GSI1SK`` for ``Index("GSI1")``; ``sk=None``
    is an index without sort key. They may be fields' attributes (``Index("ByEmail", pk="email", sk=None)``) or the
    table's own keys. ``projection`` is what it holds: "ALL", "KEYS_ONLY", or the attributes besides the keys (the type
    and the ttl attribute are added). Up to four attributes each make a multi-attribute key,
    ``pk=["tenant", "region"]``. A ``local`` index has the table's partition key, and is made with the table.
    """

    name: str
    pk: str | Sequence[str] | None = None
    sk: str | Sequence[str] | None = attrs.field(default=attrs.Factory(lambda self: f"{self.name}SK", takes_self=True))
    projection: Literal["ALL", "KEYS_ONLY"] | Sequence[str] = "ALL"
    local: bool = attrs.field(default=False, kw_only=True)


# "Up to four attributes each": Developer Guide, "Multi-attribute keys pattern".
LARGEST_KEY = 4

# "There is a quota of 5 local secondary indexes per table": Developer Guide, "Quotas".
MOST_LOCAL_INDEXES = 5


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

    Where all sort keys of one entity begin as those of another do, there is a DefinitionWarning.
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
        self.indexes = tuple(indexes)
        self._registry: Registry = build_registry(
            _checked_name(name),
            entities,
            pk=pk,
            sk=sk,
            indexes=[_draft(index, pk) for index in self.indexes],
            type_attribute=type_attribute,
            same_key=same_key,
            found=_indexes_problems(self.indexes, pk, sk),
        )
        for message in overlaps(self._registry):
            warnings.warn(message, DefinitionWarning, stacklevel=2)
        records.bind(name, entities)

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {', '.join(cls.__name__ for cls in self.entities)})"

    @property
    def name(self) -> str:
        """The table's name."""
        return self._registry.table_name

    @property
    def registry(self) -> Registry:
        """The entities with their keys in this table, for tools that work on declarations."""
        return self._registry

    @property
    def entities(self) -> tuple[type, ...]:
        """The classes that share the table."""
        return tuple(self._registry.members)

    def on_create(self, entity: type[E], /) -> Callable[[OnCreate[E]], OnCreate[E]]:
        """Register what is to be done whenever an item of an entity is made: ``@table.on_create(Video)``.

        The function gets the new instance and the transaction that makes it, ``(new, tx)``: what it does by ``tx``
        happens together with that, or not at all. A transaction that was overtaken by others is made anew, so that the
        function may be called several times; it should do nothing else.

        Raises:
            UnknownEntityError: the class is none of the table's entities.
            DefinitionError: the function does not take these two, or is async.
        """
        return self._registering(entity, "create")

    def on_update(self, entity: type[E], /) -> Callable[[OnUpdate[E]], OnUpdate[E]]:
        """Register what is to be done whenever an item of an entity is changed: it gets ``(old, new, tx)``.

        As `on_create` otherwise. The item is read before, and has to be unchanged when the transaction is carried out.
        """
        return self._registering(entity, "update")

    def on_delete(self, entity: type[E], /) -> Callable[[OnDelete[E]], OnDelete[E]]:
        """Register what is to be done whenever an item of an entity is deleted: it gets ``(old, tx)``.

        As `on_update` otherwise. What DynamoDB deletes by itself, because it has expired, has no reactions.
        """
        return self._registering(entity, "delete")

    def _registering(self, entity: type, event: Event) -> Callable[[F], F]:
        member: Member[Any] = self._registry.member(entity)

        def register(reaction: F) -> F:
            self._registry.reactions.add(member.cls, event, reaction)
            return reaction

        return register

    @property
    def ttl_attribute(self) -> str | None:
        """The attribute that its items expire by, for whoever switches on the table's Time to Live; None without."""
        return self._registry.ttl_attribute

    def key(self, instance: object) -> dict[str, Any]:
        """Give the key that an instance has in this table, as plain values.

        Raises:
            UnknownEntityError: its class is none of the table's entities.
            KeyValueError: a value cannot stand in the key.
        """
        member = self._registry.member(type(instance))
        return item_from_wire(member.key(member.values_of(instance)))

    def definition(self, name: str | None = None) -> dict[str, Any]:
        """Give the parameters of CreateTable for this table and its indexes, under its own name or another one."""
        table_name = self.name if name is None else _checked_name(name)
        return create_table(table_name, self._registry.schema, indexes=list(self._registry.indexes.values())).request

    def access_patterns(self) -> list[AccessPattern]:
        """List what can be read by keys: which call, on the table or on which index, goes by which fields.

        The scans, which everything can be read by, are not among them.
        """
        return access_patterns(self._registry)

    def access_pattern_matrix(self) -> str:
        """Give the access patterns as a table in Markdown: what is asked for, by which keys, and with which call."""
        return access_pattern_matrix(self.access_patterns())

    def to_mermaid(self) -> str:
        """Give the entities as an entity-relationship diagram in Mermaid: fields, keys and relations.

        Relations are inferred from what the keys have in common, from companions and from sequences: a solid line is
        between entities that one query reads together.
        """
        return mermaid(self._registry)

    def connect(
        self,
        target: str | Client | None = None,
        *,
        name: str | None = None,
        tenant: str | None = None,
        secret: str | bytes | None = None,
        now: Callable[[], datetime] | None = None,
        transport: Transport = "auto",
    ) -> Store:
        """Connect the table; nothing is sent, and the table is not created.

        ``name`` is what the table is called there, ``connect(name=os.environ["SHOP_TABLE"])``: the name of the
        declaration by default.

        With a ``tenant``, all partition keys of the table and its indexes are stored as ``tenant@key``, and only this
        tenant's items are seen. A ``secret`` signs the cursors of pages, so that a client can hand them back, but make
        none.

        ``now`` is the clock by which items are stamped and expire, an aware datetime each time: the computer's by
        default.

        ``target`` is ``"sqlite:///file.db"``, ``"sqlite://"``, ``"http://host:port"``, a client, or nothing for AWS;
        ``transport`` says how requests are sent there: see `pynamite.connect.connect`.
        """
        registry = self._registry
        if name is not None and name != self.name:
            registry = renamed(registry, _checked_name(name))
            records.bind(name, self.entities)
        if tenant is not None:
            registry = for_tenant(registry, check_tenant(tenant))
        if now is not None:
            registry = by_clock(registry, now)
        client = connect(target, transport=transport)
        signer = secret.encode() if isinstance(secret, str) else secret
        if signer is not None and (not isinstance(signer, bytes) or not signer):
            raise ValueError("the secret that signs cursors is a text, or bytes, that is not empty")
        return Store(registry, client, tenant=tenant, secret=signer, now=now, owns_client=made_here(client, target))


def _checked_name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise DefinitionError(f"a table's name is a text, not {name!r}")
    return name


def _draft(index: Index, table_pk: str) -> IndexDraft:
    pk = table_pk if index.local else f"{index.name}PK" if index.pk is None else index.pk
    projection = index.projection if isinstance(index.projection, str) else tuple(index.projection)
    return IndexDraft(index.name, _names(pk), _names(index.sk), projection, index.local)


def _names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _indexes_problems(indexes: Sequence[Index], table_pk: str, table_sk: str | None) -> list[str]:
    found = [problem for index in indexes for problem in _index_problems(index, table_pk)]
    local = [index.name for index in indexes if index.local]
    if len(local) > MOST_LOCAL_INDEXES:
        found.append(f"the table has {len(local)} local indexes, at most {MOST_LOCAL_INDEXES} can be: make some global")
    if local and table_sk is None:
        found.append(
            f"index {local[0]!r} is local, but the table has no sort key: leave local=True out, or give the table an sk"
        )
    return found


def _index_problems(index: Index, table_pk: str) -> list[str]:
    found: list[str] = []
    if index.local and index.pk not in {None, table_pk}:
        found.append(
            f"index {index.name!r} is local, so that its partition key is the table's {table_pk!r}, not {index.pk!r}: "
            "leave pk out"
        )
    if index.local and len(_names(index.sk)) != 1:
        found.append(f"index {index.name!r} is local: it needs one sort key attribute")
    if (index.pk is not None and not 1 <= len(_names(index.pk)) <= LARGEST_KEY) or len(_names(index.sk)) > LARGEST_KEY:
        found.append(
            f"index {index.name!r} has a key of {len(_names(index.pk))} and {len(_names(index.sk))} attributes: "
            f"a partition key has 1 to {LARGEST_KEY}, a sort key up to {LARGEST_KEY}"
        )
    if isinstance(index.projection, str) and index.projection not in {"ALL", "KEYS_ONLY"}:
        found.append(
            f"index {index.name!r} has projection {index.projection!r}: use 'ALL', 'KEYS_ONLY', or a list of attributes"
        )
    return found
