"""Walking from one bucket of time to the next, for partitions that each hold a day, an hour, a week."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import attrs

from pynamite.entities.member import Member
from pynamite.errors import CursorError, DefinitionError, KeyValueError
from pynamite.expression.build import Condition
from pynamite.key.template import Gap
from pynamite.repository.cursor import Position, read_cursor, write_cursor
from pynamite.repository.query import Page, Query, check_limit, check_size, wanted_of
from pynamite.repository.reading import Reader
from pynamite.repository.selection import slots_of, without_buckets
from pynamite.repository.session import Session
from pynamite.repository.wanted import Wanted

__all__ = ["BucketQuery", "walk_buckets"]

E_co = TypeVar("E_co", covariant=True)


class BucketQuery(Generic[E_co]):
    """A query that goes on from one bucket of time to the next; `Repository.walk_back` and `walk_forward` make it.

    Like a `Query` it is a value: nothing is read until it is iterated, and each method gives a new one. The buckets are
    read one after the other, only as far as items are wanted.
    """

    __slots__ = ("_gap", "_most", "_most_buckets", "_query", "_step")

    def __init__(
        self,
        query: Query[E_co],
        gap: Gap,
        step: Callable[[Any], Any],
        most_buckets: int,
        most: int | None = None,
    ) -> None:
        self._query = query
        self._gap = gap
        self._step = step
        self._most_buckets = most_buckets
        self._most = most

    def __repr__(self) -> str:
        return f"BucketQuery(most_buckets={self._most_buckets}, first={self._query!r})"

    def _changed(self, query: Query[E_co]) -> BucketQuery[E_co]:
        return BucketQuery(query, self._gap, self._step, self._most_buckets, self._most)

    def filter(self, condition: Condition) -> BucketQuery[E_co]:
        """Keep the items that fulfil a condition, as `Query.filter` does."""
        return self._changed(self._query.filter(condition))

    def limit(self, most: int) -> BucketQuery[E_co]:
        """Give at most so many items of all buckets together, counted after the filter."""
        return BucketQuery(self._query, self._gap, self._step, self._most_buckets, check_limit(most))

    def consistently(self) -> BucketQuery[E_co]:
        """Read what was written up to now, at twice the price; not from a global index."""
        return self._changed(self._query.consistently())

    def hydrate(self) -> BucketQuery[E_co]:
        """Read the whole items behind the entries of an index that does not hold all attributes."""
        return self._changed(self._query.hydrate())

    def include_expired(self) -> BucketQuery[E_co]:
        """Read items that have expired, too, as long as they are not deleted."""
        return self._changed(self._query.include_expired())

    def request(self) -> dict[str, Any]:
        """Give the request that would be sent first, without sending it."""
        return (self._query if self._most is None else self._query.limit(self._most)).request()

    def _buckets(self) -> Iterator[Wanted]:
        """Give what is to be read of each bucket, in turn."""
        wanted = wanted_of(self._query)
        wanted = attrs.evolve(wanted, moment=Reader(wanted).moment())  # One for all buckets.
        values = dict(wanted.values or {})
        moment = wanted.members[0].definition.values(values)[self._gap.field]
        seen = set()
        for number in range(self._most_buckets):
            if number:
                try:
                    moment = self._step(moment)
                except (OverflowError, ValueError):  # Behind the first, or the last, day that there is.
                    return
            text = self._gap.codec.encode(moment)
            if text in seen:  # Buckets that come again, such as the days of the week, were read all.
                return
            seen.add(text)
            yield attrs.evolve(wanted, values={**values, self._gap.field: moment})

    def __iter__(self) -> Iterator[E_co]:
        left = self._most
        for wanted in self._buckets():
            for item in Query[E_co](wanted, left):
                yield item
                left = None if left is None else left - 1
            if left == 0:
                return

    def all(self) -> list[E_co]:
        """Read as many items as are wanted and there are, into a list."""
        return list(self)

    def first(self) -> E_co | None:
        """Give the first item, None if there is none in any of the buckets."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """Count the items of all buckets, up to the limit."""
        found = 0
        for wanted in self._buckets():
            found += Query[E_co](wanted, None if self._most is None else self._most - found).count()
            if found == self._most:
                break
        return found

    def page(self, size: int, cursor: str | None = None) -> Page[E_co]:
        """Read one page of exactly ``size`` items, fewer only at the end, going on at the cursor of the page before.

        The cursor knows its bucket. The buckets are counted from the moment that is given now: a later one than for
        the page before is fine, as long as ``most_buckets`` reach the cursor's.

        Raises:
            CursorError: the cursor is malformed, of another query, or of a bucket that is out of reach.
        """
        check_size(size)
        buckets, left = self._buckets(), self._most
        items: list[E_co] = []
        if cursor is not None:
            wanted, left = self._found(buckets, cursor)
            page = Query[E_co](wanted, self._most).page(size, cursor)
            items, left = page.items, None if left is None else left - len(page.items)
            if page.cursor is not None:
                return page
        for wanted in buckets:
            if left == 0:
                break
            if len(items) < size:
                page = Query[E_co](wanted, left).page(size - len(items))
                items += page.items
                left = None if left is None else left - len(page.items)
                if page.cursor is not None:
                    return Page(items, page.cursor)
            elif Query[E_co](wanted, 1).first() is not None:
                reader = Reader(wanted)
                start = Position((None,) * reader.parts, left)
                return Page(items, write_cursor(start, reader.fingerprint, wanted.session.secret))
        return Page(items)

    def _found(self, buckets: Iterator[Wanted], cursor: str) -> tuple[Wanted, int | None]:
        """Find the bucket that a cursor is of, and how many items the limit still allows there."""
        refusal: CursorError | None = None
        for wanted in buckets:
            reader = Reader(wanted)
            try:
                position = read_cursor(cursor, reader.fingerprint, reader.names, reader.parts, wanted.session.secret)
            except CursorError as error:
                refusal = refusal or error
            else:
                return wanted, position.left
        raise CursorError(f"{refusal}; or its bucket is out of reach: raise most_buckets") from None


def walk_buckets(
    session: Session,
    member: Member[Any],
    index: str | None,
    values: Mapping[str, Any],
    most_buckets: int,
    *,
    back: bool,
) -> BucketQuery[Any]:
    """Make the walk over the buckets of an entity's partitions, from the one that the values name.

    Raises:
        DefinitionError: the partition key has no bucket of time, more than one, or one that has no neighbours.
        KeyValueError: a field of the partition key is missing, or does not fit.
    """
    if not isinstance(most_buckets, int) or isinstance(most_buckets, bool) or most_buckets < 1:
        raise ValueError(f"most_buckets={most_buckets!r}: it is a whole number from 1 up")
    gap = _bucket_of(member, index)
    step = gap.codec.before if back else gap.codec.after
    if step is None:
        raise DefinitionError(
            f"the buckets <{gap.field}:{gap.codec.name}> of entity {member.definition.name!r} have no neighbours that "
            "could be computed: use year, month, day, hour or minute"
        )
    forward = _descends(member, index, values) is back
    query = Query[Any](Wanted(session, (member,), index=index, values=values, forward=forward))
    return BucketQuery(query, gap, step, most_buckets)


def _bucket_of(member: Member[Any], index: str | None) -> Gap:
    """Find the bucket of time in an entity's partition key; of several on one field the last, which is the finest."""
    partition, _ = slots_of(member, index)
    gaps = [gap for slot in partition for template in slot.template.templates for gap in template.gaps]
    buckets = [gap for gap in gaps if gap.codec.bucket]
    texts = ", ".join(repr(slot.template.text) for slot in partition)
    where = f"the partition key {texts} of entity {member.definition.name!r}"
    if not buckets:
        raise DefinitionError(f"{where} has no bucket of time, such as <created:day>: use query(...)")
    fields = sorted({gap.field for gap in buckets})
    if len(fields) > 1:
        raise DefinitionError(f"{where} has buckets of {' and '.join(fields)}: only one field can be walked")
    return buckets[-1]


def _descends(member: Member[Any], index: str | None, values: Mapping[str, Any]) -> bool:
    """Tell whether the first thing that the sort keys of a bucket differ in is written newest first."""
    _, sort = slots_of(member, index)
    known = member.definition.values(without_buckets(member, index, values))
    for slot in sort:
        try:
            lead = slot.template.lead(known)
        except KeyValueError:
            return False
        if lead.next is not None:
            return lead.next.codec.descending
    return False
