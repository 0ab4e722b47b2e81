"""Queries and scans as lazy values: nothing is read until they are iterated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Generic, NoReturn, TypeVar

import attrs

from pynamite.entities.conditions import bind_condition
from pynamite.entities.views import EntityView
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.build import Condition, as_condition
from pynamite.repository.cursor import Position, read_cursor, write_cursor
from pynamite.repository.groups import Groups
from pynamite.repository.reading import Reader
from pynamite.repository.selection import Bounds
from pynamite.repository.walk import Walk
from pynamite.repository.wanted import Wanted
from pynamite.repository.writing.erasing import delete_found

__all__ = ["Measured", "Page", "Query", "check_limit", "check_size", "wanted_of"]

E_co = TypeVar("E_co", covariant=True)
V = TypeVar("V")


@attrs.frozen
class Page(Generic[E_co]):
    """One page: its items, and the cursor of the next one, None after the last."""

    items: list[E_co]
    cursor: str | None = None


@attrs.frozen
class Measured(Generic[E_co]):
    """The items of a query, and what it cost: items looked at, capacity units, requests."""

    items: list[E_co]
    scanned_count: int
    capacity: float
    requests: int

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.items)


def check_limit(most: Any) -> int:
    """Give a limit back; raises ValueError unless it is a whole number from 1 up."""
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ValueError(f"limit({most!r}): a limit is a whole number from 1 up")
    return most


def check_size(size: Any) -> None:
    """Refuse, with a ValueError, the size of a page unless it is a whole number from 1 up."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise ValueError(f"page({size!r}): the size of a page is a whole number from 1 up")


class Query(Generic[E_co]):
    """What to read, in which order, and how much of it; each method gives a new query.

    Iterating it (or ``all``, ``first``, ``count``, ``page``) reads, page by page, as often as it is done. Repositories
    and stores make it.
    """

    __slots__ = ("_most", "_reader")

    def __init__(self, wanted: Wanted, most: int | None = None) -> None:
        self._reader = Reader(wanted)
        self._most = most
        if wanted.consistent and self._reader.schema is not None and not self._reader.schema.local:
            raise ExpressionError(
                f"index {wanted.index!r} is global, and cannot be read consistently: query the table, or a local index"
            )

    @property
    def _wanted(self) -> Wanted:
        return self._reader.wanted

    def _changed(self, **changes: Any) -> Query[E_co]:
        return Query(attrs.evolve(self._wanted, **changes), self._most)

    def __repr__(self) -> str:
        request = " ".join(f"{name}={value!r}" for name, value in self.request().items())
        return f"Query({', '.join(member.definition.name for member in self._wanted.members)}: {request})"

    def between(self, **bounds: tuple[Any, Any]) -> Query[E_co]:
        """Bound the next field of the sort key from both sides, both included: ``between(placed_at=(first, last))``."""
        field, pair = self._named("between", bounds)
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f"between({field}=...) takes a pair, the lowest and the highest value, not {pair!r}")
        return self._bounded(field, low=(pair[0], True), high=(pair[1], True))

    def gt(self, **bounds: Any) -> Query[E_co]:
        """Keep what is greater than a value in the next field of the sort key."""
        field, value = self._named("gt", bounds)
        return self._bounded(field, low=(value, False))

    def ge(self, **bounds: Any) -> Query[E_co]:
        """Keep what is greater than or equal to a value in the next field of the sort key."""
        field, value = self._named("ge", bounds)
        return self._bounded(field, low=(value, True))

    def lt(self, **bounds: Any) -> Query[E_co]:
        """Keep what is less than a value in the next field of the sort key."""
        field, value = self._named("lt", bounds)
        return self._bounded(field, high=(value, False))

    def le(self, **bounds: Any) -> Query[E_co]:
        """Keep what is less than or equal to a value in the next field of the sort key."""
        field, value = self._named("le", bounds)
        return self._bounded(field, high=(value, True))

    def begins_with(self, **beginnings: str) -> Query[E_co]:
        """Keep what begins with a text in the next field of the sort key: ``begins_with(placed_at="2026-05")``.

        The text is compared with the value as the key has it.
        """
        field, text = self._named("begins_with", beginnings)
        if self._wanted.bounds is not None:
            raise ExpressionError(
                f"begins_with({field}=...) stands beside other bounds: a sort key takes one of the two"
            )
        return self._changed(bounds=Bounds(field, beginning=text))

    def _named(self, method: str, given: Mapping[str, Any]) -> tuple[str, Any]:
        if len(given) != 1:
            raise TypeError(
                f"{method}(...) takes one field of the sort key by its name, such as {method}(placed_at=...); "
                f"it got {len(given)}"
            )
        if self._wanted.values is None:
            raise ExpressionError(f"{method}(...) bounds a query; a scan reads everything: use filter")
        ((field, value),) = given.items()
        return field, value

    def _bounded(
        self, field: str, low: tuple[Any, bool] | None = None, high: tuple[Any, bool] | None = None
    ) -> Query[E_co]:
        known = self._wanted.bounds or Bounds(field)
        if known.field != field or known.beginning is not None or (low and known.low) or (high and known.high):
            raise ExpressionError(
                f"the query is bounded already, by {known.field!r}: a sort key takes one lower and one upper bound, "
                "on its next field"
            )
        return self._changed(bounds=Bounds(field, low or known.low, high or known.high))

    def filter(self, condition: Condition) -> Query[E_co]:
        """Keep the items that fulfil a condition; it is applied after they are read, and several are all to hold.

        Raises:
            ExpressionError: the condition names what the entity does not have, a key of what is queried, or what the
                index does not hold.
        """
        node = as_condition(condition, "filter(...)")
        if node is None:
            raise TypeError("filter(...) takes a condition, such as attribute(Order.total) > 100")
        member, *others = self._wanted.members
        if others:
            raise ExpressionError(
                "a query of several entities takes no filter on fields: filter each entity's own query"
            )
        bound = bind_condition(member, node)
        self._refuse_unreadable(bound)
        return self._changed(
            condition=bound if self._wanted.condition is None else nodes.conjunction(self._wanted.condition, bound)
        )

    def _refuse_unreadable(self, condition: nodes.Condition) -> None:
        index, keys = self._wanted.index, self._reader.keys
        held = self._reader.held
        for path in (leaf for leaf in nodes.leaves(condition) if isinstance(leaf, nodes.Path)):
            name = str(path.steps[0])
            if self._wanted.values is not None and name in keys:
                # "A filter expression cannot contain partition key or sort key attributes": Developer Guide,
                # "Filter expressions".
                raise ExpressionError(
                    f"attribute {name!r} is a key of what is queried, which a filter cannot look at: "
                    "give it to query(...), or bound it with between, ge, gt, le, lt"
                )
            if held is not None and name not in held:
                raise ExpressionError(
                    f"index {index!r} does not hold attribute {name!r}, so that it cannot filter by it: add it to the "
                    "index's projection, or filter what hydrate() gives"
                )

    def reverse(self) -> Query[E_co]:
        """Read in the other direction, from the largest sort key down; twice is forward again."""
        if self._wanted.values is None:
            raise ExpressionError("a scan has no order to be reversed: query a partition")
        return self._changed(forward=not self._wanted.forward)

    def limit(self, most: int) -> Query[E_co]:
        """Give at most so many items, counted after the filter."""
        return Query(self._wanted, check_limit(most))

    def consistently(self) -> Query[E_co]:
        """Read what was written up to now, at twice the price; not from a global index."""
        return self._changed(consistent=True)

    def hydrate(self) -> Query[E_co]:
        """Read the whole items behind the entries of an index that does not hold all attributes, in the same order.

        An item that is gone by then is left out.
        """
        return self._changed(hydrated=True)

    def include_expired(self) -> Query[E_co]:
        """Read items that have expired, too, as long as they are not deleted."""
        return self._changed(include_expired=True)

    def viewed(self, view: EntityView[V]) -> Query[V]:
        """Read views of the items instead of whole ones; `View` does it."""
        return Query(attrs.evolve(self._wanted, views=(view,)), self._most)

    def request(self) -> dict[str, Any]:
        """Give the request that the query would send first, without sending it."""
        reader = self._reader
        # A copy: what the caller does to it is not done to the requests that follow.
        return deepcopy(reader.operation(reader.first_limit(self._most), moment=reader.moment()).request)

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value: a query does not know what it will find.

        Raises:
            TypeError: always.
        """
        raise TypeError("a query has no truth value before it is read: use .first() is not None, or .count() > 0")

    def __iter__(self) -> Iterator[E_co]:
        return self._reader.instances(Walk(self._reader, None, self._most, threads=True), self._most)

    def all(self) -> list[E_co]:
        """Read everything, page by page, into a list."""
        found = self._reader.everything() if self._most is None else None
        return list(self) if found is None else found

    def first(self) -> E_co | None:
        """Give the first item, None if there is none."""
        return next(iter(self.limit(1)), None)

    def by_type(self) -> Groups[E_co]:
        """Read everything, and give it entity by entity: ``groups[User]`` is a ``list[User]``, in this order."""
        viewed = self._wanted.viewed
        groups: dict[type[Any], list[E_co]] = {(view or member).cls: [] for member, view in viewed.items()}
        for instance in self:
            groups[type(instance)].append(instance)
        return Groups(groups)

    def count(self) -> int:
        """Count the items; where the service can count by itself, no item is sent."""
        return self._reader.count(self._most)

    def page(self, size: int, cursor: str | None = None, *, most_read: int | None = None) -> Page[E_co]:
        """Read one page of exactly ``size`` items, fewer only at the end, going on at the cursor of the page before.

        With ``most_read`` at most so many items are looked at, kept or not (one of each shard at least): a filter that
        keeps next to nothing then gives short pages, even empty ones, with a cursor to go on.

        Raises:
            CursorError: the cursor is malformed, or another query's.
        """
        check_size(size)
        if most_read is not None and (not isinstance(most_read, int) or isinstance(most_read, bool) or most_read < 1):
            raise ValueError(f"page(most_read={most_read!r}): it is a whole number from 1 up")
        reader = self._reader
        secret = self._wanted.session.secret
        position = None
        if cursor is not None:
            position = read_cursor(cursor, reader.fingerprint, reader.names, reader.parts, secret)
            position = reader.check(position, self._most)
        left = self._most if position is None else position.left
        wanted = size if left is None else min(size, left)
        # One item more than wanted tells whether there is another page.
        ahead = wanted if left == wanted else wanted + 1
        walk = Walk(reader, position, ahead, budget=most_read)
        items: list[E_co] = []
        here: Position | None = None
        rest = None if left is None else left - wanted
        for _, instance in reader.read(walk, ahead):
            if len(items) == wanted:
                assert here is not None
                return Page(items, write_cursor(here, reader.fingerprint, secret))
            items.append(instance)
            if len(items) == wanted:
                here = walk.position(rest)
        if not walk.cut or (left is not None and len(items) == left):
            return Page(items)
        # The budget is used up before the page was full, or before anything was found behind it.
        more = walk.position(None if left is None else left - len(items))
        return Page(items, write_cursor(more, reader.fingerprint, secret))

    def delete_all(self, progress: Callable[[int], object] | None = None) -> int:
        """Delete everything that the query finds, in batches of 25, and give the number of items.

        It reads page by page, so that any number will do; ``progress`` is told after each batch how many are deleted.
        A batch takes no conditions: what is found is deleted, even if it was changed since, and a global index may be
        late (with `hydrate`, the items themselves are looked at first). It is no transaction. Items from whose deletion
        something follows (unique values, companions, reactions) are deleted one by one, together with that.

        Raises:
            UnprocessedItemsError: the service went on leaving keys out.
            OperationError: the database said no; a note on the error says how many are deleted.
        """
        wanted = attrs.evolve(self._wanted, keys_only=True)
        reader, names = Reader(wanted), wanted.session.registry.schema.names
        entries = reader.read(Walk(reader, None, self._most, threads=True), self._most)
        found = ((entry.member, {name: entry.item[name] for name in names}) for entry, _ in entries)
        return delete_found(wanted.session, found, progress)

    def measured(self) -> Measured[E_co]:
        """Read everything, as `all` does, and tell what it cost."""
        walk = Walk(self._reader, None, self._most, capacity=True, threads=True)
        items = list(self._reader.instances(walk, self._most))
        cost = walk.measure
        return Measured(items, cost.scanned_count, cost.capacity, cost.requests)


def wanted_of(query: Query[Any]) -> Wanted:
    """Give what a query is to read, for those who make further queries of it."""
    return query._wanted  # noqa: SLF001 - users of the class have no need of it
