"""The repository: an entity's reads and writes, by its fields."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

from pynamite.dynamo.chunks import Progress
from pynamite.dynamo.send import send
from pynamite.entities.member import Member
from pynamite.entities.views import view_of
from pynamite.errors import ItemNotFoundError
from pynamite.expression.build import Change, Condition
from pynamite.operation.get import get_item
from pynamite.repository.buckets import BucketQuery, walk_buckets
from pynamite.repository.images import StreamRecord, instance_of, read_record
from pynamite.repository.many import delete_many, get_many, put_many
from pynamite.repository.query import Query
from pynamite.repository.reading import Wanted
from pynamite.repository.selection import slots_of
from pynamite.repository.session import HasSession, Session, key_values
from pynamite.repository.view import View
from pynamite.repository.writing.given import bound_where, check_instance
from pynamite.repository.writing.making import made
from pynamite.repository.writing.rereading import difference_write, move, perform, reread_update
from pynamite.repository.writing.updates import plan_update
from pynamite.repository.writing.writes import create_write, delete_write, put_write
from pynamite.wire import Item, item_from_wire

__all__ = ["Repository"]

E = TypeVar("E")
V = TypeVar("V")

# "TotalSegments: minimum 1, maximum 1000000"; each is a thread here.
MOST_SEGMENTS = 256


class Repository(Generic[E]):
    """The items of one entity in a store: ``store[User]`` is one.

    A repository of one's own is a subclass, ``class Orders(Repository[Order])``, made with ``Orders(store)``. Keys are
    given by fields: as keywords, or positionally as a mapping or an instance.
    """

    _declared: type[Any] | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Note which entity ``class Orders(Repository[Order])`` is for."""
        super().__init_subclass__(**options)
        for base in cls.__dict__.get("__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, Repository) and isinstance(get_args(base)[0], type):
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
        self, key: Mapping[str, Any] | E | None = None, /, *, consistent_read: bool = False, **fields: Any
    ) -> E | None:
        """Get an item by the fields of its key; None if there is none, or another entity's.

        Raises:
            KeyValueError: a field is missing or does not fit the key.
            ItemStructureError: the item does not fit the class.
        """
        values = key_values(self._member, key, fields)
        item = send(
            self._session.client,
            get_item(self._session.table_name, self._member.key(values), consistent_read=consistent_read),
        )
        return self._instance(item)

    def _instance(self, item: Item | None) -> E | None:
        return self._member.instance(item) if item is not None and self._member.is_typed(item) else None

    def require(
        self, key: Mapping[str, Any] | E | None = None, /, *, consistent_read: bool = False, **fields: Any
    ) -> E:
        """Get an item that has to be there.

        Raises:
            ItemNotFoundError: there is none, or another entity's; and what `get` raises.
        """
        values = key_values(self._member, key, fields)
        found = self.get(values, consistent_read=consistent_read)
        if found is None:
            raise self.not_found(values)
        return found

    def not_found(self, values: Mapping[str, Any]) -> ItemNotFoundError:
        """Make the error that there is no item with these fields of a key."""
        shown = ", ".join(f"{field}={value!r}" for field, value in values.items())
        return ItemNotFoundError(
            f"there is no {self._member.definition.name} with {shown or 'its key'} "
            f"in table {self._session.table_name!r}",
            operation="GetItem",
            table_name=self._session.table_name,
            key=item_from_wire(self._member.key(values)),
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

    def create(self, instance: E, /) -> E:
        """Put a new item; returns the instance as it is stored.

        Raises:
            ItemExistsError: there is an item under its key; ``item`` has it.
            ItemStructureError, KeyValueError: the instance does not fit; nothing was sent.
        """
        check_instance(self._member, instance)
        write = create_write(self._member, made(self._member, instance, self._session.now))
        perform(self._session, write)
        return self._stored(write.operation.request["Item"])

    def put(self, instance: E, /, *, where: Condition | None = None) -> E:
        """Create an item or replace it as a whole; returns the instance as it is stored.

        Attributes of the old item that the class does not declare are gone, unless it has a ``rest`` field.

        Raises:
            ConditionFailedError: ``where`` did not hold for the old item, or that is another entity's.
            ItemStructureError, KeyValueError: the instance does not fit; nothing was sent.
        """
        check_instance(self._member, instance)
        new = made(self._member, instance, self._session.now)
        write = put_write(self._member, new, bound_where(self._member, where))
        perform(self._session, write)
        return self._stored(write.operation.request["Item"])

    def _stored(self, item: Item) -> E:
        return self._member.instance(item)

    def update(
        self,
        key: Mapping[str, Any] | E,
        /,
        *changes: Change | Mapping[str, Any],
        where: Condition | None = None,
        upsert: bool = False,
        reread: bool = False,
    ) -> E:
        """Change an item and give the new instance; index keys follow their fields.

        Changes are ``attribute(User.visits).add(1)`` and the like, or dicts of values and operators by field
        (``{"visits": Increment("visits")}``). The item has to be there, unless ``upsert`` makes it. With ``reread`` it
        is read first where that is needed: the result is validated as a whole and written if nothing changed meanwhile.

        Raises:
            ItemNotFoundError: there is no such item.
            ConditionFailedError: ``where`` did not hold; ``item`` is the instance that is there.
            ItemStructureError, ExpressionError, DefinitionError, KeyValueError: the change cannot be made; nothing was
                sent.
        """
        values = key_values(self._member, key, {})
        if not changes and where is None and not upsert:
            raise TypeError(
                f"update(...) of {self._member.definition.name!r} got no change: name the changes behind the key, "
                "or use save(changed, since=...) to write a changed instance"
            )
        plan = plan_update(self._member, values, changes, self._session.now, upsert=upsert)
        condition = bound_where(self._member, where)
        if reread and (plan.rereads or plan.once_indexes):
            return cast("E", reread_update(self._session, plan, condition))
        return self._member.instance(perform(self._session, plan.write(condition)))

    def save(self, changed: E, /, *, since: E) -> E:
        """Write the difference between two instances, if what differs is stored as it was in ``since``.

        It gives the new instance.

        Raises:
            ItemNotFoundError: the item is gone.
            ConditionFailedError: somebody else changed the same attributes meanwhile; ``item`` is what is there.
            DefinitionError: the two have different keys.
        """
        check_instance(self._member, changed)
        check_instance(self._member, since)
        write = difference_write(self._member, changed, since, self._session.now)
        if write is None:
            return self.require(changed, consistent_read=True)
        return self._member.instance(perform(self._session, write))

    def move(self, key: Mapping[str, Any] | E, changes: Mapping[str, Any], /) -> E:
        """Take an item to another key, in one transaction; gives the new instance.

        ``changes`` has the new values of key fields, and of others if they are to change with it. Attributes that the
        class does not declare come along.

        Raises:
            ItemNotFoundError: there is no such item.
            ItemExistsError: there is an item under the new key.
        """
        return move(self._session, self._member, key_values(self._member, key, {}), changes)

    def delete(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        where: Condition | None = None,
        must_exist: bool = False,
        **fields: Any,
    ) -> bool:
        """Delete an item; tells whether there was one.

        (When it was last sent: it is sent again where no answer came, and may have removed the item before.)

        Raises:
            ItemNotFoundError: there is none, and it ``must_exist``.
            ConditionFailedError: ``where`` did not hold, or what is there is another entity's.
        """
        values = key_values(self._member, key, fields)
        write = delete_write(self._member, values, bound_where(self._member, where), must_exist=must_exist)
        return perform(self._session, write) is not None

    def get_many(
        self,
        keys: Iterable[Mapping[str, Any] | E],
        /,
        *,
        consistent_read: bool = False,
        progress: Progress | None = None,
    ) -> list[E | None]:
        """Get many items by their keys: one entry per key, in order, None where there is no such item.

        They are asked for 100 at once, each once. ``progress`` is called after each call with how many keys are done,
        and how many there are.

        Raises:
            UnprocessedItemsError: the service went on leaving keys out; ``unprocessed`` has them as they were given.
        """
        items = get_many(self._session, self._member, keys, consistent_read=consistent_read, progress=progress)
        return [self._instance(item) for item in items]

    def put_many(self, instances: Iterable[E], /, *, checked: bool = False, progress: Progress | None = None) -> None:
        """Create or replace many items, 25 in a call; of several with one key the last wins. It is no transaction.

        A batch takes no conditions, so that an item of another entity under the same key would be replaced, too;
        ``checked`` sends each put by itself, with its condition. ``progress`` is called after each call with how many
        items are done, and how many there are.

        Raises:
            ItemStructureError, KeyValueError: an instance does not fit; nothing was sent.
            UnprocessedItemsError: the service went on leaving items out; ``unprocessed`` has the instances, as they
                were to be stored.
            ConditionFailedError: a ``checked`` put would have replaced a foreign item; those before it are done.
        """
        put_many(self._session, self._member, instances, checked=checked, progress=progress)

    def delete_many(
        self,
        keys: Iterable[Mapping[str, Any] | E],
        /,
        *,
        checked: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Delete many items by their keys, 25 in a call; those that are not there are no error. It is no transaction.

        A batch takes no conditions: ``checked`` sends each delete by itself, so that an item of another entity stays.
        ``progress`` is called after each call with how many keys are done, and how many there are.

        Raises:
            KeyValueError: a key does not fit; nothing was sent.
            UnprocessedItemsError: the service went on leaving keys out; ``unprocessed`` has them as they were given.
            ConditionFailedError: a ``checked`` delete met a foreign item; those before it are done.
        """
        delete_many(self._session, self._member, keys, checked=checked, progress=progress)

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
        if isinstance(key, Mapping):
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
