"""The items of several entities, entity by entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from pynamite.entities.annotations import spelled
from pynamite.errors import UnknownEntityError

__all__ = ["Groups"]

E_co = TypeVar("E_co", covariant=True)
T = TypeVar("T")


class Groups(Generic[E_co]):
    """What a query of several entities has read, entity by entity; `Query.by_type` makes it.

    ``groups[User]`` is a ``list[User]`` in the order of the query, empty where there are none. Iterating gives the
    entities in the order in which the query names them; the length is the number of all items.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[type[Any], Sequence[E_co]]) -> None:
        self._items = {entity: list(own) for entity, own in items.items()}

    def __repr__(self) -> str:
        return f"Groups({', '.join(f'{entity.__name__}: {len(own)}' for entity, own in self._items.items())})"

    def __getitem__(self, entity: type[T]) -> list[T]:
        """Give the items of an entity.

        Raises:
            UnknownEntityError: the query did not ask for it.
        """
        if entity not in self._items:
            asked = ", ".join(own.__name__ for own in self._items)
            raise UnknownEntityError(
                f"the query did not ask for {spelled(entity)}, only for {asked}: name it in collection(...)"
            )
        return cast("list[T]", self._items[entity])

    def first(self, entity: type[T]) -> T | None:
        """Give the first item of an entity, None if there is none.

        Raises:
            UnknownEntityError: the query did not ask for it.
        """
        return next(iter(self[entity]), None)

    def __contains__(self, entity: object) -> bool:
        return entity in self._items

    def __iter__(self) -> Iterator[type[Any]]:
        return iter(self._items)

    def __len__(self) -> int:
        return sum(map(len, self._items.values()))
