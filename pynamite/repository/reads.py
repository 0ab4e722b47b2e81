"""What a repository reads: items by their keys, queries and scans, views."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

from pynamite.dynamo.chunks import Progress
from pynamite.dynamo.send import send_about
from pynamite.entities.member import Member
from pynamite.entities.views import view_of
from pynamite.errors import ItemNotFoundError, OperationError
from pynamite.operation.answers import Ready
from pynamite.operation.get import get_unread
from pynamite.operation.operation import Operation
from pynamite.operation.unread import UNMADE, Unread
from pynamite.repository.buckets import BucketQuery, walk_buckets
from pynamite.repository.concerning import concern
from pynamite.repository.expiring import there
from pynamite.repository.images import StreamRecord, instance_of, read_record
from pynamite.repository.many import get_many
from pynamite.repository.owners import find_owner
from pynamite.repository.query import Query
from pynamite.repository.selection import slots_of
from pynamite.repository.session import HasSession, Session, key_values, table_key
from pynamite.repository.view import View
from pynamite.repository.wanted import Wanted
from pynamite.wire import Item, item_from_wire

__all__ = ["Reads"]

E = TypeVar("E")
V = TypeVar("V")

# "TotalSegments: minimum 1, maximum 1000000"; each is a thread here.
MOST_SEGMENTS = 256


class Reads(Generic[E]):
    """The reading verbs of a repository."""

    _declared: type[Any] | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Note which entity ``class Orders(Repository[Order])`` is for."""
        super().__init_subclass__(**options)
        for base in cls.__dict__.get("__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, Reads) and isinstance(get_args(base)[0], type):
                cls._declared = get_args(base)[0]

    def __init__(self, store: HasSession, entity: type[E] | None = None) -> None:
        """Bind the entity to a store; a subclass of ``Repository[Order]`` knows its entity.

        Raises:
            TypeError: nothing says which entity it is.
            UnknownEntityError: the store's table does not hold the entity.
        """
        cls: type[E] | None = entity if entity is not None else self._declared
        if cls is None:
            raise TypeError(
                f"{type(self).__name__} does not say of which entity it is: declare it as a Repository[...] of one, "
                "or name it"
            )
        self._session: Session = store.session
        self._member: Member[E] = self._session.registry.member(cls)
        self._gets: dict[tuple[bool, bool], Operation[Any]] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._member.definition.name} in table {self._session.table_name!r})"

    @property
    def entity(self) -> type[E]:
        """The entity's class."""
        return self._member.cls

    @property
    def session(self) -> Session:
        """The session of its store."""
        return self._session

    def view(self, cls: type[V], /) -> View[V]:
        """Read the items as instances of a class that has some of their fields, by name and type.

        ``users.view(Header).get(account_id="1")`` reads the attributes of Header's fields and no others.

        Raises:
            DefinitionError: the class is no attrs class, or has a field that the entity does not have.
        """
        frame = sys._getframe(1)  # noqa: SLF001 - annotations may name what only the caller's function knows
        return View(self, view_of(self._member, cls, {} if frame.f_locals is frame.f_globals else dict(frame.f_locals)))

    def get(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        **fields: Any,
    ) -> E | None:
        """Get an item by the fields of its key; None if there is none, it has expired, or it is another entity's.

        With ``include_expired`` it is given as long as it is not deleted.

        Raises:
            KeyValueError: a field is missing or does not fit the key.
            ItemStructureError: the item does not fit the class.
        """
        item_key = table_key(self._member, key, fields)
        get = self._gets.get((consistent_read, include_expired)) or self._get_like(
            item_key, consistent_read=consistent_read, include_expired=include_expired)
        try:
            item: E | Item | Unread | None = send_about(self._session.client, get, item_key)
        except OperationError as error:
            concern(error, self._member, item_key)
            raise
        if item is None or type(item) is self._member.cls:  # as nearly always
            return item
        return self._instance(item, include_expired=include_expired) if isinstance(item, UNMADE) else item

    def _get_like(self, key: Item, *, consistent_read: bool, include_expired: bool) -> Operation[Any]:
        """Make a get of any item, for all that differ in the key alone."""
        parse = self._member.coded.item_answer if include_expired else self._member.coded.living_answer
        made = get_unread(self._session.table_name, key, consistent_read=consistent_read, parse=parse)
        self._gets[consistent_read, include_expired] = made
        return made

    def _instance(self, item: Item | Unread | None, *, include_expired: bool) -> E | None:
        """Make the instance of an item, if it is the entity's; None if not, or if it has expired."""
        return self._instances([item], include_expired=include_expired)[0]

    def _instances(self, items: Iterable[Item | Unread | None], *, include_expired: bool) -> list[E | None]:
        own = there(self._member, items, include_expired=include_expired)
        return [None if item is None else self._member.instance(item) for item in own]

    def get_unique(self, key: Mapping[str, Any] | None = None, /, **values: Any) -> E | None:
        """Get the item that has a unique value, ``get_unique(email="ann@x.com")``; None if none has.

        For what is unique together, all of the names are given. Both reads, of the guard and of its owner, are
        consistent.

        Raises:
            DefinitionError: the entity has nothing unique.
            KeyValueError: the names are not those of something unique, or a value is empty or does not fit.
        """
        if key is not None and values:
            raise TypeError("give the values of get_unique(...) once: as keywords, or as one mapping")
        found = find_owner(self._session, self._member, values if key is None else key)
        return None if found is None else self._member.instance(found)

    def require(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        **fields: Any,
    ) -> E:
        """Get an item that has to be there.

        Raises:
            ItemNotFoundError: there is none, it has expired, or it is another entity's; and what `get` raises.
        """
        values = key_values(self._member, key, fields)
        found = self.get(values, consistent_read=consistent_read, include_expired=include_expired)
        if found is None:
            raise self.not_found(values)
        return found

    def not_found(self, values: Mapping[str, Any]) -> ItemNotFoundError:
        """Make the error that there is no item with these fields of a key."""
        shown = ", ".join(f"{field}={value!r}" for field, value in values.items())
        expired = "" if self._member.definition.ttl is None else ", or it has expired"
        return ItemNotFoundError(
            f"there is no {self._member.definition.name} with {shown or 'its key'} "
            f"in table {self._session.table_name!r}{expired}",
            operation="GetItem",
            table_name=self._session.table_name,
            key=item_from_wire(self._member.key(values)),
            entity=self._member.definition.name,
        )

    def from_image(self, image: Mapping[str, Any], /) -> E:
        """Make the instance of an item in DynamoDB JSON, as `Store.from_image` does.

        Raises:
            UnknownEntityError: the item is another entity's.
            ItemStructureError: it is no item, or does not fit the class.
        """
        made: E = instance_of(image, self._session.registry, self._member)
        return made

    def from_record(self, record: Mapping[str, Any], /) -> StreamRecord[E]:
        """Read a record of the table's stream, as `Store.from_record` does.

        Raises:
            UnknownEntityError: the item is another entity's.
            ItemStructureError: it is no record, or the item does not fit the class.
        """
        return read_record(record, self._session.registry, self._member)

    def get_many(
        self,
        keys: Iterable[Mapping[str, Any] | E],
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        progress: Progress | None = None,
    ) -> list[E | None]:
        """Get many items by their keys: one entry per key, in order, None where `get` would give None.

        They are asked for 100 at once, each once. ``progress`` is called after each call with how many keys are done,
        and how many there are.

        Raises:
            UnprocessedItemsError: the service went on leaving keys out; ``unprocessed`` has them as they were given.
        """
        lasting = include_expired or self._member.definition.ttl is None
        parse = self._member.coded.batch_answer if lasting else None
        found = get_many(
            self._session, self._member, keys, consistent_read=consistent_read, progress=progress, parse=parse
        )
        if type(found) is Ready:
            return [*found]
        return [
            self._instance(one, include_expired=include_expired) if isinstance(one, UNMADE) else one
            for one in found
        ]

    def query(
        self,
        index: str | Mapping[str, Any] | E | None = None,
        key: Mapping[str, Any] | E | None = None,
        /,
        **fields: Any,
    ) -> Query[E]:
        """Query a partition, of the table or of an index, for this entity's items.

        The fields of the partition key are needed; those of the sort key may be given from the left, up to where a
        bound (``between``, ``ge``, ...) goes on: ``query("GSI1", status="OPEN").ge(placed_at=monday)``. An instance
        stands for the partition that it is in.

        Raises:
            KeyValueError: a field of the partition key is missing, or a value does not fit.
            ExpressionError: a field is given that the key cannot use.
            DefinitionError: the entity has no such index.
        """
        name, values = self._asked("query", index, key, fields)
        return Query(Wanted(self._session, (self._member,), index=name, values=values))

    def walk_back(
        self,
        index: str | Mapping[str, Any] | None = None,
        key: Mapping[str, Any] | None = None,
        /,
        *,
        most_buckets: int,
        **fields: Any,
    ) -> BucketQuery[E]:
        """Query one bucket of time after the other, backwards from the one in which the given moment lies.

        With ``"DEALS#<created:day>"`` as partition key, ``walk_back("GSI1", created=now, most_buckets=30)`` reads the
        day of ``now`` (all of it), the day before, and so on, 30 days at most, whether there is something in them or
        not. Within a bucket the sort key is read from its newest end: backwards, unless it is written newest first
        (``desc``).

        Raises:
            DefinitionError: the partition key has no bucket of time.
            KeyValueError: a field of the partition key is missing, or a value does not fit.
        """
        name, values = self._asked("walk_back", index, key, fields)
        return walk_buckets(self._session, self._member, name, values, most_buckets, back=True)

    def walk_forward(
        self,
        index: str | Mapping[str, Any] | None = None,
        key: Mapping[str, Any] | None = None,
        /,
        *,
        most_buckets: int,
        **fields: Any,
    ) -> BucketQuery[E]:
        """Query one bucket of time after the other, from the one in which the given moment lies on, oldest first.

        As `walk_back` otherwise.
        """
        name, values = self._asked("walk_forward", index, key, fields)
        return walk_buckets(self._session, self._member, name, values, most_buckets, back=False)

    def _asked(
        self, verb: str, index: object, key: Mapping[str, Any] | E | None, fields: Mapping[str, Any]
    ) -> tuple[str | None, dict[str, Any]]:
        """Read an index, which may be left out, and fields: keywords, a mapping or an instance."""
        if key is None and index is not None and not isinstance(index, str):
            index, key = None, cast("Mapping[str, Any] | E", index)
        if index is not None and not isinstance(index, str):
            raise TypeError(f"{verb}(...) takes the name of an index first, then fields, not {index!r}")
        if key is not None and fields:
            raise TypeError(f"give the fields of {verb}(...) once: as keywords, or as one mapping or instance")
        return index, self._partition_fields(index, fields if key is None else key)

    def _partition_fields(self, index: str | None, key: Mapping[str, Any] | E) -> dict[str, Any]:
        if type(key) is dict or isinstance(key, Mapping):
            return dict(key)
        if not isinstance(key, self._member.cls):
            raise TypeError(
                f"a query of {self._member.definition.name!r} goes by fields, as keywords, a mapping or an instance, "
                f"not by {key!r}"
            )
        partition, _ = slots_of(self._member, index)
        values = self._member.definition.values(self._member.values_of(key))
        return {name: values[name] for slot in partition for name in slot.template.fields if values[name] is not None}

    def partition(self, key: Mapping[str, Any] | E | None = None, /, **fields: Any) -> list[E]:
        """Read all of this entity's items in a partition of the table, in the order of their sort keys."""
        return self.query(None, key, **fields).all()

    def scan(self, index: str | None = None, /, *, segments: int = 1) -> Query[E]:
        """Read all of this entity's items, wherever they are: the whole table (or index) is read, so mind its size.

        With ``segments`` it is read in so many parts at once, each in a thread; the items come in no order.
        """
        if not isinstance(segments, int) or isinstance(segments, bool) or not 1 <= segments <= MOST_SEGMENTS:
            raise ValueError(f"scan(segments={segments!r}): it is a whole number from 1 to {MOST_SEGMENTS}")
        return Query(Wanted(self._session, (self._member,), index=index, segments=segments))

    def count(
        self,
        index: str | Mapping[str, Any] | E | None = None,
        key: Mapping[str, Any] | E | None = None,
        /,
        **fields: Any,
    ) -> int:
        """Count this entity's items: in a partition where fields are given, as for `query`, otherwise everywhere."""
        if key is None and not fields and (index is None or isinstance(index, str)):
            return self.scan(index).count()
        return self.query(index, key, **fields).count()
