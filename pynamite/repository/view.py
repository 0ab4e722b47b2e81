"""Views: some fields of an entity's items, read without the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pynamite.dynamo.chunks import Progress
from pynamite.dynamo.send import send
from pynamite.entities.views import EntityView
from pynamite.expression import nodes
from pynamite.operation.get import get_unread
from pynamite.operation.unread import Unread
from pynamite.repository.concerning import Concerning
from pynamite.repository.expiring import there
from pynamite.repository.many import get_many
from pynamite.repository.query import Query
from pynamite.repository.session import key_values, table_key
from pynamite.repository.wanted import projection_of
from pynamite.wire import Item

if TYPE_CHECKING:
    from pynamite.repository.reads import Reads

__all__ = ["View"]

V_co = TypeVar("V_co", covariant=True)


class View(Generic[V_co]):
    """An entity's items as instances of a class that has some of its fields: ``users.view(Header)`` makes it.

    It reads as the repository does, and only the attributes that it needs (what is read is paid for as a whole all the
    same). On an index that does not hold whole items it reads what the index holds, or says what is missing there.
    """

    def __init__(self, repository: Reads[Any], view: EntityView[V_co]) -> None:
        self._repository = repository
        self._view = view

    def __repr__(self) -> str:
        return f"View({self._view.cls.__name__} of {self._repository!r})"

    @property
    def entity_view(self) -> EntityView[V_co]:
        """What the view reads."""
        return self._view

    @property
    def _projection(self) -> nodes.Projection:
        ttl = self._view.member.definition.ttl
        return projection_of(
            [*self._view.member.marks, *self._view.attributes, *([] if ttl is None else [ttl.attribute])]
        )

    def _instances(self, items: Iterable[Item | Unread | None], *, include_expired: bool) -> list[V_co | None]:
        own = there(self._view.member, items, include_expired=include_expired)
        return [None if item is None else self._view.instance(item) for item in own]

    def get(
        self,
        key: Mapping[str, Any] | None = None,
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        **fields: Any,
    ) -> V_co | None:
        """Get the view of an item by the fields of its key; None where `Repository.get` would give None.

        Raises:
            KeyValueError: a field is missing or does not fit the key.
            ItemStructureError: the item does not fit the class.
        """
        member, session = self._view.member, self._repository.session
        operation = get_unread(
            session.table_name,
            table_key(member, key, fields),
            projection=self._projection,
            consistent_read=consistent_read,
        )
        with Concerning(member, operation.key):
            item = send(session.client, operation)
        return self._instances([item], include_expired=include_expired)[0]

    def require(
        self,
        key: Mapping[str, Any] | None = None,
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        **fields: Any,
    ) -> V_co:
        """Get the view of an item that has to be there.

        Raises:
            ItemNotFoundError: there is none, it has expired, or it is another entity's; and what `get` raises.
        """
        values = key_values(self._view.member, key, fields)
        found = self.get(values, consistent_read=consistent_read, include_expired=include_expired)
        if found is None:
            raise self._repository.not_found(values)
        return found

    def get_many(
        self,
        keys: Iterable[Mapping[str, Any]],
        /,
        *,
        consistent_read: bool = False,
        include_expired: bool = False,
        progress: Progress | None = None,
    ) -> list[V_co | None]:
        """Get the views of many items by their keys, as `Repository.get_many` does.

        Raises:
            UnprocessedItemsError: the service went on leaving keys out; ``unprocessed`` has them as they were given.
        """
        items = get_many(
            self._repository.session,
            self._view.member,
            keys,
            projection=self._projection,
            consistent_read=consistent_read,
            progress=progress,
        )
        return self._instances(items, include_expired=include_expired)

    def query(
        self, index: str | Mapping[str, Any] | None = None, key: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> Query[V_co]:
        """Query a partition, of the table or of an index, as `Repository.query`; filters name the entity's fields."""
        return self._repository.query(index, key, **fields).viewed(self._view)

    def partition(self, key: Mapping[str, Any] | None = None, /, **fields: Any) -> list[V_co]:
        """Read all of the entity's items in a partition of the table, in the order of their sort keys."""
        return self.query(dict(key) if key is not None else fields).all()

    def scan(self, index: str | None = None, /, *, segments: int = 1) -> Query[V_co]:
        """Read all of the entity's items, wherever they are, as `Repository.scan` does."""
        return self._repository.scan(index, segments=segments).viewed(self._view)
